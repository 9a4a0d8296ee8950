"""era1 archives wherever they lie: finding them, saying what they are, and verifying parts of them."""

from __future__ import annotations

import hashlib
import io
import os
import re
import uuid
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union
from urllib.parse import urlsplit, urlunsplit

import pyarrow as pa
from pyarrow import fs

import phalanx_verify as phalanx

VERDICTS = pa.schema(
    [
        ("number", pa.int64()),
        ("hash", pa.binary()),
        ("parent_hash", pa.binary()),
        ("difficulty", pa.binary()),
        ("total_difficulty", pa.binary()),
        ("transactions", pa.int32()),
        ("gas_used", pa.int64()),
        ("verified", pa.bool_()),
        ("check", pa.string()),
        ("transaction", pa.int32()),
        ("expected", pa.string()),
        ("got", pa.string()),
        ("reason", pa.string()),
        ("unchecked", pa.list_(pa.string())),
    ]
)
"""The columns of a verdict. ``number`` is null for what concerns an archive as a whole."""

SUFFIX = ".era1"
BLOCKS_PER_ERA = 8192
UNKNOWN_ERA = -1
MOST_BLOCK_NUMBER = 2**63 - 1
# Archives are read record by record, which would be a request each on an object store: what goes on where it was reads ahead
# twice as far each time, from the least to the most.
LEAST_AHEAD = 1 << 16
MOST_AHEAD = 4 << 20
_ERA_IN_NAME = re.compile(r"-(\d{5,9})-[0-9a-f]{8}\.era1$")
_SPARK_SCHEMES = {"s3a": "s3", "s3n": "s3"}

PathLike = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Location:
    """Where a file lies.

    ``root`` is the URI that makes its filesystem (none for local paths) and may hold credentials, so it is never shown;
    ``path`` is its path in there; ``name`` is what it is called in results.
    """

    root: Optional[str]
    path: str
    name: str

    @staticmethod
    def of(source: PathLike) -> Location:
        text = os.fspath(source)
        if "://" not in text:
            path = os.path.abspath(text)
            return Location(None, path, path)
        parts = urlsplit(text)
        scheme = _SPARK_SCHEMES.get(parts.scheme, parts.scheme)
        root = urlunsplit(parts._replace(scheme=scheme, fragment=""))
        if scheme == "file":
            path = _filesystem(root)[1]
            return Location(None, path, path)
        path = _filesystem(root)[1]
        return Location(root, path, _name(root, path))

    def beside(self, path: str) -> Location:
        """Another path of the same filesystem."""
        return Location(self.root, path, path if self.root is None else _name(self.root, path))

    @property
    def filesystem(self) -> fs.FileSystem:
        return _filesystem(self.root)[0]

    def info(self) -> fs.FileInfo:
        return self.filesystem.get_file_info(self.path)

    def source(self) -> Any:
        """What the native module reads: a path, or a buffered file with random access."""
        if self.root is None:
            return self.path
        return _ReadAhead(self.filesystem.open_input_file(self.path))

    def read(self) -> bytes:
        with self.filesystem.open_input_file(self.path) as file:
            return bytes(file.read())


class _ReadAhead:
    """A file that reads ahead the farther the longer it is read in order."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._at = 0
        self._start = 0
        self._data = b""
        self._ahead = LEAST_AHEAD

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: None}[whence]
        self._at = (self._file.size() if base is None else base) + offset
        if self._at < 0:
            raise ValueError("a place before the file")
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int, /) -> bytes:
        end = self._start + len(self._data)
        if not self._start <= self._at < end:
            follows = bool(self._data) and self._at == end
            self._ahead = min(2 * self._ahead, MOST_AHEAD) if follows else LEAST_AHEAD
            self._file.seek(self._at)
            self._start, self._data = self._at, self._file.read(max(size, self._ahead))
        begin = self._at - self._start
        found = self._data[begin : begin + size]
        self._at += len(found)
        return found


def _name(root: str, path: str) -> str:
    parts = urlsplit(root)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{path}" if path.startswith("/") else f"{parts.scheme}://{path}"


@lru_cache(maxsize=64)
def _filesystem(root: Optional[str]) -> Tuple[fs.FileSystem, str]:
    if root is None:
        return fs.LocalFileSystem(), ""
    try:
        filesystem, path = fs.FileSystem.from_uri(root)
    except (ValueError, OSError, NotImplementedError) as error:
        # What it says holds the URI, and with it what must not be shown.
        problem = f"no filesystem of pyarrow is at {root.partition(':')[0]}://... ({type(error).__name__})"
    else:
        return filesystem, path
    raise ValueError(problem)


def find(paths: Union[PathLike, Iterable[PathLike]]) -> List[Location]:
    """The archives that paths, URIs, folders (with the folders in them) and globs name, each once, by name.

    A file that is named and absent is kept, so that it gets its verdict. ``?`` is no glob in a URI, where a query follows it.
    Raises FileNotFoundError where a folder or a glob names no archive, and ValueError where two archives would have one name.
    """
    named = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    found: Dict[str, Location] = {}
    for source in named:
        there = _expand(os.fspath(source))
        if not there:
            raise FileNotFoundError(f"no {SUFFIX} archive in {_shown(os.fspath(source))}")
        for location in there:
            other = found.setdefault(location.name, location)
            if other.root is not None and _store(other) != _store(location):
                raise ValueError(f"two filesystems are named that both have {location.name}")
    if not found:
        raise FileNotFoundError("no archives were named")
    return [found[name] for name in sorted(found)]


def _store(location: Location) -> Any:
    """The filesystem of a location, whatever its path."""
    parts = urlsplit(location.root or "")
    return parts.scheme, parts.netloc, parts.query


def _shown(source: str) -> str:
    return re.sub(r"//[^/@]*@", "//", source).partition("?")[0] if "://" in source else source


def _expand(source: str) -> List[Location]:
    start, pattern = _split_glob(source)
    location = Location.of(start)
    if not pattern:
        if location.info().type != fs.FileType.Directory:
            return [location]
        return [location.beside(path) for path in _files(location, True) if path.endswith(SUFFIX)]
    below = len(location.path.rstrip("/")) + 1
    deep = len(pattern) > 1 or "**" in pattern
    return [
        location.beside(path)
        for path in _files(location, deep)
        if _matches(path[below:].split("/"), pattern)
    ]


def _split_glob(source: str) -> Tuple[str, List[str]]:
    """The part before the first folder with a wildcard, and the rest of the path in pieces."""
    remote = "://" in source
    body, mark, query = source.partition("?") if remote else (source, "", "")
    pieces = body.split("/")
    wild = "*[" if remote else "*[?"
    for at, piece in enumerate(pieces):
        if any(sign in piece for sign in wild):
            # A local file may be called so.
            if not remote and os.path.exists(source):
                break
            start = "/".join(pieces[:at]) or ("/" if body.startswith("/") else ".")
            return start + mark + query, pieces[at:]
    return source, []


def _files(folder: Location, deep: bool) -> List[str]:
    selector = fs.FileSelector(folder.path, allow_not_found=True, recursive=deep)
    infos = folder.filesystem.get_file_info(selector)
    return [info.path for info in infos if info.type == fs.FileType.File]


def _matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    if not path or not pattern:
        return not path and not pattern
    if pattern[0] == "**":
        return _matches(path, pattern[1:]) or _matches(path[1:], pattern)
    return fnmatchcase(path[0], pattern[0]) and _matches(path[1:], pattern[1:])


@dataclass(frozen=True)
class Archive:
    """What an archive was when it was looked at. With a ``problem`` it can't be read, and has no blocks.

    ``fingerprint`` says which file it was: verdicts count only for an equal one.
    """

    location: Location
    era: int
    size: Optional[int] = None
    modified: Optional[int] = None
    fingerprint: str = ""
    start: int = 0
    count: int = 0
    accumulator: Optional[bytes] = None
    problem: Optional[str] = None

    @property
    def name(self) -> str:
        return self.location.name


def survey(location: Location, content: bool = False) -> Archive:
    """Looks at an archive: its size, its time, its index; with ``content``, a digest of all its bytes. Never raises for what
    is wrong with the file."""
    named = _ERA_IN_NAME.search(location.name)
    era = int(named.group(1)) if named else UNKNOWN_ERA
    try:
        info = location.info()
        if info.type != fs.FileType.File:
            return Archive(location, era, problem="no such file")
        index = phalanx.era1_index(location.source())
        if not 1 <= index.count <= BLOCKS_PER_ERA:
            return Archive(location, era, problem=f"the index is for {index.count} blocks")
        if index.start > MOST_BLOCK_NUMBER - BLOCKS_PER_ERA:
            return Archive(location, era, problem=f"the index begins with block {index.start}")
        mark = _digest(location) if content else _time(info)
    except (OSError, ValueError) as error:
        return Archive(location, era, problem=str(error) or type(error).__name__)
    return Archive(
        location,
        era if named else index.start // BLOCKS_PER_ERA,
        info.size,
        info.mtime_ns,
        f"{info.size} bytes, {mark}, accumulator {index.accumulator.hex()}",
        index.start,
        index.count,
        index.accumulator,
    )


def _time(info: fs.FileInfo) -> str:
    # What can't be known to be unchanged is done again.
    return f"modified {info.mtime_ns}" if info.mtime_ns else f"unknown {uuid.uuid4().hex}"


def _digest(location: Location) -> str:
    digest = hashlib.blake2b(digest_size=32)
    with location.filesystem.open_input_file(location.path) as file:
        for piece in iter(lambda: file.read(MOST_AHEAD), b""):
            digest.update(piece)
    return f"blake2b {digest.hexdigest()}"


def verdicts(
    location: Location,
    blocks: Optional[range],
    *,
    genesis: Optional[Union[str, bytes]] = None,
    chain: Union[str, int, None] = None,
    config: Optional[phalanx.Config] = None,
) -> pa.Table:
    """A verdict for each block of an archive, or of a part of it. What can't be read is a row, and no exception."""
    try:
        source = location.source()
        columns = phalanx.verify_era1(
            source, blocks=blocks, genesis=genesis, chain=chain, config=config
        )
    except (OSError, ValueError) as error:
        return unreadable(str(error) or type(error).__name__)
    return columns.to_pyarrow().cast(VERDICTS)


def named_verdicts(source: Optional[PathLike], blocks: Optional[range], **options: Any) -> pa.Table:
    """The same for a path or URI."""
    if source is None:
        return unreadable("no archive is named")
    try:
        location = Location.of(source)
    except (OSError, ValueError, NotImplementedError) as error:
        return unreadable(str(error))
    return verdicts(location, blocks, **options)


def surveyed_verdicts(archive: Archive, blocks: Optional[range], **options: Any) -> pa.Table:
    """The same for an archive that was surveyed: verdicts count only if the file is the one that was seen then."""
    if archive.problem is not None:
        return unreadable(archive.problem)
    seen = (archive.size, archive.modified)
    try:
        before = archive.location.info()
        rows = verdicts(archive.location, blocks, **options)
        after = archive.location.info()
    except OSError as error:
        return unreadable(str(error))
    if any((info.size, info.mtime_ns) != seen for info in (before, after)):
        return unreadable("the file has changed since its index was read")
    return rows


def unreadable(reason: str) -> pa.Table:
    """The one row of an archive that can't be read."""
    row = {"verified": False, "check": "archive", "reason": reason}
    return pa.Table.from_pylist([row], schema=VERDICTS)
