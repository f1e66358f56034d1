"""The cautions of the whole study as lights: a number of a room beside two lines, and how good the evidence is.

The documents warn of six things; each is read from what the rooms found, and a reading without data is no quiet light:
it says what it would take. Lights are those of `nqpf.industry.warning.lights`; nothing is added up across readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from nqpf.industry.structure.similarity import SimilarityResult
from nqpf.industry.survey import Industry
from nqpf.industry.survey_cautions import Warned
from nqpf.industry.warning.lights import Light as Colour
from nqpf.industry.warning.lights import Line, light_of, line
from nqpf.regions.paths.sufficiency_result import Sufficiency
from nqpf.regions.paths.typology import Typology
from nqpf.results import Method, Note, Part, Result
from nqpf.synthesis.light import CAUTIONS, GRAVE, Caution, Count, Light
from nqpf.synthesis.survey import System
from nqpf.text.measuring.talk_substance import TalkSubstance

ROOMS: Mapping[str, tuple[str, ...]] = {
    "herding": ("crowding", "headroom", "exuberance", "mismatch"),
    "sameness": ("plan_similarity",),
    "abandonment": ("abandonment",),
}
"""Cautions of the room of industries that speak to it."""
LIKE = ("unido", "cosine")
"""Measures of likeness for whose level there are lines in use."""
SURE = 0.05
"""A finding is no chance where p is below."""


class Agreed(Protocol):
    """A rank correlation of the composite with productivity over units, with its interval; None where it is not had."""

    @property
    def of(self) -> str:
        """``level`` or ``change``."""

    @property
    def units(self) -> int:
        """Units with both."""

    @property
    def rho(self) -> float | None:
        """The correlation."""

    @property
    def low(self) -> float | None:
        """Lower end."""

    @property
    def high(self) -> float | None:
        """Upper end."""


@dataclass(frozen=True, slots=True, eq=False)
class Lights(Result):
    """The lights of a study.

    Attributes
    ----------
    lights
        Every reading, caution by caution.
    method, notes
        How they came about.
    """

    lights: tuple[Light, ...]
    method: Method
    notes: tuple[Note, ...] = ()

    @property
    def assessed(self) -> bool:
        """Whether any reading could be assessed."""
        return any(light.there for light in self.lights)

    def of(self, caution: str) -> tuple[Light, ...]:
        """Return the readings of a caution."""
        return tuple(light for light in self.lights if light.caution == caution)

    def gravest(self, caution: str) -> Light | None:
        """Return the reading of a caution with the gravest light; None where none is assessed."""
        there = [light for light in self.of(caution) if light.there]
        return min(there, key=lambda light: GRAVE[light.light], default=None)

    def to_frame(self) -> pl.DataFrame:
        """Return a row a reading: what and whose it is, number, lines, light, tier, absence (why not), and counts."""
        names = (
            "caution",
            "reading",
            "number",
            "watch",
            "warn",
            "light",
            "tier",
            "unit",
            "industry",
            "year",
            "absence",
        )
        kinds: dict[str, Any] = dict.fromkeys(names, pl.String) | dict.fromkeys(("number", "watch", "warn"), pl.Float64)
        kinds |= dict.fromkeys(Count._fields, pl.Int64)
        rows = [(*(getattr(one, name) for name in names), *one.count) for one in self.lights]
        return pl.DataFrame(rows, schema=kinds, orient="row")


def lights(
    industry: Industry | None = None,
    system: System | None = None,
    talk: Part[TalkSubstance] | None = None,
    agreed: Sequence[Agreed] | None = None,
    *,
    indexed: bool = True,
    alike_line: Line = (0.85, 0.9),
    trend_line: Line = (0.1, 0.05),
    largest_line: Line = (0.7, 0.9),
    widest_line: Line = (0.8, 1.0),
) -> Lights:
    """Return the cautions of a study as lights; those without data as not assessed.

    Parameters
    ----------
    industry
        What was found of industries; None where the study has none.
    system
        The system put together; None likewise.
    talk
        Talk against the index; None where the study has no texts.
    agreed
        Rank correlations of the index with productivity; None where productivity was not measured.
    indexed
        Whether the study has an index.
    alike_line
        Mean likeness of regions' structures, 0 to 1 (UNIDO's coefficient; a convention of Chinese studies).
    trend_line
        p of a trend towards likeness.
    largest_line
        Share of units in the largest type, where there are types (a convention).
    widest_line
        Share of what all sufficient paths cover that the widest covers by itself; 1: there is no other (a convention).

    Returns
    -------
    Lights
        Cautions in the order of `CAUTIONS`.

    Raises
    ------
    SpecError
        Lines in the wrong order.

    Examples
    --------
    >>> found = lights(indexed=False)
    >>> found.assessed, {one.needs for one in found.of("repackaging")}
    (False, {'text'})
    """
    options = {
        "alike_line": line("alike_line", alike_line),
        "trend_line": line("trend_line", trend_line, rising=False),
        "largest_line": line("largest_line", largest_line),
        "widest_line": line("widest_line", widest_line),
    }
    found = (
        *_of_rooms(industry),
        *_likeness(industry, options["alike_line"], options["trend_line"]),
        *_types(system, options["largest_line"], indexed),
        *_paths(system, options["widest_line"], indexed),
        *_talk(talk, indexed),
        *_productivity(agreed, indexed),
    )
    ordered = sorted(found, key=lambda light: CAUTIONS.index(light.caution))
    return Lights(tuple(ordered), Method("synthesis.lights", options))


def _of_rooms(industry: Industry | None) -> Iterator[Light]:
    """Yield the cautions of the room of industries, a reading a measure."""
    for caution in (one for one in CAUTIONS if one in ROOMS):
        for name in ROOMS[caution]:
            if industry is None:
                yield Light(caution, name, needs=name)
            else:
                yield from _room(caution, name, industry.warned)


def _room(caution: Caution, name: str, warned: Warned) -> Iterator[Light]:
    part: Part[Any] = getattr(warned, name)
    if part.result is None:
        yield Light(caution, name, needs=None if part.refused else name, refused=part.refused)
        return
    known = warned.all.lights.filter((pl.col("caution") == name) & (pl.col("tier") != "not_assessed"))
    if not known.height:
        yield Light(caution, name, needs="numbers")
    for measure in known["measure"].unique().sort():
        rows = known.filter(pl.col("measure") == measure)
        yield Light.worst(caution, f"{name}.{measure}", rows.to_dicts())


def _likeness(industry: Industry | None, level: Line, trend: Line) -> Iterator[Light]:
    """Yield how alike the structures of regions are, and whether they grow alike."""
    if industry is None or (found := industry.similarity.result) is None:
        refused = None if industry is None else industry.similarity.refused
        yield Light("sameness", "alike", needs=None if refused else "activity", refused=refused)
        return
    yield _alike(found, industry.spec.similarity, level)
    row = found.trend.filter(pl.col("of") == "pairs").row(0, named=True)
    if row["p"] is None:
        yield Light("sameness", "trend", needs="years")
        return
    nearing = (row["slope"] < 0) == (industry.spec.similarity == "krugman") and row["slope"] != 0
    values = {key: row[key] for key in ("slope", "first", "last")} | {"kind": industry.spec.similarity}
    colour = light_of(row["p"], trend, rising=False) if nearing else "none"
    yield Light.single("sameness", "trend", row["p"], trend, colour, values)


def _alike(found: SimilarityResult, kind: str, lines: Line) -> Light:
    now = found.mean.row(-1, named=True)
    if kind not in LIKE:
        return Light("sameness", "alike", needs="alike_line")
    if now["mean"] is None:
        return Light("sameness", "alike", needs="numbers")
    return Light.single("sameness", "alike", now["mean"], lines, light_of(now["mean"], lines), {"pairs": now["pairs"]})


def _types(system: System | None, lines: Line, indexed: bool) -> Iterator[Light]:
    """Yield whether units are of several types, and none of these holds nearly all."""
    found: Typology | None = None if system is None else system.typology.result
    if found is None:
        yield _absent("types", None if system is None else system.typology, "system" if indexed else "index_system")
    elif not found.found:
        yield Light("one_model", "types", needs="no_types", values={"p": found.p})
    else:
        sizes = found.frame["type"].drop_nulls().value_counts()["count"].to_list()
        share = max(sizes) / found.frame.height
        values = {"types": found.number, "p": found.p}
        yield Light.single("one_model", "types", share, lines, light_of(share, lines), values)


def _paths(system: System | None, lines: Line, indexed: bool) -> Iterator[Light]:
    """Yield whether several combinations suffice, and none of these covers what all cover."""
    found: Sufficiency | None = None if system is None else system.sufficiency.result
    if found is None:
        needs = "index_system" if not indexed else "system" if system is None else "outcome"
        yield _absent("paths", None if system is None else system.sufficiency, needs)
    elif not found.paths:
        yield Light("one_model", "paths", needs="no_paths")
    elif not found.p < SURE:
        yield Light("one_model", "paths", needs="paths_chance", values={"paths": found.paths, "p": found.p})
    else:
        first = found.frame.filter(pl.col("model") == found.frame["model"][0])
        whole = found.solutions["coverage"][0]
        share = round(max(first["coverage"].to_list()) / whole, 9)
        values = {"paths": found.paths, "p": found.p}
        yield Light.single("one_model", "paths", share, lines, light_of(share, lines), values, "suggested")


def _absent(reading: str, part: Part[Any] | None, needs: str) -> Light:
    refused = None if part is None else part.refused
    return Light("one_model", reading, needs=None if refused else needs, refused=refused)


def _talk(part: Part[TalkSubstance] | None, indexed: bool) -> Iterator[Light]:
    """Yield how far the region whose talk is most ahead of its index is so, in the last year that can be judged."""
    if part is None or part.result is None:
        needs = "text" if part is None else "substance" if indexed else "index_text"
        refused = None if part is None else part.refused
        yield Light("repackaging", "talk", needs=None if refused else needs, refused=refused)
        return
    judged = part.result.frame.filter(pl.col("light").is_not_null())
    if not judged.height:
        yield Light("repackaging", "talk", needs="documents")
        return
    rows = judged.filter(pl.col("year") == pl.col("year").max()).to_dicts()
    worst = min(rows, key=lambda row: (GRAVE[row["light"]], -row["gap"]))
    watch, warn = part.result.method.options["lights"]
    yield Light(
        "repackaging", "talk", worst["gap"], watch, warn, worst["light"], "indicated",
        {"low": worst["low"], "high": worst["high"]}, Count.of(row["light"] for row in rows), worst["unit"],
        year=str(worst["year"]),
    )  # fmt: skip


def _productivity(agreed: Sequence[Agreed] | None, indexed: bool) -> Iterator[Light]:
    """Yield whether the composite goes with productivity: lit where it does not, or is not shown to.

    The line to watch is passed by the lower end of the interval, the line to warn by the correlation itself.
    """
    if agreed is None:
        yield Light("without_tfp", "level", needs="productivity" if indexed else "index_productivity")
        return
    for one in agreed:
        if one.rho is None or one.low is None:
            yield Light("without_tfp", one.of, needs="units", values={"units": one.units})
            continue
        colour: Colour = "warn" if one.rho <= 0 else "watch" if one.low <= 0 else "none"
        values = {"low": one.low, "high": one.high, "units": one.units}
        yield Light.single("without_tfp", one.of, one.rho, (0.0, 0.0), colour, values)
