"""The coherence of an index: faults that are built in are found, with their numbers; a sound index is left alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index import Recipe, build
from nqpf.index.coherence import Limits, coherence, effective_weights, index_correlations, per_head, size_series
from nqpf.messages import LANGUAGES, Text

UNITS = 40
WITH_HOLES = Recipe.model_validate({"availability": 0.3})


@pytest.fixture
def sound():
    """Return series that one factor stands behind, two years of forty units."""
    rng = np.random.default_rng(11)
    factor = rng.normal(size=(2, UNITS))
    return {name: factor + 0.6 * rng.normal(size=(2, UNITS)) for name in "abcd"}


def units():
    return tuple(f"u{n:02d}" for n in range(UNITS))


@pytest.fixture
def make(grow, fill):
    def index(series, tree, recipe=None):
        panel = fill(series, units=units())
        return build(panel, grow(tree), recipe), panel

    return index


TWO = {"D": {"a": "benefit", "b": "benefit"}, "E": {"c": "benefit", "d": "benefit"}}


def codes(found, node=None):
    return {flag.code for flag in found.flags if node is None or node in (flag.node, flag.other)}


def test_a_sound_index_calls_for_nothing(make, sound) -> None:
    index, _ = make(sound, TWO)
    found = coherence(index)
    assert {flag.severity for flag in found.flags} <= {"info"}
    assert not codes(found) & {"against_parent", "redundant", "alpha_low", "first_component"}
    assert found.notes == ()
    assert found.period == 2021


def test_a_duplicate_is_found(make, sound) -> None:
    sound["d"] = 3 * sound["a"] + 1
    found = coherence(make(sound, TWO)[0])
    flag = next(f for f in found.flags if f.code == "duplicate")
    assert (flag.node, flag.other, flag.value) == ("a", "d", pytest.approx(1))
    assert flag.severity == "warning"
    assert "“a” and “d” lie on one line (1.00)" in flag.text().en


def test_a_reversed_indicator_is_found(make, sound) -> None:
    tree = {"D": {"a": "cost", "b": "benefit"}, "E": {"c": "benefit", "d": "benefit"}}
    found = coherence(make(sound, tree)[0])
    assert {"opposed", "against_index"} <= codes(found, "a")
    flag = next(f for f in found.flags if f.code == "against_index")
    assert flag.value < 0
    assert "is stated as cost" in flag.text().en
    assert next(f for f in found.flags if f.code == "alpha_negative").node == "D"
    assert "mixed_loadings" in codes(found, "D")


def test_an_indicator_that_does_not_matter_is_found(make, sound) -> None:
    tree = {"a": {"direction": "benefit", "weight": 49}, "b": {"direction": "benefit", "weight": 49},
            "c": {"direction": "benefit", "weight": 2}}  # fmt: skip
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(2, UNITS))
    for year in range(2):  # without any correlation with what carries the index
        basis = np.column_stack([np.ones(UNITS), sound["a"][year], sound["b"][year]])
        noise[year] -= basis @ np.linalg.lstsq(basis, noise[year], rcond=None)[0]
    index, _ = make(
        {**sound, "c": noise}, tree, Recipe.model_validate({"weight": {"method": "given", "rescale": True}})
    )
    flag = next(f for f in coherence(index).flags if f.code == "silent")
    assert (flag.node, flag.other) == ("c", "I")
    assert 0 < flag.value < 0.1


def test_indices_inside_and_figures_used_twice(make, sound) -> None:
    tree = {
        "D": {"a": {"direction": "benefit", "composite": True, "theory": ["B01", "A05"]}, "b": "benefit"},
        "E": {"c": {"direction": "benefit", "formula": "c + a", "theory": ["B01"]}, "d": "benefit"},
    }
    found = coherence(make(sound, tree)[0])
    inside = next(f for f in found.flags if f.code == "composite")
    assert (inside.node, inside.value) == ("a", pytest.approx(0.25))
    twice = next(f for f in found.flags if f.code == "composite_theory")
    assert (twice.node, twice.other, twice.value) == ("a", "c", 1)
    assert "B01" in twice.text().zh
    shared = found.shared_series().row(0, named=True)
    assert (shared["series"], shared["indicators"], shared["weight"]) == ("a", ["a", "c"], pytest.approx(0.5))
    assert found.shared_theory().select("item", "count").rows() == [("B01", 2)]
    assert "shared_series" in codes(found)


def test_stages_in_one_sum(make, sound) -> None:
    tree = {
        "D": {"a": {"direction": "benefit", "tags": {"stage": "outcome"}}, "b": "benefit"},
        "E": {"c": {"direction": "benefit", "tags": {"stage": "input"}}, "d": "benefit"},
    }
    found = coherence(make(sound, tree)[0])
    assert found.stages().select("stage", "count", "weight").rows() == [
        ("input", 1, 0.25), ("outcome", 1, 0.25), (None, 2, 0.5)
    ]  # fmt: skip
    flag = next(f for f in found.flags if f.code == "stages_mixed")
    assert "input 25.0%, outcome 25.0%" in flag.text().en


def test_tables_agree_with_numbers_taken_by_hand(make, sound) -> None:
    index, _ = make(sound, TWO)
    found = coherence(index)
    scores = index.scores[1]
    nodes = found.to_frame().filter(period=2021)
    row = nodes.row(by_predicate=pl.col("node") == "a", named=True)
    at = {n.id: n.at for n in index.framework.nodes}
    assert row["r_parent"] == pytest.approx(np.corrcoef(scores[:, at["a"]], scores[:, at["D"]])[0, 1])
    assert row["r_index"] == pytest.approx(np.corrcoef(scores[:, at["a"]], scores[:, at["I"]])[0, 1])
    assert (row["whole"], row["n"], row["alpha"]) == (pytest.approx(0.25), UNITS, None)
    c = np.cov(scores[:, [at["a"], at["b"]]].T)
    group = nodes.row(by_predicate=pl.col("node") == "D", named=True)
    assert group["alpha"] == pytest.approx(2 * 2 * c[0, 1] / c.sum())
    r = np.corrcoef(scores[:, at["a"]], scores[:, at["b"]])[0, 1]
    assert group["first_share"] == pytest.approx((1 + r) / 2)
    pooled = found.to_frame().filter(pl.col("period").is_null(), node="I").row(0, named=True)
    assert pooled["n"] == 2 * UNITS
    relations = index_correlations(index).to_frame()
    assert relations.equals(found.correlations().filter(period=2021).drop("period"))
    assert relations.group_by("relation").len().sort("relation").rows() == [
        ("ancestor", 4), ("other", 8), ("parent", 6), ("sibling", 3)
    ]  # fmt: skip


def test_weights_multiply_down_the_tree_and_shares_sum_to_one(make, sound) -> None:
    given = {"a": 30, "b": 70, "c": 50, "d": 50}
    leaves = {name: {"direction": "benefit", "weight": weight} for name, weight in given.items()}
    tree = {"D": {"weight": 60, "a": leaves["a"], "b": leaves["b"]}}
    tree["E"] = {"weight": 40, "c": leaves["c"], "d": leaves["d"]}
    index, _ = make(sound, tree, Recipe.model_validate({"weight": {"method": "given"}}))
    frame = effective_weights(index).to_frame()
    whole = dict(frame.select("node", "whole").iter_rows())
    assert whole == pytest.approx({"a": 0.18, "b": 0.42, "c": 0.2, "d": 0.2, "D": 0.6, "E": 0.4})
    for level in (1, 2):
        shares = frame.filter(level=level).select(pl.col("weight_share", "importance").sum()).row(0)
        assert shares == pytest.approx((1, 1))
    assert (frame["main_effect"] >= frame["r2"] - 0.02).all()


def test_the_order_of_units_changes_nothing(grow, fill, sound) -> None:
    order = np.random.default_rng(1).permutation(UNITS)
    names = units()
    first = coherence(build(fill(sound, units=names), grow(TWO)))
    shuffled = fill({k: v[:, order] for k, v in sound.items()}, units=tuple(names[i] for i in order))
    second = coherence(build(shuffled, grow(TWO)))
    assert [f.code for f in first.flags] == [f.code for f in second.flags]
    for one, other in zip(first.to_frame().iter_rows(), second.to_frame().iter_rows(), strict=True):
        assert one == pytest.approx(other, abs=1e-9)


def test_holes_are_counted_and_pairs_use_what_they_share(make, sound) -> None:
    sound["a"][1, :20] = np.nan
    index, _ = make(sound, TWO, WITH_HOLES)
    found = coherence(index)
    row = found.to_frame().filter(period=2021, node="D").row(0, named=True)
    assert row["complete"] == 20
    pair = found.correlations().filter(period=2021, first="a", second="b").row(0, named=True)
    assert pair["n"] == 20
    flag = next(f for f in found.flags if f.code == "few_values")
    assert (flag.node, flag.value) == ("a", 0.5)
    assert found.units().filter(pl.col("missing") > 0).height == 20
    short = found.nodes().filter(unit="u00")
    assert dict(short.select("node", "available").iter_rows()) == {"D": 0.5, "E": 1.0, "I": 0.75}
    assert short.filter(node="I")["present"].item() == pytest.approx(0.75)


def test_few_units_are_remarked_on(grow, fill) -> None:
    rng = np.random.default_rng(5)
    panel = fill({k: rng.normal(size=(1, 4)) for k in "abcd"})
    tree = {"D": {k: "benefit" for k in "abcd"}}
    found = coherence(build(panel, grow(tree)))
    assert {note.code for note in found.notes} == {"coherence_few_rows", "coherence_few_complete"}
    assert len(found.parts) == 1


def test_a_tree_without_groups_and_one_indicator(grow, fill) -> None:
    panel = fill({"a": np.arange(40.0)[None]}, units=units())
    found = coherence(build(panel, grow({"D": {"a": "benefit"}})))
    assert found.alphas().height == found.components().height == 0
    assert found.flags == ()
    assert found.to_frame()["alpha"].null_count() == 3


def test_limits_can_be_set(make, sound) -> None:
    strict = coherence(make(sound, TWO)[0], limits=Limits(redundant=0.3, alpha=0.99))
    assert {"redundant", "alpha_low"} <= codes(strict)
    flag = next(f for f in strict.flags if f.code == "alpha_low")
    assert flag.limit == 0.99
    assert "below 0.99" in flag.text().en


def test_every_flag_has_its_words(make, sound) -> None:
    sound["b"] = -(sound["a"] ** 3)
    sound["c"][1, :30] = 0.0
    tree = TWO | {"D": {"a": {"direction": "benefit", "size": "extensive"}, "b": "benefit"}}
    index, _ = make(sound, tree)
    found = coherence(index, size={"people": np.exp(sound["a"])})
    assert {"extensive", "many_zeros", "few_distinct", "outliers", "size_total", "alpha_negative"} <= codes(found)
    frame = found.flags_frame()
    for lang in LANGUAGES:
        assert frame[f"reason_{lang}"].str.len_chars().min() > 10
        assert frame[f"todo_{lang}"].str.len_chars().min() > 4
        assert not frame[f"reason_{lang}"].str.contains(r"None|nan|\{").any()
    assert frame["severity"].to_list() == sorted(frame["severity"].to_list(), reverse=True)


# --- size


def test_per_head_by_hand(grow, fill) -> None:
    panel = fill({"roads": [[10.0, 20.0, 30.0]], "people": [[1.0, 4.0, 10.0]], "rate": [[1.0, 1.0, 2.0]]})
    tree = {"roads": {"direction": "benefit", "size": "extensive"}, "rate": {"direction": "benefit", "weight": 0}}
    recipe = Recipe.model_validate({"weight": {"method": "given", "rescale": True}})
    tree["roads"]["weight"] = 1
    index = build(panel, grow(tree), recipe)
    found = per_head(index, panel, "people")
    assert found.indicators == ("roads",)
    assert found.to_frame().rows() == [("A", 2020, 3, 1, 2), ("B", 2020, 2, 2, 0), ("C", 2020, 1, 3, -2)]
    np.testing.assert_allclose(found.divided.panel.values[0, :, 0], [10, 5, 3])
    assert found.divided.fitted.recipe == recipe


def test_dividing_totals_that_grow_with_size_takes_size_out(make, sound) -> None:
    people = np.exp(np.random.default_rng(9).normal(size=(2, UNITS)))
    series = {k: np.exp(0.2 * v) * people for k, v in sound.items()} | {"people": people}
    tree = {k: {"direction": "benefit", "size": "extensive"} for k in "abcd"}
    index, panel = make(series, tree)
    found = coherence(index, raw=panel, size=["people"])
    flag = next(f for f in found.flags if f.code == "size_index")
    assert flag.value > 0.6
    after = coherence(per_head(index, panel, "people").divided, size=size_series(index, panel, ["people"]))
    assert "size_index" not in codes(after)


def test_a_denominated_total_is_none(grow, fill) -> None:
    panel = fill({"roads": [[10.0, 20.0, 30.0]], "people": [[1.0, 4.0, 10.0]]})
    tree = {"roads": {"direction": "benefit", "size": "extensive", "denominator": "people"}}
    index = build(panel, grow(tree), Recipe.model_validate({"denominate": True}))
    with pytest.raises(MethodError, match="enters as a total"):
        per_head(index, panel, "people")


def test_totals_measured_against_a_best_total_are_refused(grow, fill) -> None:
    panel = fill({"roads": [[10.0, 20.0, 30.0]], "people": [[1.0, 4.0, 10.0]]})
    tree = {"roads": {"direction": "target", "target": 20, "size": "extensive"}}
    with pytest.raises(MethodError, match="“roads” is measured against values stated in totals"):
        per_head(build(panel, grow(tree)), panel, "people")


def test_bad_input_is_named(make, sound) -> None:
    index, panel = make(sound, TWO)
    with pytest.raises(SpecError, match="1999"):
        coherence(index, period=1999)
    with pytest.raises(DataError, match=r"“people” has shape \(3,\)"):
        coherence(index, size={"people": [1, 2, 3]})
    with pytest.raises(DataError, match=r"no panel of raw series .* people"):
        coherence(index, size=["people"])
    with pytest.raises(DataError, match="people"):
        coherence(index, raw=panel, size=["people"])
    with pytest.raises(MethodError, match="enters as a total"):
        per_head(index, panel, "a")


def test_flag_texts_are_in_both_languages(make, sound) -> None:
    sound["d"] = sound["a"]
    flag = coherence(make(sound, TWO)[0]).flags[0]
    assert isinstance(flag.text(), Text)
    assert "等于同一项指标" in flag.text().zh
    assert flag.todo().zh == "只留一项。"
