"""The nodes of a framework that is being written: each is checked by itself, so that one fault hides no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nqpf import theory
from nqpf.data.dimensions import unit_of
from nqpf.data.formula import names_in
from nqpf.data.panel import Panel
from nqpf.data.units import is_unit
from nqpf.errors import NqpfError, SpecError, Where
from nqpf.index import Framework
from nqpf.index.framework import Indicator
from nqpf.index.steps import evaluate_all
from nqpf.messages import Text
from nqpf.studio.views.framework_series import statistics
from nqpf.yamlfile import Document, Path_

ROOT = "·"
"""Id of the index that stands above a node while it is checked alone."""

OF_FORMULA = (
    "id", "title", "catalogue", "formula", "unit", "tags", "mixed_vintages", "mixed_scopes", "denominator", "size",
)  # fmt: skip
"""Keys that the numbers of an indicator and its marks depend on; its direction and bounds do not."""


FIELDS = {
    "direction_missing": "direction",
    "unknown_theory": "theory",
    "unknown_catalogue_indicator": "catalogue",
    "indicator_with_availability": "availability",
}
"""Key that a fault of a whole node speaks of."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A node as it is written.

    Attributes
    ----------
    path
        Positions from the top of the tree: ``0.2`` is the third child of the first node.
    raw
        What is written, without its children.
    children
        Number of nodes below; None for an indicator. A dimension may still be empty.
    """

    path: str
    raw: Mapping[str, Any]
    children: int | None

    @property
    def id(self) -> str:
        """Its id, empty if it has none."""
        return str(self.raw.get("id") or "")


@dataclass(frozen=True, slots=True)
class Formula:
    """What a formula gives.

    Attributes
    ----------
    text
        The formula.
    series, absent
        Series that it names, and those of them that the data do not have.
    errors
        What is wrong with it.
    mended
        The formula with the factor that its unit asks for, where that is what is wrong.
    made
        What it measures, in words, as far as its series' units tell; None where they do not.
    checked
        Whether the declared unit could be compared with that.
    stats
        As of `statistics`; None where it has no value.
    """

    text: str
    series: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    errors: tuple[NqpfError, ...] = ()
    mended: str | None = None
    made: Text | None = None
    checked: bool = False
    stats: Mapping[str, Any] | None = None

    @property
    def has_values(self) -> bool:
        """Whether it has a value anywhere."""
        return bool(self.stats and self.stats["present"])

    def to_json(self) -> dict[str, Any]:
        """Return it as it goes to the page."""
        named = {"formula": self.text, "series": self.series, "absent": self.absent, "errors": self.errors}
        return {**named, "mended": self.mended, "made": self.made, "checked": self.checked, "stats": self.stats}


def drafts(tree: Sequence[Any], above: str = "") -> Iterator[Draft]:
    """Yield every node of a tree in the order of reading."""
    for i, node in enumerate(tree):
        written = node if isinstance(node, Mapping) else {"id": str(node)}
        kids, path = written.get("children"), f"{above}{i}"
        raw = {key: value for key, value in written.items() if key != "children"}
        below: list[Any] | None = kids if isinstance(kids, list) else None
        yield Draft(path, raw, None if below is None else len(below))
        yield from drafts(below or (), f"{path}.")


def faults(node: Draft, twins: Counter[str]) -> list[NqpfError]:
    """Return what is wrong with how a node is written; its formula's worth is another matter.

    Parameters
    ----------
    node
        The node.
    twins
        How often each id stands in the tree.
    """
    found: list[NqpfError] = []
    if twins[node.id] > 1:
        found.append(SpecError("twin_nodes", where=Where(key="id"), node=node.id))
    if node.children == 0:
        found.append(SpecError("studio_empty_dimension", where=Where(key="children"), node=node.id))
    below = {} if node.children is None else {"children": [{"id": f"{ROOT}{ROOT}", "direction": "benefit"}]}
    try:
        alone({**node.raw, **below})
    except NqpfError as error:
        found.append(local(error))
    return found


def indicator_of(node: Draft) -> Indicator | None:
    """Return an indicator as far as its numbers and marks go, whatever its direction; None where it cannot be read."""
    kept = {key: node.raw[key] for key in OF_FORMULA if node.raw.get(key) is not None}
    known = {item.id for item in theory.items()}
    items = node.raw.get("theory")
    marks = [one for one in items if one in known] if isinstance(items, list) else []
    try:
        return alone({**kept, "theory": marks, "direction": "benefit"}).indicators[0]
    except NqpfError:
        return None


def alone(node: Mapping[str, Any]) -> Framework:
    """Return the framework of a single node, checked as `Framework.from_document` does."""
    # The lines say nothing, but a fault is placed at a key only if the document knows that key.
    lines: dict[Path_, int] = {("tree",): 0, ("tree", 0): 0} | {("tree", 0, key): 0 for key in node}
    return Framework.from_document(Document("", {"id": ROOT, "title": ROOT, "tree": [node]}, lines))


def weigh(panel: Panel | None, one: Indicator) -> Formula:
    """Return what an indicator's formula gives on the raw series, with everything that is wrong with it."""
    try:
        names = tuple(names_in(one.formula))
        if one.denominator:
            names = tuple(dict.fromkeys([*names, *names_in(one.denominator)]))
    except SpecError as error:
        return Formula(one.formula, errors=(local(error, "formula"),))
    if panel is None:
        return Formula(one.formula, names)
    absent = tuple(name for name in names if name not in panel.indicators)
    measures = {series.id: series.measure for series in panel.series}
    made = unit_of(one.formula, measures)
    checked = made is not None and any(is_unit(text) for text in (one.unit.zh, one.unit.en))
    found = Formula(one.formula, names, absent, made=None if made is None else made.text(), checked=checked)
    try:
        values = _values(panel, one)
    except NqpfError as error:
        mended = error.values.get("mended")
        return replace(found, errors=(local(error, "formula"),), mended=None if mended is None else str(mended))
    return replace(found, stats=statistics(panel, values))


def _values(panel: Panel, one: Indicator) -> Any:
    """Return an indicator's values ``float64[T, N]``, by the very steps by which an index is built."""
    tree = Framework(ROOT, Text.same(ROOT), None, (replace(one, at=0, parent=1),))
    found = evaluate_all(panel, tree)
    if one.denominator:  # only a recipe that denominates asks for it; that it can be computed is worth knowing now
        evaluate_all(panel, tree, denominate=True)
    return found.values[:, :, 0]


def local(error: NqpfError, key: str | None = None) -> NqpfError:
    """Return an error with its place in the node, not in the file: the page shows it beside the field."""
    written = (error.where.key or "").removeprefix("tree.0").strip(".")
    named = key or written.split(".")[0] or FIELDS.get(error.code)
    return type(error)(error.code, where=replace(error.where, file=None, line=None, key=named), **error.values)
