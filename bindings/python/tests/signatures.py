"""Rows of signatures, good and bad."""

from __future__ import annotations

import hashlib

import pyarrow as pa

# The example of EIP-155.
HASH = bytes.fromhex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
R = bytes.fromhex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276")
S = bytes.fromhex("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83")
SENDER = bytes.fromhex("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f")
RAW = bytes.fromhex(
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
    + R.hex()
    + "a0"
    + S.hex()
)


def rows(count: int) -> pa.Table:
    """The example first; then each with a hash of its own, which is somebody's signature as well; among them, from the tenth
    on, nulls, an r and an s of zero, and a high s. Two columns pass through."""
    hashes = [HASH] + [hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(1, count)]
    r, s, parity = [R] * count, [S] * count, [False] * count
    for at in range(10, count, 10):
        kind = at // 10 % 5
        if kind == 0:
            hashes[at] = None
        elif kind == 1:
            r[at] = bytes(32)
        elif kind == 2:
            s[at] = bytes(32)
        elif kind == 3:
            s[at] = b"\xff" * 32
        else:
            parity[at] = None
    return pa.table(
        {
            "id": pa.array(range(count), pa.int64()),
            "hash": pa.array(hashes, pa.binary()),
            "r": pa.array(r, pa.binary()),
            "s": pa.array(s, pa.binary()),
            "y_parity": pa.array(parity, pa.bool_()),
            "note": pa.array([f"row {n}" if n % 7 else None for n in range(count)]),
        }
    )
