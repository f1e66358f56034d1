"""Which observations are compared with which: one frontier for each set of years that a technology is spanned by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Integers, Technology


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Observations that are compared with one frontier.

    Attributes
    ----------
    years
        Positions of the years that span it.
    at
        ``int[U]`` rows that are compared.
    reference
        ``int[n]`` rows that span it, rising.
    own
        ``int[U]`` position of each compared row in `reference`, −1 where it is not there.
    """

    years: range
    at: Integers
    reference: Integers
    own: Integers


def frontiers(
    observed: Observed, technology: Technology, spanned: Bools | None = None, compared: Bools | None = None
) -> list[Frontier]:
    """Return the frontiers that complete observations are compared with; of years without one there is none.

    Parameters
    ----------
    observed
        The observations.
    technology
        Says which years span the frontier of a year.
    spanned, compared
        ``bool[R]`` rows that may span a frontier, and rows that are compared with one; None: all that are complete.
    """
    spanning = observed.complete if spanned is None else observed.complete & spanned
    asking = observed.complete if compared is None else observed.complete & compared
    periods = len(observed.periods)
    by_years: dict[range, list[int]] = {}
    for t in range(periods):
        years = technology.years(t, periods)
        if len(years):
            by_years.setdefault(years, []).append(t)
    found = []
    for years, of in by_years.items():
        at = np.flatnonzero(asking & np.isin(observed.t, of))
        reference = np.flatnonzero(spanning & np.isin(observed.t, years))
        if at.size and reference.size:
            found.append(Frontier(years, at, reference, own_among(reference, at)))
    return found


def own_among(reference: Integers, at: Integers) -> Integers:
    """Return the position of each row `at` among the rising rows `reference`, −1 where it is not there."""
    place = np.minimum(np.searchsorted(reference, at), reference.size - 1)
    return np.where(reference[place] == at, place, -1)
