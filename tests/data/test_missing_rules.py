"""Rules that go by the years: each by hand, its limits, and what is told of every cell it fills."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline, PchipInterpolator

from nqpf.data import Panel, Status, fill
from nqpf.data.missing import Filled, Options, Rule
from nqpf.errors import DataError
from nqpf.registry import methods

N = math.nan


def panel(units: dict[str, list[float]], first: int = 2015, name: str = "x") -> Panel:
    """Return a panel of one series, a row a unit."""
    rows = [(u, first + t, name, v) for u, values in units.items() for t, v in enumerate(values)]
    return Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row"))


def one(values: list[float], rule: Rule, **options: Any) -> list[float]:
    return [float(v) for v in fill(panel({"a": values}), rule, **options).panel.values[:, 0, 0]]


def states(done: Filled, n: int = 0) -> str:
    letters = {Status.REPORTED: "r", Status.INTERPOLATED: "i", Status.EXTRAPOLATED: "e", Status.IMPUTED: "m"}
    return "".join({**letters, Status.MISSING: "-"}[Status(s)] for s in done.panel.status[:, n, 0])


def details(done: Filled) -> list[str]:
    return done.ledger.frame["detail"].to_list()


def test_last_and_next_repeat_the_value_beside_the_hole() -> None:
    holes = [1, N, N, 4, 5]
    assert one(holes, "last") == [1, 1, 1, 4, 5]
    assert one(holes, "next") == [1, 4, 4, 4, 5]
    done = fill(panel({"a": holes}), "last")
    assert (states(done), details(done)) == ("rmmrr", ["2015", "2015"])
    assert details(fill(panel({"a": holes}), "next")) == ["2018", "2018"]


def test_last_goes_on_after_the_last_year_and_next_before_the_first_only_as_far_as_allowed() -> None:
    assert one([1, 2, N, N], "last", max_extrapolation=2) == [1, 2, 2, 2]
    assert one([N, N, 3, 4], "next", max_extrapolation=2) == [3, 3, 3, 4]
    assert states(fill(panel({"a": [1, 2, N, N]}), "last", max_extrapolation=2)) == "rree"
    for rule, values in (("last", [1, 2, N]), ("next", [N, 2, 3]), ("growth", [1, 2, N])):
        with pytest.raises(DataError) as caught:
            fill(panel({"a": values}), rule)  # type: ignore[arg-type]
        assert (caught.value.code, caught.value.values["count"]) == ("missing_at_edge", 1)
    with pytest.raises(DataError, match="missing at the first or last years"):
        one([N, 2, N], "last", max_extrapolation=1)


def test_splines_are_those_of_scipy_through_the_known_years() -> None:
    values = [1.0, 4, N, 2, 8, N, N, 9, 3]
    years, known = np.arange(9.0), ~np.isnan(values)
    curves = {
        "natural_spline": CubicSpline(years[known], np.array(values)[known], bc_type="natural"),
        "monotone_spline": PchipInterpolator(years[known], np.array(values)[known]),
    }
    for rule, curve in curves.items():
        np.testing.assert_allclose(one(values, rule), np.where(known, values, curve(years)), rtol=1e-12)  # type: ignore[arg-type]


def test_a_natural_spline_may_overshoot_a_monotone_one_does_not() -> None:
    values = [0.0, 0, 0, N, 10, 10, 10]
    assert 0 <= one(values, "monotone_spline")[3] <= 10
    steep = [0.0, 0, 0, 0, N, 100]
    assert one(steep, "natural_spline")[4] > 0
    assert min(one([0.0, 0, 0, N, 0, 100], "natural_spline")) < 0
    assert min(one([0.0, 0, 0, N, 0, 100], "monotone_spline")) == 0


def test_splines_do_not_go_beyond_the_known_years() -> None:
    for rule in ("natural_spline", "monotone_spline"):
        assert np.isnan(one([N, 1, 2, N, 5, N], rule, edges="keep")[0])  # type: ignore[arg-type]


def test_growth_is_constant_inside_and_the_own_rate_beyond() -> None:
    done = fill(panel({"a": [N, 100, 110, N, 133.1, N, N]}), "growth", max_extrapolation=2)
    np.testing.assert_allclose(done.panel.values[:, 0, 0], 100 * 1.1 ** np.arange(-1, 6), rtol=1e-12)
    assert states(done) == "erriree"
    assert details(done)[0] == "+0.1000/a, 2016–2019"
    assert details(done)[1] == "2017…2019"


def test_the_rate_is_that_of_the_years_near_the_edge() -> None:
    values = [1, 100, 110, 121, N]
    assert one(values, "growth", max_extrapolation=1, rate_years=2)[-1] == pytest.approx(133.1)
    assert one(values, "growth", max_extrapolation=1, rate_years=3)[-1] == pytest.approx(121 * 121 ** (1 / 3))


def test_the_mean_rate_is_of_the_steps_between_neighbours_a_year() -> None:
    rate = (0.5 + (1.2 ** (1 / 2) - 1)) / 2  # 50 % in a year, then 20 % in two
    values = [100, 150, N, 180, N]
    assert one(values, "growth", rate="mean", max_extrapolation=1)[-1] == pytest.approx(180 * (1 + rate))


def test_growth_with_one_known_year_has_nothing_to_go_by() -> None:
    with pytest.raises(DataError) as caught:
        one([N, 5, N], "growth", max_extrapolation=1)
    error = caught.value
    assert (error.code, error.values["count"]) == ("rule_cannot_fill", 2)
    assert "growth has nothing to go by" in error.text().en or "(growth) has nothing to go by" in error.text().en
    assert np.isnan(one([N, 5, N], "growth", max_extrapolation=1, beyond="keep")[0])


@pytest.mark.parametrize("values", [[0, N, 5], [-1, 2, N], [5, N, -2]])
def test_growth_refuses_what_is_not_positive(values: list[float]) -> None:
    with pytest.raises(DataError) as caught:
        one(values, "growth", max_extrapolation=1)
    assert caught.value.code == "loglinear_nonpositive"


GROUPS = {"a": "east", "b": "east", "c": "east", "d": "west"}


def test_the_groups_change_is_applied_to_the_units_own_level() -> None:
    units = {"a": [10, 20, N], "b": [100, 110, 121], "c": [300, 290, 279], "d": [1, 9, 99]}
    done = fill(panel(units), "group_trend", groups=GROUPS, max_extrapolation=1)
    assert done.panel.values[2, 0, 0] == pytest.approx(20 * (121 + 279) / (110 + 290))
    assert (states(done), details(done)) == ("rre", ["east (n ≥ 2), 2016"])


def test_before_the_first_year_the_groups_change_runs_backwards() -> None:
    units = {"a": [N, 20, 30], "b": [100, 110, 121], "c": [300, 290, 279], "d": [1, 9, 99]}
    done = fill(panel(units), "group_trend", groups=GROUPS, max_extrapolation=1)
    assert done.panel.values[0, 0, 0] == pytest.approx(20 * 400 / 400)


def test_between_two_known_years_both_ends_are_met() -> None:
    units = {"a": [10, N, N, 80], "b": [1, 2, 2, 4], "c": [N, N, N, N], "d": [1, 1, 1, 1]}
    done = fill(panel(units), "group_trend", groups=GROUPS, beyond="keep", edges="keep")
    # The group doubles, stands still and doubles; the unit gains on it by the same factor each year.
    gain = (8 / 4) ** (1 / 3)
    np.testing.assert_allclose(done.panel.values[:, 0, 0], [10, 20 * gain, 20 * gain**2, 80])
    assert states(done) == "rmmr"


def test_one_peer_alone_hands_on_its_own_change_exactly() -> None:
    units = {"a": [N, 4, N, N], "b": [3, 6, 9, 1], "d": [1, 1, 1, 1]}
    done = fill(panel(units), "group_trend", groups=GROUPS, max_extrapolation=2)
    np.testing.assert_allclose(done.panel.values[:, 0, 0], [2, 4, 6, 4 / 6])


def test_a_group_that_nobody_reports_for_breaks_the_chain() -> None:
    units = {"a": [1, N, 3], "b": [1, N, 3], "c": [1, N, 3], "d": [1, 2, 3]}
    with pytest.raises(DataError) as caught:
        fill(panel(units), "group_trend", groups=GROUPS)
    assert (caught.value.code, caught.value.values["count"]) == ("rule_cannot_fill", 3)
    done = fill(panel(units), "group_trend", groups=GROUPS, beyond="keep")
    assert [n.code for n in done.notes] == ["kept_beyond_limits"]
    assert done.notes[0].values["count"] == 3


def test_groups_are_never_guessed() -> None:
    units = {"a": [1, N, 3], "b": [1, 2, 3]}
    with pytest.raises(DataError) as caught:
        fill(panel(units), "group_trend", groups={"b": "east"})
    error = caught.value
    assert (error.code, error.values["count"]) == ("group_trend_ungrouped", 1)
    assert "data.missing.groups" in error.text().zh


def test_the_group_trend_needs_positive_values() -> None:
    with pytest.raises(DataError) as caught:
        fill(panel({"a": [1, N, 3], "b": [1, 0, 3]}), "group_trend", groups=GROUPS)
    assert (caught.value.code, str(caught.value.where.unit)) == ("loglinear_nonpositive", "b")


@pytest.mark.parametrize("rule", ["linear", "loglinear", "natural_spline", "monotone_spline", "last", "next", "growth"])
def test_a_hole_longer_than_three_years_is_not_bridged_unasked(rule: Rule) -> None:
    values = [1, N, N, N, N, 6, 7]
    with pytest.raises(DataError) as caught:
        one(values, rule)
    error = caught.value
    assert (error.code, error.values["count"], error.values["limit"]) == ("gap_too_long", 4, 3)
    assert (error.where.period, error.where.indicator) == (2016, "x")
    assert "limit of 3 years" in error.text().en
    assert not np.isnan(one(values, rule, max_gap=4)).any()
    kept = fill(panel({"a": values}), rule, beyond="keep")
    assert (states(kept), [n.code for n in kept.notes]) == ("r----rr", ["kept_beyond_limits"])


def test_a_hole_is_bridged_whole_or_not_at_all() -> None:
    done = fill(panel({"a": [1, N, 3, N, N, 6]}), "linear", max_gap=1, beyond="keep")
    assert states(done) == "rir--r"
    assert states(fill(panel({"a": [1, N, 3]}), "linear", max_gap=0, beyond="keep")) == "r-r"


def test_the_nearest_value_goes_as_far_as_allowed() -> None:
    values = [N, N, 3, 4, N]
    assert one(values, "linear", edges="nearest", max_extrapolation=2) == [3, 3, 3, 4, 4]
    with pytest.raises(DataError) as caught:
        one(values, "linear", edges="nearest", max_extrapolation=1)
    error = caught.value
    assert (error.code, error.values["count"], error.where.period) == ("edge_too_far", 1, 2015)
    assert "more than 1 years" in error.text().en
    assert np.isnan(one(values, "linear", edges="nearest", max_extrapolation=1, beyond="keep")).tolist()[0] is True


def test_the_nearest_value_takes_over_where_the_rule_may_not_go() -> None:
    done = fill(panel({"a": [4, 8, N, 32, N, N]}), "growth", edges="nearest")
    np.testing.assert_allclose(done.panel.values[:, 0, 0], [4, 8, 16, 32, 32, 32])
    assert done.ledger.frame["rule"].to_list() == ["missing.growth", "missing.nearest", "missing.nearest"]


def test_a_rule_that_stops_within_its_edges_keeps_them_if_told() -> None:
    assert states(fill(panel({"a": [N, 1, N, 3, N]}), "last", edges="keep")) == "-rmr-"


def test_every_rule_is_stated_with_its_options() -> None:
    done = fill(panel({"a": [1, N, 3, N]}), "growth", max_extrapolation=1, rate="mean", rate_years=4)
    assert [m.id for m in done.methods] == ["missing.growth"]
    used = {"max_gap": 3, "max_extrapolation": 1, "beyond": "stop", "edges": "stop", "rate": "mean", "rate_years": 4}
    assert dict(done.methods[0].options) == used
    assert done.method.options["rule"] == "growth"
    near = fill(panel({"a": [1, N, 3, N]}), "linear", edges="nearest")
    assert [m.id for m in near.methods] == ["missing.linear", "missing.nearest"]
    assert fill(panel({"a": [1, 2]}), "linear").methods == ()


def test_the_registry_has_an_entry_for_every_rule_with_its_options() -> None:
    rules = [r for r in get_args(Rule) if r not in ("stop", "keep")]
    assert {id for id in methods() if id.startswith("missing.")} == {
        f"missing.{r}" for r in (*rules, "nearest", "draws")
    }
    options = Options(max_gap=2, max_extrapolation=1)
    for rule in (*rules, "nearest"):
        assert set(options.of(rule)) <= set(methods()[f"missing.{rule}"].options), rule
    assert fill(panel({"a": [1, 2]})).method.id in methods()


def test_years_beyond_are_counted_by_their_distance() -> None:
    rows = [("a", y, "x", v) for y, v in ((2000, 1.0), (2010, 2.0), (2020, None))]
    sparse = Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row"))
    with pytest.raises(DataError, match="missing at the first or last years"):
        fill(sparse, "last", max_extrapolation=9)
    assert fill(sparse, "last", max_extrapolation=10).panel.values[-1, 0, 0] == 2


def test_series_that_were_filled_a_lot_are_named() -> None:
    done = fill(panel({"a": [1, N, 3, N, 5]}), "linear")
    assert [n.code for n in done.notes] == ["heavily_imputed"]
    assert "x (40%)" in done.notes[0].text().en
    assert fill(panel({"a": [1, N, 3, 4, 5, 6]}), "linear").notes == ()


def test_a_series_that_became_negative_is_named() -> None:
    done = fill(panel({"a": [0, 0, 0, N, 0, 100, 7]}), "natural_spline")
    assert "filled_below_zero" in [n.code for n in done.notes]
    assert fill(panel({"a": [0, 0, -1, N, 0, 100, 7]}), "natural_spline").notes == ()


def test_the_result_is_a_result() -> None:
    done = fill(panel({"a": [1, N, 3]}), "linear")
    assert done.to_frame()["status"].to_list() == ["reported", "interpolated", "reported"]
    filled, ledger = done
    assert (filled, ledger, done.draws) == (done.panel, done.ledger, None)
    assert (done[0], done[1]) == (filled, ledger)


OPTIONS: dict[str, dict[str, Any]] = {
    "growth": {"max_extrapolation": 9},
    "group_trend": {"max_extrapolation": 9},
    "last": {"max_extrapolation": 9},
    "next": {"max_extrapolation": 9},
}


@given(data=st.data(), rule=st.sampled_from([r for r in get_args(Rule) if r not in ("stop", "regression", "em")]))
def test_what_was_reported_stays_and_every_filled_cell_is_told(data: st.DataObject, rule: Rule) -> None:
    cell = st.one_of(st.just(N), st.floats(0.1, 1e6))
    rows = data.draw(st.lists(st.lists(cell, min_size=7, max_size=7), min_size=2, max_size=4))
    holes = panel({f"u{i}": row for i, row in enumerate(rows)})
    groups = dict.fromkeys(holes.units, "all")
    done = fill(holes, rule, groups=groups, beyond="keep", edges="keep", **OPTIONS.get(rule, {}))
    known = ~np.isnan(holes.values)
    np.testing.assert_array_equal(done.panel.values[known], holes.values[known])
    told = {(u, p) for u, p in done.ledger.frame.select("unit", "period").iter_rows()}
    filled = np.argwhere(~np.isnan(done.panel.values[:, :, 0]) & ~known[:, :, 0])
    assert told == {(holes.units[n], holes.periods[t]) for t, n in filled}
    np.testing.assert_array_equal(np.isnan(done.panel.values), done.panel.status == Status.MISSING)
    again = fill(done.panel, rule, groups=groups, beyond="keep", edges="keep", **OPTIONS.get(rule, {}))
    if rule in ("keep", "linear"):
        assert len(again.ledger) == 0


@given(factor=st.floats(0.01, 100), rule=st.sampled_from(["linear", "loglinear", "growth", "group_trend", "last"]))
def test_units_of_measure_do_not_matter(factor: float, rule: Rule) -> None:
    rows = {"a": [3.0, N, 7, 2, N], "b": [5.0, 6, N, 9, 4], "c": [1.0, 1.5, 2, 2.5, 3]}
    more = {"groups": dict.fromkeys(rows, "g"), "max_extrapolation": 1, "edges": "keep"}
    plain = fill(panel(rows), rule, **more).panel.values  # type: ignore[arg-type]
    scaled = fill(panel({u: [factor * v for v in x] for u, x in rows.items()}), rule, **more)  # type: ignore[arg-type]
    np.testing.assert_allclose(scaled.panel.values, factor * plain, rtol=1e-9)
