"""The diagram's numbers: levels are means of the marked indicators, arrows are tested without what both ends share."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.index.framework import Framework
from nqpf.synthesis.living import WHOLE, Living, living
from nqpf.synthesis.scores import Scores

TREE = """\
id: made
title: made
tree:
  - {id: talent, title: t, formula: a, unit: x, direction: cost, theory: [B02], tags: {element: labourer, cause: tech}}
  - {id: edu, title: s, formula: b, unit: x, direction: cost, theory: [H01], tags: {element: labourer, cause: factor}}
  - {id: lab, title: l, formula: c, unit: x, direction: benefit, theory: [N01], tags: {element: means, cause: tech}}
  - {id: data, title: d, formula: d, unit: x, direction: benefit, theory: [D02], tags: {element: object, cause: tech}}
"""
T, N = 14, 40


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """Return scores in which the school leads the lab, and nothing else leads anything."""
    file = tmp_path_factory.mktemp("tree") / "tree.yaml"
    file.write_text(TREE, encoding="utf-8")
    tree = Framework.from_yaml(file)
    rng = np.random.default_rng(4)
    x = rng.normal(size=(T, N, 4))
    x[1:, :, 2] += 0.9 * x[:-1, :, 1]
    x = (x - x.min()) / (x.max() - x.min())
    filled = np.zeros(x.shape, dtype=bool)
    filled[:, 0, 2] = True
    units = tuple(f"u{n:02d}" for n in range(N))
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    return Scores(units, tuple(range(2010, 2010 + T)), tree.indicators, x, weights, filled, x @ weights)


@pytest.fixture(scope="module")
def found(scores: Scores) -> Living:
    return living(scores, {})


def state(found: Living, node: str, unit: str, year: int) -> dict[str, object]:
    kept = found.states.filter(pl.col("node") == node, pl.col("unit") == unit, pl.col("period") == year)
    return kept.row(0, named=True)


def test_a_box_is_the_weighted_mean_of_what_carries_its_mark(scores: Scores, found: Living) -> None:
    assert found.indicators["leap_labourer"] == (0, 1)
    expected = (0.4 * scores.scores[-1, 3, 0] + 0.3 * scores.scores[-1, 3, 1]) / 0.7
    assert state(found, "leap_labourer", "u03", 2023)["value"] == pytest.approx(expected)
    mean = state(found, "leap_labourer", WHOLE, 2023)
    assert mean["value"] == pytest.approx(np.mean(scores.mean((0, 1), scores.weights)[-1]))
    assert mean["rank"] is None


def test_the_elements_stay_where_the_leap_starts(scores: Scores, found: Living) -> None:
    first, last = (state(found, "element_means", "u05", year) for year in (2010, 2023))
    assert first["value"] == last["value"] == pytest.approx(scores.scores[0, 5, 2])
    assert first["rank"] == last["rank"]


def test_the_core_is_the_index(scores: Scores, found: Living) -> None:
    assert state(found, "nqpf", "u07", 2015)["value"] == pytest.approx(scores.whole[5, 7])


def test_ranks_span_what_leaving_one_out_gives(scores: Scores, found: Living) -> None:
    rank, low, high = scores.ranks((0, 1, 2))
    assert (low <= rank).all()
    assert (rank <= high).all()
    alone = [np.argsort(np.argsort(-scores.scores[3, :, k])) + 1 for k in (0, 1)]
    pair = scores.ranks((0, 1))
    assert pair[1][3] == pytest.approx(np.minimum(np.minimum(*alone), pair[0][3]))
    one = scores.ranks((2,))
    assert (one[0] == one[1]).all()


def test_the_tier_says_how_much_stands_behind(found: Living) -> None:
    assert state(found, "leap_means", "u01", 2012)["tier"] == "single"
    assert state(found, "cause_tech", "u01", 2012)["tier"] == "many"
    assert state(found, "cause_tech", "u00", 2012)["tier"] == "single"  # a third of its figures are filled
    assert state(found, "cause_tech", WHOLE, 2012)["tier"] == "single"


def test_what_nothing_carries_has_no_row(found: Living) -> None:
    assert "reform" not in set(found.states["node"])
    edge = found.edges.filter(pl.col("source") == "reform").row(0, named=True)
    assert (edge["state"], edge["reason"]) == ("untested", "not_measured")


def test_the_arrow_that_is_there_is_found(found: Living) -> None:
    edge = found.edges.filter(pl.col("source") == "circle_education", pl.col("target") == "circle_science")
    row = edge.row(0, named=True)
    assert row["state"] == "shown"
    assert row["low"] > 0
    back = found.edges.filter(pl.col("source") == "circle_science", pl.col("target") == "circle_talent")
    assert back.row(0, named=True)["state"] == "not_shown"


def test_shared_indicators_are_left_out_of_the_follower(scores: Scores) -> None:
    # The cause "tech" is a part of the core: were it left in, the core would follow it by construction.
    tested = living(scores, {}).edges.filter(pl.col("source") == "cause_tech", pl.col("target") == "nqpf")
    assert tested.row(0, named=True)["state"] == "not_shown"
    single = Scores(
        scores.units,
        scores.periods,
        scores.indicators[:1],
        scores.scores[:, :, :1],
        scores.weights[:1],
        scores.filled[:, :, :1],
        scores.scores[:, :, 0],
    )
    same = living(single, {}).edges.filter(pl.col("source") == "cause_tech", pl.col("target") == "nqpf")
    assert (same["state"][0], same["reason"][0]) == ("untested", "same")


def test_an_estimate_goes_before_marks(scores: Scores) -> None:
    level = np.random.default_rng(2).uniform(0.2, 0.9, size=(T, N))
    level[2, 4], level[-1, 10] = np.nan, 0.95
    found = living(scores, {"hallmark_tfp": level})
    row = state(found, "hallmark_tfp", "u10", 2023)
    assert row["value"] == pytest.approx(0.95)
    assert (row["rank"], row["low"], row["high"]) == (1, 1, 1)
    assert row["tier"] == "tested"
    gone = found.states.filter(node="hallmark_tfp", unit="u04", period=2012)
    assert gone.height == 0
    assert found.edges.filter(target="hallmark_tfp")["state"][0] != "untested"


def test_a_missing_indicator_leaves_no_level(scores: Scores) -> None:
    holed = scores.scores.copy()
    holed[5, 6, 1] = np.nan
    one = Scores(scores.units, scores.periods, scores.indicators, holed, scores.weights, scores.filled, scores.whole)
    assert np.isnan(one.mean((0, 1))[5, 6])
    assert np.isfinite(one.mean((0, 2))[5, 6])
    rank, low, high = one.ranks((0, 1))
    assert np.isnan([rank[5, 6], low[5, 6], high[5, 6]]).all()
