"""The step Report: what a report can hold, the job that writes it, and what lies in the folder of results."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nqpf.errors import NqpfError, OutputError, Where
from nqpf.messages import Lang, Text, say, speak
from nqpf.studio.desk import Desk
from nqpf.studio.documents import parse
from nqpf.studio.store import OUT, STUDY
from nqpf.studio.views.drafts import sound, study_of
from nqpf.studio.views.form import form
from nqpf.study import Study
from nqpf.study import run as run_study
from nqpf.study.folder import PROVENANCE
from nqpf.study.provenance import provenance
from nqpf.study.spec import ReportSpec
from nqpf.yamlfile import load, validate

CHAPTERS: Mapping[str, str | None] = {
    "theory": None,
    "index": "framework",
    "coherence": "framework",
    "robustness": "multiverse",
    "productivity": "productivity",
    "regions": "regions",
    "circles": "system",
    "balances": "system",
    "abilities": "system",
    "industry": "industry",
    "cautions": None,
    "blockages": None,
    "plan": "industry.plan",
    "text": "text",
    "paths": "system",
    "scenario": "scenario",
    "profiles": "framework",
    "planning": "planning",
    "data": "framework",
    "checks": "framework",
    "methods": None,
}
"""Chapters in the order of a report, with the key of a study that they are written from; None: of whatever is there."""
UNPACKED = 200 * 2**20
"""Bytes that a template may unpack to."""
MACROS = "vbaproject.bin"


def options(desk: Desk, folder: Path | None) -> dict[str, Any]:
    """Return how a report is asked for: its ``field``, as of `nqpf.studio.views.form.form`."""
    return {"field": form("report")}


def state(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return what a report of the session can hold.

    Returns
    -------
    dict
        ``chapters``: id, title, whether the study asks for what it is written from (``there``), and what it takes
        (``needs``); ``units`` (id, title) as far as the data say; ``missing``: formats that cannot be written on this
        computer, each with its reason; ``problem``: what is wrong with the part ``report``, or null; ``stale``: whether
        what was written is of another study than the present one, null where nothing was.
    """
    document = parse((folder / STUDY).read_text(encoding="utf-8-sig"))
    return {
        "chapters": [_chapter(id, key, document) for id, key in CHAPTERS.items()],
        "units": _units(desk, folder, document),
        "missing": {name: reason for name, reason in _missing()},
        "problem": _problem(folder, document),
        "stale": _stale(desk, folder),
    }


def write(desk: Desk, folder: Path, tell: Callable[[Text], None], lang: Lang | None = None) -> dict[str, Any]:
    """Run the session's study and write its report, as ``nqpf run study.yaml --out out`` does.

    Parameters
    ----------
    desk, folder
        Of the worker; of the session.
    tell
        Is told what is being done.
    lang
        Language where the study states none, as of ``--lang``.

    Returns
    -------
    dict
        ``written``: formats that were; ``refused``: the error that says which were not and why, or null.

    Raises
    ------
    NqpfError
        As `nqpf.study.run`.
    """
    refused: NqpfError | None = None
    with speak(lang):
        made = run_study(Study.load(folder / STUDY), tell)
        stated = made.study.spec.report
        try:
            made.write(folder / OUT, stated.lang or lang, progress=tell)
        except OutputError as error:
            if error.code != "formats_refused":
                raise
            refused = _shortened(error, folder)
    there = [name for name in dict.fromkeys(stated.formats) if (folder / OUT / f"report.{name}").is_file()]
    return {"written": there, "refused": refused}


def examine_template(desk: Desk, folder: Path, path: str, name: str) -> None:
    """Refuse what is no Word file, holds macros, or would unpack to too much.

    Parameters
    ----------
    desk, folder
        Unused, as of every view.
    path
        Where the file lies.
    name
        What it is called.

    Raises
    ------
    OutputError
        With its name.
    """
    from nqpf.report.word.package import opened

    where = Where(file=name)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise OutputError("word_template_no_docx", where=where) from None
    if any(part.filename.lower().endswith(MACROS) for part in parts):
        raise OutputError("studio_template_macros", where=where)
    if sum(part.file_size for part in parts) > UNPACKED:
        raise OutputError("studio_template_large", where=where, limit=UNPACKED // 2**20)
    try:
        opened(Path(path))
    except OutputError as error:
        raise OutputError(error.code, where=where, **error.values) from None


def _chapter(id: str, key: str | None, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chapter, and whether the study asks for what it is written from."""
    titles = {"cautions": say("lights.title"), "methods": say("methods.title")}
    there = key is None or _asks(document, key)
    title = titles[id] if id in titles else say(f"summary.chapter.{id}")
    return {"id": id, "title": title, "there": there, "needs": None if there else say(f"summary.needs.{id}")}


def _asks(document: Any, key: str) -> bool:
    for step in key.split("."):
        if not isinstance(document, Mapping) or document.get(step) is None:
            return False
        document = document[step]
    return True


def _units(desk: Desk, folder: Path, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the units, for groups of one's own; nothing while the data cannot be read."""
    try:
        panel = desk.prepared(study_of(sound(document), folder)).panel
    except NqpfError:
        return []
    return [{"id": unit, "title": panel.labels[unit]} for unit in panel.units]


def _missing() -> list[tuple[str, Text]]:
    """Return the formats that this computer cannot write, and why."""
    needs = {"docx": "docx", "pdf": "typst"}
    return [
        (name, say("studio.report.no_package", format=name))
        for name, package in needs.items()
        if find_spec(package) is None
    ]


def _problem(folder: Path, document: Mapping[str, Any]) -> NqpfError | None:
    if "report" not in document:
        return None
    try:
        validate(ReportSpec, replace(load(folder / STUDY), file=STUDY), ("report",))
    except NqpfError as error:
        return error
    return None


def _stale(desk: Desk, folder: Path) -> bool | None:
    path = folder / OUT / PROVENANCE
    if not path.is_file():
        return None
    try:
        now = provenance(desk.study(folder))
    except (NqpfError, OSError):
        return True  # what was written cannot be of a study that cannot be read
    written = json.loads(path.read_bytes())
    return any(written.get(key) != now[key] for key in ("study", "data"))


def _shortened(error: OutputError, folder: Path) -> OutputError:
    """Return a refusal whose reasons name files as the session does."""
    reasons: Text = error.values["reasons"]
    for path in (f"{folder / OUT}{os.sep}", f"{folder}{os.sep}"):
        reasons = Text(reasons.zh.replace(path, ""), reasons.en.replace(path, ""))
    return OutputError(error.code, where=Where(file=OUT), **error.values | {"reasons": reasons})
