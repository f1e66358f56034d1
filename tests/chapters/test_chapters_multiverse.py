"""The robustness chapter: every sentence from its numbers, every failed run shown, the design kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.chapters.blocks import Callout, Paragraph, Table
from nqpf.chapters.multiverse import multiverse_chapter
from nqpf.chapters.multiverse_findings import multiverse_findings
from nqpf.chapters.multiverse_frames import ranks_frame, shares_frames
from nqpf.charts.figure import Figure
from nqpf.data import Panel, Series
from nqpf.data.panel import Status, complete
from nqpf.index import Framework, Normalise
from nqpf.index.multiverse import Multiverse, multiverse
from nqpf.messages import Text
from nqpf.report.walk import walk
from nqpf.yamlfile import Document

UNITS = 9


def framework() -> Framework:
    leaves = [{"id": i, "title": {"zh": f"指标{i}", "en": f"Indicator {i}"}, "direction": "benefit"} for i in "xyzv"]
    tree = [{"id": "D1", "children": leaves[:2]}, {"id": "D2", "children": leaves[2:]}]
    return Framework.from_document(Document("tree", {"id": "I", "title": "Index", "tree": tree}, {}))


def panel(units: int = UNITS) -> Panel:
    values = np.random.default_rng(5).lognormal(0, 0.6, (2, units, 4))
    names = tuple(f"U{n}" for n in range(units))
    return Panel(
        periods=(2020, 2021),
        units=names,
        series=tuple(Series(i, Text.same(i)) for i in "xyzv"),
        values=values,
        status=np.full(values.shape, Status.REPORTED, dtype=np.int8),
        labels={name: Text(f"单元{name}", f"Unit {name}") for name in names},
        origin=complete(pl.DataFrame(schema={"unit": pl.String})),
    )


def context(found: Multiverse | None) -> Any:
    labels = found.labels if found else {}
    rows = [(u, t.zh, t.en) for u, t in labels.items()]
    names = pl.DataFrame(rows, schema=dict.fromkeys(("unit", "unit_zh", "unit_en"), pl.String), orient="row")
    return SimpleNamespace(multiverse=found, unit_names=names, label=labels.get)


VARY: dict[str, Any] = {
    "normalise": [Normalise(range=(1, 100)), Normalise(method="rank"), Normalise(method="zscore", mean=100, sd=10)],
    "weight": ["equal", "entropy"],
    "aggregate": ["arithmetic", "geometric"],
    "leave_out": "all",
}


def blocks(found: Multiverse) -> dict[str, Any]:
    return {b.id: b for b in walk(multiverse_chapter(context(found)).blocks) if isinstance(b, Table | Figure)}


def findings(found: Multiverse) -> dict[str, Any]:
    return {f.code: f for f in multiverse_chapter(context(found)).findings}


@pytest.fixture(scope="module")
def found() -> Multiverse:
    return multiverse(panel(), framework(), vary=VARY)


def test_parts_of_the_chapter(found: Multiverse) -> None:
    there = blocks(found)
    assert list(there) == [
        *("multiverse-slots", "rank-bands", "rank-intervals", "variance-shares", "variance-table", "multiverse-design"),
    ]
    assert there["multiverse-slots"].frame.height == 3 + 2 + 2 + 5
    assert there["multiverse-design"].frame.height == len(found) == 60
    for block in there.values():
        if isinstance(block, Table):
            keys = {c.key for c in block.columns}
            assert all(k in block.frame.columns or f"{k}_zh" in block.frame.columns for k in keys)
        else:
            assert block.svg("zh") != block.svg("en")


def test_the_design_is_written_in_both_languages(found: Multiverse) -> None:
    row = blocks(found)["multiverse-design"].frame.row(1, named=True)
    assert (row["run"], row["leave_out"], row["leave_out_zh"], row["leave_out_en"]) == (2, "x", "指标x", "Indicator x")
    assert (row["status_zh"], row["weight_en"]) == ("已算出", "equal weights")


def test_the_main_sentence_is_computed(found: Multiverse) -> None:
    finding = findings(found)["multiverse_stable"]
    exact = found.shares().filter(effect="first").sort("share", descending=True).row(0, named=True)
    stable = int(found.stable()["stable"].sum())
    assert finding.numbers["share"] == exact["share"]
    assert finding.numbers["stable"] == stable
    title = next(slot.title for slot in found.slots if slot.name == exact["slot"])
    assert f"{stable} of 9 ranks in 2021 are stable within 2 places" in finding.text().en
    assert f"“{title.en}”, which alone explains {exact['share']:.0%}" in finding.text().en
    assert f"9 个名次中有 {stable} 个稳定在基准上下 2 位之内" in finding.text().zh


def test_zones_add_up(found: Multiverse) -> None:
    numbers = findings(found)["multiverse_zones"].numbers
    assert numbers["head"] + numbers["tail"] + numbers["grey"] == UNITS
    assert numbers["runs"] == 60


def test_the_widest_interval_is_named(found: Multiverse) -> None:
    frame = found.intervals().with_columns(span=pl.col("high") - pl.col("low"))
    widest = frame.sort("span", "unit", descending=[True, False]).row(0, named=True)
    numbers = findings(found)["multiverse_widest"].numbers
    assert (numbers["unit"].en, numbers["low"]) == (f"Unit {widest['unit']}", widest["low"])


def test_failed_runs_are_counted_and_listed() -> None:
    vary = VARY | {"normalise": [Normalise(), Normalise(range=(1, 100))]}
    found = multiverse(panel(), framework(), vary=vary)
    there = blocks(found)
    failed = there["multiverse-failed"].frame
    assert failed.height == 10
    assert failed["status_en"].unique().to_list() == ["cannot be built"]
    assert "不是正数" in failed["reason_zh"][0]
    texts = [b.text.en for b in walk(multiverse_chapter(context(found)).blocks) if isinstance(b, Paragraph | Callout)]
    assert any("10 cannot be built and were not run, 0 failed" in text for text in texts)
    assert findings(found)["multiverse_failed"].numbers == {"failed": 10, "total": 40}
    assert "标准化 × 合成" in there["variance-table"].frame["slot_zh"].to_list()


def test_sampled_designs_speak_with_intervals() -> None:
    found = multiverse(panel(), framework(), vary=VARY, design="sobol", n=256, seed=1)
    finding = findings(found)["multiverse_stable_sampled"]
    assert finding.numbers["low"] < finding.numbers["share"] < finding.numbers["high"]
    assert "interval" in finding.text().en


def test_a_sample_that_does_not_tell_says_so(found: Multiverse) -> None:
    ranks, slots = ranks_frame(context(found), found), shares_frames(found)[1]
    wide = slots.with_columns(low=pl.lit(-0.1), high=pl.lit(0.9))
    finding = multiverse_findings(context(found), found, ranks, wide)[0]
    assert finding.code == "multiverse_stable_undecided"
    assert "the sample does not tell which choice matters" in finding.text().en


def test_nothing_moves() -> None:
    found = multiverse(panel(), framework(), vary={"normalise": [Normalise(), Normalise(range=(1, 100))]})
    assert list(findings(found)) == ["multiverse_all_stable", "multiverse_zones"]
    assert "variance-table" not in blocks(found)


def test_noise_is_described() -> None:
    vary = {"weights_noise": {"kind": "uniform", "width": 0.1, "draws": 5}}
    note = blocks(multiverse(panel(), framework(), vary=vary))["multiverse-slots"].note
    assert "1±10%" in note.zh


def test_many_units_are_shown_from_both_ends() -> None:
    found = multiverse(panel(100), framework(), vary={"weight": ["equal", "entropy"]})
    there = blocks(found)
    shown = there["rank-bands"].data["rank"].to_list()
    assert len(shown) == 60
    assert (min(shown), max(shown)) == (1, 100)
    assert there["rank-intervals"].frame.height == 100
    assert "30 units first and last in the baseline, of 100" in there["rank-bands"].caption.en


def test_without_a_multiverse_the_chapter_says_how_to_have_one() -> None:
    chapter = multiverse_chapter(context(None))
    assert chapter.findings == ()
    (only,) = chapter.blocks
    assert "multiverse: {}" in only.text.en
