"""Path breaks: predictions by hand, exact size under a drift, placebos, verdicts, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.productivity.growth import PathBreak, path_break
from nqpf.productivity.growth.path_models import AUTOCORRELATIONS, drift, trend
from nqpf.productivity.growth.path_synthetic import beside, critical, groups, p_values

RNG = np.random.default_rng(7)
SERIES = np.cumsum(RNG.normal(0.02, 0.02, (18, 1)), axis=0)


def table(y: np.ndarray[Any, np.dtype[np.float64]], first: int = 2000) -> pl.DataFrame:
    """Return logs ``float64[T, N]`` as a table of levels."""
    years, units = y.shape
    keys = {"u": [f"u{n}" for n in range(units)] * years, "t": np.repeat(np.arange(first, first + years), units)}
    return pl.DataFrame({**keys, "a": np.exp(y).ravel(), "log": y.ravel()})


def found(y: Any, until: int, **more: Any) -> PathBreak:
    return path_break(table(np.asarray(y)), "a", unit="u", time="t", until=until, **more)


def near(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def test_a_drift_by_hand() -> None:
    before, after = SERIES[:12, 0], SERIES[12:, 0]
    steps = np.diff(before)
    h = np.arange(1, 7)
    centre = before[-1] + h * steps.mean()
    reach = stats.t.ppf(0.975, 10) * steps.std(ddof=1) * np.sqrt(h + h**2 / 11)
    done = found(SERIES, 2011)
    near(done.paths["expected"], centre)
    near(done.paths["low"], centre - reach)
    near(done.paths["gap"], after - centre)
    row = done.frame.row(0, named=True)
    near([row["gap"], row["low"], row["high"]], (after - centre)[-1] + np.array([0, -reach[-1], reach[-1]]))
    near(row["p"], 2 * stats.t.sf(abs((after - centre)[-1]) / (reach[-1] / stats.t.ppf(0.975, 10)), 10))
    near(row["ratio"], np.exp(row["gap"]))
    assert (row["until"], row["at"], row["before"]) == (2011, 2017, 12)


def test_a_trend_with_independent_errors_by_hand() -> None:
    """The covariance of Newey and West with no lag is White's; the line is that of least squares."""
    y = np.cumsum(RNG.normal(0, 1, (9, 1)), axis=0)
    x = np.column_stack([np.ones(9), np.arange(9.0)])
    beta = np.linalg.lstsq(x, y[:, 0])[0]
    outlook = trend(y, 3, "hac")
    near(outlook.mean[:, 0], np.column_stack([np.ones(3), np.arange(9.0, 12)]) @ beta)
    rest = y[:, 0] - x @ beta
    inverse = np.linalg.inv(x.T @ x)
    lag = 2  # of 4 (9/100)^(2/9)
    scores = x * rest[:, None]
    meat = scores.T @ scores
    for k in range(1, lag + 1):
        both = scores[k:].T @ scores[:-k]
        meat += (1 - k / (lag + 1)) * (both + both.T)
    at = np.array([1.0, 9.0])
    variance = rest @ rest / 7 + at @ inverse @ (meat * 9 / 7) @ inverse @ at
    near(outlook.scale[0, 0, 0], np.sqrt(variance))


def test_an_autocorrelated_trend_by_hand() -> None:
    """For each autocorrelation: generalised least squares, and the restricted likelihood as its weight."""
    n, ahead = 10, 3
    y = np.cumsum(RNG.normal(0, 1, n))
    outlook = trend(y[:, None], ahead, "ar1")
    near(outlook.weight.sum(), 1)
    near(outlook.below(outlook.quantile(0.9)), 0.9, 1e-6)
    x = np.column_stack([np.ones(n), np.arange(n, dtype=float)])
    logs = []
    for g, rho in enumerate(AUTOCORRELATIONS):
        whole = rho ** np.abs(np.subtract.outer(np.arange(n + ahead), np.arange(n + ahead))) / (1 - rho**2)
        omega, across = whole[:n, :n], whole[n:, :n]
        inverse = np.linalg.inv(omega)
        inner = np.linalg.inv(x.T @ inverse @ x)
        beta = inner @ x.T @ inverse @ y
        rest = y - x @ beta
        square = rest @ inverse @ rest
        later = np.column_stack([np.ones(ahead), np.arange(n, n + ahead, dtype=float)])
        near(outlook.centre[g, :, 0], later @ beta + across @ inverse @ rest, 1e-8)
        off = later - across @ inverse @ x
        spread = whole[n:, n:] - across @ inverse @ across.T + off @ inner @ off.T
        near(outlook.scale[g, :, 0], np.sqrt(np.diag(spread) * square / (n - 2)), 1e-8)
        logs.append((np.linalg.slogdet(inner)[1] - np.linalg.slogdet(omega)[1] - (n - 2) * np.log(square)) / 2)
    weight = np.exp(np.array(logs) - max(logs))
    near(outlook.weight[:, 0], weight / weight.sum(), 1e-8)


def test_a_drift_covers_as_often_as_it_says() -> None:
    y = np.cumsum(np.random.default_rng(3).normal(0.01, 0.03, (16, 3000)), axis=0)
    outlook = drift(y[:10], 6)
    for level in (0.8, 0.95):
        low, high = (outlook.quantile((1 + sign * level) / 2) for sign in (-1, 1))
        inside = ((y[10:] > low) & (y[10:] < high)).mean(axis=1)
        near(inside, level, 4 * np.sqrt(level * (1 - level) / 3000))


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_a_trend_covers_as_often_as_it_says(rho: float) -> None:
    rng = np.random.default_rng(4)
    shocks = rng.normal(0, 1, (20, 500))
    errors = np.empty_like(shocks)
    errors[0] = shocks[0] / np.sqrt(1 - rho**2)
    for t in range(1, 20):
        errors[t] = rho * errors[t - 1] + shocks[t]
    outlook = trend(errors[:15], 5, "ar1")
    low, high = outlook.quantile(0.025), outlook.quantile(0.975)
    inside = ((errors[15:] > low) & (errors[15:] < high)).mean(axis=1)
    assert inside.min() > 0.92
    assert inside.max() < 0.99


@pytest.mark.parametrize("path", ["drift", "trend"])
def test_a_jump_is_above_a_slump_below_and_no_change_within(path: Any) -> None:
    y = np.repeat(SERIES, 3, axis=1)
    y[12:, 0] += 1.0
    y[12:, 1] -= 1.0
    frame = found(y, 2011, path=path, at=2013).frame
    assert frame["verdict"].to_list() == ["above", "below", "within", "within"]
    assert frame["unit"].to_list() == ["u0", "u1", "u2", None]
    assert (frame["p"][:2] < 0.001).all()
    near(frame["gap"][3], frame["gap"][:3].mean())  # all together: mean growth


def test_a_series_without_noise_is_within() -> None:
    y = np.repeat(np.log(1.02) * np.arange(14.0)[:, None], 4, axis=1)
    for path in ("drift", "trend", "synthetic"):
        done = found(y, 2010, path=path, level=0.7).frame.head(4)
        assert done["verdict"].to_list() == ["within"] * 4, path


def test_units_of_measure_order_and_logs_do_not_matter() -> None:
    y = np.column_stack([SERIES, SERIES + RNG.normal(0, 0.02, SERIES.shape)])
    whole = table(y)
    options: dict[str, Any] = {"unit": "u", "time": "t", "until": 2011}
    first = path_break(whole, "a", **options).frame
    shuffled = whole.with_columns(pl.col("a") * 7.0).sample(fraction=1, shuffle=True, seed=1)
    other = path_break(shuffled, "a", **options).frame
    logs = path_break(whole, "log", scale="log", **options).frame
    for frame in (other, logs):
        joined = first.join(frame, on="unit", nulls_equal=True)
        near(joined["gap"], joined["gap_right"])
        near(joined["p"], joined["p_right"])


def test_no_other_weights_fit_better() -> None:
    """Least squares of what differs from its mean before the date, plus the ridge of Arkhangelsky et al. (2021)."""
    donors = np.cumsum(RNG.normal(0, 1.0, (5, 30)), axis=1)
    truth = np.array([0.7, 0.3, 0.0, 0.0, 0.0])
    one = beside(truth @ donors + 3.0, donors, 24)
    near(one.weights.sum(), 1)
    assert (one.weights >= 0).all()
    assert one.weights.argmax() == 0
    near(one.gap[:24].mean(), 0)
    near(one.fit, np.sqrt((one.gap[:24] ** 2).mean()))
    ridge = np.sqrt(6) * np.diff(donors[:, :24]).std(ddof=1) ** 2 * 24

    def loss(weights: Any) -> float:
        rest = (truth - weights) @ donors[:, :24]
        return float(((rest - rest.mean()) ** 2).sum() + ridge * (weights**2).sum())

    others = RNG.dirichlet(np.ones(5), 500)
    near_by = 0.98 * one.weights + 0.02 * others
    assert loss(one.weights) <= min(loss(w) for w in [truth, *others, *near_by]) + 1e-9


def test_placebos_give_p_and_interval_alike() -> None:
    placebo = np.array([[-1.0, 2.0, 3.0, 4.0]])
    near(p_values(np.array([3.0]), placebo), [3 / 5])
    near(p_values(np.array([5.0]), placebo), [1 / 5])
    near(critical(placebo, 0.8), [4.0])
    assert np.isinf(critical(placebo, 0.9)).all()
    assert len(groups(6, 1, 99, np.random.default_rng(0))) == 6
    assert len(groups(6, 3, 99, np.random.default_rng(0))) == 99


def test_one_that_differs_is_found_among_others() -> None:
    common = np.cumsum(RNG.normal(0.02, 0.01, (16, 1)), axis=0)
    y = common * RNG.uniform(0.8, 1.2, 24) + RNG.normal(0, 0.005, (16, 24))
    y[12:, 5] += 0.4
    done = found(y, 2011, path="synthetic")
    row = done.frame.filter(unit="u5").row(0, named=True)
    assert (row["verdict"], row["p"]) == ("above", pytest.approx(1 / 24))
    assert abs(row["gap"] - 0.4) < 0.05
    assert (done.frame["verdict"] == "within").sum() >= 22
    assert done.frame.tail(1)["reason"].to_list() == ["whole"]
    sums = done.weights.group_by("unit").agg(pl.col("weight").sum())["weight"]
    near(sums, 1)
    assert {"path_break_common", "growth_many_units"} <= {note.code for note in done.notes}


def test_several_asked_about_stand_beside_the_rest() -> None:
    common = np.cumsum(RNG.normal(0.02, 0.01, (18, 1)), axis=0)
    y = common + RNG.normal(0, 0.01, (18, 26))
    y[12:, :3] += 0.3
    done = found(y, 2011, path="synthetic", units=["u0", "u1", "u2"], draws=99)
    assert done.frame["verdict"].to_list() == ["above"] * 4
    assert done.frame["unit"].to_list() == ["u0", "u1", "u2", None]
    assert set(done.weights["donor"]).isdisjoint({"u0", "u1", "u2"})
    assert done.frame["p"][3] == pytest.approx(1 / 100)


def test_few_units_give_no_interval() -> None:
    done = found(np.cumsum(RNG.normal(0, 1, (12, 4)), axis=0), 2008, path="synthetic")
    assert done.frame["reason"].to_list() == ["few_placebos"] * 3 + ["few_placebos", "whole"]
    note = next(note for note in done.notes if note.code == "path_break_few_placebos")
    assert "95%" in note.text().zh
    assert "20" in note.text().en


def test_short_and_absent_series_are_not_assessed() -> None:
    y = np.repeat(SERIES, 3, axis=1)
    late = table(y).filter((pl.col("u") != "u1") | (pl.col("t") >= 2006))
    gone = late.filter((pl.col("u") != "u2") | (pl.col("t") <= 2014))
    done = path_break(gone, "a", unit="u", time="t", until=2011)
    reasons = dict(done.frame.select("unit", "reason").rows())
    assert reasons == {"u0": None, "u1": "short", "u2": "absent", None: None}
    assert (done.frame["verdict"] == "not_assessed").sum() == 2
    with pytest.raises(MethodError, match="No series has enough years up to 2005: 6 at most, 8 are needed") as caught:
        path_break(table(y), "a", unit="u", time="t", until=2005)
    with speak("zh"):
        assert "至少需要 8 年" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "kind", "words"),
    [
        ({"until": 2017}, SpecError, "2017"),
        ({"until": 2011, "at": 2011}, SpecError, "2011"),
        ({"until": 2011, "path": "arima"}, SpecError, "drift"),
        ({"until": 2011, "errors": "iid"}, SpecError, "hac"),
        ({"until": 2011, "level": 1.0}, SpecError, "between 0 and 1"),
        ({"until": 2011, "window": 5}, SpecError, "8 at least"),
        ({"until": 2011, "units": "u0"}, SpecError, "list of columns"),
        ({"until": 2011, "units": ["u9"]}, DataError, "u9"),
    ],
)
def test_what_will_not_do_is_named(more: Any, kind: Any, words: str) -> None:
    with pytest.raises(kind, match=words):
        found(np.repeat(SERIES, 2, axis=1), **more)


def test_zero_needs_logs_of_its_own() -> None:
    with pytest.raises(MethodError, match="above zero"):
        path_break(table(SERIES).with_columns(a=pl.lit(0.0)), "a", unit="u", time="t", until=2011)


def test_a_window_uses_the_latest_years() -> None:
    y = np.concatenate([[[5.0]], SERIES])  # a level far off before everything else
    near(found(y, 2012, window=12).frame["gap"], found(SERIES, 2011).frame["gap"])
