"""What a session's state needs of the library: what is wrong with its study, what an uploaded file is, the charts."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import vl_convert

from nqpf.data.files.archive import opened
from nqpf.data.files.encoding import is_binary
from nqpf.data.files.kind import HEAD, KINDS, UNREADABLE, kind_of
from nqpf.data.files.source import Source
from nqpf.errors import DataError, NqpfError, SpecError, Where, listing
from nqpf.results import Note
from nqpf.studio.desk import Desk
from nqpf.studio.documents import parse
from nqpf.studio.wire import fault, near

MACROS = ("vbaproject.bin", "vbaprojectsignature.bin")
"""Parts of a workbook that hold macros."""

VBA_STORAGE = "_VBA_PROJECT".encode("utf-16-le")
"""Name of the storage of macros in a workbook of Excel 97–2003."""


def problems(desk: Desk, folder: Path) -> list[dict[str, Any]]:
    """Return what keeps a session's study from running, as far as reading it tells; nothing where it can be run.

    What a draft does not have yet is said first, in the words of the page: ``draft`` is then true.
    """
    document = parse((folder / "study.yaml").read_text(encoding="utf-8-sig"))
    absent = [] if document.get("industry") or document.get("text") else list(_absent(document))
    if absent:
        return [fault(SpecError(code, where=Where(key=key))) | {"draft": True} for code, key in absent]
    try:
        study = desk.study(folder)
        for i, table in enumerate(study.spec.data.tables if study.spec.data else ()):
            if not (folder / table.file).is_file():
                where = study.where("data", "tables", i, "file")
                raise SpecError("data_file_not_found", where=where, file=table.file)
    except NqpfError as error:
        return [fault(near(error, folder)) | {"draft": False}]
    return []


def _absent(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a draft of an index does not have yet: code and key."""
    data, framework = document.get("data"), document.get("framework")
    found = []
    if not (isinstance(data, dict) and data.get("tables")):
        found.append(("studio_no_data", "data"))
    if not framework or (isinstance(framework, dict) and not framework.get("tree")):
        found.append(("studio_no_framework", "framework"))
    return found


def examine(desk: Desk, folder: Path, *, path: str, name: str) -> dict[str, Any]:
    """Return what a received file is, before it is kept: its kind, and whether it holds macros, which are never run.

    Parameters
    ----------
    desk, folder
        Unused, as of every view.
    path
        Where it lies.
    name
        What it is called.

    Raises
    ------
    DataError
        It is no kind that can be read, is empty, damaged or encrypted, or would unpack to more than can be held.
    """
    where, source = Where(file=name), Source(Path(path), name, None, [])
    if not source.path.stat().st_size:
        raise DataError("studio_empty_file", where=where)
    try:
        return _examined(source)
    except zipfile.BadZipFile:
        raise DataError("cut_short", where=where) from None
    except DataError as error:
        raise type(error)(error.code, where=where, **error.values) from None


def _examined(source: Source) -> dict[str, Any]:
    kind = kind_of(source.path)
    if kind == "text":
        with source.path.open("rb") as file:
            kind = "unknown" if is_binary(file.read(HEAD).decode("latin-1")) else kind
    if kind == "unknown":
        raise DataError("unknown_file_kind", kinds=listing(KINDS, most=len(KINDS)))
    if kind in UNREADABLE:
        raise DataError(kind)
    macros = False
    if kind in ("xlsx", "xlsb", "ods"):
        with opened(source) as archive:
            macros = any(name.rpartition("/")[2] in MACROS or name.startswith("basic/") for name in archive.parts)
    elif kind == "xls":
        macros = VBA_STORAGE in source.path.read_bytes()
    notes = [Note("studio_macros", "warning", {"file": source.name})] if macros else []
    return {"kind": kind, "notes": [{"code": n.code, "severity": n.severity, "text": n.text()} for n in notes]}


def chart_script(desk: Desk, folder: None) -> str:
    """Return the script that draws charts, from the same release that draws them in reports."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
