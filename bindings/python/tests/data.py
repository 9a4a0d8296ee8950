"""Real blocks, where they are at hand, and blocks taken out of archives."""

from __future__ import annotations

import json
import os
import pathlib

import pyarrow as pa
import pytest


def real(*parts: str) -> pathlib.Path:
    """A file or folder of the real data; skips the test where there is none."""
    default = pathlib.Path(__file__).parents[3].parent / "shared" / "data"
    path = pathlib.Path(os.environ.get("PHALANX_DATA") or default).joinpath(*parts)
    if not path.exists():
        message = f"no real data at {path}"
        if os.environ.get("PHALANX_REQUIRE_DATA"):
            pytest.fail(message)
        print(f"SKIPPED: {message}")
        pytest.skip(message)
    return path


def unpacked(path: pathlib.Path) -> bytes:
    """A file compressed by zstd."""
    with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
        return stream.read()


def witness(path: pathlib.Path) -> dict:
    """A block with its witness, as bytes."""
    raw = json.loads(unpacked(path))
    lists = {name: [bytes.fromhex(item[2:]) for item in raw.get(name) or []] for name in ("state", "codes", "headers")}
    return {"block": bytes.fromhex(raw["block"][2:]), **lists, "hash": bytes.fromhex(raw["block_hash"][2:])}


def _expanded(value: bytes) -> bytes:
    """The snappy framing format."""
    out, at = b"", 0
    while at < len(value):
        kind, length = value[at], int.from_bytes(value[at + 1 : at + 4], "little")
        chunk = value[at + 8 : at + 4 + length]
        at += 4 + length
        if kind == 1:
            out += chunk
        elif kind == 0:
            size = shift = index = 0
            while True:
                size |= (chunk[index] & 0x7F) << shift
                shift += 7
                index += 1
                if chunk[index - 1] < 0x80:
                    break
            out += pa.decompress(chunk, size, codec="snappy", asbytes=True)
    return out


def _payload(encoded: bytes) -> bytes:
    """What is in an RLP list."""
    first = encoded[0]
    return encoded[1:] if first < 0xF8 else encoded[1 + first - 0xF7 :]


def _listed(payload: bytes) -> bytes:
    if len(payload) < 56:
        return bytes([0xC0 + len(payload)]) + payload
    length = len(payload).to_bytes((len(payload).bit_length() + 7) // 8, "big")
    return bytes([0xF7 + len(length)]) + length + payload


def blocks_of(archive: pathlib.Path) -> list[bytes]:
    """The RLP of each block of an era1 archive."""
    data, at, blocks, header = archive.read_bytes(), 0, [], b""
    while at < len(data):
        kind, length = data[at], int.from_bytes(data[at + 2 : at + 6], "little")
        value = data[at + 8 : at + 8 + length]
        at += 8 + length
        if kind == 3:
            header = _expanded(value)
        elif kind == 4:
            blocks.append(_listed(header + _payload(_expanded(value))))
    return blocks
