"""Regression and EM on a panel: what they recover, what they refuse, and draws that hang on the seed alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Panel, Series, Status, fill
from nqpf.data.missing import Draws
from nqpf.data.panel import complete
from nqpf.errors import DataError
from nqpf.messages import Text

N = math.nan


def cube(values: np.ndarray, names: str = "xyzvw") -> Panel:
    """Return a panel of a cube ``[T, N, K]``."""
    t, n, k = values.shape
    units = tuple(f"u{i:02d}" for i in range(n))
    return Panel(
        periods=tuple(range(2000, 2000 + t)),
        units=units,
        series=tuple(Series(name, Text.same(name)) for name in (names[:k] if k <= len(names) else map(str, range(k)))),
        values=values.copy(),
        status=np.where(np.isnan(values), Status.MISSING, Status.REPORTED).astype(np.int8),
        labels={u: Text.same(u) for u in units},
        origin=complete(pl.DataFrame(schema={"unit": pl.String})),
    )


def smooth(seed: int = 1, years: int = 12, units: int = 15, series: int = 4, own: float = 0.005) -> np.ndarray:
    """Return positive series that grow by unit, with disturbances the series share."""
    rng = np.random.default_rng(seed)
    lines = (
        rng.normal(2, 1, (1, units, series))
        + rng.normal(0.07, 0.03, (1, units, series)) * np.arange(years)[:, None, None]
    )
    shared = rng.normal(size=(years, units, 1)) * 0.05
    return np.exp(lines + shared + own * rng.normal(size=(years, units, series)))


def punched(values: np.ndarray, share: float = 0.05, seed: int = 2) -> np.ndarray:
    return np.where(np.random.default_rng(seed).random(values.shape) < share, N, values)


def error_of(done: np.ndarray, truth: np.ndarray, holes: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.log(done[holes] / truth[holes]) ** 2)))


def test_em_uses_what_the_other_series_say_of_the_year() -> None:
    truth = smooth()
    x = punched(truth)
    holes = np.isnan(x)
    done = fill(cube(x), "em")
    lines = fill(cube(x), "loglinear", edges="nearest").panel.values
    assert error_of(done.panel.values, truth, holes) < 0.3 * error_of(lines, truth, holes)
    assert (done.panel.status[holes] == Status.IMPUTED).all()
    np.testing.assert_array_equal(done.panel.values[~holes], truth[~holes])
    first = done.ledger.frame.row(0, named=True)
    assert first["rule"] == "missing.em"
    assert first["detail"].startswith("ln, unit_trend; R² = 0.9")
    assert [n.code for n in done.notes] == ["model_without_draws"]


def test_em_of_one_unit_level_is_the_textbook_line() -> None:
    """Without effects and ridge the holes lie on the regression of the complete rows (a monotone pattern)."""
    crop = [8.0, 6, 11, 22, 14, 17, 18, 24, 19, 23, 26, 40, 4, 4, 5, 6, 8, 10]
    wormy = [59.0, 58, 56, 53, 50, 45, 43, 42, 39, 38, 30, 27, *[N] * 6]
    x = np.column_stack([crop, wormy]).reshape(18, 1, 2)
    done = fill(cube(x), "em", scale="level", effects="none", ridge=0.0)
    slope, level = np.polyfit(crop[:12], wormy[:12], 1)
    np.testing.assert_allclose(done.panel.values[12:, 0, 1], level + slope * np.array(crop[12:]), atol=1e-2)
    assert done.panel.values[:, 0, 1].mean() == pytest.approx(49.3333, abs=1e-2)


def test_em_fills_only_the_series_it_is_asked_to_but_learns_from_all() -> None:
    x = punched(smooth(3))
    panel = cube(x)
    done = fill(panel, "keep", series={"y": "em"})
    k = panel.index("y")
    assert not np.isnan(done.panel.values[:, :, k]).any()
    others = [0, 2, 3]
    np.testing.assert_array_equal(np.isnan(done.panel.values[:, :, others]), np.isnan(x[:, :, others]))
    assert done.ledger.frame["indicator"].unique().to_list() == ["y"]
    whole = fill(panel, "em")
    np.testing.assert_array_equal(done.panel.values[:, :, k], whole.panel.values[:, :, k])


def test_em_sees_what_other_rules_filled_before() -> None:
    x = smooth(4)
    x[3, 2, 0] = N
    x[5, 4, 1] = N
    done = fill(cube(x), "em", series={"y": "loglinear"})
    rules = dict(done.ledger.frame.select("indicator", "rule").iter_rows())
    assert rules == {"x": "missing.em", "y": "missing.loglinear"}
    straight = x.copy()
    straight[5, 4, 1] = np.sqrt(x[4, 4, 1] * x[6, 4, 1])
    np.testing.assert_allclose(done.panel.values[3, 2, 0], fill(cube(straight), "em").panel.values[3, 2, 0])


def test_a_whole_year_without_data_comes_from_units_lines_and_other_series() -> None:
    truth = smooth(5)
    x = truth.copy()
    x[6, :, 0] = N
    assert error_of(fill(cube(x), "em").panel.values, truth, np.isnan(x)) < 0.03


def test_limits_hold_for_models_if_they_are_written() -> None:
    x = smooth(6)
    x[2:8, 0, 0] = N
    x[9:, 1, 0] = N
    assert not np.isnan(fill(cube(x), "em").panel.values).any()
    with pytest.raises(DataError) as caught:
        fill(cube(x), "em", max_gap=5)
    assert (caught.value.code, caught.value.values["count"]) == ("gap_too_long", 6)
    with pytest.raises(DataError) as caught:
        fill(cube(x), "em", max_extrapolation=2)
    assert (caught.value.code, caught.value.values["count"]) == ("missing_at_edge", 1)
    kept = fill(cube(x), "em", max_gap=5, max_extrapolation=2, beyond="keep")
    assert np.isnan(kept.panel.values).sum() == 7
    assert dict(kept.methods[0].options)["max_gap"] == 5


@pytest.mark.parametrize(
    ("holes", "options", "code"),
    [
        ((slice(2, None), 0, 0), {}, "em_too_few_values"),
        ((slice(None), 0, 0), {"effects": "unit"}, "em_too_few_values"),
        ((4, slice(None), 0), {"effects": "unit_year"}, "em_too_few_values"),
        ((slice(None), slice(None), 0), {"effects": "none"}, "em_too_few_values"),
    ],
)
def test_em_refuses_effects_that_nothing_tells(holes: Any, options: dict[str, Any], code: str) -> None:
    x = smooth(7)
    x[holes] = N
    with pytest.raises(DataError) as caught:
        fill(cube(x), "em", **options)
    assert caught.value.code == code
    assert "x" in str(caught.value.values["series"])


def test_without_effects_em_fills_a_unit_that_has_nothing() -> None:
    x = smooth(8)
    x[:, 0, 0] = N
    done = fill(cube(x), "em", effects="none")
    assert not np.isnan(done.panel.values).any()


def test_em_refuses_a_series_that_does_not_vary() -> None:
    x = smooth(9)
    x[:, :, 1] = np.arange(1, 16)
    x[3, 3, 1] = N
    with pytest.raises(DataError) as caught:
        fill(cube(x), "em")
    assert caught.value.code == "em_constant"
    x[3, 3, 1], x[4, 4, 0] = 4, N
    done = fill(cube(x), "em")
    assert [n.code for n in done.notes] == ["em_left_out", "model_without_draws"]
    assert not np.isnan(done.panel.values).any()


def test_em_refuses_more_series_than_rows_can_carry() -> None:
    x = smooth(10, years=4, units=3, series=5)
    x[1, 1, 0] = N
    with pytest.raises(DataError) as caught:
        fill(cube(x), "em")
    error = caught.value
    assert error.code == "em_too_many_series"
    assert (error.values["rows"], error.values["effects"], error.values["series"]) == (12, 6, 5)
    assert "effects: none" in error.text().en
    assert not np.isnan(fill(cube(x), "em", effects="none").panel.values).any()


def test_levels_where_a_series_has_a_zero_and_logs_only_if_possible() -> None:
    x = smooth(11)
    x[0, 0, 1] = 0.0
    x[5, 5, 0] = x[5, 5, 1] = N
    details = dict(fill(cube(x), "em").ledger.frame.select("indicator", "detail").iter_rows())
    assert details["x"].startswith("ln, ")
    assert details["y"].startswith("unit_trend")
    with pytest.raises(DataError) as caught:
        fill(cube(x), "em", scale="log")
    assert (caught.value.code, caught.value.where.indicator) == ("loglinear_nonpositive", "y")


def test_em_that_does_not_converge_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from nqpf.data.missing import normal

    monkeypatch.setattr(normal, "normal_em", lambda *a, **k: replace(_em(*a, **k), converged=False))
    done = fill(cube(punched(smooth(12))), "em")
    assert "em_not_converged" in [n.code for n in done.notes]


def _em(*args: Any, **options: Any) -> Any:
    from nqpf.numerics.impute import normal_em

    return normal_em(*args, **options)


def test_regression_predicts_from_the_series_named() -> None:
    rng = np.random.default_rng(13)
    x = rng.lognormal(size=(8, 6, 3))
    level = rng.lognormal(size=(1, 6))
    x[:, :, 0] = level * x[:, :, 1] ** 0.7 * x[:, :, 2] ** -0.2
    truth, holes = x.copy(), (np.array([2, 7]), np.array([1, 4]), np.array([0, 0]))
    x[holes] = N
    done = fill(cube(x), "stop", series={"x": "regression"}, using={"x": ["y", "z"]}, effects="unit")
    np.testing.assert_allclose(done.panel.values[holes], truth[holes], rtol=1e-9)
    assert done.ledger.frame["detail"].to_list() == ["ln x ~ y + z, unit; R² = 1.000"] * 2
    assert (done.panel.status[holes] == Status.IMPUTED).all()
    assert dict(done.methods[0].options) == {"scale": "auto", "effects": "unit", "using": "x ~ y + z"}


def test_regression_is_that_of_dummy_variables() -> None:
    rng = np.random.default_rng(14)
    x = rng.normal(size=(6, 4, 2))
    x[2, 1, 0] = N
    done = fill(cube(x), "stop", series={"x": "regression"}, using={"x": ["y"]}, effects="unit_year", scale="level")
    columns = [x[:, :, 1].reshape(-1)]
    columns += [np.tile(np.arange(4) == n, 6).astype(float) for n in range(4)]
    columns += [np.repeat(np.arange(6) == t, 4).astype(float) for t in range(1, 6)]
    design, y = np.column_stack(columns), x[:, :, 0].reshape(-1)
    known = ~np.isnan(y)
    beta = np.linalg.lstsq(design[known], y[known], rcond=None)[0]
    assert done.panel.values[2, 1, 0] == pytest.approx(float(design[2 * 4 + 1] @ beta))


def test_regression_takes_predictors_filled_by_the_years() -> None:
    x = smooth(15)
    x[4, 2, 0] = x[4, 2, 1] = N
    done = fill(cube(x), "stop", series={"x": "regression", "y": "loglinear"}, using={"x": ["y"]})
    assert not np.isnan(done.panel.values).any()


@pytest.mark.parametrize(
    ("using", "code"),
    [
        ({}, "regression_without_predictors"),
        ({"x": ["x"]}, "regression_without_predictors"),
        ({"x": ["q"]}, "unknown_series"),
    ],
)
def test_regression_needs_predictors_that_there_are(using: dict[str, list[str]], code: str) -> None:
    x = smooth(16)
    x[4, 2, 0] = N
    with pytest.raises(DataError) as caught:
        fill(cube(x), "stop", series={"x": "regression"}, using=using)
    assert caught.value.code == code


def test_regression_names_the_holes_of_its_predictors() -> None:
    x = smooth(17)
    x[4, 2, 0] = x[4, 2, 1] = N
    with pytest.raises(DataError) as caught:
        fill(cube(x), "keep", series={"x": "regression"}, using={"x": ["y"]})
    error = caught.value
    assert (error.code, error.values["count"]) == ("regression_predictor_missing", 1)
    assert "y of u02 in 2004" in error.text().en


def test_regression_cannot_place_a_unit_it_never_saw() -> None:
    x = smooth(18)
    x[:, 0, 0] = N
    with pytest.raises(DataError) as caught:
        fill(cube(x), "stop", series={"x": "regression"}, using={"x": ["y"]}, effects="unit")
    assert (caught.value.code, caught.value.values["count"]) == ("rule_cannot_fill", 12)
    small = smooth(19, years=2, units=2, series=2)
    small[1, 1, 0] = N
    with pytest.raises(DataError) as caught:
        fill(cube(small), "stop", series={"x": "regression"}, using={"x": ["y"]})
    assert caught.value.code == "regression_too_few"


def draws_of(x: np.ndarray, **options: Any) -> Draws:
    found = fill(cube(x), **options).draws
    assert found is not None
    return found


def test_draws_differ_in_imputed_cells_only_and_hang_on_the_seed_alone() -> None:
    x = punched(smooth(20))
    holes = np.isnan(x)
    drawn = draws_of(x, rule="em", draws=6, seed=7)
    assert (len(drawn), drawn.values.shape) == (6, (6, holes.sum()))
    panels = list(drawn)
    for d, one in enumerate(panels):
        np.testing.assert_array_equal(one.values[~holes], x[~holes])
        np.testing.assert_array_equal(one.values.reshape(-1)[drawn.cells], drawn.values[d])
        np.testing.assert_array_equal(one.status, drawn.panel.status)
    assert np.ptp(drawn.values, axis=0).min() > 0
    again, more, other = (draws_of(x, rule="em", draws=d, seed=s) for d, s in ((6, 7), (9, 7), (6, 8)))
    assert drawn.values.tobytes() == again.values.tobytes()
    assert drawn.values.tobytes() == more.values[:6].tobytes()
    assert (drawn.values != other.values).all()


def test_the_ledger_tells_the_middle_nine_tenths_of_the_draws() -> None:
    x = punched(smooth(21), 0.02)
    done = fill(cube(x), "em", draws=50, seed=1)
    assert done.draws is not None
    cells = {cell: d for cell, d in zip(done.draws.cells.tolist(), done.draws.values.T, strict=True)}
    row = done.ledger.frame.row(0, named=True)
    t, n, k = row["period"] - 2000, int(row["unit"][1:]), done.panel.index(row["indicator"])
    low, high = np.quantile(cells[(t * x.shape[1] + n) * x.shape[2] + k], (0.05, 0.95))
    assert row["detail"].endswith(f"; 90 %: {low:.6g}–{high:.6g}")
    assert [m.id for m in done.methods] == ["missing.em", "missing.draws"]
    assert dict(done.methods[1].options) == {"draws": 50, "seed": 1}
    assert done.notes == ()


def test_intervals_cover_what_was_masked_about_as_often_as_they_say() -> None:
    hits = []
    for seed in range(6):
        truth = smooth(seed, years=10, units=12, own=0.05)
        x = punched(truth, 0.1, seed + 100)
        drawn = draws_of(x, rule="em", draws=50, seed=seed)
        low, high = np.quantile(drawn.values, (0.1, 0.9), axis=0)
        real = truth.reshape(-1)[drawn.cells]
        hits.append((low <= real) & (real <= high))
    assert sum(map(len, hits)) > 250
    assert np.concatenate(hits).mean() == pytest.approx(0.8, abs=0.06)


def test_regressions_and_em_are_drawn_together() -> None:
    x = punched(smooth(22))
    x[:, :, 1] = smooth(22)[:, :, 1]
    done = fill(cube(x), "em", series={"x": "regression"}, using={"x": ["y"]}, draws=4, seed=3)
    assert done.draws is not None
    assert len(done.draws.cells) == np.isnan(x).sum() == len(set(done.draws.cells.tolist()))
    assert {m.id for m in done.methods} == {"missing.regression", "missing.em", "missing.draws"}


def test_draws_need_a_rule_that_can_be_drawn_from() -> None:
    with pytest.raises(DataError) as caught:
        fill(cube(punched(smooth(23))), "linear", edges="nearest", draws=5)
    assert caught.value.code == "draws_need_model"
    assert fill(cube(smooth(23)), "em", draws=5).draws is None


def test_a_draw_below_zero_is_remarked_on() -> None:
    x = np.abs(np.random.default_rng(24).normal(size=(10, 8, 3)))
    x[0, 0] = 0.0
    x[4, 4, 0] = N
    done = fill(cube(x), "em", effects="unit", draws=100, seed=1)
    assert "filled_below_zero" in [n.code for n in done.notes]
