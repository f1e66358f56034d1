"""Published systems of measuring new quality productive forces, each only as far as it was read.

A system says who published it and where, on which sample, by which method, in which dimensions and, where its table is
known, with which indicators; and for each of these parts whether it was *verified* at its address, *seen* in a stored
copy, or *recalled* from memory. What is recalled is never the authors' word: it is marked unverified wherever it is
shown. The systems lie in ``systems/*.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from ruamel.yaml import YAML

from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text

State = Literal["verified", "seen", "recalled"]
Part = Literal["citation", "sample", "method", "dimensions", "indicators", "formulas", "weights"]
Level = Literal["province", "city", "county", "firm"]

STATES: tuple[State, ...] = ("verified", "seen", "recalled")
"""How far something was checked, the surest first."""


@dataclass(frozen=True, slots=True)
class SystemDimension:
    """A dimension of a published system."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemIndicator:
    """An indicator of a published system.

    Attributes
    ----------
    id
        Name, unique in its system.
    title
        Its name in both languages.
    direction
        ``benefit`` or ``cost``.
    dimension
        Id of its dimension; None where the source does not say.
    group
        Second-level heading, where there is one.
    formula, unit
        As the source (or memory) has them; None where it has none.
    size
        ``intensive`` (a ratio) or ``extensive`` (a total); None where it is not known.
    catalogue
        Catalogue indicator that is the same thing; `note` says where the two differ in detail.
    series
        Column of a vendor's table that holds it.
    weight
        Weight out of 100, where one is stated or remembered.
    note
        What to mind.
    """

    id: str
    title: Text
    direction: Literal["benefit", "cost"]
    dimension: str | None = None
    group: Text | None = None
    formula: Text | None = None
    unit: Text | None = None
    size: Literal["intensive", "extensive"] | None = None
    catalogue: str | None = None
    series: str | None = None
    weight: float | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class VendorTable:
    """A table in which a vendor sells the indicators: its name, and the columns of unit and period."""

    name: str
    unit: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A published system of measurement.

    Attributes
    ----------
    id
        Name, e.g. ``"wang_jue_2024"``.
    cite
        Citation, in both languages.
    address
        Page that holds it or speaks of it; None where none is known.
    levels
        What it measures: provinces, cities, counties, firms.
    sample, method, follow_on
        Units and years, method in words, analyses built on the index; None where not known.
    recipe
        Words of an `nqpf.index.Recipe` that come nearest to the method; what the source does not state is left to the
        defaults. None where the method is no composite index or too little of it is known.
    parts
        How far each part that is stated here was checked.
    checked
        What exactly was read, where and when.
    caution
        What a user must know, else None.
    table
        Vendor's table of the indicators, else None.
    dimensions, indicators
        The structure; indicators are empty where their table was not read.
    """

    id: str
    cite: Text
    checked: Text
    address: str | None = None
    levels: tuple[Level, ...] = ()
    sample: Text | None = None
    method: Text | None = None
    follow_on: Text | None = None
    recipe: Mapping[str, Any] | None = field(default=None, hash=False)
    parts: Mapping[Part, State] = field(default_factory=dict, hash=False)
    caution: Text | None = None
    table: VendorTable | None = None
    dimensions: tuple[SystemDimension, ...] = ()
    indicators: tuple[SystemIndicator, ...] = ()

    @property
    def state(self) -> State:
        """How far the system was checked: the least sure of its parts."""
        return max(self.parts.values(), key=STATES.index)

    def indicator(self, id: str) -> SystemIndicator:
        """Return one of its indicators.

        Raises
        ------
        SpecError
            It has no such indicator (``unknown_system_indicator``).
        """
        known = {one.id: one for one in self.indicators}
        if id not in known:
            raise SpecError(
                "unknown_system_indicator",
                system=self.id,
                indicator=id,
                hint=hint(id, known),
                options=listing(known, max(len(known), 1)),
            )
        return known[id]


@cache
def systems() -> tuple[System, ...]:
    """Return every published system, in order of its id.

    Examples
    --------
    >>> len(systems())
    34
    """
    folder = resources.files("nqpf.theory") / "systems"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    yaml = YAML(typ="safe", pure=True)
    return tuple(_system(yaml.load(file.read_text(encoding="utf-8"))) for file in files)


def system(id: str) -> System:
    """Return one published system.

    Raises
    ------
    SpecError
        There is no such system (``unknown_system``); the message names the nearest one and all.

    Examples
    --------
    >>> system("song_jia_2024_firm").parts["weights"]
    'recalled'
    """
    known = {one.id: one for one in systems()}
    if id not in known:
        raise SpecError("unknown_system", system=id, hint=hint(id, known), options=listing(known, len(known)))
    return known[id]


def _text(raw: Mapping[str, str] | None) -> Text | None:
    return None if raw is None else Text(zh=raw["zh"], en=raw["en"])


def _system(raw: dict[str, Any]) -> System:
    words: dict[str, Any] = {name: _text(raw.pop(name, None)) for name in ("sample", "method", "follow_on", "caution")}
    recipe, table = raw.pop("recipe", None), raw.pop("table", None)
    return System(
        id=raw.pop("id"),
        cite=Text(**raw.pop("cite")),
        checked=Text(**raw.pop("checked")),
        levels=tuple(raw.pop("levels")),
        recipe=None if recipe is None else MappingProxyType(recipe),
        parts=MappingProxyType(raw.pop("parts")),
        table=None if table is None else VendorTable(**table),
        dimensions=tuple(SystemDimension(d["id"], Text(**d["title"])) for d in raw.pop("dimensions", ())),
        indicators=tuple(_indicator(i) for i in raw.pop("indicators", ())),
        **words,
        **raw,
    )


def _indicator(raw: Mapping[str, Any]) -> SystemIndicator:
    texts = ("title", "group", "formula", "unit", "note")
    words: dict[str, Any] = {key: Text(**value) if key in texts else value for key, value in raw.items()}
    return SystemIndicator(**words)
