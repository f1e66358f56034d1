"""Modes: made networks of every shape, measures by hand, random networks that keep degrees, bad input."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.numerics.rewire import rewired
from nqpf.regions import modes
from nqpf.regions.space.modes import clustering, trophic

RNG = np.random.default_rng(0)
Edges = Iterable[tuple[int, int]]
PATH = [(i, i + 1) for i in range(11)]
CLIQUES = [(5 * c + i, 5 * c + j) for c in range(5) for i in range(5) for j in range(i)]
CLIQUES += [(5 * c, 5 * ((c + 1) % 5) + 1) for c in range(5)]
STAR = [(0, i) for i in range(1, 12)]
STAGES = [(3 * s + i, 3 * (s + 1) + j) for s in range(4) for i in range(3) for j in range(3)]
THICK = [(i, j) for i in range(14) for j in range(i) if (i * j) % 3 or (i + j) % 2]


def table(edges: Edges) -> pl.DataFrame:
    return pl.DataFrame({"from": [f"n{a:02}" for a, _ in edges], "to": [f"n{b:02}" for _, b in edges]})


def row(edges: Edges, **more: Any) -> dict[str, Any]:
    return modes(table(edges), draws=39, **more).frame.row(0, named=True)


@pytest.mark.parametrize(
    ("edges", "directed", "mode"),
    [
        (PATH, False, "chain"),
        (CLIQUES, False, "cluster"),
        (THICK, False, "grid"),
        (STAR, False, "undecided"),
        (STAGES, True, "chain"),
        (PATH[:5], False, "not_assessed"),
    ],
)
def test_shapes(edges: Edges, directed: bool, mode: str) -> None:
    found = row(edges, directed=directed)
    assert found["mode"] == mode
    shown = [name for name in ("chain", "cluster", "grid") if found[name]]
    assert shown == ([mode] if mode in ("chain", "cluster", "grid") else [])


def test_a_ring_of_neighbours_is_grid_and_cluster_at_once() -> None:
    rng = np.random.default_rng(0)
    ring = {tuple(sorted((i, (i + k) % 30 if rng.random() > 0.2 else int(rng.integers(30)))))
            for i in range(30) for k in (1, 2, 3, 4)}  # fmt: skip
    found = row([(a, b) for a, b in sorted(ring) if a != b])
    assert (found["cluster"], found["grid"], found["mode"]) == (True, True, "mixed")
    assert found["small_world"] > 1.5


def test_measures_by_hand() -> None:
    found = row(PATH)
    assert (found["nodes"], found["links"], found["path"], found["clustering"]) == (12, 11, 1.0, 0.0)
    assert found["density"] == pytest.approx(11 / 66)
    triangle = np.zeros((4, 4), dtype=bool)
    for a, b in ((0, 1), (1, 2), (0, 2), (2, 3)):
        triangle[a, b] = triangle[b, a] = True
    assert clustering(triangle) == pytest.approx((1 + 1 + 1 / 3 + 0) / 4)
    # i → j → k and i → k: levels 0, 2/3, 4/3 solve the normal equations
    strength = np.array([[0, 1, 1], [0, 0, 1], [0, 0, 0.0]])
    levels, order = trophic(strength)
    np.testing.assert_allclose(levels, [0, 2 / 3, 4 / 3])
    assert order == pytest.approx(1 - (1 / 9 + 1 / 9 + 1 / 9) / 3)
    ring, order = trophic(np.roll(np.eye(5), 1, axis=1))
    assert order == pytest.approx(0)
    np.testing.assert_allclose(ring, 0, atol=1e-12)


def test_random_networks_keep_what_each_node_has() -> None:
    link = RNG.random((12, 12)) < 0.3
    np.fill_diagonal(link, False)
    for one in rewired(link, 20, np.random.default_rng(1), directed=True):
        assert (one.sum(axis=0) == link.sum(axis=0)).all()
        assert (one.sum(axis=1) == link.sum(axis=1)).all()
        assert not one.diagonal().any()
    both = np.triu(link) | np.triu(link).T
    drawn = rewired(both, 20, np.random.default_rng(1))
    assert (drawn.sum(axis=1) == both.sum(axis=1)).all()
    assert (drawn == drawn.transpose(0, 2, 1)).all()
    assert any((one != both).any() for one in drawn)


def test_regions_weights_and_order_of_rows() -> None:
    both = pl.concat([table(CLIQUES).with_columns(r=pl.lit("a")), table(PATH).with_columns(r=pl.lit("b"))])
    found = modes(both, region="r", draws=39)
    assert dict(found.frame.select("region", "mode").rows()) == {"a": "cluster", "b": "chain"}
    assert found.members.filter(region="a")["community"].n_unique() == 5
    mixed = modes(pl.concat([both.filter(r="a").reverse(), both.filter(r="b")]), region="r", draws=39)
    assert mixed.frame.equals(found.frame)
    weighed = table(CLIQUES).with_columns(w=pl.Series([3.0] * 50 + [0.5] * 5))
    assert modes(weighed, weight="w", draws=39).frame["links"].to_list() == [55]
    cut = modes(weighed, weight="w", above=1.0, draws=39).frame.row(0, named=True)
    assert (cut["links"], cut["communities"]) == (50, 5)


def test_a_cluster_that_is_no_speciality() -> None:
    nodes = pl.DataFrame({"node": [f"n{k:02}" for k in range(25)], "lq": [0.5] * 25})
    weak = row(CLIQUES, nodes=nodes, advantage="lq")
    assert (weak["advantage"], weak["mode"]) == (pytest.approx(0.5), "undecided")
    strong = row(CLIQUES, nodes=nodes.with_columns(lq=pl.lit(1.4)), advantage="lq")
    assert strong["mode"] == "cluster"


def test_bad_input() -> None:
    with pytest.raises(MethodError, match="n03"):
        row([*PATH, (3, 3)])
    with pytest.raises(MethodError, match="more than once"):
        row([*PATH, (0, 1)])
    with pytest.raises(MethodError, match="strength -1"):
        modes(table(PATH).with_columns(w=pl.lit(-1.0)), weight="w")
    with pytest.raises(DataError, match="tonnes"):
        modes(table(PATH), weight="tonnes")
    with pytest.raises(DataError, match="row 1"):
        modes(table(PATH).with_columns(pl.lit(None, pl.String).alias("to")))
    with pytest.raises(SpecError, match="draws"):
        modes(table(PATH), draws=5)
    with pytest.raises(SpecError, match="size"):
        modes(table(PATH), size=0)
