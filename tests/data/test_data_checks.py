"""Suspicious cells: jumps, even steps and frozen numbers are listed; ordinary series are not."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.data import Panel, suspicious_cells
from nqpf.data.checks import SCHEMA


def panel(*units: list[float]) -> Panel:
    rows = [
        (f"u{n}", 2000 + t, "x", None if math.isnan(v) else v) for n, vs in enumerate(units) for t, v in enumerate(vs)
    ]
    schema = {"unit": pl.String, "period": pl.Int64, "indicator": pl.String, "value": pl.Float64}
    return Panel.from_tidy(pl.DataFrame(rows, schema=schema, orient="row"))


def found(*units: list[float]) -> list[tuple[str, int, str]]:
    return suspicious_cells(panel(*units)).select("unit", "period", "kind").rows()


SMOOTH = [100.3, 104.1, 109.2, 113.7, 119.9, 124.6, 131.8, 137.1]


def test_ordinary_growth_is_not_suspicious() -> None:
    assert found(SMOOTH, [v * 1.7 for v in SMOOTH]) == []


def test_a_slip_of_unit_jumps_there_and_back() -> None:
    slipped = [*SMOOTH[:4], SMOOTH[4] * 10, *SMOOTH[5:]]
    frame = suspicious_cells(panel(SMOOTH, slipped))
    assert frame.select("unit", "period", "kind").rows() == [("u1", 2004, "jump"), ("u1", 2005, "jump")]
    assert frame["size"].to_list() == pytest.approx([1199 / 113.7, 124.6 / 1199])
    assert frame["value"].to_list() == [slipped[4], slipped[5]]


def test_a_change_of_scope_jumps_once() -> None:
    assert found([*SMOOTH[:4], *(v * 3 for v in SMOOTH[4:])]) == [("u0", 2004, "jump")]


def test_wild_series_have_no_jumps_of_their_own() -> None:
    wild = [1.0, 5.2, 0.7, 8.1, 2.2, 9.9, 1.3, 6.4]
    assert [kind for _, _, kind in found(wild)] == []


def test_a_jump_must_be_more_than_double() -> None:
    assert found([*SMOOTH[:4], *(v * 1.9 for v in SMOOTH[4:])]) == []


def test_zeros_and_negatives_do_not_jump() -> None:
    assert found([0.0, 0.0, 7.31, 7.94, 9.12], [-3.1, -2.2, 4.7, 5.9, 0.0]) == []


def test_an_interpolated_stretch_has_even_steps() -> None:
    steps = [100.0, 125.37, 150.74, 176.11, 201.48, 190.2]
    frame = suspicious_cells(panel(steps))
    assert frame.select("period", "kind", "size").rows() == [(2004, "even_steps", 4.0)]


def test_two_equal_steps_are_chance() -> None:
    assert found([100.0, 125.37, 150.74, 161.2, 190.9]) == []


@pytest.mark.parametrize("series", [[3, 4, 5, 6, 7, 8], [1.1, 1.2, 1.3, 1.4, 1.5], [60, 62, 64, 66, 68]])
def test_numbers_of_few_digits_repeat_their_steps_by_chance(series: list[float]) -> None:
    assert found([float(v) for v in series]) == []


def test_a_number_that_never_changes_is_frozen() -> None:
    assert found([5.25, 5.25, 5.25, 5.25, 6.1]) == [("u0", 2003, "frozen")]
    assert found([5.25, 5.25, 5.25, 6.1, 6.3]) == []


def test_a_constant_zero_is_not_frozen() -> None:
    assert found([0.0] * 6) == []


def test_runs_end_at_a_hole() -> None:
    assert found([100.0, 125.37, 150.74, math.nan, 201.48, 226.85, 252.22]) == []


def test_very_small_numbers_are_judged_by_their_own_size() -> None:
    growth = np.array([1.0, 1.31, 1.58, 1.97, 2.44]) * 1e-7
    assert found([float(v) for v in growth]) == []


def test_nothing_but_holes() -> None:
    assert found([math.nan] * 5, [math.nan, 1.0, math.nan, 2.0, math.nan]) == []


def test_one_year_has_no_changes() -> None:
    assert suspicious_cells(panel([1.0], [2.0])).schema == pl.Schema(SCHEMA)


def test_rows_are_sorted_and_typed() -> None:
    frozen = [5.25] * 5
    frame = suspicious_cells(panel([*SMOOTH[:4], *(v * 3 for v in SMOOTH[4:])], frozen, frozen))
    assert frame["unit"].to_list() == sorted(frame["unit"].to_list())
    assert frame.schema == pl.Schema(SCHEMA)


@settings(deadline=None)
@given(st.integers(min_value=-6, max_value=9), st.lists(st.integers(1000, 99999), min_size=5, max_size=9, unique=True))
def test_jumps_do_not_depend_on_the_unit_of_measure(power: int, digits: list[int]) -> None:
    series = [float(d) for d in digits]
    scaled = [v * 10.0**power for v in series]

    def jumps(values: list[float]) -> list[int]:
        return [period for _, period, kind in found(values) if kind == "jump"]

    assert jumps(scaled) == jumps(series)
