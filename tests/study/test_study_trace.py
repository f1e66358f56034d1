"""The trace of a number: parts that add up, formulas with their numbers, and the cells of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.index import Recipe, build, contributions
from nqpf.study import demo_path, run
from nqpf.study.prepare import prepare
from nqpf.study.spec import Study
from nqpf.study.trace_cells import sheets_of
from nqpf.study.trace_scale import filled_in
from nqpf.study.tracing import Material, Trace, trace

DEMOS = ("thermal", "oecd")


@cache
def material(demo: str) -> Material:
    return replace(Material.of(demo_path(demo)), sheets=cache(sheets_of))


@cache
def raw(demo: str) -> tuple[Study, Material]:
    return Study.load(demo_path(demo)), material(demo)


def under(demo: str, **options: object) -> Material:
    """Return a demo's material under another recipe."""
    study, made = raw(demo)
    recipe = Recipe.model_validate({"availability": 0.7} | options)
    return replace(made, index=build(prepare(study).panel, study.framework, recipe))


def some(made: Material) -> Iterator[tuple[str, int]]:
    units, periods = made.index.panel.units, made.index.panel.periods
    return zip(units[::9], (periods[0], periods[-1], periods[3], periods[0]), strict=False)


def assert_adds_up(found: Trace) -> None:
    """Products sum to the score of a weighted mean, contributions to what every node has above its reference."""
    top = found.nodes.row(0, named=True)
    inside = found.nodes.filter(pl.col("how").is_not_null() & pl.col("score").is_not_null())
    assert inside.height
    for node in inside.iter_rows(named=True):
        inputs = found.nodes.filter(pl.col("parent") == node["node"])
        assert inputs["weight"].sum() == pytest.approx(1, abs=1e-9)
        if node["how"] == "weighted":
            assert inputs["product"].sum() == pytest.approx(node["score"], abs=1e-9)
        gap = node["score"] - node["reference"] if node is top or node["parent"] is None else node["contribution"]
        assert inputs["contribution"].sum() == pytest.approx(gap, abs=1e-9)


@pytest.mark.parametrize("demo", DEMOS)
def test_parts_of_demos_add_up_at_every_level(demo: str) -> None:
    made = material(demo)
    for unit, period in some(made):
        for node in (None, *(d.id for d in made.index.framework.dimensions)):
            assert_adds_up(trace(made, unit=unit, period=period, node=node))


@pytest.mark.parametrize("demo", DEMOS)
@pytest.mark.parametrize("method", ["geometric", "harmonic", "topsis"])
def test_parts_of_other_methods_add_up(demo: str, method: str) -> None:
    made = under(demo, aggregate={"method": method}, normalise={"range": (1, 100)})
    for unit, period in some(made):
        found = trace(made, unit=unit, period=period)
        assert (found.against, found.nodes["how"][0]) == ("floor", "exact")
        assert_adds_up(found)


@pytest.mark.parametrize("method", ["arithmetic", "geometric"])
def test_indicators_have_the_contributions_of_the_report(method: str) -> None:
    made = under("thermal", aggregate={"method": method}, normalise={"range": (1, 100)})
    known = contributions(made.index, "floor")
    for unit, period in some(made):
        t, n = made.index.panel.periods.index(period), made.index.panel.units.index(unit)
        found = trace(made, unit=unit, period=period).nodes.filter(pl.col("how").is_null())
        here = ~np.isnan(made.index.normalised[t, n])
        own = found["contribution"].drop_nulls().to_numpy()
        np.testing.assert_allclose(own, known.parts[t, n][here], atol=1e-9)


def test_yearly_samples_and_weights_are_those_of_the_year() -> None:
    made = under(
        "thermal", weight={"method": "entropy", "scope": "yearly"}, aggregate={"method": "topsis", "scope": "yearly"}
    )
    for unit, period in some(made):
        assert_adds_up(trace(made, unit=unit, period=period))


def test_a_method_without_parts_of_its_own_says_so() -> None:
    made = under("thermal", aggregate={"method": "median"})
    found = trace(made, unit="北京", period=2010)
    assert [note.code for note in found.notes] == ["trace_replaced"]
    assert "逐个替换" in found.notes[0].text().zh
    assert_adds_up(found)


def test_a_score_that_cannot_be_taken_apart_says_so() -> None:
    # Zero is the worst score, and no geometric mean can be measured from it; the mean can.
    made = under("thermal", aggregate={"method": "geometric"}, normalise={"method": "efficacy"})
    assert trace(made, unit="北京", period=2010).against == "floor"
    scaled = {
        "method": "scaled",
        "limits": {i.id: (-1e6, 1e6) for i in made.index.framework.indicators},
        "range": (0, 1),
    }
    shifted = under("thermal", aggregate={"method": "geometric"}, normalise=scaled)
    found = trace(shifted, unit="北京", period=2010)
    assert found.against == "mean"
    assert_adds_up(found)


def test_where_no_reference_has_a_score_nothing_is_made_up() -> None:
    # Neither the worst score, 0, nor a mean of 0 can be a part of a geometric mean.
    scaled = {"method": "scaled", "limits": {i.id: (-1e6, 1e6) for i in material("thermal").index.framework.indicators}}
    made = under("thermal", aggregate={"method": "geometric"}, normalise=scaled | {"range": (0, 1)})
    nothing = np.where(np.isnan(made.index.normalised), np.nan, 0.0)
    found = trace(replace(made, index=replace(made.index, normalised=nothing)), unit="北京", period=2010)
    assert found.against is None
    assert found.nodes["contribution"].null_count() == found.nodes.height
    assert [note.code for note in found.notes] == ["trace_no_parts"]


def evaluated(formula: str) -> float:
    """Return the value of a formula as it is printed."""
    signs = {"×": "*", "÷": "/", "−": "-", "（": "(", "）": ")"}
    assert re.fullmatch(r"[-+*/().\de\s×÷−（）]+", formula), formula
    return float(eval("".join(signs.get(c, c) for c in formula)))


@pytest.mark.parametrize("demo", DEMOS)
def test_printed_formulas_give_the_values(demo: str) -> None:
    made = material(demo)
    for unit, period in some(made):
        found = trace(made, unit=unit, period=period).indicators
        assert found.height == len(made.index.framework.indicators)
        for row in found.drop_nulls("filled_in").iter_rows(named=True):
            assert evaluated(row["filled_in"]) == pytest.approx(row["value"], rel=1e-6)
            ends = (row["value"] - row["worst"]) / (row["best"] - row["worst"])
            assert ends == pytest.approx(row["score"], abs=1e-9)


@pytest.mark.parametrize(
    "normalise",
    [
        {"method": "minmax", "range": [1, 100]},
        {"method": "zscore", "mean": 50, "sd": 10},
        {"method": "zscore", "scope": "yearly"},
        {"method": "efficacy"},
        {"method": "distance_to_max", "scope": "yearly"},
        {"method": "base_index", "year": 2008},
        {"method": "vector"},
    ],
)
def test_printed_scales_give_the_scores(normalise: dict[str, object]) -> None:
    made = under("thermal", normalise=normalise)
    for row in trace(made, unit="山东", period=2012).indicators.iter_rows(named=True):
        assert row["score"] is not None
        for text in (row["scale_zh"], row["scale_en"]):
            formula, score = re.search(r"= ([^=]+?) ?= (−?\d+(?:\.\d+)?(?:e−?\d+)?)", text).groups()
            assert evaluated(formula) == pytest.approx(evaluated(score), rel=1e-5, abs=1e-6)
            assert evaluated(score) == pytest.approx(row["score"], rel=1e-6, abs=1e-7)


def test_ranks_say_among_how_many() -> None:
    made = under("oecd", normalise={"method": "percentile_rank"})
    text = trace(made, unit="USA", period=2015).indicators["scale_en"][0]
    assert f"among {33 * 9} values" in text


@pytest.mark.parametrize(
    "treat",
    [
        {"method": "winsorise", "skew": 0.2, "kurt": 0.2},
        {"method": "log", "when": "always", "log": "shifted"},
        {"method": "boxcox", "when": "always"},
    ],
)
def test_treatment_is_told_with_its_numbers(treat: dict[str, object]) -> None:
    made = under("thermal", treat=treat)
    changed = made.index.prepared.changed
    t, n, _ = (int(i) for i in np.argwhere(changed)[0])
    found = trace(made, unit=made.index.panel.units[n], period=made.index.panel.periods[t]).indicators
    rows = found.filter(pl.col("treated").is_not_null())
    assert rows.height == changed[t, n].sum() > 0
    for row in rows.iter_rows(named=True):
        assert row["status"] == "treated"
        assert f"{row['treated']:.8g}".replace("-", "−") in row["treatment_en"]
        if formula := re.search(r"Transformed: −?ln\((.+)\) = ", row["treatment_en"]):
            inner = evaluated(formula[1].replace("x", f"{row['value']!r}"))
            assert np.log(inner) == pytest.approx(row["treated"], rel=1e-5, abs=1e-6)


def test_cells_lead_to_what_the_file_shows() -> None:
    made = material("thermal")
    lines = (demo_path("thermal").parent / "thermal.csv").read_text(encoding="utf-8-sig").splitlines()
    found = trace(made, unit="北京", period=2010)
    for row in found.cells.iter_rows(named=True):
        column, line = ord(row["cell"][0]) - 65, int(row["cell"][1:]) - 1
        assert lines[line].split(",")[column] == row["written"]
        assert float(row["written"]) == row["read"] == row["value"]
        assert row["source"] == "deabook 0.0.10 (MIT)"
    frame = found.to_frame()
    assert frame["kind"].unique(maintain_order=True).to_list() == ["node", "indicator", "cell"]
    assert frame.filter(pl.col("kind") == "cell")["place"].str.starts_with("thermal.csv ").all()


def test_a_rejected_cell_keeps_its_place_and_its_reason() -> None:
    made = material("thermal")
    found = trace(made, unit="广东", period=2007, series="capacity")
    row = found.cells.row(0, named=True)
    assert (row["value"], row["status"], row["written"]) == (None, "missing", "471")
    assert found.changes["rule"].to_list() == ["cell.reject"]
    assert "47,823" in found.changes["detail"][0]
    assert found.title.en == "Thermal generating capacity"
    # What rests on it is not there, and the others share its weight.
    whole = trace(made, unit="广东", period=2007)
    assert_adds_up(whole)
    gone = whole.nodes.filter(pl.col("node") == "equipment_per_worker").row(0, named=True)
    assert (gone["score"], gone["weight"], gone["contribution"]) == (None, 0.0, None)


def test_conversion_and_filling_stand_with_their_rules(workshop: Any) -> None:
    workshop.edit("coal: {unit: 万吨}", "coal: {unit: 万吨, convert: 吨}")
    workshop.edit("rule: stop", "rule: linear")
    lines = workshop.data.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("天津,2019"))
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:4], "", cells[5]])
    workshop.data.write_text("\n".join(lines) + "\n")
    found = trace(workshop.study, unit="天津", period=2019)
    coal, rd = (found.cells.filter(pl.col("series") == name).row(0, named=True) for name in ("coal", "rd"))
    assert (coal["status"], coal["value"], coal["measure"]) == ("converted", 10_000 * coal["read"], "吨")
    assert (rd["status"], rd["read"], rd["written"]) == ("interpolated", None, None)
    assert found.changes["rule"].to_list() == ["unit.convert", "missing.linear"]
    assert found.changes["new"][1] == rd["value"]


def test_a_formula_over_years_lists_the_years_it_looks_at(workshop: Any) -> None:
    workshop.edit("formula: rd / gdp * 100", "formula: rd / LAG(rd) OVER (PARTITION BY unit ORDER BY period)")
    workshop.edit("aggregate: {method: arithmetic}", "aggregate: {method: arithmetic}\n  availability: 0.5")
    found = trace(workshop.study, unit="河北", period=2020, node="research")
    assert found.cells["period"].to_list() == [2019, 2020]
    assert found.indicators["filled_in"].to_list() == [None]
    assert found.notes == ()


def test_a_formula_over_units_says_that_others_count(workshop: Any) -> None:
    workshop.edit("formula: rd / gdp * 100", "formula: rd / SUM(rd) OVER (PARTITION BY period)")
    found = trace(workshop.study, unit="河北", period=2020, node="research")
    assert found.cells.select("unit", "period").rows() == [("130000", 2020)]
    assert [note.code for note in found.notes] == ["trace_others"]


def test_an_assessment_and_its_study_give_the_same_trace(workshop: Any) -> None:
    made = run(workshop.study)
    one, other = (trace(x, unit="河北", period=2020) for x in (made, workshop.study))
    assert one.to_frame().equals(other.to_frame())
    assert one.score == made.index.scores[2, 2, -1]
    assert (one.rank, one.ranked) == (made.index.ranks[2, 2, -1], 6)


def test_an_indicator_is_traced_like_a_node() -> None:
    found = trace(material("thermal"), unit="110000", period=2010, node="coal_rate")
    assert found.nodes["node"].to_list() == ["coal_rate"]
    assert found.cells["series"].to_list() == ["energy", "generation"]


def test_names_are_put_in_as_whole_words() -> None:
    values = {"a": 1.5, "ab": -2.0, "gdp": 3.0}
    assert filled_in('a * ab + "gdp" - ln(a)', values) == "1.5 * (−2) + 3 - ln(1.5)"


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"unit": "北平", "period": 2010}, DataError, "北平"),
        ({"unit": "北京", "period": 1999}, DataError, "1999"),
        ({"unit": "北京", "period": 2010, "node": "grean"}, SpecError, "green"),
        ({"unit": "北京", "period": 2010, "series": "co3"}, DataError, "co2"),
        ({"unit": "北京", "period": 2010, "node": "green", "series": "co2"}, SpecError, "co2"),
    ],
)
def test_what_is_not_there_is_named(asked: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        trace(material("thermal"), **asked)


def test_a_unit_that_was_screened_out_is_told(workshop: Any) -> None:
    workshop.edit("recipe:\n", "recipe:\n  screen: {drop: [天津]}\n")
    made = Material.of(workshop.study)
    with pytest.raises(DataError, match=r"screened out|剔除"):
        trace(made, unit="天津", period=2020)
    assert trace(made, unit="天津", period=2020, series="rd").cells["value"][0] is not None
    assert_adds_up(trace(made, unit="河北", period=2020))
