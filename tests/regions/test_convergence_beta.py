"""Beta convergence: known speeds, identities between forms, standard errors, neighbours, bad input."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from convergence_panels import growing, long

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.regions.convergence.beta import beta
from nqpf.regions.convergence.least_squares import least_squares
from nqpf.regions.convergence.speed import slope_of, speed_of
from nqpf.regions.space.weights import Weights

KEYS = {"unit": "unit", "time": "year"}
NOISE = np.random.default_rng(7).normal(0, 0.02, (25, 11))


def noisy(rate: float = 0.03) -> pl.DataFrame:
    logs = growing(25, 11, rate)[1] + NOISE
    return long(np.exp(logs), x=np.cumsum(NOISE, axis=1), z=np.repeat(np.arange(25.0)[:, None] % 2, 11, axis=1))


@pytest.mark.parametrize("growth", ["annual", "total"])
@pytest.mark.parametrize("rate", [0.02, 0.3, -0.01])
def test_a_known_speed_is_found_whatever_the_growth_is(rate: float, growth: str) -> None:
    found = beta(growing(20, 9, rate)[0], "v", growth=growth, **KEYS)  # type: ignore[arg-type]
    row = found.speed.row(0, named=True)
    assert row["speed"] == pytest.approx(rate, abs=1e-12)
    assert row["half_life"] == (pytest.approx(np.log(2) / rate) if rate > 0 else None)
    assert found.summary["r2"][0] == pytest.approx(1)


@pytest.mark.parametrize("effects", ["none", "unit", "time", "two_way"])
def test_a_panel_without_noise_has_the_same_speed(effects: str) -> None:
    logs = np.random.default_rng(1).normal(0, 1, (20, 1)) * np.exp(-0.1 * np.arange(13))
    table = long(np.exp(logs))
    for horizon in (1, 3):
        found = beta(table, "v", form="panel", horizon=horizon, effects=effects, **KEYS)  # type: ignore[arg-type]
        assert found.speed["speed"][0] == pytest.approx(0.1, abs=1e-10)
        assert found.summary["spans"][0] == 12 // horizon


def test_nls_is_the_same_minimum_reported_as_a_speed() -> None:
    ols, nls = (beta(noisy(), "v", controls=["x"], method=m, **KEYS) for m in ("ols", "nls"))  # type: ignore[arg-type]
    assert ols.frame["term"].to_list() == ["(constant)", "ln(v)", "x"]
    assert nls.frame["term"].to_list() == ["(constant)", "(speed)", "x"]
    assert nls.frame["estimate"][1] == pytest.approx(ols.speed["speed"][0], rel=1e-14)
    assert nls.frame["se"][1] == pytest.approx(ols.speed["speed_se"][0], rel=1e-14)
    assert nls.frame.row(2) == ols.frame.row(2)


def test_nls_minimises_the_sum_of_squares() -> None:
    """Any other speed, with the best constant beside it, leaves more."""
    table = noisy()
    wide = np.log(table["v"].to_numpy().reshape(25, 11))
    start, grown = wide[:, 0], (wide[:, -1] - wide[:, 0]) / 10
    best = beta(table, "v", method="nls", **KEYS).frame["estimate"][1]

    def squares(speed: float) -> float:
        rest = grown + (1 - np.exp(-speed * 10)) / 10 * start
        return float(np.sum((rest - rest.mean()) ** 2))

    assert squares(best) < min(squares(best * 1.001), squares(best * 0.999))


def test_reat_reads_annual_growth_as_if_it_were_total() -> None:
    slope = beta(noisy(), "v", **KEYS).speed["slope"][0]
    reat = beta(noisy(), "v", speed="reat", **KEYS).speed.row(0, named=True)
    assert reat["speed"] == pytest.approx(-np.log(1 + slope) / 10, rel=1e-14)
    nls = beta(noisy(), "v", speed="reat", method="nls", **KEYS)
    assert nls.speed["speed"][0] == pytest.approx(-np.log(1 - nls.frame["estimate"][1]) / 10, rel=1e-14)
    total = beta(noisy(), "v", speed="reat", growth="total", **KEYS).speed["speed"][0]
    assert total == pytest.approx(beta(noisy(), "v", **KEYS).speed["speed"][0], rel=1e-12)


def test_the_delta_method_is_the_derivative() -> None:
    slope, se, step = -0.031, 1e-3, 1e-7
    high, low = speed_of(slope + step, se, 12, 12), speed_of(slope - step, se, 12, 12)
    here = speed_of(slope, se, 12, 12)
    assert here.speed_se == pytest.approx(se * (low.speed - high.speed) / (2 * step), rel=1e-6)
    assert here.half_life_se == pytest.approx(se * (high.half_life - low.half_life) / (2 * step), rel=1e-6)
    assert slope_of(here.speed, 12, 12) == pytest.approx(slope, rel=1e-12)


def test_effects_are_dummies() -> None:
    table = noisy()
    found = beta(table, "v", form="panel", effects="two_way", controls=["x"], **KEYS)
    wide, x = (table[c].to_numpy().reshape(25, 11) for c in ("v", "x"))
    logs = np.log(wide)
    y, first, control = (a.T.ravel() for a in (np.diff(logs, axis=1), logs[:, :-1], x[:, :-1]))
    units, years = np.tile(np.arange(25), 10), np.repeat(np.arange(10), 25)
    dummies = np.column_stack([units[:, None] == np.arange(25), (years[:, None] == np.arange(1, 10))])
    plain = least_squares(y, np.column_stack([first, control, dummies]))
    np.testing.assert_allclose(found.frame["estimate"], plain.estimate[:2], rtol=1e-9)
    np.testing.assert_allclose(found.frame["se"], plain.se[:2], rtol=1e-9)
    assert found.summary["df"][0] == plain.df


def test_each_row_its_own_cluster_is_hc1_but_for_the_degrees_of_freedom() -> None:
    generator = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), generator.normal(size=(30, 2))])
    y = generator.normal(size=30)
    hc1, own = (least_squares(y, x, errors=e) for e in ("hc1", "cluster"))  # type: ignore[arg-type]
    np.testing.assert_allclose(hc1.covariance, own.covariance, rtol=1e-12)
    assert (hc1.df, own.df) == (27, 29)


def test_rows_repeated_in_clusters_add_nothing() -> None:
    """Standard errors by cluster do not believe in copies, up to the small-sample factor."""
    generator = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), generator.normal(size=30)])
    y = generator.normal(size=30)
    once = least_squares(y, x, errors="cluster")
    copies = least_squares(np.tile(y, 4), np.tile(x, (4, 1)), errors="cluster", clusters=np.tile(np.arange(30), 4))
    np.testing.assert_allclose(copies.covariance * (118 / 119), once.covariance * (28 / 29), rtol=1e-12)


def test_controls_are_of_the_start_or_the_mean_of_a_span() -> None:
    table = noisy()
    x = table["x"].to_numpy().reshape(25, 11)
    fixed = table.with_columns(
        first=np.repeat(x[:, :1], 11, 1).ravel(), mean=np.repeat(x.mean(1)[:, None], 11, 1).ravel()
    )
    for at, column in (("start", "first"), ("mean", "mean")):
        one = beta(fixed, "v", controls=["x"], controls_at=at, **KEYS)  # type: ignore[arg-type]
        two = beta(fixed, "v", controls=[column], **KEYS)
        np.testing.assert_allclose(one.frame["estimate"], two.frame["estimate"], rtol=1e-9)


def test_units_and_row_order_do_not_matter() -> None:
    table = noisy()
    one = beta(table, "v", **KEYS)
    two = beta(table.sample(fraction=1, shuffle=True, seed=1).with_columns(pl.col("v") * 1e4), "v", **KEYS)
    assert one.speed["speed"][0] == pytest.approx(two.speed["speed"][0], rel=1e-9)
    assert one.frame["se"][1] == pytest.approx(two.frame["se"][1], rel=1e-9)


def ring(n: int) -> Weights:
    matrix = np.roll(np.eye(n), 1, 0) + np.roll(np.eye(n), -1, 0)
    return Weights.of([f"u{i:03d}" for i in range(n)], matrix).standardised("row")


def test_neighbours() -> None:
    lag = beta(noisy(), "v", weights=ring(25), spatial="lag", **KEYS)
    assert lag.frame["term"].to_list() == ["(constant)", "ln(v)", "(rho)"]
    assert lag.speed["of"].to_list() == ["coefficient", "direct", "total"]
    slope, rho = lag.frame["estimate"][1], lag.frame["estimate"][2]
    assert lag.speed["slope"][2] == pytest.approx(slope / (1 - rho), rel=1e-9)  # rows of the weights sum to 1
    assert lag.spatial is not None
    assert lag.summary["log_likelihood"][0] == pytest.approx(lag.spatial.log_likelihood)
    error = beta(noisy(), "v", weights=ring(25), spatial="error", method="nls", **KEYS)
    assert error.frame["term"].to_list() == ["(constant)", "(speed)", "(lambda)"]
    assert error.frame["estimate"][1] == pytest.approx(error.speed["speed"][0])
    durbin = beta(noisy(), "v", weights=ring(25), spatial="durbin", form="panel", effects="two_way", **KEYS)
    assert durbin.frame["term"].to_list() == ["ln(v)", "W·ln(v)", "(rho)"]


def test_a_unit_without_weights_is_named() -> None:
    with pytest.raises(DataError, match="u024"):
        beta(noisy(), "v", weights=ring(24), spatial="lag", **KEYS)


def test_what_is_to_be_known_is_said() -> None:
    def codes(**options: object) -> set[str]:
        return {note.code for note in beta(noisy(), "v", **KEYS, **options).notes}  # type: ignore[arg-type]

    assert codes() == set()
    assert codes(form="panel", effects="unit") == {"beta_unit_effects"}
    assert codes(form="panel", errors="cluster") == {"beta_few_clusters"}
    assert codes(form="panel", horizon=3, overlap=True) == {"beta_overlap"}
    diverging = beta(growing(9, 5, -0.1)[0], "v", **KEYS)
    assert [note.code for note in diverging.notes] == ["beta_diverges"]
    logistic = long(1 / (1 + np.exp(-growing(9, 5, 0.1)[1])))
    bounded = beta(logistic, "v", **KEYS).notes
    assert [note.code for note in bounded] == ["beta_bounded"]
    assert "units near it cannot grow" in str(bounded[0])


def test_a_slope_that_no_speed_belongs_to() -> None:
    """Gaps that change their sign."""
    first = np.linspace(-1, 1, 8)[:, None]
    table = long(np.exp(np.hstack([first, -first])))
    found = beta(table, "v", **KEYS)
    assert found.speed["slope"][0] == pytest.approx(-2)
    assert found.speed["speed"].null_count() == 1
    assert [note.code for note in found.notes] == ["beta_overshoots"]
    with pytest.raises(MethodError, match="gaps change their sign within 1 years"):
        beta(table, "v", method="nls", **KEYS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effects": "unit"}, "effects goes with a panel only"),
        ({"errors": "cluster"}, "errors goes with a panel only"),
        ({"horizon": 2}, "horizon goes with a panel only"),
        ({"spatial": "lag"}, "weights and spatial go together"),
        ({"weights": ring(25)}, "weights and spatial go together"),
        ({"weights": ring(25), "spatial": "lag", "errors": "hc1"}, "has no hc1 standard errors"),
        ({"form": "panel", "horizon": 12}, "No two years are 12 years apart"),
        ({"form": "panel", "horizon": 0}, "No two years are 0 years apart"),
        ({"controls": ["x", "x"]}, "“x” is named twice"),
        ({"effects": "both"}, "effects"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        beta(noisy(), "v", **KEYS, **options)  # type: ignore[arg-type]


def test_bad_numbers_are_named() -> None:
    with pytest.raises(MethodError, match=r"z follow from the others \(effects unit\)") as caught:
        beta(noisy(), "v", form="panel", effects="unit", controls=["z"], **KEYS)
    with speak("zh"):
        assert "不随时间变化的量不能与单元效应并用" in str(caught.value)
    dummies = noisy().with_columns(other=1 - pl.col("z"))
    with pytest.raises(MethodError, match=r"other follow from the others"):
        beta(dummies, "v", controls=["z", "other"], **KEYS)
    negative = noisy().with_columns(v=pl.when(pl.col("unit") == "u003").then(-pl.col("v")).otherwise("v"))
    with pytest.raises(MethodError, match=r"u003.*2001.*has no logarithm"):
        beta(negative, "v", **KEYS)
    with pytest.raises(MethodError, match="2 rows for 2 coefficients"):
        beta(growing(2, 5, 0.1)[0], "v", **KEYS)
    with pytest.raises(MethodError, match="one year only"):
        beta(noisy(), "v", start=2005, end=2005, **KEYS)
    missing = noisy().with_columns(x=pl.when(pl.col("year") > 2001).then("x"))
    with pytest.raises(MethodError, match=r"2001.*25 cells are missing"):
        beta(missing, "v", controls=["x"], **KEYS)
    assert beta(missing, "v", start=2002, controls=["x"], **KEYS).summary["n"][0] == 25


def test_equal_starts_have_no_slope() -> None:
    table = long(np.exp(np.hstack([np.zeros((6, 1)), np.arange(6.0)[:, None]])))
    with pytest.raises(MethodError, match=r"ln\(v\) follow from the others"):
        beta(table, "v", **KEYS)
