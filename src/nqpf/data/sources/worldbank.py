"""World Bank databases through ``wbgapi`` (extra ``worldbank``): World Development Indicators unless another is named.

The vintage is the day on which the Bank says the database was last updated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from nqpf.data.sources.base import TIMEOUT, Loaded, Query, asking, failure, fetched
from nqpf.data.sources.store import Reply, Store
from nqpf.errors import DataError, SpecError, Where
from nqpf.messages import Text, say
from nqpf.results import Note

ADDRESS = "https://api.worldbank.org/v2"
PAGE = "https://databank.worldbank.org"
WDI = 2
MEASURE = re.compile(r"\(([^()]*)\)\s*$")
"""The unit of measure at the end of a series' title: ``GDP (current US$)``."""


def load(query: Query, store: Store, *, database: int = WDI, client: Any = None) -> Loaded:
    """Return series of a World Bank database.

    Parameters
    ----------
    query
        Series by their World Bank ids, e.g. ``GB.XPD.RSDV.GD.ZS``.
    store
        Replies kept on disk.
    database
        Number of the database: 2 World Development Indicators, 3 Worldwide Governance Indicators, ….
    client
        ``wbgapi`` or what speaks like it.

    Raises
    ------
    SpecError
        ``wbgapi`` is not installed and no reply is kept.
    DataError
        The Bank has no such series, refuses or cannot be reached.
    """
    provider = say("source.worldbank")
    rows: list[dict[str, Any]] = []
    replies: list[Reply] = []
    notes: list[Note] = []
    titles: dict[str, str] = {}
    wanted = sorted(query.codes().values()) or "all"
    for name, series in query.series.items():
        request: dict[str, Any] = {
            "name": series,
            "address": f"{ADDRESS}/sources/{database}/series/{series}",
            "units": wanted,
            "periods": list(query.periods) if query.periods is not None else "all",
        }
        reply = store.get("worldbank", request, partial(_ask, request, database, client, provider), ".json")
        content = json.loads(reply.content)
        found, note = _rows(content, name, series, reply)
        rows += found
        notes.append(note)
        replies.append(reply)
        titles[name] = str(note.values["title"])
    return Loaded(rows, replies, tuple(notes), titles, {"database": database})


def _ask(request: dict[str, Any], database: int, client: Any, provider: Text) -> bytes:
    """Return rows, title of the series and state of the database as the client hands them over."""
    bank = client if client is not None else _client()
    series, units, periods = request["name"], request["units"], request["periods"]
    try:
        with asking(provider, request["address"], PAGE), _hurried(bank):
            found = bank.data.fetch(series, units, _years(periods), labels=True, db=database)
            content = {"rows": list(found), "source": dict(bank.source.get(database))}
    except (bank.APIError, ValueError) as error:
        if status := getattr(error, "code", None):
            raise failure(provider, request["address"], PAGE, status, str(error)) from error
        # The Bank answers a wrong id with a message, or with XML that the client cannot read.
        reason = str(error)[:200]
        raise DataError("source_has_no_series", provider=provider, series=series, reason=reason, page=PAGE) from error
    return json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True).encode()


@contextmanager
def _hurried(bank: Any) -> Iterator[None]:
    """Let the client, which would wait for ever, give up after a while; its options are put back afterwards."""
    before = dict(getattr(bank, "get_options", {}))
    bank.get_options = {"timeout": TIMEOUT} | before
    try:
        yield
    finally:
        bank.get_options = before


def _years(periods: Sequence[int] | str) -> Sequence[int] | str:
    return periods if isinstance(periods, str) else [int(p) for p in periods]


def _year(time: Any, series: str) -> int:
    if not str(time).isdigit():
        raise DataError("not_a_year", where=Where(indicator=series), value=time)
    return int(time)


def _client() -> Any:
    try:
        import wbgapi  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        raise SpecError("extra_needed", package="wbgapi", extra="worldbank") from None
    return wbgapi


def _rows(content: dict[str, Any], name: str, series: str, reply: Reply) -> tuple[list[dict[str, Any]], Note]:
    about = content["source"]
    source = f"World Bank, {about['name']}" if about.get("name") else "World Bank"
    vintage = about.get("lastupdated") or reply.day
    found = content["rows"]
    title = str(found[0]["series"]["value"]) if found else series
    measure = MEASURE.search(title)
    fixed = {
        "indicator": name,
        "measure": measure[1] if measure else None,
        "source": source,
        "vintage": vintage,
        "file": reply.file,
    }
    rows = [
        fixed
        | {
            "unit": row["economy"]["value"],
            "code": row["economy"]["id"],
            "total": row["economy"]["aggregate"],
            "period": _year(row["time"]["value"], series),
            "value": row["value"],
        }
        for row in found
    ]
    return rows, fetched(name, title, source, vintage, reply)
