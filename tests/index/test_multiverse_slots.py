"""Slots: what may vary, how it is written, and what is refused before anything runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.data import Panel
from nqpf.errors import SpecError
from nqpf.index import Aggregate, Framework, Normalise, Recipe, Weight
from nqpf.index.multiverse.paths import with_settings
from nqpf.index.multiverse.slots import Slots, read_slots
from nqpf.index.options.treat import Treat
from nqpf.messages import speak

TREE = {"D1": {"x": "benefit", "y": "cost"}, "D.2": {"z": "benefit", "v": "benefit"}}


@pytest.fixture
def framework(grow: Any) -> Framework:
    return grow(TREE)


@pytest.fixture
def panel(fill: Any) -> Panel:
    values = np.random.default_rng(1).uniform(1, 9, (4, 2, 5))
    return fill(dict(zip(("x", "y", "z", "v"), values, strict=True)))


@pytest.fixture
def read(framework: Framework, panel: Panel) -> Any:
    def reading(vary: Any, recipe: Recipe | None = None, **options: Any) -> Slots:
        return read_slots(vary, recipe or Recipe(), framework, panel, **options)

    return reading


def values(slots: Slots, at: int = 0) -> list[Any]:
    return [list(one.sets.values()) for one in slots.slots[at].alternatives]


def test_values_as_in_yaml_as_objects_and_as_words(read: Any) -> None:
    slots = read({"normalise": [{"method": "minmax", "range": [1, 100]}, Normalise(method="rank"), "zscore"]})
    assert values(slots) == [[Normalise(range=(1, 100))], [Normalise(method="rank")], [Normalise(method="zscore")]]
    assert [one.label for one in slots.slots[0].alternatives] == ["minmax range=[1, 100]", "rank", "zscore"]
    assert slots.slots[0].title.zh == "标准化"
    assert slots.slots[0].alternatives[0].title.en == "min-max (range=[1, 100])"


def test_parts_of_a_step(read: Any) -> None:
    slots = read(
        {"normalise.range": [[0, 1], [1, 100]], "weight.method": ["equal", "entropy"], "availability": [None, 0.5]}
    )
    assert values(slots) == [[(0.0, 1.0)], [(1.0, 100.0)]]
    assert values(slots, 1) == [["equal"], ["entropy"]]
    assert [one.label for one in slots.slots[2].alternatives] == ["none", "0.5"]
    assert slots.slots[0].title.en == "normalisation: range"


def test_nodes_and_levels(read: Any, framework: Framework) -> None:
    slots = read({"nodes.D1": ["arithmetic", "geometric"], "nodes.D.2.method": ["arithmetic", "harmonic"]})
    assert [slot.paths for slot in slots.slots] == [{("nodes", "D1")}, {("nodes", "D.2", "method")}]
    made = with_settings(
        Recipe(aggregate=Aggregate(method="median")), framework, {("nodes", "D.2", "method"): "harmonic"}
    )
    assert made.nodes == {"D.2": Aggregate(method="harmonic")}
    made = with_settings(
        Recipe(), framework, read({"levels.0": ["arithmetic", "geometric"]}).slots[0].alternatives[1].sets
    )
    assert made.levels == {0: Aggregate(method="geometric")}


def test_a_step_keeps_what_its_part_does_not_touch(framework: Framework) -> None:
    recipe = Recipe(treat=Treat(method="coinr", winmax=3, skew=1.5))
    made = with_settings(recipe, framework, {("treat", "winmax"): 4})
    assert made == Recipe(treat=Treat(method="coinr", winmax=4, skew=1.5))


def test_labels_of_ones_own(read: Any) -> None:
    slots = read({"weight": {"平均": "equal", "信息量": {"method": "entropy"}}})
    assert [one.label for one in slots.slots[0].alternatives] == ["平均", "信息量"]
    assert values(slots) == [[Weight()], [Weight(method="entropy")]]


def test_a_joint_choice(read: Any) -> None:
    scale = [
        {"normalise": {"method": "minmax", "range": [1, 100]}, "aggregate": "geometric"},
        {"normalise": "zscore", "aggregate": "arithmetic"},
    ]
    (slot,) = read({"scale": scale}).slots
    assert slot.paths == {("normalise",), ("aggregate",)}
    assert slot.alternatives[1].label == "normalise: zscore; aggregate: arithmetic"
    assert slot.alternatives[0].title.zh == "极差标准化（range=[1, 100]）；加权几何平均"


def test_leaving_out(read: Any) -> None:
    (slot,) = read({"leave_out": "all"}).slots
    assert [one.label for one in slot.alternatives] == ["none", "x", "y", "z", "v"]
    (slot,) = read({"leave_out": ["z"]}).slots
    assert [one.sets[("leave_out",)] for one in slot.alternatives] == [None, 2]


def test_noise_says_how_many_draws_or_takes_the_designs(read: Any) -> None:
    assert len(read({"weights_noise": {"kind": "simplex"}}).slots[0].alternatives) == 20
    assert len(read({"weights_noise": {"kind": "simplex"}}, draws=64).slots[0].alternatives) == 64
    slots = read({"weights_noise": {"kind": "dirichlet", "concentration": 10, "draws": 7}}, draws=64)
    assert len(slots.slots[0].alternatives) == 7
    assert slots.noise is not None
    assert slots.noise.concentration == 10


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "vary", "Nothing is said to vary"),
    ({"normalize": ["minmax", "zscore"]}, "vary.normalize", r"no slot “normalize”\. Did you mean “normalise”"),
    ({"weight.metod": ["equal"]}, "vary.weight.metod", r"Did you mean “weight\.method”"),
    ({"weight.method.more": ["equal"]}, "vary.weight.method.more", "no slot “weight.method.more”"),
    ({"treat.winmax": [1, 2]}, "vary.treat.winmax", "part of “treat”, a step that the recipe does not have"),
    ({"weight": ["equal"]}, "vary.weight", "“weight” has 1 alternatives"),
    ({"weight": []}, "vary.weight", "“weight” has 0 alternatives"),
    ({"weight": "equal"}, "vary.weight", "written as “equal”"),
    ({"weight": ["equal", "entropie"]}, "vary.weight.1.method", r"“entropie” is not one.*Did you mean “entropy”"),
    ({"normalise": ["minmax", {"method": "zscore", "men": 1}]}, "vary.normalise.1.men", "Did you mean “mean”"),
    ({"normalise": ["minmax", {"method": "zscore", "sd": -1}]}, "vary.normalise.1.sd", "“-1” will not do"),
    ({"normalise.range": [[0, 1], 5]}, "vary.normalise.range.1", "“5” will not do"),
    ({"availability": [0.5, 1.5]}, "vary.availability.1", "“1.5” will not do"),
    ({"weight": ["equal", {"method": "equal"}]}, "vary.weight", "“equal” and “equal” of “weight” are the same"),
    ({"normalise": ["minmax", {"range": [0, 1]}]}, "vary.normalise", "are the same"),
    ({"nodes.D9": ["arithmetic", "geometric"]}, "vary.nodes.D9", "no node “D9”.*There are: D1, D.2, I"),
    ({"nodes.x": ["arithmetic", "geometric"]}, "vary.nodes.x", "no node “x” with anything below"),
    ({"levels.top": ["arithmetic", "geometric"]}, "vary.levels.top", r"levels\.0"),
    (
        {"normalise": ["minmax", "zscore"], "normalise.range": [[0, 1], [1, 2]]},
        "vary.normalise.range",
        "“normalise.range” and “normalise” both set “normalise.range”",
    ),
    (
        {"scale": [{"normalise": "rank", "weight": "equal"}, {"normalise": "zscore"}], "weight": ["equal", "critic"]},
        "vary.weight",
        "“weight” and “scale” both set “weight”",
    ),
    (
        {"scale": [{"normalise": "rank"}, {"normalise": "zscore", "agregate": "geometric"}]},
        "vary.scale.1",
        r"no slot “agregate”\. Did you mean “aggregate”",
    ),
    ({"scale": [{"normalise": "rank", "normalise.ties": "max"}, {"weight": "critic"}]}, "vary.scale.0", "both set"),
    ({"leave_out": ["q"]}, "vary.leave_out.0", "no indicator “q” to leave out.*Its indicators are: x, y, z, v"),
    ({"leave_out": "x"}, "vary.leave_out", "written as “x”"),
    ({"leave_out": ["x", "x"]}, "vary.leave_out", "“x” and “x” of “leave_out” are the same"),
    ({"weights_noise": {"kind": "gauss"}}, "vary.weights_noise", "“gauss” is not one of the choices"),
    (
        {"weights_noise": {"kind": "uniform", "concentration": 9}},
        "vary.weights_noise",
        "concentration does nothing under uniform",
    ),
    ({"panel": ["a", "b"]}, "vary.panel", "panels with names"),
    ({"panel": {"a": 1}}, "vary.panel.a", "“a” has other units"),
]


@pytest.mark.parametrize(("vary", "key", "message"), REFUSED, ids=[r[1] + str(i) for i, r in enumerate(REFUSED)])
def test_what_is_refused(read: Any, vary: dict[str, Any], key: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        read(vary)
    assert caught.value.where.key == key
    with speak("zh"):
        assert str(caught.value) != ""


def test_twin_panels_are_refused(read: Any, panel: Panel) -> None:
    with pytest.raises(SpecError, match="“one” and “two” of “panel” are the same"):
        read({"panel": {"one": panel, "two": panel}})
