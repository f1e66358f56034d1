"""Sigma convergence: measures by hand, invariances, tests against scipy, bad input."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from convergence_panels import long
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nqpf.errors import MethodError, SpecError
from nqpf.messages import speak
from nqpf.regions.convergence.sigma import sigma

KEYS = {"unit": "unit", "time": "year"}
RANDOM = np.exp(np.random.default_rng(5).normal(0, 1, (12, 15)))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("cv", 0.5),
        ("sd", 1.0),
        ("variance", 1.0),
        ("sd_logs", np.log(3) / 2),
        ("variance_logs", np.log(3) ** 2 / 4),
        ("cv_logs", 1.0),
    ],
)
def test_measures_by_hand(measure: str, expected: float) -> None:
    table = long(np.array([[1.0, 1.0], [3.0, 3.0]]))
    found = sigma(table, "v", measure=measure, **KEYS)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.frame["sigma"], expected, rtol=1e-14)
    assert found.method.id == "regions.sigma"


def test_a_sample_divides_by_one_less_and_normalising_by_its_root() -> None:
    table = long(RANDOM)
    plain = sigma(table, "v", **KEYS).frame["sigma"].to_numpy()
    sample = sigma(table, "v", ddof=1, **KEYS).frame["sigma"].to_numpy()
    normal = sigma(table, "v", ddof=1, normalised=True, **KEYS).frame["sigma"].to_numpy()
    np.testing.assert_allclose(sample, plain * np.sqrt(12 / 11), rtol=1e-13)
    np.testing.assert_allclose(normal, sample / np.sqrt(11), rtol=1e-13)


def test_equal_weights_change_nothing_and_a_double_weight_is_a_unit_twice() -> None:
    weight = np.full_like(RANDOM, 7.0)
    weight[0] *= 2
    weighted = sigma(long(RANDOM, w=weight), "v", weight="w", **KEYS).frame["sigma"].to_numpy()
    twice = sigma(long(np.vstack([RANDOM[:1], RANDOM])), "v", **KEYS).frame["sigma"].to_numpy()
    np.testing.assert_allclose(weighted, twice, rtol=1e-13)
    plain = sigma(long(RANDOM, w=np.ones_like(RANDOM)), "v", weight="w", centre="plain", **KEYS)
    np.testing.assert_allclose(plain.frame["sigma"], sigma(long(RANDOM), "v", **KEYS).frame["sigma"], rtol=1e-13)


def test_deviations_from_the_plain_mean_are_larger() -> None:
    table = long(RANDOM, w=np.arange(1.0, 181).reshape(12, 15))
    own = sigma(table, "v", measure="sd", weight="w", **KEYS).frame["sigma"]
    plain = sigma(table, "v", measure="sd", weight="w", centre="plain", **KEYS).frame["sigma"]
    assert (plain > own).all()


@given(st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
@settings(max_examples=min(20, settings().max_examples))
def test_neither_unit_of_measurement_nor_row_order_matters(scale: float, random: object) -> None:
    table = long(RANDOM)
    order = list(range(table.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = table[order].with_columns(pl.col("v") * scale)
    for measure in ("cv", "sd_logs"):
        one, two = (sigma(t, "v", measure=measure, **KEYS) for t in (table, other))  # type: ignore[arg-type]
        np.testing.assert_allclose(one.frame["sigma"], two.frame["sigma"], rtol=1e-10)
        np.testing.assert_allclose(one.ratio["f"], two.ratio["f"], rtol=1e-9)


def test_trend_and_f_are_those_of_scipy() -> None:
    found = sigma(long(RANDOM), "v", measure="sd_logs", **KEYS)
    line = stats.linregress(found.frame["year"].to_numpy(), found.frame["sigma"].to_numpy())
    row = found.trend.row(0, named=True)
    np.testing.assert_allclose(
        [row[k] for k in ("slope", "slope_se", "p", "constant", "constant_se", "r2")],
        [line.slope, line.stderr, line.pvalue, line.intercept, line.intercept_stderr, line.rvalue**2],
        rtol=1e-9,
    )
    logs = np.log(RANDOM)
    ratio = found.ratio.row(0, named=True)
    f = logs[:, 0].var(ddof=1) / logs[:, -1].var(ddof=1)
    assert ratio["f"] == pytest.approx(f, rel=1e-12)
    assert ratio["f_p"] == pytest.approx(2 * min(stats.f.cdf(f, 11, 11), stats.f.sf(f, 11, 11)), rel=1e-12)
    paired = stats.pearsonr(logs[:, 0] + logs[:, -1], logs[:, 0] - logs[:, -1])
    assert ratio["paired_p"] == pytest.approx(paired.pvalue, rel=1e-9)


def test_a_falling_spread_shows_in_every_test() -> None:
    path = np.linspace(-1, 1, 9)[:, None] * np.linspace(1, 0.2, 12) + 5
    path += np.random.default_rng(0).normal(0, 0.01, path.shape)
    found = sigma(long(path), "v", **KEYS)
    assert found.trend["slope"][0] < 0 < found.ratio["paired_t"][0]
    assert found.trend["p"][0] < 0.001
    assert found.ratio["ratio"][0] > 1
    assert found.ratio["f"][0] > 1
    assert found.ratio["paired_p"][0] < 0.001


def test_a_cv_is_compared_by_relative_values_unless_values_are_asked_for() -> None:
    values = RANDOM[:, :1] * np.array([[1.0, 2.0, 4.0]])
    relative = sigma(long(values), "v", **KEYS).ratio
    plain = sigma(long(values), "v", test_on="values", **KEYS).ratio
    assert relative["f"][0] == pytest.approx(1.0)
    assert plain["f"][0] == pytest.approx(1 / 16)


def test_two_years_have_no_trend_and_few_of_anything_is_said() -> None:
    found = sigma(long(RANDOM[:3, :2]), "v", measure="cv_logs" if (RANDOM[:3] > 3).all() else "sd_logs", **KEYS)
    assert found.trend["slope"].null_count() == 1
    assert {note.code for note in found.notes} == {"convergence_short", "sigma_few_units"}
    cv = sigma(long(RANDOM + 2), "v", measure="cv_logs", **KEYS)
    assert [note.code for note in cv.notes] == ["sigma_cv_logs"]
    assert "changes with the unit of measurement" in str(cv.notes[0])


def test_units_that_are_equal_in_both_years_have_no_f() -> None:
    found = sigma(long(np.ones((3, 4))), "v", **KEYS)
    assert found.frame["sigma"].to_list() == [0.0] * 4
    assert found.ratio["f"].null_count() == 1


@pytest.mark.parametrize("gap", ["row", "cell"])
def test_a_gap_is_named(gap: str) -> None:
    table = long(RANDOM[:3, :4])
    there = (pl.col("unit") != "u001") | (pl.col("year") != 2003)
    table = table.filter(there) if gap == "row" else table.with_columns(pl.when(there).then(pl.col("v")))
    with pytest.raises(MethodError, match=r"u001.*2003.*1 cells are missing, of u001") as caught:
        sigma(table, "v", **KEYS)
    with speak("zh"):
        assert "此处没有数据（共缺 1 处，涉及 u001）" in str(caught.value)


def test_bad_values_are_named() -> None:
    table = long(np.array([[1.0, 2.0], [3.0, 0.0]]))
    with pytest.raises(MethodError, match=r"u001.*2002.*0 has no logarithm.*Do not add a constant"):
        sigma(table, "v", measure="sd_logs", **KEYS)
    with pytest.raises(MethodError, match=r"2001.*mean of the year is 0, not above 0"):
        sigma(long(np.array([[-1.0, 2.0], [1.0, 0.0]])), "v", **KEYS)
    with pytest.raises(MethodError, match="The weight -1 is negative"):
        sigma(long(RANDOM, w=-np.ones_like(RANDOM)), "v", weight="w", **KEYS)
    with pytest.raises(MethodError, match="There is 1 unit"):
        sigma(long(RANDOM[:1]), "v", **KEYS)


def test_bad_options_are_named() -> None:
    with pytest.raises(SpecError, match=r"Did you mean “cv_logs”"):
        sigma(long(RANDOM), "v", measure="cv_log", **KEYS)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="ddof = 1 will not do"):
        sigma(long(RANDOM, w=RANDOM), "v", weight="w", ddof=1, **KEYS)
    with pytest.raises(SpecError, match="no year 1990; it has 2001"):
        sigma(long(RANDOM), "v", start=1990, **KEYS)


def test_years_that_are_not_equally_far_apart_are_said() -> None:
    table = long(RANDOM).filter(pl.col("year") != 2005)
    assert [n.code for n in sigma(table, "v", **KEYS).notes] == ["convergence_year_gaps"]
