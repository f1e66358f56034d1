"""Screening: units with too few data below a node of the tree are left out, each with its reason.

Shares of indicators present, each indicator counting one, as in OECD/JRC (2008), Handbook on Constructing Composite
Indicators, doi:10.1787/9789264043466-en, step 2, and in COINr (Becker et al. 2022, doi:10.21105/joss.04567).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, hint, listing
from nqpf.index.framework import Framework
from nqpf.index.options.treat import Screen
from nqpf.messages import Text, say
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROUNDING = 1e-9
"""A share may fall short of its threshold by this much: two thirds are not less than 0.6666666667 by design."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of N units below L nodes, of the worst year under ``yearly``.

    Attributes
    ----------
    available, nonzero
        ``float64[N, L]``: share of the cells that hold a value, and of the values that are not zero (NaN: no value).
    """

    available: Floats
    nonzero: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """Who is scored.

    Attributes
    ----------
    kept
        ``bool[N]``.
    units, nodes
        Names of the N units and L nodes.
    shares
        Shares of values present and not zero.
    least_available, least_nonzero
        ``float64[L]`` thresholds, NaN for none.
    few, zeros
        ``bool[N, L]``: too few values present; too many of them zero.
    reasons
        Of each unit: ``availability``, ``nonzero``, ``keep``, ``drop``, or empty.
    labels
        Names of units.
    """

    kept: Bools
    units: tuple[str, ...]
    nodes: tuple[str, ...]
    shares: Shares
    least_available: Floats
    least_nonzero: Floats
    few: Bools
    zeros: Bools
    reasons: tuple[str, ...]
    labels: Mapping[str, Text]

    @property
    def dropped(self) -> tuple[str, ...]:
        """Units left out."""
        return tuple(self.units[i] for i in np.flatnonzero(~self.kept))

    def to_frame(self) -> pl.DataFrame:
        """Return unit, node, available, nonzero, their thresholds, short (below one), kept and reason, a row each."""
        n, m = self.shares.available.shape
        frame = pl.DataFrame(
            {
                "unit": np.repeat(np.array(self.units, dtype=object), m).tolist(),
                "node": list(self.nodes) * n,
                "available": self.shares.available.reshape(-1),
                "nonzero": self.shares.nonzero.reshape(-1),
                "least_available": np.tile(self.least_available, n),
                "least_nonzero": np.tile(self.least_nonzero, n),
                "short": (self.few | self.zeros).reshape(-1),
                "kept": np.repeat(self.kept, m),
                "reason": [reason or None for reason in self.reasons for _ in self.nodes],
            },
            schema_overrides={"reason": pl.String},
        )
        return frame.with_columns(pl.col(pl.Float64).fill_nan(None))

    @property
    def notes(self) -> tuple[Note, ...]:
        """Who was left out, and who was kept although short of data."""
        out = [self._told(i) for i in np.flatnonzero(~self.kept)]
        short = (self.few | self.zeros).any(axis=1)
        forced = [self._told(i) for i in np.flatnonzero(self.kept & short)]
        notes = []
        if out:
            values = {"count": len(out), "total": len(self.units), "units": listing(out, 40)}
            notes.append(Note("screened_out", "warning", values))
        if forced:
            notes.append(Note("screened_in", "warning", {"count": len(forced), "units": listing(forced, 40)}))
        return tuple(notes)

    def _told(self, unit: np.intp) -> Text:
        """Return a unit with the first node at which it falls short, if there is one."""
        few, zeros, code = self.few[unit], self.zeros[unit], self.units[unit]
        name = self.labels.get(code, code)
        if few.any():
            node = int(np.argmax(few))
            share = float(self.shares.available[unit, node])
            if node == len(self.nodes) - 1:
                return say("screen.few", unit=name, share=share)
            return say("screen.few_at", unit=name, share=share, node=self.nodes[node])
        if zeros.any():
            return say("screen.zeros", unit=name, share=float(np.nan_to_num(self.shares.nonzero[unit, -1])))
        return say("screen.named", unit=name)


def screen(
    values: Floats,
    how: Screen,
    framework: Framework,
    *,
    units: Sequence[str],
    labels: Mapping[str, Text] | None = None,
) -> Screened:
    """Return which units are scored.

    Parameters
    ----------
    values
        ``float64[T, N, K]``, NaN where missing.
    how
        Thresholds and units kept or dropped by name.
    framework
        The tree over the K indicators.
    units, labels
        Codes of the N units, and their names.

    Raises
    ------
    SpecError
        `how` names a node or unit there is not.
    MethodError
        No unit is left.
    """
    asked = [framework.node(id) for id in how.nodes]
    inner = [n for n in framework.nodes if n.at >= len(framework.indicators)]
    nodes = [*(n for n in asked if n not in inner), *inner]
    present = ~np.isnan(values)
    counts = np.stack([present[:, :, framework.leaves[n.at]].sum(axis=2) for n in nodes], axis=2)
    other = present & (values != 0)
    full = np.stack([other[:, :, framework.leaves[n.at]].sum(axis=2) for n in nodes], axis=2)
    cells = np.array([framework.leaves[n.at].size for n in nodes])
    shares = shares_of(np.broadcast_to(cells, counts.shape), counts, full, how.scope)
    least = {framework.root.id: how.threshold} | dict(how.nodes)
    return judge(shares, how, units, tuple(n.id for n in nodes), least, labels)


def shares_of(cells: NDArray[np.int_], present: NDArray[np.int_], nonzero: NDArray[np.int_], scope: str) -> Shares:
    """Return shares from counts ``int[T, N, L]`` of cells, values present and values not zero."""
    if scope == "pooled":
        cells, present, nonzero = (c.sum(axis=0, keepdims=True) for c in (cells, present, nonzero))
    available = np.divide(present, cells, out=np.zeros(cells.shape), where=cells > 0)
    other = np.divide(nonzero, present, out=np.full(cells.shape, np.nan), where=present > 0)
    return Shares(available.min(axis=0), other.min(axis=0))


def judge(
    shares: Shares,
    how: Screen,
    units: Sequence[str],
    nodes: tuple[str, ...],
    least: Mapping[str, float | None],
    labels: Mapping[str, Text] | None = None,
) -> Screened:
    """Return who is kept; `least` is the least share of indicators present by node, the last of `nodes` the whole."""
    least_available = np.array([np.nan if least.get(n) is None else least[n] for n in nodes], dtype=float)
    least_nonzero = np.full(len(nodes), np.nan)
    least_nonzero[-1] = np.nan if how.nonzero is None else how.nonzero
    few = shares.available < least_available - ROUNDING
    # Without any value there is none that is not zero.
    zeros = ~np.isnan(least_nonzero) & ~(shares.nonzero >= least_nonzero - ROUNDING)
    keep, drop = (members(names, units, labels) for names in (how.keep, how.drop))
    words = np.select([drop, keep, few.any(axis=1), zeros.any(axis=1)], ["drop", "keep", "availability", "nonzero"], "")
    kept = np.isin(words, ["", "keep"])
    if not kept.any():
        raise MethodError("screened_everyone", count=len(units))
    reasons = tuple(str(w) for w in words)
    return Screened(
        kept, tuple(units), nodes, shares, least_available, least_nonzero, few, zeros, reasons, labels or {}
    )


def members(names: Sequence[str], units: Sequence[str], labels: Mapping[str, Text] | None) -> Bools:
    """Return which units `names` are, by code or by name in either language.

    Raises
    ------
    SpecError
        A name that no unit has.
    """
    known = {text: i for i, u in enumerate(units) for text in (_texts(u, labels))}
    gone = {text for u in labels or () if u not in units for text in _texts(u, labels)}
    found = np.zeros(len(units), dtype=bool)
    for name in names:
        if name in gone:  # left out before: nothing of it is left to place
            continue
        if name not in known:
            raise SpecError("unknown_unit", unit=name, hint=hint(name, known))
        found[known[name]] = True
    return found


def _texts(unit: str, labels: Mapping[str, Text] | None) -> tuple[str, ...]:
    label = (labels or {}).get(unit)
    return (unit, label.zh, label.en) if label else (unit,)
