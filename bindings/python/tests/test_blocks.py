"""Blocks in columns, alone and over their witnesses."""

import json

import pyarrow as pa
import pytest
from data import blocks_of, real, unpacked, witness

import phalanx_verify as pv

BLOCKS = 300


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """More blocks than are decoded at once, and their genesis."""
    folder = tmp_path_factory.mktemp("chain")
    [path] = pv.generate_archives(folder, archives=1, blocks=BLOCKS, transactions=3)
    return blocks_of(path), folder / "genesis.json"


def rows(blocks, **settings):
    """The verdicts, which are the same with any number of threads."""
    column = pa.array(blocks, pa.binary())
    one, two = (
        pv.verify_blocks(column, **settings, config=pv.Config(threads=threads)).to_pyarrow().to_pylist()
        for threads in (1, 2)
    )
    assert one == two
    return one


def test_blocks_are_held_against_the_row_before(chain):
    blocks, genesis = chain
    verdicts = rows(blocks, genesis=genesis)
    assert [row["number"] for row in verdicts] == list(range(BLOCKS))
    assert all(row["verified"] for row in verdicts)
    linked = ["parent_link" not in row["unchecked"] for row in verdicts[1:]]
    assert all(linked)
    assert all("state_root" in row["unchecked"] for row in verdicts)


def test_what_is_no_block_is_a_row_and_spoils_no_other(chain):
    blocks, genesis = chain
    good = rows(blocks, genesis=genesis)
    given = list(blocks)
    given[0], given[5], given[255], given[256] = None, blocks[5][:-1], None, blocks[256] + b"\x00"
    given[BLOCKS - 1] = None
    verdicts = rows(given, genesis=genesis)
    assert len(verdicts) == BLOCKS
    for at, row in enumerate(verdicts):
        if given[at] is None:
            assert (row["check"], row["reason"]) == ("decoding", "block is null")
        elif at in (5, 256):
            assert (row["verified"], row["check"]) == (False, "decoding")
            assert row["hash"] is None
        else:
            assert (row["verified"], row["hash"]) == (True, good[at]["hash"])


def test_nothing_but_nulls(chain):
    assert [row["reason"] for row in rows([None] * 300)] == ["block is null"] * 300
    assert rows([]) == []


def test_a_changed_block_is_named(chain):
    blocks, genesis = chain
    at = 20
    false = bytearray(blocks[at])
    # In the last withdrawal.
    false[-40] ^= 1
    row = rows([*blocks[:at], bytes(false), *blocks[at + 1 :]], genesis=genesis)[at]
    assert (row["number"], row["verified"]) == (at, False)
    assert row["check"] == "withdrawals_root"
    assert row["expected"] != row["got"]


def test_a_changed_header_is_another_block_and_no_parent_of_the_next(chain):
    blocks, genesis = chain
    false = bytearray(blocks[20])
    # A byte of the state root, which nothing here can be held against.
    false[10 + 32 * 3] ^= 1
    good, given = rows(blocks[19:23], genesis=genesis), [blocks[19], bytes(false), *blocks[21:23]]
    verdicts = rows(given, genesis=genesis)
    assert verdicts[1]["hash"] != good[1]["hash"]
    assert ["parent_link" in row["unchecked"] for row in verdicts] == [True, False, True, False]
    assert ["parent_link" in row["unchecked"] for row in good] == [True, False, False, False]


def test_a_chain_is_named_or_mainnet_whatever_the_rows_say(chain):
    blocks, genesis = chain
    assert all(row["verified"] for row in rows(blocks[:4], genesis=genesis.read_bytes()))
    # Bound to a chain that nobody knows without its genesis, and judged by mainnet's rules, which had no withdrawals then.
    verdicts = rows(blocks[1:4])
    assert [row["verified"] for row in verdicts] == [False] * 3
    assert verdicts == rows(blocks[1:4], chain="mainnet") == rows(blocks[1:4], chain=1)
    with pytest.raises(ValueError, match="chain"):
        rows(blocks[:4], chain=99_999)


def test_arguments_that_can_not_be(chain):
    blocks, genesis = chain
    lists = pa.array([[b"a"]], pa.list_(pa.binary()))
    with pytest.raises(ValueError, match="block has 2, receipts has 1"):
        rows(blocks[:2], receipts=lists)
    with pytest.raises(ValueError, match="give state too"):
        rows(blocks[:1], codes=lists)
    with pytest.raises(ValueError, match="one of them"):
        rows(blocks[:1], state=lists, receipts=lists)
    with pytest.raises(TypeError, match="state: a list of binary column is wanted"):
        rows(blocks[:1], state=pa.array([b"a"], pa.binary()))


@pytest.fixture(scope="module")
def witnesses():
    paths = sorted(real("witness").iterdir(), key=lambda path: path.stat().st_size)
    return [witness(path) for path in paths[:12]]


def over_witnesses(witnesses, ty=pa.list_(pa.binary()), **settings):
    column = {name: [case[name] for case in witnesses] for name in ("block", "state", "codes", "headers")}
    lists = {name: pa.array(column[name], ty) for name in ("state", "codes", "headers")}
    return rows(column["block"], **lists, **settings)


@pytest.mark.parametrize("ty", [pa.list_(pa.binary()), pa.large_list(pa.large_binary())], ids=str)
def test_real_blocks_are_executed_over_their_witnesses(witnesses, ty):
    verdicts = over_witnesses(witnesses, ty)
    for row, case in zip(verdicts, witnesses, strict=True):
        assert row["hash"] == case["hash"]
        # Some have only hashes of their ancestors, which columns don't take: then the parent is not there.
        if case["headers"]:
            assert row["verified"], row
            assert "state_root" not in row["unchecked"]
        else:
            assert not row["verified"]
    assert any(row["verified"] for row in verdicts)


def test_a_witness_that_lacks_a_node_is_not_covered(witnesses):
    case = next(case for case in witnesses if case["headers"] and len(case["state"]) > 3)
    dropped = {**case, "state": case["state"][1:]}
    changed = {**case, "state": [case["state"][0][:-1] + bytes([case["state"][0][-1] ^ 1]), *case["state"][1:]]}
    empty = {**case, "state": None}
    hole = {**case, "state": [None, *case["state"]]}
    none = {**case, "block": None}
    verdicts = over_witnesses([case, dropped, empty, changed, hole, none, case])
    assert [row["verified"] for row in verdicts] == [True, False, False, False, False, False, True]
    assert verdicts[2]["reason"] == "state is null"
    assert verdicts[4]["reason"] == "state[0] is null"
    assert verdicts[5]["reason"] == "block is null"
    for row in (verdicts[1], verdicts[3]):
        assert row["check"] in ("execution", "state_root"), row
        assert row["hash"] == case["hash"]


def test_real_blocks_with_their_receipts():
    lines = unpacked(real("blocks", "mainnet-blocks.jsonl.zst")).splitlines()
    cases = [case for case in map(json.loads, lines) if "block" in case and "receipts" in case][:20]
    blocks = [bytes.fromhex(case["block"][2:]) for case in cases]
    receipts = [[bytes.fromhex(item[2:]) for item in case["receipts"]] for case in cases]
    at = next(i for i, list_ in enumerate(receipts) if list_)
    verdicts = rows(blocks, receipts=pa.array(receipts, pa.list_(pa.binary())))
    for row, case in zip(verdicts, cases, strict=True):
        assert row["verified"], row
        assert row["hash"].hex() == case["hash"][2:]
        assert "receipts_root" not in row["unchecked"]
    receipts[at] = receipts[at][:-1]
    assert rows(blocks, receipts=pa.array(receipts, pa.list_(pa.binary())))[at]["check"] in ("gas_used", "receipts_root")


def test_the_real_first_era():
    folder = real("full-state")
    [archive] = folder.glob("*.era1")
    out = pv.verify_era1(archive).to_pyarrow()
    assert out.num_rows == 8192
    assert out["verified"].to_pylist() == [True] * 8192
    assert out["hash"][0].as_py().hex() == "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
    assert pv.era1_accumulator(out["hash"], out["total_difficulty"]) == pv.era1_index(archive).accumulator
    assert archive.stem.endswith(pv.era1_index(archive).accumulator[:4].hex())
