"""Leaps: made courses, several elements at once, falls that slow down, and where a scale begins."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.synthesis.leaps import Leaps, leaps

YEARS = 20
T = np.arange(YEARS)
WIGGLE = 0.001 * (T % 2)
STEADY = 0.02 * T + WIGGLE


def bent(at: int) -> np.ndarray:
    return 0.01 * T + 0.03 * np.maximum(T - at, 0) + WIGGLE


def made(units: dict[str, tuple[Any, Any, Any]], **more: Any) -> Leaps:
    parts = [
        pl.DataFrame({"u": [name] * YEARS, "t": T + 2000, "labourer": a, "means": b, "object": c})
        for name, (a, b, c) in units.items()
    ]
    return leaps(
        pl.concat(parts), ["labourer", "means", "object"], unit="u", time="t", draws=199, **{"together": 2, **more}
    )


COURSES = {
    "all": (bent(10), bent(11), bent(12)),
    "one": (STEADY, bent(10), STEADY),
    "apart": (bent(7), STEADY, bent(13)),
    "none": (STEADY, STEADY, 0.9 - STEADY),
    "slower": (0.9 - 0.04 * np.minimum(T, 10) - 0.01 * np.maximum(T - 10, 0) + WIGGLE, STEADY, STEADY),
}


def test_who_leapt_when_and_in_how_many_elements() -> None:
    found = made(COURSES)
    units = {row["unit"]: row for row in found.units.to_dicts()}
    assert {name: row["verdict"] for name, row in units.items()} == {
        "all": "full", "one": "partial", "apart": "partial", "none": "none", "slower": "none",
    }  # fmt: skip
    assert (units["all"]["together"], units["all"]["period"]) == (3, 2010)
    assert (units["apart"]["leapt"], units["apart"]["together"], units["apart"]["period"]) == (2, 1, 2007)
    row = found.frame.filter(unit="one").row(0, named=True)
    assert (row["element"], row["period"], row["kind"]) == ("means", 2010, "both")
    assert row["gain"] == pytest.approx(0.03, abs=2e-3)
    assert row["low"] <= 2010 <= row["high"]
    elements = {row["element"]: row for row in found.elements.to_dicts()}
    assert (elements["means"]["assessed"], elements["means"]["leapt"], elements["means"]["period"]) == (5, 2, 2010.5)
    assert found.notes[-1].values["chance"] == pytest.approx(15 * 0.05)


def test_the_beginning_of_the_scale_and_the_order_of_rows_do_not_matter() -> None:
    found = made(COURSES).frame
    moved = made({name: tuple(x - 0.3 for x in three) for name, three in COURSES.items()}).frame
    assert moved.drop("gain").equals(found.drop("gain"))
    np.testing.assert_allclose(moved["gain"], found["gain"], atol=1e-9)


def test_together_is_a_span_of_years() -> None:
    three = {"all": (bent(8), bent(10), bent(12))}
    assert made(three, together=4).units["together"].to_list() == [3]
    assert made(three, together=2).units["together"].to_list() == [2]
    assert made(three, together=0).units["together"].to_list() == [1]


def test_few_years_and_missing_scores() -> None:
    hole = bent(10).copy()
    hole[:12] = np.nan
    found = made({"a": (hole, STEADY, STEADY), "b": (bent(10), STEADY, STEADY)})
    assert found.units["assessed"].to_list() == [2, 3]
    assert found.notes[0].values == {"count": 1, "total": 6}
    short = leaps(
        {"u": ["a"] * 5, "t": range(5, 10), "x": [0.1, 0.2, 0.4, 0.5, 0.9]}, ["x"], unit="u", time="t", draws=99
    )
    assert short.units["verdict"].to_list() == ["not_assessed"]


def test_bad_input() -> None:
    with pytest.raises(SpecError, match="together"):
        made(COURSES, together=-1)
    with pytest.raises(SpecError, match="elements"):
        leaps({"u": ["a"], "t": [2000]}, [], unit="u", time="t")
    with pytest.raises(DataError, match="tools"):
        leaps({"u": ["a"], "t": [2000], "x": [0.1]}, ["tools"], unit="u", time="t")
