"""The theory of new quality productive forces (新质生产力) as data.

Three things lie here: the 118 *items* the five documents come apart into, each with its words, file and line
(`items`, `item`, `groups`); the *logic diagram* (`diagram`); and the *catalogue* of 60 indicators that measure
the items (`catalogue`, `catalogue_indicator`). `describe`, `describe_indicator`, `overview` and `diagram_text`
put them into plain text in either language.
"""

from nqpf.theory.catalogue import VOCABULARY, CatalogueIndicator, catalogue, catalogue_indicator
from nqpf.theory.diagram import Caption, Diagram, Edge, Node, NodeKind, diagram
from nqpf.theory.items import Group, Item, Phrase, Status, groups, item, items
from nqpf.theory.show import (
    describe,
    describe_indicator,
    diagram_text,
    indicators_of,
    nodes_of,
    overview,
)
from nqpf.theory.systems import System, SystemIndicator, system, systems
from nqpf.theory.systems_show import describe_system, systems_overview

__all__ = [
    "VOCABULARY",
    "Caption",
    "CatalogueIndicator",
    "Diagram",
    "Edge",
    "Group",
    "Item",
    "Node",
    "NodeKind",
    "Phrase",
    "Status",
    "System",
    "SystemIndicator",
    "catalogue",
    "catalogue_indicator",
    "describe",
    "describe_indicator",
    "describe_system",
    "diagram",
    "diagram_text",
    "groups",
    "indicators_of",
    "item",
    "items",
    "nodes_of",
    "overview",
    "system",
    "systems",
    "systems_overview",
]
