"""Is a region's network of innovation or industry a chain, a cluster or a grid: its shape against random networks.

Chain: links run one way along levels, far from the first to the last (MacKay, Johnson and Sansom 2020,
doi:10.1098/rsos.201138). Cluster: communities (Newman and Girvan 2004, doi:10.1103/PhysRevE.69.026113). Grid: closely
knit and nowhere far, a small world (Watts and Strogatz 1998, doi:10.1038/30918; Humphries and Gurney 2008,
doi:10.1371/journal.pone.0002051). Random networks keep every node's links (`nqpf.numerics.rewire`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.numerics import networks
from nqpf.numerics.modularity import communities
from nqpf.numerics.rewire import rewired
from nqpf.regions.space.modes_links import networks_of, quotients_of
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEAST = 8
"""Fewer nodes have no shape."""
ORDER, STEPS, PATH = 0.5, 3.0, 0.5
"""A chain: share of links' steps that levels explain, levels from first to last; share of nodes on the longest way."""
MODULAR = 0.3
"""Modularity of a network that falls into communities (Newman and Girvan 2004)."""
SHORT, DENSE = 1.2, 0.5
"""A grid: mean distance over that of random networks, at most; or density, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes(TableResult):
    """Shapes of networks.

    Attributes
    ----------
    frame
        A row for each region: region, nodes, links, density; order (of directed links: 1 all run one level on, 0 none
        do), order_p, steps (levels from first to last), path (share of nodes on the longest shortest way); modularity,
        modularity_p, communities, advantage (mean location quotient of the largest community, where given);
        clustering, clustering_p, distance_ratio (mean distance over that of random networks), small_world; p one-sided
        against random networks; chain, cluster, grid (whether each is shown), mode (``chain``, ``cluster``, ``grid``,
        ``mixed``: more than one; ``undecided``: none; ``not_assessed``: too few nodes).
    members
        region, node, level (upstream is low; null of undirected networks), community (from 1, the largest).
    """

    members: pl.DataFrame


def modes(
    data: Any,
    *,
    start: str = "from",
    end: str = "to",
    weight: str | None = None,
    region: str | None = None,
    directed: bool = False,
    above: float = 0.0,
    nodes: Any = None,
    advantage: str | None = None,
    draws: int = 99,
    size: float = 0.05,
    seed: int = 0,
) -> Modes:
    """Classify networks as chain, cluster or grid.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each link (of each region): co-inventions of firms, flows between
        industries.
    start, end
        Columns of the nodes that a link joins.
    weight
        Column of strengths, not negative; default: all the same.
    region
        Column of regions; default: one network.
    directed
        Whether links run from `start` to `end`; else both directions of a pair count as one link and add up.
    above
        Only links stronger than this count.
    nodes, advantage
        A table of nodes (columns `region`, ``node``) and its column of location quotients, as
        `nqpf.industry.location_quotient` gives; a cluster then needs a mean of 1 in its largest community.
    draws, seed
        Random networks with the same degrees.
    size
        Of the tests against them.

    Raises
    ------
    DataError
        A column is absent or a cell is empty.
    MethodError
        A link joins a node with itself, stands twice, or has a strength below zero.
    SpecError
        Fewer than 19 draws, or a size that is not between 0 and 1.

    Examples
    --------
    >>> four = [(f"{a}{i}", f"{b}{j}") for a, b in ("ab", "bc", "cd", "de") for i in range(3) for j in range(3)]
    >>> found = modes({"from": [a for a, _ in four], "to": [b for _, b in four]}, directed=True)
    >>> found.frame.select("mode", pl.col("order", "steps").round(9)).rows()
    [('chain', 1.0, 4.0)]
    """
    if draws < 19:
        raise SpecError("growth_least", where=Where(key="draws"), value=draws, least=19)
    if not 0 < size < 1:
        raise SpecError("growth_between", where=Where(key="size"), value=size, low=0, high=1)
    quotients = quotients_of(nodes, region, advantage)
    rows, members, short = [], [], 0
    for k, (place, names, strength) in enumerate(networks_of(data, start, end, weight, region, directed, above)):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(k,)))
        quotient = None if quotients is None else np.array([quotients.get((place, n), np.nan) for n in names])
        row, levels, label = _shape(strength, directed, quotient, draws, size, rng)
        short += row["mode"] == "not_assessed"
        rows.append({"region": place} | row)
        members.append(
            pl.DataFrame(
                {"region": [place] * len(names), "node": names, "level": levels, "community": label + 1},
                schema={"region": pl.String, "node": pl.String, "level": pl.Float64, "community": pl.Int64},
            )
        )
    notes = [Note("modes_short", values={"count": short, "total": len(rows), "least": LEAST})] if short else []
    options = {"directed": directed, "above": above, "weight": weight, "advantage": advantage}
    return Modes(
        pl.DataFrame(rows, schema=SCHEMA),
        Method("regions.modes", options | {"draws": draws, "size": size, "seed": seed}),
        tuple(notes),
        backend_of(data),
        members=pl.concat(members).with_columns(pl.col("level").fill_nan(None)),
    )


SCHEMA: dict[str, Any] = {
    "region": pl.String,
    **dict.fromkeys(("nodes", "links"), pl.Int64),
    **dict.fromkeys(("density", "order", "order_p", "steps", "path", "modularity", "modularity_p"), pl.Float64),
    "communities": pl.Int64,
    **dict.fromkeys(("advantage", "clustering", "clustering_p", "distance_ratio", "small_world"), pl.Float64),
    **dict.fromkeys(("chain", "cluster", "grid"), pl.Boolean),
    "mode": pl.String,
}


def _shape(
    strength: Floats, directed: bool, quotient: Floats | None, draws: int, size: float, rng: np.random.Generator
) -> tuple[dict[str, Any], Floats, NDArray[np.intp]]:
    """Return the measures of a network, its nodes' levels and their communities."""
    n = len(strength)
    both = strength if not directed else strength + strength.T
    link = both > 0
    links = int((strength > 0).sum()) if directed else int(link.sum()) // 2
    possible = n * (n - 1) if directed else n * (n - 1) // 2
    row: dict[str, Any] = {"nodes": n, "links": links, "density": links / max(possible, 1), "mode": "not_assessed"}
    levels = np.full(n, np.nan)
    if n < LEAST or links < 2:
        return row, levels, np.zeros(n, dtype=np.intp)
    if directed:
        levels, order = trophic(strength)
        other = rewired(strength > 0, draws, rng, directed=True)
        drawn = [trophic(_shuffled(one, strength[strength > 0], rng))[1] for one in other]
        row |= {"order": order, "order_p": _p(order, drawn), "steps": float(np.ptp(levels))}
    label, modularity = communities(both)
    random = rewired(link, draws, rng)
    weights = both[np.triu(link)]
    parted = [communities(_both(_shuffled(np.triu(one), weights, rng)))[1] for one in random]
    row |= {"modularity": modularity, "modularity_p": _p(modularity, parted), "communities": int(label.max()) + 1}
    if quotient is not None:
        row["advantage"] = _mean(quotient[label == 0], both.sum(axis=1)[label == 0])
    row |= _small_world(link, random)
    return row | _decide(row, directed, quotient is not None, size), levels, label


def trophic(strength: Floats) -> tuple[Floats, float]:
    """Return the level of each node ``float64[N]``, lowest 0, and how much of the links' course levels explain.

    Levels h are the least-squares solution of h_j − h_i = 1 over links i → j, weighted (MacKay, Johnson and Sansom
    2020); the share is 1 − Σ w (h_j − h_i − 1)² / Σ w.

    Examples
    --------
    >>> levels, order = trophic(np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0.0]]))
    >>> levels.round(9).tolist(), round(order, 9)
    ([0.0, 1.0, 2.0], 1.0)
    """
    received, sent = strength.sum(axis=0), strength.sum(axis=1)
    laplacian = np.diag(received + sent) - strength - strength.T
    h = np.linalg.lstsq(laplacian, received - sent)[0]
    miss = h[None, :] - h[:, None] - 1
    return h - h.min(), float(1 - (strength * miss**2).sum() / strength.sum())


def _shuffled(link: Bools, weights: Floats, rng: np.random.Generator) -> Floats:
    out = np.zeros(link.shape)
    out[link] = rng.permutation(weights)
    return out


def _both(strength: Floats) -> Floats:
    return strength + strength.T


def _p(value: float, drawn: list[float]) -> float:
    return (1 + sum(one >= value - 1e-12 for one in drawn)) / (1 + len(drawn))


def _mean(values: Floats, weights: Floats) -> float | None:
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=weights[known])) if weights[known].sum() > 0 else None


def clustering(link: Bools) -> float:
    """Return the mean share of a node's neighbours that are linked themselves; nodes with one neighbour count 0."""
    x = link.astype(float)
    degree = x.sum(axis=1)
    triangles = np.einsum("ij,jk,ki->i", x, x, x, optimize=True)
    pairs = degree * (degree - 1)
    return float(np.divide(triangles, pairs, out=np.zeros(len(x)), where=pairs > 0).mean())


def _near(link: Bools) -> float:
    """Return the harmonic mean distance: pairs without a way count as infinitely far."""
    far = networks.distances(link)
    upper = far[np.triu_indices(len(far), 1)]
    return float(upper.size / (1 / upper).sum())


def _small_world(link: Bools, random: Bools) -> dict[str, Any]:
    far = networks.distances(link)
    knit, measures = clustering(link), (clustering, _near)
    drawn: dict[Callable[[Bools], float], list[float]] = {f: [f(one) for one in random] for f in measures}
    ratio = _near(link) / float(np.mean(drawn[_near]))
    usual = float(np.mean(drawn[clustering]))
    return {
        "path": (float(far[np.isfinite(far)].max()) + 1) / len(link),
        "clustering": knit,
        "clustering_p": _p(knit, drawn[clustering]),
        "distance_ratio": ratio,
        "small_world": knit / usual / ratio if usual > 0 else None,
    }


def _decide(row: Mapping[str, Any], directed: bool, advantage: bool, size: float) -> dict[str, Any]:
    if directed:
        chain = row["order_p"] <= size and row["order"] >= ORDER and row["steps"] >= STEPS - 1e-9
    else:
        chain = row["path"] >= PATH
    cluster = row["modularity_p"] <= size and row["modularity"] >= MODULAR
    if advantage:
        cluster = cluster and (row["advantage"] or 0.0) >= 1
    knit = row["clustering_p"] <= size and row["distance_ratio"] <= SHORT
    shown = {"chain": chain, "cluster": cluster, "grid": bool(knit or row["density"] >= DENSE)}
    names = [name for name, one in shown.items() if one]
    return shown | {"mode": names[0] if len(names) == 1 else "mixed" if names else "undecided"}
