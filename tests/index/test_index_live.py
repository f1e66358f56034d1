"""Ranks while weights move: every draw is the index built with that draw's weights, however it was computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nqpf.errors import SpecError
from nqpf.index import Recipe, Workbench, build, build_on, live, live_draws
from nqpf.index.aggregate import AGGREGATORS
from nqpf.index.live import live_ranks
from nqpf.index.live_draws import UNWEIGHTED, WEIGHED_SAMPLES, affordable, counting
from nqpf.index.multiverse.noise import Noise, noisy_weights
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import speak
from nqpf.numerics.ranks import competition_rank

TREE: dict[str, Any] = {
    "D": {"weight": 0.6, "F": {"weight": 0.5, "a": "benefit", "b": "cost"}, "c": "benefit"},
    "E": {"weight": 0.3, "d": "benefit", "e": {"direction": "target", "target": 5}},
    "f": "cost",
}
GIVEN = {"a": 0.25, "b": 0.75, "c": 0.5, "d": 0.4, "e": 0.6, "f": 0.1, "D": 0.6, "E": 0.3, "F": 0.5}
MORE: dict[str, dict[str, Any]] = {"power": {"exponent": 2}, "owa": {"orness": 0.3}}
POSITIVE = {"normalise": {"range": [1, 100]}}
OPEN = {"normalise": {"method": "zscore", "mean": 100, "sd": 10}}
"""Scores without ends, as those of the methods that give no ends either."""
ENDLESS = ("copeland", "mpi", "ampi", "mean_min")
RECIPES: dict[str, dict[str, Any]] = {
    **{
        word: (OPEN if word in ENDLESS else POSITIVE) | {"aggregate": {"method": word, **MORE.get(word, {})}}
        for word in AGGREGATORS
    },
    **{
        f"{word} of each year": (OPEN if word in ENDLESS else POSITIVE)
        | {"aggregate": {"method": word, "scope": "yearly"}}
        for word in ("topsis", "vikor", "copeland", "mpi", "rsr")
    },
    "topsis up the tree": {"aggregate": {"method": "topsis", "across": "children", "ideal": "observed"}},
    "means of several kinds": POSITIVE | {"levels": {0: {"method": "median"}}, "nodes": {"E": {"method": "geometric"}}},
    "straight from the indicators": {"nodes": {"D": {"method": "arithmetic", "across": "leaves"}}},
    "stated": {"weight": {"method": "given", "values": GIVEN}},
    "weights of each year": {"weight": {"method": "entropy", "scope": "yearly"}},
    "weights on the way up": {"weight": {"method": "critic", "within": "siblings"}, "weights": {"E": {"method": "cv"}}},
    "screened": {"screen": {"drop": ["C"]}, "aggregate": {"method": "wroclaw", "ideal": "observed"}},
}
LOOSE: dict[str, dict[str, Any]] = {
    "what is there": {"availability": 0.0},
    "most of the weight": {"availability": 0.6},
    "half of the inputs": {"availability": 0.5, "counted": "inputs"},
    "topsis of what is there": {"availability": 0.7, "aggregate": {"method": "topsis", "ideal": "observed"}},
    "sampled up the tree": OPEN | {"availability": 0.0, "aggregate": {"method": "ampi"}},
    "nearly all": {"availability": 0.9},
}


@pytest.fixture(scope="module")
def panel(fill: Any) -> Any:
    rng = np.random.default_rng(4)
    return fill({name: rng.gamma(4.0, 2.0, (3, 7)) for name in "abcdef"})


@pytest.fixture(scope="module")
def holed(panel: Any) -> Any:
    values = panel.values.copy()
    for t, n, k in ((0, 1, 0), (1, 2, 3), (1, 2, 4), (2, 3, 1), (2, 5, 5), (2, 0, 2), (2, 0, 0)):
        values[t, n, k] = np.nan
    return replace(panel, values=values)


@pytest.fixture(scope="module")
def tree(grow: Any) -> Any:
    return grow(TREE)


def recipe(name: str) -> Recipe:
    return Recipe.model_validate({**RECIPES, **LOOSE}[name])


@pytest.mark.parametrize("noise", [live.NEARBY, Noise(kind="dirichlet", concentration=5)], ids=lambda n: n.kind)
@pytest.mark.parametrize("name", [*RECIPES, *LOOSE])
def test_a_draw_is_the_index_with_its_weights(panel: Any, holed: Any, tree: Any, name: str, noise: Noise) -> None:
    bench = Workbench(holed if name in LOOSE else panel, tree)
    how = recipe(name)
    year = 2021 if noise.kind == "uniform" else 2022
    index = build_on(bench, how)
    found = live_ranks(index, period=year, noise=noise, draws=3, seed=8)
    np.testing.assert_array_equal(found.scores, index.scores[year - 2020, :, -1])
    np.testing.assert_array_equal(found.ranks, index.ranks[year - 2020, :, -1])
    np.testing.assert_array_equal(found.whole, index.whole[year - 2020])
    assert found.units == index.panel.units
    if not found.counted.any():
        assert [note.code for note in found.notes] == ["live_unweighted"]
        assert len(found.run_ranks) == 0
        return
    assert found.notes == ()
    for draw in range(3):
        local = noisy_weights(bench.weights(how), tree.children, noise, seed=8, draw=draw)
        alone = bench.root(how, local=local)[year - 2020]
        np.testing.assert_allclose(found.run_scores[draw], alone, rtol=1e-11)
        np.testing.assert_array_equal(found.run_ranks[draw], competition_rank(alone))


def test_a_draw_is_what_a_study_with_these_weights_says(panel: Any, tree: Any) -> None:
    """The weights of a draw, written into a recipe, build the same index: nothing here has a way of its own."""
    found = live_ranks(build(panel, tree), draws=4, seed=3)
    for draw in range(4):
        local = noisy_weights(Workbench(panel, tree).weights(Recipe()), tree.children, live.NEARBY, seed=3, draw=draw)
        values = {node.id: float(local[0, node.at]) for node in tree.nodes[:-1]}
        written = build(panel, tree, Recipe.model_validate({"weight": {"method": "given", "values": values}}))
        np.testing.assert_allclose(found.run_scores[draw], written.scores[-1, :, -1], rtol=1e-12)
        np.testing.assert_array_equal(found.run_ranks[draw], written.ranks[-1, :, -1])


@pytest.mark.parametrize("word", AGGREGATORS)
def test_which_methods_weights_enter(word: str) -> None:
    """Two lists of words stand for what the methods do: what uses weights, and what takes its sample with them."""
    how, method = Aggregate.model_validate({"method": word, **MORE.get(word, {})}), AGGREGATORS[word]
    s = np.random.default_rng(2).random((9, 4)) + 0.1
    one, two = np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([[0.4, 0.3, 0.2, 0.1]])
    samples = [method.sample(s, w, how, (0.0, 2.0)) if method.sample else None for w in (one, two)]
    scores = [method.score(s, w, how, samples[0]) for w in (one, two)]
    assert np.allclose(*scores) == (word in UNWEIGHTED)
    assert (said(samples[0]) != said(samples[1])) == (word in WEIGHED_SAMPLES)


def said(sample: Any) -> str:
    """Return everything a sample holds, written out."""
    if isinstance(sample, np.ndarray):
        return str(sample.tolist())
    if isinstance(sample, tuple):
        return "|".join(said(one) for one in sample)
    names = [name for one in type(sample).__mro__ for name in getattr(one, "__slots__", ())]
    return "|".join(said(getattr(sample, name)) for name in names) if names else repr(sample)


def test_which_weights_count(tree: Any) -> None:
    def counted(what: dict[str, Any]) -> str:
        found = counting(tree, Recipe.model_validate(what))
        return "".join(node.id for node in tree.nodes if found[node.at])

    assert counted({}) == "abcdefFDE"
    assert counted({"aggregate": {"method": "bod"}}) == ""
    assert counted({"nodes": {"I": {"method": "bod"}}}) == ""
    assert counted({"nodes": {"D": {"method": "bod"}}}) == "defDE"  # straight from the indicators: F has no part
    assert counted({"nodes": {"D": {"method": "bod", "across": "children"}}}) == "abdefDE"
    assert counted({"nodes": {"F": {"method": "bod"}}}) == "cdefFDE"
    assert counted({"aggregate": {"method": "topsis"}, "nodes": {"D": {"method": "bod"}}}) == "abcdefFDE"


def test_an_only_child_has_nothing_to_be_weighed_against(grow: Any) -> None:
    tree = grow({"D": {"a": "benefit"}, "E": {"b": "benefit", "c": "benefit"}})
    found = counting(tree, Recipe())
    assert [node.id for node in tree.nodes if found[node.at]] == ["b", "c", "D", "E"]


def test_intervals_hold_their_share_of_draws_and_the_rank(panel: Any, tree: Any) -> None:
    found = live_ranks(build(panel, tree), draws=400, level=0.8, noise=Noise(kind="simplex"))
    low, high = found.interval()
    inside = ((found.run_ranks >= low) & (found.run_ranks <= high)).mean(axis=0)
    assert (inside >= 0.8).all()
    assert ((low <= found.ranks) & (found.ranks <= high)).all()
    assert (low < high).any()
    bottom, top = found.score_interval()
    assert ((found.run_scores >= bottom) & (found.run_scores <= top)).mean(axis=0) == pytest.approx(0.8, abs=0.02)


def test_ends_are_ranks_of_draws_by_hand(panel: Any, tree: Any) -> None:
    found = live_ranks(build(panel, tree), draws=2, level=0.5)
    runs = np.array([[1.0, 5, 2], [2, 5, np.nan], [3, 6, 4], [4, 7, 3], [9, 5, 1]])
    made = replace(found, run_ranks=runs, ranks=np.array([3.0, 4.0, np.nan]))
    low, high = made.interval()  # of five draws the middle three; of four, those from the first to the last but none
    assert low.tolist()[:2] == [2, 4]  # the rank itself is inside, though no draw has it
    assert high.tolist()[:2] == [4, 6]
    assert np.isnan([low[2], high[2]]).all()


def test_hardly_any_noise_leaves_ranks_alone_and_who_leads_everywhere_leads_in_every_draw(fill: Any, grow: Any) -> None:
    panel = fill({"a": [[3.0, 2.0, 1.0]], "b": [[9.0, 5.0, 7.0]], "c": [[3.0, 1.0, 2.5]]})
    index = build(panel, grow({"a": "benefit", "b": "benefit", "c": "benefit"}))
    still = live_ranks(index, noise=Noise(kind="uniform", width=1e-9))
    assert still.interval()[0].tolist() == still.interval()[1].tolist() == still.ranks.tolist()
    any_weights = live_ranks(index, noise=Noise(kind="simplex"))
    assert (any_weights.interval()[0].tolist(), any_weights.interval()[1].tolist()) == ([1, 2, 2], [1, 3, 3])


@pytest.mark.parametrize("name", ["arithmetic", "topsis", "vikor", "what is there", "weights of each year"])
def test_neither_units_of_measurement_nor_the_order_of_rows_matter(
    panel: Any, holed: Any, tree: Any, name: str
) -> None:
    data = holed if name in LOOSE else panel
    found = live_ranks(build(data, tree, recipe(name)), draws=30, seed=5)
    values = data.values.copy()
    values[:, :, :4] *= [1e6, 0.01, 3.0, 7.0]
    scaled = live_ranks(build(replace(data, values=values), tree, recipe(name)), draws=30, seed=5)
    np.testing.assert_array_equal(scaled.run_ranks, found.run_ranks)
    order = [3, 0, 6, 2, 5, 1, 4]
    turned = replace(
        data,
        units=tuple(data.units[n] for n in order),
        values=data.values[:, order],
        status=data.status[:, order],
    )
    other = live_ranks(build(turned, tree, recipe(name)), draws=30, seed=5)
    assert other.units == tuple(found.units[n] for n in order)
    np.testing.assert_array_equal(other.run_ranks, found.run_ranks[:, order])


def test_twins_share_their_interval(fill: Any, grow: Any) -> None:
    rng = np.random.default_rng(1)
    values = {name: np.repeat(rng.random((2, 4)), 2, axis=1) for name in "abc"}
    index = build(fill(values), grow(dict.fromkeys("abc", "benefit")))
    low, high = live_ranks(index, noise=Noise(kind="simplex")).interval()
    np.testing.assert_array_equal(low[::2], low[1::2])
    np.testing.assert_array_equal(high[::2], high[1::2])


def test_more_draws_begin_with_the_fewer_and_another_seed_is_another_sample(panel: Any, tree: Any) -> None:
    index = build(panel, tree)
    few, many = (live_ranks(index, draws=n, seed=6) for n in (5, 12))
    np.testing.assert_array_equal(many.run_scores[:5], few.run_scores)
    assert not np.array_equal(live_ranks(index, draws=5, seed=7).run_scores, few.run_scores)
    asked = live_ranks(index, noise=Noise(kind="uniform", draws=9))
    assert asked.method.options["draws"] == 9
    assert "draws" not in asked.method.options["noise"]


def test_what_takes_long_gets_fewer_draws_and_says_so(panel: Any, tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert affordable(tree, Recipe(), panel) == live_draws.DRAWS
    monkeypatch.setattr(live_draws, "PATIENCE", 12_000.0)
    assert live_draws.FEWEST < affordable(tree, Recipe(), panel) < live_draws.DRAWS
    with speak("zh"):
        found = live_ranks(build(panel, tree))
        assert str(found.notes[0]) == f"这种合成方法计算较慢，区间只取自 {len(found.run_ranks)} 组权重。"
    assert live_ranks(build(panel, tree), draws=25).notes == ()
    monkeypatch.setattr(live_draws, "PATIENCE", 1.0)
    assert affordable(tree, Recipe(), panel) == live_draws.FEWEST


def test_weights_near_these_that_give_no_score_are_told(fill: Any, grow: Any) -> None:
    """The mean of a unit is just above zero under equal weights, and below under others."""
    panel = fill({"a": [[-1.0, 4.0, 6.0]], "b": [[1.1, 5.0, 2.0]]})
    how = {"normalise": {"method": "scaled", "range": [-10, 10], "limits": {"*": [-10, 10]}}}
    how |= {"aggregate": {"method": "mpi", "standardise": "none"}}
    found = live_ranks(build(panel, grow({"a": "benefit", "b": "benefit"}), Recipe.model_validate(how)))
    assert [note.code for note in found.notes] == ["live_draws_refused"]
    assert "A" in str(found.notes[0].values["why"].en)
    assert found.interval()[0].tolist() == found.ranks.tolist()
    assert found.to_frame()["rank_high"].to_list() == found.to_frame()["rank"].to_list()


def test_the_frame_has_a_row_a_unit_and_nulls_for_those_without_a_score(holed: Any, tree: Any) -> None:
    frame = live_ranks(build(holed, tree, recipe("nearly all")), draws=5).to_frame()
    assert frame.columns == ["unit", "period", "score", "score_low", "score_high", "rank", "rank_low", "rank_high"]
    assert frame["period"].unique().to_list() == [2022]
    unscored = frame.filter(unit="A")
    assert unscored["rank"].to_list() == unscored["rank_high"].to_list() == unscored["score_low"].to_list() == [None]
    assert frame.filter(unit="B")["rank_low"].item() <= frame.filter(unit="B")["rank"].item()


@pytest.mark.parametrize(
    ("given", "said_of_it"),
    [
        ({"level": 1.0}, "1"),
        ({"level": 0.0}, "0"),
        ({"seed": -1}, "-1"),
        ({"period": 1999}, "2020"),
    ],
)
def test_what_cannot_be_asked(panel: Any, tree: Any, given: dict[str, Any], said_of_it: str) -> None:
    ask: Callable[..., Any] = live_ranks
    with pytest.raises(SpecError) as caught:
        ask(build(panel, tree), **given)
    assert said_of_it in str(caught.value)
