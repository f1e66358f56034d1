"""Dagum's decomposition of the Gini coefficient: within groups, between them, and where they overlap.

The three parts are those of Dagum (1997, doi:10.1007/BF01205777). The net between part is the Gini coefficient of group
means, and what is left is transvariation (Griffiths 2008): the share of transvariation says nothing beyond G, the part
within and the group means. Pairs of groups cost O(n·k), the totals alone O(n log n).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.errors import listing
from nqpf.frames import as_backend, backend_of
from nqpf.messages import Text
from nqpf.regions.inequality.dagum_tables import Decomposed, by_group, by_pair, totals
from nqpf.regions.inequality.intervals import Asked, Ends, Kind, Resample
from nqpf.regions.inequality.rows import SHOWN, Rows
from nqpf.results import Method, Note, Result

EQUAL = 1e-12
"""Part of the overall mean by which two means may differ and still be the same."""


@dataclass(frozen=True, slots=True)
class DagumResult(Result):
    """A Gini coefficient and its parts.

    Attributes
    ----------
    frame
        A row a year: the year, n, mean, gini = within + between + transvariation, and their shares in it (empty where
        all values are the same); with intervals ``_se``, ``_low`` and ``_high`` of each.
    groups
        A row for each year and group: n, mean, population_share p, value_share s, gini (empty where all of the group
        are zero), within = p·s·gini; with intervals gini_se, gini_low, gini_high.
    pairs
        A row for each year and pair of groups: group_j, group_h, gini = G_jh, affluence = D_jh, d = d_jh, p = p_jh, and
        what the pair adds to the parts: between, transvariation. Empty without pairs.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    groups: pl.DataFrame
    pairs: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def dagum(
    data: Any,
    value: str,
    *,
    group: str,
    by: str | None = None,
    unit: str | None = None,
    weight: str | None = None,
    pairs: bool = True,
    interval: Kind | None = None,
    resample: Resample = "groups",
    draws: int = 999,
    level: float = 0.95,
    ends: Ends = "normal",
    seed: int = 0,
) -> DagumResult:
    """Decompose the Gini coefficient by groups of units.

    Groups are ordered by their means. Equal values count as neither more nor less; groups with the same mean have the
    affluence 0, and all that lies between them is transvariation; a group of one has the Gini coefficient 0.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of values, none negative.
    group
        Column of groups (regions).
    by
        Column of years, each of which is measured by itself. Default: all rows together.
    unit
        Column of units: names a row that is refused, and two rows of a unit in a year are refused.
    weight
        Column of weights (population); they need not sum to 1. Default: all rows weigh the same.
    pairs
        Whether to compare every two groups as well; without, tables with thousands of groups are quick too.
    interval
        ``jackknife``: each row is left out in turn, estimate ± t·se. ``bootstrap``: rows are drawn again.
    resample
        ``groups``: rows stand in for others of their group, whose sizes stay; ``rows``: for any other.
    draws, seed
        Of the bootstrap. A year's interval is the same whatever other years the table has.
    level
        Of the intervals.
    ends
        Of the bootstrap: ``normal``, corrected for the bias that the draws show, or ``percentile``, whose intervals lie
        too low where groups are small.

    Returns
    -------
    DagumResult
        Totals by year, groups, and pairs of groups. Intervals are not cut off at 0 or 1.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, a row has no group, or two rows stand for one unit.
    MethodError
        A value is missing or negative, or all of a year are zero; a weight is missing or negative.
    SpecError
        A word that is no choice, a level that is not between 0 and 1, fewer than 100 draws.

    References
    ----------
    Dagum (1997), A new approach to the decomposition of the Gini income inequality ratio, doi:10.1007/BF01205777.
    Griffiths (2008), On Dagum's decomposition of the Gini coefficient, https://ideas.repec.org/p/mlb/wpaper/1054.html.
    Yitzhaki (1991), Journal of Business & Economic Statistics 9(2), 235–239. Rao and Wu (1988),
    doi:10.1080/01621459.1988.10478591.

    Examples
    --------
    >>> table = {"y": [1.0, 2.0, 3.0, 4.0], "region": ["west", "west", "east", "east"]}
    >>> dagum(table, "y", group="region").frame.select("gini", "within", "between", "transvariation").row(0)
    (0.25, 0.05, 0.2, 0.0)
    """
    asked = Asked(interval, resample, draws, level, seed, ends)
    asked.check()
    rows = Rows.of(data, value, by=by, unit=unit, weight=weight, groups=[group])
    found = [Decomposed.of(year, asked, pairs) for year in rows.years]
    method = Method(
        "regions.dagum", {"value": value, "group": group, "weight": weight, "pairs": pairs, **asked.options()}
    )
    return DagumResult(
        totals(rows, found),
        by_group(rows, found),
        by_pair(rows, found),
        method,
        (*rows.notes(), *rows.small_groups(), *_notes(rows, found, asked)),
        backend_of(data),
    )


def _notes(rows: Rows, found: Sequence[Decomposed], asked: Asked) -> list[Note]:
    """Return remarks on groups: a single one, groups of one, and means that are the same."""
    notes = []
    single = [one.year for one in found if one.weight.size == 1]
    if single:
        notes.append(Note("dagum_one_group", "warning", {"count": len(single), "years": rows.named(single)}))
    alone = {name for one in found for name, n in zip(one.level.names, one.level.count, strict=True) if n == 1}
    if alone and asked.kind is not None and asked.resample == "groups":
        notes.append(Note("dagum_alone", "warning", {"count": len(alone), "groups": listing(sorted(alone), SHOWN)}))
    same = [Text.same(name) for one in found for name in _same_means(one)]
    if same:
        notes.append(Note("dagum_equal_means", "info", {"count": len(same), "pairs": listing(same, SHOWN)}))
    return notes


def _same_means(one: Decomposed) -> list[str]:
    """Return the neighbours by mean that have the same, in words."""
    order = np.argsort(one.mean, kind="stable")
    names, when = one.level.names, "" if one.year.key is None else f" ({one.year.key})"
    near = np.diff(one.mean[order]) <= EQUAL * one.year.mean
    return [f"{names[order[i]]} = {names[order[i + 1]]}{when}" for i in np.flatnonzero(near)]
