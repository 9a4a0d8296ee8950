"""Phalanx on Spark: columns of a DataFrame, and whole archives, on the executors that are there.

Everything goes through ``mapInArrow``, so that rows travel as Arrow batches, and Spark alone decides what runs where and what
runs again. Executors need this package, pyarrow and pandas (which Spark itself asks for) in their Python. From the command line::

    python -m phalanx_verify.spark archives/ --output verdicts
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

try:
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.types import BinaryType, DataType, StringType, StructField, StructType
except ImportError as error:
    if __name__ != "__main__":
        raise
    # Python's own status for this would say that something is false.
    print(f"phalanx: {error}", file=sys.stderr)
    raise SystemExit(2) from None

# Absolute, so that spark-submit can run this file.
from phalanx_verify import Config, batches
from phalanx_verify._spark_archives import verify_archives
from phalanx_verify._summary import ArchiveSummary, Summary
from phalanx_verify._task import settings

__all__ = [
    "ArchiveSummary",
    "Summary",
    "keccak256",
    "recover_senders",
    "recover_transactions",
    "verify_archives",
]


def recover_senders(
    df: DataFrame,
    *,
    hash: str = "hash",
    r: str = "r",
    s: str = "s",
    y_parity: str = "y_parity",
    sender: str = "sender",
    reason: str = "reason",
    low_s: bool = True,
    config: Optional[Config] = None,
) -> DataFrame:
    """Adds the address that signed each row's hash (binary), and the reason where there is none (string).

    All other columns stay as they are. Nothing runs until the result is used. Threads that ``config`` and ``PHALANX_THREADS``
    leave open are the task's cores (``spark.task.cpus``).
    """
    hash, r, s = (_column(df, name, BinaryType) for name in (hash, r, s))
    parity = _column(df, y_parity)
    names: Dict[str, Any] = dict(
        hash=hash, r=r, s=s, y_parity=parity, sender=sender, reason=reason
    )
    work = partial(batches.recover_senders, low_s=low_s, **names)
    return _extend(df, work, sender, reason, config)


def recover_transactions(
    df: DataFrame,
    *,
    raw: str = "raw",
    sender: str = "sender",
    reason: str = "reason",
    low_s: bool = True,
    config: Optional[Config] = None,
) -> DataFrame:
    """Adds the sender of each raw transaction (EIP-2718 bytes), and the reason where there is none."""
    names: Dict[str, Any] = dict(raw=_column(df, raw, BinaryType), sender=sender, reason=reason)
    work = partial(batches.recover_transactions, low_s=low_s, **names)
    return _extend(df, work, sender, reason, config)


def keccak256(
    df: DataFrame,
    *,
    data: str = "data",
    hash: str = "hash",
    reason: str = "reason",
    config: Optional[Config] = None,
) -> DataFrame:
    """Adds the Keccak-256 of each row of ``data``."""
    names: Dict[str, Any] = dict(data=_column(df, data, BinaryType), hash=hash, reason=reason)
    return _extend(df, partial(batches.keccak256, **names), hash, reason, config)


def _extend(
    df: DataFrame,
    work: Callable[..., Iterator[pa.RecordBatch]],
    value: str,
    reason: str,
    config: Optional[Config],
) -> DataFrame:
    _free(df, [value, reason])
    added = [StructField(value, BinaryType()), StructField(reason, StringType())]

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return work(batches, config=settings(config))

    return df.mapInArrow(run, StructType([*df.schema.fields, *added]))


def _same(df: DataFrame) -> Callable[[str], str]:
    """How this session compares names."""
    sensitive = df.sparkSession.conf.get("spark.sql.caseSensitive", "false") == "true"
    return (lambda name: name) if sensitive else str.lower


def _column(df: DataFrame, name: str, kind: Optional[type] = None) -> str:
    """The column's own name."""
    same = _same(df)
    found: List[StructField] = [f for f in df.schema.fields if same(f.name) == same(name)]
    if len(found) != 1:
        several = "several columns" if found else "no column"
        raise ValueError(f"there is {several} {name!r} among {', '.join(df.columns)}")
    given: DataType = found[0].dataType
    if kind is not None and not isinstance(given, kind):
        raise TypeError(f"column {name!r} must be binary and is {given.simpleString()}")
    return found[0].name


def _free(df: DataFrame, added: Sequence[str]) -> None:
    same = _same(df)
    taken = [same(name) for name in df.columns]
    for name in added:
        if same(name) in taken:
            raise ValueError(f"there is a column {name!r} already: give the new one another name")
        taken.append(same(name))


if __name__ == "__main__":
    # Under its own name, so that executors import what they are sent.
    from phalanx_verify._spark_cli import main

    raise SystemExit(main())
