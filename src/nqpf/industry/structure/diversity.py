"""How many industries a region rests on, and whether they are of one family: entropy and what it is made of.

Entropy within families of industries is related variety, entropy of the families unrelated variety, and the two add up
to the entropy of industries (Frenken, Van Oort and Verburg 2007, doi:10.1080/00343400601120296). Effective numbers are
those of equal industries that would give the same entropy or Herfindahl index (Hill 1973, doi:10.2307/1934352).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.frames import backend_of
from nqpf.industry.grid import Empty, Integers
from nqpf.industry.labels import keys_apart
from nqpf.industry.structure.activity import Activity, Year, codes_of
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Base = Literal["2", "e"]
COLUMNS = (
    "industries", "entropy", "herfindahl", "effective_entropy", "effective_herfindahl", "hachman", "families",
    "unrelated", "related",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Variety:
    """Entropy of structures and its two parts, each ``float64[n]``, in natural units."""

    entropy: Floats
    unrelated: Floats
    related: Floats


def entropy(shares: Floats) -> Floats:
    """Return Σ s ln(1/s) of rows that sum to 1, 0·ln 0 being 0.

    Examples
    --------
    >>> entropy(np.array([[0.5, 0.5, 0.0]])).round(4).tolist()
    [0.6931]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(-np.where(shares > 0, shares * np.log(shares), 0.0).sum(axis=1))


def variety(shares: Floats, family: Integers, families: int) -> Variety:
    """Return related and unrelated variety.

    Parameters
    ----------
    shares
        ``float64[n, k]``, rows summing to 1.
    family
        ``int[k]`` family of each industry.
    families
        How many there are.
    """
    sums = np.zeros((len(shares), families))
    for g in range(families):
        sums[:, g] = shares[:, family == g].sum(axis=1)
    own = np.take(sums, family, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(shares > 0, shares * np.log(own / shares), 0.0).sum(axis=1)
    return Variety(entropy(shares), entropy(sums), np.asarray(within))


def diversity(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    parent: str | None = None,
    base: Base = "2",
    whole: Any = None,
    empty: Empty = "raise",
) -> TableResult:
    """Measure how diverse the industries of each region are.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity.
    value
        Column of activity, none negative; only shares of a region count.
    unit, industry, time
        Columns of regions, industries and years; each year is measured by itself.
    parent
        Column of the family (two-digit class, division) that an industry belongs to, the same in all its rows. Default:
        related and unrelated variety are not measured.
    base
        Of the logarithms in entropies: ``2`` (bits, as Frenken, Van Oort and Verburg) or ``e``.
    whole
        Label of the unit that stands for the whole in the Hachman index. Default: the sum of the regions.
    empty
        ``raise``, or ``drop`` to leave out of a year regions and industries without any activity in it.

    Returns
    -------
    TableResult
        A row for each year and region: industries (that it has), entropy, herfindahl, effective_entropy exp(entropy),
        effective_herfindahl 1/Σs², hachman 1/Σ(s²/s_whole), 1 where the region is made up like the whole; with
        `parent` families, unrelated and related, which add up to entropy.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number, an industry without a family or with two.
    MethodError
        A negative value, a region or industry without activity, fewer than two industries.
    SpecError
        A word that is no choice, no unit called `whole`.

    References
    ----------
    Frenken, Van Oort and Verburg (2007), doi:10.1080/00343400601120296. Hill (1973), doi:10.2307/1934352. The Hachman
    index as in the R package EconGeo, https://search.r-project.org/CRAN/refmans/EconGeo/html/hachman.html.

    Examples
    --------
    >>> table = {"r": ["a"] * 4, "i": ["p", "q", "s", "t"], "v": [1.0] * 4, "of": ["x", "x", "y", "y"]}
    >>> found = diversity(table, "v", unit="r", industry="i", parent="of").frame
    >>> found.select("entropy", "unrelated", "related", "effective_entropy").row(0)
    (2.0, 1.0, 1.0, 4.0)
    """
    choose("base", base, get_args(Base))
    keys_apart(COLUMNS, unit=unit, time=time)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty, whole=whole)
    families = codes_of(data, industry, parent, activity.grid.industries) if parent else None
    years, notes = activity.years(least=1)
    unit_of = float(np.log(2)) if base == "2" else 1.0
    parts = []
    for year in years:
        if len(year.industries) < 2:
            raise MethodError("diversity_one", where=Where(period=activity.grid.years[year.t]))
        columns = _measures(year, unit_of)
        if families is not None:
            family = families[1][year.industries]
            found = variety(year.shares, family, len(families[0]))
            columns["families"] = _families(year, family, len(families[0]))
            columns |= {"unrelated": found.unrelated / unit_of, "related": found.related / unit_of}
        parts.append((activity.unit_keys(year), columns))
    options = {"value": value, "parent": parent, "base": base, "whole": whole, "empty": empty}
    frame = activity.frame(parts, [year.t for year in years])
    return TableResult(frame, Method("industry.diversity", options), notes, backend_of(data))


def _measures(year: Year, unit_of: float) -> dict[str, NDArray[Any]]:
    shares = year.shares
    natural = entropy(shares)
    herfindahl = (shares**2).sum(axis=1)
    return {
        "industries": (year.x > 0).sum(axis=1),
        "entropy": natural / unit_of,
        "herfindahl": herfindahl,
        "effective_entropy": np.exp(natural),
        "effective_herfindahl": 1 / herfindahl,
        "hachman": 1 / (shares**2 / year.whole_shares).sum(axis=1),
    }


def _families(year: Year, family: Integers, families: int) -> NDArray[np.intp]:
    """Return how many families each region has."""
    has = np.zeros((len(year.x), families), dtype=bool)
    for g in range(families):
        has[:, g] = (year.x[:, family == g] > 0).any(axis=1)
    return np.asarray(has.sum(axis=1))
