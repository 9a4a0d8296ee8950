"""Keccak-256 and roots, held against their definitions."""

import random

import pyarrow as pa
import pytest
from oracle import keccak256, rlp, trie_root

import phalanx_verify as pv

LENGTHS = [0, 1, 31, 32, 64, 134, 135, 136, 137, 271, 272, 273, 1000, 5000]


@pytest.mark.parametrize("backend", ["auto", "portable", "reference"])
@pytest.mark.parametrize("ty", [pa.binary(), pa.large_binary(), pa.binary_view()], ids=str)
def test_every_length(backend, ty):
    chance = random.Random(7)
    messages = [*map(chance.randbytes, LENGTHS), None]
    out = pv.keccak256(pa.array(messages, ty), config=pv.Config(backend=backend)).to_pyarrow()
    assert out["hash"].to_pylist() == [*map(keccak256, messages[:-1]), None]
    assert out["reason"].to_pylist() == [None] * len(LENGTHS) + ["data is null"]


def test_slices_are_seen_from_where_they_start():
    chance = random.Random(8)
    mixed = [None if i % 5 == 2 else chance.randbytes(i) for i in range(100)]
    words = [None if i % 5 == 2 else chance.randbytes(3) for i in range(100)]
    arrays = [(mixed, pa.binary()), (mixed, pa.large_binary()), (mixed, pa.binary_view()), (words, pa.binary(3))]
    for messages, ty in arrays:
        part = pv.keccak256(pa.array(messages, ty)[37:71]).to_pyarrow()
        expected = [None if message is None else keccak256(message) for message in messages[37:71]]
        assert part["hash"].to_pylist() == expected, ty


def test_nulls_alone_and_nothing():
    assert pv.keccak256(pa.nulls(3)).to_pyarrow()["reason"].to_pylist() == ["data is null"] * 3
    assert len(pv.keccak256(pa.array([], pa.binary()))) == 0


def root(pairs, **settings):
    keys, values = zip(*pairs) if pairs else ([], [])
    out = pv.trie_root(pa.array(keys, pa.binary()), pa.array(values, pa.binary()), **settings).to_pyarrow()
    [row] = out.to_pylist()
    return row


def test_known_roots():
    words = [(b"do", b"verb"), (b"horse", b"stallion"), (b"doge", b"coin"), (b"dog", b"puppy")]
    assert root(words)["root"].hex() == "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"
    assert root([])["root"].hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"


@pytest.mark.parametrize("seed", range(5))
def test_random_tries(seed):
    chance = random.Random(seed)
    lengths = [1, 2, 3, 32]
    pairs = [(chance.randbytes(chance.choice(lengths)), chance.randbytes(chance.randrange(60))) for _ in range(400)]
    assert root(pairs)["root"] == trie_root(dict(pairs))
    assert root(pairs, secure=True)["root"] == trie_root({keccak256(key): value for key, value in pairs})


def test_an_index_trie():
    pairs = [(rlp(i), bytes([i]) * (i + 1)) for i in range(130)]
    assert root(pairs)["root"] == trie_root(dict(pairs))


def test_null_values_are_absent_and_the_last_of_a_key_counts():
    pairs = [(b"a", b"1"), (b"b", b"2"), (b"a", None), (b"b", b"3"), (b"c", b"")]
    assert root(pairs)["root"] == trie_root({b"b": b"3"})


def test_a_bad_key_is_named():
    assert root([(b"a", b"1"), (None, b"2")]) == {"root": None, "reason": "key is null", "row": 1}
    long = bytes(1025)
    assert root([(long, b"2")]) == {"root": None, "reason": "key has 1025 bytes, more than 1024", "row": 0}
    assert root([(long, b"2")], secure=True)["root"] == trie_root({keccak256(long): b"2"})


def test_columns_that_do_not_fit_are_refused():
    keys = pa.array([b"a"], pa.binary())
    with pytest.raises(ValueError, match="key has 1, value has 2"):
        pv.trie_root(keys, pa.array([b"a", b"b"], pa.binary()))
    with pytest.raises(TypeError, match="value: a binary column is wanted"):
        pv.trie_root(keys, pa.array([1]))
    with pytest.raises(TypeError, match="data: a binary column is wanted"):
        pv.keccak256(pa.array([[b"a"]], pa.list_(pa.binary())))
