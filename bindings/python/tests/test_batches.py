"""Functions over pyarrow batches give what the bare functions give, and pass everything else through."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path
from typing import List

import pyarrow as pa
import pytest

import phalanx_verify as phalanx
from phalanx_verify import batches

import signatures


def bare(table: pa.Table) -> pa.Table:
    columns = [table.column(name) for name in ("hash", "r", "s", "y_parity")]
    return phalanx.recover_senders(*columns).to_pyarrow()


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return signatures.rows(200)


def test_a_table_gives_a_table_with_everything_in_it(table: pa.Table) -> None:
    out = batches.recover_senders(table)
    assert out.column_names == [*table.column_names, "sender", "reason"]
    assert out.select(table.column_names).equals(table)
    assert out.schema.field("sender").type == pa.binary()
    expected = bare(table)
    assert out["sender"].to_pylist() == expected["sender"].to_pylist()
    assert out["reason"].to_pylist() == expected["reason"].to_pylist()
    assert out["sender"][0].as_py() == signatures.SENDER
    bad = [at for at, sender in enumerate(out["sender"].to_pylist()) if sender is None]
    assert bad == list(range(10, 200, 10))
    assert all(out["reason"][at].as_py() for at in bad)
    assert out["reason"].null_count == 200 - len(bad)


@pytest.mark.parametrize("size", [1, 7, 200, 1000])
def test_batches_of_any_size_give_as_many(table: pa.Table, size: int) -> None:
    given = table.to_batches(max_chunksize=size)
    out = list(batches.recover_senders(iter(given)))
    assert [len(batch) for batch in out] == [len(batch) for batch in given]
    assert pa.Table.from_batches(out).equals(batches.recover_senders(table))


def test_one_batch_gives_one(table: pa.Table) -> None:
    (batch,) = table.combine_chunks().to_batches()
    assert isinstance(batches.recover_senders(batch), pa.RecordBatch)
    empty = batches.recover_senders(batch.slice(0, 0))
    assert (len(empty), empty.schema.names[-2:]) == (0, ["sender", "reason"])
    assert list(batches.recover_senders(iter([]))) == []


def test_pickled_functions_are_the_same(table: pa.Table) -> None:
    config = phalanx.Config(threads=1)
    work = partial(batches.recover_senders, sender="by", reason="why", low_s=False, config=config)
    out = pickle.loads(pickle.dumps(work))(table)
    assert out.equals(work(table))
    assert out.column_names[-2:] == ["by", "why"]


def test_names_that_clash_or_are_absent_are_errors_before_any_work(table: pa.Table) -> None:
    class Untouched(list):
        def __iter__(self):  # type: ignore[no-untyped-def]
            raise AssertionError("work has begun")

    with pytest.raises(ValueError, match="'note' already"):
        batches.recover_senders(table, sender="note")
    with pytest.raises(ValueError, match="no column 'absent'"):
        batches.recover_senders(table, r="absent")
    with pytest.raises(ValueError, match="same name"):
        batches.recover_senders(Untouched(), sender="x", reason="x")
    twice = pa.Table.from_arrays([*table.columns, table["r"]], [*table.column_names, "r"])
    with pytest.raises(ValueError, match="several columns 'r'"):
        batches.recover_senders(twice)
    with pytest.raises(ValueError, match="'hash' already"):
        batches.keccak256(table, data="r")


def test_transactions_and_hashes() -> None:
    raw = pa.table({"raw": pa.array([signatures.RAW, None, b"\x01"], pa.binary())})
    out = batches.recover_transactions(raw)
    assert out["sender"].to_pylist() == [signatures.SENDER, None, None]
    assert out["reason"][0].as_py() is None and out["reason"][2].as_py()
    hashed = batches.keccak256(pa.table({"data": pa.array([b"", None], pa.large_binary())}))
    assert hashed["hash"][0].as_py().hex().startswith("c5d2460186f7233c927e7db2dcc703c0")
    assert hashed["hash"][1].as_py() is None


def test_tasks_give_verdicts_behind_their_own_columns(
    chain: List[Path], genesis: Path, tmp_path: Path
) -> None:
    absent = str(tmp_path / "absent.era1")
    tasks = pa.table(
        {
            "why": ["part", "whole", "absent"],
            "archive": [str(chain[1]), chain[2].as_uri(), absent],
            "first": pa.array([20, None, None], pa.int64()),
            "last": pa.array([24, None, None], pa.int64()),
        }
    )
    verify = partial(batches.verify_archives, genesis=str(genesis))
    out = verify(tasks)
    assert out.column_names[:4] == tasks.column_names
    assert [row["number"] for row in out.to_pylist()] == [*range(20, 25), *range(32, 48), None]
    assert set(out.slice(0, 21)["verified"].to_pylist()) == {True}
    last = out.slice(21, 1).to_pylist()[0]
    assert (last["why"], last["verified"], last["check"]) == ("absent", False, "archive")
    assert last["reason"]
    parts = list(verify(iter(tasks.to_batches(max_chunksize=1))))
    assert pa.Table.from_batches(parts).equals(out)
    for nothing in (None, "nowhere://bucket/a.era1", str(tmp_path)):
        (row,) = verify(pa.table({"archive": [nothing]}), first=None, last=None).to_pylist()
        assert (row["check"], row["number"]) == ("archive", None) and row["reason"]
    outside = pa.table({"archive": [str(chain[1])], "first": [99], "last": [99]})
    assert verify(outside)["check"].to_pylist() == ["archive"]
    whole = verify(tasks.select(["archive"]).slice(1, 1), first=None, last=None)
    assert len(whole) == 16
    with pytest.raises(ValueError, match="both its first and its last"):
        half = tasks.set_column(3, "last", pa.array([None, None, None], pa.int64()))
        verify(half)
