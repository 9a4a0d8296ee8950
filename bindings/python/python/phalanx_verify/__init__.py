"""Batched verification of Ethereum blocks on Arrow data.

Every function takes whatever speaks the Arrow PyCapsule interface (arrays and chunked arrays of pyarrow, series of polars and
pandas, and others), looks at it where it lies, and gives back :class:`Columns`, which speak it too. A row that can't be answered
is null and has a reason; it never makes a call fail. While a call computes, other threads of Python run.

* :func:`recover_senders`, :func:`recover_transactions`: who signed.
* :func:`keccak256`, :func:`trie_root`: hashes and roots.
* :func:`verify_blocks`, :func:`verify_era1`: verdicts on blocks, a row for each.
* :mod:`phalanx_verify.batches`: the same on iterators of record batches, as Ray Data and Spark want them.
* :mod:`phalanx_verify.spark`: the same on a cluster.
"""

from ._native import (
    Columns,
    Config,
    EngineError,
    Era1Index,
    __version__,
    era1_accumulator,
    era1_index,
    generate_archives,
    keccak256,
    recover_senders,
    recover_transactions,
    trie_root,
    verify_blocks,
    verify_era1,
)

__all__ = [
    "Columns",
    "Config",
    "EngineError",
    "Era1Index",
    "__version__",
    "era1_accumulator",
    "era1_index",
    "generate_archives",
    "keccak256",
    "recover_senders",
    "recover_transactions",
    "trie_root",
    "verify_blocks",
    "verify_era1",
]
