"""An executor is killed in the middle of a job, and nothing shows it in the verdicts."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

import phalanx_verify as phalanx

import signatures


def blocker(folder: Path) -> Callable[[], None]:
    """What a task calls: the first task that does, of all processes, writes the id of its executor's process and waits for
    the file ``go``."""
    marker, go = str(folder / "executor"), str(folder / "go")

    def block() -> None:
        try:
            file = os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return
        # Python's workers are children of a daemon, and that is a child of the executor.
        pid = os.getppid()
        while "java" not in os.readlink(f"/proc/{pid}/exe"):
            with open(f"/proc/{pid}/stat") as stat:
                pid = int(stat.read().rpartition(")")[2].split()[1])
        os.write(file, f"{pid}\n".encode())
        os.close(file)
        while not os.path.exists(go):
            time.sleep(0.01)

    return block


def until(what: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def executors(spark: Any) -> Dict[str, bool]:
    """Which executors there have been, and whether they live."""
    found = spark.sparkContext._jsc.sc().statusStore().executorList(False)
    each = (found.apply(at) for at in range(found.size()))
    return {one.id(): one.isActive() for one in each if one.id() != "driver"}


def while_an_executor_dies(spark: Any, folder: Path, job: Callable[[], Any]) -> Any:
    """Runs a job of which a task calls a blocker of this folder, and kills that task's executor."""
    before = {name for name, lives in executors(spark).items() if lives}
    done: List[Any] = []
    errors: List[BaseException] = []

    def run() -> None:
        try:
            done.append(job())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    marker = folder / "executor"
    pid = int(until(lambda: marker.exists() and marker.read_text().endswith("\n") and marker.read_text()))
    tracker = spark.sparkContext.statusTracker()
    # In the middle: others are done, the one that waits is not.
    until(lambda: any(tracker.getStageInfo(at).numCompletedTasks > 0 for at in tracker.getActiveStageIds()))
    assert not done and not errors
    os.kill(pid, signal.SIGKILL)
    until(lambda: not os.path.exists(f"/proc/{pid}") or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text())
    (folder / "go").touch()
    thread.join(timeout=240)
    assert not thread.is_alive()
    if errors:
        raise errors[0]
    after = executors(spark)
    lost = [name for name in before if not after.get(name, False)]
    assert len(lost) == 1, "an executor was lost"
    return done[0]


@pytest.fixture
def pair(spark: Any) -> Any:
    """Spark with both executors alive."""
    until(lambda: sum(executors(spark).values()) == 2)
    return spark


def test_senders_survive_the_loss_of_an_executor(pair: Any, tmp_path: Path) -> None:
    from phalanx_verify import spark as on_spark

    rows = [tuple(row.values()) for row in signatures.rows(400).to_pylist()]
    schema = "id long, hash binary, r binary, s binary, y_parity boolean, note string"
    df = pair.createDataFrame(rows, schema).repartition(8).cache()
    assert df.count() == 400
    plain = on_spark.recover_senders(df).orderBy("id").collect()
    block = blocker(tmp_path)

    def slow(batches: Any) -> Any:
        for batch in batches:
            block()
            yield batch

    def job() -> Any:
        return on_spark.recover_senders(df.mapInArrow(slow, df.schema)).collect()

    found = while_an_executor_dies(pair, tmp_path, job)
    assert sorted(found, key=lambda row: row["id"]) == plain
    assert sum(row["sender"] is not None for row in found) == 361


def test_archives_survive_the_loss_of_an_executor(
    pair: Any, archives: List[Path], genesis: Path, tmp_path: Path
) -> None:
    from phalanx_verify.spark import verify_archives

    verify = partial(verify_archives, pair, archives, blocks_per_task=4, genesis=genesis)
    plain = verify(tmp_path / "plain")
    block = blocker(tmp_path)

    class Waits:
        """A configuration that is only one when the task asks for it."""

        threads = backend = None

        def replace(self, **changes: Any) -> phalanx.Config:
            block()
            return phalanx.Config(**changes)

    def job() -> Any:
        return verify(tmp_path / "out", config=Waits())

    summary = while_an_executor_dies(pair, tmp_path, job)
    assert summary.verified and summary.gapless
    assert summary.archives == plain.archives

    def stored(name: str) -> List[Any]:
        rows = pair.read.parquet(str(tmp_path / name)).select("archive", "number", "hash", "verified")
        return sorted(map(tuple, rows.collect()))

    assert len(stored("out")) == 64
    assert stored("out") == stored("plain")
    # Nothing of the lost attempt is left.
    assert len(list((tmp_path / "out").glob("era=*/*.parquet"))) == 13
    assert not list((tmp_path / "out").glob(".spark-staging*"))
