"""Every method of aggregation: what holds for all of them, through the kernels, the engine and the options."""

from __future__ import annotations

import warnings
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from nqpf.errors import SpecError
from nqpf.index import Recipe, build, fit
from nqpf.index.aggregate import AGGREGATORS, share_out
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import speak
from nqpf.yamlfile import Document, validate

VARIANTS: dict[str, dict[str, Any]] = {
    "arithmetic": {},
    "geometric": {},
    "harmonic": {},
    "power 2": {"exponent": 2},
    "power ½": {"exponent": 0.5},
    "power -2": {"exponent": -2},
    "power 0": {"exponent": 0},
    "owa order": {"order": (0.1, 0.2, 0.3, 0.4)},
    "owa orness": {"orness": 0.3},
    "owa quantifier": {"quantifier": "most"},
    "median": {},
    "copeland": {},
    "mpi": {},
    "mpi ddof": {"ddof": 1, "standardise": "none"},
    "ampi": {},
    "ampi middle": {"centre": "middle"},
    "mean_min": {},
    "mean_min none": {"standardise": "none", "beta": 0.0},
    "wroclaw": {},
    "topsis": {},
    "topsis observed": {"ideal": "observed", "weighting": "distances"},
    "vikor": {},
    "vikor observed": {"ideal": "observed", "v": 0.3},
    "grey": {},
    "grey observed": {"ideal": "observed", "rho": 0.2},
    "rsr": {},
    "rsr fractional": {"ranks": "fractional"},
    "promethee": {},
    "promethee level": {"preference": "level", "q": 0.1, "p": 0.3},
    "promethee linear": {"preference": "linear", "q": 0.1, "p": 0.3},
    "promethee gaussian": {"preference": "gaussian", "s": 0.2},
    "fuzzy": {},
    "fuzzy min_max": {"operator": "min_max"},
    "bod": {},
    "bod shares": {"shares": (0.05, 0.6)},
}
HOWS = {name: Aggregate(method=name.split()[0], **options) for name, options in VARIANTS.items()}  # type: ignore[arg-type]
every = pytest.mark.parametrize("how", HOWS.values(), ids=HOWS)

W = np.array([[0.1, 0.2, 0.3, 0.4]])
S = np.random.default_rng(7).uniform(0.05, 1.0, (25, 4))


def sample_of(how: Aggregate, s: np.ndarray, w: np.ndarray = W) -> Any:
    kind = AGGREGATORS[how.method]
    return None if kind.sample is None else kind.sample(s, w, how, (0.0, 1.0))


def scored(how: Aggregate, s: np.ndarray, w: np.ndarray = W, sample: Any = None) -> np.ndarray:
    kind = AGGREGATORS[how.method]
    return kind.score(s, w, how, sample_of(how, s, w) if sample is None else sample)


def test_every_word_of_the_recipe_has_its_method() -> None:
    assert list(AGGREGATORS) == list(get_args(Aggregate.model_fields["method"].annotation))
    assert {how.method for how in HOWS.values()} == set(AGGREGATORS)


@every
def test_the_order_of_rows_does_not_matter(how: Aggregate) -> None:
    order = np.random.default_rng(1).permutation(len(S))
    np.testing.assert_allclose(scored(how, S[order]), scored(how, S)[order], rtol=0, atol=1e-12)


@every
def test_the_order_of_inputs_does_not_matter(how: Aggregate) -> None:
    if how.order is None:
        order = np.array([2, 0, 3, 1])
        np.testing.assert_allclose(scored(how, S[:, order], W[:, order]), scored(how, S), rtol=1e-11, atol=1e-11)


@every
def test_equal_rows_tie(how: Aggregate) -> None:
    twins = np.vstack([S, S[:5]])
    found = scored(how, twins)
    np.testing.assert_array_equal(found[:5], found[-5:])


@every
def test_the_memory_layout_does_not_matter(how: Aggregate) -> None:
    found = scored(how, np.asfortranarray(S))
    np.testing.assert_allclose(found, scored(how, S), rtol=1e-13, atol=1e-13)


@every
def test_who_is_better_in_everything_never_scores_less(how: Aggregate) -> None:
    if how.operator == "min_max" or (how.method == "mpi" and how.standardise == "none"):
        return  # these are known to break it: see the tests of each
    s = np.vstack([S, S[:8] + np.random.default_rng(2).uniform(0, 0.3, (8, 4))])
    s = np.minimum(s, 1.0)
    found = scored(how, s)
    for i, one in enumerate(s):
        below = (s <= one).all(axis=1)
        assert (found[below] <= found[i] + 1e-12).all()


@every
def test_scores_lie_between_the_ends(how: Aggregate) -> None:
    kind = AGGREGATORS[how.method]
    ends = kind.ends(how, (0.0, 1.0))
    found = scored(how, S)
    assert np.isfinite(found).all()
    assert found.std() > 0
    if ends is not None:
        assert found.min() >= ends[0] - 1e-12
        assert found.max() <= ends[1] + 1e-12
    if how.method in ("copeland", "mpi", "ampi", "wroclaw"):
        assert ends is None


@every
def test_weights_row_by_row_are_weights(how: Aggregate) -> None:
    np.testing.assert_allclose(scored(how, S, np.repeat(W, len(S), axis=0)), scored(how, S), rtol=1e-12, atol=1e-12)


@every
def test_multipliers_leave_nothing_over(how: Aggregate) -> None:
    kind = AGGREGATORS[how.method]
    if kind.multipliers is None:
        return
    before, after = S[:12].copy(), S[12:24].copy()
    after[:4, 1] = before[:4, 1]
    after[4:8, 2] = before[4:8, 2] * (1 + 1e-9)
    sample = sample_of(how, S)
    omega = kind.multipliers(before, after, W, how, sample)
    gap = scored(how, after, W, sample) - scored(how, before, W, sample)
    np.testing.assert_allclose((omega * (after - before)).sum(axis=1), gap, rtol=0, atol=1e-13)


@every
def test_a_frozen_sample_scores_the_same_rows_the_same(how: Aggregate) -> None:
    sample = sample_of(how, S)
    np.testing.assert_allclose(scored(how, S[:6], W, sample), scored(how, S)[:6], rtol=0, atol=1e-12)


@every
def test_what_is_missing_is_left_out(how: Aggregate) -> None:
    s = S.copy()
    s[0, 1] = s[1, 0] = s[1, 3] = np.nan
    w, _ = share_out(s, W)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = scored(how, s, w)
        assert np.isfinite(found).all()
        if AGGREGATORS[how.method].sample is None:
            kept = W[:, [0, 2, 3]] / W[0, [0, 2, 3]].sum()
            np.testing.assert_allclose(found[:1], scored(how, s[:1, [0, 2, 3]], kept), rtol=1e-12)
        s[2] = np.nan
        again = scored(how, s, share_out(s, W)[0])
        assert np.isfinite(np.delete(again, 2)).all()


@every
def test_an_input_without_weight_counts_for_nothing(how: Aggregate) -> None:
    if how.method in ("bod", "grey") or how.order is not None:
        return  # BoD has weights of its own; the gaps of grey relational analysis are those of all inputs
    s = np.column_stack([S, np.linspace(0.1, 0.9, len(S))])
    w = np.column_stack([W, [0.0]])
    np.testing.assert_allclose(scored(how, s, w), scored(how, S), rtol=0, atol=1e-12)


@every
@given(s=arrays(float, (6, 4), elements=st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0])))
def test_ties_and_constant_columns_break_nothing(how: Aggregate, s: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = scored(how, s)
    assert found.shape == (6,)
    _, inverse = np.unique(s, axis=0, return_inverse=True)
    for group in np.unique(inverse):
        same = found[inverse.reshape(-1) == group]
        assert np.isnan(same).all() or np.ptp(same) <= 1e-12


SERIES = {
    "a": [[3, 2, 4, 9], [1, 6, 2, 3]],
    "b": [[8, 1, 4, 5], [8, 2, 9, 7]],
    "c": [[1, 5, 3, 2], [7, 7, 1, 4]],
    "d": [[2, 2, 6, 3], [5, 1, 3, 8]],
}


@every
def test_the_engine_builds_and_freezes(how: Aggregate, grow: Any, fill: Any) -> None:
    tree = grow({"D": {"a": "benefit", "b": "cost"}, "E": {"c": "benefit", "d": "benefit"}})
    recipe = Recipe(normalise={"range": (0.1, 1)}, nodes={"I": how.model_copy(update={"across": "leaves"})})  # type: ignore[arg-type]
    panel = fill(SERIES)
    index = build(panel, tree, recipe)
    assert np.isfinite(index.scores).all()
    again = fit(panel, tree, recipe).transform(panel)
    np.testing.assert_allclose(again.scores, index.scores, rtol=0, atol=1e-12)
    leaves = index.normalised.reshape(8, 4)
    weights = index.whole[:1, :4]
    kind = AGGREGATORS[how.method]
    sample = kind.sample(leaves, weights, how, (0.1, 1.0)) if kind.sample else None
    expected = kind.score(leaves, weights, how, sample).reshape(2, 4)
    np.testing.assert_allclose(index.scores[:, :, -1], expected, rtol=0, atol=1e-12)


def test_yearly_samples_are_those_of_the_year(grow: Any, fill: Any) -> None:
    tree = {name: "benefit" for name in SERIES}
    for how in (HOWS["copeland"], HOWS["vikor observed"], HOWS["bod"], HOWS["mpi"]):
        node = how.model_copy(update={"scope": "yearly"})
        index = build(fill(SERIES), grow(tree), Recipe(normalise={"range": (0.1, 1)}, aggregate=node))  # type: ignore[arg-type]
        for year in (0, 1):
            alone = scored(how, index.normalised[year], index.whole[:1, :4])
            np.testing.assert_allclose(index.scores[year, :, -1], alone, rtol=0, atol=1e-12)


def test_default_inputs() -> None:
    straight = {name for name, how in HOWS.items() if how.inputs == "leaves"}
    assert {name.split()[0] for name in straight} == {
        *("wroclaw", "topsis", "vikor", "grey", "rsr", "promethee", "fuzzy", "bod")
    }
    assert Aggregate(method="vikor", across="children").inputs == "children"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "power"}, "method: power together with exponent"),
        ({"method": "owa"}, "one of order, orness and quantifier"),
        ({"method": "owa", "orness": 0.5, "quantifier": "most"}, "one of order, orness and quantifier"),
        ({"method": "owa", "order": [0.5, 0.6]}, "sum to 1"),
        ({"method": "promethee", "preference": "linear", "q": 0.1}, "q and p with level and linear"),
        ({"method": "promethee", "q": 0.1}, "no threshold with usual"),
        ({"method": "promethee", "preference": "level", "q": 0.4, "p": 0.3}, "q below p"),
        ({"method": "fuzzy", "cuts": [0.5, 0.5, 1]}, "cuts: two scores or more, rising"),
        ({"method": "fuzzy", "cuts": [0, 1], "grade_values": [1, 2, 3]}, "as many as cuts"),
        ({"method": "bod", "shares": [0.5, 0.2]}, "least not above largest"),
    ],
)
def test_options_that_do_not_go_together_say_so(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        validate(Aggregate, Document("recipe.yaml", options, {}))
    assert (caught.value.code, caught.value.where.file) == ("bad_value", "recipe.yaml")
    assert message in str(caught.value)
    with speak("zh"):
        assert message not in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value"),
    [("v", 0.3), ("rho", 0.3), ("exponent", 2.0), ("shares", (0.1, 0.5)), ("scope", "yearly"), ("ideal", "observed")],
)
def test_an_option_of_another_method_is_refused(option: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=f"{option} does not go with method geometric"):
        Aggregate(method="geometric", **{option: value})
