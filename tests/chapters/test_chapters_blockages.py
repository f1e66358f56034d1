"""Chapter on blockages: the list of a made study, in every mode, and both sides of every finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.chapters import Whole, write_chapters
from nqpf.chapters.anonymous import Masks, anonymous
from nqpf.chapters.blockages import blockages_chapter, found_blockages, has_blockages
from nqpf.chapters.blocks import Chapter, FindingList, Paragraph, Section, Table
from nqpf.chapters.methods import methods_of
from nqpf.chapters.unranked import unranked
from nqpf.messages import LANGUAGES, Text, catalogue
from nqpf.report.cells import cells
from nqpf.report.walk import outline, walk
from nqpf.results import Finding, Method
from nqpf.study import run
from nqpf.synthesis.blockages import KINDS, SCHEMA, Blockages

UNITS, YEARS = tuple(f"R{n}" for n in range(8)), tuple(range(2010, 2020))
SECTORS = ("farm", "ore", "chips")
STUDY = """\
study: made
title: {zh: 堵点, en: Blockages}
data:
  tables: [{file: panel.csv, unit: unit, period: year}]
  missing: {rule: stop}
framework:
  id: whole
  title: {zh: 指数, en: Index}
  tree:
    - {id: edu, title: {zh: 教育指标, en: Schooling}, formula: a, theory: [H01], direction: benefit}
    - {id: sci, title: {zh: 科技指标, en: Patents}, formula: b, theory: [N01], direction: benefit}
    - {id: tal, title: {zh: 人才指标, en: Graduates}, formula: c, theory: [B02], direction: benefit}
    - {id: new, title: {zh: 新产业指标, en: New lines}, formula: d, theory: [G02], direction: benefit}
    - {id: old, title: {zh: 传统指标, en: Old lines}, formula: e, theory: [G05], direction: benefit}
recipe: {normalise: {method: minmax, range: [0, 1], scope: pooled}, weight: {method: equal}}
system: {circles: {draws: 99}, paths: {draws: 50}}
industry:
  activity: {file: jobs.csv, unit: unit, industry: industry, time: year, value: value, title: {zh: 就业, en: Jobs}}
  entry: {k: 1}
  chain: {file: flows.csv, final: [use], output: output, imports: [A], evidence: evidence.csv}
"""


def tables() -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(1)
    panel = [(u, y, *np.round(rng.normal(size=5) + n / 2 + 9, 3)) for n, u in enumerate(UNITS) for y in YEARS]
    kinds = (*SECTORS, "x", "y", "z")
    near = np.exp(-3 * np.abs(np.linspace(0, 1, 8)[:, None] - np.linspace(0, 1, 6))) * rng.lognormal(0, 0.3, (8, 6))
    jobs = [(u, k, y, float(round(300 * near[n, j]))) for n, u in enumerate(UNITS) for j, k in enumerate(kinds)
            for y in (2010, 2019)]  # fmt: skip
    flows = [("D", s, u, 5.0 + i + 2 * j) for i, s in enumerate(SECTORS) for j, u in enumerate(SECTORS)]
    flows += [("D", s, "use", 40.0) for s in SECTORS] + [("A", "chips", u, 2.0) for u in SECTORS]
    flows += [("D", s, "output", sum(5.0 + i + 2 * j for j in range(3)) + 40) for i, s in enumerate(SECTORS)]
    known = {"sector": SECTORS, "capability": [0.9, 0.5, 0.2], "non_substitutability": [0.1, 0.4, 0.9]}
    return {
        "panel": pl.DataFrame(panel, schema=["unit", "year", *"abcde"], orient="row"),
        "jobs": pl.DataFrame(jobs, schema=["unit", "industry", "year", "value"], orient="row"),
        "flows": pl.DataFrame(flows, schema=["supplier_region", "supplier", "user", "value"], orient="row"),
        "evidence": pl.DataFrame(known),
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("blocked")
    for name, frame in tables().items():
        frame.write_csv(folder / f"{name}.csv")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return run(Path(folder / "study.yaml")).whole


@pytest.fixture(scope="module")
def chapter(whole: Whole) -> Chapter:
    return blockages_chapter(whole)


def table(chapter: Chapter, id: str) -> Table:
    return next(block for block in walk(chapter.blocks) if isinstance(block, Table) and block.id == id)


def column(found: Table, key: str) -> list[Text]:
    return [cell.text for cell in cells(found.frame, next(c for c in found.columns if c.key == key))]


def sections(chapter: Chapter) -> Section:
    return next(block for block in chapter.blocks if isinstance(block, Section) and block.choose)


def row(kind: str, unit: str | None = "R0", **more: Any) -> dict[str, Any]:
    """Return a row of the list as the rules write them."""
    known: dict[str, Any] = {
        "obstacle": {"what": "edu", "number": 0.4, "compare": 0.3},
        "role": {"set": "supply_demand", "what": "supply", "number": -0.2, "level": 0.1, "compare": 0.3},
        "side": {"set": "new_old", "what": "new_industry", "number": -0.2, "compare": -0.1},
        "chain": {"what": "chips", "number": 0.5, "compare": 0.2},
        "edge": {"set": "supply_demand", "what": "supply_demand:demand → supply_demand:supply", "number": 0.1,
                 "low": -0.1, "high": 0.2, "level": 0.3, "state": "not_shown"},
    }  # fmt: skip
    base = dict.fromkeys(SCHEMA) | {"kind": kind, "unit": unit, "tier": "indicated", "items": ["J04"]}
    return base | known[kind] | more


def of(
    monkeypatch: pytest.MonkeyPatch,
    whole: Whole,
    *rows: dict[str, Any],
    absent: tuple[str, ...] = (),
    tested: int = 0,
) -> Chapter:
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")
    circles = ("supply_demand", "four_chains")[:tested]
    found = Blockages(
        frame, dict.fromkeys(absent, "system"), circles, UNITS, Method("synthesis.blockages", {"most": 3})
    )
    monkeypatch.setattr("nqpf.chapters.blockages.found_blockages", lambda _: found)
    return blockages_chapter(whole)


def test_the_list_is_that_of_the_method(whole: Whole, chapter: Chapter) -> None:
    found = found_blockages(whole)
    assert found.assessed == KINDS
    assert [section.title.en for section in sections(chapter).blocks if isinstance(section, Section)] == list(UNITS)
    for unit in UNITS:
        own = table(chapter, f"blockages-table-{unit}").frame
        assert own.filter(pl.col("unit") == unit)["number"].to_list() == found.of(unit)["number"].to_list()
        assert own.height == found.of(unit).height + found.shared.height


def test_obstacles_are_those_of_the_index(whole: Whole) -> None:
    assert whole.index is not None
    assert whole.index.obstacles is not None
    frame = found_blockages(whole).frame.filter(pl.col("kind") == "obstacle")
    degree = whole.index.obstacles.degree[-1]
    for unit, group in frame.group_by("unit"):
        expected = np.sort(degree[UNITS.index(str(unit[0]))])[::-1][:3]
        np.testing.assert_allclose(group["number"], expected[expected > 0])


def test_choke_points_are_of_those_who_are_strong_in_the_sector(whole: Whole) -> None:
    assert whole.industry is not None
    strong = set(whole.industry.pairs.filter(pl.col("present")).select("unit", "industry").rows())
    listed = found_blockages(whole).frame.filter(pl.col("kind") == "chain").select("unit", "what").rows()
    assert listed
    assert set(listed) <= strong


def test_every_row_leads_to_where_its_numbers_stand(whole: Whole) -> None:
    chapters = write_chapters(whole)
    places = outline(chapters)
    chapter = next(one for one in chapters if one.id == "blockages")
    lists = [block for block in walk(chapter.blocks) if isinstance(block, FindingList)]
    told = [finding for block in lists for finding in block.findings] + list(chapter.findings)
    assert len(told) > len(UNITS)
    assert [finding.place for finding in told if places.find(finding.place) is None] == []
    assert [one.id for one in chapters].index("blockages") == [one.id for one in chapters].index("cautions") + 1


def test_the_annex_tells_of_a_list_that_merges(whole: Whole) -> None:
    assert methods_of(whole)["synthesis.blockages"] == {"most": 3}
    assert whole.index is not None
    lone = Whole(replace(whole.index, system=None))
    assert found_blockages(lone).assessed == ("obstacle",)
    assert "synthesis.blockages" not in methods_of(lone)


def test_no_name_is_left_where_units_are_masked(whole: Whole, chapter: Chapter) -> None:
    names = {unit: Text(f"名{unit}", f"Name {unit}") for unit in UNITS}
    (masked,) = anonymous([chapter], Masks.of(names, 1))
    shown = [block for block in walk(masked.blocks) if isinstance(block, Table)]
    assert len(shown) == len([block for block in walk(chapter.blocks) if isinstance(block, Table)])
    assert not any(unit in str(block.frame.to_dicts()) + block.title.en + block.id for block in shown for unit in UNITS)
    places = outline([masked])
    assert all(places.find(finding.place) for finding in masked.findings)


@pytest.mark.parametrize("mode", ["none", "groups"])
def test_the_list_survives_without_ranks(whole: Whole, chapter: Chapter, mode: Any) -> None:
    assert whole.index is not None
    (left,) = unranked(replace(whole.index, ranks=mode), [chapter])
    assert [block for block in walk(left.blocks) if isinstance(block, Table)] != []
    assert len(list(walk(left.blocks))) == len(list(walk(chapter.blocks)))
    assert len(left.findings) == len(chapter.findings)


def test_the_commonest_is_found_by_kind(monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    written = of(monkeypatch, whole, row("obstacle"), row("role"), row("role", "R1"), row("chain", "R2"))
    codes = [(finding.code, finding.numbers.get("units")) for finding in written.findings]
    assert codes == [("blockage_common", 2), ("blockage_common", 1), ("blockage_no_edge", None)]
    assert "New supply" in written.findings[0].text().en
    assert "2 of 8 units" in written.findings[0].text().en
    assert written.findings[0].theory == ("J04", "J04")


def test_weak_edges_are_told_or_that_there_are_none(monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    lit = of(monkeypatch, whole, row("edge", None), tested=2)
    finding = lit.findings[0]
    assert (finding.code, finding.numbers["count"], finding.numbers["tested"]) == ("blockage_edges", 1, 2)
    assert "New demand → New supply" in finding.text().en
    assert "新需求 → 新供给" in finding.text().zh
    quiet = of(monkeypatch, whole, tested=2)
    assert [one.code for one in quiet.findings] == ["blockage_no_edge"]
    assert [block for block in quiet.blocks if isinstance(block, Section)] == []
    against = of(monkeypatch, whole, row("edge", None, state="against"), tested=1)
    assert "runs the other way" in column(table(against, "blockages-shared"), "compared")[0].en


def test_kinds_without_data_are_told(monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    written = of(monkeypatch, whole, row("obstacle"), absent=("role", "edge"))
    finding = written.findings[-1]
    assert (finding.code, finding.numbers["count"], finding.numbers["all"]) == ("blockages_absent", 2, 5)
    states = column(table(written, "blockages-kinds"), "state")
    assert [text.en.startswith("not assessed") for text in states] == [False, True, False, False, True]
    assert states[2].en == "assessed, nothing found"
    assert [cell.en for cell in column(table(written, "blockages-kinds"), "rows")] == ["1", "—", "0", "0", "—"]


def test_a_unit_without_blockages_says_so(monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    chosen = sections(of(monkeypatch, whole, row("obstacle", "R1")))
    first, second = chosen.blocks[0], chosen.blocks[1]
    assert isinstance(first, Section)
    assert isinstance(second, Section)
    assert [type(block) for block in first.blocks] == [Paragraph]
    assert [type(block) for block in second.blocks] == [FindingList, Table]


def test_a_usual_gap_the_other_way_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    written = of(monkeypatch, whole, row("side"), row("side", "R1", compare=0.1))
    said = [column(table(written, f"blockages-table-{unit}"), "compared")[0].en for unit in ("R0", "R1")]
    assert said == ["the median of peers is 0.100 below", "the median of peers is not below, but 0.100 above"]


def test_every_kind_has_its_words(monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    written = of(monkeypatch, whole, *(row(kind) for kind in KINDS[:4]), row("chain", None), row("edge", None))
    shown = table(written, "blockages-table-R0")
    for key in ("kind", "what", "reading", "compared", "tier"):
        for text in column(shown, key):
            assert all(text[lang] and "{" not in text[lang] and text[lang] != "—" for lang in LANGUAGES)
    kinds = [text.en for text in column(shown, "kind")]
    assert kinds[-2:] == ["Choke point of the chain (all units)", "Weak edge of a circle (all units)"]
    assert {key.rpartition(".")[2] for key in catalogue() if key.startswith("blockages.kind.")} == set(KINDS)


def test_a_list_of_one_kind_is_left_to_its_own_chapter(whole: Whole) -> None:
    assert whole.index is not None
    lone = Whole(replace(whole.index, system=None))
    assert has_blockages(whole)
    assert not has_blockages(Whole(None))
    assert not has_blockages(lone)
    assert not has_blockages(Whole(None, whole.industry))
    assert has_blockages(Whole(lone.index, whole.industry))
    assert "blockages" not in [chapter.id for chapter in write_chapters(lone)]


def test_industries_alone_have_their_units(whole: Whole) -> None:
    alone = blockages_chapter(Whole(None, whole.industry))
    assert {one.code for one in alone.findings} == {"blockage_common", "blockages_absent"}
    assert len(sections(alone).blocks) == len(UNITS)


def test_findings_have_a_condition_and_a_number(chapter: Chapter) -> None:
    for finding in chapter.findings:
        assert isinstance(finding, Finding)
        assert finding.condition
        assert any(isinstance(value, int | float) for value in finding.numbers.values())
