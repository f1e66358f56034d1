"""What all loaders share: the question, the exchange with a provider, and the tidy rows that come of its reply.

The vintage of a series is the date its provider states, else the day it was fetched.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from nqpf.data import places as gazette
from nqpf.data.panel import TIDY
from nqpf.data.places.names import clean, gazetteer
from nqpf.data.read import Reading
from nqpf.data.sources.store import Reply
from nqpf.errors import DataError, Where, hint, listing
from nqpf.messages import Text
from nqpf.results import Method, Note

HEADERS = {"User-Agent": "nqpf (statistics for research)", "Accept": "application/json, */*"}
TIMEOUT = 60.0
REFUSALS = (401, 403, 405, 412, 429, "HTML")
"""HTTP states by which a provider refuses a program or asks it to come back later; a page for people says the same."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is wanted of a provider.

    Attributes
    ----------
    series
        The provider's id of each series, by the name it is to have.
    periods
        Years, ascending; None for all there are.
    units
        Names or codes of places; None for all there are.
    places
        Scheme of places the provider's areas belong to, or ``none``.
    """

    series: Mapping[str, str]
    periods: tuple[int, ...] | None
    units: tuple[str, ...] | None
    places: str

    def codes(self) -> dict[str, str]:
        """Return the code of each unit that is wanted; totals keep the name they were given."""
        if not self.units or self.places == "none":
            return {u: u for u in self.units or ()}
        known = gazette.resolve(self.units, self.places)
        return {u: known[u].code if u in known else u for u in self.units}


def send_request(request: urllib.request.Request) -> bytes:
    """Return what an address answers; the standard library's proxies and certificates apply."""
    with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:  # the callers' addresses are https constants
        content: bytes = reply.read()
    return content


@contextmanager
def asking(provider: Text, address: str, page: str) -> Iterator[None]:
    """Turn a failed exchange into an error that says what to do instead.

    Parameters
    ----------
    provider
        Name of the provider.
    address
        What was asked.
    page
        Where a person can export the same figures by hand.

    Raises
    ------
    DataError
        The provider refused, or could not be reached.
    """
    try:
        yield
    except OSError as error:
        reply = getattr(error, "response", None)
        status = getattr(error, "code", None) or getattr(reply, "status_code", None)
        reason = str(getattr(error, "reason", None) or error)
        raise failure(provider, address, page, status, reason) from error


def failure(provider: Text, address: str, page: str, status: int | str | None, reason: str) -> DataError:
    """Return the error for a provider that refused (by one of `REFUSALS`) or did not answer."""
    where = Where(file=address)
    if status in REFUSALS:
        return DataError("source_refused", where=where, provider=provider, status=status, page=page)
    return DataError("source_unreachable", where=where, provider=provider, reason=reason[:200], page=page)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a provider's reply holds, before its areas are known as places.

    Attributes
    ----------
    rows
        One a cell, by the columns of `TIDY`; ``code`` is the provider's code of the area, ``unit`` its name, and
        ``total`` (True, False or absent) what the provider says of its being an aggregate.
    replies
        The replies they were read from.
    notes
        What was understood.
    titles
        The provider's title of each series, by its name.
    options
        What else the loader was asked for.
    """

    rows: Sequence[Mapping[str, Any]]
    replies: Sequence[Reply]
    notes: tuple[Note, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def gather(loaded: Loaded, query: Query, source: str) -> Reading:
    """Return rows as a reading: places known by their codes, aggregates set apart.

    Raises
    ------
    DataError
        There is no row; two rows stand for one area, year and series.
    """
    schema = TIDY | {"total": pl.Boolean}
    frame = pl.DataFrame([{k: r.get(k) for k in schema} for r in loaded.rows], schema=schema)
    if query.periods is not None:
        frame = frame.filter(pl.col("period").is_in(query.periods))
    frame, labels, notes = _placed(frame, query)
    if not frame.height:
        raise DataError("source_has_nothing", series=listing(query.series.values()), source=source)
    _refuse_twins(frame)
    apart, units = frame.filter("total").select(list(TIDY)), frame.filter(~pl.col("total")).select(list(TIDY))
    if apart.height:
        names = listing(apart["unit"].unique(maintain_order=True))
        notes.append(Note("totals_apart", "info", {"rows": apart.height, "units": names}))
    options = {
        "source": source,
        "series": dict(query.series),
        "periods": list(query.periods) if query.periods is not None else None,
        "units": list(query.units) if query.units is not None else None,
        "retrieved": sorted({r.retrieved for r in loaded.replies}),
        "sha256": [r.sha256 for r in loaded.replies],
        **loaded.options,
    }
    titles = {name: Text.same(title) for name, title in loaded.titles.items()}
    return Reading(units, apart, labels, (*loaded.notes, *notes), Method("fetch", options), titles)


def _placed(frame: pl.DataFrame, query: Query) -> tuple[pl.DataFrame, dict[str, Text], list[Note]]:
    """Give areas the codes of places; what is no place and is not said to be one is set apart as a total."""
    areas = frame.unique("code", keep="first", maintain_order=True).select("code", "unit", "total")
    labels: dict[str, Text] = {}
    codes: dict[str, str] = {}
    totals: dict[str, bool] = {}
    strangers: list[str] = []
    for area, name, stated in areas.iter_rows():
        place = _place(area, query.places) or _place(name, query.places)
        known_total = query.places != "none" and (
            gazette.is_total(area, query.places) or gazette.is_total(name, query.places)
        )
        stranger = place is None and not known_total and stated is None and query.places != "none"
        totals[area] = bool(stated) or (place is None and known_total) or stranger
        codes[area] = place.code if place and not totals[area] else area
        if stranger:
            strangers.append(name or area)
        elif not totals[area]:
            labels[codes[area]] = place.title if place else Text.same(name or area)
    frame = frame.with_columns(
        pl.col("code").replace_strict(totals, return_dtype=pl.Boolean).alias("total"),
        pl.col("code").replace(codes),
        pl.coalesce("unit", "code").alias("unit"),
    )
    notes = [Note("areas_apart", "warning", {"areas": listing(strangers, 20)})] if strangers else []
    if query.units is not None:
        wanted = query.codes()
        present = set(frame["code"]) | set(frame["unit"])
        frame = frame.filter(pl.col("code").is_in(list(wanted.values())) | pl.col("unit").is_in(list(wanted)))
        absent = [u for u, c in wanted.items() if c not in present and u not in present]
        notes += [Note("units_absent", "warning", {"units": listing(absent, 20)})] if absent else []
    kept = set(frame["code"])
    return frame, {code: label for code, label in labels.items() if code in kept}, notes


def _place(name: str | None, scheme: str) -> gazette.Place | None:
    if name is None or scheme == "none":
        return None
    known = gazetteer(scheme)
    found = known.codes.get(clean(name), ())
    return known.places[found[0]] if len(found) == 1 else None


def _refuse_twins(frame: pl.DataFrame) -> None:
    keys = ["code", "period", "indicator"]
    twice = frame.filter(pl.struct(keys).is_duplicated())
    if twice.height:
        first = twice.row(0, named=True)
        same = twice.filter(pl.all_horizontal(pl.col(k) == first[k] for k in keys))
        where = Where(file=first["file"], unit=first["unit"], period=first["period"], indicator=first["indicator"])
        raise DataError("duplicate_cell", where=where, cells=listing(same["value"]), count=twice.height - 1)


def fetched(series: str, title: str, source: str, vintage: str, reply: Reply) -> Note:
    """Return the note that says what a series is and where its figures come from."""
    values = {"series": series, "title": title, "source": source, "vintage": vintage, "sha256": reply.sha256[:12]}
    return Note("fetched", "info", values | {"retrieved": reply.day})


def choose(name: str, options: Mapping[str, Any], code: str, **values: Any) -> Any:
    """Return the option of this name (blanks aside), else raise a DataError that lists what there is."""
    bare = {re.sub(r"\s+", "", key): value for key, value in options.items()}
    wanted = re.sub(r"\s+", "", name)
    if wanted in bare:
        return bare[wanted]
    near = hint(wanted, bare)
    raise DataError(code, name=name, options=listing(options, 40), hint=near, **values)
