"""The theory of new quality productive forces (新质生产力) as data.

Four things lie here: the 118 *items* the five documents come apart into, each with its words, file and line
(`items`, `item`, `groups`); the *logic diagram* (`diagram`); the *catalogue* of 60 indicators that measure
the items (`catalogue`, `catalogue_indicator`); and the *roles* that circles, balances and readings speak of
(`roles`, `circles`, `balances`, `readings`). `coverage` says what of it a study measures. `describe`,
`describe_indicator`, `overview`, `diagram_text` and `coverage_text` put them into plain text in either language.
"""

from nqpf.theory.catalogue import VOCABULARY, CatalogueIndicator, catalogue, catalogue_indicator
from nqpf.theory.diagram import Caption, Diagram, Edge, Node, NodeKind, diagram
from nqpf.theory.items import Asks, Group, Item, Phrase, Status, groups, item, items
from nqpf.theory.measured import LEVELS, State, coverage, measuring, needs, shares, software_coverage, touching
from nqpf.theory.measured_show import coverage_text, state_title
from nqpf.theory.roles import (
    Condition,
    Role,
    RoleSet,
    assign,
    balances,
    circles,
    readings,
    role,
    role_set,
    role_sets,
    roles,
    select,
)
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
    "LEVELS",
    "VOCABULARY",
    "Asks",
    "Caption",
    "CatalogueIndicator",
    "Condition",
    "Diagram",
    "Edge",
    "Group",
    "Item",
    "Node",
    "NodeKind",
    "Phrase",
    "Role",
    "RoleSet",
    "State",
    "Status",
    "System",
    "SystemIndicator",
    "assign",
    "balances",
    "catalogue",
    "catalogue_indicator",
    "circles",
    "coverage",
    "coverage_text",
    "describe",
    "describe_indicator",
    "describe_system",
    "diagram",
    "diagram_text",
    "groups",
    "indicators_of",
    "item",
    "items",
    "measuring",
    "needs",
    "nodes_of",
    "overview",
    "readings",
    "role",
    "role_set",
    "role_sets",
    "roles",
    "select",
    "shares",
    "software_coverage",
    "state_title",
    "system",
    "systems",
    "systems_overview",
    "touching",
]
