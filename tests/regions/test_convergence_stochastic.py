"""Unit root tests: regressions by hand, size and power under known laws, seeds, bad input."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from convergence_panels import long

from nqpf.errors import MethodError, SpecError
from nqpf.regions.convergence.least_squares import least_squares
from nqpf.regions.convergence.stochastic import stochastic_convergence
from nqpf.regions.convergence.unit_root import chosen_lags, dickey_fuller, mean_t, null_mean_t, null_t, with_lags

KEYS = {"unit": "unit", "time": "year"}
WALKS = np.cumsum(np.random.default_rng(8).normal(size=(6, 30)), axis=1)


def by_hand(y: np.ndarray, lags: int, trend: bool, m: np.ndarray | None = None) -> tuple[float, float]:
    """Return coefficient and t of the lagged level, written out."""
    change, rows = np.diff(y), range(lags, len(y) - 1)
    columns = [[1.0, *([float(i)] if trend else []), y[i], *(change[i - j] for j in range(1, lags + 1))] for i in rows]
    if m is not None:
        steps = np.diff(m)
        columns = [[*c, m[i], *(steps[i - j] for j in range(lags + 1))] for c, i in zip(columns, rows, strict=True)]
    fit = least_squares(change[lags:], np.array(columns))
    k = 2 if trend else 1
    return float(fit.estimate[k]), float(fit.t[k])


@pytest.mark.parametrize("lags", [0, 1, 3])
@pytest.mark.parametrize("trend", ["constant", "trend"])
def test_regressions_are_those_written_out(lags: int, trend: str) -> None:
    b, t, _, rows = dickey_fuller(WALKS, lags, trend)  # type: ignore[arg-type]
    expected = np.array([by_hand(y, lags, trend == "trend") for y in WALKS])
    np.testing.assert_allclose(np.column_stack([b, t]), expected, rtol=1e-8)
    assert rows == 29 - lags
    beside = mean_t(WALKS[None], lags, trend)[0]  # type: ignore[arg-type]
    m = WALKS.mean(axis=0)
    np.testing.assert_allclose(beside, [by_hand(y, lags, trend == "trend", m)[1] for y in WALKS], rtol=1e-7)


def test_relative_levels_and_levels_have_the_same_t_beside_the_means() -> None:
    other = WALKS - 0.7 * WALKS.mean(axis=0)
    np.testing.assert_allclose(mean_t(other[None], 1, "constant"), mean_t(WALKS[None], 1, "constant"), rtol=1e-7)


def test_laws_are_those_of_the_tables() -> None:
    """Dickey and Fuller's 5 % point for 25 differences with a constant is −3.00, and Pesaran's for 20 × 20 is −2.2."""
    law = null_t(26, 0, 0, "constant", 20_000, 1)
    assert np.quantile(law, 0.05) == pytest.approx(-2.99, abs=0.05)
    means = null_mean_t(20, 20, 0, "constant", 1000, 1)
    assert np.quantile(means, 0.05) == pytest.approx(-2.25, abs=0.08)


def test_lags_of_an_autoregression_are_found() -> None:
    generator = np.random.default_rng(3)
    e = generator.normal(size=(40, 300))
    change = np.zeros_like(e)
    for t in range(2, 300):
        change[:, t] = 0.6 * change[:, t - 2] + e[:, t]
    lags = chosen_lags(np.cumsum(change, axis=1), 5, "constant", "bic")
    assert np.mean(lags == 2) > 0.85
    assert (
        chosen_lags(np.cumsum(e, axis=1), 5, "constant", "aic").mean()
        >= chosen_lags(np.cumsum(e, axis=1), 5, "constant", "bic").mean()
    )


def test_gaps_that_fade_and_gaps_that_do_not() -> None:
    generator = np.random.default_rng(11)
    fading = stochastic_convergence(long(np.exp(generator.normal(0, 0.1, (8, 40)))), "v", draws=500, **KEYS)
    assert (fading.panel["p"] < 0.01).all()
    assert (fading.frame["p"] < 0.05).mean() > 0.8
    wandering = stochastic_convergence(
        long(np.exp(np.cumsum(generator.normal(0, 0.1, (8, 40)), axis=1))), "v", draws=500, **KEYS
    )
    assert (wandering.panel["p"] > 0.01).all()
    assert wandering.panel["test"].to_list() == ["ips", "fisher", "cips"]


def test_choosing_lags_is_part_of_the_null() -> None:
    """With short series the t of chosen lags lies lower than that of given ones, and so must its law."""
    walks = np.cumsum(np.random.default_rng(21).normal(size=(3000, 15)), axis=1)
    t = with_lags(walks, "bic", 4, "constant")[2]
    chosen, given = (null_t(15, lags, 4, "constant", 5000, 3) for lags in ("bic", 0))  # type: ignore[arg-type]
    assert np.mean(t < np.quantile(chosen, 0.05)) == pytest.approx(0.05, abs=0.015)
    assert np.mean(t < np.quantile(given, 0.05)) > 0.07


def test_half_life_is_that_of_an_autoregression() -> None:
    path = 0.5 ** (np.arange(20) / 3)
    y = np.array([path, -path]) + np.random.default_rng(0).normal(0, 1e-6, (2, 20))
    found = stochastic_convergence(long(np.exp(y)), "v", lags=0, relative="log_mean", draws=100, **KEYS)
    np.testing.assert_allclose(found.frame["half_life"], 3, rtol=1e-3)


def test_the_relative_series_is_given() -> None:
    values = np.exp(WALKS / 10)
    found = stochastic_convergence(long(values), "v", draws=100, **KEYS)
    np.testing.assert_allclose(found.relative["value"], np.log(values / values.mean(axis=0)).ravel(), atol=1e-12)
    logs = stochastic_convergence(long(values), "v", relative="log_mean", draws=100, **KEYS)
    sums = logs.relative.group_by("year").agg(pl.col("value").sum())["value"]
    np.testing.assert_allclose(sums, 0, atol=1e-12)


def test_seeds_rows_and_units_of_measurement() -> None:
    table = long(np.exp(WALKS / 10))
    one = stochastic_convergence(table, "v", draws=200, **KEYS)
    shuffled = table.sample(fraction=1, shuffle=True, seed=2)
    again = stochastic_convergence(shuffled, "v", draws=200, **KEYS)
    assert one.frame.equals(again.frame)
    assert one.panel.equals(again.panel)
    scaled = stochastic_convergence(table.with_columns(pl.col("v") * 1000), "v", draws=200, **KEYS)
    np.testing.assert_allclose(one.frame["t"], scaled.frame["t"], rtol=1e-8)
    other = stochastic_convergence(table, "v", draws=200, seed=1, **KEYS)
    assert one.frame["t"].equals(other.frame["t"])
    assert not one.frame["p"].equals(other.frame["p"])


def test_short_panels_are_said_and_too_short_ones_refused() -> None:
    short = long(np.exp(WALKS[:, :7] / 10))
    found = stochastic_convergence(short, "v", draws=100, **KEYS)
    assert {note.code for note in found.notes} == {"stochastic_low_power", "stochastic_no_cips"}
    assert "does not rule convergence out" in str(found.notes[0])
    assert found.panel["test"].to_list() == ["ips", "fisher"]
    with pytest.raises(MethodError, match="7 years are too few for a unit root test with 3 lags, which needs 12"):
        stochastic_convergence(short, "v", lags=3, **KEYS)
    with pytest.raises(MethodError, match="which needs 6"):
        stochastic_convergence(short, "v", end=2005, **KEYS)


def test_bad_input_is_named() -> None:
    table = long(np.exp(WALKS / 10))
    with pytest.raises(SpecError, match="10 draws are too few"):
        stochastic_convergence(table, "v", draws=10, **KEYS)
    with pytest.raises(SpecError, match="-1 lags will not do"):
        stochastic_convergence(table, "v", lags=-1, **KEYS)
    with pytest.raises(SpecError, match="trend"):
        stochastic_convergence(table, "v", trend="both", **KEYS)  # type: ignore[arg-type]
    still = long(np.exp(np.vstack([WALKS[0], -WALKS[0], np.zeros(30)]) / 10))
    with pytest.raises(MethodError, match=r"u002.*never changes"):
        stochastic_convergence(still, "v", relative="log_mean", **KEYS)
    with pytest.raises(MethodError, match=r"u001.*2001.*has no logarithm"):
        stochastic_convergence(
            table.with_columns(v=pl.when(pl.col("unit") == "u001").then(0.0).otherwise("v")), "v", **KEYS
        )
