"""Communities by modularity."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics.modularity import communities


def modularity(weights: np.ndarray, community: np.ndarray) -> float:
    share = weights / weights.sum()
    strength = share.sum(axis=1)
    same = community[:, None] == community[None, :]
    return float(((share - np.outer(strength, strength)) * same).sum())


def test_the_number_is_the_modularity_of_the_communities() -> None:
    rng = np.random.default_rng(0)
    weights = np.triu(rng.random((30, 30)) * (rng.random((30, 30)) < 0.2), 1)
    weights += weights.T
    community, q = communities(weights)
    assert q == pytest.approx(modularity(weights, community), abs=1e-12)
    assert q > 0
    assert np.unique(community).tolist() == list(range(community.max() + 1))
    size = np.bincount(community)
    assert np.all(np.diff(size) <= 0)


def test_scale_and_diagonal_do_not_matter() -> None:
    two = np.kron(np.eye(2), np.ones((4, 4)))
    two[3, 4] = two[4, 3] = 0.2
    one, q = communities(two)
    other, r = communities(7 * two + np.diag(np.arange(8.0)))
    assert one.tolist() == other.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert q == pytest.approx(r)


def test_without_links_everybody_is_alone() -> None:
    community, q = communities(np.zeros((3, 3)))
    assert community.tolist() == [0, 1, 2]
    assert q == 0.0


def test_a_peer_merges_alike() -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.karate_club_graph()
    theirs = networkx.community.greedy_modularity_communities(graph, weight="weight")
    _, q = communities(networkx.to_numpy_array(graph))
    assert q == pytest.approx(networkx.community.modularity(graph, theirs, weight="weight"), abs=1e-12)
