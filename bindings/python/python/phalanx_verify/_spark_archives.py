"""Archives over executors: one DataFrame of tasks, one task a partition, and Spark does the rest.

What is on disk decides. Each wave is one job that replaces the partitions (eras) that it verifies and no others; an era counts
as done only if the rows that are there join to whole archives, of the files as they are now, under the same terms. So it
doesn't matter at which moment a run died.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, Union

import pyarrow as pa
import pyspark.sql.functions as F
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

import phalanx_verify as phalanx

from ._archives import VERDICTS, Archive, Location, PathLike, find, survey, surveyed_verdicts
from ._join import JOINED, ROWS, Expected, Part, join
from ._summary import Summary, summarize
from ._task import settings

log = logging.getLogger("phalanx_verify.spark")

SUMMARY = "_summary.json"
_WRITTEN = pa.schema(
    [
        pa.field("archive", pa.string()),
        *VERDICTS,
        pa.field("accumulator", pa.binary()),
        pa.field("fingerprint", pa.string()),
        pa.field("terms", pa.string()),
        pa.field("era", pa.int64()),
    ]
)
_SURVEYED = pa.schema(
    [
        ("at", pa.int64()),
        ("era", pa.int64()),
        ("size", pa.int64()),
        ("modified", pa.int64()),
        ("fingerprint", pa.string()),
        ("start", pa.int64()),
        ("count", pa.int64()),
        ("accumulator", pa.binary()),
        ("problem", pa.string()),
    ]
)
# A survey is two small reads.
_MOST_SURVEYS = 1024
_TASKS_A_SLOT = 16


def verify_archives(
    spark: SparkSession,
    paths: Union[PathLike, Iterable[PathLike]],
    output: PathLike,
    *,
    blocks_per_task: Optional[int] = None,
    archives_per_wave: Optional[int] = None,
    genesis: Optional[Union[PathLike, bytes]] = None,
    chain: Union[str, int, None] = None,
    config: Optional[phalanx.Config] = None,
    trusted: Optional[Mapping[int, Union[str, bytes]]] = None,
    content: bool = False,
    again: bool = False,
) -> Summary:
    """Verifies era1 archives on the executors, and writes one row a block to ``output``: Parquet, partitioned by ``era``.

    ``paths`` are files, folders and globs, local (then the driver and all executors see them under the same path) or URIs that
    ``pyarrow.fs`` opens. ``output`` is a path or URI of Spark's; the summary is written beside the rows as ``_summary.json``.
    A rerun verifies what is not there yet, what changed, and what couldn't be read.

    - ``blocks_per_task`` cuts archives into tasks of so many blocks, each of which reads only its own part. An archive that is
      executed from a ``genesis`` is never cut.
    - ``archives_per_wave`` is what one job takes on, and what is lost at most when the driver dies; by default so many that each
      core of the cluster gets about sixteen tasks.
    - ``genesis`` (path, URI, or the bytes of the JSON) and ``chain`` are as for ``verify_era1``.
    - ``trusted`` gives accumulators by era that are known from elsewhere, as bytes or hexadecimal; an archive of an era that it
      lacks is not verified.
    - ``content`` recognises files by a digest of their bytes, which reads all of them first, in place of size, time of
      modification and stored accumulator.
    - ``again`` takes nothing for done.

    Needs a classic session (no Spark Connect), and no other run on the same output at the same time.
    Raises FileNotFoundError where paths name nothing, and ValueError for settings that mean nothing. What is wrong with
    an archive is in its rows and in the summary.
    """
    for name, value in (("blocks_per_task", blocks_per_task), ("archives_per_wave", archives_per_wave)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1")
    roots = None if trusted is None else {_era(era): _root(value) for era, value in trusted.items()}
    output = os.fspath(output)
    options = _Options(_read(genesis), chain, config)
    # What is wrong with these is an error here, and no verdict about archives.
    phalanx.verify_blocks(pa.array([], pa.binary()), genesis=options.genesis, chain=chain)
    archives = _survey(spark, find(paths), content)
    expected = {
        each.name: Expected(each.era, each.start, each.count, each.fingerprint, options.terms)
        for each in archives
        if each.problem is None
    }

    parts = {} if again else _joined(_stored(spark, output), expected)
    todo = _todo(archives, parts)
    per_wave = archives_per_wave or _archives_per_wave(spark, archives, blocks_per_task)
    _refuse_strangers(_stored(spark, output), archives, todo)
    for wave in _waves(todo, per_wave):
        eras = sorted({each.era for each in wave})
        log.info("verifying %d archives, eras %d to %d", len(wave), eras[0], eras[-1])
        _write(_verdicts(spark, _tasks(wave, blocks_per_task, options), options), output)
    if todo:
        rows = _stored(spark, output).where(F.col("era").isin([each.era for each in todo]))
        redone = {each.name: expected[each.name] for each in todo if each.name in expected}
        parts.update({each.name: Part() for each in todo})
        parts.update(_joined(rows, redone))
    summary = summarize(archives, parts, roots, output, [each.name for each in todo])
    _write_text(spark, f"{output.rstrip('/')}/{SUMMARY}", summary.to_json() + "\n")
    return summary


@dataclass(frozen=True)
class _Options:
    """What a verdict depends on besides the file."""

    genesis: Optional[bytes]
    chain: Union[str, int, None]
    config: Optional[phalanx.Config]

    @property
    def terms(self) -> str:
        """These in words, with the version of this process's package: a verdict belongs to those who made it."""
        genesis = sha256(self.genesis).hexdigest() if self.genesis is not None else "none"
        return f"phalanx-verify {phalanx.__version__}, chain {self.chain or 'default'}, genesis {genesis}"


@dataclass(frozen=True)
class _Task:
    archive: Archive
    blocks: Optional[range]

    @property
    def weight(self) -> float:
        """Bytes to read, about."""
        blocks = self.archive.count if self.blocks is None else len(self.blocks)
        return (self.archive.size or 0) * blocks / max(1, self.archive.count)


def _era(era: int) -> int:
    if not isinstance(era, int):
        raise ValueError(f"an era of a trusted accumulator is a number: {era!r}")
    return era


def _root(value: Union[str, bytes]) -> str:
    root = value.hex() if isinstance(value, bytes) else value.lower()
    root = root[2:] if root.startswith("0x") else root
    if len(root) != 64 or len(bytes.fromhex(root)) != 32:
        raise ValueError(f"an accumulator has 32 bytes: {value!r}")
    return root


def _read(genesis: Optional[Union[PathLike, bytes]]) -> Optional[bytes]:
    return genesis if genesis is None or isinstance(genesis, bytes) else Location.of(genesis).read()


def _slices(spark: SparkSession, tasks: int, most: Optional[int] = None) -> DataFrame:
    """The numbers from 0, each in a partition of its own unless there are more than ``most``."""
    return spark.range(0, tasks, 1, tasks if most is None else min(tasks, most))


def _survey(spark: SparkSession, locations: Sequence[Location], content: bool) -> List[Archive]:
    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = []
            for at in batch.column(0).to_pylist():
                seen = survey(locations[at], content)
                rows.append({"at": at, **{name: getattr(seen, name) for name in _SURVEYED.names[1:]}})
            yield pa.RecordBatch.from_pylist(rows, schema=_SURVEYED)

    slices = _slices(spark, len(locations), None if content else _MOST_SURVEYS)
    found = {}
    for row in slices.mapInArrow(run, from_arrow_schema(_SURVEYED)).collect():
        values = row.asDict()
        location = locations[values.pop("at")]
        if values["accumulator"] is not None:
            values["accumulator"] = bytes(values["accumulator"])
        found[location.name] = Archive(location, **values)
    return [found[location.name] for location in locations]


def _todo(archives: Sequence[Archive], parts: Mapping[str, Part]) -> List[Archive]:
    """All archives of each era of which something is missing: an era is replaced as a whole."""
    missing: Set[int] = {
        each.era for each in archives if not parts.get(each.name, Part()).complete
    }
    return [each for each in archives if each.era in missing]


def _refuse_strangers(rows: DataFrame, archives: Sequence[Archive], todo: Sequence[Archive]) -> None:
    """Eras are replaced as a whole: with them would go what they hold of archives that this run isn't given."""
    known = {each.name for each in archives}
    eras = sorted({each.era for each in todo})
    if not eras:
        return
    there = rows.where(F.col("era").isin(eras)).select("era", "archive").distinct().collect()
    strangers = sorted((row["era"], row["archive"]) for row in there if row["archive"] not in known)
    if strangers:
        era, name = strangers[0]
        raise ValueError(
            f"the output has verdicts on {name} in era {era}, which this run would replace: name that archive too, "
            "or take another output"
        )


def _archives_per_wave(
    spark: SparkSession, archives: Sequence[Archive], blocks_per_task: Optional[int]
) -> int:
    context = spark.sparkContext
    cores = context.defaultParallelism // int(context.getConf().get("spark.task.cpus", "1"))
    most = max(each.count for each in archives)
    tasks = -(-most // blocks_per_task) if blocks_per_task and most else 1
    return max(1, _TASKS_A_SLOT * max(1, cores) // tasks)


def _waves(archives: Sequence[Archive], size: int) -> Iterator[List[Archive]]:
    """Whole eras, together at least ``size`` archives, in order."""
    eras: Dict[int, List[Archive]] = {}
    for each in archives:
        eras.setdefault(each.era, []).append(each)
    wave: List[Archive] = []
    for era in sorted(eras):
        wave.extend(eras[era])
        if len(wave) >= size:
            yield wave
            wave = []
    if wave:
        yield wave


def _tasks(
    archives: Sequence[Archive], blocks_per_task: Optional[int], options: _Options
) -> List[_Task]:
    """The largest first, since Spark starts them in order and the last ones to end keep the others waiting."""
    tasks = []
    for each in archives:
        executed = options.genesis is not None and each.start == 0
        if each.problem is not None or blocks_per_task is None or executed:
            tasks.append(_Task(each, None))
            continue
        end = each.start + each.count
        for first in range(each.start, end, blocks_per_task):
            tasks.append(_Task(each, range(first, min(first + blocks_per_task, end))))
    return sorted(tasks, key=lambda task: -task.weight)


def _verdicts(spark: SparkSession, tasks: Sequence[_Task], options: _Options) -> DataFrame:
    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        config = settings(options.config)
        for batch in batches:
            for at in batch.column(0).to_pylist():
                yield from _rows(tasks[at], replace(options, config=config))

    return _slices(spark, len(tasks)).mapInArrow(run, from_arrow_schema(_WRITTEN))


def _rows(task: _Task, options: _Options) -> Iterator[pa.RecordBatch]:
    archive = task.archive
    rows = surveyed_verdicts(
        archive, task.blocks, genesis=options.genesis, chain=options.chain, config=options.config
    )
    before = [archive.name]
    after = [archive.accumulator, archive.fingerprint, options.terms, archive.era]
    kinds = [_WRITTEN.field(at).type for at in (0, -4, -3, -2, -1)]
    columns = [pa.repeat(pa.scalar(v, k), len(rows)) for v, k in zip([*before, *after], kinds)]
    table = pa.Table.from_arrays([columns[0], *rows.columns, *columns[1:]], schema=_WRITTEN)
    yield from table.to_batches()


def _write(rows: DataFrame, output: str) -> None:
    # Only partitions of which there are rows are replaced, when all of the job's tasks are done.
    writer = rows.write.mode("overwrite").option("partitionOverwriteMode", "dynamic")
    writer.partitionBy("era").parquet(output)


def _stored(spark: SparkSession, output: str) -> DataFrame:
    schema = from_arrow_schema(_WRITTEN)
    filesystem, folder = _hadoop(spark, output)
    if not filesystem.exists(folder):
        return spark.createDataFrame([], schema)
    # What a crash left half-written is missing, and so done again.
    return spark.read.schema(schema).option("ignoreCorruptFiles", "true").parquet(output)


def _joined(rows: DataFrame, expected: Mapping[str, Expected]) -> Dict[str, Part]:
    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return join(batches, expected)

    # One archive's rows come one after the other, however many there are, and only one row of each goes to the driver.
    by_archive = rows.select(*ROWS).repartition("archive").sortWithinPartitions("archive", "number")
    found = by_archive.mapInArrow(run, from_arrow_schema(JOINED)).collect()
    return {row["archive"]: Part.from_json(row["part"]) for row in found}


def _write_text(spark: SparkSession, path: str, text: str) -> None:
    filesystem, file = _hadoop(spark, path)
    stream = filesystem.create(file, True)
    try:
        stream.write(bytearray(text.encode()))
    finally:
        stream.close()


def _hadoop(spark: SparkSession, path: str) -> Tuple[Any, Any]:
    """The filesystem that Spark writes a path to, and the path as its class has it."""
    context: Any = spark.sparkContext
    there = context._jvm.org.apache.hadoop.fs.Path(path)
    return there.getFileSystem(context._jsc.hadoopConfiguration()), there
