"""OECD, Eurostat, ILO and UNESCO through ``sdmx1`` (extra ``sdmx``), which speaks SDMX with each of them.

A series is written ``FLOW/KEY``: the data flow, and the provider's own key of dimensions between dots, as the address
of a query in its data explorer shows it. What comes back is kept as the provider's XML. The key must leave only area
and year open; where it leaves more, an error says which dimensions still take several values.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from nqpf.data.sources.base import TIMEOUT, Loaded, Query, asking, fetched
from nqpf.data.sources.store import Reply, Store
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.messages import Text, say
from nqpf.results import Note


class Provider(NamedTuple):
    """A provider: its name, the client's id of it, and the page on which a person finds the same figures."""

    title: Text
    client: str
    page: str


PROVIDERS: Mapping[str, Provider] = {
    "oecd": Provider(say("source.oecd"), "OECD", "https://data-explorer.oecd.org"),
    "eurostat": Provider(say("source.eurostat"), "ESTAT", "https://ec.europa.eu/eurostat/data/database"),
    "ilo": Provider(say("source.ilo"), "ILO", "https://ilostat.ilo.org/data/"),
    "unesco": Provider(say("source.unesco"), "UNESCO", "https://databrowser.uis.unesco.org"),
}

AREA = ("REF_AREA", "GEO", "LOCATION", "COUNTRY")
TIME = ("TIME_PERIOD", "TIME")
MEASURE = ("UNIT_MEASURE", "UNIT", "UNIT_TYPE")
MULTIPLE = ("UNIT_MULT", "UNIT_MULTIPLIER")
STATUS = ("OBS_STATUS", "OBS_FLAG")
NORMAL = ("A", "")
"""Codes of an observation that is what it seems; others (estimated, provisional, break) are kept as its note."""


def loader(name: str) -> Callable[..., Loaded]:
    """Return the loader of one provider."""

    def load(query: Query, store: Store, *, client: Any = None) -> Loaded:
        return _load(name, query, store, client)

    return load


def _load(name: str, query: Query, store: Store, session: Any) -> Loaded:
    """Return series of one SDMX provider.

    Parameters
    ----------
    name
        Provider, a key of `PROVIDERS`.
    query
        Series as ``FLOW/KEY``.
    store
        Replies kept on disk.
    session
        A ``requests.Session`` in place of the client's own.

    Raises
    ------
    SpecError
        ``sdmx1`` is not installed; a series is not written ``FLOW/KEY``.
    DataError
        The provider refuses or cannot be reached; the key leaves more open than area and year; a period is no year.
    """
    sdmx, provider = _library(), PROVIDERS[name]
    rows: list[dict[str, Any]] = []
    replies: list[Reply] = []
    notes: list[Note] = []
    for title, series in query.series.items():
        flow, _, key = series.partition("/")
        if not (flow and key):
            raise SpecError("series_not_flow_and_key", series=series)
        request = {"name": flow, "address": provider.page, "series": series, **_span(query)}
        send = _sender(sdmx, provider, flow, key, _span(query), session)
        reply = store.get(name, request, send, ".xml")
        found, note = _rows(sdmx, reply, title, flow, provider.title)
        rows += found
        notes.append(note)
        replies.append(reply)
    return Loaded(rows, replies, tuple(notes))


def _span(query: Query) -> dict[str, str]:
    return {"startPeriod": str(query.periods[0]), "endPeriod": str(query.periods[-1])} if query.periods else {}


def _library() -> Any:
    try:
        import sdmx  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        raise SpecError("extra_needed", package="sdmx1", extra="sdmx") from None
    return sdmx


def _sender(
    sdmx: Any, provider: Provider, flow: str, key: str, span: dict[str, str], session: Any
) -> Callable[[], bytes]:
    """Return what asks the provider and gives back its reply as it came."""

    def send() -> bytes:
        own = {"session": session} if session is not None else {"timeout": TIMEOUT}
        client = sdmx.Client(provider.client, **own)
        with asking(provider.title, client.source.url, provider.page), _quiet():
            content: bytes = client.get("data", flow, key=key, params=span).response.content
        return _unpacked(content)

    return send


def _unpacked(content: bytes) -> bytes:
    """Return the one file of an archive, in which Eurostat sends large replies."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the client from remarking that it reads data without their structure, which is not needed here."""
    log = logging.getLogger("sdmx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _rows(sdmx: Any, reply: Reply, title: str, flow: str, provider: Text) -> tuple[list[dict[str, Any]], Note]:
    with _quiet():
        message = sdmx.read_sdmx(io.BytesIO(reply.content))
    stated = getattr(message.header, "prepared", None)
    vintage = stated.date().isoformat() if stated else reply.day
    source = f"{provider.en}, {flow}"
    cells = [_cell(observation) for data in message.data for observation in data.obs]
    _refuse_open_key(cells, title)
    fixed = {"indicator": title, "source": source, "vintage": vintage, "file": reply.file}
    rows = [
        fixed
        | {
            "code": _first(cell, AREA),
            "period": _year(_first(cell, TIME), title),
            "value": _number(cell["VALUE"]),
            "measure": _measure(cell),
            "note": _status(cell),
        }
        for cell in cells
    ]
    return rows, fetched(title, flow, source, vintage, reply)


def _cell(observation: Any) -> dict[str, str | None]:
    """Return an observation's dimensions and attributes in capitals, with its value."""
    found = {str(k).upper(): str(v.value) for k, v in observation.attrib.items()}
    found |= {str(k).upper(): str(v.value) for k, v in observation.key.values.items()}
    return found | {"VALUE": observation.value}


def _first(cell: Mapping[str, str | None], names: Sequence[str]) -> str | None:
    return next((cell[n] for n in names if n in cell), None)


def _refuse_open_key(cells: Sequence[Mapping[str, str | None]], title: str) -> None:
    """Refuse cells that differ in more than area and year."""
    seen: dict[tuple[str | None, str | None], Mapping[str, str | None]] = {}
    for cell in cells:
        place = _first(cell, AREA), _first(cell, TIME)
        other = seen.setdefault(place, cell)
        if other is not cell:
            free = [k for k in cell if k != "VALUE" and k not in STATUS and cell[k] != other.get(k)]
            shown = [f"{k}: {', '.join(sorted({str(c.get(k)) for c in cells})[:6])}" for k in free]
            where = Where(unit=place[0], period=place[1], indicator=title)
            raise DataError("series_key_open", where=where, dimensions=listing(shown))


def _year(period: str | None, title: str) -> int:
    if period is None or not period.isdigit():
        raise DataError("not_a_year", where=Where(indicator=title), value=period or "")
    return int(period)


def _number(value: Any) -> float | None:
    number = float(value) if value not in (None, "") else float("nan")
    return number if number == number else None


def _measure(cell: Mapping[str, str | None]) -> str | None:
    measure, multiple = _first(cell, MEASURE), _first(cell, MULTIPLE)
    if multiple in (None, "", "0"):
        return measure
    return f"10^{multiple} {measure or ''}".strip()


def _status(cell: Mapping[str, str | None]) -> str | None:
    status = _first(cell, STATUS)
    return None if status is None or status in NORMAL else f"{STATUS[0]} {status}"
