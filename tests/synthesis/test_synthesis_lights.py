"""Lights of the cautions: every rule's both sides, and what is not assessed, from constructed results of the rooms."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.industry import similarity
from nqpf.industry.survey_cautions import Warned
from nqpf.industry.warning.gather import cautions
from nqpf.industry.warning.lights import CautionResult, Light, Line, Signal, light_of, table_of
from nqpf.results import Method, Part
from nqpf.synthesis.light import CAUTIONS, ITEMS, Count
from nqpf.synthesis.light import Light as Lit
from nqpf.synthesis.lights import Lights, lights
from nqpf.theory import item

REFUSED: Part[Any] = Part(None, MethodError("paths_few_units", units=3, least=6))
NAMES = ("crowding", "headroom", "exuberance", "plan_similarity", "mismatch", "abandonment")


def result(caution: Any, measure: str, numbers: dict[str, float | None], lines: Line, rising: bool = True) -> Part[Any]:
    """Return a caution of the room of industries with a number an industry; None is not assessed."""

    def light(number: float | None) -> Light | None:
        return None if number is None else light_of(number, lines, rising=rising)

    signals = [
        Signal(caution, measure, number, lines, light(number), "measured", "no_number", industry=name, year=2020)
        for name, number in numbers.items()
    ]
    return Part(CautionResult(pl.DataFrame(), table_of(signals), Method(f"industry.{caution}")))


def industry(kind: str = "unido", alike: Part[Any] | None = None, **parts: Part[Any]) -> Any:
    """Return what was found of industries, all else absent."""
    found: dict[str, Part[Any]] = {name: parts.get(name, Part()) for name in NAMES}
    there = [part.result for part in found.values() if part.result is not None]
    warned = Warned(**found, all=cautions(*there))
    return SimpleNamespace(warned=warned, similarity=alike or Part(), spec=SimpleNamespace(similarity=kind))


def structures(kind: Any, shares: dict[int, float]) -> Part[Any]:
    """Return the likeness of two regions: one with halves of two industries, one with `shares` of the first by year."""
    rows = [
        (u, i, y, v)
        for y, s in shares.items()
        for u, i, v in (("a", "x", 0.5), ("a", "y", 0.5), ("b", "x", s), ("b", "y", 1 - s))
    ]
    table = pl.DataFrame(rows, schema=["unit", "industry", "year", "value"], orient="row")
    return Part(similarity(table, "value", unit="unit", industry="industry", time="year", kind=kind))


def system(types: Part[Any] | None = None, paths: Part[Any] | None = None) -> Any:
    return SimpleNamespace(typology=types or Part(), sufficiency=paths or Part())


def typed(sizes: list[int], found: bool = True, p: float = 0.01) -> Part[Any]:
    """Return types of these sizes."""
    labels = [k + 1 if found else None for k, size in enumerate(sizes) for _ in range(size)]
    frame = pl.DataFrame({"type": labels}, schema={"type": pl.Int64})
    return Part(SimpleNamespace(frame=frame, found=found, number=len(sizes), p=p))  # type: ignore[arg-type]


def pathed(coverages: list[float], whole: float, p: float = 0.01) -> Part[Any]:
    """Return paths with these coverages, which together cover so much."""
    frame = pl.DataFrame(
        {"model": [1] * len(coverages), "coverage": coverages}, schema={"model": pl.Int64, "coverage": pl.Float64}
    )
    solutions = pl.DataFrame({"coverage": [whole]})
    return Part(SimpleNamespace(frame=frame, solutions=solutions, paths=len(coverages), p=p))  # type: ignore[arg-type]


def talked(rows: list[tuple[str, int, float | None, str | None]]) -> Part[Any]:
    """Return talk against substance: unit, year, gap, light."""
    frame = pl.DataFrame(
        rows, schema={"unit": pl.String, "year": pl.Int64, "gap": pl.Float64, "light": pl.String}, orient="row"
    )
    frame = frame.with_columns(low=pl.col("gap") - 0.2, high=pl.col("gap") + 0.2)
    return Part(SimpleNamespace(frame=frame, method=Method("text.talk_substance", {"lights": (0.5, 1.0)})))  # type: ignore[arg-type]


def agreed(rho: float | None, low: float | None, of: str = "level") -> Any:
    return SimpleNamespace(of=of, units=30, rho=rho, low=low, high=None if rho is None else rho + 0.1)


def one(found: Lights, caution: str, reading: str) -> Lit:
    return next(light for light in found.of(caution) if light.reading == reading)


def test_a_study_with_nothing_lists_every_caution_as_not_assessed() -> None:
    found = lights(indexed=False)
    assert list(dict.fromkeys(light.caution for light in found.lights)) == list(CAUTIONS)
    assert not found.assessed
    assert all(light.number is None and light.tier == "not_assessed" and light.needs for light in found.lights)
    assert {found.gravest(name) for name in CAUTIONS} == {None}
    assert one(found, "one_model", "types").needs == "index_system"
    assert one(found, "without_tfp", "level").needs == "index_productivity"


def test_what_is_needed_depends_on_what_is_there() -> None:
    found = lights(talk=Part())
    assert one(found, "one_model", "paths").needs == "system"
    assert one(found, "repackaging", "talk").needs == "substance"
    assert one(found, "without_tfp", "level").needs == "productivity"
    assert one(lights(talk=Part(), indexed=False), "repackaging", "talk").needs == "index_text"
    assert one(lights(), "repackaging", "talk").needs == "text"


def test_items_are_those_of_the_theory() -> None:
    assert {name: item(ids[0]).id for name, ids in ITEMS.items()} == {name: ids[0] for name, ids in ITEMS.items()}
    assert tuple(ITEMS) == CAUTIONS


@pytest.mark.parametrize(
    ("numbers", "lines", "rising", "worst", "light", "count"),
    [
        ({"a": 0.9, "b": 0.8, "c": 0.6, "d": 0.1, "e": None}, (0.5, 0.75), True, "a", "warn", (2, 1, 4)),
        ({"a": 0.6, "b": 0.1}, (0.5, 0.75), True, "a", "watch", (0, 1, 2)),
        ({"a": 0.2, "b": 0.4}, (0.5, 0.75), True, "b", "none", (0, 0, 2)),
        ({"a": 0.9, "b": 0.6, "c": 0.7}, (0.79, 0.75), False, "b", "warn", (2, 0, 3)),
        ({"a": 0.9, "b": 0.85}, (0.79, 0.75), False, "b", "none", (0, 0, 2)),
    ],
)
def test_a_reading_shows_the_number_that_lies_worst(
    numbers: dict[str, float | None], lines: Line, rising: bool, worst: str, light: str, count: tuple[int, int, int]
) -> None:
    found = lights(industry(headroom=result("headroom", "utilisation", numbers, lines, rising)))
    reading = one(found, "herding", "headroom.utilisation")
    assert (reading.industry, reading.light, reading.count) == (worst, light, Count(*count))
    assert (reading.number, reading.watch, reading.warn) == (numbers[worst], *lines)
    assert (reading.tier, reading.year, reading.needs) == ("measured", "2020", None)


def test_a_caution_shows_its_gravest_reading_and_adds_nothing_up() -> None:
    quiet = result("crowding", "share", {"a": 0.1}, (0.5, 0.75))
    grave = result("headroom", "utilisation", {"a": 0.6}, (0.79, 0.75), False)
    found = lights(industry(crowding=quiet, headroom=grave))
    assert found.gravest("herding") == one(found, "herding", "headroom.utilisation")
    assert one(found, "herding", "crowding.share").light == "none"
    assert one(found, "herding", "mismatch").needs == "mismatch"
    assert found.gravest("abandonment") is None


def test_a_caution_of_industries_that_was_refused_or_has_no_number_is_no_quiet_light() -> None:
    empty = result("abandonment", "tfp", {"steel": None}, (-0.02, -0.05), False)
    found = lights(industry(abandonment=empty, crowding=REFUSED))
    assert one(found, "abandonment", "abandonment").needs == "numbers"
    refused = one(found, "herding", "crowding")
    assert (refused.needs, refused.light, refused.absence) == (None, None, "paths_few_units")


@pytest.mark.parametrize(
    ("share", "light"),
    [(0.5, "warn"), (0.95, "none")],  # cosines of (.5, .5) with (.5, .5) and with (.95, .05): 1 and .743
)
def test_structures_that_are_alike_are_lit(share: float, light: str) -> None:
    found = lights(industry(alike=structures("unido", {2020: share})))
    reading = one(found, "sameness", "alike")
    assert reading.light == light
    expected = 1.0 if share == 0.5 else (0.95 * 0.5 + 0.05 * 0.5) / ((0.95**2 + 0.05**2) ** 0.5 * 0.5**0.5)
    assert reading.number == pytest.approx(expected)
    assert one(found, "sameness", "trend").needs == "years"


@pytest.mark.parametrize("kind", ["unido", "krugman"])
@pytest.mark.parametrize("nearing", [True, False])
def test_a_trend_is_lit_only_towards_likeness(kind: str, nearing: bool) -> None:
    shares = [0.95, 0.86, 0.78, 0.67, 0.6, 0.52] if nearing else [0.52, 0.6, 0.67, 0.78, 0.86, 0.95]
    found = lights(industry(kind, structures(kind, {2010 + n: s for n, s in enumerate(shares)})))
    reading = one(found, "sameness", "trend")
    assert reading.number is not None
    assert reading.number < 0.05
    assert reading.light == ("warn" if nearing else "none")
    assert one(found, "sameness", "alike").needs == ("alike_line" if kind == "krugman" else None)


@pytest.mark.parametrize(
    ("sizes", "light"), [([19, 1], "warn"), ([15, 5], "watch"), ([12, 8], "none"), ([7, 7, 6], "none")]
)
def test_one_type_that_holds_nearly_all_is_lit(sizes: list[int], light: str) -> None:
    reading = one(lights(system=system(typed(sizes))), "one_model", "types")
    assert (reading.light, reading.number) == (light, max(sizes) / 20)
    assert reading.values["types"] == len(sizes)


def test_no_types_is_neither_a_light_nor_its_absence() -> None:
    reading = one(lights(system=system(typed([20, 10], found=False, p=0.6))), "one_model", "types")
    assert (reading.light, reading.needs, reading.values["p"]) == (None, "no_types", 0.6)
    assert one(lights(system=system(REFUSED)), "one_model", "types").refused is REFUSED.refused


@pytest.mark.parametrize(
    ("coverages", "whole", "light"),
    [([0.6], 0.6, "warn"), ([0.6, 0.1], 0.7, "watch"), ([0.5, 0.45], 0.8, "none"), ([0.6, 0.2], 0.6, "warn")],
)
def test_one_path_that_covers_all_is_lit(coverages: list[float], whole: float, light: str) -> None:
    reading = one(lights(system=system(paths=pathed(coverages, whole))), "one_model", "paths")
    assert reading.light == light
    assert reading.number == pytest.approx(max(coverages) / whole)
    assert reading.tier == "suggested"


def test_paths_that_chance_finds_are_not_counted() -> None:
    found = [
        lights(system=system(paths=part))
        for part in (pathed([0.6], 0.6, 0.3), pathed([0.6], 0.6, float("nan")), pathed([], 0.0), Part())
    ]
    needs = [one(each, "one_model", "paths").needs for each in found]
    assert needs == ["paths_chance", "paths_chance", "no_paths", "outcome"]
    assert [one(each, "one_model", "paths").light for each in found] == [None] * 4


def test_talk_is_judged_in_the_last_year_that_can_be() -> None:
    rows = [("a", 2021, 3.0, "warn"), ("a", 2022, 0.7, "watch"), ("b", 2022, 0.9, "none"), ("a", 2023, 2.0, None)]
    reading = one(lights(talk=talked(rows)), "repackaging", "talk")
    assert (reading.unit, reading.year, reading.number, reading.light) == ("a", "2022", 0.7, "watch")
    assert (reading.watch, reading.warn, reading.count) == (0.5, 1.0, Count(0, 1, 2))
    quiet = one(lights(talk=talked([("a", 2022, -0.3, "none"), ("b", 2022, 0.1, "none")])), "repackaging", "talk")
    assert (quiet.unit, quiet.light) == ("b", "none")
    silent = one(lights(talk=talked([("a", 2022, None, None)])), "repackaging", "talk")
    assert (silent.needs, silent.light) == ("documents", None)
    assert one(lights(talk=REFUSED), "repackaging", "talk").absence == "paths_few_units"


@pytest.mark.parametrize(
    ("rho", "low", "light"),
    [(0.6, 0.2, "none"), (0.3, -0.1, "watch"), (0.3, 0.0, "watch"), (-0.2, -0.5, "warn"), (0.0, -0.3, "warn")],
)
def test_a_composite_that_is_not_shown_to_go_with_productivity_is_lit(rho: float, low: float, light: str) -> None:
    reading = one(lights(agreed=[agreed(rho, low)]), "without_tfp", "level")
    assert (reading.light, reading.number, reading.tier) == (light, rho, "indicated")


def test_level_and_change_are_judged_apart() -> None:
    found = lights(agreed=[agreed(0.6, 0.2), agreed(None, None, "change")])
    assert one(found, "without_tfp", "level").light == "none"
    assert one(found, "without_tfp", "change").needs == "units"


def test_lines_can_be_moved_and_must_be_in_order() -> None:
    part = typed([12, 8])
    assert one(lights(system=system(part), largest_line=(0.5, 0.6)), "one_model", "types").light == "warn"
    assert lights(largest_line=(0.5, 0.6)).method.options["largest_line"] == (0.5, 0.6)
    with pytest.raises(SpecError, match=r"\(0\.9, 0\.5\)"):
        lights(largest_line=(0.9, 0.5))
    with pytest.raises(SpecError, match=r"\(0\.05, 0\.1\)"):
        lights(trend_line=(0.05, 0.1))


def test_the_table_has_a_row_a_reading() -> None:
    found = lights(industry(crowding=result("crowding", "share", {"a": 0.9, "b": 0.1}, (0.5, 0.75))))
    row = found.to_frame().filter(pl.col("reading") == "crowding.share").row(0, named=True)
    assert (row["caution"], row["number"], row["light"], row["warns"], row["assessed"]) == (
        "herding",
        0.9,
        "warn",
        1,
        2,
    )
    assert found.to_frame().height == len(found.lights)
    assert found.method.id == "synthesis.lights"
