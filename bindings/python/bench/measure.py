"""What batches bring in Python, and what Spark costs: answers checked, contenders in turns, medians.

    python bench/measure.py [--rows N] [--rounds N] [--only one,memory,spark] [--json]

`one`      rows a second of `recover_senders` in one process, beside a loop over coincurve, with the Keccak of pysha3, on a
           sample of the rows.
`memory`   the peak of a fresh process (VmHWM) while it recovers all rows, beyond what it had with its modules and its engine,
           against the bytes of the columns in and out; with the CPU's backend, and with `auto`, which may open a GPU's driver,
           with that driver's own memory.
`spark`    the same rows on two executors of one core, half of them in a partition, in batches of 10,000, cached in Spark
           beforehand, into Spark's noop sink; beside the bare function on two threads over such batches, and over all rows at
           once, beside a pandas UDF of the loop on a sample, and beside `mapInArrow` of a function that only adds two empty
           columns. With the CPU's backend.

Needs coincurve, safe-pysha3, pandas and pyspark. Targets: 10 times the loop, 1.3 times the columns, 25 % of overhead.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import phalanx_verify as phalanx
from phalanx_verify import batches

NAMES = ("hash", "r", "s", "y_parity")
BATCH = 10_000
WORD = pa.binary(32)


def sign(span: Tuple[int, int]) -> Tuple[bytes, bytes, bytes, bytes, bytes]:
    """Signatures of distinct hashes by many keys, and their public keys."""
    from coincurve import PrivateKey

    start, end = span
    columns: Tuple[bytearray, ...] = tuple(bytearray() for _ in range(5))
    keys = [PrivateKey(sha256(b"key %d" % n).digest()) for n in range(997)]
    publics = [key.public_key.format(compressed=False)[1:] for key in keys]
    for n in range(start, end):
        digest = sha256(b"row %d" % n).digest()
        signature = keys[n % 997].sign_recoverable(digest, hasher=None)
        parts = (digest, signature[:32], signature[32:64], signature[64:], publics[n % 997])
        for column, part in zip(columns, parts):
            column += part
    return tuple(bytes(column) for column in columns)  # type: ignore[return-value]


def words(data: bytes, kind: pa.DataType = WORD) -> pa.Array:
    return pa.Array.from_buffers(kind, len(data) // (kind.bit_width // 8), [None, pa.py_buffer(data)])


def make(rows: int) -> pa.Table:
    """The input, with the right senders beside it."""
    step = -(-rows // 16)
    spans = [(at, min(at + step, rows)) for at in range(0, rows, step)]
    with ProcessPoolExecutor() as pool:
        parts = list(pool.map(sign, spans))
    hash, r, s, parity, public = (b"".join(part[at] for part in parts) for at in range(5))
    addresses = phalanx.keccak256(words(public, pa.binary(64))).to_pyarrow()["hash"]
    senders = [value[12:] for value in addresses.to_pylist()]
    return pa.table(
        {
            "hash": words(hash),
            "r": words(r),
            "s": words(s),
            "y_parity": words(parity, pa.uint8()),
            "expected": pa.array(senders, pa.binary(20)),
        }
    )


def cpu_seconds() -> float:
    """CPU time so far of this process and of all that came of it."""
    children: Dict[int, List[int]] = defaultdict(list)
    ticks: Dict[int, int] = {}
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append(pid)
        # Its own, and that of its children that have ended.
        ticks[pid] = sum(map(int, fields[11:15]))
    total, left = 0, [os.getpid()]
    while left:
        pid = left.pop()
        total += ticks.get(pid, 0)
        left.extend(children[pid])
    return total / os.sysconf("SC_CLK_TCK")


def in_turns(rounds: int, contenders: Dict[str, Callable[[], Any]]) -> Dict[str, List[float]]:
    """Wall times by contender, and CPU times, of all processes, as `..._cpu`. A round before the first is not counted."""
    times: Dict[str, List[float]] = defaultdict(list)
    for turn in range(rounds + 1):
        order = list(contenders)
        random.Random(turn).shuffle(order)
        for name in order:
            wall, cpu = time.perf_counter(), cpu_seconds()
            contenders[name]()
            wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
            if turn:
                times[name].append(wall)
                times[f"{name}_cpu"].append(cpu)
    return times


def loop(hash: Any, r: Any, s: Any, parity: Any) -> List[bytes]:
    """The same over coincurve, one row after the other, with the fastest Keccak to be had in Python."""
    from coincurve import PublicKey
    from sha3 import keccak_256

    recover = PublicKey.from_signature_and_message
    keys = (
        recover(one_r + one_s + bytes((v,)), one, hasher=None).format(compressed=False)
        for one, one_r, one_s, v in zip(hash, r, s, parity)
    )
    return [keccak_256(key[1:]).digest()[12:] for key in keys]


def check(senders: Any, expected: Any) -> None:
    if senders.to_pylist() != expected.to_pylist():
        raise SystemExit("wrong senders")


def one(table: pa.Table, rounds: int) -> Dict[str, Any]:
    columns = [table[name] for name in NAMES]
    sample = table.slice(0, min(20_000, len(table)))
    out = phalanx.recover_senders(*columns).to_pyarrow()
    check(out["sender"], table["expected"])
    given = [sample[name].to_pylist() for name in NAMES]
    check(pa.array(loop(*given)), sample["expected"])
    times = in_turns(
        rounds,
        {"phalanx": lambda: phalanx.recover_senders(*columns), "coincurve": lambda: loop(*given)},
    )
    ours = len(table) / statistics.median(times["phalanx"])
    theirs = len(sample) / statistics.median(times["coincurve"])
    cpu = statistics.median(times["phalanx_cpu"]) / len(table)
    their_cpu = statistics.median(times["coincurve_cpu"]) / len(sample)
    return {
        "engine": phalanx.Config().describe(),
        "rows": len(table),
        "rows_per_second": round(ours),
        "coincurve_sample": len(sample),
        "coincurve_rows_per_second": round(theirs),
        "ratio": round(ours / theirs, 2),
        "cpu_us_per_row": round(cpu * 1e6, 2),
        "coincurve_cpu_us_per_row": round(their_cpu * 1e6, 2),
        "seconds": times,
    }


def status(name: str) -> int:
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name + ":"))


def peak(path: str, backend: str) -> Dict[str, int]:
    """In a fresh process: what recovering all rows of a file takes beyond modules and engine."""
    config = phalanx.Config(backend=backend)
    few = pa.array([bytes(32)] * 5_000, WORD)
    phalanx.recover_senders(few, few, few, pa.array([0] * len(few), pa.uint8()), config=config)
    del few
    base = status("VmRSS")
    with pa.OSFile(path) as file:
        table = pa.ipc.open_file(file).read_all()
    columns = [table[name] for name in NAMES]
    out = phalanx.recover_senders(*columns, config=config).to_pyarrow()
    top = status("VmHWM")
    if out["sender"].null_count:
        raise SystemExit("wrong senders")
    return {"base": base, "peak": top, "in": table.nbytes, "out": out.nbytes}


def memory(table: pa.Table) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.arrow")
        asked = table.select(NAMES)
        with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, asked.schema) as writer:
            writer.write_table(asked)
        found: Dict[str, Any] = {"rows": len(table)}
        for name, backend in (("cpu", "cpu"), ("auto", "auto")):
            command = [sys.executable, __file__, "--peak", path, backend]
            runs = [json.loads(subprocess.check_output(command)) for _ in range(3)]
            ratios = [(run["peak"] - run["base"]) / (run["in"] + run["out"]) for run in runs]
            found[f"{name}_runs"] = runs
            found[f"{name}_ratio"] = round(statistics.median(ratios), 3)
    return found


def session() -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[2,1,2048]").appName("phalanx bench")
    options = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def spark(table: pa.Table, rounds: int) -> Dict[str, Any]:
    from pyspark.sql.functions import pandas_udf
    from pyspark.sql.types import BinaryType, StringType, StructField, StructType

    from phalanx_verify.spark import recover_senders

    # As Spark has them: plain binary, and no unsigned numbers.
    fields = [(name, pa.binary()) for name in NAMES[:3]] + [("y_parity", pa.int8())]
    plain = table.select(NAMES).cast(pa.schema(fields))
    given = plain.combine_chunks().to_batches(max_chunksize=BATCH)
    sample = min(100_000, len(table))
    cpu = phalanx.Config(backend="cpu")
    cluster = session()

    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(plain, f"{folder}/rows.parquet", row_group_size=BATCH)
        pq.write_table(plain.slice(0, sample), f"{folder}/sample.parquet", row_group_size=BATCH)
        rows = cluster.read.parquet(f"{folder}/rows.parquet").repartition(2).cache()
        some = cluster.read.parquet(f"{folder}/sample.parquet").repartition(2).cache()
        assert (rows.count(), some.count()) == (len(table), sample)

        @pandas_udf("binary")  # type: ignore[call-overload]
        def recover(hash: pd.Series, r: pd.Series, s: pd.Series, v: pd.Series) -> pd.Series:
            return pd.Series(loop(map(bytes, hash), map(bytes, r), map(bytes, s), v))

        def empty(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                nulls = [pa.nulls(len(batch), kind) for kind in (pa.binary(), pa.string())]
                columns = [*batch.columns, *nulls]
                yield pa.RecordBatch.from_arrays(columns, [*batch.schema.names, "sender", "reason"])

        added = [StructField("sender", BinaryType()), StructField("reason", StringType())]
        schema = StructType([*rows.schema.fields, *added])
        ours, theirs = recover_senders(rows, config=cpu), some.select("*", recover(*NAMES).alias("sender"))
        idle = rows.mapInArrow(empty, schema)

        def noop(df: Any) -> Callable[[], None]:
            return lambda: df.write.format("noop").mode("overwrite").save()

        def bare() -> None:
            for batch in batches.recover_senders(iter(given), config=cpu.replace(threads=2)):
                assert len(batch)

        def whole() -> None:
            columns = [table[name] for name in NAMES]
            assert len(phalanx.recover_senders(*columns, config=cpu.replace(threads=2)))

        for answers, asked in ((ours, table), (theirs, table.slice(0, sample))):
            found = {bytes(row[0]): bytes(row[1]) for row in answers.select("hash", "sender").collect()}
            if found != dict(zip(asked["hash"].to_pylist(), asked["expected"].to_pylist())):
                raise SystemExit("wrong senders")
        times = in_turns(
            rounds,
            {
                "whole": whole,
                "bare": bare,
                "spark": noop(ours),
                "empty": noop(idle),
                "pandas_udf": noop(theirs),
            },
        )
    cluster.stop()
    middle = {name: statistics.median(each) for name, each in times.items()}
    udf = sample / middle["pandas_udf"]
    return {
        "rows": len(table),
        "rows_per_second": round(len(table) / middle["spark"]),
        "bare_rows_per_second": round(len(table) / middle["bare"]),
        "overhead": round(middle["spark"] / middle["bare"] - 1, 3),
        "empty_rows_per_second": round(len(table) / middle["empty"]),
        "pandas_udf_sample": sample,
        "pandas_udf_rows_per_second": round(udf),
        "ratio_to_pandas_udf": round(len(table) / middle["spark"] / udf, 2),
        "bare_ratio_to_pandas_udf": round(len(table) / middle["bare"] / udf, 2),
        "whole_rows_per_second": round(len(table) / middle["whole"]),
        "whole_ratio_to_pandas_udf": round(len(table) / middle["whole"] / udf, 2),
        "cpu_us_per_row": round(middle["spark_cpu"] / len(table) * 1e6, 2),
        "bare_cpu_us_per_row": round(middle["bare_cpu"] / len(table) * 1e6, 2),
        "empty_cpu_us_per_row": round(middle["empty_cpu"] / len(table) * 1e6, 2),
        "pandas_udf_cpu_us_per_row": round(middle["pandas_udf_cpu"] / sample * 1e6, 2),
        "seconds": times,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="one,memory,spark")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", help="Parquet file of the rows, made where it is absent")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print(json.dumps(peak(*options.peak)))
        return
    if options.data and os.path.exists(options.data):
        table = pq.read_table(options.data).slice(0, options.rows)
    else:
        table = make(options.rows)
        if options.data:
            pq.write_table(table, options.data)
    results: Dict[str, Any] = {}
    for name in options.only.split(","):
        if name == "memory":
            results[name] = memory(table)
        else:
            results[name] = {"one": one, "spark": spark}[name](table, options.rounds)
    if options.json:
        print(json.dumps(results))
        return
    for name, found in results.items():
        print(name)
        for key, value in found.items():
            if not key.endswith(("seconds", "runs")):
                print(f"  {key.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    main()
