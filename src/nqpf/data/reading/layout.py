"""Where things stand in a table: which column or header row says the place, the year, the indicator and its unit.

A `Layout` is found (`nqpf.data.reading.find`), printed in words, written to a reading recipe, edited and applied again;
it is all that `nqpf.data.read` needs to take a table apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nqpf.data.grid import letters_of
from nqpf.messages import Text, say

Role = Literal["unit", "code", "period", "indicator", "measure", "source", "vintage", "scope", "note", "part", "value"]

Split = Literal["", "period", "unit"]
Section = Literal["", "period", "unit", "indicator"]

KEYS = ("unit", "code", "period")
"""Roles that a table of any kind can have."""
EDITIONS = ("source", "vintage", "scope")
"""What makes two numbers of one name different ones; a column that says it always counts."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a table. Rows and columns count from 0.

    Attributes
    ----------
    header
        Header row → what its cells over the numbers say: ``period``, ``unit``, ``indicator``, ``measure``, or ``name``
        (only the columns' names).
    columns
        Column → what it says of a row: a role; ``part`` is a further name that tells indicators apart.
    values
        Columns of numbers.
    body
        Rows of data.
    fixed
        What holds for the whole table: role → text (``indicator``, ``measure``, ``period``, ``unit``, ``source``).
    filled
        Columns in which an empty cell repeats the one above.
    split
        What the header cells over the numbers say beside the indicator: ``""``, ``period`` (2019年GDP) or ``unit``
        (北京:GDP).
    section
        What a row of data with a single cell says of the rows below it: ``""`` where there is no such row.
    """

    header: Mapping[int, str]
    columns: Mapping[int, str]
    values: tuple[int, ...]
    body: tuple[int, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    filled: tuple[int, ...] = ()
    split: Split = ""
    section: Section = ""

    @property
    def across(self) -> str:
        """What runs across the columns of numbers: ``period``, ``unit``, ``indicator`` or ``value`` (nothing does)."""
        roles = set(self.header.values())
        return next((role for role in ("period", "unit", "indicator") if role in roles), "value")

    def column(self, role: str) -> int | None:
        """Return the column of a role, or None."""
        return next((j for j, known in self.columns.items() if known == role), None)

    def text(self) -> Text:
        """Return the layout in words."""
        rows = [(i, r) for i, r in self.header.items() if r not in ("name", "skip")]
        parts = [say(f"layout.column.{r}", column=letters_of(j)) for j, r in self.columns.items()]
        parts += [say(f"layout.row.{r}", row=i + 1, count=len(self.values)) for i, r in rows]
        parts += [say(f"layout.fixed.{r}", value=value) for r, value in self.fixed.items()]
        if self.split:
            parts.append(say(f"layout.split.{self.split}"))
        if self.section:
            parts.append(say(f"layout.section.{self.section}"))
        if self.filled:
            parts.append(say("layout.filled", columns=", ".join(letters_of(j) for j in self.filled)))
        body = say("layout.body", first=self.body[0] + 1, last=self.body[-1] + 1) if self.body else say("layout.empty")
        return Text.join([*parts, body], "；", "; ")
