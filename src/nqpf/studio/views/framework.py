"""Step 2, the framework: the tree as it is written, what each node gives on the data, and the theory in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nqpf import theory
from nqpf.data.panel import Panel
from nqpf.errors import NqpfError, SpecError, Where
from nqpf.index.framework import Indicator
from nqpf.messages import Text
from nqpf.studio.desk import Desk
from nqpf.studio.views.data_draft import Known, document_of, known
from nqpf.studio.views.framework_match import Matcher
from nqpf.studio.views.framework_nodes import ROOT, Draft, Formula, alone, drafts, faults, indicator_of, weigh
from nqpf.studio.views.framework_series import describe_series
from nqpf.theory.measured import STATES
from nqpf.yamlfile import load


@dataclass(frozen=True, slots=True)
class Written:
    """A session's framework as far as it is written.

    Attributes
    ----------
    document
        The session's document.
    content
        The framework's own keys; None where there is none.
    file
        File it is read from, if it is one of its own.
    problem
        Why that file cannot be read.
    """

    document: Mapping[str, Any]
    content: Mapping[str, Any] | None
    file: str | None = None
    problem: NqpfError | None = None

    @property
    def nodes(self) -> list[Draft]:
        """Every node in the order of reading."""
        tree = (self.content or {}).get("tree")
        return list(drafts(tree)) if isinstance(tree, list) else []


def written(desk: Desk, folder: Path) -> Written:
    """Return a session's framework, from its study or from the file that this names."""
    document = document_of(desk, folder)
    said = document.get("framework")
    if not isinstance(said, str):
        return Written(document, said if isinstance(said, Mapping) else None)
    try:
        return Written(document, load(folder / said).content, said)
    except NqpfError as error:
        where = replace(error.where, file=said)
        return Written(document, None, said, type(error)(error.code, where=where, **error.values))


def state(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return the framework of a session with everything that is known of each node.

    Parameters
    ----------
    desk
        The worker's desk.
    folder
        The session's folder; its study may be incomplete.

    Returns
    -------
    dict
        `framework` (as written, also where it is a `file` of its own), `problem` (of that file), `errors` (of the
        framework itself), `nodes` (path, id, kind, errors, what its formula gives, what it was meant to be), `series`
        (every raw series that can be used, with its statistics), `has_data`, `data_problems`, `feeds` (by catalogue
        entry: what of the data can feed it), `systems` (by published system: how many of its indicators the data can
        give), `items` and `groups` (what of the theory the tree touches, and measures with these data).
    """
    found = written(desk, folder)
    data, leaves, formulas = _weighed(desk, folder, found)
    nodes, panel = found.nodes, panel_of(data)
    used_by: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        for series in formulas[node.path].series if node.path in formulas else ():
            used_by[series].append(node.id)
    matcher = _matcher(found, panel, leaves, formulas)
    items = _items(nodes, leaves, formulas)
    return {
        "framework": found.content,
        "file": found.file,
        "problem": found.problem,
        "errors": _head_faults(found),
        "nodes": _nodes(found, matcher, leaves, formulas),
        "series": describe_series(panel, used_by) if panel is not None else [],
        "has_data": panel is not None,
        "data_problems": data.problems,
        "feeds": {one.id: matcher.entry(one).to_json() for one in theory.catalogue()},
        "systems": {one.id: matcher.count(one) for one in theory.systems()},
        "items": items,
        "groups": _groups(items),
    }


def formula(
    desk: Desk,
    folder: Path,
    *,
    formula: str,
    id: str = "",
    unit: Mapping[str, str] | str | None = None,
    mixed_vintages: bool = False,
    mixed_scopes: bool = False,
) -> dict[str, Any]:
    """Return what a formula gives on a session's data, without writing it down.

    Parameters
    ----------
    desk, folder
        As of `state`.
    formula
        SQL expression over the raw series.
    id
        Indicator that it is meant for, for messages.
    unit
        Unit that is declared for its result.
    mixed_vintages, mixed_scopes
        As of an indicator.

    Returns
    -------
    dict
        As of `framework_nodes.Formula`.

    Raises
    ------
    SpecError
        The unit is no text in one or two languages.
    """
    said = {"id": id or formula, "formula": formula, "unit": unit or None, "direction": "benefit"}
    one = alone({**said, "mixed_vintages": mixed_vintages, "mixed_scopes": mixed_scopes}).indicators[0]
    data = known(desk, folder, document_of(desk, folder))
    return weigh(panel_of(data), one).to_json()


def panel_of(data: Known) -> Panel | None:
    """Return the raw series as reported, rejected cells out, nothing filled in; None where there are none."""
    return data.report.kept if data.report is not None else None


def matcher_of(desk: Desk, folder: Path) -> Matcher:
    """Return what finds formulas for indicators in a session's data."""
    found = written(desk, folder)
    data, leaves, formulas = _weighed(desk, folder, found)
    return _matcher(found, panel_of(data), leaves, formulas)


def _weighed(desk: Desk, folder: Path, found: Written) -> tuple[Known, dict[str, Indicator], dict[str, Formula]]:
    """Return the data, and by path the indicators that can be read and what their formulas give."""
    data = known(desk, folder, found.document)
    panel, leaves = panel_of(data), _leaves(found.nodes)
    return data, leaves, {path: weigh(panel, one) for path, one in leaves.items()}


def _leaves(nodes: Iterable[Draft]) -> dict[str, Indicator]:
    return {n.path: one for n in nodes if n.children is None and (one := indicator_of(n)) is not None}


def _matcher(
    found: Written, panel: Panel | None, leaves: Mapping[str, Indicator], formulas: Mapping[str, Formula]
) -> Matcher:
    """Return what finds formulas; the study's own entry of the catalogue goes before a guess."""
    own = {
        str(node.raw["catalogue"]): leaves[node.path].formula
        for node in found.nodes
        if node.raw.get("catalogue") and node.path in leaves and formulas[node.path].stats is not None
        and not {"title", "direction"} & node.raw.keys()
    }  # fmt: skip
    stated = found.document.get("systems")
    return Matcher(panel, own, stated if isinstance(stated, Mapping) else {})


def _head_faults(found: Written) -> list[NqpfError]:
    """Return what is wrong with the framework itself."""
    if found.content is None:
        return []
    absent = [key for key in ("id", "title") if not found.content.get(key)]
    errors: list[NqpfError] = [SpecError("missing_key", where=Where(key=key), name=key) for key in absent]
    if not found.nodes:
        errors.append(SpecError("studio_empty_framework", where=Where(key="tree")))
    elif not any(n.children is None for n in found.nodes):
        errors.append(SpecError("studio_no_indicator", where=Where(key="tree")))
    unknown = found.content.keys() - {"id", "title", "source", "tree"}
    known = Text.same("id, title, source, tree")
    return errors + [
        SpecError("unknown_key", where=Where(key=str(key)), name=str(key), hint=Text("", ""), options=known)
        for key in sorted(map(str, unknown))
    ]


def _nodes(
    found: Written, matcher: Matcher, leaves: Mapping[str, Indicator], formulas: Mapping[str, Formula]
) -> list[dict[str, Any]]:
    """Return what the page shows of each node."""
    root = str((found.content or {}).get("id") or ROOT)
    twins = Counter([root, *(node.id for node in found.nodes)])
    shown = []
    for node in found.nodes:
        one, worth = leaves.get(node.path), formulas.get(node.path)
        entry: dict[str, Any] = {
            "path": node.path,
            "id": node.id,
            "kind": "indicator" if node.children is None else "dimension",
            "errors": faults(node, twins),
            "theory": one.theory if one else _listed(node.raw.get("theory")),
            "meant": _meant(root, node, matcher),
        }
        shown.append(entry | ({"worth": worth.to_json()} if worth else {"worth": None}))
    return shown


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _meant(system: str, node: Draft, matcher: Matcher) -> dict[str, Any] | None:
    """Return what an indicator was meant to be by the published system or the catalogue that it was taken from.

    `terms` are the quantities that its formula names in words, each with the series of that name or None.
    """
    if node.children is not None:
        return None
    for one in (one for one in theory.systems() if one.id == system):
        for theirs in (i for i in one.indicators if i.id == node.id):
            said = {"formula": theirs.formula, "unit": theirs.unit, "source": None, "note": theirs.note}
            return {**said, "terms": matcher.indicator(one, theirs).to_json()["terms"]}
    for entry in (entry for entry in theory.catalogue() if entry.id == node.raw.get("catalogue")):
        said = {"formula": entry.formula, "unit": entry.unit, "source": entry.source, "note": entry.note}
        return {**said, "terms": matcher.entry(entry).to_json()["terms"]}
    return None


@dataclass(frozen=True, slots=True)
class _Dimension:
    title: Text
    theory: tuple[str, ...]


def _items(
    nodes: Sequence[Draft], leaves: Mapping[str, Indicator], formulas: Mapping[str, Formula]
) -> list[dict[str, Any]]:
    """Return every theory item: who carries it (`by`), whether these data measure it, and `through` what."""
    carried: dict[str, list[str]] = defaultdict(list)
    dimensions = []
    for node in nodes:
        marks = leaves[node.path].theory if node.path in leaves else tuple(_listed(node.raw.get("theory")))
        for item in marks:
            carried[item].append(node.id)
        if node.children is not None and marks and _computed_below(node, formulas):
            dimensions.append(_Dimension(Text.same(node.id), marks))
    computed = [one for path, one in leaves.items() if formulas[path].has_values]
    frame = theory.coverage(computed, dimensions=dimensions)
    return [
        {
            "id": row["item"],
            "group": row["group"],
            "state": row["state"],
            "by": carried.get(row["item"], []),
            "through": None if row["by_zh"] is None else Text(row["by_zh"], row["by_en"]),
        }
        for row in frame.iter_rows(named=True)
    ]


def _computed_below(node: Draft, formulas: Mapping[str, Formula]) -> bool:
    return any(worth.has_values for path, worth in formulas.items() if path.startswith(f"{node.path}."))


def _groups(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return how many items of each group the tree touches, and how many these data measure and measure in part."""
    counted = []
    for group in theory.groups():
        of = [item for item in items if item["group"] == group.id]
        states = Counter(item["state"] for item in of)
        touched = sum(bool(item["by"] or item["through"]) for item in of)
        counts = {str(state): states[state] for state in STATES}
        counted.append({"id": group.id, "items": len(of), "touched": touched, **counts})
    return counted
