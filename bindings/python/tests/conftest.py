"""A Spark of separate executor processes, and archives to verify."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Iterator, List

import pytest

import phalanx_verify as phalanx

REQUIRED = os.environ.get("PHALANX_REQUIRE_SPARK") == "1"
MASTER = "local-cluster[2,1,1024]"


def _absent(what: str) -> Any:
    if REQUIRED:
        pytest.fail(f"{what}, and PHALANX_REQUIRE_SPARK=1")
    pytest.skip(f"SKIPPED: {what}")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Two executors of one core, each a JVM of its own with its own Python."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        _absent("pyspark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        _absent("there is no Java")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    options = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    }
    builder = SparkSession.builder.master(MASTER).appName("phalanx tests")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> List[Path]:
    """Four archives of 16 blocks that follow each other. Tests copy what they change."""
    folder = tmp_path_factory.mktemp("chain")
    paths = phalanx.generate_archives(str(folder), archives=4, blocks=16, transactions=5, seed=7)
    return [Path(path) for path in paths]


@pytest.fixture
def archives(chain: List[Path], tmp_path: Path) -> List[Path]:
    """A copy of the chain of one's own."""
    folder = tmp_path / "archives"
    folder.mkdir()
    return [Path(shutil.copy2(path, folder)) for path in chain]


@pytest.fixture(scope="session")
def genesis(chain: List[Path]) -> Path:
    """What the chain begins with, and by which rules it goes."""
    return chain[0].parent / "genesis.json"
