"""What a run over archives proves, and what it doesn't."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import List, Mapping, Optional, Sequence, Tuple

from ._archives import Archive
from ._join import Fault, Part


@dataclass(frozen=True)
class ArchiveSummary:
    """One archive. Hashes and accumulators are hexadecimal; ``first`` and ``last`` are block numbers."""

    archive: str
    era: int
    first: Optional[int]
    last: Optional[int]
    stored_accumulator: Optional[str]
    trusted_accumulator: Optional[str]
    trust_is_asked: bool
    """Trusted accumulators are given: an archive without one is not verified."""
    problem: Optional[str]
    """Why the archive can't be read, or why its rows are not all there."""
    part: Part

    @property
    def span(self) -> Optional[Tuple[int, int]]:
        """First and last block, if the index was read."""
        if self.first is None or self.last is None:
            return None
        return self.first, self.last

    @property
    def readable(self) -> bool:
        return self.problem is None and self.part.complete

    @property
    def accumulator_holds(self) -> bool:
        """Computed, stored and, where one is given, trusted accumulator are the same."""
        computed = self.part.accumulator
        return (
            computed is not None
            and computed == self.stored_accumulator
            and (computed == self.trusted_accumulator or not self.trust_is_asked)
        )

    @property
    def verified(self) -> bool:
        """Every block passed every check for which there is evidence, and the archive is whole."""
        part = self.part
        return (
            self.readable
            and part.fault is None
            and part.blocks == part.verified > 0
            and part.linked
            and self.accumulator_holds
        )

    @property
    def false(self) -> bool:
        """Something in it is false, and not just unreadable."""
        return not self.verified and (self.readable or self.part.failed > 0)

    def faults(self) -> List[str]:
        """What is wrong with it, in words."""
        part, found = self.part, []
        if self.problem is not None:
            found.append(self.problem)
        if part.fault is not None and part.fault.check != "archive":
            others = f" (and {part.failed - 1} blocks more)" if part.failed > 1 else ""
            found.append(f"{part.fault}{others}")
        if part.complete and not part.linked:
            found.append("a block doesn't name the hash of the one before it")
        if part.complete and part.accumulator != self.stored_accumulator:
            stored = self.stored_accumulator
            found.append(f"accumulator: stored {stored}, computed {part.accumulator}")
        if self.trust_is_asked and part.accumulator != self.trusted_accumulator:
            trusted = self.trusted_accumulator or f"none for era {self.era}"
            found.append(f"accumulator: trusted {trusted}, computed {part.accumulator}")
        return found


@dataclass(frozen=True)
class Summary:
    """What a run of ``verify_archives`` found. Made from the rows that are written, not from what tasks said."""

    archives: Tuple[ArchiveSummary, ...]
    """In order of their blocks; the unreadable ones last."""
    gaps: Tuple[str, ...]
    """Blocks that no archive has, between the first and the last."""
    overlaps: Tuple[str, ...]
    """Blocks that several archives have."""
    breaks: Tuple[str, ...]
    """Archives whose first block is no child of the last block before it, or counts its total difficulty from another."""
    output: str
    done: Tuple[str, ...]
    """Archives that this run took on. The verdicts on the others were there already."""

    @property
    def unreadable(self) -> Tuple[str, ...]:
        return tuple(each.archive for each in self.archives if not each.readable)

    @property
    def verified(self) -> bool:
        """Every archive is verified."""
        return bool(self.archives) and all(each.verified for each in self.archives)

    @property
    def gapless(self) -> bool:
        """Every block from the first to the last is there once, and each is the child of the one before it."""
        return (
            bool(self.archives)
            and all(each.readable and each.part.linked for each in self.archives)
            and not (self.gaps or self.overlaps or self.breaks)
        )

    @property
    def status(self) -> int:
        """Of the process: 0 verified and gapless, 1 something is false, 2 something is unreadable and nothing false.

        A gap that may be an unreadable archive's is no falsehood.
        """
        if self.verified and self.gapless:
            return 0
        false = any(each.false for each in self.archives) or self.overlaps or self.breaks
        return 1 if false or not self.unreadable else 2

    @property
    def blocks(self) -> int:
        return sum(each.part.blocks for each in self.archives)

    @property
    def unchecked(self) -> Tuple[Tuple[str, int], ...]:
        """Checks for which there was nothing at hand, and in how many blocks."""
        total: dict[str, int] = {}
        for each in self.archives:
            for check, blocks in each.part.unchecked:
                total[check] = total.get(check, 0) + blocks
        return tuple(sorted(total.items()))

    def to_json(self) -> str:
        """All of it, with the answers, in one line."""
        answers = {
            "verified": self.verified,
            "gapless": self.gapless,
            "blocks": self.blocks,
            "unreadable": self.unreadable,
            "unchecked": dict(self.unchecked),
        }
        archives = [
            {"verified": each.verified, **asdict(each), "faults": each.faults()}
            for each in self.archives
        ]
        return json.dumps({**answers, **asdict(self), "archives": archives})

    def __str__(self) -> str:
        parts = [each.part for each in self.archives]
        verified = sum(part.verified for part in parts)
        failed = sum(part.failed for part in parts)
        transactions = sum(part.transactions for part in parts)
        held = sum(each.accumulator_holds for each in self.archives)
        trusted = sum(
            each.accumulator_holds and each.trusted_accumulator is not None
            for each in self.archives
        )
        lines = [
            f"{len(parts)} archives, {self._range()}: {verified} blocks verified, {failed} failed; "
            f"{transactions} transactions",
            f"accumulators: {held} of {len(parts)} as stored, {trusted} of them as trusted",
        ]
        if self.unchecked:
            each_of = ", ".join(f"{check} {blocks}" for check, blocks in self.unchecked)
            lines.append(f"not checked for want of evidence, in so many blocks: {each_of}")
        for each in self.archives:
            lines.extend(f"{each.archive}: {fault}" for fault in each.faults())
        lines.extend([*self.gaps, *self.overlaps, *self.breaks])
        lines.append(f"verified: {_yes(self.verified)}; gapless: {_yes(self.gapless)}")
        found = len(parts) - len(self.done)
        lines.append(f"{len(self.done)} done by this run, {found} found done in {self.output}")
        return "\n".join(lines)

    def _range(self) -> str:
        known = [number for each in self.archives for number in each.span or ()]
        return f"blocks {min(known)} to {max(known)}" if known else "no blocks"


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


def summarize(
    archives: Sequence[Archive],
    parts: Mapping[str, Part],
    trusted: Optional[Mapping[int, str]],
    output: str,
    done: Sequence[str],
) -> Summary:
    """Joins what is known of each archive to what is known of all."""
    all_of_them = [_archive(each, parts.get(each.name, Part()), trusted) for each in archives]
    known = [(each.span, each.archive, each) for each in all_of_them if each.span is not None]
    known.sort(key=lambda one: one[:2])
    unknown = [each for each in all_of_them if each.span is None]
    gaps, overlaps, breaks = _chain([(span, each) for span, _, each in known])
    in_order = (*(each for _, _, each in known), *unknown)
    return Summary(in_order, gaps, overlaps, breaks, output, tuple(done))


def _archive(
    archive: Archive, part: Part, trusted: Optional[Mapping[int, str]]
) -> ArchiveSummary:
    there = archive.problem is None
    problem = archive.problem
    if there and not part.complete:
        unreadable = part.fault is not None and part.fault.check == "archive"
        problem = part.fault.reason if unreadable else None  # type: ignore[union-attr]
        problem = problem or f"{part.blocks} rows are there for {archive.count} blocks, or not one each"
    return ArchiveSummary(
        archive.name,
        archive.era,
        archive.start if there else None,
        archive.start + archive.count - 1 if there else None,
        archive.accumulator.hex() if archive.accumulator is not None else None,
        None if trusted is None else trusted.get(archive.era),
        trusted is not None,
        problem,
        part,
    )


def _chain(
    archives: Sequence[Tuple[Tuple[int, int], ArchiveSummary]],
) -> Tuple[Tuple[str, ...], Tuple[str, ...], Tuple[str, ...]]:
    """Gaps, overlaps and broken links between archives, in order of their first blocks."""
    gaps, overlaps, breaks = [], [], []
    if not archives:
        return (), (), ()
    # The one that reaches furthest so far.
    (_, end), before = archives[0]
    for (first, last), each in archives[1:]:
        if first > end + 1:
            gaps.append(
                f"gap: blocks {end + 1} to {first - 1} are missing, "
                f"between {before.archive} and {each.archive}"
            )
        elif first <= end:
            overlaps.append(
                f"overlap: blocks {first} to {min(end, last)} are in {before.archive} "
                f"and in {each.archive}"
            )
        elif before.readable and each.readable and not _follows(before, each):
            breaks.append(
                f"break: block {first} of {each.archive} names the parent {each.part.first_parent} at a total "
                f"difficulty of {each.part.total_before}; the last block of {before.archive} is "
                f"{before.part.last_hash} at {before.part.total_after}"
            )
        if last >= end:
            end, before = last, each
    return tuple(gaps), tuple(overlaps), tuple(breaks)


def _follows(before: ArchiveSummary, each: ArchiveSummary) -> bool:
    last, first = before.part, each.part
    return (
        last.last_hash is not None
        and first.first_parent == last.last_hash
        and last.total_after is not None
        and first.total_before == last.total_after
    )
