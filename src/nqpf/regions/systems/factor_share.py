"""The share of a factor in what is produced, and whether it changes within units or because units grow apart.

The whole's share is the mean of units' shares by what they produce; its change is exactly the sum of what units' shares
changed at mean weights (within) and what weights changed at mean shares (between), as in shift-share analyses of the
labour share (Karabarbounis and Neiman 2014, doi:10.1093/qje/qjt032).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.regions.panels.sample import balanced
from nqpf.regions.systems.joint_gain import ends_of
from nqpf.regions.systems.sides import keyed_table
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FactorShare(Result):
    """A factor's share and where its change comes from.

    Attributes
    ----------
    frame
        A row a year: the year, ``share`` of the whole, ``change`` since the year before, ``within``, ``between``.
    units
        First year against last by unit: ``share_start``, ``share_end``, ``weight_start``, ``weight_end`` (in what is
        produced), and what the unit adds: ``within``, ``between`` (its weight's change times its mean share beyond that
        of the whole).
    total
        One row: ``start``, ``end``, ``share_start``, ``share_end``, ``change``, ``within``, ``between``.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    units: pl.DataFrame
    total: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def factor_share(
    data: Any,
    part: str,
    output: str,
    *,
    unit: str,
    time: str,
    start: int | None = None,
    end: int | None = None,
) -> FactorShare:
    """Measure a factor's share in output, and split its change into within and between units.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; every unit stands in every year.
    part
        Column of what the factor receives: compensation of employees.
    output
        Column of what is produced, positive, in the same money.
    unit, time
        Columns of units and years.
    start, end
        First and last year; default: those of the table.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, a unit lacks a year, or two rows have one key.
    SpecError
        No such year, or start is not before end.
    MethodError
        An output that is not positive.

    References
    ----------
    Karabarbounis and Neiman (2014). The global decline of the labor share. doi:10.1093/qje/qjt032

    Examples
    --------
    >>> table = {"city": ["a", "b", "a", "b"], "year": [2012, 2012, 2022, 2022],
    ...          "wages": [60.0, 40.0, 55.0, 120.0], "output": [100.0, 100.0, 100.0, 300.0]}
    >>> found = factor_share(table, "wages", "output", unit="city", time="year").total
    >>> [round(x, 4) for x in found.select("change", "within", "between").row(0)]
    [-0.0625, -0.0187, -0.0437]
    """
    sample = balanced(data, [part, output], unit, time)
    first, last = ends_of(sample.years, start, end)
    years = [y for y in sample.years if first <= y <= last]
    kept = [sample.years.index(y) for y in years]
    grid = sample.values.reshape(len(sample.units), len(sample.years), 2)[:, kept]
    received, produced = grid[:, :, 0], grid[:, :, 1]
    if (produced <= 0).any():
        n, t = np.argwhere(produced <= 0)[0]
        where = Where(unit=sample.units[n], period=years[t], indicator=output)
        raise MethodError("factor_share_output", where=where, value=float(produced[n, t]))
    share, weight = received / produced, produced / produced.sum(axis=0)
    whole = (share * weight).sum(axis=0)
    within, between = (v.sum(axis=0) for v in _parts(share, weight))
    own, moved = (v[:, 0] for v in _parts(share[:, [0, -1]], weight[:, [0, -1]]))
    frame = keyed_table(
        {"time": (time, years)},
        {
            "share": whole,
            "change": [None, *np.diff(whole).tolist()],
            "within": [None, *within.tolist()],
            "between": [None, *between.tolist()],
        },
    )
    units = keyed_table(
        {"unit": (unit, sample.units)},
        {
            "share_start": share[:, 0],
            "share_end": share[:, -1],
            "weight_start": weight[:, 0],
            "weight_end": weight[:, -1],
            "within": own,
            "between": moved,
        },
    )
    total = pl.DataFrame(
        {
            "start": [first],
            "end": [last],
            "share_start": whole[:1],
            "share_end": whole[-1:],
            "change": whole[-1:] - whole[:1],
            "within": [own.sum()],
            "between": [moved.sum()],
        }
    )
    odd = (share < 0) | (share > 1)
    notes = []
    if odd.any():
        names = listing(sample.units[n] for n in np.flatnonzero(odd.any(axis=1)))
        notes.append(Note("factor_share_odd", "warning", {"count": int(odd.sum()), "units": names}))
    method = Method("regions.factor_share", {"part": part, "output": output, "start": first, "end": last})
    return FactorShare(frame, units, total, method, tuple(notes), backend_of(data))


def _parts(share: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return what each unit adds to the whole's change, within and between, ``float64[N, T - 1]``."""
    within = np.diff(share, axis=1) * (weight[:, 1:] + weight[:, :-1]) / 2
    whole = (share * weight).sum(axis=0)
    beyond = (share[:, 1:] + share[:, :-1]) / 2 - (whole[1:] + whole[:-1]) / 2
    return within, np.diff(weight, axis=1) * beyond
