"""Takes era1 files apart and makes false ones, by the format's description alone (e2store records)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import List, Tuple

HEADER, BODY, RECEIPTS, TOTAL_DIFFICULTY, ACCUMULATOR, INDEX = 0x03, 0x04, 0x05, 0x06, 0x07, 0x3266
Record = Tuple[int, bytes]


def read(path: Path) -> List[Record]:
    """All records, in order."""
    data, at, records = path.read_bytes(), 0, []
    while at < len(data):
        kind, length, reserved = struct.unpack_from("<HIH", data, at)
        assert reserved == 0
        records.append((kind, data[at + 8 : at + 8 + length]))
        at += 8 + length
    return records


def write(path: Path, records: List[Record]) -> None:
    """Writes records, with an index that fits them."""
    out, headers = bytearray(), []
    for kind, value in records:
        if kind == INDEX:
            (start,) = struct.unpack_from("<Q", value)
            offsets = [at - len(out) for at in headers]
            value = struct.pack(f"<Q{len(offsets)}qQ", start, *offsets, len(offsets))
        if kind == HEADER:
            headers.append(len(out))
        out += struct.pack("<HIH", kind, len(value), 0) + value
    path.write_bytes(out)


def nth(records: List[Record], kind: int, n: int) -> int:
    """Where the n-th record of a kind is."""
    return [at for at, record in enumerate(records) if record[0] == kind][n]


def swap_bodies(path: Path, one: int, other: int) -> None:
    """Exchanges the bodies of two blocks: both transactions roots are false then."""
    records = read(path)
    a, b = nth(records, BODY, one), nth(records, BODY, other)
    assert records[a] != records[b]
    records[a], records[b] = records[b], records[a]
    write(path, records)


def change(path: Path, kind: int, n: int = 0) -> None:
    """Flips a bit of the n-th record of a kind, in its first byte."""
    records = read(path)
    at = nth(records, kind, n)
    value = bytearray(records[at][1])
    value[0] ^= 1
    records[at] = (kind, bytes(value))
    write(path, records)
