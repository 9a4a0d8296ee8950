"""Columns of a DataFrame get what the bare functions give, on executors that are processes of their own."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import pyarrow as pa
import pytest

import phalanx_verify as phalanx

import signatures


@pytest.fixture(scope="module")
def df(spark: Any) -> Any:
    table = signatures.rows(500)
    rows = [tuple(row.values()) for row in table.to_pylist()]
    schema = "id long, hash binary, r binary, s binary, y_parity boolean, note string"
    return spark.createDataFrame(rows, schema).repartition(3).cache()


def test_senders_are_those_of_the_bare_function_row_by_row(df: Any) -> None:
    from phalanx_verify import spark as on_spark

    table = signatures.rows(500)
    bare = phalanx.recover_senders(*(table[name] for name in ("hash", "r", "s", "y_parity")))
    expected = table.append_column("sender", bare.to_pyarrow()["sender"].cast(pa.binary()))
    expected = expected.append_column("reason", bare.to_pyarrow()["reason"])
    out = on_spark.recover_senders(df, config=phalanx.Config(threads=1))
    assert out.columns == expected.column_names
    assert [field.dataType.simpleString() for field in out.schema.fields[-2:]] == ["binary", "string"]
    found = [row.asDict() for row in out.orderBy("id").collect()]
    assert found == expected.to_pylist()
    assert out.where("sender is null").count() == 49
    assert out.where("sender is null and reason is null").count() == 0


def test_other_columns_keep_their_types_and_values(spark: Any) -> None:
    from phalanx_verify import spark as on_spark

    schema = (
        "b binary, a array<binary>, m map<string,int>, st struct<x:int,y:string>, t timestamp, d date, "
        "n decimal(10,2), i tinyint, f float, data binary"
    )
    now = datetime.datetime(2020, 2, 29, 12, 30)
    row = (b"x", [b"y", None], {"k": 1}, (1, "z"), now, now.date(), decimal.Decimal("1.25"), 7, 0.5, b"")
    given = spark.createDataFrame([row, (None,) * 10], schema)
    out = on_spark.keccak256(given)
    assert out.schema.fields[:10] == given.schema.fields
    first, second = out.collect()
    assert tuple(first)[:9] == tuple(given.collect()[0])[:9]
    assert bytes(first["hash"]).hex().startswith("c5d2460186f7233c927e7db2dcc703c0")
    assert tuple(second)[:11] == (None,) * 11


def test_raw_transactions(spark: Any) -> None:
    from phalanx_verify import spark as on_spark

    given = spark.createDataFrame([(signatures.RAW,), (b"\x01",), (None,)], "raw binary")
    first, second, third = on_spark.recover_transactions(given, sender="by").collect()
    assert (bytes(first["by"]), first["reason"]) == (signatures.SENDER, None)
    assert second["by"] is None and second["reason"]
    assert third["by"] is None


def test_wrong_columns_are_errors_before_any_job(df: Any) -> None:
    from phalanx_verify import spark as on_spark

    with pytest.raises(ValueError, match="'NOTE' already"):
        on_spark.recover_senders(df, sender="NOTE")
    with pytest.raises(ValueError, match="'X' already"):
        on_spark.recover_senders(df, sender="x", reason="X")
    with pytest.raises(ValueError, match="no column 'absent'"):
        on_spark.recover_senders(df, hash="absent")
    with pytest.raises(TypeError, match="must be binary and is string"):
        on_spark.recover_senders(df, hash="note")
    assert on_spark.recover_senders(df, hash="HASH").columns[-2:] == ["sender", "reason"]


def test_a_task_takes_its_cores_and_no_gpu_unless_something_says_otherwise(spark: Any) -> None:
    def taken(config: Any) -> Any:
        def run(batches: Any) -> Any:
            from phalanx_verify._task import settings

            for _ in batches:
                own = settings(config)
                yield pa.RecordBatch.from_pydict({"threads": [own.threads], "backend": [own.backend]})

        (row,) = spark.range(0, 1, 1, 1).mapInArrow(run, "threads long, backend string").collect()
        return tuple(row)

    assert taken(None) == (1, "cpu")
    assert taken(phalanx.Config(threads=3)) == (3, "cpu")
    assert taken(phalanx.Config(backend="auto")) == (1, "auto")
