"""The group's trend: what the other units of a group did from year to year, applied to the unit's own level."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.layer import Floats, Layer, Proposal, between
from nqpf.data.missing.options import Options
from nqpf.errors import DataError, listing


def group_trend(layer: Layer, options: Options) -> Proposal:
    """Fill holes by the relative change of the unit's group.

    From year to year the group changes as the sum over those of its units that are known in both years. The unit's
    ratio to this chain stays at that of the nearest known year beyond the edges, and moves at constant growth between
    two known years.

    Raises
    ------
    DataError
        A unit with holes has no group; a value that the rule builds on is not positive.
    """
    panel, group = layer.panel, options.groups
    lost = [panel.labels[u] for n, u in enumerate(panel.units) if u not in group and layer.wanted[:, n].any()]
    if lost:
        raise DataError("group_trend_ungrouped", count=len(lost), units=listing(lost))
    values, said = np.full(layer.x.shape, np.nan), {}
    for name in dict.fromkeys(group[u] for n, u in enumerate(panel.units) if layer.wanted[:, n].any()):
        members = np.array([n for n, u in enumerate(panel.units) if group.get(u) == name])
        cells = np.zeros(layer.x.shape, dtype=bool)
        cells[:, members] = True
        layer.need_positive(cells)
        chain, peers = _chain(layer.x[:, members])
        for n in members:
            values[:, n], fewest = _own_level(layer, int(n), chain, peers)
            said[int(n)] = (name, fewest)
    return Proposal(values, lambda t, n: f"{said[n][0]} (n ≥ {said[n][1][t]}), {layer.span(t, n)}")


def _chain(x: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the chained change, ``float64[T]``, and how many units each link stands on."""
    both = ~np.isnan(x[1:]) & ~np.isnan(x[:-1])
    after, before = np.where(both, x[1:], 0.0).sum(axis=1), np.where(both, x[:-1], 0.0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        links = np.log(after / before)  # NaN where nobody is known in both years
    return np.concatenate([[0.0], links]), both.sum(axis=1)


def _own_level(layer: Layer, n: int, links: Floats, peers: Floats) -> tuple[Floats, list[int]]:
    """Return the unit's values along the group's chain, and the fewest units that a link to each year stands on."""
    broken = np.isnan(links)
    chain = np.cumsum(np.where(broken, 0.0, links))
    level = np.full(len(layer.x), np.nan)
    one = Layer(
        layer.panel,
        layer.k,
        layer.x[:, [n]],
        layer.years,
        layer.before[:, [n]],
        layer.after[:, [n]],
        layer.wanted[:, [n]],
    )
    ratio = np.log(one.x[:, 0]) - chain
    inner = between(one, ratio[:, None])[:, 0]
    fewest = [0] * len(level)
    for t in np.flatnonzero(one.wanted[:, 0]):
        before, after = int(one.before[t, 0]), int(one.after[t, 0])
        ends = [at for at in (before, after) if 0 <= at < len(level)]
        if not ends:
            continue
        first, final = min(*ends, int(t)), max(*ends, int(t))
        if not broken[first + 1 : final + 1].any():
            own = inner[t] if len(ends) == 2 else ratio[ends[0]]
            level[t], fewest[t] = np.exp(chain[t] + own), int(peers[first:final].min())
    return level, fewest
