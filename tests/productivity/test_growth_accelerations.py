"""Growth accelerations: the three rules one by one, the year that fits best, and spells that are too short."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import NqpfError
from nqpf.productivity.growth import Accelerations, accelerations
from nqpf.productivity.growth.accelerations import starts, trend_growth, turns


def level(*spells: tuple[int, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a level that grows at a rate for so many years, spell after spell."""
    return np.exp(np.concatenate([[0.0], np.repeat([g for _, g in spells], [n for n, _ in spells]).cumsum()]))


def found(y: Any, first: int = 1960, **more: Any) -> Accelerations:
    return accelerations({"t": list(range(first, first + len(y))), "y": list(y)}, "y", time="t", **more)


def near(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def test_a_bend_is_found_in_its_year() -> None:
    done = found(level((15, 0.01), (20, 0.06)))
    row = done.frame.row(0, named=True)
    assert (done.frame.height, row["year"], row["sustained"]) == (1, 1975, True)
    near([row["before"], row["after"], row["change"], row["later"]], [0.01, 0.06, 0.05, 0.06])
    assert done.units.row(0) == ("", 1967, 1988, 1)
    assert done.candidates.height == 22


@pytest.mark.parametrize(
    ("spells", "count"),
    [
        (((15, 0.010), (15, 0.035)), 1),
        (((15, 0.010), (15, 0.034)), 0),  # not fast enough
        (((15, 0.040), (15, 0.060)), 1),
        (((15, 0.041), (15, 0.060)), 0),  # no gain of two points
        (((15, 0.060), (15, 0.010)), 0),
    ],
)
def test_the_rules_hold_to_the_letter(spells: Any, count: int) -> None:
    assert found(level(*spells)).frame.height == count


def test_a_recovery_below_the_earlier_peak_is_none() -> None:
    slump = level((15, 0.0), (8, -0.10), (9, 0.05))
    assert found(slump).frame.height == 0
    done = found(level((15, 0.0), (8, -0.03), (9, 0.05)))
    assert done.frame.height == 1
    late = found(slump).candidates.filter(pl.col("year") > 1980)
    assert late["after"].max() > 0.035
    assert not late["peak"].any()


def test_growth_that_fizzles_out_is_not_sustained() -> None:
    done = found(level((15, 0.01), (7, 0.06), (12, 0.01)))
    assert done.frame["sustained"].to_list() == [False]
    assert found(level((15, 0.01), (10, 0.06))).frame["sustained"].to_list() == [None]


def test_options_are_the_rules() -> None:
    y = level((15, 0.01), (20, 0.03))
    assert found(y).frame.height == 0
    assert found(y, growth=0.025).frame["year"].to_list() == [1975]
    assert found(y, growth=0.025, change=0.021).frame.height == 0
    short = found(level((5, 0.01), (5, 0.06)), horizon=4)
    assert short.frame["year"].to_list() == [1965]
    assert short.method.options["horizon"] == 4


def test_of_neighbouring_years_the_best_fit_counts() -> None:
    fit = np.array([0, 3, 5, 4, 0, 0, 2, 0, 0, 9.0, 0])
    eligible = np.array([0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0], dtype=bool)
    assert starts(eligible, fit, 5) == [2, 9]
    assert starts(eligible, fit, 2) == [2, 6, 9]
    assert starts(eligible, fit, 8) == [9]
    assert starts(~np.ones(4, dtype=bool), np.zeros(4), 5) == []


def test_the_fit_is_the_f_of_the_bend() -> None:
    rng = np.random.default_rng(0)
    y = np.exp(rng.normal(0.03, 0.05, 30).cumsum())
    x, part = np.arange(-7, 8), np.log(y[5:20])

    def squares(columns: list[Any]) -> float:
        z = np.column_stack(columns)
        return float(((part - z @ np.linalg.lstsq(z, part)[0]) ** 2).sum())

    line = [np.ones(15), x]
    bent = squares([*line, np.maximum(x, 0)])
    near(turns(y[:, None], 7, 10).fit[12, 0], (squares(line) - bent) / (bent / 12))


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_trend_growth_is_the_least_squares_slope(seed: int, span: int) -> None:
    y = np.exp(np.random.default_rng(seed).normal(size=(15, 2)))
    got = trend_growth(y, span)
    for t in range(15):
        if t + span < 15:
            near(got[t, 1], np.polyfit(np.arange(span + 1), np.log(y[t : t + span + 1, 1]), 1)[0], 1e-8)
        else:
            assert np.isnan(got[t, 1])


def test_short_units_and_gaps_are_not_assessed() -> None:
    y = level((15, 0.01), (20, 0.06))
    rows = [{"u": "long", "t": 1960 + i, "y": v} for i, v in enumerate(y)]
    rows += [{"u": "short", "t": 1960 + i, "y": v} for i, v in enumerate(y[:14])]
    done = accelerations(pl.DataFrame(rows), "y", unit="u", time="t")
    assert done.units.rows() == [("long", 1967, 1988, 1), ("short", None, None, None)]
    note = next(note for note in done.notes if note.code == "growth_accelerations_short")
    assert note.values == {"count": 1, "total": 2, "least": 15}
    holed = pl.DataFrame(rows[:36]).filter(pl.col("t") != 1978)
    with pytest.raises(NqpfError, match="1978"):
        accelerations(holed, "y", unit="u", time="t")
    done = accelerations(holed, "y", unit="u", time="t", gaps="skip")
    assert done.candidates["year"].to_list() == [*range(1967, 1971), *range(1986, 1989)]


def test_units_of_measure_and_order_of_rows_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    rows = [
        {"u": u, "t": t, "y": float(np.exp(0.03 * t + 0.3 * np.sin(t / 4 + i)))}
        for i, u in enumerate("abc")
        for t in range(45)
    ]
    table = pl.DataFrame(rows).with_columns(pl.col("t") + 1970)
    one = accelerations(table, "y", unit="u", time="t")
    assert one.frame.height > 2
    two = accelerations(
        table.sample(fraction=1, shuffle=True, seed=2).with_columns(pl.col("y") * rng.uniform(5, 9)),
        "y",
        unit="u",
        time="t",
    )
    keys = ["unit", "year"]
    assert one.frame.sort(keys)[keys].equals(two.frame.sort(keys)[keys])
    near(one.frame.sort(keys)["change"], two.frame.sort(keys)["change"])


@pytest.mark.parametrize(
    ("change", "more", "words"),
    [
        ({}, {"horizon": 1}, ["horizon", "2 at least"]),
        ({}, {"after": 0}, ["after", "1 at least"]),
        ({}, {"apart": -1}, ["apart", "0 at least"]),
        ({"y": 0.0}, {}, ["value is 0", "1960"]),
        ({}, {"gaps": "fill"}, ["“fill”"]),
    ],
)
def test_what_will_not_do_is_refused(change: Any, more: Any, words: list[str]) -> None:
    table = pl.DataFrame({"t": range(1960, 1990), "y": level((29, 0.03))})
    with pytest.raises(NqpfError) as caught:
        accelerations(table.with_columns(**{k: pl.lit(v) for k, v in change.items()}), "y", time="t", **more)
    for word in words:
        assert word in str(caught.value)
