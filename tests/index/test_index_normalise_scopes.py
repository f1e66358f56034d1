"""Scopes, frozen limits, scalings for single indicators, and options that do not go with a method."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nqpf.errors import MethodError, SpecError
from nqpf.index import Normalise, Recipe, build, fit, normalise
from nqpf.index.normalise import apply_scale, direct, fit_scale
from nqpf.index.options.normalise import FREEZABLE, Scaling
from nqpf.messages import speak

TREE = {"a": "benefit", "b": "cost", "c": {"direction": "target", "target": 5}}
LIMITS = {"a": [0, 20], "b": [1, 30], "c": [0, 11]}
FROZEN: dict[str, dict[str, Any]] = {
    "minmax": {},
    "efficacy": {"outside": "clip"},
    "distance_to_max": {},
    "distance_to_reference": {},
    "distance_to_target": {"goals": {"a": 15, "b": 2}},
    "linear_ratio": {"costs": "complement"},
    "fraction_of_max": {"costs": "complement", "outside": "clip"},
    "zscore": {"limits": {"a": [8, 3], "b": [10, 4], "c": [-2, 1]}, "stated": "directed"},
}


def series(seed: int, units: int = 5, years: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.integers(1, 12, (years, units)).astype(float) for name in "abc"}


def recipe(**how: Any) -> Recipe:
    return Recipe.model_validate({"normalise": how})


def test_every_method_that_can_be_frozen_is_tried() -> None:
    assert set(FROZEN) == set(FREEZABLE)


@pytest.mark.parametrize("method", FROZEN)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=min(10, settings().max_examples))
def test_frozen_limits_take_nothing_from_the_data(grow: Any, fill: Any, method: str, seed: int) -> None:
    """Another unit, another year, another order: nobody's score moves, and ranks keep their order."""
    how = recipe(**{"method": method, "scope": "frozen", "limits": LIMITS} | FROZEN[method])
    raw, framework = series(seed), grow(TREE)
    before = build(fill(raw), framework, how)
    dominated = {"a": 0.0, "b": 99.0, "c": 99.0}
    more = {name: np.c_[x, np.full(3, dominated[name])] for name, x in raw.items()}
    if FROZEN[method].get("costs") == "complement" or method == "distance_to_target":
        more = {name: np.c_[x, np.full(3, {"a": 0.0, "b": 12.0, "c": 12.0}[name])] for name, x in raw.items()}
    after = build(fill(more), framework, how)
    np.testing.assert_array_equal(after.normalised[:, :5], before.normalised)
    np.testing.assert_array_equal(after.ranks[:, :5, -1], before.ranks[:, :, -1])
    alone = build(fill({name: x[1:2] for name, x in raw.items()}, first=2021), framework, how)
    np.testing.assert_array_equal(alone.normalised[0], before.normalised[1])
    flat = build(fill({name: np.full((1, 3), 4.0) for name in raw}), framework, how)  # not varying is no matter
    assert np.isfinite(flat.normalised).all()


def test_frozen_limits_are_in_the_unit_of_the_indicator(grow: Any, fill: Any) -> None:
    scores = build(
        fill({"a": [[5.0]], "b": [[30.0]], "c": [[9.0]]}), grow(TREE), recipe(scope="frozen", limits=LIMITS)
    ).normalised
    np.testing.assert_allclose(scores[0, 0], [0.25, 0, 1 / 3])  # 0 and 11 lie 5 and 6 from the target, 9 lies 4
    directed = {"a": [0, 20], "b": [-30, -1], "c": [-6, 0]}
    again = recipe(scope="frozen", limits=directed, stated="directed")
    np.testing.assert_allclose(
        build(fill({"a": [[5.0]], "b": [[30.0]], "c": [[9.0]]}), grow(TREE), again).normalised, scores
    )


def test_limits_are_needed_for_each(grow: Any, fill: Any) -> None:
    with pytest.raises(SpecError, match="minmax needs two given numbers for “c”"):
        build(fill(series(1)), grow(TREE), recipe(scope="frozen", limits={"a": [0, 1], "b": [0, 1]}))


EACH = {
    "a": {"method": "percentile_rank", "range": [1, 100]},
    "c": {"method": "goalposts", "limits": {"c": [0, 10]}, "range": [1, 100]},
}


def test_scalings_of_single_indicators_on_a_panel(grow: Any, fill: Any) -> None:
    raw, framework = series(5), grow(TREE)
    for scope in ({}, {"scope": "yearly"}, {"scope": "base", "base": [2020, 2021]}):
        mixed = build(fill(raw), framework, recipe(range=[1, 100], each=EACH, **scope)).normalised
        ranked = build(fill(raw), framework, recipe(**EACH["a"], **scope)).normalised
        plain = build(fill(raw), framework, recipe(range=[1, 100], **scope)).normalised
        np.testing.assert_array_equal(mixed[..., 0], ranked[..., 0])
        np.testing.assert_array_equal(mixed[..., 1], plain[..., 1])
        posts = 1 + 99 * np.clip(1 - np.abs(raw["c"] - 5) / 5, 0, 1)
        np.testing.assert_allclose(mixed[..., 2], posts, atol=1e-12)


OVER = {"a": {"method": "efficacy", "range": [0, 1]}, "b": {"limits": {"b": [0, 10]}}}


def test_scalings_of_single_indicators_under_frozen_limits(grow: Any, fill: Any) -> None:
    how = recipe(scope="frozen", limits=LIMITS, each=OVER)
    raw = series(2)
    scores = build(fill(raw), grow(TREE), how).normalised
    np.testing.assert_allclose(scores[..., 0], raw["a"] / 20)
    np.testing.assert_allclose(scores[..., 1], 1 - raw["b"] / 10, atol=1e-12)


def test_what_single_indicators_took_stays_when_new_years_come(grow: Any, fill: Any) -> None:
    raw = {name: x[:2] for name, x in series(7).items()}
    frozen = fit(fill(raw), grow(TREE), recipe(range=[1, 100], each=EACH))
    later = frozen.transform(fill({name: x[2:] for name, x in series(7).items()}, first=2022))
    both = build(fill(series(7)), grow(TREE), recipe(range=[1, 100], each=EACH, scope="base", base=[2020, 2021]))
    np.testing.assert_array_equal(later.normalised[0], both.normalised[2])


def test_only_what_is_yearly_is_taken_anew(grow: Any) -> None:
    """A base index under a recipe of yearly bounds keeps its base year, which later panels do not hold."""
    indicators = grow({"a": "benefit", "b": "benefit"}).indicators
    how = Normalise.model_validate({"scope": "yearly", "each": {"b": {"method": "base_index", "year": 2020}}})
    rng = np.random.default_rng(0)
    first, later = rng.uniform(1, 9, (2, 4, 2)), rng.uniform(1, 9, (1, 4, 2))
    scale = fit_scale(first, how, indicators=indicators, periods=[2020, 2021])
    with pytest.raises(MethodError, match="no data for the base year 2020"):
        fit_scale(later, how, indicators=indicators, periods=[2022])
    anew = fit_scale(later, how, indicators=indicators, periods=[2022], kept=scale)
    scores = apply_scale(later, anew)
    np.testing.assert_allclose(scores[..., 1], 100 * later[..., 1] / first[0, :, 1])
    np.testing.assert_allclose([scores[0, :, 0].min(), scores[0, :, 0].max()], [0, 1])


def test_base_values_follow_the_codes_of_units(grow: Any) -> None:
    indicators = grow({"a": "benefit"}).indicators
    z = np.array([[[2.0], [4.0]]])
    how = Normalise(method="base_index", year=2020)
    scale = fit_scale(z, how, indicators=indicators, periods=[2020], units=["A", "B"])
    np.testing.assert_allclose(apply_scale(z[:, ::-1], scale, units=["B", "A"])[0, :, 0], [100, 100])
    with pytest.raises(MethodError, match="unit C: This unit was not there") as caught:
        apply_scale(z, scale, units=["A", "C"])
    with speak("zh"):
        assert "缺少它的基年值" in str(caught.value)
    with pytest.raises(MethodError, match="base values of 2 units, and the data hold 3"):
        apply_scale(np.ones((1, 3, 1)), scale)


def test_a_reference_of_a_single_indicator_is_found_by_name(grow: Any) -> None:
    indicators = grow({"a": "benefit", "b": "benefit"}).indicators
    z = np.array([[[1.0, 1.0], [2.0, 3.0], [5.0, 5.0]]])
    how = Normalise.model_validate({"each": {"b": {"method": "distance_to_reference", "reference": "B"}}})
    names: dict[str, Any] = {"indicators": indicators, "periods": [2020], "units": ["A", "B", "C"]}
    np.testing.assert_allclose(apply_scale(z, fit_scale(z, how, **names))[0, :, 1], [0, 1, 2])
    wrong = Normalise.model_validate({"each": {"b": {"method": "distance_to_reference", "reference": "BB"}}})
    with pytest.raises(SpecError, match=r"“BB” is not in the data\. Did you mean “B”"):
        fit_scale(z, wrong, **names)


ENDS: list[tuple[dict[str, Any], tuple[float, float] | None]] = [
    ({}, (0, 1)),
    ({"range": [1, 100]}, (1, 100)),
    ({"method": "zscore"}, None),
    ({"method": "rank"}, None),
    ({"method": "borda"}, None),
    ({"method": "percentile_rank", "range": [0, 10]}, (0, 10)),
    ({"method": "distance_to_max"}, (0, 1)),
    ({"method": "distance_to_reference"}, None),
    ({"method": "distance_to_reference", "outside": "clip"}, (0, 1)),
    ({"method": "distance_to_target"}, None),
    ({"method": "distance_to_target", "outside": "clip", "range": [1, 2]}, (1, 2)),
    ({"method": "goalposts", "range": [0, 10]}, (0, 10)),
    ({"method": "goalposts", "outside": "extend"}, None),
    ({"method": "scaled"}, None),
    ({"method": "scaled", "outside": "clip"}, (0, 1)),
    ({"method": "vector"}, (0, 1)),
    ({"method": "sum"}, (0, 1)),
    ({"method": "linear_ratio"}, (0, 1)),
    ({"method": "fraction_of_max", "costs": "sign"}, None),
    ({"method": "efficacy"}, (60, 100)),
    ({"method": "base_index", "year": 2020}, None),
    ({"each": {"a": {"method": "percentile_rank"}}}, (0, 1)),
    ({"each": {"a": {"method": "efficacy"}}}, None),
]


@pytest.mark.parametrize(("how", "ends"), ENDS)
def test_ends_of_the_scores(how: dict[str, Any], ends: tuple[float, float] | None) -> None:
    stated = Normalise.model_validate(how)
    assert stated.bounds == ends
    assert stated.bounds_of("a") == stated.of("a").ends
    assert Normalise.model_validate_json(stated.model_dump_json()) == stated  # written out and read again


@given(seed=st.integers(0, 10**6))
@settings(max_examples=min(20, settings().max_examples))
def test_scores_of_the_sample_lie_between_the_ends(seed: int) -> None:
    x = np.random.default_rng(seed).uniform(0.1, 9, 12)
    for how, ends in ENDS:
        if ends is None or "each" in how:
            continue
        needs = {"limits": {"x": (2, 7)}} if how.get("method") in ("scaled", "goalposts") else {}
        needs |= {"goals": {"x": 0.05}} if how.get("method") == "distance_to_target" else {}
        for direction in ("cost",) if "goals" in needs else ("benefit", "cost"):
            scores = normalise({"x": x}, ["x"], direction=direction, **needs, **how).frame["x"]
            assert scores.min() >= ends[0] - 1e-12  # type: ignore[operator]
            assert scores.max() <= ends[1] + 1e-12  # type: ignore[operator]


def test_defaults_of_a_method_are_written_out() -> None:
    assert Normalise(method="efficacy").range == (60, 100)
    assert Normalise(method="goalposts").outside == "clip"
    assert [Scaling(method=m).costs for m in ("vector", "sum", "linear_ratio", "fraction_of_max")] == [  # type: ignore[arg-type]
        "complement",
        "inverse",
        "inverse",
        None,
    ]
    assert Normalise(method="efficacy", range=(0, 1)).range == (0, 1)


UNUSED: list[tuple[dict[str, Any], str]] = [
    ({"method": "rank", "range": [1, 100]}, "range"),
    ({"method": "minmax", "mean": 50}, "mean"),
    ({"method": "percentile_rank", "sd": 10}, "sd"),
    ({"method": "minmax", "ties": "max"}, "ties"),
    ({"method": "minmax", "reference": "A"}, "reference"),
    ({"method": "minmax", "year": 2020}, "year"),
    ({"method": "vector", "limits": {"a": [0, 1]}}, "limits"),
    ({"method": "minmax", "goals": {"a": 1}}, "goals"),
    ({"method": "rank", "stated": "directed"}, "stated"),
    ({"method": "minmax", "costs": "inverse"}, "costs"),
    ({"method": "base_index", "year": 2020, "costs": "inverse"}, "costs"),
    ({"method": "zscore", "outside": "clip"}, "outside"),
    ({"method": "sum", "outside": "clip"}, "outside"),
    ({"method": "goalposts", "on_constant": "middle"}, "on_constant"),
    ({"method": "vector", "on_constant": "middle"}, "on_constant"),
    ({"each": {"a": {"method": "rank", "range": [0, 5]}}}, "range"),
]


@pytest.mark.parametrize(("how", "option"), UNUSED)
def test_options_that_do_nothing_are_refused(how: dict[str, Any], option: str) -> None:
    with pytest.raises(ValidationError, match=f"{option} does not go with method"):
        Normalise.model_validate(how)


WITHOUT_MEANING: list[tuple[dict[str, Any], str, str]] = [
    ({"method": "goalposts", "scope": "yearly"}, "take neither yearly nor base", "scope 与 method 相配"),
    ({"method": "base_index", "year": 2020, "scope": "yearly"}, "take neither yearly", "相配"),
    ({"method": "rank", "scope": "frozen"}, "ranks, vector and sum cannot be frozen", "不用于秩次"),
    ({"method": "sum", "scope": "frozen"}, "cannot be frozen", "不用于秩次"),
    ({"scope": "frozen", "each": {"x": {"method": "borda"}}}, "cannot be frozen", "不用于秩次"),
    ({"method": "distance_to_reference", "reference": "A", "year": 2020, "scope": "yearly"}, "names a year", "year"),
    ({"limits": {"x": [0, 1]}}, "limits together with scope: frozen", "scope: frozen 一起写"),
    ({"each": {"x": {"limits": {"x": [0, 1]}}}}, "limits together with scope: frozen", "frozen"),
    ({"scope": "frozen", "limits": {"x": [1, 1]}}, r"\[low, high\] with low < high", "低小于高"),
    ({"method": "zscore", "scope": "frozen", "limits": {"x": [1, 0]}}, "the latter positive", "标准差为正"),
    ({"method": "base_index"}, "base_index together with year", "基年"),
    ({"method": "vector", "costs": "sign"}, "sign goes with fraction_of_max only", "只用于"),
    (
        {"scope": "frozen", "limits": {"x": [0, 1]}, "on_constant": "middle"},
        "neither reference nor on_constant",
        "on_constant",
    ),
    ({"method": "distance_to_reference", "scope": "frozen", "reference": "A"}, "neither reference", "reference"),
    ({"scope": "base"}, "scope: base together with base", "scope: base 与 base"),
    ({"each": {"x": {"scope": "yearly"}}}, "no key “scope” here", "没有“scope”这个键"),
]


@pytest.mark.parametrize(("how", "english", "chinese"), WITHOUT_MEANING)
def test_combinations_without_a_meaning_are_refused(how: dict[str, Any], english: str, chinese: str) -> None:
    from nqpf.yamlfile import Document, validate

    with pytest.raises(SpecError, match=english) as caught:
        validate(Normalise, Document("recipe.yaml", how, {(): 1}))
    with speak("zh"):
        assert chinese in str(caught.value)


def test_limits_and_scalings_move_the_hash() -> None:
    stated = [
        {},
        {"scope": "frozen", "limits": {"a": [0, 1]}},
        {"scope": "frozen", "limits": {"a": [0, 2]}},
        {"each": {"a": {"method": "rank"}}},
        {"each": {"b": {"method": "rank"}}},
        {"method": "distance_to_target", "goals": {"a": 1}},
        {"method": "distance_to_target", "goals": {"a": 1}, "stated": "directed"},
    ]
    assert len({recipe(**how).hash for how in stated}) == len(stated)


def test_direct_turns_every_direction_at_once() -> None:
    x = np.arange(12.0).reshape(2, 2, 3)
    turned = direct(x, ["cost", "target", "benefit"], [None, (4.0, 4.0), None])
    np.testing.assert_array_equal(turned[..., 0], -x[..., 0])
    np.testing.assert_array_equal(turned[..., 1], -np.abs(x[..., 1] - 4))
    np.testing.assert_array_equal(turned[..., 2], x[..., 2])
