"""What can stand on either side of a comparison: the study as it is, a named recipe, an alternative, an earlier state.

An alternative is a recipe and a framework under a name, kept beside the session's history; nothing of it is in
``study.yaml`` before somebody takes it over.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from nqpf.data.write import save
from nqpf.index.presets import preset, presets
from nqpf.messages import Text, say
from nqpf.studio.desk import Desk
from nqpf.studio.documents import parse
from nqpf.studio.faults import Absent
from nqpf.studio.store import HISTORY
from nqpf.studio.views.drafts import sound, study_of
from nqpf.study.coverage import Coverage, cover
from nqpf.study.spec import Study
from nqpf.theory.systems import System, systems

NOW = "now"
"""Name of the side that is the study as it is."""
VARIANTS = Path(HISTORY) / "variants"
KEPT = ("recipe", "framework")
"""Keys of a study that an alternative has."""
OF_INDEX = ("data", "framework", "recipe", "seed")
"""Keys that decide the index."""
LAST = 40
"""Earlier states that are offered, the last ones."""
LEAST = 0.5
"""Least share of a published system's indicators that must be there for it to be run."""
NAME = re.compile(r"[a-z0-9]{1,20}")


def sides(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return everything that can be compared.

    Parameters
    ----------
    desk
        Of the worker.
    folder
        Of the session.

    Returns
    -------
    dict
        ``now``; ``presets`` (with note and reference); ``variants`` and ``revisions``, the last first; ``systems``
        (with state, address, how many of their indicators the data can give, and why they cannot be run, or null).
        Each has an ``id`` for `run` and a ``title``.

    Raises
    ------
    NqpfError
        As `Study.load` and as reading the data: without both nothing can be compared.
    """
    study = study_of(sound(_present(folder)), folder)
    return {
        "now": {"id": NOW, "title": say("studio.compare.now")},
        "presets": [
            {"id": f"preset:{p.id}", "title": p.title, "note": p.note, "reference": p.reference}
            for p in presets().values()
        ],
        "variants": _variants(folder),
        "revisions": _revisions(folder),
        "systems": _systems(desk, study),
    }


def keep(desk: Desk, folder: Path, title: str) -> dict[str, Any]:
    """Keep the present recipe and framework as an alternative, and return it."""
    document = _present(folder)
    made = {
        "title": " ".join(title.split())[:120],
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
        "document": {key: document[key] for key in KEPT if key in document},
    }
    id = secrets.token_hex(5)
    save(folder / VARIANTS / f"{id}.json", json.dumps(made, ensure_ascii=False, indent=1))
    return {"id": f"variant:{id}", "title": made["title"], "when": made["when"]}


def forget(desk: Desk, folder: Path, id: str) -> None:
    """Take an alternative away.

    Raises
    ------
    Absent
        There is none of this name.
    """
    _variant_file(folder, id).unlink()


def document_of(folder: Path, side: str) -> dict[str, Any]:
    """Return the document of a side.

    Parameters
    ----------
    side
        ``now``, ``preset:ID``, ``variant:ID`` or ``revision:NUMBER``.

    Raises
    ------
    Absent, SpecError
        There is no such side.
    """
    kind, _, name = side.partition(":")
    present = _present(folder)
    if side == NOW:
        return present
    if kind == "preset":
        return present | {"recipe": _with_holes(_plain(preset(name).recipe), present.get("recipe"))}
    if kind == "variant":
        kept: dict[str, Any] = json.loads(_variant_file(folder, name).read_bytes())["document"]
        return {key: value for key, value in present.items() if key not in KEPT} | kept
    if kind == "revision" and name.isdecimal() and (path := folder / HISTORY / f"{int(name):05}.json").is_file():
        found: dict[str, Any] = json.loads(path.read_bytes())["document"]
        return found
    raise Absent("studio_no_side", side=side[:60])


def title_of(folder: Path, side: str) -> Text:
    """Return the name of a side that is no published system."""
    kind, _, name = side.partition(":")
    if kind == "preset":
        return preset(name).title
    if kind == "variant":
        return Text.same(json.loads(_variant_file(folder, name).read_bytes())["title"])
    if kind == "revision":
        step = json.loads((folder / HISTORY / f"{int(name):05}.json").read_bytes())
        return say("studio.compare.revision", number=int(name), label=step["label"])
    return say("studio.compare.now")


def _with_holes(recipe: dict[str, Any], own: Any) -> dict[str, Any]:
    """Return a named recipe; what the study says of holes holds for it as well where it says nothing of its own."""
    said = own.get("availability") if isinstance(own, Mapping) else None
    return recipe if said is None or "availability" in recipe else {**recipe, "availability": said}


def _present(folder: Path) -> dict[str, Any]:
    return parse((folder / "study.yaml").read_text(encoding="utf-8-sig"))


def _variant_file(folder: Path, id: str) -> Path:
    path = folder / VARIANTS / f"{id}.json"
    if not NAME.fullmatch(id) or not path.is_file():
        raise Absent("studio_no_side", side=f"variant:{id[:40]}")
    return path


def _variants(folder: Path) -> list[dict[str, Any]]:
    found = [(path.stem, json.loads(path.read_bytes())) for path in (folder / VARIANTS).glob("*.json")]
    listed = [{"id": f"variant:{id}", "title": one["title"], "when": one["when"]} for id, one in found]
    return sorted(listed, key=lambda one: str(one["when"]), reverse=True)


def _revisions(folder: Path) -> list[dict[str, Any]]:
    """Return the earlier (and the undone) states with another index than now, the last first.

    Of states in a row with the same index the first stands for all: its label says what was changed.
    """
    now, before = _of_index(_present(folder)), None
    found = []
    for path in sorted(p for p in (folder / HISTORY).glob("*.json") if p.stem.isdecimal()):
        step = json.loads(path.read_bytes())
        number, index = int(path.stem), _of_index(step["document"])
        if index not in (before, now) and "framework" in step["document"]:
            title = say("studio.compare.revision", number=number, label=step["label"])
            found.append({"id": f"revision:{number}", "title": title, "when": step["when"]})
        before = index
    return found[: -LAST - 1 : -1]


def _of_index(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: document.get(key) for key in OF_INDEX}


def _systems(desk: Desk, study: Study) -> list[dict[str, Any]]:
    """Return the published systems, those that can be run first."""
    key = f"cover {desk.key(study, 'data', 'framework', 'systems')}"
    covered = desk.once(key, lambda: cover(study, systems(), LEAST, True))
    found = [about(c.system) | {"found": len(c.found), "total": len(c.matches), "refused": c.refused} for c in covered]
    return sorted(found, key=lambda one: (one["refused"] is not None, -one["found"], one["id"]))


def about(one: System) -> dict[str, Any]:
    """Return who published a system, and how far it was checked."""
    return {
        "id": f"system:{one.id}",
        "title": one.cite,
        "state": one.state,
        "state_title": say(f"systems.short.{one.state}"),
        "state_words": say(f"systems.state.{one.state}"),
        "address": one.address,
        "caution": one.caution,
    }


def framework_of(found: Coverage) -> dict[str, Any]:
    """Return what of a system can be computed, as a framework is written."""
    one = found.system
    leaves = {
        m.indicator.id: {
            "id": m.indicator.id,
            "title": m.indicator.title,
            "formula": m.formula,
            "direction": m.indicator.direction,
        }
        for m in found.found
    }
    tree: list[dict[str, Any]] = []
    for dimension in one.dimensions:
        below = [leaves[i.id] for i in one.indicators if i.id in leaves and i.dimension == dimension.id]
        if below:
            tree.append({"id": dimension.id, "title": dimension.title, "children": below})
    tree += [leaves[i.id] for i in one.indicators if i.id in leaves and i.dimension is None]
    return {"id": one.id, "title": one.cite, "source": one.cite, "tree": tree}


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, Mapping) else value for key, value in content.items()}
