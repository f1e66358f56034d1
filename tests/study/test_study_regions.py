"""Regions of a study: its sections, its numbers against the room's own functions, what is refused, what is absent."""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl
import pytest

from nqpf.chapters import Chapter
from nqpf.chapters.blocks import Callout, Paragraph
from nqpf.chapters.regions import regions_methods, regions_record
from nqpf.chapters.regions_parts import regions_told
from nqpf.errors import MethodError, NqpfError, Where
from nqpf.messages import LANGUAGES
from nqpf.regions.inequality.dagum import dagum
from nqpf.regions.inequality.gini import gini
from nqpf.regions.space.moran import moran
from nqpf.registry import methods
from nqpf.report.walk import outline, walk
from nqpf.results import Finding, Note
from nqpf.study import Assessment, Study, check_study, demo_path, run

WEIGHTS = "weights: {kind: contiguity}, permutations: 99"
PLAIN = f"regions: {{{WEIGHTS}}}\n"
CIRCLE = "circles: {turn: [output, green]}"
EQUAL = {"gdp": 1000, "pop": 50, "rd": 10, "coal": 20}
REGRESSION = "regression: {drivers: {density: rd / gdp * 100}, model: sar, effects: unit}"


def written(workshop: Any, part: str) -> None:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + part, encoding="utf-8")


def compared(workshop: Any, part: str = PLAIN) -> Assessment:
    # scores from 0.1 to 1: logarithms can be taken
    workshop.edit("range: [0, 1]", "range: [0.1, 1]")
    written(workshop, part)
    return run(workshop.study)


def refused(workshop: Any, part: str) -> str:
    written(workshop, part)
    with pytest.raises(NqpfError) as caught:
        check_study(Study.load(workshop.study))
    return caught.value.text().en


def chapter_of(assessment: Assessment) -> Chapter:
    return next(c for c in assessment.chapters if c.id == "regions")


def said(chapter: Chapter) -> str:
    return "\n".join(b.text.en for b in walk(chapter.blocks) if isinstance(b, Callout | Paragraph))


def finding(assessment: Assessment, place: str) -> Finding:
    return next(f for f in assessment.findings if f.place == place)


def record(assessment: Assessment) -> dict[str, Any]:
    """Return what is written for machines of the regions, as it is read again."""
    content: dict[str, Any] = json.loads(json.dumps(regions_record(assessment.context), allow_nan=False))
    return content


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assessment]:
    """Return the demos with their regions, without what takes its time beside."""
    ran = {}
    for name in ("thermal", "oecd"):
        folder = tmp_path_factory.mktemp(name)
        for file in demo_path(name).parent.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        study = folder / "study.yaml"
        others = r"(?m)^(productivity|multiverse|system|scenario):.*\n(  .*\n)*"
        text = re.sub(others, "", study.read_text(encoding="utf-8"))
        study.write_text(text, encoding="utf-8")
        ran[name] = run(study)
    return ran


@pytest.mark.parametrize("name", ["thermal", "oecd"])
def test_the_demos_show_their_regions(demos: dict[str, Assessment], name: str) -> None:
    assessment = demos[name]
    chapter = chapter_of(assessment)
    assert "This cannot be given." not in said(chapter)
    assert outline(assessment.chapters).loose() == ()
    figures = {f.id: f for _, f in outline((chapter,)).figures()}
    assert {"regional-gini", "dagum-parts", "ridge", "sigma", "moran", "moran-scatter", "centre"} <= set(figures)
    assert ("lisa-map" in figures) == (name == "thermal")
    text = said(chapter)
    assert ("Club convergence is not tried" in text) == (name == "oecd")
    codes = [unit for unit in assessment.context.panel.units if re.search(rf"\b{unit}\b", text)]
    assert codes == []
    for code in ("gini_", "dagum_", "sigma_", "beta_", "moran_", "lisa_", "coordination_"):
        assert any(f.code.startswith(code) for f in chapter.findings), code


def test_findings_go_by_their_tests(demos: dict[str, Assessment]) -> None:
    for assessment in demos.values():
        by_place = {f.place: f for f in chapter_of(assessment).findings}
        spread = by_place["sigma-table"]
        sure = [spread.numbers[p] < 0.05 for p in ("p", "p_ends")]
        codes = {"sigma_falls", "sigma_rises"} if all(sure) else {"sigma_mixed"} if any(sure) else {"sigma_not_shown"}
        assert spread.code in codes
        regions = assessment.context.regions
        assert regions is not None
        assert regions.lisa.result is not None
        marked = (regions.lisa.result.frame["cluster"] != "none").sum()
        local = by_place["lisa"]
        assert (local.numbers["marked"], local.code) == (marked, "lisa_clusters" if marked else "lisa_none")
        assert regions.coupling.result is not None
        last = regions.coupling.result.pairs.filter(pl.col("period") == regions.last)
        assert by_place["coordination-pairs"].numbers["differ"] == last["differs"].sum()


def test_without_the_section_there_is_no_chapter(workshop: Any) -> None:
    assessment = compared(workshop, "")
    assert assessment.context.regions is None
    assert "regions" not in {chapter.id for chapter in assessment.chapters}


def test_every_finding_has_its_place_and_every_text_its_numbers(workshop: Any) -> None:
    assessment = compared(workshop, f"regions: {{{WEIGHTS}, {CIRCLE}, {REGRESSION}}}\n")
    ids = [chapter.id for chapter in assessment.chapters]
    assert ids.index("coherence") < ids.index("regions") < ids.index("profiles")
    assert outline(assessment.chapters).loose() == ()
    chapter = chapter_of(assessment)
    places = {f.place for f in chapter.findings}
    assert {"inequality", "markov", "beta", "moran-table", "lisa", "coordination", "circle-edges"} <= places
    assert {"regression", "impacts"} <= places
    for one in chapter.findings:
        assert any(isinstance(n, int | float) for n in one.numbers.values()), one.code
        for lang in LANGUAGES:
            assert "{" not in one.text()[lang]
    sections = [block.id for block in chapter.blocks if hasattr(block, "blocks")]
    kinds = ("inequality", "distribution", "convergence", "space", "systems", "regression")
    assert sections == [f"regions-{kind}" for kind in kinds]


def test_numbers_are_those_of_the_room(workshop: Any) -> None:
    assessment = compared(workshop)
    found = record(assessment)
    scores = assessment.context.scores.filter(level=0).select("unit", "period", "group", "score")
    own = dagum(scores, "score", group="group", by="period", unit="unit").frame
    assert [row["gini"] for row in found["inequality"]] == pytest.approx(own["gini"].to_list())
    for row in found["inequality"]:
        assert row["within"] + row["between"] + row["transvariation"] == pytest.approx(row["gini"])
    for row in found["transitions"]:
        assert row["count"] == pytest.approx((row["probability"] or 0) * row["n"])
    assert sum(row["count"] for row in found["transitions"]) == 18
    regions = assessment.context.regions
    assert regions is not None
    assert regions.material.weights is not None
    again = moran(scores, "score", unit="unit", by="period", weights=regions.material.weights, permutations=0).frame
    assert [row["moran"] for row in found["moran"]] == pytest.approx(again["moran"].to_list())
    assert {row["cluster"] for row in found["lisa"]} <= {"HH", "LL", "HL", "LH", "none"}
    used = regions_methods(assessment.context)
    assert {"regions.dagum", "regions.markov", "regions.moran", "regions.coupling", "regions.weights"} <= set(used)
    assert used["regions.beta"]["form"] == ("cross_section", "panel")
    assert set(used) <= set(methods())


def test_a_circle_is_told_edge_by_edge(workshop: Any) -> None:
    assessment = compared(workshop, f"regions: {{{CIRCLE}}}\n")
    edges = next(t.frame for _, t in outline((chapter_of(assessment),)).tables() if t.id == "circle-edges")
    assert edges["edge_en"].to_list() == ["Output → Green", "Green → Output"]
    told = finding(assessment, "circle-edges")
    positive = edges.filter(pl.col("corrected") > 0, pl.col("q") < 0.05).height
    negative = edges.filter(pl.col("corrected") < 0, pl.col("q") < 0.05).height
    assert (told.numbers["edges"], told.numbers["shown"]) == (2, positive)
    assert told.code == ("circle_broken" if negative else "circle_shown" if positive == 2 else "circle_not_shown")
    assert "turn" in told.text().en
    assert "→" in told.text().zh


def test_a_regression_gives_coefficients_impacts_and_tests(workshop: Any) -> None:
    assessment = compared(workshop, f"regions: {{{WEIGHTS}, {REGRESSION}}}\n")
    found = record(assessment)
    by_effect = {row["effect"]: row["estimate"] for row in found["impacts"]}
    assert by_effect["direct"] + by_effect["indirect"] == pytest.approx(by_effect["total"])
    tables = {t.id: t for _, t in outline((chapter_of(assessment),)).tables()}
    assert {"regression", "impacts", "regression-tests"} <= set(tables)
    lines = dict(tables["regression"].frame.select("term_en", "SAR").rows())
    assert lines["Units"] == "6"
    assert re.fullmatch(r"-?[\d.e-]+\**", lines["density"])
    codes = {f.code for f in assessment.findings if f.place in ("regression", "impacts")}
    assert len(codes & {"rho_positive", "rho_negative", "rho_not_shown"}) == 1
    assert any(code.startswith("impact_") for code in codes)


def test_neighbours_from_a_file_by_name(workshop: Any) -> None:
    names = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁"]
    ring = [[int(abs(i - j) in (1, 5)) for j in range(6)] for i in range(6)]
    lines = [",".join(["", *names]), *(",".join([n, *map(str, row)]) for n, row in zip(names, ring, strict=True))]
    (workshop.folder / "near.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assessment = compared(workshop, "regions: {weights: {file: near.csv}, permutations: 99}\n")
    regions = assessment.context.regions
    assert regions is not None
    assert regions.material.weights is not None
    assert regions.material.weights.dense().sum(axis=1) == pytest.approx([1.0] * 6)
    assert "near.csv" in json.dumps(assessment.provenance["data"])


def test_without_groups_and_weights_it_says_what_to_add(workshop: Any) -> None:
    workshop.edit("  groups: bloc4", "  groups: []")
    assessment = compared(workshop, "regions: {}\n")
    text = said(chapter_of(assessment))
    for key in ("report.groups", "regions.weights", "regions.circles", "regions.regression", "10 years or more"):
        assert key in text, key
    found = record(assessment)
    scores = assessment.context.scores.filter(level=0)
    own = gini(scores, "score", by="period", unit="unit").frame["gini"].to_list()
    assert [row["gini"] for row in found["inequality"]] == pytest.approx(own)
    assert {"groups", "pairs", "moran", "spatial_tests", "regression"}.isdisjoint(found)
    assert {"centre", "network"} <= set(found)  # provinces lie where they lie


def test_without_places_there_is_no_centre(workshop: Any) -> None:
    workshop.edit("      places: provinces\n", "      places: none\n")
    workshop.edit("  groups: bloc4\n", "")
    assessment = compared(workshop, "regions: {}\n")
    assert "regions.coordinates" in said(chapter_of(assessment))
    assert "lisa-map" not in {f.id for _, f in outline((chapter_of(assessment),)).figures()}


def test_what_is_refused_says_why_by_name(workshop: Any) -> None:
    workshop.edit("{method: minmax, range: [0, 1]}", "{method: zscore}")  # no Gini, no logarithm below zero
    written(workshop, PLAIN)
    assessment = run(workshop.study)
    found = record(assessment)
    assert {"dagum", "theil", "absolute", "coupling", "gravity"} <= set(found["refused"])
    assert {"sigma", "inequality"}.isdisjoint(found)
    callouts = [b.text for b in walk(chapter_of(assessment).blocks) if isinstance(b, Callout)]
    given = [text for text in callouts if text.en.startswith("This cannot be given.")]
    assert len(given) == len(found["refused"])
    assert all(re.search("[\u4e00-\u9fff]", text.zh) for text in given)
    assert [text.en for text in given if re.search(r"(?<![\d.])\d{6}\b", text.en)] == [], (
        "a unit stands there by its code"
    )


def test_a_year_in_which_all_are_equal_stops_only_what_needs_differences(workshop: Any) -> None:
    equal = [pl.when(pl.col("year") == 2021).then(v).otherwise(c).alias(c) for c, v in EQUAL.items()]
    pl.read_csv(workshop.data).with_columns(equal).write_csv(workshop.data)
    assessment = compared(workshop)
    assert set(record(assessment)["refused"]) == {"density", "moran", "lisa"}
    codes = {f.code for f in chapter_of(assessment).findings}
    assert {"markov_moves", "coordination_levels"} <= codes
    assert not any(code.startswith(("moran", "lisa")) for code in codes)


def test_one_year_says_so(workshop: Any) -> None:
    workshop.edit("  missing: {rule: stop}", "  missing: {rule: stop}\n  periods: [2021, 2021]")
    assessment = compared(workshop)
    chapter = chapter_of(assessment)
    assert "There is only one year" in said(chapter)
    assert "gini_level" in {f.code for f in chapter.findings}
    assert {"markov", "sigma-table", "centre-table"}.isdisjoint(f.place for f in chapter.findings)


def test_remarks_call_things_by_their_names_and_are_said_once(workshop: Any) -> None:
    told = regions_told(compared(workshop).context)
    note = Note("dagum_one_group", "warning", {"count": 1, "years": "110000 and bloc east"})
    (block,) = told.notes(note)
    assert isinstance(block, Callout)
    assert "Beijing" in block.text.en
    assert "北京" in block.text.zh
    assert list(told.notes(note)) == []
    error = MethodError("gravity_same_place", where=Where(unit="110000", indicator="value", row=7), other="120000")
    assert "Beijing" in told.refusal(error).en
    assert "Tianjin" in told.refusal(error).en
    assert "Index" in told.refusal(error).en
    assert told.called("Beijing—天津") == told.called("110000—120000")  # whatever language a name came in


@pytest.mark.parametrize("mode", ["none", "groups"])
def test_without_ranks_nothing_tells_who_is_first(workshop: Any, mode: str) -> None:
    grades = "\n  grades: {method: natural, count: 3}" if mode == "groups" else ""
    workshop.edit("  groups: bloc4", f"  groups: bloc4\n  ranks: {mode}{grades}")
    assessment = compared(workshop)
    plan = outline((chapter_of(assessment),))
    order = list(assessment.context.panel.units)
    tables = {t.id: t for _, t in plan.tables()}
    for id in ("lisa", "network", "coordination"):
        assert tables[id].frame["unit"].to_list() == order
    found = record(assessment)
    shown = {"value", "deviation", "local"} & set(found["lisa"][0])
    figures = {f.id for _, f in plan.figures()}
    if mode == "groups":  # the score of a unit is not told
        assert not shown
        assert "moran-scatter" not in figures
        assert "development" not in found["coordination"][0]
    else:
        assert shown
        assert "moran-scatter" in figures


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("regions: {systems: [output, gren]}\n", r"key regions\.systems.*“gren”.*Did you mean “green”"),
        ("regions: {systems: [output]}\n", r"regions\.systems"),
        ("regions: {circles: {turn: [output]}}\n", "two nodes or more in each circle"),
        ("regions: {regression: {drivers: {x: gdp}}}\n", "weights beside regression"),
        (f"regions: {{{WEIGHTS}, regression: {{drivers: {{x: gpd}}}}}}\n", r"drivers\.x.*“gpd”.*Did you mean “gdp”"),
        ("regions: {weights: {kind: contact}}\n", r"regions\.weights\.kind.*contiguity"),
        ("regions: {weights: {file: absent.csv}}\n", r"absent\.csv"),
        ("regions: {coordinates: absent.csv}\n", r"absent\.csv"),
        ("regions: {permutations: 9}\n", r"regions\.permutations"),
        ("regions: {classes: 1}\n", r"regions\.classes"),
    ],
)
def test_bad_input(workshop: Any, part: str, told: str) -> None:
    assert re.search(told, refused(workshop, part), re.DOTALL)
