"""Slow and obvious definitions that the tests hold Phalanx against."""

from __future__ import annotations

import coincurve

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
MASK = (1 << 64) - 1


def _rotate(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & MASK if by else lane


def _round_constants() -> list[int]:
    """The bits of a shift register (FIPS 202, section 3.2.5)."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


def _permute(a: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600] (FIPS 202, section 3.2), lanes as a[x][y]."""
    for constant in _round_constants():
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[x - 1] ^ _rotate(c[(x + 1) % 5], 1) for x in range(5)]
        a = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        b[0][0] = a[0][0]
        x, y, offset = 1, 0, 0
        for t in range(24):
            offset = (offset + t + 1) % 64
            b[y][(2 * x + 3 * y) % 5] = _rotate(a[x][y], offset)
            x, y = y, (2 * x + 3 * y) % 5
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        a[0][0] ^= constant
    return a


def keccak256(message: bytes) -> bytes:
    rate = 136
    padded = bytearray(message + b"\x01" + bytes(-(len(message) + 1) % rate))
    padded[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            at = start + 8 * lane
            state[lane % 5][lane // 5] ^= int.from_bytes(padded[at : at + 8], "little")
        state = _permute(state)
    return b"".join(state[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))


def rlp(item: int | bytes | list) -> bytes:
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if isinstance(item, list):
        payload, short = b"".join(map(rlp, item)), 0xC0
    elif len(item) == 1 and item[0] < 0x80:
        return item
    else:
        payload, short = item, 0x80
    if len(payload) < 56:
        return bytes([short + len(payload)]) + payload
    length = len(payload).to_bytes((len(payload).bit_length() + 7) // 8, "big")
    return bytes([short + 55 + len(length)]) + length + payload


def trie_root(pairs: dict[bytes, bytes]) -> bytes:
    """Root of a Merkle-Patricia trie (Yellow Paper, appendix D), by its recursive definition."""
    present = {tuple(n for byte in key for n in (byte >> 4, byte & 15)): value for key, value in pairs.items() if value}
    return keccak256(rlp(_node(present) if present else b""))


def _compact(path: tuple[int, ...], leaf: bool) -> bytes:
    odd = len(path) % 2
    whole = [2 * leaf + odd, *path] if odd else [2 * leaf, 0, *path]
    return bytes(whole[i] << 4 | whole[i + 1] for i in range(0, len(whole), 2))


def _reference(pairs: dict) -> bytes | list:
    if not pairs:
        return b""
    node = _node(pairs)
    encoded = rlp(node)
    return node if len(encoded) < 32 else keccak256(encoded)


def _node(pairs: dict) -> list:
    if len(pairs) == 1:
        [(path, value)] = pairs.items()
        return [_compact(path, True), value]
    paths = list(pairs)
    common = 0
    while all(len(path) > common and path[common] == paths[0][common] for path in paths):
        common += 1
    if common:
        below = {path[common:]: value for path, value in pairs.items()}
        return [_compact(paths[0][:common], False), _reference(below)]
    children = [{path[1:]: value for path, value in pairs.items() if path[:1] == (n,)} for n in range(16)]
    return [*map(_reference, children), pairs.get((), b"")]


def address(key: coincurve.PublicKey) -> bytes:
    return keccak256(key.format(compressed=False)[1:])[12:]


class Signer:
    """A key that signs as Ethereum does: s in the lower half."""

    def __init__(self, secret: int) -> None:
        self.key = coincurve.PrivateKey.from_int(secret)
        self.address = address(self.key.public_key)

    def sign(self, prehash: bytes) -> tuple[bytes, bytes, int]:
        """r, s and y parity."""
        signature = self.key.sign_recoverable(prehash, hasher=None)
        return signature[:32], signature[32:64], signature[64]


def transaction(signer: Signer, nonce: int = 0, chain_id: int = 1, value: int = 1) -> bytes:
    """A signed EIP-1559 transaction."""
    fields = [chain_id, nonce, 1, 30_000_000_000, 21_000, b"\x11" * 20, value, b"", []]
    r, s, parity = signer.sign(keccak256(b"\x02" + rlp(fields)))
    return b"\x02" + rlp([*fields, parity, int.from_bytes(r, "big"), int.from_bytes(s, "big")])
