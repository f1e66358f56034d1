"""Filling holes from the other units: mean or median of the indicator, over everyone or within a group of units.

OECD/JRC (2008), Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en, step 3 (single
imputation, implicit modelling). Filling along time stands in `nqpf.data.missing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.index.options.treat import Impute
from nqpf.index.treat.screen import members
from nqpf.messages import Text, say
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Groups = NDArray[np.intp]
"""Number of each row's group; −1 for none."""


@dataclass(frozen=True, slots=True, eq=False)
class Imputed:
    """Values with their holes filled.

    Attributes
    ----------
    values
        ``float64[T, N, K]``.
    filled
        ``bool[T, N, K]``: cells that were filled.
    overall
        ``bool[T, N, K]``: those of them that took the overall mean or median, their group having none.
    names
        The K indicators.
    """

    values: Floats
    filled: Bools
    overall: Bools
    names: tuple[str, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """How many cells were filled, of which indicators, and how many of them not from their group."""
        counts = self.filled.sum(axis=(0, 1))
        if not counts.any():
            return ()
        told = [say("impute.count", indicator=self.names[k], count=counts[k]) for k in np.flatnonzero(counts)]
        notes = [Note("imputed", "warning", {"count": int(counts.sum()), "indicators": listing(told)})]
        if self.overall.any():
            notes.append(Note("imputed_overall", "warning", {"count": int(self.overall.sum())}))
        return tuple(notes)


def impute(
    values: Floats,
    how: Impute,
    *,
    names: Sequence[str],
    units: Sequence[str],
    periods: Sequence[int],
    labels: Mapping[str, Text] | None = None,
) -> Imputed:
    """Fill holes.

    Parameters
    ----------
    values
        ``float64[T, N, K]``, NaN where missing.
    how
        Method and its options.
    names, units, periods
        Of the K indicators, N units and T years.
    labels
        Names of units, by which groups may be written and holes are told.

    Raises
    ------
    SpecError
        An indicator or unit there is not; a unit in two groups; a group method without groups.
    MethodError
        A hole for which there is nothing to take a mean of, naming the cells.
    """
    _check_names(how, names)
    group = groups_of_units(how, units, labels)
    t, n, k = values.shape
    if how.scope == "pooled":
        slices, group = values.reshape(1, t * n, k), np.tile(group, t)
    else:
        slices = values
    done, filled, overall = np.array(slices), np.zeros(slices.shape, dtype=bool), np.zeros(slices.shape, dtype=bool)
    for s, part in enumerate(slices):
        for column in np.flatnonzero(np.isnan(part).any(axis=0)).tolist():
            own = how.of(names[column])
            found = fill(part[:, column], own, group)
            done[s, :, column], filled[s, :, column], overall[s, :, column] = found
    done, filled, overall = done.reshape(t, n, k), filled.reshape(t, n, k), overall.reshape(t, n, k)
    stopped = [own.method != "none" and own.fallback == "stop" for own in map(how.of, names)]
    _refuse_unfilled(np.isnan(done) & stopped, names, units, periods, labels)
    return Imputed(done, filled, overall, tuple(names))


def fill(x: Floats, how: Impute, group: Groups) -> tuple[Floats, Bools, Bools]:
    """Return a column with its holes filled, which cells were, and which of them from everyone for want of a group.

    Parameters
    ----------
    x
        ``float64[M]``, NaN where missing.
    how
        Options.
    group
        ``intp[M]``.
    """
    holes, estimate = np.isnan(x), np.full(len(x), np.nan)
    if how.method == "constant" and how.value is not None:
        estimate[:] = how.value
    elif how.method.startswith("group_"):
        for g in np.unique(group[holes & (group >= 0)]):
            estimate[group == g] = _centre(x[group == g], how.method)
    elif how.method != "none":
        estimate[:] = _centre(x, how.method)
    overall = np.zeros(len(x), dtype=bool)
    if how.fallback == "overall" and how.method.startswith("group_"):
        overall = holes & np.isnan(estimate)
        estimate[overall] = _centre(x, how.method)
        overall &= ~np.isnan(estimate)
    return np.where(holes, estimate, x), holes & ~np.isnan(estimate), overall


def groups_of_units(how: Impute, units: Sequence[str], labels: Mapping[str, Text] | None) -> Groups:
    """Return the number of each unit's group, −1 for none."""
    group = np.full(len(units), -1, dtype=np.intp)
    if how.grouped and not how.groups:
        raise SpecError("impute_without_groups", where=Where(key="groups"))
    for g, names in enumerate(how.groups.values()):
        inside = members(names, units, labels)
        twice = np.flatnonzero(inside & (group >= 0))
        if twice.size:
            unit, first = units[int(twice[0])], list(how.groups)[int(group[twice[0]])]
            raise SpecError(
                "unit_in_two_groups", where=Where(key="groups"), unit=(labels or {}).get(unit, unit), group=first
            )
        group[inside] = g
    return group


def _centre(x: Floats, method: str) -> float:
    """Return mean or median of what is present; NaN where nothing is."""
    present = x[~np.isnan(x)]
    if not present.size:
        return float("nan")
    return float(present.mean() if method.endswith("mean") else np.median(present))


def _check_names(how: Impute, names: Sequence[str]) -> None:
    for name in how.each:
        if name not in names:
            raise SpecError("treat_unknown", indicator=name, options=listing(names, 40), hint=hint(name, names))


def _refuse_unfilled(
    holes: Bools,
    names: Sequence[str],
    units: Sequence[str],
    periods: Sequence[int],
    labels: Mapping[str, Text] | None,
) -> None:
    cells = np.argwhere(holes)
    if len(cells):
        told = [
            say("word.cell", indicator=names[k], unit=(labels or {}).get(units[n], units[n]), period=periods[t])
            for t, n, k in cells.tolist()
        ]
        t, n, k = cells[0].tolist()
        where = Where(unit=(labels or {}).get(units[n], units[n]), indicator=names[k], period=periods[t])
        raise MethodError("impute_nothing", where=where, count=len(cells), cells=listing(told))
