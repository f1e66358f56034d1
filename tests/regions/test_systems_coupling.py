"""Coupling coordination: formulas by hand, ranges, zeros, levels, and what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.regions.systems.coupling import LEVELS, coupling, coupling_degree, level_of

CITIES = pl.DataFrame(
    {
        "city": ["a", "b", "c", "d"],
        "year": [2020] * 4,
        "x": [0.6, 0.9, 0.0, 0.0],
        "y": [0.4, 0.1, 0.5, 0.0],
        "z": [0.3, 0.3, 0.3, 0.0],
    }
)


def test_two_systems_show_both_formulas_and_where_their_levels_differ() -> None:
    found = coupling(CITIES, ["x", "y"], unit="city", time="year")
    assert found.frame["coupling_traditional"].to_list() == pytest.approx([2 * 0.24**0.5, 2 * 0.09**0.5, 0, None])
    assert found.frame["coupling_wang2021"].to_list() == pytest.approx(
        [(0.8 * 0.4 / 0.6) ** 0.5, (0.2 * 0.1 / 0.9) ** 0.5, 0, None]
    )
    assert found.frame["coordination_wang2021"][0] == pytest.approx(((0.8 * 0.4 / 0.6) ** 0.5 * 0.5) ** 0.5)
    assert found.frame["differs"].to_list() == [False, True, False, None]
    assert found.frame["status"].to_list() == ["defined"] * 3 + ["all_zero"]
    assert {"coupling_differs", "coupling_zero", "coupling_all_zero"} <= {note.code for note in found.notes}


def test_three_systems_are_traditional_with_each_pair_in_both_formulas() -> None:
    found = coupling(CITIES, ["x", "y", "z"], unit="city")
    assert found.frame["coupling"][0] == pytest.approx(3 * (0.6 * 0.4 * 0.3) ** (1 / 3) / 1.3)
    assert found.pairs.height == 12
    one = found.pairs.filter(pl.col("one") == "x", pl.col("other") == "y").drop("one", "other")
    assert one.equals(coupling(CITIES, ["x", "y"], unit="city").frame)
    with pytest.raises(SpecError, match="for two systems"):
        coupling(CITIES, ["x", "y", "z"], formula="wang2021")


def test_importance_counts_in_development_only() -> None:
    found = coupling(CITIES, ["x", "y"], importance={"x": 0.7, "y": 0.3}, formula="traditional").frame
    assert found["development"][0] == pytest.approx(0.54)
    assert found["coupling"][0] == pytest.approx(2 * 0.24**0.5)


def test_other_formulas_are_named_and_the_misprint_is_warned_of() -> None:
    liao = coupling(CITIES, ["x", "y"], formula="liao1999", exponent=2).frame["coupling"][0]
    assert liao == pytest.approx((0.24 / 0.25) ** 2)
    lost = coupling(CITIES, ["x", "y"], formula="lost_coefficient")
    assert lost.frame["coupling"][0] == pytest.approx(0.24**0.5)
    assert "coupling_lost" in {note.code for note in lost.notes}


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5))
@settings(max_examples=min(60, 2 * settings().max_examples))
def test_degrees_lie_between_zero_and_one_and_equal_levels_are_fully_coupled(levels: list[float]) -> None:
    u = np.array([levels])
    for formula in ("traditional", *(["wang2021"] if len(levels) == 2 else [])):
        c = coupling_degree(u, formula)[0]
        assert np.isnan(c) if not u.any() else 0 <= c <= 1
    assert coupling_degree(np.full((1, 3), 0.37), "traditional")[0] == pytest.approx(1)


def test_published_pairs_of_the_corrected_form_come_from_levels_between_zero_and_one() -> None:
    """Table 8 of Wang Shujia et al. (2021): the ratio from the traditional C gives levels that give the corrected C."""
    for traditional, corrected in [(0.8868, 0.5440), (0.6821, 0.3006), (0.9073, 0.5769)]:
        root = np.sqrt(1 / traditional**2 - 1) + 1 / traditional
        ratio = root**-2  # U1 / U2
        gap = 1 - corrected**2 / ratio
        high = gap / (1 - ratio)
        assert 0 < high <= 1
        u = np.array([[high, ratio * high]])
        assert coupling_degree(u, "traditional")[0] == pytest.approx(traditional, abs=1e-12)
        assert coupling_degree(u, "wang2021")[0] == pytest.approx(corrected, abs=1e-12)


def test_levels_are_tenths_closed_on_the_side_asked_for() -> None:
    d = np.array([0.0, 0.1, 0.55, 0.6, 1.0, np.nan])
    assert level_of(d) == [LEVELS[0], LEVELS[1], LEVELS[5], LEVELS[6], LEVELS[9], None]
    assert level_of(d, "right") == [LEVELS[0], LEVELS[0], LEVELS[5], LEVELS[5], LEVELS[9], None]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"x": [1.2, 0.1, 0.1, 0.1]}, MethodError, "not between 0 and 1"),
        ({"x": [-0.2, 0.1, 0.1, 0.1]}, MethodError, "not between 0 and 1"),
        ({"x": [None, 0.1, 0.1, 0.1]}, MethodError, "is missing"),
    ],
)
def test_levels_beyond_the_range_are_refused_with_their_place(change: dict, error: type, words: str) -> None:
    table = CITIES.with_columns(**{k: pl.Series(v, dtype=pl.Float64) for k, v in change.items()})
    with pytest.raises(error, match=words) as caught:
        coupling(table, ["x", "y"], unit="city", time="year")
    assert (caught.value.where.unit, caught.value.where.period, caught.value.where.indicator) == ("a", 2020, "x")


def test_one_system_is_no_coupling() -> None:
    with pytest.raises(SpecError, match="at least two systems"):
        coupling(CITIES, ["x"])


def test_levels_change_at_exact_tenths_whatever_the_rounding() -> None:
    """Of equal systems D² = U: 0.01, 0.04, … lie at the lower ends of the levels."""
    edges = [k * k / 100 for k in range(1, 10)]
    found = coupling({"a": edges, "b": edges, "c": edges}, ["a", "b", "c"]).frame
    assert found["level"].to_list() == list(LEVELS[1:])
    assert coupling({"a": edges, "b": edges}, ["a", "b"], closed="right").frame["level_wang2021"].to_list() == list(
        LEVELS[:-1]
    )


def test_levels_near_zero_are_coupled_as_any_others() -> None:
    found = coupling({"a": [1e-170, 0.3], "b": [1e-170, 0.3]}, ["a", "b"]).frame
    assert found["coupling_traditional"].to_list() == pytest.approx([1.0, 1.0])


def test_keys_are_checked_where_there_are_years() -> None:
    with pytest.raises(DataError, match="Two rows stand for one unit and year"):
        coupling({"u": ["x", "x"], "t": [2001, 2001], "a": [0.1, 0.2], "b": [1, 0]}, ["a", "b"], unit="u", time="t")
