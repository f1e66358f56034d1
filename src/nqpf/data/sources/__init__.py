"""Official sources behind one call: ``fetch("worldbank", "NY.GDP.MKTP.CD", periods=range(2010, 2024))``.

World Bank (``wbgapi``), OECD, Eurostat, ILO and UNESCO by SDMX (``sdmx1``), the Penn World Table's file, and the
National Bureau of Statistics of China (exported files first). Replies are kept where `cache` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nqpf.data.read import Reading
from nqpf.data.sources import nbs, pwt, sdmx, worldbank
from nqpf.data.sources.base import Loaded, Query, gather
from nqpf.data.sources.store import Store
from nqpf.errors import SpecError, hint, listing

__all__ = ["SOURCES", "fetch"]

Loader = Callable[..., Loaded]

SOURCES: Mapping[str, tuple[Loader, str]] = {
    "worldbank": (worldbank.load, "countries"),
    **{name: (sdmx.loader(name), "countries") for name in sdmx.PROVIDERS},
    "pwt": (pwt.load, "countries"),
    "nbs": (nbs.load, "provinces"),
}
"""Loader of each source, and the scheme its areas belong to."""


def fetch(
    source: str,
    series: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    periods: Iterable[int] | None = None,
    units: Iterable[str] | None = None,
    cache: Path | str | None = None,
    refresh: bool = False,
    places: str | None = None,
    **options: Any,
) -> Reading:
    """Fetch series from an official source as tidy rows.

    Parameters
    ----------
    source
        ``worldbank``, ``oecd``, ``eurostat``, ``ilo``, ``unesco``, ``pwt`` or ``nbs``.
    series
        Ids of the series in the provider's own words, or a mapping of the names they are to have to those ids:
        ``NY.GDP.MKTP.CD`` (World Bank), ``FLOW/KEY`` (SDMX, for example
        ``OECD.STI.STP,DSD_MSTI@DF_MSTI,1.3/CHN+USA.A.G.PT_B1GQ..``), ``rgdpna`` (Penn World Table),
        ``国民经济核算 > 地区生产总值 > 地区生产总值`` (National Bureau of Statistics). None takes every series of a
        local file.
    periods
        Years; None for all.
    units
        Names or codes of places; None for all.
    cache
        Folder in which replies are kept, as they came, with date and SHA-256; a kept reply is used without a network.
    refresh
        Ask again even where a reply is kept.
    places
        ``countries``, ``provinces`` or ``none``; default: what the source's areas are.
    **options
        ``path``, ``version``, ``sha256`` (Penn World Table); ``path``, ``database``, ``pause`` (National Bureau of
        Statistics); ``database`` (World Bank); ``client``: what speaks to the provider in place of the usual client.

    Returns
    -------
    Reading
        Tidy rows with source and vintage; aggregates (World, OECD, 全国) set apart as totals.

    Raises
    ------
    SpecError
        No such source; no series is named.
    DataError
        The provider refuses, cannot be reached or has no such series; a kept reply is damaged.

    Examples
    --------
    >>> fetch("worldbank", "SP.POP.TOTL", periods=[2020], cache="cache")  # doctest: +SKIP
    """
    if source not in SOURCES:
        raise SpecError("unknown_source", name=source, options=listing(SOURCES), hint=hint(source, SOURCES))
    load, scheme = SOURCES[source]
    if series is None:
        if options.get("path") is None:
            raise SpecError("no_series_named", source=source)
        series = ()
    named = {series: series} if isinstance(series, str) else series
    wanted = dict(named) if isinstance(named, Mapping) else {s: s for s in named}
    years = tuple(sorted({int(p) for p in periods})) if periods is not None else None
    places = places or scheme
    query = Query(wanted, years, tuple(str(u) for u in units) if units is not None else None, places)
    store = Store(Path(cache) if cache is not None else None, refresh)
    return gather(load(query, store, **options), query, source)
