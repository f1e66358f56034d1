"""All chapters of an assessment, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from nqpf.chapters.abilities import abilities_chapter
from nqpf.chapters.anonymous import Masks, anonymous
from nqpf.chapters.balances import balances_chapter
from nqpf.chapters.blockages import blockages_chapter, has_blockages
from nqpf.chapters.blocks import Chapter
from nqpf.chapters.cautions import cautions_chapter
from nqpf.chapters.checks import checks_chapter
from nqpf.chapters.circles import circles_chapter
from nqpf.chapters.coherence import coherence_chapter
from nqpf.chapters.data import data_chapter
from nqpf.chapters.index import index_chapter
from nqpf.chapters.industry_chapter import industry_chapter
from nqpf.chapters.methods import methods_chapter, methods_of
from nqpf.chapters.multiverse import multiverse_chapter
from nqpf.chapters.paths import paths_chapter
from nqpf.chapters.plan import plan_chapter
from nqpf.chapters.planning import planning_chapter
from nqpf.chapters.productivity import productivity_chapter
from nqpf.chapters.profiles import profiles_chapter
from nqpf.chapters.regions import regions_chapter
from nqpf.chapters.scenario import scenario_chapter
from nqpf.chapters.selection import Detail, chosen, detailed
from nqpf.chapters.summary import summary_chapter
from nqpf.chapters.text import text_chapter
from nqpf.chapters.theory import theory_chapter
from nqpf.chapters.unranked import unranked
from nqpf.chapters.whole import Whole

C = TypeVar("C")
Writer = Callable[[], Chapter]


def write_chapters(
    whole: Whole,
    *,
    only: Sequence[str] | None = None,
    detail: Detail = "standard",
    masks: Masks | None = None,
    made: Mapping[str, Any] | None = None,
) -> tuple[Chapter, ...]:
    """Return the chapters of an assessment in the order of the report.

    Parameters
    ----------
    whole
        What was found.
    only
        Chapters wanted, by id; default: all.
    detail
        How much of each.
    masks
        Puts codes in the place of units' names; default: units are named.
    made
        Where the assessment comes from: versions, seed and hashes.

    Raises
    ------
    SpecError
        A chapter is wanted that there is not.
    """
    writers = dict(_writers(whole))
    written = [writer() for writer in writers.values() if writer is not None]
    written.append(methods_chapter(methods_of(whole), whole.first.title, made or {}))
    if whole.index is not None:
        written = list(unranked(whole.index, written))
    kept = detailed(chosen(written, only), detail)
    absent = [name for name, writer in writers.items() if writer is None and (only is None or name in only)]
    chapters = (summary_chapter(whole.about, whole.ranks, kept, absent, masks is not None), *kept)
    return chapters if masks is None else anonymous(chapters, masks)


def _writers(whole: Whole) -> Iterator[tuple[str, Writer | None]]:
    """Yield every chapter's id in reading order, with what writes it; None where there is nothing to write it from."""
    index, industry = whole.index, whole.industry

    def of(chapter: Callable[[C], Chapter], material: C | None, part: object = True) -> Writer | None:
        return None if material is None or part is None else partial(chapter, material)

    yield "theory", of(theory_chapter, whole)
    yield "index", of(index_chapter, index)
    yield "coherence", of(coherence_chapter, index)
    yield "robustness", of(multiverse_chapter, index, index and index.multiverse)
    yield "productivity", of(productivity_chapter, index, index and index.productivity)
    yield "regions", of(regions_chapter, index, index and index.regions)
    yield "circles", of(circles_chapter, index, index and index.system)
    yield "balances", of(balances_chapter, index, index and index.system)
    yield "abilities", of(abilities_chapter, index, index and index.system)
    yield "industry", of(industry_chapter, industry)
    yield "cautions", of(cautions_chapter, whole)
    yield "blockages", of(blockages_chapter, whole if has_blockages(whole) else None)
    yield "plan", of(plan_chapter, industry, industry and industry.found.spec.plan)
    yield "text", of(text_chapter, whole.text)
    yield "paths", of(paths_chapter, whole, index and index.system)
    yield "scenario", of(scenario_chapter, index, index and index.scenarios)
    yield "profiles", of(profiles_chapter, index)
    yield "planning", of(planning_chapter, index, index and index.planned)
    yield "data", of(data_chapter, index)
    yield "checks", of(checks_chapter, index)
