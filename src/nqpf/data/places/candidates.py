"""What a misread name may be: the known names near it, less those that stand beside it, until one is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

import polars as pl

from nqpf.data.places.likeness import look_alike, near
from nqpf.data.places.names import clean, gazetteer
from nqpf.errors import listing
from nqpf.messages import Text
from nqpf.results import Note


@dataclass(frozen=True, slots=True)
class Target:
    """What a misread name may be: a place by its code, or a total by its cleaned name."""

    id: str
    title: Text
    key: str
    is_total: bool


def targets_of(name: str, scheme: str) -> tuple[Target, ...]:
    """Return the places and totals one character away, each once, those of a character that looks alike first."""
    known = gazetteer(scheme)
    found: dict[str, Target] = {}
    for key in near(clean(name), scheme):
        if key in known.totals:
            found[key] = Target(key, Text.same(known.totals[key]), key, True)
        elif len(known.codes[key]) == 1:
            code = known.codes[key][0]
            if code not in found or look_alike(clean(name), key):
                found[code] = Target(code, known.places[code].title, key, False)
    return tuple(found.values())


def choose(
    rows: pl.DataFrame, options: Mapping[str, tuple[Target, ...]], usual: Set[str]
) -> tuple[dict[str, Target], list[Note]]:
    """Return the one target that is left for each name, and notes on those for which none or several are.

    Parameters
    ----------
    rows
        Columns unit, table (number of the table of units that the cell stands in) and id (null for an unknown name).
    options
        What each unknown name may be.
    usual
        Ids that such tables hold: where one of them is possible, others are not asked.
    """
    together = _together(rows, options)
    open_ = {name: [t for t in targets if (name, t.id) not in together] for name, targets in options.items()}
    open_ = {name: [t for t in targets if t.id in usual] or targets for name, targets in open_.items()}
    notes = [
        Note("repair_would_repeat", values=said(name, options[name])) for name, targets in open_.items() if not targets
    ]
    rivals = _rivals(rows, [name for name, targets in open_.items() if targets])
    chosen: dict[str, Target] = {}
    for alike in (False, True):  # what only one name can be is settled before shapes are asked
        while settled := _settled({n: t for n, t in open_.items() if n not in chosen}, chosen, rivals, alike):
            chosen |= settled
    undecided = [name for name, targets in open_.items() if targets and name not in chosen]
    return chosen, notes + [Note("repair_undecided", values=said(name, open_[name])) for name in undecided]


def _settled(
    open_: Mapping[str, list[Target]], chosen: Mapping[str, Target], rivals: Mapping[str, set[str]], alike: bool
) -> dict[str, Target]:
    """Return the first name that one target is left for, when those of its neighbours are taken away."""
    for name, targets in open_.items():
        taken = {chosen[other].id for other in rivals.get(name, ()) if other in chosen}
        left = [t for t in targets if t.id not in taken]
        if alike:
            left = [t for t in left if look_alike(clean(name), t.key)]
        if len(left) == 1:
            return {name: left[0]}
    return {}


def _together(rows: pl.DataFrame, options: Mapping[str, tuple[Target, ...]]) -> set[tuple[str, str]]:
    """Return the pairs of a name and a target that stand in one table, so that one cannot be the other."""
    pairs = pl.DataFrame(
        [(name, t.id) for name, targets in options.items() for t in targets],
        schema={"unit": pl.String, "id": pl.String},
        orient="row",
    )
    stands = rows.filter(pl.col("unit").is_in(list(options))).select("unit", "table").unique().join(pairs, on="unit")
    both = stands.join(rows.select("table", "id").unique(), on=["table", "id"], how="semi")
    return set(both.select("unit", "id").unique().iter_rows())


def _rivals(rows: pl.DataFrame, names: list[str]) -> dict[str, set[str]]:
    """Return for each name the other unknown ones that stand in a table with it: they cannot mean the same."""
    stands = rows.filter(pl.col("unit").is_in(names)).select("unit", "table").unique()
    pairs = stands.join(stands, on="table").filter(pl.col("unit") != pl.col("unit_right"))
    found: dict[str, set[str]] = {}
    for name, other in pairs.select("unit", "unit_right").unique().iter_rows():
        found.setdefault(name, set()).add(other)
    return found


def said(name: str, targets: Iterable[Target]) -> dict[str, Any]:
    """Return the values of a note on a name and what it may be."""
    return {"written": name, "meant": listing(t.title for t in targets)}
