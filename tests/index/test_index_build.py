"""Building: formulas become indicators that keep status, source and vintage; results as tables; frozen fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nqpf.data.panel import Panel, Series, Status
from nqpf.errors import DataError, SpecError
from nqpf.index import Index, Recipe, build, fit
from nqpf.index.steps import evaluate_all
from nqpf.messages import Text, speak

RAW = {"rd": [[1, 2, 3], [2, 2, 6]], "gdp": [[10, 40, 30], [10, 50, 30]], "x": [[5, 1, 3], [2, 4, 6]]}
TREE = {"D": {"share": {"direction": "benefit", "formula": "rd / gdp * 100", "unit": "%"}}, "x": "cost"}


def marked(panel: Panel, status: dict[tuple[int, int, int], Status], **series: Series) -> Panel:
    changed = panel.status.copy()
    for cell, what in status.items():
        changed[cell] = what
    return replace(panel, status=changed, series=tuple(series.get(s.id, s) for s in panel.series))


def test_formulas_are_evaluated(grow: Any, fill: Any) -> None:
    indicators = evaluate_all(fill(RAW), grow(TREE))
    assert indicators.indicators == ("share", "x")
    np.testing.assert_allclose(indicators.values[:, :, 0], [[10, 5, 10], [20, 4, 20]])
    np.testing.assert_allclose(indicators.values[:, :, 1], RAW["x"])
    assert indicators.series[0].measure == "%"
    index = build(fill(RAW), grow(TREE))
    np.testing.assert_allclose(index.scores[1, :, -1], [(1 + 0.8) / 2, (0 + 0.4) / 2, (1 + 0) / 2])


def test_an_indicator_is_as_sure_as_its_least_sure_cell(grow: Any, fill: Any) -> None:
    rd = Series("rd", Text.same("rd"), source="Yearbook")
    gdp = Series("gdp", Text.same("gdp"), source="Bureau")
    holes = {**RAW, "gdp": [[10, 40, 30], [10, 50, np.nan]]}
    status = {(0, 1, 0): Status.CONVERTED, (0, 1, 1): Status.INTERPOLATED, (1, 0, 2): Status.IMPUTED}
    indicators = evaluate_all(marked(fill(holes), status, rd=rd, gdp=gdp), grow(TREE))
    assert indicators.status[0, 1, 0] == Status.INTERPOLATED
    assert indicators.status[1, 2, 0] == Status.MISSING
    assert indicators.status[1, 0, 1] == Status.IMPUTED
    assert indicators.status[0, 0].tolist() == [Status.REPORTED] * 2
    assert indicators.series[0].source == "Yearbook；Bureau"
    assert indicators.series[1].source is None


def test_vintages_do_not_mix_unless_allowed(grow: Any, fill: Any) -> None:
    rd = Series("rd", Text.same("rd"), vintage="2018")
    gdp = Series("gdp", Text.same("gdp"), vintage="2023 census")
    panel = marked(fill(RAW), {}, rd=rd, gdp=gdp)
    with pytest.raises(SpecError, match="rd: 2018, gdp: 2023 census") as caught:
        build(panel, grow(TREE))
    assert caught.value.code == "mixed_vintages_in_formula"
    with speak("zh"):
        assert "mixed_vintages: true" in str(caught.value)
    allowed = {"D": {"share": {**TREE["D"]["share"], "mixed_vintages": True}}, "x": "cost"}  # type: ignore[index]
    np.testing.assert_array_equal(build(panel, grow(allowed)).scores, build(fill(RAW), grow(TREE)).scores)


def test_scopes_do_not_mix_unless_allowed(grow: Any, fill: Any) -> None:
    rd = Series("rd", Text.same("rd"), scope="above-scale industry")
    gdp = Series("gdp", Text.same("gdp"), scope="whole economy")
    panel = marked(fill(RAW), {}, rd=rd, gdp=gdp)
    with pytest.raises(SpecError, match="rd: above-scale industry, gdp: whole economy") as caught:
        build(panel, grow(TREE))
    assert caught.value.code == "mixed_scopes_in_formula"
    with speak("zh"):
        assert "mixed_scopes: true" in str(caught.value)
    allowed = {"D": {"share": {**TREE["D"]["share"], "mixed_scopes": True}}, "x": "cost"}  # type: ignore[index]
    np.testing.assert_array_equal(build(panel, grow(allowed)).scores, build(fill(RAW), grow(TREE)).scores)


def test_formulas_that_do_not_work(grow: Any, fill: Any) -> None:
    def built(formula: str) -> Index:
        return build(fill(RAW | {"z": [[0, 1, 2], [1, 1, 1]]}), grow({"s": {"direction": "cost", "formula": formula}}))

    with pytest.raises(SpecError, match=r"names “gpd”.*Did you mean “gdp”"):
        built("rd / gpd")
    with pytest.raises(DataError) as caught:
        built("rd / z")
    assert (caught.value.code, str(caught.value.where.unit), caught.value.where.period) == (
        "formula_undefined",
        "A",
        2020,
    )
    with pytest.raises(SpecError, match="cannot be read"):
        built("rd / (gdp")


def test_results_as_tables(grow: Any, fill: Any) -> None:
    index = build(fill(RAW), grow(TREE))
    frame = index.to_frame()
    assert frame.columns == ["unit", "period", "node", "level", "score", "rank", "present"]
    assert frame.height == 2 * 3 * 4
    for t, period in enumerate((2020, 2021)):
        for n, unit in enumerate("ABC"):
            row = frame.filter(unit=unit, period=period, node="I").row(0, named=True)
            assert row["score"] == index.scores[t, n, -1]
            assert row["rank"] == index.ranks[t, n, -1]
            assert (row["level"], row["present"]) == (0, 1)
    weights = index.weights_frame()
    assert weights.rows() == [
        ("share", "D", 2, None, 1.0, 0.5),
        ("x", "x", 1, None, 0.5, 0.5),
        ("D", "D", 1, None, 0.5, 0.5),
    ]
    assert index.method.options == Recipe().model_dump(mode="json")
    assert "few_units" in [n.code for n in index.notes]


def test_ranks_are_within_the_year(grow: Any, fill: Any) -> None:
    index = build(fill({"x": [[1, 2, 2, 0], [9, 8, 7, 10]]}), grow({"x": "benefit"}))
    assert index.ranks[:, :, -1].tolist() == [[3, 1, 1, 4], [2, 3, 4, 1]]


RECIPES: list[dict[str, Any]] = [
    {},
    {"weight": {"method": "entropy"}},
    {"weight": {"method": "entropy", "within": "siblings"}, "normalise": {"range": [1, 100]}},
    {"weight": {"method": "entropy", "scope": "yearly"}, "normalise": {"scope": "yearly"}},
    {"weight": {"method": "entropy", "scope": "yearly", "within": "siblings"}},
    {"aggregate": {"method": "topsis", "ideal": "observed"}},
    {"normalise": {"method": "zscore"}, "aggregate": {"method": "topsis", "ideal": "observed", "across": "children"}},
    {"normalise": {"method": "percentile_rank"}},
]


@pytest.mark.parametrize("content", RECIPES)
def test_transforming_what_was_fitted_is_building_it(grow: Any, fill: Any, content: dict[str, Any]) -> None:
    rng = np.random.default_rng(7)
    panel = fill({name: rng.random((3, 6)) for name in "abcd"})
    framework = grow({"D": {"a": "benefit", "b": "cost"}, "E": {"c": "benefit", "d": "benefit"}})
    recipe = Recipe.model_validate(content)
    built, again = build(panel, framework, recipe), fit(panel, framework, recipe).transform(panel)
    for name in ("scores", "ranks", "local", "whole", "present", "normalised"):
        np.testing.assert_array_equal(getattr(again, name), getattr(built, name))
    # What is frozen does not hang on the panel it is used on: a year alone scores as it does among the others.
    frozen = not recipe.weight.yearly and recipe.normalise.scope != "yearly"
    if frozen:
        alone = fit(panel, framework, recipe).transform(panel.select(periods=[2021]))
        np.testing.assert_array_equal(alone.scores[0], built.scores[1])
        few = fit(panel, framework, recipe).transform(panel.select(units=["C", "A"]))
        np.testing.assert_array_equal(few.scores, built.scores[:, [2, 0]])


def test_yearly_weights_belong_to_the_years_at_hand(grow: Any, fill: Any) -> None:
    rng = np.random.default_rng(8)
    series = {name: rng.random((3, 6)) for name in "ab"}
    for x in series.values():
        x[:, 0], x[:, 1] = 0, 1  # every year spans the whole scale
    framework = grow({"a": "benefit", "b": "benefit"})
    recipe = Recipe.model_validate({"weight": {"method": "entropy", "scope": "yearly"}})
    early = fit(fill({k: x[:2] for k, x in series.items()}), framework, recipe)
    later = early.transform(fill({k: x[2:] for k, x in series.items()}, first=2022))
    whole = build(fill(series), framework, recipe)
    np.testing.assert_allclose(later.local[0], whole.local[2], atol=1e-15)
    assert later.local.shape == (1, 3)


def test_numbers_cannot_be_changed_behind_the_panel(grow: Any, fill: Any) -> None:
    index = build(fill(RAW), grow(TREE))
    with pytest.raises(ValueError, match="read-only"):
        index.panel.values[0, 0, 0] = 1.0


def test_indicators_are_divided_by_their_denominators_if_the_recipe_says_so(grow: Any, fill: Any) -> None:
    tree = grow({"rd": {"direction": "benefit", "denominator": "gdp"}, "x": "cost"})
    rd, gdp = Series("rd", Text.same("rd"), source="Yearbook"), Series("gdp", Text.same("gdp"), source="Bureau")
    panel = marked(fill(RAW), {(0, 1, 1): Status.INTERPOLATED}, rd=rd, gdp=gdp)
    plain, divided = build(panel, tree), build(panel, tree, Recipe(denominate=True))
    np.testing.assert_array_equal(plain.panel.values[:, :, 0], RAW["rd"])
    np.testing.assert_allclose(divided.panel.values[:, :, 0], np.array(RAW["rd"]) / np.array(RAW["gdp"]))
    np.testing.assert_array_equal(divided.panel.values[:, :, 1], RAW["x"])
    assert (plain.panel.status[0, 1, 0], divided.panel.status[0, 1, 0]) == (Status.REPORTED, Status.INTERPOLATED)
    assert (plain.panel.series[0].source, divided.panel.series[0].source) == ("Yearbook", "Yearbook；Bureau")
    later = divided.fitted.transform(panel)
    np.testing.assert_array_equal(later.scores, divided.scores)
    with pytest.raises(SpecError, match=r"names “gpd”.*Did you mean “gdp”"):
        build(panel, grow({"rd": {"direction": "benefit", "denominator": "gpd"}}), Recipe(denominate=True))


STEPS: dict[str, Any] = {
    "screen": {"threshold": 0.75},
    "impute": {"method": "median"},
    "treat": {"method": "winsorise", "winmax": 1, "skew": 1.0, "kurt": 1.0},
}


def test_screening_filling_and_treating_leave_their_marks(grow: Any, fill: Any) -> None:
    """In that order: who is screened out fills nobody's holes, and what was filled is treated as all else."""
    rng = np.random.default_rng(5)
    series = {name: rng.normal(10, 1, (2, 8)) for name in "abcd"}
    for name in "abc":
        series[name][:, 7] = np.nan  # H has too little
    series["a"][0, 3] = np.nan
    series["b"][1, 2] = 1000.0
    series["d"][:, 7] = -500.0
    tree = grow(dict.fromkeys("abcd", "benefit"))
    index = build(fill(series), tree, Recipe.model_validate(STEPS))
    assert index.panel.units == tuple("ABCDEFG")
    assert index.panel.values[0, 3, 0] == np.median(np.delete(series["a"][0, :7], 3))
    assert np.argwhere(index.prepared.filled).tolist() == [[0, 3, 0]]
    assert [1, 2, 1] in np.argwhere(index.prepared.changed).tolist()
    assert index.panel.status[0, 3, 0] == Status.IMPUTED
    assert index.panel.status[1, 2, 1] == Status.TREATED
    assert index.panel.values[1, 2, 1] < 20
    assert index.panel.values[:, :, 3].min() > 0
    codes = [note.code for note in index.notes]
    assert codes.index("screened_out") == 0
    later = index.fitted.transform(fill(series))
    np.testing.assert_array_equal(later.scores, index.scores)
    # Who is out stays out, though there is more of H now; limits of outliers are those found then.
    whole = {name: np.where(np.isnan(x), 10.0, x) for name, x in series.items()}
    whole["b"][1, 2] = 5000.0
    again = index.fitted.transform(fill(whole))
    assert again.panel.units == index.panel.units
    assert again.panel.values[1, 2, 1] == index.panel.values[1, 2, 1]


def test_no_step_is_taken_that_is_not_written(grow: Any, fill: Any) -> None:
    index = build(fill(RAW), grow(TREE))
    prepared = index.prepared
    assert (prepared.screened, prepared.treatment, prepared.notes) == (None, None, ())
    assert not prepared.filled.any()
    assert not prepared.changed.any()
