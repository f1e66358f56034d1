"""What a framework can be made of: the catalogue, the published systems and the theory. The same in all sessions."""

from __future__ import annotations

from typing import Any

from nqpf import theory
from nqpf.messages import Text, say
from nqpf.studio.desk import Desk
from nqpf.theory.catalogue import TAGS, VOCABULARY, CatalogueIndicator
from nqpf.theory.systems import System, SystemIndicator
from nqpf.theory.systems_show import mark


def catalogue(desk: Desk, folder: None) -> dict[str, Any]:
    """Return the indicators of the catalogue, and the words of its tags in both languages.

    Returns
    -------
    dict
        `indicators`: id, title, formula (in words), unit, direction, tags, scale, source, theory, note; `tags`: by tag
        its title and its `words`, each with its title.
    """
    return {"indicators": [_entry(one) for one in theory.catalogue()], "tags": vocabulary()}


def vocabulary() -> dict[str, Any]:
    """Return the tags that an indicator may carry: title, and words with theirs."""
    return {
        tag: {
            "title": say(f"theory.label.{tag}"),
            "words": [{"id": word, "title": say(f"theory.tag.{tag}.{word}")} for word in VOCABULARY[tag]],
        }
        for tag in TAGS
    }


def systems(desk: Desk, folder: None) -> dict[str, Any]:
    """Return the published systems, each with how far it was checked.

    Returns
    -------
    dict
        `systems`: id, cite, state (``verified``, ``seen``, ``recalled``) and its title, address, parts (how far each
        was checked), levels, sample, method, checked, caution, dimensions and indicators; `states`: titles of states.
    """
    states = {state: say(f"systems.state.{state}") for state in ("verified", "seen", "recalled")}
    return {"systems": [_system(one) for one in theory.systems()], "states": states}


def items(desk: Desk, folder: None) -> dict[str, Any]:
    """Return the theory items with the documents' words for each, file and line.

    Returns
    -------
    dict
        `groups`: id and title; `items`: id, group, title, phrases (text, file, line), measure, data, status, needs
        (what measuring it takes) and the catalogue indicators that carry it.
    """
    carried = {one.id: one.theory for one in theory.catalogue()}
    return {
        "groups": [{"id": one.id, "title": one.title} for one in theory.groups()],
        "items": [
            {
                "id": one.id,
                "group": one.group,
                "title": one.title,
                "phrases": [{"text": p.text, "file": p.file, "line": p.line} for p in one.phrases],
                "measure": one.measure,
                "data": one.data,
                "status": say(f"theory.status.{one.status}"),
                "needs": theory.needs(one),
                "catalogue": [id for id, marks in carried.items() if one.id in marks],
            }
            for one in theory.items()
        ],
    }


def _entry(one: CatalogueIndicator) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "formula": one.formula,
        "unit": one.unit,
        "direction": one.direction,
        "tags": one.tags,
        "scale": one.scale,
        "source": one.source,
        "theory": one.theory,
        "note": one.note,
    }


def _system(one: System) -> dict[str, Any]:
    return {
        "id": one.id,
        "cite": one.cite,
        "state": one.state,
        "address": one.address,
        "parts": one.parts,
        "levels": one.levels,
        "sample": marked(one, "sample", one.sample),
        "method": marked(one, "method", one.method),
        "checked": one.checked,
        "caution": one.caution,
        "dimensions": [{"id": d.id, "title": d.title} for d in one.dimensions],
        "indicators": [_theirs(i) for i in one.indicators],
    }


def marked(one: System, part: Any, text: Text | None) -> Text | None:
    """Return what is said of a part of a system, with the mark of what was not verified."""
    if text is None or part not in one.parts:
        return text
    return Text.join([text, mark(one.parts[part])], "", "")


def _theirs(one: SystemIndicator) -> dict[str, Any]:
    said = {"id": one.id, "title": one.title, "direction": one.direction, "dimension": one.dimension}
    return {**said, "formula": one.formula, "unit": one.unit, "catalogue": one.catalogue, "note": one.note}
