"""Crowding: entries by hand, false alarms under the null, a wave that is found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.warning.crowding import crowding
from nqpf.industry.warning.entry_waves import discovery, pools, waves, yearly

KEYS = {"unit": "r", "industry": "i", "time": "y"}


def table(here: np.ndarray, first: int = 2000) -> pl.DataFrame:
    """Return presence ``bool[T, N, K]`` as a table."""
    t, n, k = np.indices(here.shape)
    return pl.DataFrame({"y": t.ravel() + first, "r": n.ravel(), "i": k.ravel(), "v": here.ravel().astype(float)})


def independent(rng: np.random.Generator, years: int = 11, regions: int = 25, industries: int = 30) -> np.ndarray:
    """Return presence where regions enter apart from each other; some enter more, industries and years differ."""
    here = np.zeros((years, regions, industries), dtype=bool)
    here[0] = rng.random((regions, industries)) < 0.2
    often = rng.uniform(0.5, 1.5, (regions, 1)) * rng.uniform(0.5, 2, (1, industries))
    for t in range(1, years):
        enters = rng.random((regions, industries)) < 0.05 * often * rng.uniform(0.3, 2)
        here[t] = (here[t - 1] | enters) & (rng.random((regions, industries)) > 0.05)
    return here


def test_counts_by_hand() -> None:
    here = np.zeros((3, 3, 2), dtype=bool)
    here[:, 0, :] = True
    here[1:, 1, 0] = True  # enters in the second year
    here[0, 2, 1] = here[2, 2, 0] = True  # leaves one, enters the other later
    here[:, 2, 1] = [True, True, False]
    here[0, 1, 1] = here[1, 1, 1] = here[2, 1, 1] = True
    found = crowding(table(here), "v", **KEYS, held="amount", empty="drop").frame
    first = found.filter(i=0)
    assert first["holders"].to_list() == [1, 2, 3]
    assert first["entries"].to_list() == [None, 1, 1]
    assert first["open"].to_list() == [None, 2, 1]
    assert first["share"].to_list() == pytest.approx([1 / 3, 2 / 3, 1])
    assert found.filter(i=1)["exits"].to_list() == [None, 0, 1]


def test_advantage_is_the_location_quotient() -> None:
    jobs = {"r": list("aabb"), "i": ["pv", "tea"] * 2, "jobs": [30, 10, 10, 30]}
    found = crowding(jobs, "jobs", unit="r", industry="i")
    assert found.frame["holders"].to_list() == [1, 1]
    assert found.lights["tier"][0] == "indicated"
    assert "crowding_no_waves" in {n.code for n in found.notes}
    assert crowding(jobs, "jobs", unit="r", industry="i", threshold=1.6).frame["holders"].to_list() == [0, 0]


def test_who_hovers_about_the_threshold_does_not_enter() -> None:
    value = np.array([[[0.9, 5]], [[1.1, 5]], [[0.2, 5]], [[1.1, 5]]])
    grid = pl.DataFrame({"y": np.repeat(range(4), 2), "r": 0, "i": [0, 1] * 4, "v": value.ravel()})
    every = crowding(grid, "v", **KEYS, held="amount")
    deep = crowding(grid, "v", **KEYS, held="amount", below=0.5)
    assert every.frame.filter(i=0)["entries"].to_list() == [None, 1, 0, 1]
    assert deep.frame.filter(i=0)["entries"].to_list() == [None, 0, 0, 1]


def test_pools_by_hand() -> None:
    entered = np.zeros((2, 2, 3), dtype=bool)
    entered[0, 0, 1] = entered[1, 1, 1] = entered[1, 1, 2] = entered[1, 0, 2] = True
    open_ = np.ones((2, 2, 3), dtype=bool)
    open_[1, 0, 1] = False
    # regions enter at rates ⅓, 0 in the first interval and ½, ⅔ in the second: of industry 0 both could enter in both
    found = pools(entered, open_)
    assert found[:, 0].tolist() == [round(4 * (1 / 3) / 1.5), round(4 * (7 / 6) / 1.5)]
    assert found[:, 1].tolist() == [round(3 * (1 / 3) / 1), round(3 * (2 / 3) / 1)]
    entered[:, :, 1:] = False
    entered[0, 0, 0] = True
    assert np.isnan(pools(entered, open_)[:, 0]).all()  # there are no entries but its own


def test_yearly_p_is_hypergeometric() -> None:
    entries, pool = np.array([[3.0], [0.0]]), np.array([[4.0], [6.0]])
    p, q = yearly(entries, pool, np.array([True]))
    assert p[:, 0].tolist() == pytest.approx([4 * 3 * 2 / (10 * 9 * 8), 1.0])
    assert q[:, 0].tolist() == pytest.approx([2 * 4 * 3 * 2 / (10 * 9 * 8), 1.0])


@pytest.mark.parametrize(("regions", "lines", "rate"), [(14, 6, 0.07), (31, 10, 0.05)])
def test_small_tables_raise_no_more_false_alarms_than_large_ones(regions: int, lines: int, rate: float) -> None:
    rng = np.random.default_rng(8)
    alarms: list[bool] = []
    for _ in range(30):
        pace = rate * np.exp(rng.normal(size=(8, 1, 1)))
        held = np.cumsum(rng.random((8, regions, lines)) < pace, axis=0) > 0
        entered, open_ = held[1:] & ~held[:-1], ~held[:-1]
        entries, pool = entered.sum(axis=1).astype(float), pools(entered, open_)
        tested = (entries.sum(axis=0) >= 5) & ~np.isnan(pool).any(axis=0)
        alarms += (waves(entries, pool, tested, 3, 99, 1).p[tested] <= 0.05).tolist()
    assert len(alarms) > 100
    assert np.mean(alarms) < 0.08


def test_q_is_benjamini_hochberg() -> None:
    assert discovery(np.array([0.01, np.nan, 0.04, 0.03])).tolist() == pytest.approx(
        [0.03, np.nan, 0.04, 0.04], nan_ok=True
    )


def test_the_strongest_run_is_found() -> None:
    entries = np.array([[1.0], [1], [9], [8], [1], [0]])
    found = waves(entries, np.full((6, 1), 40.0), np.array([True]), 3, 999, 0)
    assert (found.start[0], found.end[0]) == (2, 3)
    assert (found.observed[0], found.expected[0]) == (17, pytest.approx(20 / 3))
    assert found.p[0] == 0.001
    mean = 20 / 6
    assert found.dispersion[0] == pytest.approx(((entries[:, 0] - mean) ** 2 / mean).sum() / 5 * 239 / 220)


def test_a_wave_is_found_and_dated() -> None:
    rng = np.random.default_rng(1)
    here = independent(rng)
    here[:5, :, 3] = rng.random((1, 25)) < 0.1
    here[5:, :, 3] = rng.random((1, 25)) < 0.7
    found = crowding(table(here), "v", **KEYS, held="amount", empty="drop", draws=1999)
    row = found.waves.filter(i=3).row(0, named=True)
    assert (row["start"], row["end"]) == (2005, 2005)
    assert row["q"] < 0.05
    light = found.lights.filter(measure="entry_q", industry="3", year="2005").row(0, named=True)
    assert (light["light"], light["tier"], light["warn"]) == ("warn", "measured", 0.05)
    assert "neither proof of imitation nor of harm" in " ".join(str(n) for n in found.notes)


def test_false_alarms_are_as_rare_as_they_should_be() -> None:
    yearly_p, wave_p, families = [], [], 0
    for seed in range(12):
        found = crowding(
            table(independent(np.random.default_rng(seed))), "v", **KEYS, held="amount", empty="drop", draws=199
        )
        yearly_p += found.frame["p"].drop_nulls().to_list()
        wave_p += found.waves["p"].drop_nulls().to_list()
        families += (found.frame["q"].drop_nulls() <= 0.05).any()
    assert (np.array(yearly_p) <= 0.05).mean() <= 0.05
    assert 0.02 <= (np.array(wave_p) <= 0.05).mean() <= 0.08
    assert families <= 2


def test_rows_may_come_in_any_order() -> None:
    data = table(independent(np.random.default_rng(3)))
    one = crowding(data, "v", **KEYS, held="amount", empty="drop", draws=199)
    two = crowding(data.sample(fraction=1, shuffle=True, seed=2), "v", **KEYS, held="amount", empty="drop", draws=199)
    assert one.frame.equals(two.frame)
    assert one.waves.equals(two.waves)
    assert one.lights.equals(two.lights)


def test_unevenly_spaced_years_are_told() -> None:
    data = table(independent(np.random.default_rng(4), years=4)).with_columns(pl.col("y").replace({2003: 2010}))
    found = crowding(data, "v", **KEYS, held="amount", empty="drop", draws=19)
    assert "crowding_uneven" in {n.code for n in found.notes}


def test_bad_input() -> None:
    data = pl.DataFrame({"r": ["a", "b"], "i": ["x", "y"], "y": [2000, 2000], "v": [1.0, -1.0]})
    with pytest.raises(MethodError, match="negative"):
        crowding(data, "v", **KEYS)
    with pytest.raises(DataError, match="more than one row"):
        crowding(pl.concat([data.head(1)] * 2), "v", **KEYS)
    with pytest.raises(MethodError, match="without any activity"):
        crowding(data.with_columns(v=pl.Series([1.0, 0.0])), "v", **KEYS)
    with pytest.raises(SpecError, match="widest"):
        crowding(data.head(1), "v", **KEYS, widest=0)
    with pytest.raises(SpecError, match="advantage"):
        crowding(data.head(1), "v", **KEYS, held="advantag")  # type: ignore[arg-type]
