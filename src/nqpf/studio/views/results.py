"""Step 4, the results: a study is run, its results are written as ``nqpf run`` writes them, and again for the page.

``out.studio/`` holds what the page shows, a JSON file a chapter, and the study as it was run: what the page shows of a
number's origin is always that of the results shown, whatever the document says by now.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from nqpf.chapters.blocks import Section, Table
from nqpf.charts.figure import Figure
from nqpf.errors import OutputError
from nqpf.messages import Text, say
from nqpf.report.walk import Outline, anchor, outline, walk
from nqpf.studio.desk import Desk
from nqpf.studio.documents import parse
from nqpf.studio.results_files import CHAPTERS, DOCUMENT, FORM, LIVING, OVERVIEW, RESULTS, SECTIONS
from nqpf.studio.session import OUT, STUDY
from nqpf.studio.views.results_pages import Page, Pages, picked, svgs
from nqpf.studio.views.results_sources import rules_of
from nqpf.studio.wire import encode, fault
from nqpf.study import Assessment, Study
from nqpf.study import run as run_study
from nqpf.study.folder import PROVENANCE, whole_folder
from nqpf.study.record import write_json

HIGHLIGHTS = (
    "map", "ranking", "trend", "contributions", "logic", "rank-bands", "regional-gini", "ridge", "markov",
    "growth-sources", "tfp-chained", "complexity-plane", "layers", "chokepoints", "plan-coordination-curve",
    "text-years", "text-timeline", "cautions-page",
)  # fmt: skip
"""Figures and tables shown first, of those that a study has."""

Shown = Figure | Table
"""What a highlight can be."""

OWN = ("profile", "entries")
"""Sections of a unit's own: its profile, or where its industries can go."""

KEYS: Mapping[str, str] = {
    "robustness": "multiverse",
    "productivity": "productivity",
    "regions": "regions",
    "circles": "system",
    "balances": "system",
    "abilities": "system",
    "paths": "system",
    "blockages": "system",
    "scenario": "scenario",
    "planning": "planning",
    "industry": "industry",
    "plan": "industry",
    "text": "text",
}
"""Key of a study by which it asks for a chapter."""
PLAIN = ("multiverse", "regions", "system")
"""Keys that may stand without anything under them."""


def run(desk: Desk, folder: Path, tell: Callable[[Text], None]) -> dict[str, Any]:
    """Run a session's study and write its results; the earlier ones stand until all is written.

    Returns
    -------
    dict
        ``seconds`` it took, ``chapters`` and ``findings``.

    Raises
    ------
    NqpfError
        As `nqpf.study.run`.
    """
    begun = time.perf_counter()
    raw, study = _study(folder)
    made = run_study(study, tell)
    refused = None
    try:
        made.write(folder / OUT, progress=tell)
    except OutputError as error:
        if error.code != "formats_refused":
            raise
        refused = fault(error)  # everything else is written
    tell(say("studio.results.writing"))
    took = time.perf_counter() - begun
    with whole_folder(folder / RESULTS) as draft:
        _keep_study(draft, raw, made)
        _write(draft, made, {"seconds": took, "refused": refused, "ran": datetime.now().astimezone().isoformat()})
    return {"seconds": took, "chapters": len(made.chapters), "findings": len(made.findings)}


def _study(folder: Path) -> tuple[bytes, Study]:
    """Return the study and the very bytes it was read from, though a page may write a newer one at the same time."""
    path = folder / STUDY
    while True:
        raw = path.read_bytes()
        study = Study.load(path)
        if path.read_bytes() == raw:
            return raw, study


def _keep_study(draft: Path, raw: bytes, made: Assessment) -> None:
    """Write the study that was run, and what tells whether its files have changed since."""
    (draft / STUDY).write_bytes(raw)
    if (file := made.study.framework_file) is not None:
        target = draft / file.relative_to(made.study.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    (draft / DOCUMENT).write_bytes(encode({"form": FORM, "document": parse(raw.decode("utf-8-sig"))}))
    write_json(draft / PROVENANCE, made.provenance)


def _write(draft: Path, made: Assessment, about: dict[str, Any]) -> None:
    """Write the overview, a file a chapter, a file a section that is picked from a list, and the living diagram."""
    places = outline(made.chapters)
    units = units_of(made, places)
    rules = rules_of(made.of_index) if made.masks is None else {}
    pages = Pages.of(made.chapters, places, [unit["id"] for unit in units], rules)
    for name in (CHAPTERS, SECTIONS):
        (draft / name).mkdir()
    for chapter in made.chapters:
        name = anchor(chapter.id)
        page = {"id": name, "number": places.places[name].number, "title": chapter.title}
        _save(draft / CHAPTERS / f"{name}.json", page | pages.page(chapter.blocks))
        for section in picked(chapter):
            one = {"id": anchor(section.id), "title": section.title} | pages.page(section.blocks)
            _save(draft / SECTIONS / f"{anchor(section.id)}.json", one)
    for place, figure in places.figures():
        if figure.live is not None:
            _save(draft / LIVING / f"{place.anchor}.json", {"svg": svgs(figure), "live": figure.live()})
    _save(draft / OVERVIEW, about | _overview(made, pages, units))


def _overview(made: Assessment, pages: Pages, units: list[dict[str, Any]]) -> Page:
    """Return what is shown first: findings, highlights, and which chapters there are and are not."""
    by_anchor = pages.places.places
    blocks = [block for name in HIGHLIGHTS if name in by_anchor and isinstance(block := by_anchor[name].block, Shown)]
    chapters = [
        {
            "id": anchor(chapter.id),
            "number": by_anchor[anchor(chapter.id)].number,
            "title": chapter.title,
            "findings": len(chapter.findings),
            "sections": [
                {"anchor": anchor(b.id), "number": by_anchor[anchor(b.id)].number, "title": b.title}
                for b in chapter.blocks
                if isinstance(b, Section)
            ],
        }
        for chapter in made.chapters
    ]
    index = made.of_index
    units = [unit | {"profile": unit["profile"] and pages.link(unit["profile"])} for unit in units]
    return {
        "title": made.study.title,
        "about": made.whole.about,
        "chapters": chapters,
        "sections": dict(pages.section_of),
        "findings": [pages.finding(finding) for finding in made.findings],
        "highlights": pages.page(blocks),
        "places": [pages.link(name) for name in HIGHLIGHTS if name in by_anchor],
        "absent": _absent(made),
        "units": units,
        "ranks": made.whole.ranks,
        "anonymous": made.masks is not None,
        "index": None if index is None else {"root": index.framework.root.id, "periods": index.panel.periods},
    }


def _absent(made: Assessment) -> list[dict[str, Any]]:
    """Return the chapters that the study lacks: what each would take, and what can be added to the document at once."""
    listed = [b for c in made.chapters for b in walk(c.blocks) if isinstance(b, Table) and b.id == "left-out"]
    found = []
    for row in (row for table in listed for row in table.frame.iter_rows(named=True)):
        key = KEYS.get(row["chapter"])
        there = key is not None and getattr(made.study.spec, key) is not None
        found.append(
            {
                "chapter": row["chapter"],
                "title": Text(row["chapter_zh"], row["chapter_en"]),
                "needs": Text(row["needs_zh"], row["needs_en"]),
                "key": key,
                "plain": key in PLAIN and not there and made.study.tree is not None,
            }
        )
    return found


def units_of(made: Assessment, places: Outline) -> list[dict[str, Any]]:
    """Return id, title and profile of every unit, as the report names them."""
    found = []
    for id, title in made.whole.names.items():
        own = [f"{kind}-{id}" for kind in OWN]
        if made.masks is not None:
            id, title, own = made.masks.words(id, "en"), made.masks.text(title), made.masks.value(own)
        at = next((place.anchor for name in own if (place := places.find(name))), None)
        found.append({"id": id, "title": title, "profile": at})
    return found


def _save(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode(content))
