"""The search of a second stage: derivatives, descents, minima that are no solutions, and draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from firm_panels import firm_panel

from nqpf.errors import MethodError
from nqpf.productivity.firms.descent import descend
from nqpf.productivity.firms.linear import collinear, regress, solve
from nqpf.productivity.firms.markov import Markov
from nqpf.productivity.firms.production_function import production_function
from nqpf.productivity.firms.production_result import ProductionFunction
from nqpf.productivity.firms.survival import probit

SHORT = firm_panel(100, 4, seed=3)
"""A panel whose moments have a minimum above zero near labour 2.76, capital −0.56."""


def fit(data: pl.DataFrame, **more: Any) -> ProductionFunction:
    options: dict[str, Any] = {"unit": "firm", "time": "year"} | more
    return production_function(data, "y", ["l"], ["k"], "m", **options)


@pytest.mark.parametrize("survival", [False, True])
@pytest.mark.parametrize("degree", [1, 3])
def test_derivatives_of_the_innovation(degree: int, survival: bool) -> None:
    rng = np.random.default_rng(0)
    x, past = rng.normal(size=(2, 80, 2))
    markov = Markov(
        now=rng.normal(size=80),
        before=rng.normal(size=80),
        x=x,
        x_before=past,
        weight=rng.integers(0, 4, 80).astype(float),
        degree=degree,
        survival=rng.uniform(size=80) if survival else None,
    )
    at = np.array([[0.3, 0.7], [1.5, -0.2]])
    _, slopes = markov.innovations(at)
    for k in range(2):
        step = np.zeros(2)
        step[k] = 1e-6
        numeric = (markov.innovations(at + step)[0] - markov.innovations(at - step)[0]) / 2e-6
        np.testing.assert_allclose(slopes[..., k], numeric, atol=1e-7)


def test_the_innovation_is_what_a_polynomial_leaves() -> None:
    rng = np.random.default_rng(1)
    now, before, x, past = rng.normal(size=(4, 60))
    markov = Markov(now, before, x[:, None], past[:, None], np.ones(60), 3)
    xi, _ = markov.innovations(np.array([[0.4]]))
    omega, last = now - 0.4 * x, before - 0.4 * past
    expected = omega - np.polynomial.Polynomial.fit(last, omega, 3)(last)
    np.testing.assert_allclose(xi[0], expected, atol=1e-10)


def test_a_descent_finds_zeros_and_stops_at_other_minima() -> None:
    """p² − 4 has two zeros, and a flat point between them; p² + 1 has none and is least at 0."""

    def residuals(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.concatenate([p**2 - 4.0, 0 * p], axis=1), np.stack([2 * p, 0 * p], axis=1)

    ends = descend(residuals, np.array([[3.0], [-0.5], [0.0]]), floor=1e-28, flat=1e-8)
    np.testing.assert_allclose(ends.point[:2, 0], [2.0, -2.0], atol=1e-10)
    assert ends.value[2] == 16.0  # at a flat point there is no way down

    def never(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return p**2 + 1.0, 2 * p[..., None]

    low = descend(never, np.array([[2.0]]), floor=1e-28, flat=1e-6)
    assert low.value[0] == pytest.approx(1.0, abs=1e-6)


def test_minima_above_zero_are_shown_and_not_taken() -> None:
    found = fit(SHORT)
    assert found.criterion is not None
    assert found.criterion < 1e-20
    above = found.ends.filter(~pl.col("zero"))
    assert above.height >= 1
    assert above["criterion"].min() > 1e-6  # type: ignore[operator]
    assert not above["chosen"].any()
    assert found.ends["chosen"].sum() == 1
    assert found.ends["starts"].sum() == found.starts.height == 60
    codes = {n.code: n.values for n in found.notes}
    assert codes["pf_search"]["there"] == found.ends.filter("chosen")["starts"][0]
    assert codes["pf_search_elsewhere"]["elsewhere"] == above["starts"].sum()
    np.testing.assert_allclose(
        found.elasticities["estimate"], found.ends.filter("chosen").select("end_l", "end_k").row(0)
    )


def test_only_bad_starts_give_no_number() -> None:
    bad = fit(SHORT).ends.filter(~pl.col("zero")).select("end_l", "end_k").row(0)
    with pytest.raises(MethodError, match=r"None of 1 starts leads to a criterion of zero \(the least is 5\.63e-05"):
        fit(SHORT, starts=[bad])
    both = fit(SHORT, starts=[bad, (0.6, 0.4)])
    assert both.starts["zero"].to_list() == [False, True]
    assert both.elasticities["estimate"][0] == pytest.approx(fit(SHORT).elasticities["estimate"][0], abs=1e-9)


def test_several_solutions_are_all_shown() -> None:
    found = fit(firm_panel(150, 8, seed=1))
    zero = found.ends.filter("zero")
    assert zero.height == 2
    assert (zero.filter("chosen").select("end_l", "end_k").row(0) > np.zeros(2)).all()
    assert zero.filter(~pl.col("chosen"))["end_k"][0] < 0
    assert any(n.code == "pf_several_roots" and n.values["count"] == 2 for n in found.notes)


def test_the_seed_decides_the_starts() -> None:
    one, two, other = fit(SHORT, seed=5), fit(SHORT, seed=5), fit(SHORT, seed=6)
    assert one.starts.equals(two.starts)
    assert not one.starts["start_l"].equals(other.starts["start_l"])
    np.testing.assert_allclose(one.elasticities["estimate"], other.elasticities["estimate"], atol=1e-8)


@pytest.mark.parametrize("method", ["ols", "fixed_effects", "levinsohn_petrin", "wooldridge", "ackerberg_caves_frazer"])
def test_a_weight_is_a_firm_twice(method: str) -> None:
    """A draw is a regression with weights; the same firms written twice under new names give the same."""
    from nqpf.productivity.firms.estimate import estimate
    from nqpf.productivity.firms.fit import How
    from nqpf.productivity.firms.sample import Roles, read_sample

    data = firm_panel(50, 5, seed=2)
    how = How(method, "value_added", 3, 2, "removed", "fitted", "system", None, "clustered")
    roles = Roles.of("y", ["l"], ["k"], "m", ())
    twice = pl.concat([data, data.filter(pl.col("firm") < 20).with_columns(pl.col("firm") + 500)])
    keep = {"logs": True, "invests": False, "exit": None, "unusable": "refuse"}
    one, _ = read_sample(data, roles, "firm", "year", **keep)  # type: ignore[arg-type]
    two, _ = read_sample(twice, roles, "firm", "year", **keep)  # type: ignore[arg-type]
    weight = np.where(data["firm"].to_numpy() < 20, 2.0, 1.0)
    start = np.array([[0.6, 0.4]]) if method == "ackerberg_caves_frazer" else np.array([[0.4]])
    got = estimate(one, how, weight, start).elasticities
    np.testing.assert_allclose(got, estimate(two, how, np.ones(len(two)), start).elasticities, atol=1e-8)


def test_draws_do_not_depend_on_the_number_of_workers() -> None:
    data = firm_panel(60, 4, seed=2)
    one = fit(data, method="levinsohn_petrin", draws=24, seed=3, workers=1)
    two = fit(data, method="levinsohn_petrin", draws=24, seed=3, workers=2)
    assert one.draws.equals(two.draws)
    assert one.draws.shape == (24, 2)
    other = fit(data, method="levinsohn_petrin", draws=24, seed=4)
    assert not one.draws.equals(other.draws)
    np.testing.assert_allclose(one.elasticities["se"], one.draws.select(pl.all().std()).row(0), rtol=1e-12)
    low, high = np.quantile(one.draws.to_numpy(), [0.025, 0.975], axis=0)
    np.testing.assert_allclose(one.elasticities.select("low", "high").to_numpy(), np.stack([low, high], axis=1))
    total = one.draws.select(pl.sum_horizontal(pl.all())).to_series()
    assert one.returns["se"][0] == pytest.approx(total.std(), rel=1e-12)


def test_the_bootstrap_agrees_with_the_formula() -> None:
    data = firm_panel(150, 5, seed=4)
    drawn = fit(data, method="ols", draws=300).elasticities["se"].to_numpy()
    formula = fit(data, method="ols").elasticities["se"].to_numpy()
    np.testing.assert_allclose(drawn, formula, rtol=0.2)  # 300 draws tell a deviation to about 4 %


def test_draws_of_ackerberg_caves_frazer_are_solutions() -> None:
    found = fit(firm_panel(150, 6, seed=1), draws=20)
    assert found.draws.null_count().row(0) == (0, 0)
    assert 0.005 < found.elasticities["se"][0] < 0.15


def test_a_draw_without_solution_is_counted() -> None:
    found = fit(SHORT, draws=60)
    lost = found.draws["l"].null_count()
    told = [n.values["lost"] for n in found.notes if n.code == "pf_lost_draws"]
    assert told == ([lost] if lost else [])
    assert found.elasticities["se"].null_count() == 0


def test_coefficients_are_as_exact_as_by_qr() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(12, 2, (300, 1)) ** np.arange(5)
    y = rng.normal(size=300)
    q, r = np.linalg.qr(x / np.linalg.norm(x, axis=0))
    fitted = q @ (q.T @ y)
    np.testing.assert_allclose(x @ solve(x, y, np.ones(300)), fitted, atol=1e-6)
    assert np.linalg.cond(r) > 5e3
    weight = rng.integers(0, 3, 300).astype(float)
    by_rows = np.repeat(np.arange(300), weight.astype(int))
    plain = rng.normal(size=(300, 2))
    np.testing.assert_allclose(
        solve(plain, y, weight), np.linalg.lstsq(plain[by_rows], y[by_rows], rcond=None)[0], atol=1e-12
    )
    covariance = regress(y, plain, plain, np.ones(300), np.arange(300), "classical").covariance
    np.testing.assert_allclose(covariance, covariance.T, atol=1e-15)


def test_collinear_columns_are_named_in_order() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 50))
    none = np.empty((50, 0))
    assert collinear(np.column_stack([a, b]), none) is None
    assert collinear(np.column_stack([a, b, a - 2 * b]), none) == 2
    assert collinear(np.column_stack([a, np.full(50, 3.0)]), none) == 1
    assert collinear(np.column_stack([b, a]), (2 * a)[:, None]) == 1


def test_a_probit_of_two_groups_gives_their_shares() -> None:
    from scipy.special import ndtr

    x = np.column_stack([np.ones(100), np.repeat([0.0, 1.0], 50)])
    flag = np.concatenate([np.arange(50) < 10, np.arange(50) < 35]).astype(float)
    gamma = probit(x, flag, np.ones(100))
    np.testing.assert_allclose(ndtr([gamma[0], gamma.sum()]), [0.2, 0.7], atol=1e-6)
    with pytest.raises(MethodError, match="does not converge"):
        probit(x, x[:, 1], np.ones(100))
    with pytest.raises(MethodError, match="does not vary"):
        probit(x, np.zeros(100), np.ones(100))
