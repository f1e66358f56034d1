"""Revision: how scores and ranks of the same units and years differ between two editions of an index, and why.

When a new year comes, bounds and weights taken from all years move, and with them the scores of years whose figures
nobody touched. Scoring the old figures with the new bounds and weights tells the two causes apart:
after − before = (old figures, new scale − before) + (after − old figures, new scale), without a remainder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, listing
from nqpf.index.climb import climb
from nqpf.index.framework import Framework, Node
from nqpf.index.normalise import apply_scale, direct
from nqpf.index.result import Index
from nqpf.index.tree import by_node
from nqpf.messages import say
from nqpf.numerics.ranks import NOISE
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Revision(Result):
    """Scores and ranks before and after, for the T years and N units that both editions have.

    Attributes
    ----------
    node
        What is compared: the index itself, or a node of the framework.
    periods, units
        T years and N unit codes.
    before, after
        ``float64[T, N]`` scores.
    by_scale, by_data
        ``float64[T, N]``: how much of ``after − before`` is due to bounds and weights that moved, and how much to
        figures that changed; they add up to it. NaN where the recipe cannot score the old figures on the new scale.
    rank_before, rank_after
        ``float64[T, N]`` rank within the year among all units of the edition, 1 best.
    """

    node: Node
    periods: tuple[int, ...]
    units: tuple[str, ...]
    before: Floats
    after: Floats
    by_scale: Floats
    by_data: Floats
    rank_before: Floats
    rank_after: Floats
    notes: tuple[Note, ...]
    method: Method

    @property
    def change(self) -> Floats:
        """``after − before``, ``float64[T, N]``."""
        return self.after - self.before

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, scores, change and its two parts, ranks and how many places were gained, a row each."""
        t, n = self.before.shape
        ranks = {"rank_before": self.rank_before, "rank_after": self.rank_after}
        ranks["places_gained"] = self.rank_before - self.rank_after
        scores = {"before": self.before, "after": self.after, "change": self.change}
        scores |= {"by_scale": self.by_scale, "by_data": self.by_data}
        frame = pl.DataFrame(
            {"unit": np.tile(self.units, t), "period": np.repeat(self.periods, n)}
            | {name: x.reshape(-1) for name, x in (scores | ranks).items()}
        )
        return frame.with_columns(pl.col(*scores, *ranks).fill_nan(None)).with_columns(pl.col(*ranks).cast(pl.Int64))

    def movers(self, most: int = 10) -> pl.DataFrame:
        """Return the rows of `to_frame` that moved most: by places, then by score."""
        moved = pl.col("places_gained").abs()
        frame = self.to_frame().filter((pl.col("change") != 0) | (moved > 0))
        keys = [moved, pl.col("change").abs(), pl.col("period"), pl.col("unit")]
        return frame.sort(keys, descending=[True, True, False, False], nulls_last=True).head(most)


def revision(before: Index, after: Index, node: str | None = None) -> Revision:
    """Compare two editions of an index.

    Parameters
    ----------
    before, after
        The editions, made of the same indicators.
    node
        A node to compare; default: the index itself.

    Raises
    ------
    MethodError
        They are made of different indicators, or have no unit or no year in common.
    SpecError
        There is no such node.

    Notes
    -----
    The old figures are those the old edition scored, as filled and treated there; what changes because holes are
    filled or outliers treated in another way counts as changed figures. What a method takes anew every year is taken
    from the figures at hand; bounds and weights are those of `after`.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 5, on bounds that
    move when data for a new year become available.
    """
    _refuse_other_indicators(before.framework, after.framework)
    units = [u for u in after.panel.units if u in before.panel.units]
    periods = [p for p in after.panel.periods if p in before.panel.periods]
    if not units or not periods:
        raise MethodError("revision_of_others", what=say("revision.periods") if units else say("revision.units"))
    old, new = (_cells(index, periods, units) for index in (before, after))
    place = after.framework.node(node) if node else after.framework.root
    at = before.framework.node(node).at if node else before.framework.root.at
    first, last = before.scores[..., at][old], after.scores[..., place.at][new]
    undivided: list[Note] = []
    try:
        middle = _old_figures_on_the_new_scale(before, after, old, new, place)[new]
    except MethodError as error:  # e.g. an old figure below the new floor has no geometric mean
        middle = np.full_like(first, np.nan)
        undivided = [Note("revision_undivided", values={"reason": error.text()})]
    found = Revision(
        place,
        tuple(periods),
        tuple(units),
        first,
        last,
        middle - first,
        last - middle,
        before.ranks[..., at][old],
        after.ranks[..., place.at][new],
        (),
        Method("revision", {"node": place.id}),
    )
    same = np.array_equal(before.panel.values[old], after.panel.values[new], equal_nan=True)
    return replace(found, notes=(*undivided, *_notes(found, before, after, same)))


def _cells(index: Index, periods: Sequence[int], units: Sequence[str]) -> tuple[Positions, Positions]:
    """Return where the common years and units stand in an edition, as an index of its arrays."""
    t, n = ([known.index(x) for x in wanted] for known, wanted in _axes(index, periods, units))
    return np.ix_(t, n)  # type: ignore[return-value]


def _axes(
    index: Index, periods: Sequence[int], units: Sequence[str]
) -> list[tuple[tuple[int | str, ...], Sequence[int | str]]]:
    return [(index.panel.periods, periods), (index.panel.units, units)]


def _old_figures_on_the_new_scale(
    before: Index, after: Index, old: tuple[Positions, Positions], new: tuple[Positions, Positions], node: Node
) -> Floats:
    """Return the scores of the new edition with the old figures put back, ``float64[T, N]`` of the new edition."""
    values = after.panel.values.copy()
    values[new] = before.panel.values[old]
    panel, fitted, framework = replace(after.panel, values=values), after.fitted, after.framework
    z = direct(values, [i.direction for i in framework.indicators], [i.ideal for i in framework.indicators])
    scores = apply_scale(z, fitted.scale, units=panel.units, labels=panel.labels, periods=panel.periods)
    leaves = by_node(scores)
    found = climb(framework, fitted.recipe, leaves, panel, local=after.local, samples=fitted.samples, anew=False)
    return np.asarray(found.tree[node.at].reshape(values.shape[:2]))


def _refuse_other_indicators(one: Framework, two: Framework) -> None:
    mine, others = ({i.id for i in f.indicators} for f in (one, two))
    if mine != others or [i.id for i in one.indicators] != [i.id for i in two.indicators]:
        raise MethodError("revision_framework", differing=listing(sorted(mine ^ others) or sorted(mine)))


def _notes(found: Revision, before: Index, after: Index, same: bool) -> list[Note]:
    notes = []
    change = np.where(np.isnan(found.change), 0.0, found.change)
    moved = np.abs(change) > NOISE * max(float(np.nanmax(np.abs(found.after))), float(np.nanmax(np.abs(found.before))))
    if same and moved.any():
        t, n = np.unravel_index(int(np.abs(change).argmax()), change.shape)
        unit = after.panel.labels[found.units[n]]
        values = {"count": int(moved.sum()), "unit": unit, "period": found.periods[t], "change": float(change[t, n])}
        notes.append(Note("history_moved", values=values))
    alone = [len(set(one.panel.units) - set(found.units)) for one in (before, after)]
    if any(alone):
        notes.append(Note("revision_partial", "info", {"before": alone[0], "after": alone[1]}))
    if before.fitted.recipe != after.fitted.recipe or _tree(before.framework) != _tree(after.framework):
        notes.append(Note("revision_recipes"))
    return notes


def _tree(framework: Framework) -> list[tuple[object, ...]]:
    """Return what of a framework bears on scores."""
    return [
        (n.id, n.parent, n.weight, n.availability, getattr(n, "direction", None), getattr(n, "ideal", None))
        for n in framework.nodes
    ]
