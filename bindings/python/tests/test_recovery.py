"""Senders, held against libsecp256k1 row by row."""

import random

import coincurve
import pyarrow as pa
import pytest
from oracle import ORDER, Signer, address, keccak256, transaction

import phalanx_verify as pv

BACKENDS = ["auto", "portable", "reference"]


def signatures(count, seed=1):
    """Hashes, rs, ss, parities and addresses."""
    chance = random.Random(seed)
    signers = [Signer(chance.randrange(1, ORDER)) for _ in range(16)]
    rows = []
    for _ in range(count):
        signer, prehash = chance.choice(signers), chance.randbytes(32)
        rows.append((prehash, *signer.sign(prehash), signer.address))
    return [list(column) for column in zip(*rows)]


def columns(prehashes, rs, ss, parities, ty=pa.binary()):
    return pa.array(prehashes, ty), pa.array(rs, ty), pa.array(ss, ty), pa.array(parities, pa.uint8())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("ty", [pa.binary(), pa.large_binary(), pa.binary(32), pa.binary_view()], ids=str)
def test_every_row_is_libsecp256k1s(backend, ty):
    prehashes, rs, ss, parities, addresses = signatures(300)
    config = pv.Config(backend=backend, threads=2)
    out = pv.recover_senders(*columns(prehashes, rs, ss, parities, ty), config=config).to_pyarrow()
    assert out.schema == pa.schema([("sender", pa.binary(20)), ("reason", pa.string())])
    assert out["sender"].to_pylist() == addresses
    assert out["reason"].null_count == 300


@pytest.mark.parametrize("backend", BACKENDS)
def test_bad_rows_are_null_with_a_reason_and_spoil_no_other(backend):
    prehashes, rs, ss, parities, addresses = signatures(64)
    high = (ORDER - int.from_bytes(ss[21], "big")).to_bytes(32, "big")
    zero, order = bytes(32), ORDER.to_bytes(32, "big")
    bad = {
        0: (None, rs[0], ss[0], parities[0], "hash is null"),
        5: (prehashes[5], None, ss[5], parities[5], "r is null"),
        6: (prehashes[6], rs[6], None, parities[6], "s is null"),
        7: (prehashes[7], rs[7], ss[7], None, "y_parity is null"),
        11: (prehashes[11][1:], rs[11], ss[11], parities[11], "hash has 31 bytes, not 32"),
        12: (prehashes[12], rs[12] + b"\x00", ss[12], parities[12], "r has 33 bytes, not 32"),
        13: (prehashes[13], rs[13], b"", parities[13], "s has 0 bytes, not 32"),
        17: (prehashes[17], zero, ss[17], parities[17], "r is out of range"),
        18: (prehashes[18], order, ss[18], parities[18], "r is out of range"),
        19: (prehashes[19], rs[19], zero, parities[19], "s is out of range"),
        20: (prehashes[20], rs[20], order, parities[20], "s is out of range"),
        21: (prehashes[21], rs[21], high, 1 - parities[21], "s is in the upper half"),
        22: (prehashes[22], rs[22], ss[22], 2, "recovery id is not 0 or 1"),
        63: (prehashes[63], rs[63], ss[63], 27, "recovery id is not 0 or 1"),
    }
    given = [list(row) for row in zip(prehashes, rs, ss, parities)]
    for at, (*row, _) in bad.items():
        given[at] = row
    out = pv.recover_senders(*columns(*zip(*given)), config=pv.Config(backend=backend)).to_pyarrow()
    for at, row in enumerate(out.to_pylist()):
        expected = (None, bad[at][-1]) if at in bad else (addresses[at], None)
        assert (row["sender"], row["reason"]) == expected, at


def test_no_point_and_infinity():
    """r = 5 is no x of the curve; with R = G and s = z the key is R - G, the point at infinity."""
    generator = coincurve.PrivateKey.from_int(1).public_key.format(compressed=False)
    x, parity = generator[1:33], generator[64] & 1
    word = (123).to_bytes(32, "big")
    rows = columns([word, word], [(5).to_bytes(32, "big"), x], [word, word], [0, parity])
    out = pv.recover_senders(*rows).to_pyarrow()
    assert out["sender"].to_pylist() == [None, None]
    expected = ["r is no x coordinate of the curve", "the public key is the point at infinity"]
    assert out["reason"].to_pylist() == expected


def test_high_s_is_taken_where_it_is_allowed():
    prehashes, rs, ss, parities, addresses = signatures(8)
    high = [(ORDER - int.from_bytes(s, "big")).to_bytes(32, "big") for s in ss]
    rows = columns(prehashes, rs, high, [1 - parity for parity in parities])
    assert pv.recover_senders(*rows, low_s=False).to_pyarrow()["sender"].to_pylist() == addresses
    assert pv.recover_senders(*rows).to_pyarrow()["sender"].null_count == 8


def test_many_slabs_keep_their_order():
    """More rows than a slab has, each column cut into other chunks, nulls where chunks meet."""
    prehashes, rs, ss, parities, addresses = signatures(500)
    count = 66_000
    picks = [i * 7 % 500 for i in range(count)]

    def chunked(values, length):
        chunks = [[values[pick] for pick in picks[start : start + length]] for start in range(0, count, length)]
        return pa.chunked_array([[], *chunks], pa.binary(32))

    nulls = set(range(0, count, 9973)) | {65_535, 65_536, count - 1}
    parity = pa.array([None if i in nulls else parities[pick] for i, pick in enumerate(picks)], pa.int32())
    out = pv.recover_senders(chunked(prehashes, 65_536), chunked(rs, 1_000), chunked(ss, 65_535), parity).to_pyarrow()
    assert out["sender"].to_pylist() == [None if i in nulls else addresses[pick] for i, pick in enumerate(picks)]
    assert {i for i, reason in enumerate(out["reason"].to_pylist()) if reason} == nulls


def test_no_rows():
    out = pv.recover_senders(*columns([], [], [], []))
    assert len(out) == 0
    assert out.to_pyarrow().column_names == ["sender", "reason"]


@pytest.mark.parametrize(
    "ty", [pa.int8(), pa.int16(), pa.int64(), pa.uint16(), pa.uint32(), pa.uint64(), pa.bool_()], ids=str
)
def test_parities_come_in_any_integers(ty):
    prehashes, rs, ss, parities, addresses = signatures(20)
    parity = pa.array([bool(p) if ty == pa.bool_() else p for p in parities], ty)
    out = pv.recover_senders(*columns(prehashes, rs, ss, parities)[:3], parity).to_pyarrow()
    assert out["sender"].to_pylist() == addresses


def test_numbers_that_are_no_parity():
    prehashes, rs, ss, *_ = signatures(4)
    parity = pa.array([-1, 256, 2**40, -(2**63)], pa.int64())
    out = pv.recover_senders(*columns(prehashes, rs, ss, [0] * 4)[:3], parity).to_pyarrow()
    assert out["reason"].to_pylist() == ["recovery id is not 0 or 1"] * 4


def test_columns_that_do_not_fit_are_refused():
    prehashes, rs, ss, parities, _ = signatures(3)
    hashes, rs, ss, parity = columns(prehashes, rs, ss, parities)
    with pytest.raises(ValueError, match="hash has 3, r has 2"):
        pv.recover_senders(hashes, rs[:2], ss, parity)
    with pytest.raises(TypeError, match="r: a binary column is wanted, not Utf8"):
        pv.recover_senders(hashes, pa.array(["a", "b", "c"]), ss, parity)
    with pytest.raises(TypeError, match="y_parity: .*column is wanted, not Binary"):
        pv.recover_senders(hashes, rs, ss, hashes)
    with pytest.raises((TypeError, ValueError)):
        pv.recover_senders([b"1"], rs, ss, parity)


def test_columns_that_lie_about_themselves_are_refused():
    """Offsets that descend, as no library writes them."""
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 64, 32)))
    lying = pa.Array.from_buffers(pa.binary(), 2, [None, offsets, pa.py_buffer(bytes(64))])
    fine = pa.array([bytes(32)] * 2, pa.binary())
    with pytest.raises(ValueError, match="s: "):
        pv.recover_senders(fine, fine, lying, pa.array([0, 0]))


@pytest.mark.parametrize("backend", BACKENDS)
def test_transactions(backend):
    signers = [Signer(secret) for secret in range(1, 9)]
    raw = [transaction(signer, nonce) for nonce, signer in enumerate(signers * 20)]
    expected = [signer.address for signer in signers * 20]
    raw[4], raw[9], raw[10] = None, raw[9] + b"\x00", b""
    out = pv.recover_transactions(pa.array(raw, pa.large_binary()), config=pv.Config(backend=backend)).to_pyarrow()
    for at, row in enumerate(out.to_pylist()):
        if at == 4:
            assert row == {"sender": None, "reason": "raw is null"}
        elif at in (9, 10):
            assert row["sender"] is None
            assert row["reason"].startswith("transaction: "), at
        else:
            assert row == {"sender": expected[at], "reason": None}, at


def test_the_oracle_itself():
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert address(coincurve.PrivateKey.from_int(1).public_key).hex() == "7e5f4552091a69125d5dfcb7b8c2659029395bdf"
