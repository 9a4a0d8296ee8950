"""The command: ``python -m phalanx_verify.spark PATHS... --output DIR``."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Optional, Sequence

from . import Config


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m phalanx_verify.spark",
        description="Verifies era1 archives on Spark. A rerun does only what is missing.",
        epilog="Exit status: 0 verified and gapless, 1 something is false, 2 something is unreadable or it could not run.",
    )
    add = parser.add_argument
    add("paths", nargs="+", help="archives, folders or globs; local, or URIs that pyarrow.fs opens")
    add("--output", required=True, help="folder of the verdicts (Parquet), as Spark names it")
    add("--master", help="as of spark-submit; by default what Spark is configured for, else this machine")
    add("--blocks-per-task", type=int, metavar="N", help="cut archives into tasks of N blocks")
    add("--archives-per-wave", type=int, metavar="N", help="archives of one job")
    add("--genesis", help="genesis JSON, to execute from block 0 on")
    add("--chain", help="chain of the archives")
    add("--trusted", metavar="FILE", help="known accumulators: hexadecimal, a line for each era from 0 on")
    add("--content", action="store_true", help="recognise files by a digest of their bytes")
    add("--again", action="store_true", help="take nothing for done")
    add("--threads", type=int, metavar="N", help="threads of a task, by default its cores")
    add("--backend", help="as of phalanx")
    add("--json", action="store_true", help="print the summary as JSON")
    return parser


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs the command and gives its exit status."""
    options = _parser().parse_args(arguments)
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted and (options.master or "local").startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from pyspark.sql import SparkSession

        from .spark import verify_archives

        trusted = _trusted(options.trusted) if options.trusted else None
        config = Config(threads=options.threads, backend=options.backend)
        builder = SparkSession.builder.appName("phalanx verify_archives")
        spark = (builder.master(options.master) if options.master else builder).getOrCreate()
        summary = verify_archives(
            spark,
            options.paths,
            options.output,
            blocks_per_task=options.blocks_per_task,
            archives_per_wave=options.archives_per_wave,
            genesis=options.genesis,
            chain=options.chain,
            config=config,
            trusted=trusted,
            content=options.content,
            again=options.again,
        )
    except Exception as error:
        # Python's own status for these would say that something is false.
        print(f"phalanx: {error}", file=sys.stderr)
        return 2
    print(summary.to_json() if options.json else summary)
    return summary.status


def _trusted(path: str) -> dict[int, str]:
    with open(path, encoding="ascii") as lines:
        return {era: line.strip() for era, line in enumerate(lines) if line.strip()}
