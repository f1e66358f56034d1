"""Names of places that were misread (内蒙占, 四藏) are proposed as repairs with their evidence, and applied on demand.

A name that no scheme knows, in a table in which most are known, may be a known one with one wrong character. Which one
is settled by evidence, strongest first: ``identity``, with the repair the provinces add up to the nation's row (or to
the total that the name itself is), and without it they did not; ``gap``, it is the one unit missing wherever the name
stands; ``lookalike``, it is missing there, as others are, and its character looks like the written one. A known name
that stands beside the unknown one cannot be what is meant: the repair would give one unit two values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from nqpf.data.ledger import SCHEMA, Ledger
from nqpf.data.panel import complete
from nqpf.data.places.candidates import Target, choose, said, targets_of
from nqpf.data.places.evidence import Balance, Evidence, weigh
from nqpf.data.places.likeness import look_alike
from nqpf.data.places.names import clean, gazetteer
from nqpf.data.places.tables import complete_set
from nqpf.messages import Text, say
from nqpf.results import Method, Note, Result

Confidence = Literal["identity", "gap", "lookalike"]
TABLE = ("file", "sheet", "indicator", "measure", "source", "vintage", "scope", "period")
"""What cells share that stand in one table of units: in it each unit has one value."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A name that was misread and what it is thought to be.

    Attributes
    ----------
    written
        The name as it stands in the table.
    name
        The name that is to stand in its place.
    code
        Code of the place; None for a total.
    title
        Title of the place or total.
    confidence
        ``identity``, ``gap`` or ``lookalike``.
    why, evidence
        How the names differ, and what speaks for the repair, with its numbers.
    cells
        The cells that it concerns.
    kind
        Always ``place``.
    """

    written: str
    name: str
    code: str | None
    title: Text
    confidence: Confidence
    why: Text
    evidence: Text
    cells: tuple[str, ...]
    kind: Literal["place"] = "place"


@dataclass(frozen=True, slots=True)
class Repairs(Result):
    """Repairs that are proposed, and remarks on unknown names for which none is."""

    repairs: tuple[Repair, ...]
    notes: tuple[Note, ...] = ()
    method: Method = field(default_factory=lambda: Method("propose_repairs"))

    def __iter__(self) -> Iterator[Repair]:
        return iter(self.repairs)

    def __len__(self) -> int:
        return len(self.repairs)

    def to_frame(self) -> pl.DataFrame:
        """Return the repairs as a table: kind, written, name, code, confidence, why, evidence, rows, cells."""
        kinds = dict.fromkeys(("kind", "written", "name", "code", "confidence", "why", "evidence"), pl.String)
        rows = [
            {name: None if (v := getattr(r, name)) is None else str(v) for name in kinds}
            | {"rows": len(r.cells), "cells": list(r.cells)}
            for r in self.repairs
        ]
        return pl.DataFrame(rows, schema=kinds | {"rows": pl.Int64, "cells": pl.List(pl.String)})


def propose_repairs(frame: pl.DataFrame, scheme: str) -> Repairs:
    """Propose what unknown names in a tidy table may be; nothing is changed.

    Parameters
    ----------
    frame
        Tidy table (columns of `nqpf.data.panel.TIDY`) with the rows of totals and of unknown names in it.
    scheme
        ``provinces``, ``cities`` or ``countries``.

    Returns
    -------
    Repairs
        One repair for each misread name that a known one, and only one, fits in every table it stands in. Notes say
        of the other unknown names with a known one near why nothing is proposed. Nothing at all is proposed where less
        than half of the names are known.

    Examples
    --------
    >>> from nqpf.data.places import provinces
    >>> names = provinces()["short_zh"].to_list()[:31]
    >>> unit = ["全国", *(n if n != "西藏" else "四藏" for n in names)]
    >>> tidy = pl.DataFrame({"unit": unit, "period": 2020, "indicator": "x", "value": [3100.0] + [100.0] * 31})
    >>> [(r.written, r.name, r.confidence) for r in propose_repairs(tidy, "provinces")]
    [('四藏', '西藏', 'identity')]
    """
    method = Method("propose_repairs", {"scheme": scheme})
    rows = _rows(frame, scheme)
    names = rows.unique("unit", maintain_order=True)
    unknown = names.filter(pl.col("id").is_null())["unit"].to_list()
    if not unknown or len(unknown) >= names.height - len(unknown):
        return Repairs((), (), method)
    options = {unit: near_ones for unit in unknown if (near_ones := targets_of(unit, scheme))}
    usual = {*complete_set(scheme), *rows["id"].drop_nulls()}
    chosen, notes = choose(rows, options, usual)
    found = weigh(rows, {unit: target.id for unit, target in chosen.items()}, scheme)
    cells = dict(rows.filter(pl.col("unit").is_in(list(chosen))).group_by("unit").agg("address").iter_rows())
    made: list[Repair] = []
    for unit, target in chosen.items():
        confidence = _confidence(unit, target, found[unit])
        if confidence is None:
            notes.append(Note("repair_unproven", values=said(unit, [target])))
        else:
            made.append(_repair(unit, target, confidence, found[unit], tuple(cells[unit])))
    return Repairs(tuple(made), tuple(notes), method)


def apply_repairs(frame: pl.DataFrame, repairs: Iterable[Repair]) -> tuple[pl.DataFrame, Ledger]:
    """Put the names that are meant in the place of those that were misread.

    Parameters
    ----------
    frame
        The tidy table that the repairs were proposed for.
    repairs
        The ones that are accepted.

    Returns
    -------
    tuple
        The table with the names (and, where it has such a column, the codes) of the repaired rows changed, and a ledger
        with a row for every one of them, rule ``place.repair``; their numbers stay as they are.

    Examples
    --------
    >>> tidy = pl.DataFrame({"unit": ["西藏", "四藏"], "period": [2019, 2020], "indicator": "x", "value": [1.0, 2.0]})
    >>> made, ledger = apply_repairs(tidy, propose_repairs(tidy, "provinces"))
    >>> made["unit"].to_list(), len(ledger)
    (['西藏', '四藏'], 0)
    """
    accepted = {r.written: r for r in repairs}

    meant = pl.col("unit").is_in(list(accepted))

    def of(values: Mapping[str, str | None]) -> pl.Expr:
        return pl.col("unit").replace_strict(values, default=None, return_dtype=pl.String)

    names = of({name: r.name for name, r in accepted.items()})
    codes = of({name: r.code for name, r in accepted.items()})
    rows = (
        complete(frame)
        .filter(meant)
        .with_columns(
            unit=pl.coalesce(codes, names),
            old="value",
            new="value",
            rule=pl.lit("place.repair"),
            detail=of({name: f"{name} → {r.name} ({r.confidence})" for name, r in accepted.items()}),
        )
    )
    put = {"unit": names, "code": codes} if "code" in frame.columns else {"unit": names}
    made = frame.with_columns(**{name: pl.when(meant).then(new).otherwise(name) for name, new in put.items()})
    return made, Ledger(rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()))


def _rows(frame: pl.DataFrame, scheme: str) -> pl.DataFrame:
    """Return the cells with the id of their place or total and the number of the table they stand in."""
    known = gazetteer(scheme)
    tidy = complete(frame).filter(pl.col("unit").is_not_null())
    names = tidy["unit"].unique(maintain_order=True).to_list()
    keys = {name: clean(name) for name in names}
    one = {name: known.codes[key][0] for name, key in keys.items() if len(known.codes.get(key, ())) == 1}
    whole = {name: key for name, key in keys.items() if key in known.totals}
    set_aside = [name for name, key in keys.items() if len(known.codes.get(key, ())) > 1 or key in known.former]
    tidy = tidy.filter(~pl.col("unit").is_in(set_aside))
    series = [name for name in TABLE if name not in ("file", "sheet", "period")]
    address = pl.concat_str("file", "sheet", "cell", separator=" ", ignore_nulls=True)
    return (
        tidy.join(tidy.select(TABLE).unique(maintain_order=True).with_row_index("table"), on=TABLE, nulls_equal=True)
        .join(tidy.select(series).unique(maintain_order=True).with_row_index("series"), on=series, nulls_equal=True)
        .select(
            "table",
            "series",
            "unit",
            "value",
            "indicator",
            "period",
            id=pl.col("unit").replace_strict(one | whole, default=None, return_dtype=pl.String),
            is_total=pl.col("unit").is_in(list(whole)),
            address=address,
        )
    )


def _confidence(name: str, target: Target, found: Evidence) -> Confidence | None:
    if found.refuted:
        return None
    if found.restored:
        return "identity"
    if found.filled == found.tables:
        return "gap"
    return "lookalike" if look_alike(clean(name), target.key) else None


def _repair(name: str, target: Target, confidence: Confidence, found: Evidence, cells: tuple[str, ...]) -> Repair:
    code = None if target.is_total else target.id
    meant = target.title.en if target.key.isascii() else target.title.zh
    return Repair(
        name, meant, code, target.title, confidence, _why(name, target), _evidence(target, confidence, found), cells
    )


def _why(name: str, target: Target) -> Text:
    pair = look_alike(clean(name), target.key)
    if pair is None:
        return say("place.repair.near", written=name, meant=target.title)
    return say("place.repair.alike", written=name, meant=target.title, wrong=pair[0], right=pair[1])


def _evidence(target: Target, confidence: Confidence, found: Evidence) -> Text:
    """Return the evidence in words, with the sums where there are any."""
    counts = {"meant": target.title, "tables": found.tables, "filled": found.filled}
    if confidence == "identity":
        stated = say("place.repair.identity", tested=found.tested, restored=found.restored, **counts)
    elif confidence == "gap":
        stated = say("place.repair.gap", **counts)
    else:
        stated = say("place.repair.lookalike", **counts)
    if found.example is None:
        return Text.join([stated, say("place.repair.no_sum")], "", " ")
    return Text.join([stated, _sum(found.example, target)], "", " ")


def _sum(example: Balance, target: Target) -> Text:
    def shown(number: float) -> str:
        return f"{number:,.{example.decimals}f}"

    cell = {"indicator": example.indicator, "year": "" if example.period is None else example.period}
    if target.is_total:
        gap = shown(example.whole - example.after)
        return say("place.repair.parts", **cell, whole=shown(example.whole), after=shown(example.after), gap_after=gap)
    return say(
        "place.repair.sum",
        **cell,
        total=example.total,
        before=shown(example.before),
        after=shown(example.after),
        whole=shown(example.whole),
        gap_before=shown(example.whole - example.before),
        gap_after=shown(example.whole - example.after),
    )
