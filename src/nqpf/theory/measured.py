"""What of the theory is measured: by which indicators and methods, in part, or not, and what it would take.

Marks decide and nothing else: the theory items and tags that indicators carry, the items that the registry says a
method ``measures`` or ``touches``, and what each item ``asks`` for. A level alone never answers an item that asks for a
test: that circles turn, or that growth was shaken off the old way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

import polars as pl

from nqpf.messages import Text, say
from nqpf.registry import Entry, method, methods
from nqpf.theory.catalogue import catalogue
from nqpf.theory.diagram import Node, NodeKind, diagram
from nqpf.theory.items import Item, items
from nqpf.theory.roles import Marked, assign, role_sets

State = Literal["measured", "partly", "not_measured"]
STATES: tuple[State, ...] = ("measured", "partly", "not_measured")

LEVELS: tuple[NodeKind, ...] = ("cause", "element", "leap", "feature", "trait")
"""Kinds of boxes that state a level, so that a number in each of them speaks for the item they stand for. Circles,
hallmark and shake-offs state relations and tests, which a level does not measure."""

COLUMNS = ("item", "group", "status", "asks", "title_zh", "title_en", "state", "by_zh", "by_en", "needs_zh", "needs_en")


class Carrier(Marked, Protocol):
    """An indicator: marks and a title."""

    @property
    def title(self) -> Text:
        """Its name in both languages."""


class Titled(Protocol):
    """A dimension: theory items and a title, without tags."""

    @property
    def title(self) -> Text:
        """Its name in both languages."""

    @property
    def theory(self) -> tuple[str, ...]:
        """Ids of the theory items that it measures."""


def coverage(
    indicators: Iterable[Carrier],
    used: Iterable[str] = (),
    *,
    dimensions: Iterable[Titled] = (),
    boxes: Collection[str] | None = None,
) -> pl.DataFrame:
    """Return every theory item with whether it is measured, by what, and what it would take.

    An item that asks for a level is measured by an indicator that carries it, by all of its boxes in the diagram, by
    all roles of its set (`nqpf.theory.readings`), or by a method that measures it. One that asks for a relation or for
    texts is measured by such a method only; the others, and a method that touches it, measure it in part.

    Parameters
    ----------
    indicators
        Indicators of a framework, or of the catalogue.
    used
        Ids of methods that gave a result.
    dimensions
        Nodes above the indicators that carry theory items of their own.
    boxes
        Nodes of the logic diagram that have a value; default: those whose tags an indicator carries.

    Returns
    -------
    DataFrame
        A row an item: item, group, status (``core``, ``ext``, ``text``), asks (``level``, ``relation``, ``text``),
        title_zh, title_en, state (``measured``, ``partly``, ``not_measured``), by_zh and by_en (what measures it, in
        part where the state says so; null if nothing does), needs_zh and needs_en (what measuring it would take; null
        if it is measured).

    Raises
    ------
    SpecError
        A method that was used is not in the registry (``unknown_method``).

    Examples
    --------
    >>> from nqpf.theory import catalogue
    >>> found = coverage(catalogue(), ["growth.accounts"])
    >>> dict(found.filter(pl.col("item").is_in(["A04", "A07", "B01"])).select("item", "state").iter_rows())
    {'A04': 'measured', 'A07': 'partly', 'B01': 'measured'}
    """
    carriers = tuple(indicators)
    run = [method(id) for id in dict.fromkeys(used)]
    valued = boxes if boxes is not None else [n.id for n in diagram().nodes if any(_shows(i, n) for i in carriers)]
    sides = _sides(carriers)
    rows = []
    for it in items():
        tellers = [one.title for one in (*carriers, *dimensions) if it.id in one.theory]
        levels = [*tellers, *_boxes(it.id, valued), *sides.get(it.id, ())]
        measuring = [entry.title for entry in run if it.id in entry.measures]
        touching = [entry.title for entry in run if it.id in entry.touches]
        state = _state(it, levels, measuring, touching)
        own = levels if it.asks == "level" else []
        found = measuring + own if state == "measured" else levels + touching
        by = Text.join(dict.fromkeys(found)) if found else None
        rows.append(_row(it, state, by, None if state == "measured" else needs(it)))
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def software_coverage() -> pl.DataFrame:
    """Return what of the theory the software can measure: with every catalogue indicator and every method.

    Returns
    -------
    DataFrame
        As of `coverage`.

    Examples
    --------
    >>> software_coverage().height
    118
    """
    return coverage(catalogue(), methods())


def shares(frame: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """Count items by state, of all or in each group.

    Parameters
    ----------
    frame
        As of `coverage`.
    by
        Column to count in (``group``, ``status``, ``asks``); default: all items together.

    Returns
    -------
    DataFrame
        The column, items, measured, partly, not_measured and share (measured over items).

    Examples
    --------
    >>> shares(software_coverage(), "status")["status"].to_list()
    ['core', 'ext', 'text']
    """
    counts = [pl.len().cast(pl.Int64).alias("items")]
    counts += [(pl.col("state") == state).sum().cast(pl.Int64).alias(state) for state in STATES]
    found = frame.select(counts) if by is None else frame.group_by(by, maintain_order=True).agg(counts)
    return found.with_columns(share=pl.col("measured") / pl.col("items"))


def measuring(item_id: str) -> tuple[Entry, ...]:
    """Return the methods of the registry whose results measure a theory item.

    Examples
    --------
    >>> [one.id for one in measuring("L09")]
    ['regions.spatial_panel']
    """
    return tuple(one for one in methods().values() if item_id in one.measures)


def touching(item_id: str) -> tuple[Entry, ...]:
    """Return the methods of the registry whose results measure a theory item in part.

    Examples
    --------
    >>> [one.id for one in touching("F14")]
    ['frontier.metafrontier', 'change.malmquist']
    """
    return tuple(one for one in methods().values() if item_id in one.touches)


def needs(item: Item) -> Text:
    """Return what measuring an item would take: its data, and what the software has for it.

    Examples
    --------
    >>> from nqpf.theory import item
    >>> needs(item("L09")).en
    'data: TFP panel; spatial weights matrix; method: Spatial regressions on cross-sections and panels'
    """
    have = [entry.title for entry in measuring(item.id)]
    parts = [say("theory.needs.data", data=item.data)]
    if item.asks == "level":
        listed = [one.title for one in catalogue() if item.id in one.theory]
        if listed:
            parts.append(say("theory.needs.indicators", indicators=Text.join(listed)))
    if have:
        parts.append(say("theory.needs.method", methods=Text.join(have)))
    elif item.asks != "level" or len(parts) == 1:
        parts.append(say("theory.needs.measure", measure=item.measure))
    return Text.join(parts, "；", "; ")


def _state(it: Item, levels: Sequence[Text], measuring: Sequence[Text], touching: Sequence[Text]) -> State:
    if measuring or (it.asks == "level" and levels):
        return "measured"
    return "partly" if levels or touching else "not_measured"


def _boxes(item: str, valued: Collection[str]) -> list[Text]:
    """Return the boxes of levels that stand for an item and all have a value; none if one of them has not."""
    boxes = [n for n in diagram().nodes if n.kind in LEVELS and item in n.items]
    return [n.title for n in boxes] if all(n.id in valued for n in boxes) else []


def _shows(indicator: Marked, node: Node) -> bool:
    """Return whether an indicator carries all marks of a box."""
    return bool(node.tags) and all(
        value in indicator.theory if tag == "theory" else indicator.tags.get(tag) == value
        for tag, value in node.tags.items()
    )


def _sides(carriers: Sequence[Carrier]) -> Mapping[str, list[Text]]:
    """Return the roles of every set that reads an item and has all of its roles filled, by the item."""
    full = {}
    for one in role_sets():
        if one.item is not None and all(assign(one, carriers).values()):
            full[one.item] = [role.title for role in one.roles]
    return full


def _row(it: Item, state: State, by: Text | None, needs: Text | None) -> tuple[Any, ...]:
    return (
        *(it.id, it.group, it.status, it.asks, it.title.zh, it.title.en, state),
        *((None, None) if by is None else (by.zh, by.en)),
        *((None, None) if needs is None else (needs.zh, needs.en)),
    )
