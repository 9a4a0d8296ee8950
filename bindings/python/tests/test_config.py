"""Configurations, and the engines behind them."""

import copy
import multiprocessing
import pickle
import subprocess
import sys
import threading

import pyarrow as pa
import pytest
from oracle import keccak256

import phalanx_verify as pv

MESSAGES = pa.array([bytes([i % 251]) * 40 for i in range(3000)], pa.binary())


def hashes(config=None):
    return pv.keccak256(MESSAGES, config=config).to_pyarrow()["hash"].to_pylist()


def test_a_configuration_is_a_value():
    config = pv.Config(threads=2, backend="portable")
    assert config == pv.Config(backend="portable", threads=2)
    assert config != pv.Config(backend="portable")
    assert len({config, pv.Config(threads=2, backend="portable"), pv.Config()}) == 2
    assert pickle.loads(pickle.dumps(config)) == config
    assert copy.deepcopy(config) == config
    assert repr(config) == "Config(threads=2, backend='portable')"
    assert eval(repr(config), {"Config": pv.Config}) == config
    with pytest.raises(AttributeError):
        config.threads = 3


def test_replacing_settings():
    config = pv.Config(threads=2, gpu="some")
    assert config.replace(threads=1) == pv.Config(threads=1, gpu="some")
    assert config.replace(threads=None) == pv.Config(gpu="some")
    assert config.replace() == config
    with pytest.raises(TypeError):
        config.replace(thread=1)


@pytest.mark.parametrize(
    "settings", [{"threads": 0}, {"threads": 1025}, {"backend": "fastest"}, {"executor": "eager"}], ids=str
)
def test_settings_that_can_not_be(settings):
    with pytest.raises(ValueError):
        pv.Config(**settings)


def test_threads_and_backend_are_those_asked_for():
    assert pv.Config(backend="portable", threads=3).describe() == "portable, 3 threads"
    assert pv.Config(backend="reference", threads=1).describe() == "reference, 1 thread"


def test_a_backend_that_is_not_there_is_an_error_and_no_other_in_its_place():
    with pytest.raises(pv.EngineError, match="gpu"):
        pv.keccak256(MESSAGES, config=pv.Config(backend="gpu", gpu="no such adapter"))
    assert issubclass(pv.EngineError, RuntimeError)


def test_the_environment_speaks_where_a_configuration_is_silent(monkeypatch):
    monkeypatch.setenv("PHALANX_BACKEND", "portable")
    monkeypatch.setenv("PHALANX_THREADS", "2")
    assert pv.Config().describe() == "portable, 2 threads"
    assert pv.Config(threads=1).describe() == "portable, 1 thread"
    monkeypatch.setenv("PHALANX_THREADS", "many")
    with pytest.raises(ValueError, match="PHALANX_THREADS"):
        pv.keccak256(MESSAGES)


def hashes_of_child(queue):
    queue.put(hashes())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_child_process_has_its_own_threads(method):
    """After a fork the parent's threads are not there: a call that waited for them would never return."""
    expected = hashes()
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    child = context.Process(target=hashes_of_child, args=(queue,))
    child.start()
    try:
        assert queue.get(timeout=60) == expected
        child.join(timeout=60)
        assert child.exitcode == 0
    finally:
        child.kill()


def test_more_configurations_than_engines_are_kept():
    for threads in range(1, 13):
        out = pv.keccak256(pa.array([b"x"]), config=pv.Config(backend="portable", threads=threads))
        assert out.to_pyarrow()["hash"].to_pylist() == [keccak256(b"x")]


def test_other_threads_run_while_a_call_computes():
    """One thread hashes for a while in one call; another counts what it gets done meanwhile."""
    message = pa.array([bytes(64 << 20)], pa.large_binary())
    config = pv.Config(backend="portable", threads=1)
    done = threading.Event()

    def hash_it():
        pv.keccak256(message, config=config)
        done.set()

    hashes(config)
    thread = threading.Thread(target=hash_it)
    thread.start()
    counted = 0
    while not done.wait(0.001):
        counted += 1
    thread.join()
    assert counted > 20


def test_threads_may_share_an_engine():
    expected = hashes()
    results = []
    threads = [threading.Thread(target=lambda: results.append(hashes())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 6


def test_neither_arrow_nor_spark_is_imported_unasked():
    code = "import sys, phalanx_verify; sys.exit(any(m in sys.modules for m in ('pyarrow', 'pyspark', 'ray', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
