"""What holds for every recipe: each normalisation with each weighting and each aggregation, built on a small panel.

The methods and the words of their options are read off the recipe itself, so that a new one is tested as it comes. What
a combination cannot take it must refuse in words; every method and every word must be built with something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.data import Panel
from nqpf.errors import NqpfError, SpecError
from nqpf.index import (
    Aggregate,
    Framework,
    Index,
    Normalise,
    Recipe,
    Weight,
    Workbench,
    build_on,
    contributions,
    leave_one_out,
)
from nqpf.index.aggregate import AGGREGATORS
from nqpf.index.climb import Climbed
from nqpf.index.options.aggregate import SAMPLED
from nqpf.index.options.base import Chosen
from nqpf.index.options.normalise import RATIOS
from nqpf.index.weights import overall
from nqpf.messages import speak
from nqpf.numerics.ranks import competition_rank

pytestmark = pytest.mark.slow

Floats = NDArray[np.float64]

YEARS = 4
UNITS = "ABCDEFGH"
"""F is the twin of B, and G is a little worse than A in everything; E is missing from none."""
TWINS, BETTER, WORSE = (1, 5), 0, 6

DIRECTIONS = {"a": "benefit", "b": "cost", "c": "benefit", "d": "benefit", "e": "target"}
TREE = {"D": ("a", "b", "c"), "E": ("d", "e")}
SHARES = {"D": 0.55, "E": 0.45, "a": 0.5, "b": 0.3, "c": 0.2, "d": 0.4, "e": 0.6}
TARGET, POSTS, GOALS = 50.0, (4.0, 102.0), {"a": 99.0, "b": 5.0, "c": 98.0, "d": 97.0}
MOMENTS = {"a": (50.0, 20.0), "b": (-50.0, 20.0), "c": (48.0, 21.0), "d": (52.0, 18.0), "e": (-15.0, 8.0)}
"""Mean and standard deviation of directed values, for a frozen z-score."""
DIRECTED = {"a": (4.0, 102.0), "b": (-102.0, -4.0), "c": (4.0, 102.0), "d": (4.0, 102.0), "e": (-52.0, 0.0)}
"""The same limits of directed values."""


def values() -> dict[str, Floats]:
    """Return series of four years and eight units, from 8 to 92, good ones with good ones."""
    rng = np.random.default_rng(11)
    good = rng.uniform(-1, 1, (YEARS, len(UNITS)))
    found = {}
    for name, direction in DIRECTIONS.items():
        own = 0.6 * good + 0.4 * rng.uniform(-1, 1, good.shape)
        if direction == "target":
            found[name] = TARGET + np.where(rng.random(good.shape) < 0.5, -1, 1) * (20.0 - 15.0 * own)
        else:
            found[name] = 50.0 + (-40.0 if direction == "cost" else 40.0) * own
    for name, x in found.items():
        x[:, TWINS[1]] = x[:, TWINS[0]]
        worse = {"benefit": -1.5, "cost": 1.5, "target": np.sign(x[:, BETTER] - TARGET)}[DIRECTIONS[name]]
        x[:, WORSE] = x[:, BETTER] + worse
    return found


RAW = values()


def with_holes() -> dict[str, Floats]:
    """Return the series with cells missing: of a dimension one, or all."""
    found = {name: x.copy() for name, x in RAW.items()}
    for name, year, unit in (("a", 0, 4), ("d", 2, 4), ("e", 2, 4), ("c", 3, 2)):
        found[name][year, unit] = np.nan
    return found


HOLED = with_holes()


@dataclass(frozen=True)
class Measured:
    """Another way to measure an indicator: ``±factor · x + shift``, its direction turned with its sign."""

    factor: float = 1.0
    shift: float = 0.0
    turned: bool = False

    def of(self, x: Any) -> Any:
        return (-self.factor if self.turned else self.factor) * x + self.shift

    def direction(self, direction: str) -> str:
        return {"benefit": "cost", "cost": "benefit"}.get(direction, direction) if self.turned else direction

    def ends(self, pair: tuple[float, float]) -> tuple[float, ...]:
        return tuple(sorted(float(self.of(x)) for x in pair))

    def directed(self, name: str, pair: tuple[float, float], *, spread: bool = False) -> tuple[float, float]:
        """Return two directed values, or a directed mean and a spread, as they are under this measure."""
        shift = {"benefit": 1.0, "cost": -1.0, "target": 0.0}[self.direction(DIRECTIONS[name])] * self.shift
        return self.factor * pair[0] + shift, self.factor * pair[1] + (0.0 if spread else shift)


Measures = Mapping[str, Measured]
PLAIN: Measures = dict.fromkeys(DIRECTIONS, Measured())
SCALED: Measures = {
    name: Measured(factor) for name, factor in zip(DIRECTIONS, (1000.0, 0.001, 7.0, 1e6, 0.3), strict=True)
}
"""Other units of measure."""
TURNED: Measures = {
    "a": Measured(1000.0, 7.0, turned=True),
    "b": Measured(0.001, -3.0),
    "c": Measured(7.0, 1e4, turned=True),
    "d": Measured(1e3, 0.0, turned=True),
    "e": Measured(0.3, -900.0, turned=True),
}
"""Other units of measure with another zero, and signs turned together with directions."""


def framework(grow: Any, measures: Measures, *, backwards: bool = False) -> Framework:
    def indicator(name: str) -> dict[str, Any]:
        how = measures[name]
        content = {
            "direction": how.direction(DIRECTIONS[name]),
            "goalposts": list(how.ends(POSTS)),
            "weight": SHARES[name],
        }
        if name in GOALS:
            return content | {"goal": how.of(GOALS[name])}
        return content | {"target": how.of(TARGET)}

    order: Callable[[Any], Any] = (lambda x: reversed(list(x))) if backwards else iter
    found: Framework = grow(
        {node: {"weight": SHARES[node]} | {n: indicator(n) for n in order(TREE[node])} for node in order(TREE)}
    )
    return found


def limits(method: str, stated: str, measures: Measures) -> dict[str, Any]:
    """Return given limits, or mean and standard deviation, of every indicator."""
    if method == "zscore":
        found = {name: how.directed(name, MOMENTS[name], spread=True) for name, how in measures.items()}
        return {"limits": found, "stated": "directed"}
    if stated == "directed":
        return {"limits": {name: how.directed(name, DIRECTED[name]) for name, how in measures.items()}}
    return {"limits": {name: how.ends(POSTS) for name, how in measures.items()}}


BESIDE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("method", "base_index"): {"year": 2021},
    ("method", "fraction_of_max"): {"costs": "complement"},
    ("method", "zscore"): {"mean": 50, "sd": 10},
    ("method", "merec"): {"shift": 0.1},
    ("method", "power"): {"exponent": 0.5},
    ("method", "owa"): {"orness": 0.3},
    ("method", "fuzzy"): {"cuts": [0, 20, 40, 70, 100]},
    ("method", "combined"): {"of": [{"method": "given"}, {"method": "cv"}], "combination": "multiplicative"},
    ("method", "ahp"): {
        "judgements": {"D": {"a": {"b": 2, "c": 3}, "b": {"c": 2}}, "E": {"e": {"d": 2}}, "I": {"D": {"E": "3/2"}}}
    },
    ("method", "g1"): {
        "orders": {
            "D": {"order": ["b", "a", "c"], "ratios": [1.2, 1.4]},
            "E": {"order": ["e", "d"], "ratios": [1.1]},
            "I": {"order": ["E", "D"], "ratios": [1.3]},
        }
    },
    ("scope", "base"): {"base": [2020, 2021]},
    ("scope", "rolling"): {"window": 2},
    ("combination", "game"): {"on_negative": "absolute"},
    ("quantifier", "half"): {"orness": None},
    ("quantifier", "most"): {"orness": None},
    ("quantifier", "many"): {"orness": None},
    ("preference", "u_shape"): {"q": 5.0},
    ("preference", "v_shape"): {"p": 30.0},
    ("preference", "level"): {"q": 5.0, "p": 30.0},
    ("preference", "linear"): {"q": 5.0, "p": 30.0},
    ("preference", "gaussian"): {"s": 20.0},
}
"""What a word asks for beside it, or is given to be of use to methods that want positive scores."""
ALSO: Mapping[type[Chosen], Sequence[Mapping[str, Any]]] = {
    Normalise: (
        {"method": "distance_to_reference", "reference": "A"},
        {"method": "distance_to_reference", "reference": "A", "year": 2022},
        {"method": "base_index", "reference": "C"},
        {"method": "minmax", "each": {"b": {"method": "percentile_rank", "range": [1, 100]}}},
    ),
    Weight: (
        {"method": "combined", "of": [{"method": "equal"}, {"method": "entropy", "scope": "yearly"}]},
        {"method": "pca", "share": 0.9},
        {"method": "correlation", "targets": {"a": 2, "D": 3}},
        {"method": "given", "values": {"d": 0.7, "e": 0.3}},
    ),
    Aggregate: (
        {"method": "power", "exponent": -1.5},
        {"method": "owa", "orness": None, "order": [0.1, 0.2, 0.3, 0.4]},
        {"method": "mean_min", "alpha": 1.0, "beta": 0.0},
        {"method": "bod", "shares": [0.05, 0.6]},
        {"method": "fuzzy", "cuts": None},
        {"method": "fuzzy", "cuts": [10, 40, 70], "grade_values": [1, 2, 4]},
    ),
}
"""Options that are no choice of words."""
CROSSED: Mapping[type[Chosen], tuple[str, ...]] = {
    Normalise: ("scope",),
    Weight: ("scope", "within"),
    Aggregate: ("across", "scope", "ideal"),
}
"""Choices that are tried in every combination; the words of others one at a time."""


def choices(model: type[Chosen], option: str) -> tuple[Any, ...]:
    """Return the words of an option that is a choice, also where it may be left out."""
    annotation = model.model_fields[option].annotation
    found = [one for one in (annotation, *get_args(annotation)) if get_origin(one) is Literal]
    return get_args(found[0]) if found else ()


def variants(model: type[Chosen]) -> Iterator[dict[str, Any]]:
    """Return the options of every variant there could be; what does not go together is still among them."""
    crossed = CROSSED[model]
    worded = [o for o in model.model_fields if o not in ("method", *crossed) and choices(model, o)]
    for method in choices(model, "method"):
        for words in product(*(choices(model, option) for option in crossed)):
            yield with_companions({"method": method, **dict(zip(crossed, words, strict=True))}, model)
        for option in worded:
            for word in choices(model, option):
                yield with_companions({"method": method, option: word}, model)
    yield from (with_companions(more, model) for more in ALSO[model])


def with_companions(words: Mapping[str, Any], model: type[Chosen]) -> dict[str, Any]:
    """Return the words with what they ask for; what is written goes before it, and None stands for nothing."""
    method = str(words["method"])
    found: dict[str, Any] = {}
    if model is Normalise and method in Normalise.ONLY["range"] and method != "efficacy":
        found["range"] = [1, 100]  # geometric means and their like want positive scores
    if model is Normalise and (words.get("scope") == "frozen" or method == "scaled"):
        found |= limits(method, str(words.get("stated")), PLAIN)
        found |= {"costs": "complement"} if method == "linear_ratio" else {}  # the ideal of a target has no reciprocal
    for option, word in words.items():
        found |= BESIDE.get((option, word), {}) if isinstance(word, str) else {}
    return {option: word for option, word in (found | dict(words)).items() if word is not None}


@cache
def valid(model: type[Chosen]) -> tuple[Any, ...]:
    """Return the variants that the recipe allows, each once; the others are refused in words."""
    found = {}
    for words in variants(model):
        try:
            one = checked(model, **words)
        except SpecError as error:
            in_words(error)
        else:
            found[one.model_dump_json()] = one
    return tuple(found.values())


def in_words(error: NqpfError) -> str:
    """Return the code of a refusal, which says something in both languages."""
    for lang in ("zh", "en"):
        with speak(lang):
            said = str(error)
        assert len(said) > 15, error.code
        assert not re.search(r"\{[a-z_]+\}", said), said
    return error.code


@cache
def plain(model: type[Chosen]) -> tuple[Any, ...]:
    """Return each method with its default words; an ideal is taken from the scores, which any normalisation has."""
    observed = {"ideal": "observed"}
    return tuple(
        checked(
            model, **with_companions({"method": m, **(observed if m in model.ONLY.get("ideal", ()) else {})}, model)
        )
        for m in choices(model, "method")
    )


def called(one: Any) -> str:
    """Return a variant in short, for the names of tests."""
    words = one.model_dump(exclude_defaults=True, exclude={"limits", "judgements", "orders", "range", "mean", "sd"})
    return "-".join(str(word) for word in ({"method": one.method} | words).values())


def recipe(n: Normalise, w: Weight, a: Aggregate, measures: Measures = PLAIN) -> Recipe:
    """Return a recipe, its limits in the units of measure at hand."""
    if n.limits and measures is not PLAIN:
        n = n.model_copy(update=limits(n.method, n.stated, measures))
    return Recipe().model_copy(update={"normalise": n, "weight": w, "aggregate": a})


def outcome(bench: Workbench, how: Recipe) -> Climbed | str:
    """Return the scores of every node and the weights, as `build` has them, or the code of a refusal."""
    try:
        return bench.climbed(how)
    except NqpfError as error:
        return in_words(error)


@dataclass(frozen=True, eq=False)
class Ground:
    """What the tests build on; workbenches are kept, since what they keep changes nothing (see test_workbench)."""

    grow: Any
    fill: Any
    benches: dict[Any, Workbench] = field(default_factory=dict)

    def panel(self, raw: Mapping[str, Any], measures: Measures = PLAIN, **how: Any) -> Panel:
        found: Panel = self.fill({name: measures[name].of(x) for name, x in raw.items()}, **how)
        return found

    def bench(self, measures: Measures = PLAIN, raw: Mapping[str, Floats] = RAW) -> Workbench:
        """Return a workbench with the same numbers, measured otherwise."""
        return self._kept(
            (id(measures), id(raw)),
            lambda: Workbench(self.panel(raw, measures), framework(self.grow, measures)),
        )

    def shuffled(self, years: Sequence[int], raw: Mapping[str, Floats] = RAW) -> Workbench:
        """Return a workbench on which units, series and the tree are turned round, and years stand for others."""
        turned = {name: x[list(years), ::-1] for name, x in reversed(raw.items())}
        return self._kept(
            (tuple(years), id(raw)),
            lambda: Workbench(self.panel(turned, units=UNITS[::-1]), framework(self.grow, PLAIN, backwards=True)),
        )

    def _kept(self, key: Any, make: Callable[[], Workbench]) -> Workbench:
        if key not in self.benches:
            self.benches[key] = make()
        return self.benches[key]


@pytest.fixture(scope="module")
def ground(grow: Any, fill: Any) -> Ground:
    return Ground(grow, fill)


def company(model: type[Chosen], one: Any) -> Iterator[tuple[Normalise, Weight, Aggregate]]:
    """Return a variant of one part with methods of the two others, now these, now those."""
    second, third = (other for other in (Normalise, Weight, Aggregate) if other is not model)
    at = valid(model).index(one)
    for turn in range(60):
        two, three = (
            plain(second)[(at + 3 * turn) % len(plain(second))],
            plain(third)[(2 * at + 5 * turn) % len(plain(third))],
        )
        chosen = {model: one, second: two, third: three}
        yield chosen[Normalise], chosen[Weight], chosen[Aggregate]


def is_never_built(one: Any) -> bool:
    """Return whether a method cannot go all the way up: it wants ends of its inputs, but its own scores have none."""
    if not isinstance(one, Aggregate):
        return False
    method = AGGREGATORS[one.method]
    return one.inputs == "children" and method.bounded(one) and method.ends(one, (0.0, 1.0)) is None


VARIANTS = [(m, one) for m in (Normalise, Weight, Aggregate) for one in valid(m) if not is_never_built(one)]
BUILDABLE = [one for model, one in VARIANTS if model is Aggregate]
variant = pytest.mark.parametrize(
    ("model", "one"), VARIANTS, ids=[f"{model.__name__.lower()}-{called(one)}" for model, one in VARIANTS]
)
ENOUGH = 2
"""Combinations in which every variant is built."""

UNWEIGHTED = ("bod",)
"""Aggregations in which no stated weight enters: they are tried with two weightings only."""
MAY_FALL: Mapping[str, Callable[[Recipe], bool]] = {
    "a mean with a penalty for imbalance falls where one indicator alone gets better": (
        lambda how: how.aggregate.method in ("mpi", "ampi")
    ),
    "grades are not put together in proportion": (
        lambda how: how.aggregate.method == "fuzzy" and how.aggregate.operator != "product_sum"
    ),
    "more of a cost scores more": lambda how: how.normalise.costs == "sign",
    "each unit is measured against its own past": (
        lambda how: how.normalise.method == "base_index" and how.normalise.reference is None
    ),
}
"""Recipes under which a unit that is better in everything may score less, and why."""


NOT_WITH: Mapping[str, set[str]] = {"borda": {"geometric", "harmonic"}, "fraction_of_max": {"geometric", "harmonic"}}
"""What cannot be done with the scores of a normalisation, of which the lowest is 0."""


def measures_for(n: Normalise) -> Measures:
    """Return what must not matter to a normalisation: units of measure never, zero and sign unless it takes ratios."""
    methods = {n.method, *(one.method for one in n.each.values())}
    return SCALED if methods & {*RATIOS, "base_index"} else TURNED


def is_timeless(how: Recipe) -> bool:
    """Return whether it does not matter which year is which."""
    text = how.model_dump_json()
    return not re.search(r'"base":\[|"window":\d|"year":\d', text)


def is_frozen(how: Recipe) -> bool:
    """Return whether nothing is taken anew every year, so that the first fit says it all."""
    return not how.yearly_weights and "yearly" not in (how.normalise.scope, how.aggregate.scope)


def check_by_itself(bench: Workbench, how: Recipe, found: Climbed) -> None:
    """Weights are weights; everybody is scored; twins tie; who is better in everything is not behind."""
    tree = bench.framework
    assert (found.local >= 0).all()
    for node in tree.inner:
        np.testing.assert_allclose(found.local[:, tree.children[node.at]].sum(axis=1), 1.0, rtol=0, atol=1e-12)
    np.testing.assert_allclose(overall(tree, found.local)[:, : len(DIRECTIONS)].sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert len(found.local) == (YEARS if how.yearly_weights else 1)
    scores = found.tree[-1].reshape(YEARS, -1)
    np.testing.assert_array_equal(np.isfinite(scores), found.present[-1].reshape(scores.shape) > 0)
    at = [bench.panel.units.index(UNITS[n]) for n in (*TWINS, BETTER, WORSE)]
    one, twin, better, worse = scores[:, at].T
    noise = 1e-12 * np.nanmax(np.abs(scores))
    np.testing.assert_allclose(twin, one, rtol=0, atol=noise)
    ranks = competition_rank(scores, axis=1)[:, at].T
    np.testing.assert_array_equal(ranks[0], ranks[1])
    if not any(falls(how) for falls in MAY_FALL.values()):
        assert (better >= worse - noise).all()
        assert (ranks[2] <= ranks[3]).all()


def check_same(bench: Workbench, found: Climbed, other: Workbench, again: Climbed, years: Sequence[int] = ()) -> None:
    """Every node has the same score and weight, and every unit the same rank, on another workbench."""
    nodes = [other.framework.node(node.id).at for node in bench.framework.nodes]
    units = [other.panel.units.index(unit) for unit in bench.panel.units]
    shape = (len(nodes), YEARS, len(units))
    back = np.argsort(years) if len(years) else np.arange(YEARS)
    one, two = found.tree.reshape(shape), again.tree.reshape(shape)[nodes][:, back][:, :, units]
    for node, scores, rescored in zip(bench.framework.nodes, one, two, strict=True):
        scale = max(1.0, float(np.nanmax(np.abs(scores))))
        np.testing.assert_allclose(rescored, scores, rtol=0, atol=1e-9 * scale, err_msg=node.id)
    np.testing.assert_array_equal(competition_rank(two[-1], axis=1), competition_rank(one[-1], axis=1))
    local = again.local[:, nodes]
    np.testing.assert_allclose(local[back] if len(local) > 1 else local, found.local, rtol=0, atol=1e-9)


def told(how: Recipe) -> str:
    return " ".join(called(one) for one in (how.normalise, how.weight, how.aggregate))


def compare(bench: Workbench, other: Workbench, how: Recipe, again: Recipe, years: Sequence[int] = ()) -> bool:
    """Return whether a recipe can be built, after checking that it is the same on both, or refused on both alike."""
    found, second = outcome(bench, how), outcome(other, again)
    if isinstance(found, str) or isinstance(second, str):
        assert found == second, told(how)
        return False
    try:
        check_by_itself(bench, how, found)
        check_same(bench, found, other, second, years)
    except AssertionError as error:
        raise AssertionError(f"{told(how)}: {error}") from None
    return True


@pytest.mark.parametrize("n", plain(Normalise), ids=called)
def test_every_method_with_every_other(ground: Ground, n: Normalise) -> None:
    """Weights are weights, twins tie, the better is ahead; neither units of measure nor turned signs matter."""
    measures = measures_for(n)
    bench, other = ground.bench(), ground.bench(measures)
    tried, built = set(), set()
    for w, a in product(plain(Weight), plain(Aggregate)):
        if a.method in UNWEIGHTED and w.method not in ("equal", "entropy"):
            continue
        tried |= {w.method, a.method}
        if compare(bench, other, recipe(n, w, a), recipe(n, w, a, measures)):
            built |= {w.method, a.method}
    assert tried - built <= NOT_WITH.get(n.method, set())


@variant
def test_every_variant_in_some_company(ground: Ground, model: type[Chosen], one: Any) -> None:
    """As above, and the order of units, of indicators and (where they are not named) of years does not matter."""
    bench, years = ground.bench(), (2, 0, 3, 1)
    others = {id(measures): ground.bench(measures) for measures in (SCALED, TURNED)}
    in_order, out_of_order = ground.shuffled(range(YEARS)), ground.shuffled(years)
    built = 0
    for n, w, a in company(model, one):
        how, measures = recipe(n, w, a), measures_for(n)
        if not compare(bench, others[id(measures)], how, recipe(n, w, a, measures)):
            continue
        if is_timeless(how):
            assert compare(bench, out_of_order, how, how, years)
        else:
            assert compare(bench, in_order, how, how)
        built += 1
        if built == ENOUGH:
            return
    pytest.fail(f"built {built} times only")


@variant
def test_holes_are_shared_out_in_any_order(ground: Ground, model: type[Chosen], one: Any) -> None:
    """Under a rule of availability everybody is scored who has anything, and order does not matter."""
    bench, shuffled = ground.bench(raw=HOLED), ground.shuffled(range(YEARS), HOLED)
    for n, w, a in company(model, one):
        if a.unmatched == "later":  # order is what it goes by
            a = a.model_copy(update={"unmatched": "shared"})
        how = recipe(n, w, a).model_copy(update={"availability": 0.0})
        if compare(bench, shuffled, how, how):
            return
    pytest.fail("never built")


def in_company(ground: Ground, model: type[Chosen], one: Any, times: int) -> Iterator[tuple[Recipe, Index]]:
    """Return so many recipes with a variant that can be built, and their indices."""
    bench = ground.bench()
    for n, w, a in company(model, one):
        how = recipe(n, w, a)
        if not isinstance(outcome(bench, how), str):
            yield how, build_on(bench, how)
            times -= 1
        if not times:
            return
    pytest.fail("not built often enough")


def extended(raw: Mapping[str, Floats], *, year: bool) -> dict[str, Floats]:
    """Return series with a year more, or with a unit more that is worse than everybody ever was in everything."""
    found = {}
    for name, x in raw.items():
        if year:
            found[name] = np.concatenate([x, np.roll(x[1:2], 1, axis=1)])
            continue
        far = TARGET + np.abs(x - TARGET).max() + 0.05
        worst = {"benefit": x.min() - 0.05, "cost": x.max() + 0.05, "target": far}[DIRECTIONS[name]]
        found[name] = np.concatenate([x, np.full((YEARS, 1), worst)], axis=1)
    return found


BEHIND: Mapping[str, tuple[str, ...]] = {
    "base_index": ("base_unit_absent",),
    "fraction_of_max": ("aggregate_nonpositive", "power_negative", "bod_undefined"),
}
"""Why a unit behind all others may not be scored: it has no base value, or an amount beyond the whole."""


@variant
def test_what_is_fitted_is_frozen(ground: Ground, model: type[Chosen], one: Any) -> None:
    """It scores its own panel as `build` does; a new year, or a unit behind all others, moves nobody."""
    panel = ground.panel(RAW)
    longer, wider = (ground.panel(extended(RAW, year=year)) for year in (True, False))
    for how, index in in_company(ground, model, one, 1):
        same = index.fitted.transform(panel)
        for name in ("scores", "ranks", "local", "normalised"):
            np.testing.assert_array_equal(getattr(same, name), getattr(index, name), err_msg=told(how))
        if not is_frozen(how):
            continue
        noise = 1e-12 * max(1.0, float(np.abs(index.scores).max()))
        later = index.fitted.transform(longer)
        np.testing.assert_allclose(later.scores[:YEARS], index.scores, rtol=0, atol=noise, err_msg=told(how))
        np.testing.assert_array_equal(later.ranks[:YEARS], index.ranks, err_msg=told(how))
        try:
            more = index.fitted.transform(wider)
        except NqpfError as error:
            assert in_words(error) in BEHIND.get(how.normalise.method, ()), told(how)  # noqa: PT017
            continue
        np.testing.assert_allclose(more.scores[:, :-1], index.scores, rtol=0, atol=noise, err_msg=told(how))
        if not any(falls(how) for falls in MAY_FALL.values()):
            assert (more.scores[:, -1, -1] <= more.scores[:, :-1, -1].min(axis=1) + noise).all(), told(how)
            np.testing.assert_array_equal(more.ranks[:, :-1, -1], index.ranks[:, :, -1], err_msg=told(how))


STANDING = [one for one in valid(Normalise) if one.scope in ("base", "frozen")]


@pytest.mark.parametrize("n", STANDING, ids=called)
def test_what_rests_on_a_base_window_is_not_moved_by_new_years(ground: Ground, n: Normalise) -> None:
    bench, longer = ground.bench(), Workbench(ground.panel(extended(RAW, year=True)), framework(ground.grow, PLAIN))
    weights = [w for w in valid(Weight) if w.base or w.method in ("equal", "given", "ahp", "g1")]
    means = [a for a in plain(Aggregate) if a.method not in SAMPLED]
    built = 0
    for w, a in zip(weights, means * len(weights), strict=False):
        how = recipe(n, w, a)
        found, later = outcome(bench, how), outcome(longer, how)
        if isinstance(found, str) or isinstance(later, str):
            assert found == later, told(how)
            continue
        rows = YEARS * len(UNITS)
        np.testing.assert_allclose(later.local, found.local, rtol=0, atol=1e-12, err_msg=told(how))
        np.testing.assert_allclose(later.tree[:, :rows], found.tree, rtol=1e-12, atol=0, err_msg=told(how))
        built += 1
    assert built > len(weights) / 2


@pytest.mark.parametrize("a", BUILDABLE, ids=called)
def test_parts_add_up(ground: Ground, a: Aggregate) -> None:
    """What the indicators contribute is the whole difference, from the mean, from the floor and from another year."""
    for how, index in in_company(ground, Aggregate, a, 2):
        root = index.scores[:, :, -1]
        noise = 1e-9 * max(1.0, float(np.abs(root).max()))
        for against in ("mean", "floor", 2021):
            try:
                found = contributions(index, against)  # type: ignore[arg-type]
            except NqpfError as error:
                assert in_words(error) in NOT_TAKEN_APART[against], told(how)  # noqa: PT017
                continue
            parts = found.parts.sum(axis=2)
            np.testing.assert_allclose(parts + found.weights, found.total, rtol=0, atol=noise, err_msg=told(how))
            if against == 2021:
                np.testing.assert_allclose(found.total, root - root[1], rtol=0, atol=noise, err_msg=told(how))
                assert (found.parts[1] == 0).all()
            if against != 2021 or not how.yearly_weights:
                assert np.abs(found.weights).max() <= noise, told(how)
            np.testing.assert_allclose(found.parts[:, TWINS[1]], found.parts[:, TWINS[0]], rtol=0, atol=noise)


NOT_TAKEN_APART: Mapping[str | int, tuple[str, ...]] = {
    "mean": (),
    "floor": ("no_floor", "zero_in_decomposition", "reference_unscored"),
    2021: ("yearly_sample_parts",),
}
"""Why a difference may not be taken apart."""


@pytest.mark.parametrize("a", BUILDABLE, ids=called)
def test_every_indicator_can_be_left_out(ground: Ground, a: Aggregate) -> None:
    """Ranks are those of an index on the framework without it, its weight shared by its siblings."""
    for how, index in in_company(ground, Aggregate, a, 2):
        found, bench = leave_one_out(index), ground.bench()
        for k, indicator in enumerate(index.framework.indicators):
            try:
                expected = competition_rank(bench.root(how, without=k), axis=1)
            except NqpfError as error:
                in_words(error)
                expected = np.full(found.ranks[k].shape, np.nan)
            np.testing.assert_array_equal(found.ranks[k], expected, err_msg=f"{told(how)} without {indicator.id}")
        low, high = found.interval()
        assert (low <= index.ranks[:, :, -1]).all()
        assert (high >= index.ranks[:, :, -1]).all()


@pytest.mark.parametrize("a", [one for one in BUILDABLE if one.scope == "yearly"], ids=called)
def test_what_is_measured_within_years_is_so_after_a_single_year(ground: Ground, a: Aggregate) -> None:
    """Later years are measured against their own units, even if there was one year only to fit on."""
    bench = ground.bench()
    n = checked(Normalise, range=[1, 100], scope="base", base=(2020, 2020))
    how = recipe(n, Weight(), a)
    first = ground.panel({name: x[:1] for name, x in RAW.items()})
    later = build_on(Workbench(first, bench.framework), how).fitted.transform(bench.panel)
    np.testing.assert_allclose(later.scores, build_on(bench, how).scores, rtol=1e-12)


@pytest.mark.parametrize("exponent", [0.3, 0.5, 1.0, 2.0, 7.0])
def test_the_worst_in_everything_has_the_worst_power_mean(ground: Ground, exponent: float) -> None:
    """Whatever the weights: a mean of zeros is zero, although weights may sum to a hair more than one."""
    raw = {
        name: np.where(np.arange(len(UNITS)) == 7, extended(RAW, year=False)[name][:, -1:], x)
        for name, x in RAW.items()
    }
    bench, rng = ground.bench(raw=raw), np.random.default_rng(2)
    how = Recipe.model_validate({"aggregate": {"method": "power", "exponent": exponent}})
    for _ in range(60):
        local = np.ones((1, len(bench.framework.nodes)))
        for node in bench.framework.inner:
            kids = bench.framework.children[node.at]
            local[:, kids] = rng.dirichlet(np.ones(len(kids)))
        assert (bench.root(how, local=local)[:, 7] == 0).all()


@pytest.mark.parametrize("negative", choices(Weight, "negative"))
def test_opposite_indicators_have_weights_in_any_order_or_none(ground: Ground, negative: str) -> None:
    """Where two directions set units equally far apart, neither is taken because it stands first."""
    rng = np.random.default_rng(3)
    how = Recipe.model_validate({"weight": {"method": "scatter", "negative": negative}})
    for _ in range(30):
        x = rng.integers(1, 10, (1, 6)).astype(float)
        series = {"x": x, "y": 10 - x + rng.integers(-2, 3, x.shape)}
        found = []
        for names in ("xy", "yx"):
            tree = ground.grow(dict.fromkeys(names, "benefit"))
            one = outcome(Workbench(ground.fill(series), tree), how)
            found.append(one if isinstance(one, str) else dict(zip(names, one.local[0, :2].round(9), strict=True)))
        assert found[0] == found[1]


def test_what_has_no_ends_cannot_be_measured_from_ends(ground: Ground) -> None:
    never = [one for one in valid(Aggregate) if is_never_built(one)]
    assert {one.method for one in never} == {"wroclaw"}
    assert {outcome(ground.bench(), recipe(Normalise(), Weight(), one)) for one in never} == {
        "aggregate_without_bounds"
    }


def test_every_word_is_tried() -> None:
    """The variants hold every method and every word of every choice."""
    for model in (Normalise, Weight, Aggregate):
        for option in model.model_fields:
            for word in choices(model, option):
                assert any(getattr(one, option) == word for one in valid(model)), (option, word)
