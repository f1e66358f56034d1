"""Combinations of weights: a published example, identities, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.options.weight import Weight
from nqpf.index.weights.combine import combine, combine_weights, game_coefficients

METHODS = ("game", "multiplicative", "minimum_information", "linear")

FUZZY_AHP = [0.1691, 0.0764, 0.0828, 0.0533, 0.2469, 0.0828, 0.0763, 0.0553, 0.0553, 0.0111, 0.0887]
CRITIC = [0.0209, 0.0495, 0.0565, 0.0390, 0.0351, 0.1682, 0.1766, 0.1899, 0.0209, 0.1217, 0.1217]
GAME = [0.0943, 0.0628, 0.0695, 0.0461, 0.1400, 0.1259, 0.1269, 0.1232, 0.0379, 0.0669, 0.1054]
"""侯克鹏、王黎蝶等 (2021), 安全与环境学报 21(6), ISSN 1009-6094: weights of FAHP and CRITIC, and their game."""


def how(**options: Any) -> Weight:
    return Weight.model_validate({"method": "combined", "of": [{"method": "equal"}, {"method": "given"}]} | options)


def test_a_published_game() -> None:
    """The paper solves its two equations to two places only, hence the tolerance."""
    sources = np.array([FUZZY_AHP, CRITIC])
    products = [0.13187272, 0.07394352, 0.13443172]
    assert (sources @ sources.T)[[0, 0, 1], [0, 1, 1]].tolist() == pytest.approx(products, abs=1e-7)
    alpha = game_coefficients(sources)
    assert alpha.tolist() == pytest.approx([0.6364, 0.6485], abs=2.5e-3)
    shares = alpha / alpha.sum()
    assert shares.tolist() == pytest.approx([0.4953, 0.5047], abs=1.5e-3)
    assert (shares @ sources).tolist() == pytest.approx(GAME, abs=4e-4)


def test_a_game_of_two_by_hand() -> None:
    """u1·u1 = 0.52, u2·u2 = 0.58, u1·u2 = 0.46: α1 ∝ 0.58·(0.52 − 0.46), α2 ∝ 0.52·(0.58 − 0.46)."""
    found = combine_weights({"ahp": {"a": 0.4, "b": 0.6}, "entropy": [0.7, 0.3]})
    one, two = 0.58 * 0.06, 0.52 * 0.12
    share = one / (one + two)
    assert found.sources["share"].to_list() == pytest.approx([share, 1 - share])
    assert found.sources["coefficient"].to_list() == pytest.approx([one / 0.09, two / 0.09])
    assert found.frame["weight"].to_list() == pytest.approx(
        [0.4 * share + 0.7 * (1 - share), 0.6 * share + 0.3 * (1 - share)]
    )
    assert found.frame.columns == ["indicator", "ahp", "entropy", "weight"]


def vectors(count: int, length: int) -> st.SearchStrategy[Any]:
    return arrays(float, (count, length), elements=st.floats(0.05, 1)).map(lambda w: w / w.sum(axis=1, keepdims=True))


@given(vectors(3, 5))
def test_coefficients_meet_the_first_order_conditions(w: Any) -> None:
    products = w @ w.T
    if np.linalg.cond(products) < 1e6:
        np.testing.assert_allclose(products @ game_coefficients(w), np.diag(products), atol=1e-8)


@given(vectors(3, 4), st.sampled_from(METHODS))
def test_weights_stay_weights_and_like_minds_stay_alike(w: Any, method: Any) -> None:
    sources = dict(zip("xyz", w.tolist(), strict=True))
    found = combine_weights(sources, method=method, on_negative="absolute" if method == "game" else "stop")
    weights = found.frame["weight"].to_numpy()
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    if method != "multiplicative":
        same = combine_weights({"x": w[0].tolist(), "y": w[0].tolist()}, method=method)
        np.testing.assert_allclose(same.frame["weight"].to_numpy(), w[0], atol=1e-9)


@given(vectors(3, 4), st.sampled_from(METHODS), st.permutations(range(3)))
def test_the_order_of_the_sources_is_without_effect(w: Any, method: str, order: list[int]) -> None:
    options = {"combination": method, "of": [{"method": "equal"}] * 3}
    options |= {"on_negative": "absolute"} if method == "game" else {}
    one = combine([w[[k]] for k in range(3)], how(**options))
    two = combine([w[[k]] for k in order], how(**options))
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_product_and_means_by_hand() -> None:
    one, two = np.array([0.2, 0.3, 0.5]), np.array([0.5, 0.3, 0.2])
    sources = {"one": one.tolist(), "two": two.tolist()}

    def weights(**options: Any) -> list[float]:
        return combine_weights(sources, **options).frame["weight"].to_list()

    assert weights(method="multiplicative") == pytest.approx(one * two / (one * two).sum())
    roots = np.sqrt(one * two)
    assert weights(method="minimum_information") == pytest.approx(roots / roots.sum())
    assert weights(method="linear") == pytest.approx((one + two) / 2)
    assert weights(method="linear", shares={"two": 0.75, "one": 0.25}) == pytest.approx(0.25 * one + 0.75 * two)
    powers = one**0.25 * two**0.75
    assert weights(method="minimum_information", shares=[0.25, 0.75]) == pytest.approx(powers / powers.sum())


@given(vectors(2, 3), vectors(1, 3))
def test_minimum_information_has_the_least_relative_entropy(sources: Any, other: Any) -> None:
    found = combine_weights({"x": sources[0].tolist(), "y": sources[1].tolist()}, method="minimum_information")

    def entropy(w: Any) -> float:
        return float((w * np.log(w / sources)).sum())

    assert entropy(found.frame["weight"].to_numpy()) <= entropy(other[0]) + 1e-12


def test_years_are_combined_each_by_itself() -> None:
    one, two = np.array([[0.4, 0.6], [0.5, 0.5]]), np.array([[0.7, 0.3], [0.9, 0.1]])
    found = combine([one, two], how())
    for year in range(2):
        alone = combine_weights({"one": one[year].tolist(), "two": two[year].tolist()})
        np.testing.assert_allclose(found[year], alone.frame["weight"].to_numpy())


def test_equal_weights_lose_every_game() -> None:
    """u·(1/K) = 1/K for all u, so that the coefficient of equal weights is 0."""
    found = combine_weights({"equal": [0.25] * 4, "other": [0.1, 0.2, 0.3, 0.4]})
    assert found.sources["share"].to_list() == pytest.approx([0, 1], abs=1e-9)
    assert found.notes == ()


def test_a_negative_coefficient_stops_or_is_taken_absolutely() -> None:
    sources = {"ahp": [0.4, 0.6], "entropy": [0.1, 0.9]}
    with pytest.raises(MethodError, match=r"“ahp” has a negative coefficient \(-0\.547\).*those of entropy"):
        combine_weights(sources)
    found = combine_weights(sources, on_negative="absolute")
    assert [note.code for note in found.notes] == ["game_negative"]
    # α1 ∝ 0.82·(0.52 − 0.58), α2 ∝ 0.52·(0.82 − 0.58)
    assert found.sources["share"].to_list() == pytest.approx(np.array([0.0492, 0.1248]) / 0.174)


def test_products_that_vanish_are_refused() -> None:
    with pytest.raises(MethodError, match=r"nothing to which all of x, y give weight"):
        combine_weights({"x": [1, 0], "y": [0, 1]}, method="multiplicative")
    kept = combine_weights({"x": [0.5, 0.5, 0], "y": [0, 0.5, 0.5]}, method="minimum_information")
    assert kept.frame["weight"].to_list() == [0, 1, 0]


@pytest.mark.parametrize(
    ("weights", "options", "error", "message"),
    [
        ({"x": [0.5, 0.5]}, {}, SpecError, r"two weightings or more"),
        ({}, {}, SpecError, r"two weightings or more"),
        ({"x": [0.5, 0.5], "y": [0.5, 0.6]}, {}, MethodError, r"sum to 1\.1"),
        ({"x": {"a": 0.5, "b": 0.5}, "y": {"a": 0.5, "c": 0.5}}, {}, MethodError, r"b: This column has no weight"),
        ({"x": {"a": 1}, "y": {"a": 0.5, "c": 0.5}}, {}, DataError, r"no column “c”"),
        ({"x": [0.5, 0.5], "y": [1]}, {}, MethodError, r"1 weights are given, 2 are needed"),
        ({"x": [1], "y": [1]}, {"method": "nash"}, SpecError, r"“nash” is not one of the choices"),
        ({"x": [1], "y": [1]}, {"method": "linear", "shares": [0.5, 0.6]}, MethodError, r"sum to 1\.1"),
        ({"x": [1], "y": [1]}, {"method": "game", "shares": [0.5, 0.5]}, SpecError, r"shares"),
        ({"x": [1], "y": [1]}, {"method": "linear", "on_negative": "absolute"}, SpecError, r"on_negative"),
    ],
)
def test_what_cannot_be_combined_is_refused(weights: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        combine_weights(weights, **options)
