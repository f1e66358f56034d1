"""What multiple imputation gives: one set of cells, filled many times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nqpf.data.missing.changes import Change
from nqpf.data.panel import Panel, Status

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Cells that a model predicts.

    Attributes
    ----------
    cells
        ``intp[C]`` positions in the cube laid out flat.
    values
        ``float64[C]``: the middle of what the model expects.
    details
        The ledger's detail of each cell.
    draw
        Returns one draw of the cells, ``float64[C]``.
    """

    cells: NDArray[np.intp]
    values: Floats
    details: Sequence[str]
    draw: Callable[[np.random.Generator], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Panels that differ in their imputed cells only; iterating completes them one at a time.

    Attributes
    ----------
    panel
        The panel with the middle of what is expected in these cells.
    cells
        ``intp[C]`` positions in the cube laid out flat.
    values
        ``float64[D, C]``: D draws of these cells.
    """

    panel: Panel
    cells: NDArray[np.intp]
    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Panel]:
        return (self.complete(d) for d in range(len(self)))

    def complete(self, d: int) -> Panel:
        """Return the panel with draw `d` in place."""
        values = self.panel.values.copy()
        values.reshape(-1)[self.cells] = self.values[d]
        return replace(self.panel, values=values)


def draw_all(predicted: Sequence[Predicted], draws: int, seed: int) -> tuple[Floats, ...]:
    """Draw the cells of every model ``draws`` times: ``float64[D, C]`` a model.

    Each draw has a random stream of its own: it is the same however many are drawn. There may be none.
    """
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(draws)]
    drawn = [[one.draw(rng) for one in predicted] for rng in streams]
    empty = [np.empty((0, len(one.cells))) for one in predicted]
    return tuple(np.concatenate([empty[i], *([each[i][None] for each in drawn])]) for i in range(len(predicted)))


def as_change(rule: str, one: Predicted, drawn: Floats) -> Change:
    """Return a model's cells as a change; where it was drawn from, the ledger has the middle 90 % of the draws."""
    details = one.details
    if len(drawn):
        low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
        details = [f"{d}; 90 %: {a:.6g}–{b:.6g}" for d, a, b in zip(details, low, high, strict=True)]
    status = np.full(len(one.cells), Status.IMPUTED, dtype=np.int8)
    return Change(rule, one.cells, one.values, status, details)
