"""The multiverse of a study: defaults that run, lines of faults, draws of imputed cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from nqpf.data import Panel
from nqpf.errors import SpecError
from nqpf.index import Aggregate, Framework, Normalise, Recipe, Weight
from nqpf.index.multiverse import MultiverseSpec, located
from nqpf.index.multiverse.defaults import default_vary
from nqpf.yamlfile import load, validate

TREE = {"D1": {"x": "benefit", "y": "cost"}, "D2": {"z": "benefit", "v": "benefit"}}


@pytest.fixture(scope="module")
def framework(grow: Any) -> Framework:
    return grow(TREE)


@pytest.fixture(scope="module")
def panel(fill: Any) -> Panel:
    values = np.random.default_rng(3).lognormal(0, 0.6, (4, 2, 12))
    return fill(dict(zip(("x", "y", "z", "v"), values, strict=True)))


RECIPES = [
    Recipe(),
    Recipe(normalise=Normalise(method="zscore")),
    Recipe(normalise=Normalise(method="rank"), aggregate=Aggregate(method="geometric")),
    Recipe(aggregate=Aggregate(method="topsis"), weight=Weight(method="entropy")),
    Recipe(normalise=Normalise(method="percentile_rank", scope="yearly")),
    Recipe(normalise=Normalise(scope="base", base=(2020, 2020)), weight=Weight(method="critic")),
    Recipe(normalise=Normalise(range=(0, 100)), nodes={"I": Aggregate(method="topsis")}),
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.normalise.method} {r.aggregate.method}")
def test_defaults_run_without_a_failure_and_hold_the_recipe_itself(
    recipe: Recipe, panel: Panel, framework: Framework
) -> None:
    vary = default_vary(recipe, framework)
    assert {"weight", "leave_out"} <= set(vary)
    found = MultiverseSpec().run(panel, framework, recipe)
    assert found.failures == {}
    assert len(found) >= 30
    # The recipe itself, min-max moved to 1–100 at most, is one of the runs.
    assert (found.ranks[:, 0] == found.baseline_ranks[0]).all(axis=1).any()


def test_defaults_of_a_plain_recipe(framework: Framework) -> None:
    vary = default_vary(Recipe(), framework)
    assert [n.method for n in vary["normalise"]] == ["minmax", "zscore", "rank"]
    assert vary["normalise"][0].range == (1, 100)
    assert [w.method for w in vary["weight"]] == ["equal", "entropy", "critic"]
    assert [a.method for a in vary["aggregate"]] == ["arithmetic", "geometric"]


def test_what_does_not_go_together_is_one_choice(framework: Framework) -> None:
    vary = default_vary(Recipe(normalise=Normalise(method="zscore")), framework)
    assert "normalise" not in vary
    pairs = [(one["normalise"].method, one["aggregate"].method) for one in vary["scale"]]
    assert pairs == [("zscore", "arithmetic"), ("rank", "arithmetic"), ("rank", "geometric")]


STUDY = """\
study: x
multiverse:
  design: factorial
  vary:
    normalise:
      - minmax
      - {method: zscore, men: 3}
    nodes.D1: [arithmetic, geometrisch]
    wieght: [equal, entropy]
    scale:
      one: {normalise: rank}
      two: {normalise: zscore, aggregate: sum}
"""


@pytest.mark.parametrize(
    ("drop", "line", "code"),
    [
        ((), 7, "unknown_key"),
        (("normalise",), 8, "bad_choice"),
        (("normalise", "nodes.D1"), 9, "slot_unknown"),
        (("normalise", "nodes.D1", "wieght"), 12, "bad_choice"),
    ],
)
def test_faults_are_told_with_their_line(
    drop: tuple[str, ...], line: int, code: str, tmp_path: Path, panel: Panel, framework: Framework
) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    document = load(file)
    spec = validate(MultiverseSpec, document, ("multiverse",))
    assert spec.vary is not None
    left = {name: listed for name, listed in spec.vary.items() if name not in drop}
    with pytest.raises(SpecError) as caught:
        spec.model_copy(update={"vary": left}).run(panel, framework, Recipe())
    told = located(caught.value, document)
    assert (told.code, told.where.line) == (code, line)
    assert told.where.file == str(file)


def test_draws_of_imputed_cells(panel: Panel, framework: Framework) -> None:
    random = np.random.default_rng(1)
    draws = [replace(panel, values=panel.values * random.uniform(0.9, 1.1, panel.values.shape)) for _ in range(3)]
    spec = MultiverseSpec(vary={"panel": "draws", "weight": ["equal", "sd"]}, seed=5)
    found = spec.run(panel, framework, Recipe(), draws=draws)
    assert [one.label for one in found.slots[0].alternatives] == ["1", "2", "3"]
    assert len(found) == 6
    with pytest.raises(SpecError, match="imputed cells were not drawn"):
        spec.run(panel, framework, Recipe())


def test_the_words_of_the_study_reach_the_multiverse(panel: Panel, framework: Framework) -> None:
    spec = MultiverseSpec(
        vary={"weight": ["equal", "sd"]}, design="montecarlo", n=8, period="all", places=3, level=0.5, workers=1
    )
    found = spec.run(panel, framework, Recipe(), seed=11)
    assert (len(found), found.periods, found.places, found.level) == (8, (2020, 2021), 3, 0.5)
    assert found.method.options == {"design": "montecarlo", "n": 8, "seed": 11, "runs": 8}


@pytest.mark.parametrize(
    "wrong",
    [{"design": "grid"}, {"n": 1}, {"seed": -1}, {"level": 1.0}, {"places": -1}, {"period": "first"}, {"varry": {}}],
)
def test_words_that_will_not_do(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MultiverseSpec.model_validate(wrong)
