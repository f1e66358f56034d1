"""Indices side by side: ranks, correlations, who is agreed on; and frameworks of published systems."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy.stats import kendalltau, spearmanr

from nqpf.data import Panel
from nqpf.errors import MethodError, SpecError, Where
from nqpf.index import Framework, Recipe
from nqpf.index.compare import compare, framework_of
from nqpf.theory.systems import system

Grow = Callable[..., Framework]
Fill = Callable[..., Panel]

UP = [[1.0, 2, 3, 4, 5, 6], [2, 1, 3, 4, 6, 5]]
DOWN = [[6.0, 5, 4, 3, 2, 1], [5, 6, 4, 3, 1, 2]]
SWAPPED = [[2.0, 1, 3, 4, 6, 5], [1, 2, 3, 4, 5, 6]]


def test_ranks_and_correlations_by_hand(grow: Grow, fill: Fill) -> None:
    panel = fill({"x": UP, "y": DOWN, "z": SWAPPED})
    found = compare(panel, {name: (grow({name: "benefit"}), None) for name in "xyz"})
    assert found.names == ("x", "y", "z")
    assert found.ranks[:, 0].tolist() == [[6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6], [5, 6, 4, 3, 1, 2]]
    pairs = found.agreement_frame()
    assert pairs.height == 6
    first = pairs.filter(period=2020)
    assert first["spearman"].to_list() == pytest.approx([-1, 1 - 6 * 4 / 210, -(1 - 6 * 4 / 210)])
    assert first["kendall"].to_list() == pytest.approx([-1, (13 - 2) / 15, -(13 - 2) / 15])
    assert first["units"].to_list() == [6, 6, 6]


def test_correlations_are_scipys_with_ties_and_holes(grow: Grow, fill: Fill) -> None:
    random = np.random.default_rng(3)
    x, y = random.integers(0, 6, (2, 1, 20)).astype(float)
    x[0, 4] = np.nan
    y[0, 9] = np.nan
    recipe = Recipe(availability=1.0)
    panel = fill({"x": x, "y": y}, units="ABCDEFGHIJKLMNOPQRST")
    found = compare(panel, {"x": (grow({"x": "benefit"}), recipe), "y": (grow({"y": "cost"}), recipe)})
    both = ~np.isnan(x + y)[0]
    row = found.agreement_frame().row(0, named=True)
    assert row["units"] == 18
    assert row["spearman"] == pytest.approx(spearmanr(x[0][both], -y[0][both]).statistic, abs=1e-12)
    assert row["kendall"] == pytest.approx(kendalltau(x[0][both], -y[0][both]).statistic, abs=1e-12)
    assert [n.code for n in found.notes] == ["compare_not_all_score"]
    assert found.notes[0].values == {"count": 2, "total": 20}
    units = found.units_frame()
    assert units.filter(pl.col("spread").is_null())["unit"].to_list() == ["E", "J"]
    assert units.filter(unit="E").row(0)[2:] == (None,) * 6


def test_who_is_agreed_on(grow: Grow, fill: Fill) -> None:
    panel = fill({"x": UP, "z": SWAPPED, "y": DOWN})
    alike = compare(panel, {"x": (grow({"x": "benefit"}), None), "z": (grow({"z": "benefit"}), None)}, within=0)
    year = alike.units_frame().filter(period=2020)
    assert year["agreed"].to_list() == [False, False, True, True, False, False]
    assert year["top"].to_list() == [False] * 4 + [True] * 2
    assert year["bottom"].to_list() == [True] * 2 + [False] * 4
    assert alike.thirds()[0, 0].tolist() == [3, 3, 2, 2, 1, 1]
    apart = compare(panel, {"x": (grow({"x": "benefit"}), None), "y": (grow({"y": "benefit"}), None)}, within=1)
    year = apart.units_frame().filter(period=2020)
    assert year["spread"].to_list() == [5, 3, 1, 1, 3, 5]
    assert not year["top"].any()
    assert apart.method.options["within"] == 1


def test_the_table_has_a_row_for_each_system_year_and_unit(grow: Grow, fill: Fill) -> None:
    found = compare(fill({"x": UP, "y": DOWN}), {n: (grow({n: "benefit"}), None) for n in "xy"})
    frame = found.to_frame()
    assert frame.columns == ["system", "period", "unit", "score", "rank", "third"]
    assert frame.height == 2 * 2 * 6
    row = frame.filter(system="y", period=2021, unit="B").row(0, named=True)
    assert (row["score"], row["rank"], row["third"]) == (1.0, 1, 1)


def test_the_order_of_units_changes_nothing(grow: Grow, fill: Fill) -> None:
    order = [3, 0, 5, 1, 4, 2]
    systems = {n: (grow({n: "benefit"}), None) for n in "xz"}
    one = compare(fill({"x": UP, "z": SWAPPED}), systems)
    moved = {name: np.array(v)[:, order] for name, v in (("x", UP), ("z", SWAPPED))}
    other = compare(fill(moved, units="".join("ABCDEF"[i] for i in order)), systems)
    assert one.agreement_frame().equals(other.agreement_frame())
    keys = ["period", "unit"]
    assert one.units_frame().sort(keys).equals(other.units_frame().sort(keys))


def test_ranks_that_do_not_vary_have_no_correlation(grow: Grow, fill: Fill) -> None:
    flat = fill({"x": UP, "c": [[1.0] * 6, [2.0] * 6]})
    found = compare(flat, {n: (grow({n: "benefit"}), None) for n in "xc"})
    assert found.agreement_frame()["spearman"].to_list() == [None, None]
    assert found.agreement_frame()["kendall"].to_list() == [None, None]


def test_few_units_are_remarked_on(grow: Grow, fill: Fill) -> None:
    panel = fill({"x": [[1.0, 2, 3]], "y": [[3.0, 1, 2]]})
    found = compare(panel, {n: (grow({n: "benefit"}), None) for n in "xy"})
    assert [n.code for n in found.notes] == ["compare_few_units"]


def test_fewer_than_two_systems_and_a_negative_distance_are_refused(grow: Grow, fill: Fill) -> None:
    panel, one = fill({"x": UP}), {"x": (grow({"x": "benefit"}), None)}
    with pytest.raises(SpecError, match="takes two systems or more; there are 1"):
        compare(panel, one)
    with pytest.raises(SpecError, match="within is -1; it cannot be negative"):
        compare(panel, one | {"y": one["x"]}, within=-1)


def test_a_hole_stops_as_it_does_in_build(grow: Grow, fill: Fill) -> None:
    panel = fill({"x": [[1.0, 2, np.nan, 4, 5]], "y": [[1.0, 2, 3, 4, 5]]})
    with pytest.raises(MethodError) as caught:
        compare(panel, {n: (grow({n: "benefit"}), None) for n in "xy"})
    assert (caught.value.where.unit.en, caught.value.where.indicator) == ("C", "x")


def test_a_framework_of_a_system_has_what_can_be_computed() -> None:
    where = Where(file="study.yaml", line=7)
    made = framework_of(system("lu_jiang_2024"), {"energy": "e / g", "patents": "p"}, {"energy": where})
    assert [n.id for n in made.nodes] == ["patents", "energy", "technology", "green", "lu_jiang_2024"]
    energy = made.node("energy")
    assert energy.where == where
    assert made.indicators[1].direction == "cost"
    assert made.source == system("lu_jiang_2024").cite


def test_a_system_whose_dimensions_are_not_known_is_flat() -> None:
    made = framework_of(system("firm_11_digital_variant"), {"graduates": "a", "rd_staff": "b"})
    assert [n.level for n in made.nodes] == [1, 1, 0]


def test_unknown_indicators_and_none_at_all_are_refused() -> None:
    with pytest.raises(SpecError, match="has no indicator “chips”"):
        framework_of(system("lu_jiang_2024"), {"chips": "x"})
    with pytest.raises(SpecError, match="None of the indicators of system “lu_jiang_2024” has a formula"):
        framework_of(system("lu_jiang_2024"), {})
