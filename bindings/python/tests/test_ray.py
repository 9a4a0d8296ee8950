"""The same callables in Ray Data."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any, Iterator, List

import pyarrow as pa
import pytest

import phalanx_verify as phalanx
from phalanx_verify import batches

import signatures


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    try:
        import ray
        import ray.data
    except ImportError as error:
        pytest.skip(f"SKIPPED: Ray Data is not installed ({error})")
    os.environ["RAY_AUTH_MODE"] = "disabled"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield ray
    ray.shutdown()


def test_senders_and_verdicts_are_those_of_the_functions(
    ray: Any, chain: List[Path], genesis: Path
) -> None:
    table = signatures.rows(300)
    work = partial(batches.recover_senders, config=phalanx.Config(threads=1))
    rows = ray.data.from_arrow(table).repartition(3).map_batches(work, batch_format="pyarrow")
    found = sorted(rows.take_all(), key=lambda row: row["id"])
    assert found == batches.recover_senders(table).to_pylist()

    tasks = pa.table(
        {"archive": [str(chain[1]), str(chain[2])], "first": [16, 32], "last": [31, 39]}
    )
    verify = partial(batches.verify_archives, genesis=str(genesis))
    verdicts = ray.data.from_arrow(tasks).map_batches(verify, batch_format="pyarrow")
    found = sorted(verdicts.take_all(), key=lambda row: row["number"])
    assert [row["number"] for row in found] == list(range(16, 40))
    assert all(row["verified"] for row in found)
