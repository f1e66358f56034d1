"""Tables of what a model says beside its scores: peers, projections, slacks, multipliers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from nqpf.productivity.frontier.frontiers import Frontier
from nqpf.productivity.frontier.measure import Scored
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Floats

TINY = 1e-10
"""An intensity below it is rounding, not a peer."""


def quantity_table(observed: Observed, values: Floats, prefix: str) -> pl.DataFrame:
    """Return ``float64[R, I + O + B]`` beside the keys, columns named after the quantities."""
    names = [f"{prefix}{c}" for part in observed.names for c in part]
    found = pl.DataFrame(values, schema=names, orient="row").select(pl.all().fill_nan(None))
    return observed.keys.hstack(found)


def peer_table(observed: Observed, scored: Sequence[tuple[Frontier, Scored]]) -> pl.DataFrame:
    """Return who each observation is compared with: keys, keys of the peer, weight; by row and by peer."""
    rows, peers, weights = [np.empty(0, np.intp)], [np.empty(0, np.intp)], [np.empty(0)]
    for frontier, part in scored:
        unit, column, value = part.intensities
        kept = value > TINY
        rows.append(frontier.at[unit[kept]])
        peers.append(frontier.reference[column[kept]])
        weights.append(value[kept])
    row, peer = np.concatenate(rows), np.concatenate(peers)
    order = np.lexsort((peer, row))
    keys = observed.keys
    to = keys[peer[order]].rename({c: "peer" if k == 0 else f"peer_{c}" for k, c in enumerate(keys.columns)})
    return keys[row[order]].hstack(to).with_columns(weight=np.concatenate(weights)[order])


def multiplier_table(observed: Observed, scored: Sequence[tuple[Frontier, Scored]]) -> pl.DataFrame | None:
    """Return the prices of the quantities and of the scale; None where the measure has none."""
    k = sum(len(part) for part in observed.names)
    whole = np.full((len(observed.complete), k + 1), np.nan)
    for frontier, part in scored:
        if part.dual is None or part.scale is None:
            return None
        whole[frontier.at] = np.column_stack([part.dual, part.scale])
    scale = pl.Series(whole[:, k]).fill_nan(None)
    return quantity_table(observed, whole[:, :k], "weight_").with_columns(scale=scale)
