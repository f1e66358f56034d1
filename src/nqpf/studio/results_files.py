"""Where the results of a session lie, as the page shows them, and what of a document leaves them as they are.

The server reads these files itself: it answers at once although a worker may be busy, and loads nothing that computes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from nqpf.studio.faults import Absent

RESULTS = "out.studio"
"""Folder of what the page shows; beside ``out``, which is as ``nqpf run`` writes it."""
OVERVIEW, DOCUMENT = "overview.json", "document.json"
CHAPTERS, SECTIONS, LIVING = "chapters", "sections", "living"
FORM = 1
"""Form of these files. Results in another form were made by another release: they are made anew, not read."""

OF_FILES = ("lang", "formats", "template")
"""Keys of ``report`` that change the files of a report, and nothing in the results."""


def result_file(folder: Path, *parts: str) -> Path:
    """Return a file of a session's results.

    Raises
    ------
    Absent
        The study has not been run, or its results have no such part.
    """
    path = folder.joinpath(RESULTS, *parts)
    if not path.is_file():
        raise Absent("studio_no_results" if not (folder / RESULTS / OVERVIEW).is_file() else "studio_no_part")
    return path


Standing = Literal["none", "outdated", "stale", "fresh"]
"""Of results: there are none; they were made by another release; by an earlier document; by the present one."""


def standing(folder: Path, document: Mapping[str, Any]) -> Standing:
    """Return how a session's results stand to its document."""
    if not (folder / RESULTS / OVERVIEW).is_file():
        return "none"
    ran: dict[str, Any] = json.loads(result_file(folder, DOCUMENT).read_bytes())
    if ran.get("form") != FORM:
        return "outdated"
    return "fresh" if _of_results(ran["document"]) == _of_results(document) else "stale"


def _of_results(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a document makes its results."""
    report = document.get("report")
    if not isinstance(report, Mapping):
        return {**document, "report": {}} if report is None else dict(document)
    return {**document, "report": {key: value for key, value in report.items() if key not in OF_FILES}}
