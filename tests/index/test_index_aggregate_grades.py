"""Fuzzy comprehensive evaluation and benefit of the doubt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from nqpf.errors import MethodError, SpecError
from nqpf.index.aggregate import AGGREGATORS, bod, fuzzy
from nqpf.index.aggregate.bod import best_weights, frontier
from nqpf.index.aggregate.fuzzy import memberships, together
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import speak

COLUMNS = ["a", "b", "c"]


def near(got: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance)


def table(s: Any) -> dict[str, Any]:
    return {name: np.asarray(s, dtype=float)[:, k] for k, name in enumerate(COLUMNS[: np.shape(s)[1]])}


def test_memberships_in_figures() -> None:
    found = memberships(np.array([[0.0, 0.25, 0.6], [1.4, np.nan, -3.0]]), np.array([0.0, 0.5, 1.0]))
    near(found[:, 0], [[1, 0.5, 0], [0, 0.5, 0.8], [0, 0, 0.2]])
    near(found[:, 1], [[0, 0, 1], [0, 0, 0], [1, 0, 0]])


def test_operators_in_figures() -> None:
    # SPSSAU's worked example of five factors and four grades: w and the memberships of each factor.
    w = np.array([[0.1, 0.1, 0.15, 0.3, 0.35]])
    r = np.array([[0.2, 0.5, 0.3, 0], [0.1, 0.3, 0.5, 0.1], [0, 0.1, 0.6, 0.3], [0, 0.4, 0.5, 0.1], [0.5, 0.3, 0.2, 0]])
    found = together(r.T[:, None, :], w, "product_sum")[0]
    near(found, [0.205, 0.32, 0.39, 0.085])
    least = np.minimum(w[0][:, None], r)
    product = w[0][:, None] * r
    for operator, expected in (
        ("min_max", least.max(axis=0)),
        ("product_max", product.max(axis=0)),
        ("min_sum", np.minimum(least.sum(axis=0), 1)),
    ):
        near(together(r.T[:, None, :], w, operator)[0], expected / expected.sum())
    near(least.max(axis=0), [0.35, 0.3, 0.3, 0.15])


def test_fuzzy_tables() -> None:
    found = fuzzy(
        table([[0.0, 0.5, 1.0], [0.75, 0.75, 0.5]]), COLUMNS, weights=[0.5, 0.25, 0.25], cuts=[0, 0.5, 1]
    ).frame
    near(
        found.select("membership_1", "membership_2", "membership_3").to_numpy(), [[0.5, 0.25, 0.25], [0, 0.625, 0.375]]
    )
    assert found["grade"].to_list() == [1, 2]
    near(found["score"], [0.375, 0.6875])
    worth = fuzzy(
        table([[0.0, 0.5, 1.0]]), COLUMNS, weights=[0.5, 0.25, 0.25], cuts=[0, 0.5, 1], grade_values=[60, 80, 100]
    ).frame
    near(worth["score"], [75])
    even = fuzzy(table([[0.0, 1.0]]), ["a", "b"], cuts=[0, 1]).frame
    assert even["grade"].to_list() == [2]  # the better of two


@given(s=arrays(float, (4, 3), elements=st.floats(0, 1)))
def test_with_sums_of_products_and_cuts_as_values_the_score_is_the_mean(s: np.ndarray) -> None:
    near(fuzzy(table(s), COLUMNS).frame["score"], s.mean(axis=1))
    low = fuzzy(table(s), COLUMNS, cuts=[0.25, 0.75]).frame["score"]
    near(low, np.clip(s, 0.25, 0.75).mean(axis=1))


def test_fuzzy_options() -> None:
    with pytest.raises(SpecError, match="rising"):
        fuzzy(table([[0.0, 1.0]]), ["a", "b"], cuts=[1, 0])
    with pytest.raises(SpecError, match="operator"):
        fuzzy(table([[0.0, 1.0]]), ["a", "b"], operator="max")  # type: ignore[arg-type]
    kind = AGGREGATORS["fuzzy"]
    assert kind.ends(Aggregate(method="fuzzy"), (1, 100)) == (1, 100)
    assert kind.ends(Aggregate(method="fuzzy", cuts=(0, 1), grade_values=(60, 100)), None) == (60, 100)
    assert kind.bounded(Aggregate(method="fuzzy"))
    assert not kind.bounded(Aggregate(method="fuzzy", cuts=(0, 1)))


def test_bod_in_figures() -> None:
    # The frontier is A, B and the line between them; C lies on half of it, D uses what it is best in.
    found = bod(table([[1.0, 0.5], [0.5, 1.0], [0.375, 0.375], [0.25, 0.9]]), ["a", "b"]).frame
    near(found["score"], [1, 1, 0.5, 0.9])
    near(found.select("a_weight", "b_weight").to_numpy()[2], [2 / 3, 2 / 3])
    near(found.select("a_weight", "b_weight").to_numpy()[3], [0, 1])
    assert found["rank"].to_list() == [1, 1, 4, 3]


def by_linprog(s: np.ndarray, shares: tuple[float, float] | None) -> np.ndarray:
    """Return the scores by the primal program, a row at a time."""
    found = []
    for row in s:
        bounds = np.zeros((0, len(row)))
        if shares:
            bounds = np.vstack([shares[0] * row - np.diag(row), np.diag(row) - shares[1] * row])
        a = np.vstack([s, bounds])
        b = np.r_[np.ones(len(s)), np.zeros(len(bounds))]
        found.append(-linprog(-row, A_ub=a, b_ub=b, bounds=(0, None), method="highs").fun)
    return np.array(found)


@pytest.mark.parametrize("shares", [None, (0.1, 0.5), (0.0, 0.4), (0.3, 1.0)])
def test_bod_is_the_linear_program(shares: tuple[float, float] | None) -> None:
    s = np.random.default_rng(4).uniform(0.1, 1, (40, 3)) * [1, 100, 0.01]
    found = bod(table(s), COLUMNS, shares=shares).frame
    near(found["score"], by_linprog(s, shares), 1e-8)
    u = found.select(f"{c}_weight" for c in COLUMNS).to_numpy()
    assert (u >= 0).all()
    assert (np.einsum("rk,jk->rj", u, s) <= 1 + 1e-12).all()
    near((u * s).sum(axis=1), found["score"])
    if shares:
        part = u * s / found["score"].to_numpy()[:, None]
        assert part.min() >= shares[0] - 1e-9
        assert part.max() <= shares[1] + 1e-9


def test_units_of_measurement_do_not_matter() -> None:
    s = np.random.default_rng(5).uniform(0.1, 1, (20, 3))
    for shares in (None, (0.1, 0.5)):
        one = bod(table(s), COLUMNS, shares=shares).frame["score"]
        near(bod(table(s * [1e6, 1e-6, 3]), COLUMNS, shares=shares).frame["score"], one, 1e-9)


def test_the_frontier_keeps_who_is_not_beaten() -> None:
    s = np.array([[1, 0.5], [0.5, 1], [0.5, 0.9], [1, 0.5], [0.2, 0.2], [np.nan, 1.0]])
    found = frontier(s)
    near(found.rows * found.unit, [[0.5, 1], [1, 0.5]])


def test_later_rows_may_pass_the_frontier() -> None:
    against = frontier(np.array([[1.0, 0.5], [0.5, 1.0]]))
    later = np.array([[2.0, 2.0], [0.75, 0.0], [np.nan, 0.5]])
    u = best_weights(later, against, None)
    near(np.nansum(u * np.nan_to_num(later), axis=1), [2 / 0.75, 0.75, 0.5])


def test_a_row_with_what_the_frontier_lacks_has_no_score() -> None:
    against = frontier(np.array([[1.0, 0.0], [0.5, 0.0]]))
    assert np.isnan(best_weights(np.array([[0.5, 0.1], [0.5, 0.0]]), against, None)).all(axis=1).tolist() == [
        True,
        False,
    ]


def test_a_missing_input_counts_for_nothing() -> None:
    s = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, np.nan], [0.4, np.nan, 0.1], [np.nan] * 3])
    u = best_weights(s, frontier(s), (0.2, 0.8))
    part = u * s
    near(np.nansum(part, axis=1)[:2], [1, 1])
    total = np.nansum(part[2])
    assert 0 < total < 1
    assert part[2, 0] / total <= 0.8 + 1e-9
    assert np.isnan(u[3]).all()


def test_share_bounds_that_cannot_be_met() -> None:
    s = [[1.0, 0.5], [0.5, 1.0]]
    for shares in ((0.0, 0.4), (0.6, 0.7)):
        with pytest.raises(MethodError, match=r"row 1.*shares cannot make up a whole") as caught:
            bod(table(s), ["a", "b"], shares=shares)
        with speak("zh"):
            assert "shares 的上下限" in str(caught.value)
    near(bod(table(s), ["a", "b"], shares=(0.5, 0.5)).frame["score"], [0.8, 0.8])


def test_a_negative_score_is_named() -> None:
    with pytest.raises(MethodError, match=r"“b” in row 2 is -0\.5; method bod"):
        bod(table([[1.0, 0.5], [0.5, -0.5]]), ["a", "b"])
    assert np.isnan(best_weights(np.array([[-1.0, 1.0]]), frontier(np.array([[1.0, 1.0]])), None)).all()


def test_the_frontier_of_each_year() -> None:
    s = np.random.default_rng(6).uniform(0.1, 1, (20, 3))
    years = np.repeat([1, 2], 10)
    whole = bod({**table(s), "y": years}, COLUMNS, by="y").frame["score"].to_numpy()
    near(whole[:10], bod(table(s[:10]), COLUMNS).frame["score"], 1e-10)
    assert (whole >= bod(table(s), COLUMNS).frame["score"].to_numpy() - 1e-10).all()


def test_nobody_beyond_the_best_and_the_best_exactly_there() -> None:
    s = np.random.default_rng(8).uniform(0.1, 1, (60, 3))
    score = bod(table(s), COLUMNS).frame["score"].to_numpy()
    assert score.max() <= 1.0
    assert (score > 1 - 1e-12).sum() >= 3
    assert not ((score > 1 - 1e-7) & (score < 1 - 1e-12)).any()
