"""Archives are found wherever they are named, and what their rows say together is joined without believing any of them."""

from __future__ import annotations

import io
import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any, List

import pyarrow as pa
import pytest
from pyarrow import fs

import phalanx_verify as phalanx
from phalanx_verify import _archives
from phalanx_verify._archives import Archive, Location, find, survey, surveyed_verdicts
from phalanx_verify._join import Expected, Part, join, summarize
from phalanx_verify._summary import summarize as summarize_all

import era1_files


def names(found: List[Location]) -> List[str]:
    return [Path(location.name).name for location in found]


def test_paths_folders_globs_and_uris_name_the_same(archives: List[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archives[0].parent
    all_names = [path.name for path in archives]
    (folder / "deeper").mkdir()
    archives[3].rename(folder / "deeper" / archives[3].name)
    (folder / "notes.txt").write_text("no archive")
    assert sorted(names(find(folder))) == all_names
    assert sorted(names(find(folder.as_uri()))) == all_names
    assert names(find(str(folder / "*.era1"))) == all_names[:3]
    assert sorted(names(find(folder.as_uri() + "/**/*.era1"))) == all_names
    assert names(find([archives[1], str(archives[1]), archives[1].as_uri()])) == all_names[1:2]
    assert names(find(str(folder.parent / "arch*" / "deeper" / "*"))) == all_names[3:]
    monkeypatch.chdir(folder)
    assert names(find("*.era1")) == all_names[:3]
    assert find(archives[0].name) == find(archives[0])
    # A file that is named stays, absent or not.
    assert names(find(folder / "absent.era1")) == ["absent.era1"]
    for nothing in (folder / "*.none", str(folder / "empty*")):
        with pytest.raises(FileNotFoundError):
            find(nothing)


def test_credentials_stay_out_of_names() -> None:
    location = Location.of("s3a://key:secret@bucket/a/b.era1?region=here")
    assert location.name == "s3://bucket/a/b.era1"
    assert location.path == "bucket/a/b.era1"
    assert location.beside("bucket/c").name == "s3://bucket/c"


def test_a_survey_tells_one_file_from_another(archives: List[Path], tmp_path: Path) -> None:
    first = survey(Location.of(archives[1]))
    assert (first.start, first.count, first.problem) == (16, 16, None)
    assert survey(Location.of(archives[1])) == first
    stat = archives[1].stat()
    era1_files.change(archives[1], era1_files.TOTAL_DIFFICULTY, 3)
    assert archives[1].stat().st_size == stat.st_size
    assert survey(Location.of(archives[1])).fingerprint != first.fingerprint
    # With its time put back it looks the same, but for its content.
    os.utime(archives[1], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert survey(Location.of(archives[1])) == first
    digest = survey(Location.of(archives[1]), content=True).fingerprint
    era1_files.change(archives[1], era1_files.TOTAL_DIFFICULTY, 3)
    os.utime(archives[1], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert survey(Location.of(archives[1]), content=True).fingerprint != digest
    for bad in (tmp_path / "absent-00003-00000000.era1", tmp_path):
        assert survey(Location.of(bad)).problem == "no such file"
    archives[2].write_bytes(archives[2].read_bytes()[:-9])
    assert survey(Location.of(archives[2])).problem


def test_a_file_that_changes_under_the_task_is_not_believed(archives: List[Path], genesis: Path) -> None:
    seen = survey(Location.of(archives[1]))
    assert set(surveyed_verdicts(seen, None, genesis=str(genesis))["verified"].to_pylist()) == {True}
    os.utime(archives[1], ns=(1, 1))
    (row,) = surveyed_verdicts(seen, None, genesis=str(genesis)).to_pylist()
    assert (row["verified"], row["check"]) == (False, "archive")
    assert "changed" in row["reason"]


class Store:
    """A filesystem that is none of this machine's, as far as the code can tell, and counts what is read."""

    def __init__(self, folder: Path) -> None:
        self.inner = fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem())
        self.read = 0

    def get_file_info(self, what: Any) -> Any:
        return self.inner.get_file_info(what)

    def open_input_file(self, path: str) -> Any:
        store, file = self, self.inner.open_input_file(path)

        class Counted(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def seekable(self) -> bool:
                return True

            def seek(self, offset: int, whence: int = 0) -> int:
                return int(file.seek(offset, whence))

            def tell(self) -> int:
                return int(file.tell())

            def size(self) -> int:
                return int(file.size())

            def readinto(self, buffer: Any) -> int:
                data = file.read(len(buffer))
                buffer[: len(data)] = data
                store.read += len(data)
                return len(data)

        return Counted()


def test_a_range_of_a_remote_archive_reads_its_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = phalanx.generate_archives(tmp_path / "a", archives=1, blocks=512, transactions=60)
    store = Store(tmp_path)
    monkeypatch.setattr(_archives, "_filesystem", lambda root: (store, "a"))
    (location,) = find("s3://key:secret@bucket/a")
    assert location.name == f"s3://a/{Path(path).name}"
    seen = survey(location)
    size = Path(path).stat().st_size
    assert (seen.count, seen.size) == (512, size) and size > 4 << 20
    assert store.read < 600_000
    store.read = 0
    genesis = (tmp_path / "a" / "genesis.json").read_bytes()
    part = surveyed_verdicts(seen, range(256, 272), genesis=genesis)
    assert part["number"].to_pylist() == list(range(256, 272))
    assert set(part["verified"].to_pylist()) == {True}
    assert store.read < size / 3
    monkeypatch.undo()
    local = surveyed_verdicts(survey(Location.of(path)), range(256, 272), genesis=genesis)
    assert part.equals(local)


def written(archive: Archive) -> pa.Table:
    """Rows as a task writes them."""
    genesis = Path(archive.location.path).parent / "genesis.json"
    rows = surveyed_verdicts(archive, None, genesis=str(genesis))
    for name, value in (
        ("archive", archive.name),
        ("era", archive.era),
        ("fingerprint", archive.fingerprint),
        ("terms", "terms"),
    ):
        rows = rows.append_column(name, pa.array([value] * len(rows)))
    return rows


def expected(archive: Archive) -> Expected:
    return Expected(archive.era, archive.start, archive.count, archive.fingerprint, "terms")


def test_rows_join_to_the_same_in_batches_of_any_size(chain: List[Path]) -> None:
    seen = [survey(Location.of(path)) for path in chain]
    rows = pa.concat_tables([written(each) for each in seen])
    plan = {each.name: expected(each) for each in seen}
    ways = []
    for size in (1, 5, 16, 17, 1000):
        parts = {}
        for batch in join(rows.combine_chunks().to_batches(max_chunksize=size), plan):
            for row in batch.to_pylist():
                assert row["archive"] not in parts
                parts[row["archive"]] = Part.from_json(row["part"])
        ways.append(parts)
    assert all(parts == ways[0] for parts in ways)
    for each in seen:
        part = ways[0][each.name]
        assert (part.blocks, part.verified, part.complete, part.linked) == (16, 16, True, True)
        assert part.accumulator == each.accumulator.hex()
    assert list(join([], plan)) == []
    # Archives that nobody asked for don't count.
    assert list(join(rows.to_batches(), {})) == []


def test_rows_that_are_missing_doubled_foreign_or_strange_are_not_complete(chain: List[Path]) -> None:
    seen = survey(Location.of(chain[1]))
    rows, plan = written(seen), expected(seen)
    assert summarize(rows, plan).complete
    doubled = pa.concat_tables([rows.slice(0, 4), rows.slice(3)])
    assert not summarize(doubled, plan).complete
    assert not summarize(pa.concat_tables([rows.slice(0, 4), rows.slice(5)]), plan).complete
    assert not summarize(rows.slice(1), plan).complete
    assert not summarize(rows.slice(0, 15), plan).complete
    assert summarize(rows, replace(plan, fingerprint="another")).blocks == 0
    assert summarize(rows, replace(plan, terms="other")).blocks == 0
    assert summarize(rows, replace(plan, era=99)).blocks == 0
    parents = rows["parent_hash"].to_pylist()
    parents[7] = bytes(32)
    at = rows.column_names.index("parent_hash")
    unlinked = summarize(rows.set_column(at, "parent_hash", pa.array(parents)), plan)
    assert unlinked.complete and not unlinked.linked
    parents[7] = None
    assert not summarize(rows.set_column(at, "parent_hash", pa.array(parents)), plan).linked


def chained(seen: List[Archive], **changes: Part):
    parts = {each.name: summarize(written(each), expected(each)) for each in seen}
    parts.update(changes)
    return summarize_all(seen, parts, None, "output", [])


def test_gaps_overlaps_and_breaks_between_archives_are_named(chain: List[Path]) -> None:
    a, b, c, d = (survey(Location.of(path)) for path in chain)
    whole = chained([d, b, a, c])
    assert whole.verified and whole.gapless and whole.status == 0
    assert [each.first for each in whole.archives] == [0, 16, 32, 48]
    gap = chained([a, d])
    assert gap.verified and not gap.gapless and gap.status == 1
    assert "blocks 16 to 47 are missing" in gap.gaps[0]
    copy = replace(b, location=replace(b.location, name="copy"))
    overlap = chained([a, b, copy, c])
    assert not overlap.gapless and overlap.status == 1
    assert "blocks 16 to 31" in overlap.overlaps[0] and not overlap.gaps and not overlap.breaks
    part = summarize(written(b), expected(b))
    broken = chained([a, b, c], **{b.name: replace(part, last_hash="00" * 32)})
    assert not broken.gapless and "block 32" in broken.breaks[0]
    lost = chained([a, b], **{b.name: Part()})
    assert (lost.verified, lost.gapless, lost.status) == (False, False, 2)
    assert lost.unreadable == (b.name,)
    empty = summarize_all([], {}, {}, "output", [])
    assert not empty.verified and not empty.gapless


def test_trusted_accumulators_are_compared(chain: List[Path]) -> None:
    seen = survey(Location.of(chain[1]))
    parts = {seen.name: summarize(written(seen), expected(seen))}
    right = {seen.era: seen.accumulator.hex()}
    assert summarize_all([seen], parts, right, "output", []).verified
    wrong = summarize_all([seen], parts, {seen.era: "11" * 32}, "output", [])
    assert not wrong.verified and wrong.status == 1
    assert "trusted 1111" in str(wrong)


def index_from(path: Path, start: int) -> None:
    """Gives an archive's index another first number."""
    data = bytearray(path.read_bytes())
    count = int.from_bytes(data[-8:], "little")
    at = len(data) - 8 * (count + 2)
    data[at : at + 8] = start.to_bytes(8, "little")
    path.write_bytes(data)


@pytest.mark.parametrize("start", [2**63, 2**63 - 1, 2**63 - 17, 2**64 - 17])
def test_numbers_that_no_table_holds_are_a_problem_of_the_archive(chain: List[Path], tmp_path: Path, start: int) -> None:
    path = tmp_path / "phalanx-00000-00000000.era1"
    path.write_bytes(chain[0].read_bytes())
    index_from(path, start)
    seen = survey(Location.of(path))
    assert str(start) in (seen.problem or "") and seen.start == 0
    assert surveyed_verdicts(seen, None)["check"].to_pylist() == ["archive"]


def test_an_era_in_a_name_is_no_number_of_any_size(chain: List[Path], tmp_path: Path) -> None:
    path = tmp_path / "x-99999999999999999999-89abcdef.era1"
    assert survey(Location.of(path)).era == -1
    path.write_bytes(chain[0].read_bytes())
    assert survey(Location.of(path)).era == 0


@pytest.mark.parametrize("uri", ["s3://KEYID:sec/ret@bucket/a.era1", "s3x://KEYID:secret@bucket/a.era1", "s3://KEYID:s ret@b/a"])
def test_a_uri_that_is_none_is_refused_without_showing_it(uri: str) -> None:
    with pytest.raises(ValueError) as refused:
        Location.of(uri)
    assert "ret" not in str(refused.value) and "KEYID" not in str(refused.value)
    assert refused.value.__cause__ is None and refused.value.__context__ is None


def test_two_stores_with_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name shows neither keys nor options, so that one archive would stand for the other."""
    store = Store(tmp_path)
    monkeypatch.setattr(_archives, "_filesystem", lambda root: (store, "bucket/a.era1"))
    one, other = "s3://KEY:SECRET@bucket/a.era1?region=1", "s3://KEY:SECRET@bucket/a.era1?region=2"
    assert len(find([one, one])) == 1
    with pytest.raises(ValueError, match="two filesystems") as refused:
        find([one, other])
    assert "SECRET" not in str(refused.value)


def test_reading_ahead_gives_the_same_bytes_and_goes_farther_the_longer_it_is_read() -> None:
    data = random.Random(3).randbytes(3_000_000)
    asked = []

    class File(io.BytesIO):
        def size(self) -> int:
            return len(data)

        def read(self, size: Any = -1, /) -> bytes:
            asked.append(size)
            return super().read(size)

    ahead, plain = _archives._ReadAhead(File(data)), io.BytesIO(data)
    while got := ahead.read(10_000):
        assert got and plain.read(len(got)) == got
    assert plain.read() == b""
    assert asked[:5] == [1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20] and max(asked) <= 4 << 20
    chance = random.Random(4)
    for _ in range(200):
        offset, whence = chance.choice([(chance.randrange(len(data)), 0), (-chance.randrange(1, len(data)), 2), (1, 1)])
        assert ahead.seek(offset, whence) == plain.seek(plain.tell() + offset if whence == 1 else offset, 0 if whence == 1 else whence)
        size = chance.randrange(1, 100_000)
        got = ahead.read(size)
        assert got == plain.read(len(got)) and (got or plain.tell() >= len(data))
        plain.seek(ahead.tell())
    with pytest.raises(ValueError):
        ahead.seek(-1)


def test_archives_join_only_where_total_difficulties_go_on(chain: List[Path]) -> None:
    seen = [survey(Location.of(path)) for path in chain[:2]]
    parts = {each.name: summarize(written(each), expected(each)) for each in seen}
    whole = summarize_all(seen, parts, None, "out", [])
    assert whole.gapless and whole.verified
    parts[seen[1].name] = replace(parts[seen[1].name], total_before="1")
    shifted = summarize_all(seen, parts, None, "out", [])
    assert not shifted.gapless and len(shifted.breaks) == 1 and "difficulty of 1" in shifted.breaks[0]


def test_an_archive_without_a_trusted_accumulator_is_not_verified_where_some_are_given(chain: List[Path]) -> None:
    seen = [survey(Location.of(path)) for path in chain[:2]]
    parts = {each.name: summarize(written(each), expected(each)) for each in seen}
    roots = {each.era: (each.accumulator or b"").hex() for each in seen}
    assert summarize_all(seen, parts, roots, "out", []).verified
    lacking = summarize_all(seen, parts, {0: roots[0]}, "out", [])
    assert [each.verified for each in lacking.archives] == [True, False]
    assert "none for era 1" in str(lacking) and lacking.status == 1
    assert not summarize_all(seen, parts, {}, "out", []).verified
