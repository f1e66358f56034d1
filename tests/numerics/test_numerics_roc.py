"""Areas under curves, hits among the best, and their draws: against pairs counted one by one."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nqpf.numerics.roc import Ordered, area_error, areas, areas_drawn, best, contributions

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def cases(seed: int, rows: int = 60, groups: int = 5, values: int = 7) -> tuple[Floats, Bools, NDArray[np.intp]]:
    """Return scores with many ties, hits and groups."""
    rng = np.random.default_rng(seed)
    return rng.integers(values, size=rows) / 3, rng.random(rows) < 0.4, rng.integers(groups, size=rows)


def counted(score: Floats, hit: Bools, weight: Floats | None = None) -> float:
    w = np.ones(score.size) if weight is None else weight
    over = (score[hit][:, None] > score[~hit]) + 0.5 * (score[hit][:, None] == score[~hit])
    each = w[hit][:, None] * w[~hit]
    return float((over * each).sum() / each.sum()) if each.sum() else float("nan")


def whole(score: Floats) -> Ordered:
    return Ordered.of(score, np.zeros(score.size, dtype=np.intp), 1)


@pytest.mark.parametrize("seed", range(5))
def test_areas_are_pairs_counted_one_by_one(seed: int) -> None:
    score, hit, group = cases(seed)
    hit[group == 0] = True
    found = areas(Ordered.of(score, group, 6), hit)
    assert np.isnan(found[[0, 5]]).all()  # all hit, and nobody there
    for g in range(1, 5):
        assert found[g] == counted(score[group == g], hit[group == g])


@given(st.integers(0, 10**6))
def test_area_knows_order_only(seed: int) -> None:
    score, hit, group = cases(seed, values=20)
    hit[:2] = True, False
    rows = areas(whole(score), hit)
    assert areas(whole(np.exp(3 * score) - 7), hit) == rows
    assert areas(whole(-score), hit) == pytest.approx(1 - rows, abs=1e-15)
    assert areas(whole(score), ~hit) == pytest.approx(1 - rows, abs=1e-15)
    assert areas(whole(np.ones(score.size)), hit) == 0.5
    turn = np.random.default_rng(seed).permutation(score.size)
    np.testing.assert_array_equal(
        areas(Ordered.of(score[turn], group[turn], 5), hit[turn]), areas(Ordered.of(score, group, 5), hit)
    )


def test_area_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    for seed in range(5):
        score, hit, _ = cases(seed, rows=500, values=40)
        assert areas(whole(score), hit)[0] == pytest.approx(metrics.roc_auc_score(hit, score), abs=1e-12)


def test_error_of_rows_that_stand_alone_is_that_of_delong() -> None:
    score, hit, _ = cases(3, rows=80, values=15)
    over = (score[hit][:, None] > score[~hit]) + 0.5 * (score[hit][:, None] == score[~hit])
    by_hit, by_miss = over.mean(axis=1), over.mean(axis=0)
    expected = np.sqrt(by_hit.var(ddof=1) / by_hit.size + by_miss.var(ddof=1) / by_miss.size)
    # A row is a hit or a miss, so that the two parts share no cluster.
    assert area_error(score, hit, np.arange(score.size)) == pytest.approx((over.mean(), expected), abs=1e-14)


def test_rows_twice_in_a_cluster_tell_no_more_than_once() -> None:
    score, hit, cluster = cases(8, rows=120, groups=30, values=12)
    once = area_error(score, hit, cluster)
    twice = area_error(np.tile(score, 2), np.tile(hit, 2), np.tile(cluster, 2))
    assert twice == pytest.approx(once, abs=1e-14)
    assert area_error(np.tile(score, 2), np.tile(hit, 2), np.arange(240))[1] < once[1]


def test_one_cluster_has_no_error() -> None:
    score, hit, _ = cases(1)
    assert np.isnan(area_error(score, hit, np.zeros(score.size, dtype=np.intp))[1])


def test_best_is_the_mean_over_all_ways_to_break_ties() -> None:
    score, hit = np.array([3.0, 1, 1, 1, 1, 0]), np.array([True, True, False, True, False, True])
    for k in range(1, 7):
        tops = []
        for turn in permutations(range(6)):
            order = sorted(turn, key=lambda i: -score[i])  # stable: the turn breaks ties
            tops.append(hit[order[:k]].mean())
        assert best(whole(score), hit, k)[0] == pytest.approx(np.mean(tops), abs=1e-12)
        first = sorted(range(6), key=lambda i: -score[i])
        assert best(whole(score), hit, k, "order")[0] == pytest.approx(hit[first[:k]].mean())
    assert np.isnan(best(whole(score), hit, 7)[0])


def test_draws_are_rows_taken_so_many_times() -> None:
    score, hit, group = cases(4, rows=90)
    item = np.random.default_rng(1).integers(6, size=90)
    turns = np.random.default_rng(2).integers(3, size=(8, 6)).astype(float)
    rows = Ordered.of(score, group, 5)
    found = areas_drawn(rows, hit, item, turns)
    for b in range(8):
        own = [counted(score[group == g], hit[group == g], turns[b][item[group == g]]) for g in range(5)]
        assert found[b] == pytest.approx(np.nanmean(own), abs=1e-12)
    assert areas_drawn(rows, hit, item, np.ones((1, 6)))[0] == pytest.approx(np.nanmean(areas(rows, hit)), abs=1e-14)


def test_a_draw_without_hits_has_no_area() -> None:
    score, hit, group = cases(4)
    item = hit.astype(np.intp)
    assert np.isnan(areas_drawn(Ordered.of(score, group, 5), hit, item, np.array([[1.0, 0.0]])))[0]


def test_contributions_tell_how_the_mean_moves() -> None:
    """A pair taken a little more often moves the mean area by its contribution times that little."""
    score, hit, group = cases(6, rows=90)
    rows = Ordered.of(score, group, 5)
    found = contributions(rows, hit)
    assert found.sum() == pytest.approx(0, abs=1e-14)
    little = 1e-6
    turns = np.ones((91, 90))
    turns[np.arange(90), np.arange(90)] += little
    drawn = areas_drawn(rows, hit, np.arange(90), turns)
    np.testing.assert_allclose((drawn[:90] - drawn[90]) / little, found, atol=1e-6)


def test_contributions_square_to_the_variance_of_delong() -> None:
    score, hit, _ = cases(3, rows=80, values=15)
    over = (score[hit][:, None] > score[~hit]) + 0.5 * (score[hit][:, None] == score[~hit])
    by_hit, by_miss = over.mean(axis=1), over.mean(axis=0)
    expected = by_hit.var() / by_hit.size + by_miss.var() / by_miss.size
    assert (contributions(whole(score), hit) ** 2).sum() == pytest.approx(expected, abs=1e-15)
