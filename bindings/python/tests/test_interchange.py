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
    out = pa.table(pandas.DataFrame(pv.keccak256(series).to_pyarrow().to_pandas()))
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
