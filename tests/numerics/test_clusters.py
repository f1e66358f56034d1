"""Partitions as arrays: silhouettes by hand, trees and k-means on plain cases, what of a cluster returns."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics.clusters import box, cut, distances, gap_choice, jaccard, kmeans, silhouettes, tree, within

LINE = np.array([[0.0], [1.0], [5.0], [6.0], [20.0]])


def test_a_tree_is_cut_into_each_number() -> None:
    labels = cut(tree(distances(LINE)), np.array([1, 2, 3, 5]))
    assert labels.tolist() == [[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 1, 1, 2], [0, 1, 2, 3, 4]]


def test_silhouettes_by_hand() -> None:
    found = silhouettes(distances(LINE), np.array([0, 0, 1, 1, 2]), 3)
    # of the first: 1 from its own, 5.5 from the nearest others; of the last, alone: 0
    assert found[:, 0] == pytest.approx([1 - 1 / 5.5, 1 - 1 / 4.5, 1 - 1 / 4.5, 1 - 1 / 5.5, 0])
    assert found[:, 1].tolist() == [1, 1, 0, 0, 1]


def test_points_that_coincide_have_silhouette_zero() -> None:
    assert silhouettes(distances(np.zeros((4, 2))), np.array([0, 0, 1, 1]), 2)[:, 0].tolist() == [0] * 4


def test_what_a_tree_adds_is_what_is_within() -> None:
    x = np.random.default_rng(1).normal(size=(30, 3))
    merges = tree(distances(x))
    for k in (1, 2, 7):
        label = cut(merges, np.array([k]))[0]
        assert np.cumsum(merges[:, 2] ** 2)[30 - k - 1] / 2 == pytest.approx(within(x, label, k), rel=1e-12)


def test_kmeans_mends_a_bad_start_and_keeps_every_cluster() -> None:
    x = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 4, axis=0) + np.tile([[0.1, 0], [-0.1, 0]], (6, 1))
    label = kmeans(x, 3, np.zeros(12, np.int64), np.random.default_rng(0).random((5, 3)))
    assert sorted(np.bincount(label).tolist()) == [4, 4, 4]
    assert within(x, label, 3) == pytest.approx(0.12)
    assert np.unique(kmeans(x, 5, np.zeros(12, np.int64), np.empty((0, 5)))).size == 5


def test_more_starts_are_never_looser() -> None:
    x = np.random.default_rng(2).normal(size=(60, 4))
    first = cut(tree(distances(x)), np.array([6]))[0]
    chance = np.random.default_rng(3).random((20, 6))
    sums = [within(x, kmeans(x, 6, first, chance[:s]), 6) for s in (0, 5, 20)]
    assert within(x, first, 6) >= sums[0] >= sums[1] >= sums[2]


def test_jaccard_by_hand() -> None:
    one, other = np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 0, 0])
    assert jaccard(one, 3, other, 2).tolist() == [2 / 3, 2 / 3, 0]


def test_the_box_holds_the_points() -> None:
    x = np.random.default_rng(4).normal(size=(20, 3)) @ np.array([[1.0, 2, 0], [0, 1, 1], [0, 0, 3]])
    centre, axes, (low, high) = box(x)
    turned = (x - centre) @ axes.T
    assert (turned >= low - 1e-12).all()
    assert (turned <= high + 1e-12).all()
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)


def test_the_gap_chooses_the_first_that_is_not_clearly_beaten() -> None:
    assert gap_choice(np.array([0.1, 0.5, 0.52]), np.array([0.05, 0.05, 0.05])) == 1
    assert gap_choice(np.array([0.1, 0.5, 0.9]), np.full(3, 0.05)) == 2
