"""The catalogue: sixty indicators of new quality productive forces, each tied to the theory items it measures.

The tags (element, cause, feature, development concept, stage) give several independent readings of one set
of indicators. The indicators lie in ``catalogue.csv``; a tag outside `VOCABULARY` is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text
from nqpf.theory.tables import both, read_rows

Direction = Literal["benefit", "cost", "context"]

VOCABULARY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "direction": ("benefit", "cost", "context"),
        "element": ("labourer", "means", "object", "combination", "green", "ability", "distribution", "security"),
        "cause": ("tech", "factor", "industry"),
        "feature": ("tech", "efficiency", "quality"),
        "newdev": ("innovation", "coordination", "green", "open", "shared"),
        "stage": ("input", "process", "output", "outcome"),
        "scale": ("intensive", "extensive"),
    }
)
"""Values that each controlled column may hold."""

TAGS = ("element", "cause", "feature", "newdev", "stage")
"""Controlled columns that are tags: independent readings of one set of indicators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueIndicator:
    """One indicator of the catalogue.

    Attributes
    ----------
    id
        Short English name, e.g. ``"edu_years"``.
    title, formula, unit, source
        Name, formula in words, unit and usual source, in both languages.
    direction
        ``benefit``: more is better; ``cost``: less is better; ``context``: two-sided, has a target band or no
        direction at all.
    element, cause, feature, newdev, stage
        Tags: element of productive forces, cause, feature, part of the new development concept, and stage
        (input, process, output, outcome).
    scale
        ``intensive``: a ratio or index that does not grow with the unit's size; ``extensive``: it does.
    theory
        Ids of the theory items it measures, the most direct first.
    note
        What to mind when using it, or None.
    """

    id: str
    title: Text
    formula: Text
    unit: Text
    direction: Direction
    element: str
    cause: str
    feature: str
    newdev: str
    stage: str
    scale: str
    source: Text
    theory: tuple[str, ...]
    note: Text | None

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags by name, as an indicator of a framework holds them."""
        return {name: getattr(self, name) for name in TAGS}


@cache
def catalogue() -> tuple[CatalogueIndicator, ...]:
    """Return every indicator of the catalogue.

    Examples
    --------
    >>> len(catalogue())
    60
    """
    return tuple(_indicator(row) for row in read_rows("catalogue.csv"))


def catalogue_indicator(id: str) -> CatalogueIndicator:
    """Return one indicator of the catalogue.

    Raises
    ------
    SpecError
        No indicator has this id (``unknown_catalogue_indicator``); the message names the nearest one and all ids.

    Examples
    --------
    >>> catalogue_indicator("edu_years").unit.en
    'years'
    """
    known = {i.id: i for i in catalogue()}
    if id not in known:
        raise SpecError(
            "unknown_catalogue_indicator", indicator=id, hint=hint(id, known), known=listing(known, most=len(known))
        )
    return known[id]


def _indicator(row: Mapping[str, str]) -> CatalogueIndicator:
    for column, allowed in VOCABULARY.items():
        if row[column] not in allowed:
            raise ValueError(f"catalogue.csv, {row['id']}: {column}={row[column]!r} is none of {allowed}")
    note = both(row, "note")
    words: dict[str, Any] = {column: row[column] for column in VOCABULARY}
    return CatalogueIndicator(
        id=row["id"],
        title=both(row, "title"),
        formula=both(row, "formula"),
        unit=both(row, "unit"),
        source=both(row, "source"),
        theory=tuple(row["theory"].split()),
        note=note if note.zh else None,
        **words,
    )
