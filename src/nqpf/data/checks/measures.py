"""What a unit of measure and a name say about a series: whether it can be added up, be negative, be above one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from nqpf.data.panel import Series
from nqpf.data.places.names import table
from nqpf.data.units import is_unit, parse_unit

Extent = Literal["sum", "ratio", "unknown"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a series' numbers from its unit of measure and its words.

    Attributes
    ----------
    extent
        ``sum``: units can be added up (money, persons, tonnes); ``ratio``: they cannot (per head, %, an index).
    dimension
        What the unit measures, to tell which series can be compared; None where it cannot be read.
    factor
        How many base units one unit is.
    whole
        What a share cannot be above, in its unit: 1 for a 比例, 100 for a %. None for what is no pure number.
    share
        Whether the words say that it is part of a whole.
    signed
        Whether the words say that it can be negative (profit, balance, growth).
    """

    extent: Extent = "unknown"
    dimension: tuple[tuple[str, int], ...] | None = None
    factor: float = 1.0
    whole: float | None = None
    share: bool = False
    signed: bool = False


def kind_of(series: Series) -> Kind:
    """Return what the unit of measure and the name of a series say about it.

    Examples
    --------
    >>> from nqpf.messages import Text
    >>> share, gdp = Series("x", Text.same("城镇人口占比"), "%"), Series("gdp", Text.same("GDP"), "亿元")
    >>> kind_of(share).whole, kind_of(gdp).extent
    (100.0, 'sum')
    """
    words = " ".join((series.id, series.title.zh, series.title.en)).casefold().replace("_", " ")
    share, signed = (any(w in words for w in _words(kind)) for kind in ("share", "signed"))
    if series.measure is None or not is_unit(series.measure):
        return Kind(share=share, signed=signed)
    unit = parse_unit(series.measure)
    pure = not unit.dimension
    exponents = [e for _, e in unit.dimension]
    indexed = any(base.startswith("index") for base, _ in unit.dimension)
    extent: Extent = "ratio" if pure or indexed or min(exponents) < 0 else "sum"
    whole = 1 / float(unit.factor) if pure else None
    return Kind(extent, unit.dimension, float(unit.factor), whole, share, signed or indexed)


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple(table("series_words").filter(kind=kind)["word"].to_list())
