"""Growth: constant between two known years; beyond them the unit's own rate of the nearest known years goes on."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.layer import Floats, Layer, Proposal
from nqpf.data.missing.lines import loglinear
from nqpf.data.missing.options import Options


def growth(layer: Layer, options: Options) -> Proposal:
    """Fill between two known years at constant growth, and beyond the known years at the unit's own rate.

    The rate is that of the known values within `Options.rate_years` of the edge: ``compound`` from the farthest of them
    to the edge, or the ``mean`` of the yearly rates between neighbours. A unit with no second known value within these
    years gets none.

    Raises
    ------
    DataError
        A value that the rule builds on is not positive.
    """
    inner = loglinear(layer, options)
    values, said = inner.values.copy(), {}
    periods = layer.panel.periods
    for n in np.flatnonzero((layer.wanted & ~layer.inside).any(axis=0)):
        known = np.flatnonzero(~np.isnan(layer.x[:, n]))
        for t in np.flatnonzero(layer.wanted[:, n] & ~layer.inside[:, n]) if known.size else ():
            edge = known[-1] if t > known[-1] else known[0]
            used = known[np.abs(layer.years[known] - layer.years[edge]) <= options.rate_years]
            if used.size > 1:
                cells = np.zeros(layer.x.shape, dtype=bool)
                cells[used, n] = True
                layer.need_positive(cells)
                rate = _rate(layer.x[used, n], layer.years[used], options.rate)
                values[t, n] = layer.x[edge, n] * (1 + rate) ** (layer.years[t] - layer.years[edge])
                said[int(t), int(n)] = f"{rate:+.4f}/a, {periods[used[0]]}–{periods[used[-1]]}"
    return Proposal(values, lambda t, n: said.get((t, n)) or layer.span(t, n))


def _rate(x: Floats, years: Floats, kind: str) -> float:
    """Return the yearly rate of growth of known values in the order of their years."""
    if kind == "compound":
        return float((x[-1] / x[0]) ** (1 / (years[-1] - years[0])) - 1)
    return float(((x[1:] / x[:-1]) ** (1 / np.diff(years)) - 1).mean())
