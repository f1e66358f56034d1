"""Which files of a folder are tables: what systems and programs leave beside them is set aside with a note."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nqpf.data.files.kind import UNREADABLE, kind_of
from nqpf.errors import DataError, Where, listing
from nqpf.messages import Text, say
from nqpf.results import Note

SYSTEM = frozenset((".ds_store", "thumbs.db", "desktop.ini", "icon\r", "ehthumbs.db"))
APPLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")


def expand(sources: Any, notes: list[Note] | None = None) -> list[Any]:
    """Return the single sources that are meant: folders give their files, junk is left out with a note.

    Parameters
    ----------
    sources
        A path of a file or folder, a dataframe, or a list or tuple of these.
    notes
        Remarks on what was left out are appended to it.

    Returns
    -------
    list
        Paths and dataframes, in the order given; the files of a folder by name. Folders inside a folder are not
        entered.

    Raises
    ------
    DataError
        A path leads to nothing.

    Examples
    --------
    >>> expand([{"year": [2020]}])
    [{'year': [2020]}]
    """
    notes = [] if notes is None else notes
    found: list[Any] = []
    for source in sources if isinstance(sources, list | tuple) else [sources]:
        if not isinstance(source, str | Path):
            found.append(source)
            continue
        path = Path(source)
        if path.is_dir():
            found += _inside(path, notes)
        elif not path.exists():
            raise DataError("file_not_found", where=Where(file=str(path)))
        else:
            found += _without_junk([path], notes)
    return found


def junk(path: Path) -> Text | None:
    """Return why a file is no table and was never meant as one, or None."""
    name = path.name.lower()
    if name.startswith("._"):
        return say("junk.apple")
    if name.startswith("~$"):
        return say("junk.lock")
    if name in SYSTEM:
        return say("junk.system")
    if name.startswith("."):
        return say("junk.hidden")
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        return say("junk.empty")
    return say("junk.apple") if start in APPLE else None


def _inside(folder: Path, notes: list[Note]) -> list[Path]:
    entries = sorted(folder.iterdir(), key=lambda p: p.name)
    files = _without_junk([p for p in entries if p.is_file()], notes)
    tables = [p for p in files if _may_be_table(p)]
    if others := [p.name for p in files if p not in tables]:
        notes.append(Note("no_tables", "info", {"folder": folder.name, "files": listing(others)}))
    if folders := [p.name for p in entries if p.is_dir() and not p.name.startswith((".", "__MACOSX"))]:
        notes.append(Note("folders_inside", "info", {"folder": folder.name, "folders": listing(folders)}))
    return tables


def _without_junk(paths: Iterable[Path], notes: list[Note]) -> list[Path]:
    kept = []
    for path in paths:
        try:
            why = junk(path)
        except OSError as error:
            raise DataError("unreadable", where=Where(file=str(path)), problem=error.strerror or "") from None
        if why is None:
            kept.append(path)
        else:
            notes.append(Note("junk_skipped", "info", {"file": path.name, "why": why}))
    return kept


def _may_be_table(path: Path) -> bool:
    try:
        kind = kind_of(path)
    except zipfile.BadZipFile:
        return True  # reading it will say that it is damaged
    return kind not in UNREADABLE or kind == "encrypted"
