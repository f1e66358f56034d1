"""A framework to begin with: from the catalogue, from a published system, or blank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from nqpf import theory
from nqpf.errors import SpecError
from nqpf.messages import LANGUAGES, Text, say
from nqpf.studio.desk import Desk
from nqpf.studio.views.framework import matcher_of
from nqpf.studio.views.framework_match import Matcher
from nqpf.theory.catalogue import VOCABULARY, CatalogueIndicator
from nqpf.theory.systems import System, SystemIndicator
from nqpf.theory.systems import system as published

Source = Literal["catalogue", "system", "blank"]
Reading = Literal["element", "cause", "feature", "newdev", "stage"]


def start(
    desk: Desk,
    folder: Path,
    *,
    source: Source,
    system: str | None = None,
    reading: Reading = "element",
    only: bool = False,
) -> dict[str, Any]:
    """Return a framework to begin with; nothing is written.

    Parameters
    ----------
    desk, folder
        As of `nqpf.studio.views.framework.state`.
    source
        ``catalogue``, a published ``system``, or ``blank``.
    system
        Which published system.
    reading
        Of ``catalogue``: the tag whose words become the dimensions.
    only
        Leave out what the session's data cannot give.

    Returns
    -------
    dict
        `framework`, as it would stand in the study; `indicators` and `computed`: how many it has, and how many of
        them have a formula over the session's series.

    Raises
    ------
    SpecError
        No such system, or one of which neither dimensions nor indicators are known.
    """
    matcher = matcher_of(desk, folder)
    if source == "blank":
        made = _head(say("studio.framework.blank_title"), "framework", None, [])
    elif source == "catalogue":
        made = _of_catalogue(matcher, reading, only)
    else:
        made = _of_system(matcher, published(system or ""), only)
    leaves = _leaves(made["tree"])
    computed = sum("formula" in leaf for leaf in leaves)
    return {"framework": made, "indicators": len(leaves), "computed": computed}


def _head(title: Text, id: str, source: Text | None, tree: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id, "title": title, **({} if source is None else {"source": source}), "tree": tree}


def _of_catalogue(matcher: Matcher, reading: Reading, only: bool) -> dict[str, Any]:
    """Return the catalogue as a tree, a dimension for each word of a tag."""
    tree = []
    for word in VOCABULARY[reading]:
        entries = [one for one in theory.catalogue() if one.tags[reading] == word]
        below = [_leaf_of_entry(matcher, one) for one in entries]
        below = [leaf for leaf in below if not only or "formula" in leaf]
        if below:
            title = say(f"theory.tag.{reading}.{word}")
            tree.append({"id": f"{reading}_{word}", "title": title, "children": below})
    title = say("studio.framework.catalogue_title", reading=say(f"theory.label.{reading}"))
    return _head(title, f"catalogue_{reading}", say("studio.framework.catalogue_source"), tree)


def _leaf_of_entry(matcher: Matcher, one: CatalogueIndicator) -> dict[str, Any]:
    """Return an entry of the catalogue as an indicator; what the catalogue says of it need not be said again."""
    feed = matcher.entry(one)
    return {"id": one.id, "catalogue": one.id, **({"formula": feed.formula} if feed.formula else {})}


def _of_system(matcher: Matcher, one: System, only: bool) -> dict[str, Any]:
    """Return a published system as a tree; indicators that the data cannot give stand in it without a formula."""
    if not one.indicators and not one.dimensions:
        raise SpecError("studio_system_unknown", system=one.id)
    leaves = {i.id: _leaf_of_system(matcher, one, i) for i in one.indicators}
    kept = [i for i in one.indicators if not only or "formula" in leaves[i.id]]
    tree: list[dict[str, Any]] = []
    for dimension in one.dimensions:
        below = [i for i in kept if i.dimension == dimension.id]
        if below or not one.indicators:
            weights = [i.weight for i in below if i.weight is not None]
            weight = {"weight": sum(weights)} if below and len(weights) == len(below) else {}
            children = [leaves[i.id] for i in below]
            tree.append({"id": dimension.id, "title": dimension.title, **weight, "children": children})
    tree += [leaves[i.id] for i in kept if i.dimension is None]
    source = say("studio.framework.system_source", cite=one.cite, state=say(f"systems.state.{one.state}"))
    who = Text(*(re.sub(r"(\(\d{4}\)).*", r"\1", one.cite[lang]) for lang in LANGUAGES))
    return _head(say("studio.framework.system_title", who=who), one.id, source, tree)


def _leaf_of_system(matcher: Matcher, system: System, one: SystemIndicator) -> dict[str, Any]:
    feed = matcher.indicator(system, one)
    said: Mapping[str, Any] = {
        "catalogue": one.catalogue,
        "formula": feed.formula,
        "unit": one.unit,
        "size": one.size,
        "weight": one.weight,
    }
    known = {key: value for key, value in said.items() if value is not None}
    return {"id": one.id, "title": one.title, **known, "direction": one.direction}


def _leaves(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [leaf for node in tree for leaf in (_leaves(node["children"]) if "children" in node else [node])]
