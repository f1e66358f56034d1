"""Two sides of a comparison beside each other: ranks with intervals, shifts, how alike they are, weights, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.charts.pairs import pairs
from nqpf.errors import SpecError, Where, listing
from nqpf.index import Index, leave_one_out
from nqpf.index.compare import Comparison
from nqpf.messages import LANGUAGES, Text, say
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note
from nqpf.studio.desk import READ, Desk
from nqpf.studio.views.compare_sides import LEAST, NOW, about, document_of, framework_of, title_of
from nqpf.studio.views.compare_words import differences
from nqpf.studio.views.drafts import sound, study_of
from nqpf.study.compare import StudyComparison, compare_study
from nqpf.study.coverage import Coverage
from nqpf.study.spec import Study
from nqpf.theory.systems import system
from nqpf.theory.systems_show import mark

Floats = NDArray[np.float64]
WITHIN = 3
"""Units whose ranks are no further apart than this count as agreed on."""
MOVERS = 8
"""Units named whose ranks differ most."""
LONG = 32
"""Characters of a name on an axis."""
FEW = 5
"""With fewer units than this, rank correlations say little."""
SYSTEM = "system:"


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side: id, name, what its index is kept under, the index, its study, and what of a published system it is."""

    id: str
    title: Text
    key: str
    index: Index
    study: Study | None
    coverage: Coverage | None = None


def run(desk: Desk, folder: Path, first: str, second: str, period: int | None = None) -> dict[str, Any]:
    """Compare two sides in a year.

    Parameters
    ----------
    desk
        Of the worker.
    folder
        Of the session.
    first, second
        Ids of `nqpf.studio.views.compare_sides.sides`.
    period
        Year; default: the last that both score.

    Returns
    -------
    dict
        ``sides`` (id, title, of a system also its state, address, how much of it was computed, caution), ``period,
        periods``, ``units`` (id, title, first, second: score, rank, low, high; ``shift``: places won in the second),
        ``movers``, ``agreement`` (of every year), ``weights`` (node, title, level, first, second), ``differs`` (in
        words), ``words`` (of systems), ``chart`` (of each language) and ``notes``. An interval is the best and the
        worst rank with each indicator left out in turn.

    Raises
    ------
    NqpfError
        A side cannot be built; no year is scored by both.
    """
    one, other, told = _sides(desk, folder, first, second)
    done = side_by_side({one.id: one.index, other.id: other.index})
    years = _years(done)
    if period is not None and period not in years:
        options = listing(years, 40)
        raise SpecError("bad_choice", where=Where(key="period"), value=period, options=options, hint="")
    at = done.periods.index(period if period is not None else years[-1])
    units = _units(done, at, [_intervals(desk, side) for side in (one, other)])
    notes = [*done.notes, *(told.notes if told else ())]
    return {
        "sides": [_told(side) for side in (one, other)],
        "period": done.periods[at],
        "periods": years,
        "units": units,
        "movers": [u["id"] for u in sorted(units, key=_moved, reverse=True) if u["shift"]][:MOVERS],
        "agreement": done.agreement_frame().drop("first", "second").to_dicts(),
        "weights": _weights(one.index, other.index, done.periods[at]),
        "differs": list(differences(one.study, other.study)) if one.study and other.study else [],
        "words": told.lines() if told else [],
        "chart": _chart(units, _short(one), _short(other), done.periods[at]),
        "notes": [{"severity": n.severity, "text": n.text()} for n in notes if n.severity != "info"],
    }


def taken(desk: Desk, folder: Path, side: str) -> dict[str, Any]:
    """Return what taking a side over would make of the study: its document.

    Raises
    ------
    NqpfError
        There is no such side, or a system that cannot be run on the data.
    """
    if not side.startswith(SYSTEM):
        return document_of(folder, side)
    present = document_of(folder, NOW)
    study = study_of(sound(present), folder)
    found = _coverage(compare_study(study, [side.removeprefix(SYSTEM)], min_coverage=LEAST))[side]
    holes = {} if study.spec.recipe.availability is None else {"availability": study.spec.recipe.availability}
    return present | {"framework": framework_of(found), "recipe": dict(found.system.recipe or {}) | holes}


def side_by_side(indices: Mapping[str, Index]) -> Comparison:
    """Return indices on whatever panels beside each other, aligned by unit and year; each ranks its own units."""
    periods = sorted({p for index in indices.values() for p in index.panel.periods})
    units = list(dict.fromkeys(u for index in indices.values() for u in index.panel.units))
    labels = {u: title for index in indices.values() for u, title in index.panel.labels.items()}
    scores = np.full((len(indices), len(periods), len(units)), np.nan)
    for s, index in enumerate(indices.values()):
        t = [periods.index(p) for p in index.panel.periods]
        n = [units.index(u) for u in index.panel.units]
        scores[s][np.ix_(t, n)] = index.scores[:, :, -1]
    notes = [Note("compare_few_units", values={"count": len(units)})] if len(units) < FEW else []
    partly = int((np.isnan(scores).any(axis=0) & ~np.isnan(scores).all(axis=0)).sum())
    if partly:
        notes.append(Note("compare_not_all_score", values={"count": partly, "total": scores[0].size}))
    return Comparison(
        tuple(indices),
        indices,
        tuple(periods),
        tuple(units),
        labels,
        scores,
        competition_rank(scores, axis=2),
        WITHIN,
        tuple(notes),
        Method("compare", {"systems": list(indices), "within": WITHIN}),
    )


def _sides(desk: Desk, folder: Path, first: str, second: str) -> tuple[Side, Side, StudyComparison | None]:
    """Return both sides; a published system is run on the data of the other side, or of the study as it is."""
    if first == second:
        raise SpecError("compare_too_few", count=1)
    published = [s for s in (first, second) if s.startswith(SYSTEM)]
    base = next((s for s in (first, second) if s not in published), NOW)
    study = study_of(sound(document_of(folder, base)), folder)
    made: dict[str, Side] = {}
    told = None
    if published:
        for id in published:
            system(id.removeprefix(SYSTEM))
        key = f"compared {published} {desk.key(study, *READ, 'recipe', 'systems')}"
        told = desk.once(key, lambda: _compared(study, published))
        found = _coverage(told)
        for id in published:
            one = found[id]
            made[id] = Side(id, one.system.cite, f"{id} {key}", told.comparison.indices[one.system.id], None, one)
    for id in (first, second):
        if id not in made:
            own = study if id == base else study_of(sound(document_of(folder, id)), folder)
            own_key = desk.key(own, *READ, "recipe")
            made[id] = Side(id, title_of(folder, id), own_key, desk.index(own), own)
    return made[first], made[second], told


def _compared(study: Study, published: list[str]) -> StudyComparison:
    """Run published systems; one that cannot be run is refused by name."""
    done = compare_study(study, [id.removeprefix(SYSTEM) for id in published], min_coverage=LEAST, within=WITHIN)
    for one in done.coverage:
        if one.refused is not None:
            raise SpecError("studio_system_refused", system=one.system.cite, why=one.refused)
    return done


def _coverage(done: StudyComparison) -> dict[str, Coverage]:
    return {f"{SYSTEM}{one.system.id}": one for one in done.coverage}


def _told(side: Side) -> dict[str, Any]:
    words: dict[str, Any] = {"id": side.id, "title": side.title}
    if side.coverage is not None:
        absent = [m.indicator.title for m in side.coverage.matches if m.formula is None]
        words |= about(side.coverage.system)
        words |= {"found": len(side.coverage.found), "total": len(side.coverage.matches), "absent": absent}
    return words


def _years(done: Comparison) -> list[int]:
    """Return the years in which both sides score somebody."""
    both = np.asarray(np.isfinite(done.scores).any(axis=2).all(axis=0), dtype=bool).reshape(-1)
    years = [period for at, period in enumerate(done.periods) if both[at]]
    if not years:
        raise SpecError("studio_nothing_in_common")
    return years


def _intervals(desk: Desk, side: Side) -> Mapping[tuple[str, int], tuple[int | None, int | None]]:
    """Return the best and the worst rank by unit and year, each indicator left out in turn."""
    frame = desk.once(f"intervals {side.key}", lambda: leave_one_out(side.index).to_frame())
    rows = frame.select("unit", "period", "rank_low", "rank_high").iter_rows()
    return {(unit, period): (low, high) for unit, period, low, high in rows}


def _units(done: Comparison, at: int, intervals: list[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Return a row for each unit in a year, as the first side ranks them."""
    period, rows = done.periods[at], []
    for n, unit in enumerate(done.units):
        found = []
        for s in (0, 1):
            rank, score = done.ranks[s, at, n], done.scores[s, at, n]
            low, high = intervals[s].get((unit, period), (None, None))
            whole = None if np.isnan(rank) else int(rank)
            found.append({"score": float(score), "rank": whole, "low": low, "high": high})
        ranks = [one["rank"] for one in found]
        shift = None if None in ranks else ranks[0] - ranks[1]
        rows.append({"id": unit, "title": done.labels[unit], "first": found[0], "second": found[1], "shift": shift})
    return sorted(rows, key=lambda row: (row["first"]["rank"] is None, row["first"]["rank"] or 0, row["id"]))


def _moved(row: Mapping[str, Any]) -> int:
    return abs(int(row["shift"] or 0))


def _weights(one: Index, other: Index, period: int) -> list[dict[str, Any]]:
    """Return the weight of every node in the whole of each index; None where an index does not have it."""
    rows: dict[str, dict[str, Any]] = {}
    for name, index in (("first", one), ("second", other)):
        t, count = index.panel.periods.index(period), len(index.framework.indicators)
        for node in index.framework.nodes[:-1]:
            row = rows.setdefault(node.id, {"node": node.id, "title": node.title, "first": None, "second": None})
            row[name] = float(index.whole[t, node.at])
            row["leaf"] = node.at < count
    return sorted(rows.values(), key=lambda row: -max(row["first"] or 0.0, row["second"] or 0.0))


def _chart(units: list[dict[str, Any]], one: Text, other: Text, period: int) -> dict[str, Any]:
    """Return the picture of both ranks of each unit, in each language."""
    rows = [
        {
            "unit": u["id"],
            "unit_zh": u["title"].zh,
            "unit_en": u["title"].en,
            "x": u["first"]["rank"],
            "y": u["second"]["rank"],
        }
        for u in units
    ]
    names = {"unit": pl.String, "unit_zh": pl.String, "unit_en": pl.String, "x": pl.Float64, "y": pl.Float64}
    figure = pairs(
        pl.DataFrame(rows, schema=names),
        id="compare_ranks",
        title=say("studio.compare.chart.title", period=period),
        caption=say("studio.compare.chart.caption"),
        x_title=say("studio.compare.chart.axis", side=one),
        y_title=say("studio.compare.chart.axis", side=other),
        equal=True,
        digits=0,
    )
    return {lang: figure.drawn(lang) for lang in LANGUAGES}


def _short(side: Side) -> Text:
    """Return a name that fits on an axis: of a published system its id, marked where it is unverified."""
    if side.coverage is not None:
        return Text.join([side.coverage.system.id, mark(side.coverage.system.state)], "", "")
    cut = {lang: name if len(name := side.title[lang]) <= LONG else f"{name[: LONG - 1]}…" for lang in LANGUAGES}
    return Text(cut["zh"], cut["en"])
