"""Whoever speaks Arrow: columns in from each, columns out to each."""

import pyarrow as pa
import pytest
from oracle import keccak256

import phalanx_verify as pv

MESSAGES = [b"", b"one", None, b"three" * 50]
HASHES = [message if message is None else keccak256(message) for message in MESSAGES]


def test_pyarrow():
    for column in [pa.array(MESSAGES, pa.binary()), pa.chunked_array([MESSAGES[:1], [], MESSAGES[1:]], pa.binary())]:
        assert pa.table(pv.keccak256(column))["hash"].to_pylist() == HASHES


def test_polars():
    polars = pytest.importorskip("polars")
    out = polars.DataFrame(pv.keccak256(polars.Series(MESSAGES, dtype=polars.Binary)))
    assert out["hash"].to_list() == HASHES


def test_pandas():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(MESSAGES, dtype=pandas.ArrowDtype(pa.binary()))
    # A series speaks Arrow from pandas 3 on.
    column = series if hasattr(series, "__arrow_c_stream__") else pa.array(series)
    out = pa.table(pandas.DataFrame(pv.keccak256(column).to_pyarrow().to_pandas()))
    assert out["hash"].to_pylist() == HASHES


def test_duckdb():
    duckdb = pytest.importorskip("duckdb")
    messages = pa.table({"i": range(4), "message": pa.array(MESSAGES, pa.binary())})
    column = duckdb.sql("select message from messages order by i").to_arrow_table()["message"]
    out = pv.keccak256(column).to_pyarrow()
    assert [row[0] for row in duckdb.sql("select hash from out").fetchall()] == HASHES


def test_results_outlive_what_they_came_from_and_can_be_read_again():
    out = pv.keccak256(pa.array(MESSAGES, pa.binary()))
    first, second = pa.table(out), pa.table(out)
    del out
    assert first["hash"].to_pylist() == second["hash"].to_pylist() == HASHES
    assert first["hash"].chunk(0).buffers()[1].address == second["hash"].chunk(0).buffers()[1].address


def test_the_schema_is_told_without_data():
    out = pv.keccak256(pa.array(MESSAGES, pa.binary()))
    assert pa.schema(out) == pa.schema([("hash", pa.binary(32)), ("reason", pa.string())])
    assert out.column_names == ["hash", "reason"]
    assert len(out) == 4
    assert repr(out) == "<Columns of 4 rows: hash: FixedSizeBinary(32), reason: Utf8>"


def test_a_source_that_fails_is_an_error():
    def batches():
        yield pa.record_batch({"": pa.array([b"a"])})
        raise OSError("gone")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("", pa.binary())]), batches())
    with pytest.raises((TypeError, ValueError, OSError)):
        pv.keccak256(reader)


def test_empty_chunks_cut_from_anywhere():
    array = pa.array([b"a", b"b"], pa.binary())
    assert len(pv.keccak256(array.slice(1, 0))) == 0
    column = pa.chunked_array([array.slice(2, 0), array.slice(0, 1), array.slice(1, 0), array.slice(1)])
    assert pv.keccak256(column).to_pyarrow()["hash"].to_pylist() == [keccak256(b"a"), keccak256(b"b")]
    lists = pa.array([[b"a"], []], pa.list_(pa.binary()))
    assert len(pv.verify_blocks(array.slice(1, 0), receipts=lists.slice(1, 0))) == 0


def test_a_stream_of_another_type_is_refused_before_it_is_read():
    def batches():
        raise AssertionError("read")
        yield

    reader = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.binary())]), batches())
    with pytest.raises(TypeError, match="data: a binary column is wanted"):
        pv.keccak256(reader)
    with pytest.raises(TypeError, match="data: a binary column is wanted"):
        pv.keccak256(pa.chunked_array([], pa.string()))


def test_memory_that_is_gone_is_an_error_and_no_panic():
    class Twice:
        """Hands out the same array again and again, whose memory the first taker has released."""

        def __init__(self):
            self.capsules = pa.array([b"a"], pa.binary()).__arrow_c_array__()

        def __arrow_c_array__(self, requested_schema=None):
            return self.capsules

    given = Twice()
    assert len(pv.keccak256(given)) == 1
    with pytest.raises((TypeError, ValueError)):
        pv.keccak256(given)


def test_more_rows_than_there_can_be():
    def nulls(length):
        """Costs nothing."""
        return pa.Array.from_buffers(pa.null(), length, [None])

    with pytest.raises(ValueError, match="more rows than there can be"):
        pv.keccak256(pa.chunked_array([nulls(2**62)] * 4))
    row = pv.trie_root(nulls(2**40), nulls(2**40)).to_pyarrow().to_pylist()
    assert row == [{"root": None, "reason": "key is null", "row": 0}]
    with pytest.raises(ValueError, match="of an era"):
        pv.era1_accumulator(nulls(2**40), nulls(2**40))
