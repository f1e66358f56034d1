"""What a study is to say of files that were just received: their tables, and a series for each new column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nqpf.data.grid import grids
from nqpf.data.read import Reading
from nqpf.errors import NqpfError, SpecError, Where
from nqpf.studio.desk import Desk
from nqpf.studio.readings import read_once
from nqpf.studio.store import FILES
from nqpf.studio.views.data_draft import Draft, document_of
from nqpf.study.new import Guess, guess_series
from nqpf.study.spec import DataSpec, TableSpec
from nqpf.yamlfile import Document


def dropped(desk: Desk, folder: Path, files: Sequence[str]) -> dict[str, Any]:
    """Return what a study is to say of files of its session.

    Parameters
    ----------
    desk, folder
        The worker's desk and the session's folder.
    files
        Names of uploaded files, or paths as the study writes them.

    Returns
    -------
    dict
        edit (tables and series to be added to ``data``; a series in several units of measure asks for the first one),
        problems (files that hold no table, or whose tables have a fault: these are added so that it can be mended).
    """
    data = document_of(desk, folder).get("data")
    data = data if isinstance(data, Mapping) else {}
    there = {table.get("file") for table in data.get("tables") or () if isinstance(table, Mapping)}
    tables: list[dict[str, Any]] = []
    read: list[Reading] = []
    problems: list[NqpfError] = []
    for name in files:
        path = _path(folder, name)
        if path is None:
            problems.append(SpecError("data_file_not_found", where=Where(file=name), file=name))
        elif path not in there:
            entry, reading = _entry(desk, folder, path, problems)
            tables += entry
            read += [reading] if reading is not None else []
            there.add(path)
    known = data.get("series") or {}
    return {"edit": {"tables": tables, "series": _new(known, read)}, "problems": problems}


def _path(folder: Path, name: str) -> str | None:
    """Return the path of a file of the session as a study writes it; None where there is none of this name."""
    for path in (name, f"{FILES}/{name}"):
        whole = (folder / path).resolve()
        if whole.is_file() and whole.is_relative_to(folder.resolve()):
            return path
    return None


def _entry(
    desk: Desk, folder: Path, path: str, problems: list[NqpfError]
) -> tuple[list[dict[str, Any]], Reading | None]:
    """Return the table of a file with the scheme of its units, and what it says; no table where it holds no sheet."""
    found = read_once(desk, _alone(folder, TableSpec(file=path)), 0)
    if found.problem is not None:
        problems.append(found.problem)
    if found.reading is not None:
        return [{"file": path, "places": found.reading.method.options["places"]}], found.reading
    return [{"file": path}] if _is_table(folder / path) else [], None


def _is_table(path: Path) -> bool:
    try:
        return next(grids(path), None) is not None
    except NqpfError:
        return False


def _alone(folder: Path, table: TableSpec) -> Draft:
    return Draft(DataSpec(tables=(table,)), folder, Document("", {}, {}))


def _new(known: Mapping[str, Any], readings: Sequence[Reading]) -> dict[str, dict[str, Any]]:
    """Return the series of columns that the study does not know yet."""
    columns = {(one or {}).get("column") or id for id, one in known.items()}
    guessed: dict[str, Guess] = {}
    measures: dict[str, list[str]] = {}
    for reading in readings:
        ids = {*known, *(one.id for one in guessed.values())}
        for one in guess_series(reading, ids):
            measures[one.column] = [*measures.get(one.column, []), *one.measures]
            if one.column not in columns:
                guessed.setdefault(one.column, one)
    return {one.id: _said(one, list(dict.fromkeys(measures[one.column]))) for one in guessed.values()}


def _said(one: Guess, measures: Sequence[str]) -> dict[str, Any]:
    same = one.title.zh == one.title.en
    said: dict[str, Any] = {} if one.id == one.column else {"column": one.column}
    said |= {"title": one.title.zh if same else {"zh": one.title.zh, "en": one.title.en}}
    return said | ({"convert": measures[0]} if len(measures) > 1 else {})
