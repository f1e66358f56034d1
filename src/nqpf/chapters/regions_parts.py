"""What the sections of the chapter on regions share: the names of things, and how a p-value is written."""

from __future__ import annotations

from nqpf.chapters.context import Context
from nqpf.chapters.told import Told
from nqpf.messages import Text

INDEX = "value"
"""Column of the index in the tables that the methods were given."""
SURE = 0.05
"""Level of every test of the chapter."""


def regions_told(context: Context) -> Told:
    """Return what says the remarks of the chapter by the names of units, groups and nodes."""
    titles = {node.id: node.title for node in context.framework.nodes}
    titles |= context.group_titles
    labels = [(unit, context.label(unit)) for unit in context.panel.units]
    # weights name units in the reader's language: those names too must be told in the language of the page
    titles |= {name: label for unit, label in labels for name in (unit, label.zh, label.en)}
    return Told(titles, {INDEX: context.framework.title})


def p_words(p: float) -> Text:
    """Return a p-value as it is written: one that would be rounded onto the level of the tests, with more digits.

    Examples
    --------
    >>> [p_words(p).en for p in (0.0004, 0.0312, 0.04954)]
    ['p < 0.001', 'p = 0.031', 'p = 0.0495']
    """
    near = round(p, 3) == SURE and p != SURE
    return Text.same("p < 0.001" if p < 0.001 else f"p = {p:.4f}" if near else f"p = {p:.3f}")
