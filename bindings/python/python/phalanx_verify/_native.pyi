import pathlib
from os import PathLike
from typing import Any, Optional, Protocol, Union, final

import pyarrow

class ArrowArray(Protocol):
    """One array: `pyarrow.Array` and others."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...

class ArrowStream(Protocol):
    """An array in chunks: `pyarrow.ChunkedArray`, series of polars and pandas, and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

Column = Union[ArrowArray, ArrowStream]

class Readable(Protocol):
    """A file that can be read at any place."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, whence: int, /) -> Any: ...
    def tell(self) -> int: ...

Path = Union[str, PathLike[str]]
Source = Union[Path, bytes, bytearray, memoryview, Readable]

__version__: str

class EngineError(RuntimeError):
    """The engine that a configuration asks for can't be had here."""

@final
class Config:
    """How batches are computed; what is None is as the PHALANX_* variables of the process say, else the default."""

    def __new__(
        cls,
        *,
        threads: Optional[int] = None,
        backend: Optional[str] = None,
        gpu: Optional[str] = None,
        cache: Optional[str] = None,
        executor: Optional[str] = None,
    ) -> Config: ...
    @property
    def threads(self) -> Optional[int]: ...
    @property
    def backend(self) -> Optional[str]: ...
    @property
    def gpu(self) -> Optional[str]: ...
    @property
    def cache(self) -> Optional[str]: ...
    @property
    def executor(self) -> Optional[str]: ...
    def replace(
        self,
        *,
        threads: Optional[int] = ...,
        backend: Optional[str] = ...,
        gpu: Optional[str] = ...,
        cache: Optional[str] = ...,
        executor: Optional[str] = ...,
    ) -> Config:
        """The same configuration with some settings changed."""

    def describe(self) -> str:
        """What is used, as in "avx512, 2 threads"."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Columns:
    """Columns of results, one row for each row asked; whatever takes Arrow data takes them without a copy."""

    @property
    def column_names(self) -> list[str]: ...
    def to_pyarrow(self) -> pyarrow.Table:
        """The same as a `pyarrow.Table`, which shares the memory."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def __len__(self) -> int: ...

@final
class Era1Index:
    """What an archive's index says of it."""

    @property
    def start(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def accumulator(self) -> bytes: ...

def recover_senders(
    hash: Column,
    r: Column,
    s: Column,
    y_parity: Column,
    *,
    low_s: bool = True,
    config: Optional[Config] = None,
) -> Columns:
    """Recovers the address of the signer of each row: columns `sender` and `reason`."""

def recover_transactions(
    raw: Column, *, low_s: bool = True, config: Optional[Config] = None
) -> Columns:
    """Recovers the sender of each signed transaction: columns `sender` and `reason`."""

def keccak256(data: Column, *, config: Optional[Config] = None) -> Columns:
    """Keccak-256 of each row: columns `hash` and `reason`."""

def trie_root(
    key: Column, value: Column, *, secure: bool = False, config: Optional[Config] = None
) -> Columns:
    """The root of the Merkle-Patricia trie of all rows: one row of columns `root`, `reason` and `row`."""

def verify_blocks(
    block: Column,
    *,
    receipts: Optional[Column] = None,
    state: Optional[Column] = None,
    codes: Optional[Column] = None,
    headers: Optional[Column] = None,
    chain: Union[str, int, None] = None,
    genesis: Union[Path, bytes, None] = None,
    config: Optional[Config] = None,
) -> Columns:
    """Verifies blocks, over their witnesses where `state` is given: a row of verdict for each."""

def verify_era1(
    source: Source,
    *,
    blocks: Optional[range] = None,
    genesis: Union[Path, bytes, None] = None,
    chain: Union[str, int, None] = None,
    config: Optional[Config] = None,
) -> Columns:
    """Verifies an era1 archive, or a range of its blocks: a row of verdict for each."""

def era1_index(source: Source) -> Era1Index:
    """Reads the index of an era1 archive, and nothing of its blocks."""

def era1_accumulator(hash: Column, total_difficulty: Column) -> bytes:
    """The accumulator root of an era."""

def generate_archives(
    folder: Path,
    *,
    archives: int = 4,
    blocks: int = 64,
    transactions: int = 50,
    seed: int = 1,
    config: Optional[Config] = None,
) -> list[pathlib.Path]:
    """Writes a generated chain as era1 archives that follow each other; gives their paths."""
