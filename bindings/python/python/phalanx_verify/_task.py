"""What only a task on an executor knows."""

from __future__ import annotations

import os
from typing import Optional

from pyspark import TaskContext

from . import Config


def settings(config: Optional[Config]) -> Config:
    """The configuration with the threads that this task has cores for, where nothing else says how many."""
    config = Config() if config is None else config
    context = TaskContext.get()
    if config.threads is not None or os.environ.get("PHALANX_THREADS") or context is None:
        return config
    return config.replace(threads=max(1, context.cpus()))
