"""Archives over executors: what is verified, what is found false, and what a rerun does."""

from __future__ import annotations

import glob
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pyarrow as pa
import pytest

import phalanx_verify as phalanx

import era1_files

FROM = ["number", "hash", "parent_hash", "total_difficulty", "transactions", "gas_used", "verified", "check", "unchecked"]


def verify(spark: Any, paths: Any, output: Path, **options: Any) -> Any:
    from phalanx_verify.spark import verify_archives

    return verify_archives(spark, paths, output, **options)


def stored(spark: Any, output: Path) -> List[Dict[str, Any]]:
    """All rows on disk, by archive and number."""
    rows = spark.read.parquet(str(output)).orderBy("archive", "number").collect()
    return [row.asDict() for row in rows]


def bare(path: Path) -> List[Dict[str, Any]]:
    return phalanx.verify_era1(str(path)).to_pyarrow().select(FROM).to_pylist()


def folders(output: Path) -> Dict[str, float]:
    """When each era was written."""
    return {path.name: path.stat().st_mtime_ns for path in output.glob("era=*")}


def test_archives_in_ranges_and_whole_give_the_verdicts_of_the_bare_function(
    spark: Any, archives: List[Path], tmp_path: Path
) -> None:
    folder = archives[0].parent
    whole = verify(spark, folder, tmp_path / "whole")
    parts = verify(spark, folder, tmp_path / "parts", blocks_per_task=5)
    expected = [row for path in archives for row in bare(path)]
    assert len(expected) == 64
    for name, summary in (("whole", whole), ("parts", parts)):
        rows = stored(spark, tmp_path / name)
        assert [{key: row[key] for key in FROM} for row in rows] == expected
        assert {row["archive"] for row in rows} == {str(path) for path in archives}
        assert summary.verified and summary.gapless and summary.status == 0
        assert summary.blocks == 64 and len(summary.done) == 4
        text = (tmp_path / name / "_summary.json").read_text()
        assert json.loads(text) == json.loads(summary.to_json())
        assert "verified: yes; gapless: yes" in str(summary)
    assert [each.part for each in whole.archives] == [each.part for each in parts.archives]
    assert len(list((tmp_path / "parts").glob("era=*/*.parquet"))) == 16
    indexes = [phalanx.era1_index(str(path)) for path in archives]
    for each, index in zip(whole.archives, indexes):
        assert each.part.accumulator == each.stored_accumulator == index.accumulator.hex()


def test_an_archive_executed_from_its_genesis_is_not_cut(
    spark: Any, archives: List[Path], chain: List[Path], tmp_path: Path
) -> None:
    genesis = chain[0].parent / "genesis.json"
    summary = verify(spark, archives[:2], tmp_path / "out", blocks_per_task=4, genesis=genesis)
    assert summary.verified and summary.gapless
    rows = stored(spark, tmp_path / "out")
    expected = phalanx.verify_era1(str(archives[0]), genesis=str(genesis)).to_pyarrow()
    assert [row["unchecked"] for row in rows[:16]] == expected["unchecked"].to_pylist()
    # Verdicts with a genesis are not those without one.
    again = verify(spark, archives[:2], tmp_path / "out", genesis=genesis)
    assert again.done == ()
    assert len(verify(spark, archives[:2], tmp_path / "out").done) == 2


def test_tampered_archives_among_good_ones_are_named_and_the_others_stay_verified(
    spark: Any, archives: List[Path], tmp_path: Path
) -> None:
    era1_files.swap_bodies(archives[1], 6, 9)
    era1_files.change(archives[2], era1_files.ACCUMULATOR)
    for name, options in (("whole", {}), ("parts", {"blocks_per_task": 5})):
        summary = verify(spark, archives, tmp_path / name, **options)
        first, bodies, accumulator, last = summary.archives
        assert (summary.verified, summary.status) == (False, 1)
        assert first.verified and last.verified
        assert not bodies.verified and not accumulator.verified
        assert bodies.part.fault.number == 16 + 6
        assert bodies.part.fault.check == "transactions_root"
        assert bodies.part.failed >= 2
        # Its headers are all there: it isn't why the chain would have a gap.
        assert bodies.accumulator_holds and summary.gapless
        assert accumulator.part.accumulator != accumulator.stored_accumulator
        assert accumulator.part.failed == 0
        assert f"{archives[1]}: block 22: transactions_root" in str(summary)
        assert f"{archives[2]}: accumulator: stored" in str(summary)
        rows = [row for row in stored(spark, tmp_path / name) if row["number"] is not None]
        assert len(rows) == 64
        good = {str(archives[0]), str(archives[3])}
        assert all(row["verified"] for row in rows if row["archive"] in good)
    # What is false stays false without being done again, until the file is another one.
    assert verify(spark, archives, tmp_path / "whole").done == ()
    era1_files.swap_bodies(archives[1], 6, 9)
    era1_files.change(archives[2], era1_files.ACCUMULATOR)
    mended = verify(spark, archives, tmp_path / "whole")
    assert mended.done == (str(archives[1]), str(archives[2]))
    assert mended.verified and mended.gapless


def test_unreadable_archives_are_rows_and_are_tried_again(
    spark: Any, archives: List[Path], tmp_path: Path
) -> None:
    good = archives[1].read_bytes()
    archives[1].write_bytes(good[: len(good) // 2])
    records = era1_files.read(archives[2])
    at = era1_files.nth(records, era1_files.BODY, 12)
    records[at] = (era1_files.BODY, b"\xff" * 40)
    era1_files.write(archives[2], records)
    absent = archives[3].parent / "absent-00009-00000000.era1"
    paths = [*archives, absent]
    summary = verify(spark, paths, tmp_path / "out", blocks_per_task=4)
    assert (summary.verified, summary.gapless, summary.status) == (False, False, 2)
    assert set(summary.unreadable) == {str(archives[1]), str(archives[2]), str(absent)}
    assert "blocks 16 to 31 are missing" in summary.gaps[0]
    bad = [row for row in stored(spark, tmp_path / "out") if row["number"] is None]
    assert {row["archive"] for row in bad} == set(summary.unreadable)
    assert all(row["check"] == "archive" and row["reason"] and not row["verified"] for row in bad)
    again = verify(spark, paths, tmp_path / "out", blocks_per_task=4)
    assert set(again.done) == set(summary.unreadable)
    archives[1].write_bytes(good)
    mended = verify(spark, archives[:2], tmp_path / "out")
    assert mended.verified and mended.gapless and mended.done == (str(archives[1]),)


def test_gaps_and_overlaps_are_named(spark: Any, archives: List[Path], tmp_path: Path) -> None:
    gap = verify(spark, [archives[0], archives[1], archives[3]], tmp_path / "gap")
    assert gap.verified and not gap.gapless and gap.status == 1
    assert gap.gaps == (
        f"gap: blocks 32 to 47 are missing, between {archives[1]} and {archives[3]}",
    )
    copy = Path(shutil.copy(archives[1], archives[1].parent / ("copy" + archives[1].name)))
    overlap = verify(spark, archives[1].parent, tmp_path / "overlap")
    assert overlap.verified and not overlap.gapless and overlap.status == 1
    (named,) = overlap.overlaps
    assert "blocks 16 to 31" in named and str(copy) in named and str(archives[1]) in named
    # Both are in the partition of their era.
    assert len(stored(spark, tmp_path / "overlap")) == 80
    assert verify(spark, archives[1].parent, tmp_path / "overlap").done == ()


def test_a_rerun_does_what_is_missing_and_nothing_else(
    spark: Any, archives: List[Path], tmp_path: Path
) -> None:
    output, paths = tmp_path / "out", [str(path) for path in archives]
    first = verify(spark, archives, output, blocks_per_task=4, archives_per_wave=1)
    before, rows = folders(output), stored(spark, output)
    assert first.done == tuple(paths) and len(before) == 4

    nothing = verify(spark, archives, output, blocks_per_task=4)
    assert nothing.done == () and folders(output) == before
    assert nothing.archives == first.archives
    assert "0 verified by this run, 4 found done" in str(nothing)

    # An era's folder, half of another's files, and a file that was cut off as it was written.
    eras = sorted(output.glob("era=*"))
    shutil.rmtree(eras[0])
    for file in sorted(glob.glob(f"{eras[2]}/*.parquet"))[:2]:
        Path(file).unlink()
    broken = Path(sorted(glob.glob(f"{eras[3]}/*.parquet"))[0])
    broken.write_bytes(broken.read_bytes()[:-20])
    Path(f"{broken.parent}/.{broken.name}.crc").unlink(missing_ok=True)
    mended = verify(spark, archives, output, blocks_per_task=4)
    assert mended.done == (paths[0], paths[2], paths[3])
    assert mended.verified and mended.gapless
    assert mended.archives == first.archives
    assert stored(spark, output) == rows
    assert folders(output)[eras[1].name] == before[eras[1].name]

    # A row twice is no better than a row too few.
    file = sorted(glob.glob(f"{eras[1]}/*.parquet"))[0]
    shutil.copy(file, file.replace(".parquet", "-copy.parquet"))
    assert verify(spark, archives, output).done == (paths[1],)
    assert stored(spark, output) == rows

    assert verify(spark, archives, output, again=True).done == tuple(paths)
    assert stored(spark, output) == rows


def test_a_replaced_archive_is_done_again(spark: Any, archives: List[Path], tmp_path: Path) -> None:
    assert verify(spark, archives[:2], tmp_path / "out").verified
    # Same length, same stored accumulator.
    era1_files.change(archives[1], era1_files.TOTAL_DIFFICULTY, 8)
    summary = verify(spark, archives[:2], tmp_path / "out")
    assert summary.done == (str(archives[1]),)
    assert not summary.verified and summary.archives[0].verified
    assert summary.archives[1].part.fault.number == 24


def test_trusted_accumulators_and_settings(spark: Any, archives: List[Path], tmp_path: Path) -> None:
    root = phalanx.era1_index(str(archives[0])).accumulator
    first = verify(spark, archives[:1], tmp_path / "out", trusted={0: "0x" + root.hex()})
    assert first.verified and first.archives[0].trusted_accumulator == root.hex()
    false = verify(spark, archives[:1], tmp_path / "out", trusted={0: bytes(32)})
    assert false.done == () and not false.verified and false.status == 1
    for options in (
        {"blocks_per_task": 0},
        {"archives_per_wave": 0},
        {"trusted": {0: "12"}},
        {"chain": "no such chain"},
        {"genesis": b"{}"},
    ):
        with pytest.raises(ValueError):
            verify(spark, archives[:1], tmp_path / "never", **options)
    with pytest.raises(FileNotFoundError):
        verify(spark, tmp_path / "no*", tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_the_command_says_it_with_its_exit_status(archives: List[Path], tmp_path: Path) -> None:
    pytest.importorskip("pyspark")

    def run(*arguments: Any) -> Any:
        command = [sys.executable, "-m", "phalanx_verify.spark", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    folder, output = archives[0].parent, tmp_path / "out"
    era1_files.swap_bodies(archives[2], 3, 4)
    out = run(folder, "--output", output, "--master", "local[2]", "--json")
    assert out.returncode == 1, out.stderr
    summary = json.loads(out.stdout)
    assert [each["verified"] for each in summary["archives"]] == [True, True, False, True]
    assert run("--output", output).returncode == 2
