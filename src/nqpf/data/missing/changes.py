"""What a rule did: the cells it filled, with what, and how that is told in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.data.ledger import Ledger
from nqpf.data.missing.layer import Bools, Layer, Proposal
from nqpf.data.panel import Panel, Status

Floats = NDArray[np.float64]

FILLED = (Status.IMPUTED, Status.INTERPOLATED, Status.EXTRAPOLATED)
"""States of a cell whose number nobody reported."""


def is_filled(status: NDArray[np.int8]) -> Bools:
    """Return where a cell's number was filled in, by its `Status`."""
    return np.isin(status, FILLED)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Cells filled by one rule.

    Attributes
    ----------
    rule
        Id of the rule in the ledger.
    cells
        ``intp[C]`` positions in the cube laid out flat.
    values
        ``float64[C]``.
    status
        ``int8[C]`` of `Status`.
    details
        The ledger's detail of each cell.
    """

    rule: str
    cells: NDArray[np.intp]
    values: Floats
    status: NDArray[np.int8]
    details: Sequence[str]

    @classmethod
    def of(cls, rule: str, layer: Layer, proposal: Proposal, allowed: Bools, status: Status) -> Change:
        """Return what a proposal does to a layer's holes where it is allowed and says something.

        Cells outside the reported years are *extrapolated*, those between them have the status given.
        """
        here = allowed & np.isnan(layer.x) & ~np.isnan(proposal.values)
        n, t = np.nonzero(here.T)
        place = (t * here.shape[1] + n) * len(layer.panel.series) + layer.k
        state = np.where(layer.inside[t, n], status, Status.EXTRAPOLATED).astype(np.int8)
        details = [proposal.detail(int(a), int(b)) for a, b in zip(t, n, strict=True)]
        return cls(rule, place, proposal.values[t, n], state, details)


def apply(panel: Panel, changes: Sequence[Change]) -> Panel:
    """Return the panel with the changes made."""
    values, status = panel.values.copy(), panel.status.copy()
    for one in changes:
        values.reshape(-1)[one.cells] = one.values
        status.reshape(-1)[one.cells] = one.status
    return replace(panel, values=values, status=status)


def ledger(panel: Panel, changes: Sequence[Change]) -> Ledger:
    """Return a row for every cell that was filled: series by series, unit by unit, in the order of the years."""
    _, units, count = panel.values.shape
    rows: list[tuple[tuple[int, int, int], dict[str, Any]]] = []
    for one in changes:
        for cell, value, detail in zip(one.cells.tolist(), one.values.tolist(), one.details, strict=True):
            (t, n), k = divmod(cell // count, units), cell % count
            row = {"unit": panel.units[n], "period": panel.periods[t], "indicator": panel.indicators[k], "old": None}
            rows.append(((k, n, t), row | {"new": value, "rule": f"missing.{one.rule}", "detail": detail}))
    return Ledger.of([row for _, row in sorted(rows, key=lambda pair: pair[0])], panel.origin)
