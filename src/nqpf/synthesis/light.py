"""One light of the page of cautions: a number beside two lines, and how good the evidence is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from nqpf.errors import NqpfError
from nqpf.industry.warning.lights import Light as Colour
from nqpf.industry.warning.lights import Line, Tier

Caution = Literal["herding", "sameness", "abandonment", "one_model", "repackaging", "without_tfp"]
CAUTIONS: tuple[Caution, ...] = get_args(Caution)
ITEMS: Mapping[str, tuple[str, ...]] = {
    "herding": ("L03",),
    "sameness": ("L04",),
    "abandonment": ("G04",),
    "one_model": ("L02",),
    "repackaging": ("L05",),
    "without_tfp": ("A04",),
}
"""Theory items that warn of it."""
GRAVE: Mapping[str | None, int] = {"warn": 0, "watch": 1, "none": 2, None: 3}
"""Order of lights, the gravest first."""


class Count(NamedTuple):
    """Numbers of a reading: beyond the line to warn, beyond the line to watch only, and all that are assessed."""

    warns: int = 0
    watches: int = 0
    assessed: int = 0

    @classmethod
    def of(cls, colours: Iterable[str | None]) -> Count:
        """Return how many of which light there are."""
        there = [colour for colour in colours if colour is not None]
        return cls(there.count("warn"), there.count("watch"), len(there))


NO_COUNT = Count()


@dataclass(frozen=True, slots=True)
class Light:
    """One reading of a caution.

    Attributes
    ----------
    caution
        What is warned of.
    reading
        What the number is: a measure of the room of industries (``crowding.share``), or of here (``types``).
    number
        The number; of many the one that lies worst; None where not assessed.
    watch, warn
        The lines.
    light
        ``none``, ``watch``, ``warn``; None where not assessed.
    tier
        How good the evidence is.
    values
        What else the sentence on it says.
    count
        How many numbers the reading has.
    unit, industry, year
        Labels of what the number is about; None where it is about all.
    needs, refused
        What it would take, or what the method refused; None where assessed.
    """

    caution: Caution
    reading: str
    number: float | None = None
    watch: float | None = None
    warn: float | None = None
    light: Colour | None = None
    tier: Tier = "not_assessed"
    values: Mapping[str, Any] = field(default_factory=dict)
    count: Count = NO_COUNT
    unit: str | None = None
    industry: str | None = None
    year: str | None = None
    needs: str | None = None
    refused: NqpfError | None = None

    @property
    def there(self) -> bool:
        """Whether it is assessed."""
        return self.light is not None

    @property
    def absence(self) -> str | None:
        """Why it is not assessed: what it needs, or the code of the refusal; None where it is."""
        return self.needs if self.refused is None else self.refused.code

    @classmethod
    def single(
        cls,
        caution: Caution,
        reading: str,
        number: float,
        lines: Line,
        light: Colour | None,
        values: Mapping[str, Any],
        tier: Tier = "indicated",
    ) -> Light:
        """Return a reading of one number."""
        return cls(caution, reading, number, *lines, light, tier, values, Count.of([light]))

    @classmethod
    def worst(cls, caution: Caution, reading: str, rows: Sequence[Mapping[str, Any]]) -> Light:
        """Return the number of one measure that lies worst, and how many lie beyond its lines.

        Parameters
        ----------
        caution, reading
            See `Light`.
        rows
            Rows of a table of lights (`nqpf.industry.warning.lights.SCHEMA`), all assessed, of one measure.
        """
        rising = rows[0]["warn"] >= rows[0]["watch"]
        row = min(rows, key=lambda row: (GRAVE[row["light"]], -row["number"] if rising else row["number"]))
        return cls(
            caution, reading, row["number"], row["watch"], row["warn"], row["light"], row["tier"],
            count=Count.of(one["light"] for one in rows), unit=row["region"], industry=row["industry"],
            year=row["year"],
        )  # fmt: skip
