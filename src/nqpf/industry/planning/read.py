"""From the tables of a plan to the arrays it is computed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.industry.labels import keys_apart, stated
from nqpf.industry.planning.problem import Gaps, Problem
from nqpf.industry.planning.sheets import ROLES, Sheet, check_roles
from nqpf.industry.planning.spec import PlanSpec
from nqpf.results import Note

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

PAIRS = (
    "p", "value", "expected", "layer", "entry", "density", "threshold", "rank", "candidates", "size", "funds", "period",
    "limits", "serves", "constraint", "name", "charge", "price", "reason",
)  # fmt: skip
PLACES = (
    "targets", "leaps", "expected_successes", "expected", "gain", "funds_used", "funds", "lacking", "jobs",
    "taken_up_1", "taken_up_2", "most", "released_2", "required", "short", "candidates", "open", "highest_p", "reason",
)  # fmt: skip
LINES = (
    "layer", "regions", "clusters", "expected_successes", "expected", "critical", "short", "load", "headroom", "excess",
    "cost",
)  # fmt: skip
"""Columns that the tables of a plan add to those of regions, of industries or of both."""


def read(
    candidates: Any,
    regions: Any,
    industries: Any,
    gaps: Any,
    negative: Any,
    *,
    unit: str,
    industry: str,
    columns: Mapping[str, str],
    spec: PlanSpec,
) -> tuple[Problem, tuple[Note, ...]]:
    """Return the tables as a problem, and remarks on them.

    Raises
    ------
    DataError
        As `nqpf.industry.plan` says.
    """
    check_roles(columns)
    keys_apart(PAIRS, unit=unit, industry=industry)
    keys_apart(PLACES, unit=unit)
    keys_apart(LINES, industry=industry)
    pairs = Sheet.of("candidates", candidates, (unit, industry), columns, industry)
    places = Sheet.of("regions", regions, (unit,), columns, industry) if regions is not None else None
    lines = Sheet.of("industries", industries, (industry,), columns, industry) if industries is not None else None
    chains = Sheet.of("gaps", gaps, (unit, industry), columns, industry, unit) if gaps is not None else None
    barred = Sheet.of("negative", negative, (unit, industry), columns, industry) if negative is not None else None
    _all_found(columns, [pairs, places, lines, chains])
    units, kinds, r, j, order = _keys(pairs, unit, industry)
    known = {f"{s.name}.{role}" for s in (pairs, places, lines, chains) if s is not None for role in s.columns}
    c = {role: pairs.number(role, **_LIMITS.get(role, {}))[order]
         for role in ROLES["candidates"] if role not in ("forbidden", "activity") and pairs.has(role)}  # fmt: skip
    _interval(pairs, c, order)
    notes: list[Note] = []
    n = _by_region(places, units, unit)
    k = _by_industry(lines, kinds, industry, notes)
    _ends(pairs, c, n["funds"], r, order)
    v = _values(c, k, pairs, lines, kinds, j)
    members = _gaps(chains, lines, units, kinds, (unit, industry), (r, j), spec, notes)
    forbidden = pairs.flag("forbidden")[order] if pairs.has("forbidden") else np.zeros(r.size, dtype=bool)
    if barred is not None:
        known.add("negative")
        forbidden = forbidden | _barred(barred, units, kinds, (unit, industry), (r, j))
    activity = pairs.number("activity")[order] if pairs.has("activity") else np.zeros(r.size)
    count = np.where(np.isnan(n["count"]), np.inf if spec.per_region is None else spec.per_region, n["count"])
    share = np.where(np.isnan(k["max_share"]), np.nan if spec.max_share is None else spec.max_share, k["max_share"])
    ones, labels = np.ones(r.size), _clusters(places, units, unit)
    found = Problem(
        spec, unit, industry, units, kinds, r, j, c["p"], v, c.get("size", ones), c.get("cost", 0.0 * ones),
        c.get("low"), c.get("high"), c.get("density"), c.get("minimum"), c.get("cap"), c.get("gain"),
        c.get("new_jobs"), activity > 0, forbidden, count, n["funds"], n["release"], n["jobs"], n["absorb"],
        np.where(np.isnan(n["scale"]), 1.0, n["scale"]), labels[0], labels[1], k["headroom"],
        np.where(np.isnan(share), np.inf, np.floor(share * len(units) + 1e-9)), _layers(lines, kinds, industry),
        _critical(lines, kinds, industry), members, frozenset(known),
    )  # fmt: skip
    return found, tuple(notes)


_LIMITS: Mapping[str, Mapping[str, Any]] = {
    "p": {"most": 1.0},
    "low": {"most": 1.0},
    "high": {"most": 1.0},
    "value": {"signed": True},
    "density": {"signed": True},
    "cap": {"holes": True},
}
"""What a column of the candidates may hold besides numbers from 0 up, all there."""


def _all_found(columns: Mapping[str, str], sheets: list[Sheet | None]) -> None:
    """Refuse a column that was named but that no table has."""
    there = [s for s in sheets if s is not None]
    for role, column in columns.items():
        if not any(s.columns.get(role) == column for s in there):
            raise SpecError("plan_column", where=Where(key=f"columns.{role}"), column=column,
                            tables=listing([s.name for s in there if role in ROLES[s.name]]))  # fmt: skip
    if "p" not in there[0].columns:
        raise DataError("plan_no_probability", options=listing(there[0].frame.columns, 20))


def _keys(pairs: Sheet, unit: str, industry: str) -> tuple[pl.Series, pl.Series, Integers, Integers, Integers]:
    """Return labels, the place of each pair, and the order of rows that sorts them."""
    stated(pairs.frame, "unit", unit)
    stated(pairs.frame, "industry", industry)
    units, kinds = (pairs.frame[key].unique().sort() for key in (unit, industry))
    r, j = pairs.places(unit, units), pairs.places(industry, kinds)
    at = r * len(kinds) + j
    pairs.once(at)
    order = np.argsort(at)
    return units, kinds, r[order], j[order], order


def _interval(pairs: Sheet, c: Mapping[str, Floats], order: Integers) -> None:
    low, high = c.get("low", c["p"]), c.get("high", c["p"])
    wrong = (low > c["p"]) | (high < c["p"])
    if wrong.any():
        at = int(order[wrong.argmax()])
        row = int(wrong.argmax())
        raise MethodError("plan_interval", where=pairs.where(at), p=float(c["p"][row]), low=float(low[row]),
                          high=float(high[row]))  # fmt: skip
    if "cap" in c and "minimum" in c and (c["cap"] < c["minimum"]).any():
        row = int((c["cap"] < c["minimum"]).argmax())
        raise MethodError("plan_cap", where=pairs.where(int(order[row])), cap=float(c["cap"][row]),
                          minimum=float(c["minimum"][row]))  # fmt: skip


def _ends(pairs: Sheet, c: Mapping[str, Floats], funds: Floats, r: Integers, order: Integers) -> None:
    """Refuse funds beyond the least that gain, and that nothing limits."""
    if "gain" not in c or np.isnan(funds).all():
        return
    endless = (c["gain"] > 0) & np.isnan(funds)[r] & np.isnan(c.get("cap", np.full(r.size, np.nan)))
    if endless.any():
        raise MethodError("plan_endless", where=pairs.where(int(order[endless.argmax()])), count=int(endless.sum()))


def _by_region(sheet: Sheet | None, units: pl.Series, unit: str) -> dict[str, Floats]:
    """Return the numbers of the table of regions by role, NaN where not known."""
    roles = ("count", "funds", "jobs", "release", "absorb", "scale")
    found = {role: np.full(len(units), np.nan) for role in roles}
    if sheet is not None:
        at = sheet.places(unit, units, "plan_unknown_region")
        sheet.once(at)
        for role in (role for role in roles if sheet.has(role)):
            found[role][at] = sheet.number(role, holes=True)
    if (found["scale"] == 0).any():
        place = int((found["scale"] == 0).argmax())
        raise MethodError("plan_scale", where=Where(unit=str(units[place])))
    return found


def _clusters(sheet: Sheet | None, units: pl.Series, unit: str) -> tuple[Integers, tuple[str, ...]]:
    """Return each region's cluster and the names; a region without one is its own."""
    own = [str(name) for name in units.to_list()]
    if sheet is None or not sheet.has("cluster"):
        return np.arange(len(own)), tuple(own)
    written: list[tuple[int, str]] = [(1, name) for name in own]
    for at, name in zip(sheet.places(unit, units), sheet.words("cluster"), strict=True):
        if name is not None:
            written[at] = (0, name)
    names = sorted(set(written))
    return np.array([names.index(one) for one in written]), tuple(name for _, name in names)


def _by_industry(sheet: Sheet | None, kinds: pl.Series, industry: str, notes: list[Note]) -> dict[str, Floats]:
    """Return the numbers of the table of industries by role, NaN where not known."""
    roles = {"value": {"signed": True}, "headroom": {}, "max_share": {"most": 1.0}}
    found = {role: np.full(len(kinds), np.nan) for role in roles}
    if sheet is not None:
        at = sheet.places(industry, kinds)
        sheet.once(at)
        there = at >= 0
        if not there.all():
            stray = sheet.frame[industry].filter(pl.Series(~there)).to_list()
            notes.append(
                Note("plan_idle_industries", "info", {"count": len(stray), "names": listing(sorted(map(str, stray)))})
            )
        for role, limits in roles.items():
            if sheet.has(role):
                found[role][at[there]] = sheet.number(role, holes=True, **limits)[there]  # type: ignore[arg-type]
        unknown = np.isnan(found["headroom"])
        if sheet.has("headroom") and unknown.any():
            names = listing([kinds[int(place)] for place in np.flatnonzero(unknown)])
            notes.append(Note("plan_headroom_unknown", "warning", {"count": int(unknown.sum()), "names": names}))
    return found


def _values(
    c: Mapping[str, Floats], k: Mapping[str, Floats], pairs: Sheet, lines: Sheet | None, kinds: pl.Series, j: Integers
) -> Floats:
    """Return the value of each pair, its own or its industry's."""
    of_line = lines is not None and lines.has("value")
    if pairs.has("value") and of_line:
        raise SpecError("plan_value_twice", where=Where(key="columns.value"))
    if pairs.has("value"):
        return c["value"]
    if not of_line:
        raise DataError("plan_no_value", options=listing(pairs.frame.columns, 20))
    values = k["value"][j]
    if np.isnan(values).any():
        stray = np.unique(j[np.isnan(values)])
        name = str(kinds[int(stray[0])])
        raise DataError("plan_value_missing", where=Where(sheet="industries", industry=name), count=stray.size)
    return values


def _layers(sheet: Sheet | None, kinds: pl.Series, industry: str) -> tuple[str | None, ...]:
    layers: list[str | None] = [None] * len(kinds)
    if sheet is not None and sheet.has("layer"):
        for at, layer in zip(sheet.places(industry, kinds), sheet.words("layer"), strict=True):
            if at >= 0:
                layers[at] = layer
    return tuple(layers)


def _critical(sheet: Sheet | None, kinds: pl.Series, industry: str) -> NDArray[np.bool_]:
    critical = np.zeros(len(kinds), dtype=bool)
    if sheet is not None and sheet.has("critical"):
        at = sheet.places(industry, kinds)
        critical[at[at >= 0]] = sheet.flag("critical")[at >= 0]
    return critical


def _gaps(
    sheet: Sheet | None,
    lines: Sheet | None,
    units: pl.Series,
    kinds: pl.Series,
    keys: tuple[str, str],
    pairs: tuple[Integers, Integers],
    spec: PlanSpec,
    notes: list[Note],
) -> Gaps:
    """Return the chain gaps of the table of gaps and of the column of the table of industries, sorted by name."""
    rows: list[tuple[str, int, int, float, float]] = []
    for source in (s for s in (sheet, lines) if s is not None and s.has("gap")):
        j = source.places(keys[1], kinds)
        named = keys[0] in source.keys
        r = source.places(keys[0], units, "plan_unknown_region") if named else np.full(j.size, -1)
        target = source.number("target", most=1.0) if source.has("target") else np.full(j.size, spec.gaps.target)
        weight = source.number("weight") if source.has("weight") else np.ones(j.size)
        for row, name in enumerate(source.words("gap")):
            if name is None and source is sheet:
                raise DataError("plan_gap_name", where=source.where(row))
            if name is not None:
                rows.append((name, int(r[row]), int(j[row]), float(target[row]), float(weight[row])))
            if not 0 < target[row] < 1:
                raise MethodError("plan_gap_target", where=source.where(row), value=float(target[row]))
    if sheet is not None and not sheet.has("gap"):
        raise DataError("unknown_column", column="gap", options=listing(sheet.frame.columns, 20), hint="")
    names = sorted({row[0] for row in rows})
    told = {name: {row[3:] for row in rows if row[0] == name} for name in names}
    for name, said in told.items():
        if len(said) > 1:
            raise DataError("plan_gap_disagrees", name=name)
    gap, pair = _members(rows, names, pairs)
    bare = [name for place, name in enumerate(names) if place not in set(gap.tolist())]
    if bare:
        notes.append(Note("plan_gap_without_pair", "warning", {"count": len(bare), "names": listing(bare)}))
    target, weight = (np.array([next(iter(told[name]))[which] for name in names]) for which in (0, 1))
    return Gaps(tuple(names), target, weight, gap, pair)


def _members(
    rows: list[tuple[str, int, int, float, float]], names: list[str], pairs: tuple[Integers, Integers]
) -> tuple[Integers, Integers]:
    """Return gaps and the pairs that mend them, each once; a region of −1 is any."""
    r, j = pairs
    by_name = {name: place for place, name in enumerate(names)}
    found = [
        np.stack([np.full(at.size, by_name[name]), at])
        for name, region, kind, _, _ in rows
        if kind >= 0 and (at := np.flatnonzero((j == kind) & ((r == region) | (region < 0)))).size
    ]
    if not found:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    both = np.unique(np.concatenate(found, axis=1), axis=1)
    return both[0].astype(np.intp), both[1].astype(np.intp)


def _barred(
    sheet: Sheet, units: pl.Series, kinds: pl.Series, keys: tuple[str, str], pairs: tuple[Integers, Integers]
) -> NDArray[np.bool_]:
    """Return which pairs the negative list bars; an empty region or industry stands for all."""
    region = sheet.places(keys[0], units, "plan_unknown_region")
    kind = sheet.places(keys[1], kinds)
    empty = sheet.frame[keys[1]].is_null().to_numpy()
    if (empty & (region < 0)).any():
        raise DataError(
            "plan_negative_empty", where=Where(sheet="negative", row=int((empty & (region < 0)).argmax()) + 1)
        )
    barred = np.zeros(pairs[0].size, dtype=bool)
    for n, k, every in zip(region, kind, empty, strict=True):
        barred |= ((pairs[0] == n) | (n < 0)) & (every | (pairs[1] == k))
    return barred
