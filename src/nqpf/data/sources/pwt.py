"""Penn World Table: a file already on disk first, the publisher's address second.

The table is a workbook or a Stata file of countries by years. Its version is the vintage of every series, since two
versions differ in base year and history.

References
----------
Feenstra, R. C., Inklaar, R. and Timmer, M. P. (2015). The next generation of the Penn World Table.
American Economic Review 105(10), 3150-3182. https://doi.org/10.1257/aer.20130954
"""

from __future__ import annotations

import hashlib
import io
import re
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from nqpf.data.sources.base import HEADERS, Loaded, Query, asking, fetched, send_request
from nqpf.data.sources.store import Reply, Store
from nqpf.data.stata import read_dta
from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.messages import say
from nqpf.results import Note

PAGE = "https://www.rug.nl/ggdc/productivity/pwt/"
DATAVERSE = "https://dataverse.nl/api/access/datafile/"
KEYS = ("countrycode", "country", "year")
MEASURE = re.compile(r"\((?:in )?([^()]*)\)\s*$")


class _Release(NamedTuple):
    doi: str
    datafile: str


RELEASES: Mapping[str, _Release] = {
    "10.01": _Release("10.34894/QT5BCC", "354095"),
    "11.0": _Release("10.34894/FABVLR", "554105"),
}
"""Publisher's dataset and workbook of each version."""

FILE_NAME = re.compile(r"pwt[\s_-]?(\d{2})\.?(\d{1,2})", re.IGNORECASE)


class _Table(NamedTuple):
    frame: pl.DataFrame
    titles: Mapping[str, str]


def load(
    query: Query,
    store: Store,
    *,
    path: Path | str | None = None,
    version: str | None = None,
    sha256: str | None = None,
    client: Callable[[urllib.request.Request], bytes] | None = None,
) -> Loaded:
    """Return series of the Penn World Table.

    Parameters
    ----------
    query
        Series by their names in the table, e.g. ``rgdpna``; none for all that hold numbers.
    store
        Replies kept on disk.
    path
        The table, ``pwt1001.xlsx`` or ``.dta``; without it the publisher is asked.
    version
        ``10.01`` or ``11.0``; default: what the file's name says, else the newest.
    sha256
        Checksum the file must have.
    client
        Sends a request, in place of the standard library.

    Raises
    ------
    SpecError
        No such version; a file whose name does not say its version.
    DataError
        The file is absent, is not the Penn World Table, has another checksum or no such series; the publisher refuses.
    """
    version = version or (_version(Path(path)) if path is not None else max(RELEASES, key=float))
    if path is None and version not in RELEASES:
        options, near = listing(RELEASES), hint(version, RELEASES)
        raise SpecError("bad_choice", where=Where(key="version"), value=version, options=options, hint=near)
    reply = _local(Path(path)) if path is not None else _remote(version, store, client or send_request)
    if sha256 is not None and reply.sha256 != sha256.lower():
        raise DataError("other_checksum", where=Where(file=reply.file), stated=sha256, found=reply.sha256)
    table = _table(reply)
    numeric = [c for c, kind in table.frame.schema.items() if kind.is_numeric() and c not in KEYS]
    wanted = dict(query.series) or {name: name for name in numeric}
    source = f"Penn World Table {version}"
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    titles: dict[str, str] = {}
    for name, series in wanted.items():
        if series not in numeric:
            raise DataError(
                "unknown_series", indicator=series, options=listing(numeric, 60), hint=hint(series, numeric)
            )
        title = table.titles.get(series, series)
        measure = MEASURE.search(title)
        fixed = {"indicator": name, "measure": measure[1] if measure else None, "source": source, "vintage": version}
        for code, country, year, value in table.frame.select(*KEYS, series).iter_rows():
            cell = {"unit": country, "code": code, "total": False, "period": int(year), "value": value}
            rows.append(fixed | cell | {"file": reply.file})
        notes.append(fetched(name, title, source, version, reply))
        titles[name] = title
    known = RELEASES.get(version)
    return Loaded(rows, (reply,), tuple(notes), titles, {"version": version, "doi": known.doi if known else None})


def _version(path: Path) -> str:
    found = FILE_NAME.search(path.name)
    if not found:
        raise SpecError("version_unknown", where=Where(file=str(path)), options=listing(RELEASES))
    return f"{int(found[1])}.{found[2]}"


def _local(path: Path) -> Reply:
    if not path.is_file():
        raise DataError("file_not_found", where=Where(file=str(path)))
    content = path.read_bytes()
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Reply(content, written, hashlib.sha256(content).hexdigest(), str(path), True)


def _remote(version: str, store: Store, client: Callable[[urllib.request.Request], bytes]) -> Reply:
    address = DATAVERSE + RELEASES[version].datafile

    def send() -> bytes:
        with asking(say("source.pwt"), address, PAGE):
            return client(urllib.request.Request(address, headers=HEADERS))

    name = f"pwt{version.replace('.', '')}"
    return store.get("pwt", {"name": name, "address": address}, send, ".xlsx")


def _table(reply: Reply) -> _Table:
    """Return the table of countries by years and the title of each series."""
    is_stata = reply.file.lower().endswith(".dta")
    table = _from_stata(reply) if is_stata else _from_workbook(reply)
    if any(key not in table.frame.columns for key in KEYS):
        raise DataError("not_pwt", where=Where(file=reply.file), columns=listing(KEYS))
    return table


def _from_stata(reply: Reply) -> _Table:
    frame, labels, _ = read_dta(reply.file)
    return _Table(frame, labels)


def _from_workbook(reply: Reply) -> _Table:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(reply.content))
    except CalamineError as error:
        raise DataError("unreadable", where=Where(file=reply.file), problem=str(error).splitlines()[0]) from None
    if "Data" not in book.sheet_names:
        raise DataError("not_pwt", where=Where(file=reply.file), columns=listing(KEYS))
    header, *body = book.get_sheet_by_name("Data").to_python()
    columns = {str(name): [row[j] if row[j] != "" else None for row in body] for j, name in enumerate(header) if name}
    legend = book.get_sheet_by_name("Legend").to_python() if "Legend" in book.sheet_names else []
    titles = {str(row[0]): str(row[1]) for row in legend if len(row) > 1 and row[0] and row[1]}
    return _Table(pl.DataFrame(columns, strict=False), titles)
