"""Phalanx over pyarrow batches: for Spark's ``mapInArrow``, Ray Data's ``map_batches`` and plain loops.

Each function takes a ``pyarrow.Table``, a ``pyarrow.RecordBatch`` or an iterable of batches, and gives back the same kind:
all columns as they came, in their order, and the new ones behind them. The functions are picklable, with
``functools.partial`` around them too::

    df.mapInArrow(batches.recover_senders, schema)
    ds.map_batches(batches.recover_senders, batch_format="pyarrow")

New columns of bytes are plain ``binary``, since Spark knows no other. A row that is no signature, or whose archive can't be
read, is a null and a reason; a column that is absent, or a new one whose name is taken, is a ``ValueError`` before any work.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator, Optional, Sequence, Union

import pyarrow as pa

import phalanx_verify as phalanx

from ._archives import VERDICTS, named_verdicts

__all__ = ["keccak256", "recover_senders", "recover_transactions", "verify_archives"]

Batches = Union[pa.Table, pa.RecordBatch, Iterable[pa.RecordBatch]]
"""What comes in. A table gives a table, a batch a batch, and an iterable of batches an iterator of batches."""


def recover_senders(
    batches: Batches,
    *,
    hash: str = "hash",
    r: str = "r",
    s: str = "s",
    y_parity: str = "y_parity",
    sender: str = "sender",
    reason: str = "reason",
    low_s: bool = True,
    config: Optional[phalanx.Config] = None,
) -> Any:
    """Adds the address that signed each row's hash, and the reason where there is none.

    ``hash``, ``r``, ``s`` and ``y_parity`` name the columns that are read, ``sender`` (binary of 20 bytes) and ``reason``
    (string) those that are added. ``low_s`` refuses signatures with a high s, as Ethereum does from Homestead on.
    """

    def work(hash: Any, r: Any, s: Any, y_parity: Any) -> Any:
        return phalanx.recover_senders(hash, r, s, y_parity, low_s=low_s, config=config)

    return _extend(batches, work, [hash, r, s, y_parity], [sender, reason])


def recover_transactions(
    batches: Batches,
    *,
    raw: str = "raw",
    sender: str = "sender",
    reason: str = "reason",
    low_s: bool = True,
    config: Optional[phalanx.Config] = None,
) -> Any:
    """Adds the sender of each raw transaction (EIP-2718 bytes in the column ``raw``), and the reason where there is none."""

    def work(raw: Any) -> Any:
        return phalanx.recover_transactions(raw, low_s=low_s, config=config)

    return _extend(batches, work, [raw], [sender, reason])


def keccak256(
    batches: Batches,
    *,
    data: str = "data",
    hash: str = "hash",
    reason: str = "reason",
    config: Optional[phalanx.Config] = None,
) -> Any:
    """Adds the Keccak-256 of each row of the column ``data`` as ``hash`` (binary of 32 bytes)."""

    def work(data: Any) -> Any:
        return phalanx.keccak256(data, config=config)

    return _extend(batches, work, [data], [hash, reason])


def verify_archives(
    batches: Batches,
    *,
    archive: str = "archive",
    first: Optional[str] = "first",
    last: Optional[str] = "last",
    genesis: Optional[Union[str, bytes]] = None,
    chain: Union[str, int, None] = None,
    config: Optional[phalanx.Config] = None,
) -> Any:
    """Verifies era1 archives: one task a row in, one verdict a block out, behind the columns of its task.

    ``archive`` is the column of paths or URIs (whatever ``pyarrow.fs`` opens), ``first`` and ``last`` those of the block
    numbers to verify, both included; where they are null, or where no such columns are named, it is the whole archive and
    its accumulator. The new columns are :data:`phalanx_verify._archives.VERDICTS`. An archive that can't be read is a row
    with the check ``archive`` and the reason.
    """
    if (first is None) != (last is None):
        raise ValueError("first and last are named together or not at all")
    ranges = [] if first is None or last is None else [first, last]

    def work(tasks: pa.Table) -> pa.Table:
        _check(tasks.schema, [archive, *ranges], VERDICTS.names)
        schema = pa.schema([*tasks.schema, *VERDICTS])
        done = [schema.empty_table()]
        for at in range(tasks.num_rows):
            task = tasks.slice(at, 1)
            source = task.column(archive)[0].as_py()
            blocks = _range(*(task.column(name)[0].as_py() for name in ranges))
            rows = named_verdicts(source, blocks, genesis=genesis, chain=chain, config=config)
            repeated = task.take(pa.array([0] * rows.num_rows, pa.int64()))
            done.append(pa.Table.from_arrays([*repeated.columns, *rows.columns], schema=schema))
        return pa.concat_tables(done)

    return _apply(batches, work)


def _range(first: Optional[int] = None, last: Optional[int] = None) -> Optional[range]:
    if (first is None) != (last is None):
        raise ValueError("a task has both its first and its last block, or neither")
    return None if first is None or last is None else range(first, last + 1)


def _extend(
    batches: Batches,
    work: Callable[..., Any],
    reads: Sequence[str],
    adds: Sequence[str],
) -> Any:
    if len(set(adds)) != len(adds):
        raise ValueError(f"the new columns have the same name: {', '.join(adds)}")

    def extended(table: pa.Table) -> pa.Table:
        _check(table.schema, reads, adds)
        columns = work(*(table.column(name) for name in reads)).to_pyarrow().columns
        for name, column in zip(adds, columns):
            table = table.append_column(name, plain(column))
        return table

    return _apply(batches, extended)


def _apply(batches: Batches, work: Callable[[pa.Table], pa.Table]) -> Any:
    if isinstance(batches, pa.Table):
        return work(batches)
    if isinstance(batches, pa.RecordBatch):
        return _one(work(pa.Table.from_batches([batches])))
    return _each(batches, work)


def _each(
    batches: Iterable[pa.RecordBatch], work: Callable[[pa.Table], pa.Table]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield _one(work(pa.Table.from_batches([batch])))


def _one(table: pa.Table) -> pa.RecordBatch:
    """The table as one batch; nothing is copied where each column is in one piece."""
    arrays = [
        column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
        if column.num_chunks
        else pa.array([], column.type)
        for column in table.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Fixed-size binary as binary, anything else as it is."""
    return column.cast(pa.binary()) if pa.types.is_fixed_size_binary(column.type) else column


def _check(schema: pa.Schema, reads: Sequence[str], adds: Sequence[str]) -> None:
    for name in reads:
        found = schema.names.count(name)
        if found != 1:
            several = "several columns" if found else "no column"
            raise ValueError(f"there is {several} {name!r} among {', '.join(schema.names)}")
    for name in adds:
        if name in schema.names:
            raise ValueError(f"there is a column {name!r} already: give the new one another name")
