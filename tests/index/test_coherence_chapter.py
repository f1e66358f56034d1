"""The coherence chapter: its blocks stand on the audit's numbers, its findings only where their condition holds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.chapters.blocks import Callout, Section, Table
from nqpf.chapters.coherence import coherence_chapter
from nqpf.chapters.context import Context
from nqpf.charts.figure import Figure
from nqpf.index import build
from nqpf.messages import Text

UNITS = tuple(f"u{n:02d}" for n in range(35))
TREE = {
    "D": {"a": {"direction": "benefit", "size": "extensive", "tags": {"stage": "input"}}, "b": "benefit"},
    "E": {"c": {"direction": "benefit", "tags": {"stage": "outcome"}}, "d": "cost", "e": "benefit"},
}


@pytest.fixture
def context(grow, fill):
    rng = np.random.default_rng(2)
    people = np.exp(rng.normal(size=(2, 35)))
    factor = rng.normal(size=(2, 35))
    series = {"a": np.exp(factor) * people, "people": people}
    series |= {k: factor + 0.5 * rng.normal(size=(2, 35)) for k in "bcde"}
    panel = fill(series, units=UNITS)

    def make(size=("people",), tree=TREE):
        index = build(panel, grow(tree))
        parts = {"ledger": None, "notes": (), "group": {}, "group_titles": {}, "filled": None, "checks": None}
        about = {"title": Text.same("t"), "about": None, "scheme": "none"}
        return Context(**about, panel=panel, reported=panel, index=index, size=size, **parts)  # type: ignore[arg-type]

    return make


def flat(blocks):
    for block in blocks:
        yield from flat(block.blocks) if isinstance(block, Section) else (block,)


def test_every_table_shows_columns_it_has_and_ids_are_unique(context) -> None:
    chapter = coherence_chapter(context())
    blocks = list(flat(chapter.blocks))
    tables = [b for b in blocks if isinstance(b, Table)]
    for table in tables:
        for column in table.columns:
            assert {column.key, f"{column.key}_zh"} & set(table.frame.columns), (table.id, column.key)
    ids = [b.id for b in blocks if isinstance(b, Table | Figure)]
    assert len(set(ids)) == len(ids)
    assert {
        "coherence-flags", "coherence-stats", "coherence-map", "coherence-nodes", "coherence-groups",
        "coherence-weights", "coherence-effects", "coherence-size-table", "coherence-per-head-people",
        "coherence-stages",
    } <= set(ids)  # fmt: skip


def test_findings_point_at_blocks_and_hold_their_numbers(context) -> None:
    given = context()
    chapter = coherence_chapter(given)
    places = {b.id for b in flat(chapter.blocks) if isinstance(b, Table | Figure)}
    found = {finding.code: finding for finding in chapter.findings}
    assert {finding.place for finding in chapter.findings} <= places
    negative = found["coherence_negative"]
    assert negative.numbers["node"].en == "d"
    assert (negative.numbers["count"], negative.numbers["total"]) == (1, 5)
    assert negative.numbers["r"] < 0
    assert {"coherence_alpha", "coherence_per_head", "coherence_stages"} <= set(found)
    ranks = next(b for b in flat(chapter.blocks) if isinstance(b, Table) and b.id == "coherence-per-head-people").frame
    assert found["coherence_per_head"].numbers["moved"] == ranks.filter(pl.col("change") != 0).height
    for finding in chapter.findings:
        assert finding.text().zh != finding.text().en
        assert "nan" not in finding.text().en


def test_without_size_series_the_chapter_says_so(context) -> None:
    chapter = coherence_chapter(context(size=()))
    texts = [b.text.en for b in flat(chapter.blocks) if hasattr(b, "text") and isinstance(b.text, Text)]
    assert any("names no series of size" in text for text in texts)
    assert "coherence_per_head" not in {f.code for f in chapter.findings}


def test_a_division_that_cannot_be_is_told(context) -> None:
    tree = {"D": {"a": {"direction": "target", "target": 3, "size": "extensive"}, "b": "benefit"}, "E": TREE["E"]}
    chapter = coherence_chapter(context(tree=tree))
    told = [b.text.en for b in flat(chapter.blocks) if isinstance(b, Callout)]
    assert any("measured against values stated in totals" in text for text in told)


def test_figures_can_be_drawn(context) -> None:
    chapter = coherence_chapter(context())
    for figure in (b for b in flat(chapter.blocks) if isinstance(b, Figure)):
        assert figure.svg("zh").startswith("<svg")


def test_indicators_right_below_the_index(context) -> None:
    tree = {"a": "benefit", "b": "benefit", "c": "benefit"}
    chapter = coherence_chapter(context(tree=tree, size=()))
    figure = next(b for b in flat(chapter.blocks) if isinstance(b, Figure) and b.id == "coherence-map")
    assert figure.svg("en").startswith("<svg")
