"""Archives of generated chains: verdicts row by row, whole and in parts."""

import io
import pathlib

import pyarrow as pa
import pytest

import phalanx_verify as pv

BLOCKS = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("archives")


@pytest.fixture(scope="module")
def archives(folder):
    paths = pv.generate_archives(folder, archives=3, blocks=BLOCKS, transactions=8)
    assert [path.exists() for path in paths] == [True] * 3
    return paths


@pytest.fixture(scope="module")
def genesis(archives):
    return archives[0].parent / "genesis.json"


def rows(*args, **settings):
    return pv.verify_era1(*args, **settings, config=pv.Config(threads=1)).to_pyarrow().to_pylist()


def test_every_block_of_every_archive_is_verified(archives, genesis):
    parent = bytes(32)
    for index, path in enumerate(archives):
        verdicts = rows(path, genesis=genesis)
        assert [row["number"] for row in verdicts] == list(range(index * BLOCKS, (index + 1) * BLOCKS))
        for row in verdicts:
            assert row["verified"], row
            assert row["check"] is None
            assert row["parent_hash"] == parent
            assert row["transactions"] == (8 if row["number"] else 0)
            parent = row["hash"]
        # With the genesis at hand and block 0 in the archive, blocks are executed too.
        executed = ["state_root" not in row["unchecked"] for row in verdicts]
        assert executed == [index == 0] * BLOCKS


def test_the_schema_is_the_same_whatever_comes(archives, genesis):
    schema = pa.schema(
        [
            ("number", pa.int64()),
            ("hash", pa.binary(32)),
            ("parent_hash", pa.binary(32)),
            ("difficulty", pa.binary(32)),
            ("total_difficulty", pa.binary(32)),
            ("transactions", pa.int32()),
            ("gas_used", pa.int64()),
            pa.field("verified", pa.bool_(), nullable=False),
            ("check", pa.string()),
            ("transaction", pa.int32()),
            ("expected", pa.string()),
            ("got", pa.string()),
            ("reason", pa.string()),
            ("unchecked", pa.list_(pa.string())),
        ]
    )
    assert pa.schema(pv.verify_era1(archives[1], genesis=genesis)) == schema
    assert pa.schema(pv.verify_era1(b"nothing")) == schema
    assert pa.schema(pv.verify_blocks(pa.array([], pa.binary()))) == schema


def test_paths_bytes_and_files_are_the_same(archives, genesis):
    path = archives[1]
    expected = rows(path, genesis=genesis)
    data = path.read_bytes()
    json = genesis.read_bytes()
    sources = [str(path), data, bytearray(data), memoryview(data), io.BytesIO(data), path.open("rb"), pa.py_buffer(data)]
    sources.append(pa.OSFile(str(path)))
    for source in sources:
        assert rows(source, genesis=json) == expected, type(source)


@pytest.mark.parametrize("size", [1, 5, BLOCKS])
def test_parts_are_the_whole(archives, genesis, size):
    path = archives[2]
    whole = rows(path, genesis=genesis)
    parts = []
    for start in range(2 * BLOCKS, 3 * BLOCKS, size):
        parts += rows(path, blocks=range(start, min(start + size, 3 * BLOCKS)), genesis=genesis)
    assert parts == whole


def test_a_part_reads_its_own_bytes(tmp_path):
    class Counted(io.BytesIO):
        got = 0

        def read(self, size=-1, /):
            data = super().read(size)
            self.got += len(data)
            return data

    [path] = pv.generate_archives(tmp_path, archives=1, blocks=48, transactions=120)
    source = Counted(path.read_bytes())
    whole = len(source.getvalue())
    out = rows(source, blocks=range(40, 42), genesis=tmp_path / "genesis.json")
    assert [(row["number"], row["verified"]) for row in out] == [(40, True), (41, True)]
    assert source.got < whole / 2


def test_a_file_may_give_less_than_it_is_asked_for(archives, genesis):
    class Short(io.BytesIO):
        def read(self, size=-1, /):
            return super().read(min(size, 1000))

    assert rows(Short(archives[1].read_bytes()), genesis=genesis) == rows(archives[1], genesis=genesis)


def test_a_file_that_gives_more_than_it_is_asked_for_is_not_read(archives):
    class Long(io.BytesIO):
        def read(self, size=-1, /):
            return super().read(size) + b"more"

    [row] = rows(Long(archives[1].read_bytes()))
    assert row["check"] == "archive"


def test_the_index_and_the_accumulator(archives, genesis):
    for number, path in enumerate(archives):
        index = pv.era1_index(path)
        assert (index.start, index.count) == (number * BLOCKS, BLOCKS)
        out = pv.verify_era1(path, genesis=genesis).to_pyarrow()
        assert pv.era1_accumulator(out["hash"], out["total_difficulty"]) == index.accumulator
        assert path.name.split("-")[-1] == f"{index.accumulator[:4].hex()}.era1"


def test_accumulators_of_what_is_no_era():
    word = pa.array([bytes(32)], pa.binary())
    with pytest.raises(ValueError, match=r"total_difficulty\[0\] has not 32 bytes"):
        pv.era1_accumulator(word, pa.array([b"\x01"], pa.binary()))
    with pytest.raises(ValueError, match=r"hash\[0\]"):
        pv.era1_accumulator(pa.array([None], pa.binary()), word)
    many = pa.array([bytes(32)] * 8193, pa.binary())
    with pytest.raises(ValueError, match="8193 rows"):
        pv.era1_accumulator(many, many)


def damaged(path, old, new):
    data = path.read_bytes()
    assert data.count(old) == 1
    return data.replace(old, new)


def test_a_false_accumulator_is_a_row_of_its_own(archives, genesis):
    path = archives[1]
    false = bytes([pv.era1_index(path).accumulator[0] ^ 1]) + pv.era1_index(path).accumulator[1:]
    *blocks, last = rows(damaged(path, pv.era1_index(path).accumulator, false), genesis=genesis)
    assert all(row["verified"] for row in blocks)
    assert len(blocks) == BLOCKS
    assert (last["number"], last["verified"], last["check"]) == (None, False, "accumulator")
    assert last["expected"] == "0x" + false.hex()


def test_a_false_total_difficulty_is_found(archives, genesis):
    """It is stored as it is: the fourth record of each block, type 0x06, 32 bytes."""
    data = bytearray(archives[1].read_bytes())
    heads = [at for at in range(len(data)) if data[at : at + 8] == b"\x06\x00\x20\x00\x00\x00\x00\x00"]
    assert len(heads) == BLOCKS
    data[heads[7] + 8] ^= 1
    verdicts = rows(bytes(data), genesis=genesis)
    false = [row for row in verdicts if not row["verified"]]
    assert (false[0]["number"], false[0]["check"]) == (BLOCKS + 7, "header_rules")
    assert "difficulty" in false[0]["reason"]
    assert false[-1]["check"] == "accumulator"


@pytest.mark.parametrize("cut", [0, 1, 8, 100, -1, -8, -100])
def test_what_is_no_archive_is_one_row(archives, genesis, cut):
    [row] = rows(archives[1].read_bytes()[:cut], genesis=genesis)
    assert (row["number"], row["verified"], row["check"]) == (None, False, "archive")
    assert row["reason"]


def test_files_that_can_not_be_read_are_one_row_too(tmp_path):
    class Failing(io.BytesIO):
        def read(self, size=-1, /):
            raise OSError("the line is dead")

    for source, words in [(tmp_path / "absent.era1", "No such file"), (tmp_path, "directory"), (Failing(b"e2"), "dead")]:
        [row] = rows(source)
        assert row["check"] == "archive"
        assert words in row["reason"]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interrupt_is_no_verdict(raised):
    class Interrupted(io.BytesIO):
        def read(self, size=-1, /):
            raise raised

    with pytest.raises(raised):
        pv.verify_era1(Interrupted(b"e2"))
    with pytest.raises(raised):
        pv.era1_index(Interrupted(b"e2"))


def test_a_file_may_tell_where_it_is_only_when_asked(archives, genesis):
    class Silent(io.BytesIO):
        def seek(self, offset, whence=0, /):
            super().seek(offset, whence)

    class Untold(io.BytesIO):
        tell = None

    for kind in [Silent, Untold]:
        assert rows(kind(archives[1].read_bytes()), genesis=genesis) == rows(archives[1], genesis=genesis)


def test_arguments_that_can_not_be(archives, genesis, tmp_path):
    with pytest.raises(ValueError, match="step"):
        pv.verify_era1(archives[0], blocks=range(0, 10, 2))
    with pytest.raises(ValueError, match="step"):
        pv.verify_era1(archives[0], blocks=range(-2, 2))
    with pytest.raises(ValueError, match="step"):
        pv.verify_era1(archives[0], blocks=range(2**70, 2**71))
    with pytest.raises(TypeError):
        pv.verify_era1(archives[0], blocks=(0, 2))
    with pytest.raises(TypeError):
        pv.verify_era1(3.5)
    with pytest.raises(ValueError, match="chain"):
        pv.verify_era1(archives[0], chain="betanet")
    with pytest.raises(ValueError, match="chain"):
        pv.verify_era1(archives[0], chain=1234567)
    with pytest.raises(ValueError, match="genesis"):
        pv.verify_era1(archives[0], genesis=b"{")
    with pytest.raises(ValueError, match="genesis: .*not a genesis"):
        pv.verify_era1(archives[0], genesis=b"{}")
    with pytest.raises(ValueError, match="genesis"):
        pv.verify_era1(archives[0], genesis=tmp_path / "absent.json")
    with pytest.raises(ValueError, match="era1"):
        pv.era1_index(b"nothing")
    with pytest.raises(FileNotFoundError):
        pv.era1_index(tmp_path / "absent.era1")


def test_blocks_that_the_archive_has_not_are_one_row(archives, genesis):
    for blocks in [range(0, 3), range(BLOCKS, 2 * BLOCKS + 1)]:
        [row] = rows(archives[1], blocks=blocks, genesis=genesis)
        assert row["check"] == "archive"
    assert rows(archives[1], blocks=range(BLOCKS + 3, BLOCKS + 3), genesis=genesis) == []


def test_generating(tmp_path):
    first = pv.generate_archives(tmp_path / "a", archives=2, blocks=3, transactions=2, seed=5)
    again = pv.generate_archives(tmp_path / "b", archives=2, blocks=3, transactions=2, seed=5)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert all(isinstance(path, pathlib.Path) for path in first)
    for settings in [{"archives": 0}, {"blocks": 0}, {"blocks": 8193}, {"archives": 2**40, "blocks": 2**40}]:
        with pytest.raises((ValueError, OverflowError)):
            pv.generate_archives(tmp_path, **settings)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        pv.generate_archives(tmp_path / "file", archives=1, blocks=1)
