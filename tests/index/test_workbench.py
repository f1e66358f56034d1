"""The workbench: what it keeps never changes a number, and it refuses a recipe before anything runs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, NqpfError, SpecError
from nqpf.index import Recipe, Workbench, build, build_on
from nqpf.messages import speak
from nqpf.yamlfile import Document, validate

TREE: dict[str, Any] = {
    "D": {"weight": 0.6, "F": {"weight": 0.5, "a": "benefit", "b": "cost"}, "c": "benefit"},
    "E": {"weight": 0.3, "d": "benefit", "e": {"direction": "target", "target": 5}},
    "f": "cost",
}
WEIGHTS = {"a": 0.25, "b": 0.75, "c": 0.5, "d": 0.4, "e": 0.6, "f": 0.1}

RECIPES: dict[str, dict[str, Any]] = {
    "default": {},
    "given": {"weight": {"method": "given", "values": {**WEIGHTS, "D": 0.6, "E": 0.3, "F": 0.5}}},
    "geometric": {"normalise": {"range": [1, 100]}, "aggregate": {"method": "geometric"}},
    "entropy": {"weight": {"method": "entropy"}, "aggregate": {"method": "topsis"}},
    "siblings": {"weight": {"method": "critic", "within": "siblings", "scope": "yearly"}},
    "rolling": {"weight": {"method": "sd", "scope": "rolling", "window": 2}, "normalise": {"scope": "yearly"}},
    "combined": {
        "weight": {"method": "combined", "of": [{"method": "cv"}, {"method": "gini"}], "combination": "linear"}
    },
    "node": {
        "weights": {"D": {"method": "entropy"}},
        "nodes": {"E": {"method": "mpi"}},
        "normalise": {"method": "zscore"},
    },
    "level": {"levels": {1: {"method": "power", "exponent": 2}, 0: {"method": "owa", "orness": 0.2}}},
    "treated": {"treat": {"method": "winsorise", "winmax": 2}, "normalise": {"method": "rank"}},
    "screened": {"screen": {"drop": ["C"]}},
    "filled": {"impute": {"method": "median"}, "availability": 0.0},
    "loose": {"availability": 0.5},
    "sampled": {"aggregate": {"method": "vikor", "ideal": "observed", "scope": "yearly"}},
}


@pytest.fixture(scope="module")
def panel(fill: Any) -> Any:
    rng = np.random.default_rng(4)
    return fill({name: rng.gamma(4.0, 2.0, (3, 7)) for name in "abcdef"})


@pytest.fixture(scope="module")
def tree(grow: Any) -> Any:
    return grow(TREE)


def recipe(name: str) -> Recipe:
    return Recipe.model_validate(RECIPES[name])


@pytest.mark.parametrize("name", RECIPES)
def test_it_scores_as_build_does(panel: Any, tree: Any, name: str) -> None:
    index, bench = build(panel, tree, recipe(name)), Workbench(panel, tree)
    np.testing.assert_array_equal(bench.root(recipe(name)), index.scores[:, :, -1])
    weights = bench.weights(recipe(name))
    assert len(weights) == (3 if recipe(name).yearly_weights else 1)
    np.testing.assert_array_equal(np.broadcast_to(weights, index.local.shape), index.local)
    again = build_on(bench, recipe(name))
    for what in ("scores", "ranks", "local", "whole", "present", "normalised"):
        np.testing.assert_array_equal(getattr(again, what), getattr(index, what))
    assert again.notes == index.notes
    assert again.method == index.method


def outcomes(bench: Workbench, names: list[str]) -> dict[str, list[np.ndarray]]:
    """Return everything that is asked of a workbench of each recipe."""
    return {
        name: [
            bench.root(recipe(name)),
            bench.weights(recipe(name)),
            *(bench.root(recipe(name), without=k) for k in (1, 5)),
        ]
        for name in names
    }


@pytest.fixture(scope="module")
def alone(panel: Any, tree: Any) -> dict[str, list[Any]]:
    """Return everything that is asked of each recipe on a bench of its own."""
    return {name: outcomes(Workbench(panel, tree), [name])[name] for name in RECIPES}


@pytest.mark.parametrize("memory", [0, 20_000, 2**28])
def test_what_was_built_before_does_not_matter(panel: Any, tree: Any, alone: dict[str, Any], memory: int) -> None:
    """In any order, with all the memory or hardly any, each recipe has the numbers it has on a bench of its own."""
    orders = [list(RECIPES), list(reversed(RECIPES)), [*list(RECIPES)[::2], *list(RECIPES)[1::2]]]
    for order in orders:
        found = outcomes(Workbench(panel, tree, memory=memory), [*order, *order])
        for name, arrays in found.items():
            for one, two in zip(arrays, alone[name], strict=True):
                np.testing.assert_array_equal(one, two, err_msg=f"{name} {memory}")


def test_what_is_kept_stays_within_the_memory(panel: Any, tree: Any) -> None:
    """Recipes may be many: what is kept of them is bounded in bytes, and so in number."""
    bench = Workbench(panel, tree, memory=2**18)
    for i in range(300):
        bench.root(Recipe.model_validate({"aggregate": {"method": "power", "exponent": 1 + i / 100}}))
    assert sum(size for _, size in bench._kept.values()) <= 2**18
    assert len(bench._kept) < 200


def test_steps_that_recipes_share_are_done_once(panel: Any, tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from nqpf.index import workbench

    calls: dict[str, int] = {}

    def counted(name: str) -> None:
        real = getattr(workbench, name)

        def call(*given: Any, **named: Any) -> Any:
            calls[name] = calls.get(name, 0) + 1
            return real(*given, **named)

        monkeypatch.setattr(workbench, name, call)

    for name in ("evaluate_all", "prepare", "put_on_scale", "climb"):
        counted(name)
    bench = Workbench(panel, tree)
    for weight, method in itertools.product(("equal", "entropy", "cv"), ("arithmetic", "median")):
        bench.root(Recipe.model_validate({"weight": {"method": weight}, "aggregate": {"method": method}}))
    assert calls == {"evaluate_all": 1, "prepare": 1, "put_on_scale": 1, "climb": 6}
    bench.root(Recipe.model_validate({"normalise": {"method": "rank"}}))
    assert calls == {"evaluate_all": 1, "prepare": 1, "put_on_scale": 2, "climb": 7}
    bench.root(Recipe.model_validate({"treat": {"method": "winsorise"}, "normalise": {"method": "rank"}}))
    assert calls == {"evaluate_all": 1, "prepare": 2, "put_on_scale": 3, "climb": 8}
    bench.root(Recipe(denominate=True))
    assert calls == {"evaluate_all": 2, "prepare": 3, "put_on_scale": 4, "climb": 9}


def test_other_weights_are_used_as_they_are_given(panel: Any, tree: Any) -> None:
    """One set or one a year; the recipe's own are not looked at, whatever its weighting."""
    bench, rng = Workbench(panel, tree), np.random.default_rng(9)

    def drawn(rows: int) -> np.ndarray:
        local = np.ones((rows, len(tree.nodes)))
        for node in tree.inner:
            kids = tree.children[node.at]
            local[:, kids] = rng.dirichlet(np.ones(len(kids)), rows)
        return local

    for name in ("default", "entropy", "siblings", "geometric", "sampled"):
        how = recipe(name)
        np.testing.assert_allclose(bench.root(how, local=bench.weights(how)), bench.root(how), rtol=1e-13)
        one = drawn(1)
        values = {node.id: float(one[0, node.at]) for node in tree.nodes[:-1]}
        stated = how.model_copy(
            update={"weight": Recipe.model_validate({"weight": {"method": "given", "values": values}}).weight}
        )
        np.testing.assert_allclose(bench.root(how, local=one), bench.root(stated), rtol=1e-12, err_msg=name)
        np.testing.assert_allclose(bench.root(how, local=np.repeat(one, 3, axis=0)), bench.root(stated), rtol=1e-12)
    yearly = drawn(3)
    found = bench.root(Recipe(), local=yearly)
    for t in range(3):
        np.testing.assert_allclose(found[t], bench.root(Recipe(), local=yearly[[t]])[t], rtol=1e-13)
    assert np.abs(found - bench.root(Recipe(), local=yearly[[0]])).max() > 1e-3


@pytest.mark.parametrize("name", ["default", "given", "geometric", "level", "treated", "screened", "sampled"])
def test_without_an_indicator_it_scores_as_the_smaller_framework(panel: Any, tree: Any, name: str) -> None:
    """Stated weights are shared out among the siblings; where none is left, the dimension goes as well."""
    bench, how = Workbench(panel, tree), recipe(name)
    for k, gone in enumerate(tree.indicators):
        smaller, kept = tree.without(k)
        assert [n.id for n in smaller.nodes] == [tree.nodes[at].id for at in kept]
        assert gone.id not in [n.id for n in smaller.nodes]
        stated = how
        if name == "given":
            values = {n.id: v for n in smaller.nodes if (v := how.weight.values.get(n.id)) is not None}
            stated = how.model_copy(
                update={"weight": how.weight.model_copy(update={"values": values, "rescale": True})}
            )
        found = bench.root(how, without=k)
        np.testing.assert_allclose(found, build(panel, smaller, stated).scores[:, :, -1], rtol=1e-12, err_msg=gone.id)


def test_without_an_indicator_weights_from_the_data_stay(panel: Any, tree: Any) -> None:
    """They are shared out, not found anew: what is left weighs as before beside its siblings."""
    bench, how = Workbench(panel, tree), recipe("entropy").model_copy(update={"aggregate": Recipe().aggregate})
    local = bench.weights(how)
    smaller, kept = tree.without(2)  # c, so that F alone is left in D
    shared = local[:, kept].copy()
    shared[:, smaller.node("F").at] = 1.0
    expected = Workbench(panel, smaller).root(how, local=shared)
    np.testing.assert_allclose(bench.root(how, without=2), expected, rtol=1e-12)
    np.testing.assert_allclose(bench.root(how, local=local, without=2), expected, rtol=1e-12)


def test_who_is_left_without_weight_counts_for_nothing(fill: Any, grow: Any) -> None:
    """a goes and b weighs nothing, so that D has no score, and c is the whole index, whatever D is aggregated by."""
    panel = fill({"a": [[1, 2, 4, 3]], "b": [[9, 1, 1, 5]], "c": [[0, 8, 2, 4]]})
    tree = grow({"D": {"a": "benefit", "b": "benefit"}, "c": "benefit"})
    values = {"a": 1.0, "b": 0.0, "D": 0.5, "c": 0.5}
    for method in ("arithmetic", "topsis", "fuzzy", "median", "vikor", "owa"):
        words: dict[str, Any] = {"method": method, "across": "children"}
        words |= {"orness": 0.4} if method == "owa" else {}
        how = Recipe.model_validate(
            {
                "weight": {"method": "given", "values": values},
                "nodes": {"D": words},
                "aggregate": {"method": "copeland"},
            }
        )
        found = Workbench(panel, tree).root(how, without=0)
        np.testing.assert_array_equal(found, [[-3, 3, -1, 1]], err_msg=method)


def test_without_the_only_indicator_there_is_no_score(fill: Any, grow: Any) -> None:
    bench = Workbench(fill({"a": [[5, 4, 3]]}), grow({"D": {"a": "benefit"}}))
    assert np.isnan(bench.root(Recipe(), without=0)).all()


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"nodes": {"G": {"method": "median"}}}, "unknown_node", "no node “G”"),
    ({"weights": {"G": {"method": "cv"}}}, "unknown_node", "no node “G”"),
    ({"nodes": {"a": {"method": "median"}}}, "node_is_indicator", "“a”"),
    ({"weights": {"f": {"method": "cv"}}}, "node_is_indicator", "“f”"),
    ({"levels": {7: {"method": "median"}}}, "unknown_level", "7"),
    ({"levels": {3: {"method": "median"}}}, "unknown_level", "0, 1, 2"),
    ({"weight": {"method": "correlation", "targets": {"g": 2}}}, "unknown_node", "no node “g”"),
    ({"weights": {"D": {"method": "correlation", "targets": {"g": 2}}}}, "unknown_node", "no node “g”"),
    (
        {"weight": {"method": "combined", "of": [{"method": "equal"}, {"method": "correlation", "targets": {"g": 2}}]}},
        "unknown_node",
        "no node “g”",
    ),
    ({"weight": {"method": "given", "values": {"g": 1}}}, "unknown_node", "no node “g”"),
    ({"weight": {"method": "given"}}, "weight_missing", "“a”"),
    ({"weight": {"method": "given", "values": {"a": 0.5, "b": 0.6}}}, "weights_sum", "1.1"),
    ({"weight": {"method": "ahp"}}, "judgements_missing", "“F”"),
    ({"weight": {"method": "g1"}}, "orders_missing", "“F”"),
    ({"nodes": {"E": {"method": "mpi"}}}, "mixed_scales", "“I”"),
    ({"nodes": {"E": {"method": "promethee"}}}, "mixed_scales", "“I”"),
    (
        {"normalise": {"method": "zscore"}, "aggregate": {"method": "topsis"}},
        "aggregate_without_bounds",
        "topsis",
    ),
    ({"normalise": {"each": {"a": {"range": [0, 5]}}}}, "mixed_scales", "“F”"),
]


@pytest.mark.parametrize(("content", "code", "words"), WRONG, ids=lambda x: x if isinstance(x, str) else None)
def test_a_recipe_that_cannot_be_is_refused_before_anything_runs(
    fill: Any, tree: Any, content: dict[str, Any], code: str, words: str
) -> None:
    """The same refusal from each door, although the data could not be scored either."""
    flat = Workbench(fill({name: np.ones((2, 4)) for name in "abcdef"}), tree)
    how = Recipe.model_validate(content)
    for run in (
        flat.check,
        flat.root,
        flat.weights,
        lambda one: build_on(flat, one),
        lambda one: flat.root(one, without=1),
    ):
        with pytest.raises(NqpfError) as caught:
            run(how)
        assert caught.value.code == code
        assert words in str(caught.value)
        with speak("zh"):
            assert str(caught.value) != caught.value.text().en


def test_remarks_on_judgements_are_those_of_the_index(panel: Any, grow: Any) -> None:
    tree = grow({"a": "benefit", "b": "benefit", "c": "benefit"})
    matrix = [[1, 2, 1 / 4], [1 / 2, 1, 4], [4, 1 / 4, 1]]
    weight = {"method": "ahp", "judgements": {"I": matrix}, "consistency": "note"}
    how = Recipe.model_validate({"weight": weight})
    bench = Workbench(panel, tree)
    remarks = bench.check(how)
    assert remarks
    assert remarks == bench.check(how)
    assert build_on(bench, how).notes[: len(remarks)] == remarks
    with pytest.raises(MethodError):
        bench.check(Recipe.model_validate({"weight": weight | {"consistency": "stop"}}))


def test_units_and_years_of_the_result(panel: Any, tree: Any) -> None:
    bench = Workbench(panel, tree)
    assert bench.root(Recipe()).shape == (3, 7)
    assert bench.root(recipe("screened")).shape == (3, 6)
    kept = [n for n, unit in enumerate(panel.units) if unit != "C"]
    dropped = build(panel.select(units=[panel.units[n] for n in kept]), tree).scores[:, :, -1]
    np.testing.assert_array_equal(bench.root(recipe("screened")), dropped)


def test_recipes_share_only_what_they_have_in_common(panel: Any, tree: Any) -> None:
    """What is scored with holes under a rule of availability is refused under none, and the other way round."""
    holes = panel.values.copy()
    holes[0, 0, 0] = np.nan
    bench = Workbench(replace(panel, values=holes), tree)
    assert np.isfinite(bench.root(recipe("loose"))).all()
    with pytest.raises(MethodError, match="1 indicator values are missing"):
        bench.root(Recipe())
    assert np.isfinite(bench.root(recipe("loose"))).all()
    with pytest.raises(SpecError):
        Workbench(panel, tree).root(
            Recipe.model_validate({"normalise": {"method": "distance_to_reference", "reference": "Z"}})
        )


def test_weights_below_a_node_are_among_siblings() -> None:
    document = Document("recipe.yaml", {"weights": {"D": {"method": "entropy", "within": "all"}}}, {(): 1})
    with pytest.raises(SpecError, match="below a single node, weights are among siblings"):
        validate(Recipe, document)
