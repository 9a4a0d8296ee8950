"""What only a task on an executor knows."""

from __future__ import annotations

import os
from typing import Optional

from pyspark import TaskContext

from . import Config


def settings(config: Optional[Config]) -> Config:
    """The configuration for a task: where nothing else says how many, as many threads as it has cores, and where nothing says
    what computes, the processor, since each worker process that looks for a GPU loads its driver."""
    config = Config() if config is None else config
    context = TaskContext.get()
    if context is None:
        return config
    if config.backend is None and not os.environ.get("PHALANX_BACKEND"):
        config = config.replace(backend="cpu")
    if config.threads is None and not os.environ.get("PHALANX_THREADS"):
        config = config.replace(threads=max(1, context.cpus()))
    return config
