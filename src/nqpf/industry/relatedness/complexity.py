"""Complexity of regions and industries, comparable between years where they are measured by one scale of industries.

Hidalgo and Hausmann (2009), doi:10.1073/pnas.0900943106, in the symmetric form; fitness by Tacchella et al. (2012),
doi:10.1038/srep00723; regions on a scale of industries that was found elsewhere: Operti et al. (2018),
doi:10.1371/journal.pone.0197616.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Unpack

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least
from nqpf.industry.relatedness.presence import Having, Presence, Year, presence_of
from nqpf.industry.relatedness.solved import Parts, Solved, Table, remarks, solve_eci, solve_fitness, turned
from nqpf.industry.relatedness.trim import Gone, left_out_frame
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Kind = Literal["eci", "fitness"]

SUMMARY = (
    "regions", "industries", "fill", "origin", "lambda2", "lambda3", "share", "diversity", "ubiquity", "basis", "gap",
    "rounds", "change",
)  # fmt: skip
"""Columns of the table of what was solved, beside time."""


@dataclass(frozen=True, slots=True, eq=False)
class Complexity(Result):
    """Complexity of N regions and K industries in T years.

    Attributes
    ----------
    regions
        A row for each time and unit: ``eci`` (or ``fitness``), ``diversity`` (industries it has), ``mean_ubiquity`` of
        these industries, ``covered`` (share of these industries that have a score; below 1 only with an anchor) and
        ``total`` activity. Null for who is left out.
    industries
        A row for each time and industry: ``pci`` (or ``quality``), ``ubiquity`` (regions that have it),
        ``mean_diversity`` of these regions, ``total`` activity.
    summary
        A row for each table that was solved (its time null where all years are one table): ``regions``,
        ``industries``, ``fill``, and for ECI ``origin``, ``lambda2``, ``lambda3``, ``share`` of λ₂ in all eigenvalues
        but the first, ``diversity`` and ``ubiquity`` (correlations with ECI and PCI), ``basis`` of the sign, ``gap``
        1 − λ₃/λ₂; for fitness ``rounds`` and ``change`` in the last of them.
    left_out
        Who was left out of which year, and why.
    pci, origins
        ``float64[T, K]`` and ``float64[T]``: the scores of industries and the origin they are measured from.
    method, notes, backend
        How they came about, remarks, and the library of the table that was given.
    """

    regions: pl.DataFrame
    industries: pl.DataFrame
    summary: pl.DataFrame
    left_out: pl.DataFrame
    pci: Floats
    origins: Floats
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `regions` as the kind of dataframe that was given."""
        return as_backend(self.regions, self.backend)


def complexity(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    method: Kind = "eci",
    anchor: object = None,
    parts: Parts = "raise",
    rounds: int = 100,
    **having: Unpack[Having],
) -> Complexity:
    """Return how complex regions and industries are, year by year.

    ECI and PCI are the second eigenvector of the table of who has what, averaged over rows and columns in turn. ECI has
    mean 0 and standard deviation 1 (divisor N) over the regions; PCI is in the same unit, so that **the ECI of a region
    is exactly the mean PCI of the industries it has**. (The other way round it takes the eigenvalue: the mean ECI of
    the regions that have an industry is λ₂ PCI + (1 − λ₂) `origin`.) There is one sign for both: ECI rises with
    diversity.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `rca`.
    method
        ``eci`` or ``fitness`` (of a region, and quality of an industry, each of mean 1).
    anchor
        None: each year by itself; then a year's scores tell who is ahead of whom in that year, and cannot be compared
        with another year's. A year of `time`: industries keep their scores of that year, and every region's score is
        the mean (for fitness the sum) of its industries' scores; an industry that is absent in the anchor has none and
        does not count. ``"pooled"``: industries have one score for all years, from all regions and years as one table.
    parts
        What happens if no chain of shared industries connects some regions with the others: ``raise`` an error that
        names the parts, or score the ``largest`` part only.
    rounds
        Rounds of fitness.
    **having
        When a region has an industry, and who is too small: options of `space`.

    Returns
    -------
    Complexity

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a key is missing or comes twice.
    SpecError
        No such word; the anchor is none of the years.
    MethodError
        As `space`; one region or industry; all regions have all industries; parts that nothing connects; a year that
        shares no industry with the anchor.

    References
    ----------
    Hidalgo and Hausmann (2009), doi:10.1073/pnas.0900943106. Tacchella et al. (2012), doi:10.1038/srep00723. Mealy,
    Farmer and Teytelboym (2019), doi:10.1126/sciadv.aau1705.

    Examples
    --------
    >>> table = {"city": list("aaabbc"), "sector": list("xyzxyx"), "jobs": [2, 3, 6, 6, 4, 9]}
    >>> found = complexity(table, "jobs", unit="city", industry="sector")
    >>> found.regions.sort("eci", descending=True)["city"].to_list()
    ['a', 'b', 'c']
    """
    return complexity_on(
        presence_of(data, value, unit, industry, time, having), method=method, anchor=anchor, parts=parts, rounds=rounds
    )


def complexity_on(
    presence: Presence, *, method: Kind = "eci", anchor: object = None, parts: Parts = "raise", rounds: int = 100
) -> Complexity:
    """Return the complexity of regions and industries; options as of `complexity`."""
    choose("method", method, ("eci", "fitness"))
    choose("parts", parts, ("raise", "largest"))
    check_least("rounds", rounds, 1)
    grid = presence.grid
    keys_apart((method, "diversity", "mean_ubiquity", "covered", "total"), unit=grid.unit, time=grid.time)
    keys_apart(("pci", "quality", "ubiquity", "mean_diversity", "total"), industry=grid.industry, time=grid.time)
    keys_apart(SUMMARY, time=grid.time)
    tables = _tables(presence, anchor)
    solved = [solve_eci(t, parts) if method == "eci" else solve_fitness(t, rounds) for t in tables]
    regions, industries, origins, gone = _scores(presence, solved, anchor, method)
    notes = [*presence.notes, *remarks([(t.year, s) for t, s in zip(tables, solved, strict=True)], method)]
    notes += _apart_notes(presence, gone)
    if anchor is not None:
        notes += _absent(presence, industries, anchor)
    elif method == "eci":
        notes += turned(presence.grid.years.to_list(), industries)
    options = {"method": method, "anchor": anchor, **presence.options}
    options |= {"parts": parts} if method == "eci" else {"rounds": rounds}
    return Complexity(
        _region_frame(presence, regions, industries, method),
        _industry_frame(presence, industries, method),
        _summary(presence, tables, solved),
        pl.concat([presence.left_out, left_out_frame(presence.grid, gone)]),
        presence.spread([industries[y.t, y.industries] for y in presence.years], "industry"),
        origins,
        Method("industry.complexity" if method == "eci" else "industry.fitness", options),
        tuple(notes),
        presence.backend,
    )


def _tables(presence: Presence, anchor: object) -> list[Table]:
    """Return the tables to be solved: each year, the anchor's year, or all years one below the other."""
    grid, years = presence.grid, presence.years
    units, industries = grid.units.to_list(), grid.industries.to_list()
    if anchor != "pooled":
        labels = grid.years.to_list()
        if anchor is not None and (grid.time is None or anchor not in labels):
            raise SpecError("anchor_unknown", where=Where(key="anchor"), anchor=anchor,
                            options=listing(labels if grid.time else [], 20))  # fmt: skip
        wanted = years if anchor is None else [years[labels.index(anchor)]]
        return [
            Table(y.m, [units[i] for i in y.units], [industries[k] for k in y.industries], presence.name(y))
            for y in wanted
        ]
    if grid.time is None:
        raise SpecError("anchor_unknown", where=Where(key="anchor"), anchor=anchor, options=listing([]))
    m = np.zeros((sum(y.units.size for y in years), len(grid.industries)), dtype=bool)
    names, start = [], 0
    for y in years:
        m[start : start + y.units.size, y.industries] = y.m
        names += [f"{units[i]} {presence.name(y)}" for i in y.units]
        start += y.units.size
    there = m.any(axis=0)
    return [Table(m[:, there], names, [industries[k] for k in np.flatnonzero(there)], "")]


def _scores(
    presence: Presence, solved: list[Solved], anchor: object, method: Kind
) -> tuple[Floats, Floats, Floats, list[tuple[int, Gone]]]:
    """Return scores of regions ``[T, N]`` and industries ``[T, K]``, origins ``[T]``, and who is apart."""
    grid, years = presence.grid, presence.years
    regions = np.full(grid.values.shape[:2], np.nan)
    industries = np.full((len(years), len(grid.industries)), np.nan)
    gone: list[tuple[int, Gone]] = []
    if anchor is None:
        for year, one in zip(years, solved, strict=True):
            regions[year.t, year.units], industries[year.t, year.industries] = one.regions, one.industries
            gone += _apart(year.t, year.units[one.apart_units], year.industries[one.apart_industries])
        return regions, industries, np.array([one.origin for one in solved]), gone
    one = solved[0]
    if anchor == "pooled":
        known = np.flatnonzero(np.any([np.isin(np.arange(len(grid.industries)), y.industries) for y in years], axis=0))
        first = 0
    else:
        first = grid.years.to_list().index(anchor)
        known = years[first].industries
    industries[:, known] = one.industries
    gone += _apart(first, np.zeros(0, dtype=np.intp), known[one.apart_industries])
    for year in years:
        scores = industries[year.t, year.industries]
        scored = ~np.isnan(scores)
        if not scored.any():
            raise MethodError("anchor_no_overlap", where=Where(period=presence.name(year)), anchor=anchor)
        sums, count = year.m[:, scored] @ scores[scored], year.m[:, scored].sum(axis=1)
        if method == "eci":
            sums = np.divide(sums, count, out=np.full(sums.shape, np.nan), where=count > 0)
        regions[year.t, year.units] = sums
    return regions, industries, np.full(len(years), one.origin), gone


def _apart(t: int, units: NDArray[np.intp], industries: NDArray[np.intp]) -> list[tuple[int, Gone]]:
    sides = (("unit", units), ("industry", industries))
    return [(t, Gone(side, "apart", at, np.full(at.size, np.nan), np.nan)) for side, at in sides if at.size]  # type: ignore[arg-type]


def _apart_notes(presence: Presence, gone: list[tuple[int, Gone]]) -> list[Note]:
    """Return the remark on who is not connected with the largest part."""
    if not gone:
        return []
    frame = left_out_frame(presence.grid, gone)
    names = {
        side: frame.filter(pl.col("side") == side)["name"].unique().sort().to_list() for side in ("unit", "industry")
    }
    values = {"units": len(names["unit"]), "industries": len(names["industry"])}
    return [Note("complexity_parts", "warning", {**values, "names": listing(names["unit"] + names["industry"], 12)})]


def _absent(presence: Presence, industries: Floats, anchor: object) -> list[Note]:
    """Return the remark on industries that some year has and the anchor does not."""
    missing = np.zeros(industries.shape[1], dtype=bool)
    least = 1.0
    for year in presence.years:
        unknown = np.isnan(industries[year.t, year.industries])
        missing[year.industries[unknown]] = True
        least = min(least, float((year.m[:, ~unknown].sum(axis=1) / year.m.sum(axis=1)).min()))
    if not missing.any():
        return []
    names = listing(presence.grid.industries.filter(pl.Series(missing)).to_list(), 12)
    values = {"anchor": anchor, "count": int(missing.sum()), "names": names, "least": least}
    return [Note("anchor_absent", "warning", values)]


def _region_frame(presence: Presence, regions: Floats, industries: Floats, method: Kind) -> pl.DataFrame:
    def each(of: Any) -> Floats:
        return presence.spread([of(y) for y in presence.years], "unit")

    def covered(y: Year) -> Floats:
        scored = ~np.isnan(industries[y.t, y.industries])
        return np.asarray(y.m[:, scored].sum(axis=1) / y.m.sum(axis=1))

    columns = {
        "eci" if method == "eci" else "fitness": regions,
        "diversity": each(lambda y: y.m.sum(axis=1)),
        "mean_ubiquity": each(lambda y: y.m @ y.m.sum(axis=0, dtype=float) / y.m.sum(axis=1)),
        "covered": each(covered),
        "total": each(lambda y: presence.grid.values[y.t][np.ix_(y.units, y.industries)].sum(axis=1)),
    }
    return presence.grid.by_unit(columns).with_columns(pl.col("diversity").cast(pl.Int64))


def _industry_frame(presence: Presence, industries: Floats, method: Kind) -> pl.DataFrame:
    def each(of: Any) -> Floats:
        return presence.spread([of(y) for y in presence.years], "industry")

    columns = {
        "pci" if method == "eci" else "quality": industries,
        "ubiquity": each(lambda y: y.m.sum(axis=0)),
        "mean_diversity": each(lambda y: y.m.sum(axis=1, dtype=float) @ y.m / y.m.sum(axis=0)),
        "total": each(lambda y: presence.grid.values[y.t][np.ix_(y.units, y.industries)].sum(axis=0)),
    }
    return presence.grid.by_industry(columns).with_columns(pl.col("ubiquity").cast(pl.Int64))


def _summary(presence: Presence, tables: list[Table], solved: list[Solved]) -> pl.DataFrame:
    frame = pl.DataFrame([s.figures for s in solved]).with_columns(pl.col(pl.Float64).fill_nan(None))
    if not presence.grid.time:
        return frame
    years = pl.Series(presence.grid.time, [None if t.year == "" else t.year for t in tables], presence.grid.years.dtype)
    return frame.insert_column(0, years)
