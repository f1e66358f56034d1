"""What the recipe's step is told: rows of a ranking, of scores or of grades, as the study shows them, and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import NqpfError
from nqpf.index import Framework, Index, LiveRanks, Recipe
from nqpf.index.multiverse.noise import Noise
from nqpf.index.planning.index_grades import IndexGrades, index_grades
from nqpf.messages import Text, say
from nqpf.results import Note
from nqpf.studio.views.recipe_options import entries
from nqpf.study.spec import Study

Json = dict[str, Any]
Floats = NDArray[np.float64]
_NOTHING: Json = {"moved": None, "most": None}


def told(study: Study, live: LiveRanks, index: Index, base: Index | None) -> Json:
    """Return the rows of the ranking as far as the study shows ranks at all."""
    before = {} if base is None else dict(zip(base.panel.units, _of_year(base, live.period), strict=True))
    rows = [{"unit": unit, "title": live.labels[unit]} for unit in live.units]
    if study.spec.report.ranks == "groups":
        return _graded(study, live, index, base, rows)
    low, high = live.score_interval()
    columns = {"score": live.scores, "score_low": low, "score_high": high}
    order = np.argsort(-live.scores, kind="stable")  # without a score: last
    if study.spec.report.ranks == "none":
        return {"rows": [_filled(rows[n], columns, n) for n in order], **_NOTHING}
    best, worst = live.interval()
    was = np.array([before.get(unit, np.nan) for unit in live.units])
    columns |= {"rank": live.ranks, "low": best, "high": worst, "base": was}
    shift = np.abs(live.ranks - was)
    return {"rows": [_filled(rows[n], columns, n) for n in order], **_moves(shift)}


def _graded(study: Study, live: LiveRanks, index: Index, base: Index | None, rows: list[Json]) -> Json:
    """Return units by grade, in their given order within each: a score would tell the rank."""
    now = _grades(study, index, live.period, live.interval())
    frame = now.frame.select("grade", "grade_low", "grade_high").to_dicts()
    then = {} if base is None else dict(_grades(study, base, live.period).frame.select("unit", "grade").iter_rows())
    found = [row | grade | {"base": then.get(row["unit"])} for row, grade in zip(rows, frame, strict=True)]
    found.sort(key=lambda row: (row["grade"] is None, row["grade"]))
    moved = sum(row["base"] is not None and row["grade"] != row["base"] for row in found)
    return {"rows": found, "grades": now.titles, "moved": moved, "most": None}


def _grades(study: Study, index: Index, period: int, ends: tuple[Floats, Floats] | None = None) -> IndexGrades:
    how = study.spec.report.grades
    assert how is not None  # a study of groups has grades
    t = index.panel.periods.index(period)
    ranks = index.ranks[t, :, -1]
    try:
        return index_grades(replace(index, scores=index.scores[[t]]), how, *(ends or (ranks, ranks)))
    except NqpfError as error:
        raise type(error)(error.code, where=study.where("report", "grades"), **error.values) from None


def _moves(shift: Floats) -> Json:
    known = shift[~np.isnan(shift)]
    return {"moved": int((known > 0).sum()), "most": int(known.max(initial=0))} if known.size else _NOTHING


def _filled(row: Json, columns: Mapping[str, Floats], n: int) -> Json:
    return row | {name: float(column[n]) for name, column in columns.items()}


def _of_year(index: Index, period: int) -> Floats:
    found: Floats = index.ranks[index.panel.periods.index(period), :, -1]
    return found


def weights_told(framework: Framework, recipe: Recipe, live: LiveRanks) -> Json:
    """Return the weights of the year, and where those below each node come from."""
    shares = [
        {"id": node.id, "local": live.local[node.at], "whole": live.whole[node.at], "counted": live.counted[node.at]}
        for node in framework.nodes[:-1]
    ]
    groups = [
        {
            "id": node.id,
            "method": entries()[f"weight.{recipe.weight_of(node.id).method}"].title,
            "below": entries()[f"weight.{recipe.weight.method}"].title,
            "own": node.id in recipe.weights,
        }
        for node in framework.inner
    ]
    return {"weights": shares, "groups": groups}


def words_of(noise: Noise) -> Text:
    """Return how weights were drawn, as the beginning of a sentence."""
    said = {"width": f"{100 * noise.width:g}", "concentration": f"{noise.concentration:g}"}
    return say(f"studio.recipe.noise.{noise.kind}", **said)


def tree_of(framework: Framework) -> list[Json]:
    """Return the nodes from the index down, children in the order they are written."""
    found: list[Json] = []
    asked = [framework.root]
    while asked:
        node = asked.pop(0)
        kids = [framework.nodes[k] for k in framework.children[node.at]]
        above = framework.nodes[node.parent].id if node.parent >= 0 else None
        more = {"parent": above, "level": node.level, "leaf": not kids, "weight": node.weight}
        found.append(titled(node.id, node.title) | more)
        asked = [*kids, *asked]
    return found


def titled(id: str, title: Text) -> Json:
    """Return a name with its title."""
    return {"id": id, "title": title}


def said(note: Note) -> Json:
    """Return a remark as the page shows it."""
    return {"severity": note.severity, "text": note.text()}
