"""Archives over executors: what is verified, what is found false, and what a rerun does."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, Dict, List

import pyarrow as pa
import pytest

import phalanx_verify as phalanx

import era1_files

FROM = ["number", "hash", "parent_hash", "total_difficulty", "transactions", "gas_used", "verified", "check", "unchecked"]


@pytest.fixture
def verify(spark: Any, genesis: Path) -> Any:
    from phalanx_verify.spark import verify_archives

    return partial(verify_archives, spark, genesis=genesis)


def stored(spark: Any, output: Path) -> List[Dict[str, Any]]:
    """All rows on disk, by archive and number."""
    rows = spark.read.parquet(str(output)).orderBy("archive", "number").collect()
    return [row.asDict() for row in rows]


def bare(path: Path, genesis: Path) -> List[Dict[str, Any]]:
    return phalanx.verify_era1(str(path), genesis=str(genesis)).to_pyarrow().select(FROM).to_pylist()


def folders(output: Path) -> Dict[str, float]:
    """When each era was written."""
    return {path.name: path.stat().st_mtime_ns for path in output.glob("era=*")}


def test_archives_in_ranges_and_whole_give_the_verdicts_of_the_bare_function(
    spark: Any, verify: Any, archives: List[Path], genesis: Path, tmp_path: Path
) -> None:
    folder = archives[0].parent
    whole = verify(folder, tmp_path / "whole")
    parts = verify(folder, tmp_path / "parts", blocks_per_task=5)
    expected = [row for path in archives for row in bare(path, genesis)]
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
    # The first is executed from its genesis, and so not cut.
    assert len(list((tmp_path / "parts").glob("era=*/*.parquet"))) == 1 + 3 * 4
    indexes = [phalanx.era1_index(str(path)) for path in archives]
    for each, index in zip(whole.archives, indexes):
        assert each.part.accumulator == each.stored_accumulator == index.accumulator.hex()


def test_verdicts_under_other_terms_are_others(
    verify: Any, archives: List[Path], genesis: Path, tmp_path: Path
) -> None:
    assert verify(archives[1:2], tmp_path / "out").verified
    # By the rules of mainnet nothing of it is right.
    other = verify(archives[1:2], tmp_path / "out", genesis=None)
    assert len(other.done) == 1 and other.status == 1 and other.archives[0].part.failed == 16
    back = verify(archives[1:2], tmp_path / "out", genesis=genesis.read_bytes())
    assert len(back.done) == 1 and back.verified
    assert verify(archives[1:2], tmp_path / "out", genesis=genesis.as_uri()).done == ()


def test_tampered_archives_among_good_ones_are_named_and_the_others_stay_verified(
    spark: Any, verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    era1_files.swap_bodies(archives[1], 6, 9)
    era1_files.change(archives[2], era1_files.ACCUMULATOR)
    for name, options in (("whole", {}), ("parts", {"blocks_per_task": 5})):
        summary = verify(archives, tmp_path / name, **options)
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
    assert verify(archives, tmp_path / "whole").done == ()
    era1_files.swap_bodies(archives[1], 6, 9)
    era1_files.change(archives[2], era1_files.ACCUMULATOR)
    mended = verify(archives, tmp_path / "whole")
    assert mended.done == (str(archives[1]), str(archives[2]))
    assert mended.verified and mended.gapless


def test_unreadable_archives_are_rows_and_are_tried_again(
    spark: Any, verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    good = archives[1].read_bytes()
    archives[1].write_bytes(good[: len(good) // 2])
    records = era1_files.read(archives[2])
    at = era1_files.nth(records, era1_files.BODY, 12)
    records[at] = (era1_files.BODY, b"\xff" * 40)
    era1_files.write(archives[2], records)
    absent = archives[3].parent / "absent-00009-00000000.era1"
    paths = [*archives, absent]
    summary = verify(paths, tmp_path / "out", blocks_per_task=4)
    assert (summary.verified, summary.gapless, summary.status) == (False, False, 2)
    assert set(summary.unreadable) == {str(archives[1]), str(archives[2]), str(absent)}
    assert "blocks 16 to 31 are missing" in summary.gaps[0]
    bad = [row for row in stored(spark, tmp_path / "out") if row["number"] is None]
    assert {row["archive"] for row in bad} == set(summary.unreadable)
    assert all(row["check"] == "archive" and row["reason"] and not row["verified"] for row in bad)
    again = verify(paths, tmp_path / "out", blocks_per_task=4)
    assert set(again.done) == set(summary.unreadable)
    archives[1].write_bytes(good)
    mended = verify(archives[:2], tmp_path / "out")
    assert mended.verified and mended.gapless and mended.done == (str(archives[1]),)


def test_gaps_and_overlaps_are_named(
    spark: Any, verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    gap = verify([archives[0], archives[1], archives[3]], tmp_path / "gap")
    assert gap.verified and not gap.gapless and gap.status == 1
    assert gap.gaps == (
        f"gap: blocks 32 to 47 are missing, between {archives[1]} and {archives[3]}",
    )
    copy = Path(shutil.copy(archives[1], archives[1].parent / ("copy" + archives[1].name)))
    overlap = verify(archives[1].parent, tmp_path / "overlap")
    assert overlap.verified and not overlap.gapless and overlap.status == 1
    (named,) = overlap.overlaps
    assert "blocks 16 to 31" in named and str(copy) in named and str(archives[1]) in named
    # Both are in the partition of their era.
    assert len(stored(spark, tmp_path / "overlap")) == 80
    assert verify(archives[1].parent, tmp_path / "overlap").done == ()


def test_a_rerun_does_what_is_missing_and_nothing_else(
    spark: Any, verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    output, paths = tmp_path / "out", [str(path) for path in archives]
    first = verify(archives, output, blocks_per_task=4, archives_per_wave=1)
    before, rows = folders(output), stored(spark, output)
    assert first.done == tuple(paths) and len(before) == 4

    nothing = verify(archives, output, blocks_per_task=4)
    assert nothing.done == () and folders(output) == before
    assert nothing.archives == first.archives
    assert "0 done by this run, 4 found done" in str(nothing)

    # An era's folder, half of another's files, and a file that was cut off as it was written.
    eras = sorted(output.glob("era=*"))
    shutil.rmtree(eras[0])
    for file in sorted(glob.glob(f"{eras[2]}/*.parquet"))[:2]:
        Path(file).unlink()
    broken = Path(sorted(glob.glob(f"{eras[3]}/*.parquet"))[0])
    broken.write_bytes(broken.read_bytes()[:-20])
    Path(f"{broken.parent}/.{broken.name}.crc").unlink(missing_ok=True)
    mended = verify(archives, output, blocks_per_task=4)
    assert mended.done == (paths[0], paths[2], paths[3])
    assert mended.verified and mended.gapless
    assert mended.archives == first.archives
    assert stored(spark, output) == rows
    assert folders(output)[eras[1].name] == before[eras[1].name]

    # A row twice is no better than a row too few.
    file = sorted(glob.glob(f"{eras[1]}/*.parquet"))[0]
    shutil.copy(file, file.replace(".parquet", "-copy.parquet"))
    assert verify(archives, output).done == (paths[1],)
    assert stored(spark, output) == rows

    assert verify(archives, output, again=True).done == tuple(paths)
    assert stored(spark, output) == rows


def test_a_replaced_archive_is_done_again(
    verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    assert verify(archives[:2], tmp_path / "out").verified
    # Same length, same stored accumulator.
    era1_files.change(archives[1], era1_files.TOTAL_DIFFICULTY, 8)
    summary = verify(archives[:2], tmp_path / "out")
    assert summary.done == (str(archives[1]),)
    assert not summary.verified and summary.archives[0].verified
    assert summary.archives[1].part.fault.number == 24

    # Only its content tells a file that has the time of the one before it as well.
    assert verify(archives[:2], tmp_path / "out", content=True).status == 1
    stat = archives[1].stat()
    era1_files.change(archives[1], era1_files.TOTAL_DIFFICULTY, 8)
    os.utime(archives[1], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    mended = verify(archives[:2], tmp_path / "out", content=True)
    assert mended.done == (str(archives[1]),) and mended.verified
    assert verify(archives[:2], tmp_path / "out", content=True).done == ()


def test_what_waves_have_written_outlives_the_driver(
    verify: Any, archives: List[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from phalanx_verify import _spark_archives

    write, waves = _spark_archives._write, []

    def dies(rows: Any, output: str) -> None:
        if len(waves) == 2:
            raise KeyboardInterrupt
        waves.append(output)
        write(rows, output)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(_spark_archives, "_write", dies)
        verify(archives, tmp_path / "out", archives_per_wave=1)
    summary = verify(archives, tmp_path / "out", archives_per_wave=1)
    assert summary.done == tuple(map(str, archives[2:]))
    assert summary.verified and summary.gapless


def test_trusted_accumulators_and_settings(
    verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    root = phalanx.era1_index(str(archives[0])).accumulator
    first = verify(archives[:1], tmp_path / "out", trusted={0: "0x" + root.hex()})
    assert first.verified and first.archives[0].trusted_accumulator == root.hex()
    false = verify(archives[:1], tmp_path / "out", trusted={0: bytes(32)})
    assert false.done == () and not false.verified and false.status == 1
    for options in (
        {"blocks_per_task": 0},
        {"archives_per_wave": 0},
        {"trusted": {0: "12"}},
        {"trusted": {"0": "12" * 32}},
        {"chain": "no such chain"},
        {"genesis": b"nonsense"},
    ):
        with pytest.raises(ValueError):
            verify(archives[:1], tmp_path / "never", **options)
    with pytest.raises(FileNotFoundError):
        verify(tmp_path / "no*", tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_a_run_does_not_replace_verdicts_on_archives_that_it_is_not_given(
    verify: Any, archives: List[Path], tmp_path: Path
) -> None:
    one, two = tmp_path / "one.era1", tmp_path / "two.era1"
    archives[0].rename(one)
    archives[1].rename(two)
    # Without a number in their names both are of era 0, by their first block.
    assert verify([one], tmp_path / "out").done == (str(one),)
    with pytest.raises(ValueError, match="one.era1 in era 0"):
        verify([two], tmp_path / "out")
    both = verify([one, two], tmp_path / "out")
    assert both.done == (str(one), str(two)) and both.verified and both.gapless
    assert verify([one], tmp_path / "out").done == ()


def test_without_spark_the_command_could_not_run(tmp_path: Path) -> None:
    (tmp_path / "pyspark.py").write_text("raise ImportError('no pyspark here')")
    command = [sys.executable, "-m", "phalanx_verify.spark", "archives", "--output", "out"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    out = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (out.returncode, out.stdout) == (2, "") and "no pyspark here" in out.stderr


def test_the_command_says_it_with_its_exit_status(
    spark: Any, archives: List[Path], genesis: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    from phalanx_verify._spark_cli import main

    def run(*arguments: Any) -> Any:
        output = ["--output", tmp_path / "out", "--genesis", genesis]
        code = main(list(map(str, [*arguments, *output])))
        return code, capsys.readouterr()

    trusted = tmp_path / "trusted"
    trusted.write_text("".join(phalanx.era1_index(path).accumulator.hex() + "\n" for path in archives))
    code, said = run(*archives, "--trusted", trusted)
    assert code == 0 and "4 of them as trusted" in said.out
    code, said = run(*archives, tmp_path / "absent.era1")
    assert code == 2 and "absent.era1: no such file" in said.out
    code, said = run(tmp_path / "none*")
    assert code == 2 and "none*" in said.err
    assert run(*archives, "--backend", "none such")[0] == 2
    era1_files.swap_bodies(archives[2], 3, 4)
    code, said = run(*archives, tmp_path / "absent.era1")
    assert code == 1 and "block 35: transactions_root" in said.out


def test_the_command_needs_no_script(
    archives: List[Path], genesis: Path, tmp_path: Path, spark: Any
) -> None:
    command = [sys.executable, "-m", "phalanx_verify.spark", archives[0], "--json"]
    more = ["--output", tmp_path / "out", "--master", "local[2]", "--genesis", genesis]
    environment = {name: value for name, value in os.environ.items() if "SPARK" not in name}
    environment["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"
    out = subprocess.run(
        [*map(str, command), *map(str, more)], capture_output=True, text=True, env=environment
    )
    assert out.returncode == 0, out.stderr
    summary = json.loads(out.stdout)
    assert summary["verified"] and summary["gapless"] and summary["blocks"] == 16
