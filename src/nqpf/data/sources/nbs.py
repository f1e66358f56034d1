"""National Bureau of Statistics of China: files exported by hand first, the site's own service as an option.

``path`` reads exported files as `nqpf.read` does. Without it the service behind data.stats.gov.cn (the site of 2026)
is asked slowly: catalogue, indicators and areas are looked up by name, then one indicator is taken for all areas at a
time. The site often refuses programs; the error then says how to export the table by hand.
"""

from __future__ import annotations

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nqpf.data.read import read
from nqpf.data.sources.base import HEADERS, Loaded, Query, asking, choose, failure, fetched, send_request
from nqpf.data.sources.store import Reply, Store
from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.messages import Text, say
from nqpf.results import Note

PAGE = "https://data.stats.gov.cn/dg/website/page.html"
BASE = "https://data.stats.gov.cn/dg/website/publicrelease/web/external/"
TREE, INDICATORS = "new/queryIndexTreeAsync", "new/queryIndicatorsByCid"
AREA_GROUPS, AREAS = "getDaCatalogTreeByIndicatorCid", "getDasByDaCatalogId"
FIGURES = ("stream/esData", "getEsDataByCidAndDt")
"""Where figures are asked for: the address in use since autumn 2026, then the one before it."""

ANNUAL = {
    3: say("nbs.database.nation"),
    6: say("nbs.database.provinces"),
    8: say("nbs.database.cities"),
    10: say("nbs.database.sars"),
}
"""Databases of years, by their number on the site."""

NATION = ({"text": "全国", "value": "000000000000"},)
DONE = 20000
SEVERAL_AREAS = "3"
"""The site's way of showing one indicator for several areas."""

ID = re.compile(r"[0-9a-f]{32}")
UNIT = re.compile(r"\s*[（(]([^（）()]*)[）)]\s*$")


@dataclass(slots=True)
class Site:
    """The service, asked one question at a time.

    Attributes
    ----------
    store
        Replies kept on disk.
    send
        Sends a request.
    pause
        Seconds between two questions.
    replies
        What came back so far.
    """

    store: Store
    send: Callable[[urllib.request.Request], bytes] = send_request
    pause: float = 1.0
    replies: list[Reply] = field(default_factory=list)
    _last: float = 0.0

    def ask(self, path: str, values: Mapping[str, Any], *, post: bool = False) -> Any:
        """Return what the service holds under ``data``.

        Raises
        ------
        DataError
            The service refuses, cannot be reached, or answers with anything but its sign of success.
        """
        address = BASE + path + ("" if post else "?" + urllib.parse.urlencode(values))
        request = {"name": path.rpartition("/")[2], "address": BASE + path, "values": dict(values)}
        reply = self.store.get("nbs", request, lambda: self._send(address, values if post else None), ".json")
        self.replies.append(reply)
        return _data(reply, address)

    def _send(self, address: str, body: Mapping[str, Any] | None) -> bytes:
        time.sleep(max(0.0, self._last + self.pause - time.monotonic()))
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = HEADERS | {"Referer": PAGE} | ({"Content-Type": "application/json;charset=UTF-8"} if body else {})
        try:
            with asking(say("source.nbs"), address, PAGE):
                raw = self.send(urllib.request.Request(address, content, headers))
        finally:
            self._last = time.monotonic()
        _data(Reply(raw, "", "", address, False), address)  # a refusal is not worth keeping
        return raw

    def figures(self, values: Mapping[str, Any]) -> Any:
        """Return figures, from the older address where the newer one is not there."""
        try:
            return self.ask(FIGURES[0], values, post=True)
        except DataError as error:
            if getattr(error.__cause__, "code", None) != 404:
                raise
            return self.ask(FIGURES[1], values, post=True)


def _data(reply: Reply, address: str) -> Any:
    try:
        content = json.loads(reply.content)
        state = content["state"]
    except (ValueError, KeyError, TypeError):
        # Its firewall answers with a page for people, and with the state of success.
        raise failure(say("source.nbs"), address, PAGE, "HTML", "") from None
    if state != DONE:
        raise failure(say("source.nbs"), address, PAGE, None, f"{state} {content.get('message') or ''}".strip())
    return content["data"]


def load(
    query: Query,
    store: Store,
    *,
    path: Path | str | Sequence[Path | str] | None = None,
    database: int = 6,
    pause: float = 1.0,
    client: Callable[[urllib.request.Request], bytes] | None = None,
) -> Loaded:
    """Return series of the National Bureau of Statistics.

    Parameters
    ----------
    query
        Series as the site's catalogue shows them, ``国民经济核算 > 地区生产总值 > 地区生产总值``, or with ids in place
        of names; of exported files, the indicators' names, or none for all.
    store
        Replies kept on disk.
    path
        Exported files.
    database
        Number of the site's database of years: 3 the nation, 6 provinces, 8 main cities, 10 Hong Kong, Macao, Taiwan.
    pause
        Seconds between two questions.
    client
        Sends a request, in place of the standard library.

    Raises
    ------
    SpecError
        No years are named; the database is none of years.
    DataError
        The catalogue has no such entry; the site refuses or cannot be reached.
    """
    if path is not None:
        return _from_files(query, path)
    if database not in ANNUAL:
        options = listing(Text(f"{n} {title.zh}", f"{n} {title.en}") for n, title in ANNUAL.items())
        raise SpecError("bad_choice", where=Where(key="database"), value=database, options=options, hint="")
    if query.periods is None:
        raise SpecError("periods_needed", provider=say("source.nbs"))
    site = Site(store, client or send_request, pause)
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    titles: dict[str, str] = {}
    for name, series in query.series.items():
        found, note = _series(site, query, name, series, database)
        rows += found
        notes.append(note)
        titles[str(note.values["series"])] = UNIT.sub("", str(note.values["title"]))
    return Loaded(rows, site.replies, tuple(notes), titles, {"database": database})


def _from_files(query: Query, path: Path | str | Sequence[Path | str]) -> Loaded:
    table = read(path, places=query.places)
    rows = [row | {"total": False, "code": row["code"] or row["unit"]} for row in table.frame.iter_rows(named=True)]
    rows += [row | {"total": True, "code": row["unit"]} for row in table.totals.iter_rows(named=True)]
    known = list(dict.fromkeys(row["indicator"] for row in rows))
    for series in query.series.values():
        if series not in known:
            raise DataError("unknown_series", indicator=series, options=listing(known, 40), hint=hint(series, known))
    names = {series: name for name, series in query.series.items()} or {name: name for name in known}
    kept = [row | {"indicator": names[row["indicator"]]} for row in rows if row["indicator"] in names]
    return Loaded(kept, (), table.notes, options={"path": str(path)})


def _series(site: Site, query: Query, name: str, series: str, database: int) -> tuple[list[dict[str, Any]], Note]:
    *folders, last = [part.strip() for part in series.split(">")]
    root = site.ask(TREE, {"pid": "", "code": database})[0]["_id"]
    node = root
    for folder in folders:
        inside = site.ask(TREE, {"pid": node, "code": database})
        nodes = {str(n.get("name") or n.get("_name")): n["_id"] for n in inside}
        node = folder if ID.fullmatch(folder) else choose(folder, nodes, "nbs_no_such_folder")
    listed = site.ask(INDICATORS, {"cid": node, "dt": "", "name": ""})["list"]
    indicator = _indicator(last, listed)
    values = {
        "cid": node,
        "indicatorIds": [indicator["_id"]],
        "daCatalogId": "",
        "das": _areas(site, node, query) if database != 3 else list(NATION),
        "showType": SEVERAL_AREAS,
        "dts": [f"{query.periods[0]}YY-{query.periods[-1]}YY"] if query.periods else [],
        "rootId": root,
    }
    figures = site.figures(values)
    reply = site.replies[-1]
    title, source = str(indicator["i_showname"]).strip(), "国家统计局国家数据"
    fixed = {"indicator": name if name != series else UNIT.sub("", title), "source": source, "vintage": reply.day}
    rows = [fixed | {"file": reply.file} | row for row in _cells(figures, indicator, last)]
    return rows, fetched(str(fixed["indicator"]), title, source, reply.day, reply)


def _indicator(wanted: str, listed: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    by_id = {str(i["_id"]): i for i in listed}
    by_name = {str(i["i_showname"]).strip(): i for i in listed}
    bare = {UNIT.sub("", name): i for name, i in by_name.items()}
    if wanted in by_id:
        return by_id[wanted]
    found: Mapping[str, Any] = choose(wanted, bare | by_name, "nbs_no_such_indicator")
    return found


def _areas(site: Site, cid: str, query: Query) -> list[dict[str, str]]:
    groups = site.ask(AREA_GROUPS, {"indicatorCid": cid})
    everywhere = next((g for g in groups if (g.get("name") or g.get("_name")) == "全部地区"), groups[0])
    areas = site.ask(AREAS, {"daCid": everywhere["_id"]})
    wanted = set(query.codes().values())
    chosen = [a for a in areas if not wanted or {str(a["name_value"])[:6], a["show_name"]} & wanted]
    return [{"text": a["show_name"], "value": a["name_value"]} for a in chosen or areas]


def _cells(figures: Sequence[Mapping[str, Any]], indicator: Mapping[str, Any], series: str) -> list[dict[str, Any]]:
    """Return the cells of a reply: a block a year, in it a value an area."""
    cells = []
    for block in figures:
        year = re.fullmatch(r"(\d{4})YY", str(block["code"]))
        if not year:
            raise DataError("not_a_year", where=Where(indicator=series), value=block["code"])
        for value in block["values"]:
            area = str(value.get("da") or "")
            cells.append(
                {
                    "unit": value.get("da_name") or value.get("area"),
                    "code": area[:6] if area[6:].strip("0") == "" and area else area or value.get("area"),
                    "period": int(year[1]),
                    "value": _number(value.get("value"), series, int(year[1])),
                    "measure": value.get("du_name") or indicator.get("du_name"),
                    "note": (value.get("i_mark") or indicator.get("i_mark")) or None,
                }
            )
    return cells


def _number(value: Any, series: str, year: int) -> float | None:
    if value is None or str(value).strip() == "":
        return None
    try:
        return float(str(value).replace(",", ""))
    except ValueError:
        raise DataError("text_in_number", where=Where(indicator=series, period=year), value=value) from None
