"""Joins the verdicts of an archive, which come from several tasks, to one statement about it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

import pyarrow as pa
import pyarrow.compute as pc

import phalanx_verify as phalanx

JOINED = pa.schema([("archive", pa.string()), ("part", pa.string())])

ROWS = (
    "archive",
    "number",
    "hash",
    "parent_hash",
    "difficulty",
    "total_difficulty",
    "transactions",
    "verified",
    "check",
    "transaction",
    "expected",
    "got",
    "reason",
    "unchecked",
    "era",
    "fingerprint",
    "terms",
)
"""The columns that a join reads."""


@dataclass(frozen=True)
class Expected:
    """What the rows of an archive must be about to count."""

    era: int
    start: int
    count: int
    fingerprint: str
    terms: str


@dataclass(frozen=True)
class Fault:
    """The first thing that is false in an archive. ``number`` is none where it is the archive as a whole."""

    number: Optional[int]
    check: str
    transaction: Optional[int]
    expected: Optional[str]
    got: Optional[str]
    reason: Optional[str]

    def __str__(self) -> str:
        where = "the archive" if self.number is None else f"block {self.number}"
        if self.transaction is not None:
            where += f", transaction {self.transaction}"
        values = f" (expected {self.expected}, got {self.got})" if self.expected else ""
        return f"{where}: {self.check}: {self.reason}{values}"


@dataclass(frozen=True)
class Part:
    """What the rows of one archive say together. Hashes are hexadecimal."""

    blocks: int = 0
    verified: int = 0
    failed: int = 0
    transactions: int = 0
    fault: Optional[Fault] = None
    complete: bool = False
    """There is one row for each block number of the archive, and nothing was unreadable."""
    linked: bool = False
    """Each block names the hash of the one before it."""
    accumulator: Optional[str] = None
    """Computed from hashes and total difficulties of all rows; none where they are not complete."""
    first_parent: Optional[str] = None
    last_hash: Optional[str] = None
    total_before: Optional[str] = None
    """Total difficulty before the first block, decimal: its own less its difficulty."""
    total_after: Optional[str] = None
    unchecked: Tuple[Tuple[str, int], ...] = ()
    """Checks for which there was nothing at hand, and in how many blocks."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Part:
        values = json.loads(text)
        if values["fault"]:
            values["fault"] = Fault(**values["fault"])
        values["unchecked"] = tuple((check, blocks) for check, blocks in values["unchecked"])
        return Part(**values)


def join(
    batches: Iterable[pa.RecordBatch], expected: Mapping[str, Expected]
) -> Iterator[pa.RecordBatch]:
    """One row an archive, from rows sorted by archive and number. Holds the rows of one archive at a time."""
    name: Optional[str] = None
    pieces: List[pa.Table] = []
    for batch in batches:
        for begins, piece in _runs(pa.Table.from_batches([batch]).select(list(ROWS))):
            if begins != name:
                yield from _row(name, pieces, expected)
                name, pieces = begins, []
            pieces.append(piece)
    yield from _row(name, pieces, expected)


def _runs(table: pa.Table) -> Iterator[Tuple[str, pa.Table]]:
    names = pa.concat_arrays(table.column("archive").chunks)
    changes = pc.indices_nonzero(pc.not_equal(names[1:], names[:-1])).to_pylist()
    starts = [0, *(at + 1 for at in changes), len(names)]
    for start, end in zip(starts, starts[1:]):
        if end > start:
            yield names[start].as_py(), table.slice(start, end - start)


def _row(
    name: Optional[str], pieces: List[pa.Table], expected: Mapping[str, Expected]
) -> Iterator[pa.RecordBatch]:
    if name is not None and name in expected:
        part = summarize(pa.concat_tables(pieces), expected[name])
        yield pa.RecordBatch.from_arrays([pa.array([name]), pa.array([part.to_json()])], JOINED.names)


def summarize(rows: pa.Table, expected: Expected) -> Part:
    """What the rows of one archive, sorted by number, say together; those of another file or of other terms don't count."""
    rows = rows.filter(
        pc.fill_null(
            pc.and_kleene(
                pc.equal(rows["era"], expected.era),
                pc.and_kleene(
                    pc.equal(rows["fingerprint"], expected.fingerprint),
                    pc.equal(rows["terms"], expected.terms),
                ),
            ),
            False,
        )
    )
    passed = pc.fill_null(rows["verified"], False)
    blocks = rows.filter(pc.is_valid(rows["number"]))
    verified = blocks.filter(pc.fill_null(blocks["verified"], False)).num_rows
    unreadable = pc.any(pc.equal(rows["check"], "archive")).as_py()
    numbers = pa.array(range(expected.start, expected.start + expected.count), pa.int64())
    complete = not unreadable and blocks["number"].equals(pa.chunked_array([numbers]))
    linked = complete and _equal(blocks["parent_hash"][1:], blocks["hash"][:-1])
    return Part(
        blocks=blocks.num_rows,
        verified=verified,
        failed=blocks.num_rows - verified,
        transactions=pc.sum(blocks["transactions"]).as_py() or 0,
        fault=_fault(rows.filter(pc.invert(passed))),
        complete=complete,
        linked=linked,
        accumulator=_accumulator(blocks) if complete else None,
        first_parent=_hex(blocks["parent_hash"], 0),
        last_hash=_hex(blocks["hash"], -1),
        total_before=_total_before(blocks),
        total_after=_decimal(_number(blocks["total_difficulty"], -1)),
        unchecked=_count(blocks["unchecked"]),
    )


def _equal(left: pa.ChunkedArray, right: pa.ChunkedArray) -> bool:
    """Null is equal to nothing."""
    return bool(pc.all(pc.fill_null(pc.equal(left, right), False)).as_py() in (True, None))


def _accumulator(blocks: pa.Table) -> Optional[str]:
    hash, total = blocks["hash"], blocks["total_difficulty"]
    if hash.null_count or total.null_count:
        return None
    try:
        return bytes(phalanx.era1_accumulator(hash, total)).hex()
    except ValueError:
        return None


def _fault(false: pa.Table) -> Optional[Fault]:
    """The first block's, or where no block is false, the archive's."""
    if not false.num_rows:
        return None
    numbered = pc.indices_nonzero(pc.is_valid(false["number"]))
    row = false.slice(numbered[0].as_py() if len(numbered) else 0, 1).to_pylist()[0]
    return Fault(
        row["number"],
        row["check"] or "unknown",
        row["transaction"],
        row["expected"],
        row["got"],
        row["reason"],
    )


def _hex(column: pa.ChunkedArray, at: int) -> Optional[str]:
    if not len(column):
        return None
    value = column[at].as_py()
    return None if value is None else value.hex()


def _number(column: pa.ChunkedArray, at: int) -> Optional[int]:
    value = _hex(column, at)
    return None if value is None else int(value, 16)


def _decimal(number: Optional[int]) -> Optional[str]:
    return None if number is None else str(number)


def _total_before(blocks: pa.Table) -> Optional[str]:
    total, own = _number(blocks["total_difficulty"], 0), _number(blocks["difficulty"], 0)
    return None if total is None or own is None else str(total - own)


def _count(unchecked: pa.ChunkedArray) -> Tuple[Tuple[str, int], ...]:
    checks = pc.list_flatten(unchecked)
    counts: Dict[str, int] = {
        entry["values"]: entry["counts"] for entry in pc.value_counts(checks).to_pylist()
    }
    return tuple(sorted(counts.items()))
