"""The Markov chain of a table: counts by hand, what follows from them, and every way in which data can be wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.messages import speak
from nqpf.regions.distribution.markov import MarkovChain, markov


def table(values: Any, first: int = 2010) -> pl.DataFrame:
    """Return values ``[N, T]`` as rows of unit, year and x; NaN as null."""
    x = np.asarray(values, dtype=float)
    n, t = x.shape
    years = np.tile(np.arange(first, first + t), n)
    frame = pl.DataFrame({"unit": np.repeat([f"u{i}" for i in range(n)], t), "year": years, "x": x.ravel()})
    return frame.with_columns(pl.col("x").fill_nan(None))


def chain(values: Any, **options: Any) -> MarkovChain:
    return markov(table(values), "x", unit="unit", time="year", **options)


def codes(found: MarkovChain) -> list[str]:
    return [note.code for note in found.notes]


def index(found: MarkovChain) -> dict[str, float]:
    return dict(found.mobility.iter_rows())


HAND = [[1, 1, 3], [1, 3, 3], [3, 1, 1], [3, 3, 1]]
"""Two classes cut at 2: eight moves."""


def test_counts_by_hand() -> None:
    found = chain(HAND, cuts=[2])
    assert found.transitions["count"].to_list() == [2, 2, 2, 2]
    assert found.transitions["probability"].to_list() == [0.5] * 4
    assert found.transitions["n"].to_list() == [4] * 4
    assert found.classes.select("class", "lower", "upper", "n", "origins").rows() == [
        (1, None, 2.0, 6, 4),
        (2, 2.0, None, 6, 4),
    ]
    assert found.classes["ergodic"].to_list() == pytest.approx([0.5, 0.5])
    assert found.classes["sojourn"].to_list() == [2, 2]
    assert found.passage["steps"].to_list() == pytest.approx([2, 2, 2, 2])
    assert found.status == "irreducible"
    assert found.method.id == "regions.markov"
    assert found.method.options["cuts"] == [2.0]


def test_indices_of_mobility_by_hand() -> None:
    found = index(chain([[1, 1, 1, 1, 5], [5, 5, 5, 5, 5], [5, 1, 1, 1, 1]], cuts=[3]))
    # out of class 1: 6 stay, 1 up; out of class 2: 4 stay, 1 down
    p, q = 1 / 7, 1 / 5
    assert found["up"] == pytest.approx(1 / 12)
    assert found["down"] == pytest.approx(1 / 12)
    assert found["stay"] == pytest.approx(10 / 12)
    assert (found["prais_1"], found["prais_2"]) == pytest.approx((p, q))
    assert found["shorrocks"] == pytest.approx(p + q)
    assert found["second_eigenvalue"] == pytest.approx(p + q)
    assert found["determinant"] == pytest.approx(p + q)
    assert found["half_life"] == pytest.approx(-np.log(2) / np.log(1 - p - q))
    assert found["bartholomew"] == pytest.approx(2 / 12)


def test_quantiles_of_each_year_are_ranks() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(20, 6))
    grown = values * [1, 2, 5, 10, 20, 50] + [0, 9, 30, 100, 300, 900]
    one, other = chain(values, cuts="yearly"), chain(grown, cuts="yearly")
    assert one.transitions.equals(other.transitions)
    assert other.classes["lower"].to_list() == [None] * 4
    assert "distribution_trend" not in codes(other)


def test_relative_values_do_not_see_a_common_factor() -> None:
    rng = np.random.default_rng(2)
    values = rng.lognormal(size=(20, 6))
    grown = values * [1, 2, 5, 10, 20, 50]
    one, other = chain(values, cuts="relative"), chain(grown, cuts="relative")
    assert one.transitions.equals(other.transitions)
    np.testing.assert_allclose(one.classes["upper"][:3], other.classes["upper"][:3])
    by_hand = chain(values / values.mean(axis=0), cuts=[0.75, 1, 1.25])
    assert by_hand.transitions.equals(chain(grown, cuts=[0.75, 1, 1.25], relative=True).transitions)
    assert "distribution_trend" in codes(chain(grown))
    assert "distribution_trend" not in codes(other)


def test_a_trend_is_remarked_with_its_median_classes() -> None:
    note = next(n for n in chain(np.arange(12.0)[:, None] / 100 + np.arange(12.0)).notes if "trend" in n.code)
    assert note.values == {"first": 2010, "last": 2021, "before": 1.0, "after": 4.0}
    assert "median class is 1 in 2010 and 4 in 2021" in str(note)


def test_a_move_over_several_years_is_counted_directly() -> None:
    found = chain([[1, 1, 3, 3, 1]], cuts=[2], horizon=2)
    assert found.transitions["count"].to_list() == [0, 2, 1, 0]
    assert "distribution_overlap" in codes(found)
    assert found.method.options["horizon"] == 2


def test_data_every_five_years_move_over_five_years() -> None:
    frame = table(HAND).with_columns(pl.col("year") * 5 - 8000)
    found = markov(frame, "x", unit="unit", time="year", cuts=[2], horizon=5)
    assert found.transitions["count"].to_list() == [2, 2, 2, 2]
    assert "distribution_unbalanced" not in codes(found)


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_unit_of_measurement_and_order_of_rows_do_not_matter(factor: float) -> None:
    values = np.random.default_rng(3).lognormal(size=(15, 8))
    shuffled = table(values * factor).sample(fraction=1, shuffle=True, seed=4)
    found = markov(shuffled, "x", unit="unit", time="year")
    assert found.transitions.equals(chain(values).transitions)
    assert found.mobility.equals(chain(values).mobility)


def test_twice_the_units_have_the_same_chain() -> None:
    values = np.random.default_rng(5).normal(size=(10, 8))
    once, twice = chain(values, cuts=[-0.5, 0.5]), chain(np.vstack([values, values]), cuts=[-0.5, 0.5])
    np.testing.assert_allclose(once.transitions["probability"], twice.transitions["probability"])
    np.testing.assert_allclose(once.transitions["count"] * 2, twice.transitions["count"])


def test_absent_cells_are_left_out_and_remarked() -> None:
    values = np.array(HAND, dtype=float)
    values[0, 1] = np.nan
    found = chain(values, cuts=[2])
    assert found.transitions["count"].sum() == 6
    note = next(n for n in found.notes if n.code == "distribution_unbalanced")
    assert note.values == {"absent": 2, "possible": 8}
    without_row = table(values).drop_nulls()
    other = markov(without_row, "x", unit="unit", time="year", cuts=[2])
    assert other.transitions.equals(found.transitions)


def test_a_class_without_moves_is_empty_and_not_zero() -> None:
    found = chain([[1, 1, 1], [1, 1, 5]], cuts=[2, 3])
    assert found.transitions["probability"].to_list() == [0.75, 0, 0.25, *[None] * 6]
    assert found.status == "row_absent"
    assert found.classes["ergodic"].to_list() == [None] * 3
    assert found.passage["steps"].to_list() == [None] * 9
    assert found.mobility.filter(pl.col("index") == "shorrocks")["value"].to_list() == [None]
    said = {n.code: n for n in found.notes}
    assert "class 2" in str(said["distribution_class_empty"])
    assert "starts in class 3" in str(said["distribution_class_never_origin"])
    assert "Fewer than 10 moves start in class 1" in str(said["distribution_few_moves"])


def test_a_trap_has_no_long_run() -> None:
    found = chain([[1, 1, 5, 5], [5, 5, 5, 5], [1, 5, 5, 5]], cuts=[2])
    assert found.status == "reducible"
    assert found.classes["ergodic"].to_list() == [None, None]
    assert found.classes["sojourn"].to_list() == [pytest.approx(1.5), np.inf]
    assert "once in {2}" in str(next(n for n in found.notes if n.code == "distribution_reducible"))


def test_turns_are_periodic() -> None:
    found = chain([[1, 5, 1, 5], [5, 1, 5, 1]], cuts=[2])
    assert found.status == "periodic"
    assert found.classes["ergodic"].to_list() == pytest.approx([0.5, 0.5])
    assert "distribution_periodic" in codes(found)


def test_pandas_goes_in_and_comes_out() -> None:
    frame = markov(table(HAND).to_pandas(), "x", unit="unit", time="year", cuts=[2]).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame["count"].tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("values", "options", "kind", "says"),
    [
        ([[2, 2], [2, 2]], {}, MethodError, "indicator x: All 4 values are equal"),
        ([[0, 0, 0], [0, 0, 1]], {}, MethodError, "Of 4 quantile classes, class 2 holds no value"),
        ([[0, 0], [0, 1], [0, 2]], {"cuts": "yearly", "classes": 2}, MethodError, "year 2010: Of 2 quantile classes"),
        (
            HAND,
            {"horizon": 3},
            MethodError,
            "From 2010 to 2012, 3 years have data, and no unit has values in two years 3",
        ),
        ([[-1, 1], [-2, 2]], {"cuts": "relative"}, MethodError, "year 2010: The mean of the year is -1.5"),
        (HAND, {"horizon": 0}, SpecError, "key horizon: “0” will not do. This should be: a whole number, 1 or more"),
        (HAND, {"classes": 1}, SpecError, "a whole number, 2 or more"),
        (HAND, {"cuts": [2, 1]}, SpecError, "numbers that rise"),
        (HAND, {"cuts": "poled"}, SpecError, "Did you mean “pooled”?"),
        (HAND, {"cuts": []}, SpecError, "numbers that rise"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    values: Any, options: dict[str, Any], kind: type[NqpfError], says: str
) -> None:
    with pytest.raises(kind) as caught:
        chain(values, **options)
    assert says in str(caught.value)
    with speak("zh"):
        assert says not in str(caught.value)


def test_a_unit_with_a_year_twice_is_refused() -> None:
    frame = pl.concat([table(HAND), table(HAND)[:1]])
    with pytest.raises(DataError, match="unit u0"):
        markov(frame, "x", unit="unit", time="year")
