"""The shake-off test: shares that are known, verdicts that follow from intervals, and no number where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import NqpfError
from nqpf.messages import speak
from nqpf.productivity.growth import ShakeOff, shake_off
from nqpf.productivity.growth.blocks import block_counts, usual_length
from nqpf.productivity.growth.tfp_share import shares, small_sample, tail, verdicts

KEYS: dict[str, Any] = {"unit": "u", "time": "t", "share": 0.4}


def panel(paths: dict[str, tuple[float, float]], years: int = 31, noise: float = 0.0, seed: int = 0) -> pl.DataFrame:
    """Return units whose output grows by `output` and TFP by `tfp` a year; capital makes up the rest."""
    rng = np.random.default_rng(seed)
    rows = []
    for name, (output, tfp) in paths.items():
        steps = np.vstack([np.zeros(2), [tfp, (output - tfp) / 0.4] + noise * rng.normal(size=(years - 1, 2))])
        a, k = np.exp(steps.cumsum(axis=0)).T
        rows += [{"u": name, "t": 1990 + i, "y": a[i] * k[i] ** 0.4, "k": k[i], "l": 1.0} for i in range(years)]
    return pl.DataFrame(rows)


def run(table: Any, **more: Any) -> ShakeOff:
    return shake_off(table, "y", "k", "l", **KEYS | {"rolling": None, "max_breaks": 0} | more)


def row(done: ShakeOff, unit: str | None) -> dict[str, Any]:
    return done.frame.filter(pl.col("unit").eq_missing(pl.lit(unit))).row(0, named=True)


def near(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def test_steady_growth_has_a_share_without_doubt() -> None:
    done = run(panel({"new": (0.06, 0.045), "old": (0.08, 0.02)}))
    for name, share, verdict in (("new", 0.75, "above"), ("old", 0.25, "below")):
        found = row(done, name)
        near([found["share"], found["low"], found["high"]], [share] * 3)
        assert found["verdict"] == verdict
        assert (found["first"], found["last"], found["years"]) == (1990, 2020, 30)
        near([found["output"], found["tfp"]], [{"new": 0.06, "old": 0.08}[name], {"new": 0.045, "old": 0.02}[name]])
    near(row(done, None)["share"], (0.045 + 0.02) / (0.06 + 0.08))


def test_the_threshold_decides() -> None:
    table = panel({"a": (0.06, 0.045), "b": (0.06, 0.045)}, noise=0.02)
    found = row(run(table), "a")
    ends = (found["low"] - 1e-6, found["low"] + 1e-6, found["high"] - 1e-6, found["high"] + 1e-6)
    words = [row(run(table, threshold=c), "a")["verdict"] for c in ends]
    assert words == ["above", "not_shown", "not_shown", "below"]


def test_the_share_is_the_ratio_of_sums_and_the_interval_holds_it() -> None:
    done = run(panel({"a": (0.06, 0.03)}, noise=0.02))
    found = done.frame.row(0, named=True)
    near(found["share"], found["tfp"] / found["output"])
    assert found["low"] < found["share"] < found["high"]
    assert done.frame.height == 1


def test_what_has_no_share_is_not_assessed() -> None:
    table = panel({"flat": (0.0, 0.01), "fall": (-0.05, -0.03), "rise": (0.06, 0.03)}, noise=0.01, seed=1)
    done = run(table)
    assert [row(done, name)["reason"] for name in ("flat", "fall", "rise")] == ["near_zero", "falling", None]
    for name in ("flat", "fall"):
        found = row(done, name)
        assert found["verdict"] == "not_assessed"
        assert (found["share"], found["low"], found["high"]) == (None, None, None)
        assert found["output"] is not None
    note = next(note for note in done.notes if note.code == "growth_share_undefined")
    assert note.values["count"] == 2
    with speak("zh"):
        assert "不予评定" in str(note)


@pytest.mark.parametrize(("years", "reason", "codes"), [(5, "short", 1), (6, None, 1), (11, None, 0)])
def test_short_series(years: int, reason: str | None, codes: int) -> None:
    done = run(panel({"a": (0.06, 0.045)}, years=years))
    assert done.frame["reason"].to_list() == [reason]
    assert len([note for note in done.notes if note.code == "growth_few_years"]) == codes


def test_a_single_year_of_growth_is_not_assessed_at_all() -> None:
    done = run(panel({"a": (0.06, 0.045)}, years=2))
    assert done.frame["reason"].to_list() == ["short"]
    assert done.change["verdict"].to_list() == ["not_assessed"]


def test_a_window_is_a_shorter_table() -> None:
    table = panel({"a": (0.06, 0.03), "b": (0.05, 0.03)}, noise=0.02)
    part = table.filter(pl.col("t").is_between(2000, 2015))
    one, two = run(table, window=(2000, 2015)), run(part)
    assert one.frame.equals(two.frame)
    assert one.frame["years"].to_list() == [15] * 3


def test_a_share_that_rises() -> None:
    early, late = panel({"a": (0.08, 0.02)}, 16), panel({"a": (0.06, 0.045)}, 16)
    last = early.row(-1, named=True)
    later = late[1:].with_columns(pl.col("t") + 15, *(pl.col(c) * last[c] for c in ("y", "k")))
    done = run(pl.concat([early, later]))
    found = done.change.row(0, named=True)
    near([found["before"], found["after"], found["change"], found["low"], found["high"]], [0.25, 0.75, 0.5, 0.5, 0.5])
    assert (found["split"], found["verdict"]) == (2005, "rising")
    assert run(pl.concat([early, later]), split=2008).change["split"].to_list() == [2008]
    falling = panel({"a": (0.06, 0.03)}, noise=0.02)
    assert run(falling).change["verdict"].to_list() == ["not_shown"]


def test_rolling_windows() -> None:
    done = run(panel({"a": (0.06, 0.03), "b": (0.05, 0.03)}, noise=0.02), rolling=10)
    assert done.rolling.height == 21 * 3
    first = done.rolling.filter(pl.col("unit") == "b").sort("first").row(0, named=True)
    assert (first["first"], first["last"], first["years"]) == (1990, 2000, 10)
    part = run(panel({"a": (0.06, 0.03), "b": (0.05, 0.03)}, noise=0.02), window=(1990, 2000))
    near(first["share"], row(part, "b")["share"])
    assert run(panel({"a": (0.06, 0.03)}, years=9), rolling=10).rolling.height == 0


def test_breaks_of_tfp_growth_are_tested() -> None:
    early, late = panel({"a": (0.08, 0.05)}, 16, 0.004), panel({"a": (0.08, 0.01)}, 16, 0.004, 1)
    last = early.row(-1, named=True)
    later = late[1:].with_columns(pl.col("t") + 15, *(pl.col(c) * last[c] for c in ("y", "k")))
    done = run(pl.concat([early, later]), max_breaks=2)
    assert done.breaks is not None
    assert done.breaks.dates["until"].to_list() == [2005]
    assert run(early).breaks is None


def test_all_units_together_by_output() -> None:
    table = panel({"big": (0.06, 0.045), "small": (0.08, 0.02)}).with_columns(
        pl.when(pl.col("u") == "big").then(pl.col("y") * 1e6).otherwise("y")
    )
    near(row(run(table, weights="output"), None)["share"], 0.75, 1e-4)
    near(row(run(table), None)["share"], 65 / 140)


def test_the_answer_does_not_depend_on_rows_measures_or_the_other_units() -> None:
    table = panel({"a": (0.06, 0.03), "b": (0.05, 0.03)}, noise=0.02)
    one = run(table, rolling=12)
    mixed = run(table.sample(fraction=1, shuffle=True, seed=5), rolling=12)
    numbers = ["share", "low", "high", "output", "tfp"]
    for x, y in ((one.frame, mixed.frame), (one.rolling, mixed.rolling)):
        keys = ["unit", "first"]
        near(x.sort(keys)[numbers], y.sort(keys)[numbers])
    scaled = run(table.with_columns(pl.col("y") * 1e4, pl.col("k") * 3))
    near(scaled.frame[numbers], one.frame[numbers])
    alone = run(table.filter(pl.col("u") == "a"))
    near(alone.frame[numbers], one.frame.filter(pl.col("unit") == "a")[numbers])
    assert run(table, seed=1).frame["low"][0] != one.frame["low"][0]
    assert run(table).frame.equals(run(table).frame)


def test_gaps_are_left_out_of_sums() -> None:
    table = panel({"a": (0.06, 0.03), "b": (0.05, 0.03)}, noise=0.02)
    holed = table.filter(~((pl.col("u") == "a") & (pl.col("t") == 2004)))
    with pytest.raises(NqpfError, match="2004"):
        run(holed)
    assert row(run(holed, gaps="skip"), "a")["years"] == 28


def test_many_units_are_remarked_on() -> None:
    done = run(panel({f"u{i}": (0.06, 0.03) for i in range(12)}, noise=0.01))
    note = next(note for note in done.notes if note.code == "growth_many_units")
    assert note.values == {"count": 13, "chance": pytest.approx(0.65)}


@pytest.mark.parametrize("how", ["stationary", "moving", "circular"])
@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 1000))
def test_draws_take_as_many_years_as_there_are(how: str, years: int, length: int, seed: int) -> None:
    counts = block_counts(years, 20, min(length, years), how, np.random.default_rng(seed))
    assert counts.shape == (20, years)
    assert (counts.sum(axis=1) == years).all()


def test_moving_blocks_favour_the_middle_and_circular_ones_do_not() -> None:
    for how, even in (("moving", False), ("circular", True), ("stationary", True)):
        mean = block_counts(12, 20_000, 4, how, np.random.default_rng(0)).mean(axis=0)
        assert bool(np.abs(mean - 1).max() < 0.03) is even


def test_blocks_keep_neighbours_together() -> None:
    counts = block_counts(12, 500, 4, "moving", np.random.default_rng(0))
    ends = np.diff(counts, axis=1, prepend=0, append=0)
    assert np.abs(ends).sum(axis=1).max() <= 6  # three blocks begin and end at most so often
    assert usual_length(27) == 3
    assert usual_length(1) == 1


def test_percentiles_are_symmetric_ranks() -> None:
    assert (tail(999, 0.95), tail(99, 0.9), tail(199, 0.99)) == (24, 4, 0)


def test_draws_without_growth_only_widen_intervals() -> None:
    growth = np.array([[0.1], [-0.3], [0.1], [0.1]])
    counts = np.array([[4.0, 0, 0, 0], [0, 4.0, 0, 0]] + [[1.0, 1, 1, 1]] * 97)
    found = shares(growth, growth / 2, counts, 0.98)
    assert (found.low[0], found.high[0]) == (-np.inf, np.inf)
    assert found.output_low[0] < 0
    assert verdicts(found, 0.4, 1) == (["not_assessed"], ["falling"] if found.output_high[0] < 0 else ["near_zero"])


def test_the_spread_for_few_blocks() -> None:
    """Ten years one by one: t with 9 degrees of freedom over the normal quantile, times √(10/9)."""
    near(small_sample(np.array([10]), 1, 0.95), [2.262157 / 1.959964 * np.sqrt(10 / 9)], 1e-6)
    assert small_sample(np.array([10_000]), 1, 0.95)[0] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("correlation", "least"), [(0.0, 0.93), (0.4, 0.86)])
def test_intervals_cover_what_they_should(correlation: float, least: float) -> None:
    """400 series of 20 years; with one factor, not widened, intervals of 95 % cover less than 92 % of them."""
    rng = np.random.default_rng(0)
    shocks = rng.normal(size=(70, 400, 2))
    for t in range(1, 70):
        shocks[t] = correlation * shocks[t - 1] + np.sqrt(1 - correlation**2) * shocks[t]
    k, a = 0.05 + 0.01 * shocks[50:, :, 0], 0.03 + 0.025 * shocks[50:, :, 1]
    counts = block_counts(20, 499, 3, "stationary", np.random.default_rng(1))
    truth = 0.03 / 0.055

    def cover(length: float | None) -> float:
        found = shares(0.5 * k + a, a, counts, 0.95, length)
        return float(((found.low <= truth) & (truth <= found.high)).mean())

    assert cover(3) >= least
    assert cover(None) < 0.92


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"weights": "people"}, ["“people”", "output"]),
        ({"bootstrap": "pairs"}, ["“pairs”", "circular"]),
        ({"small_sample": "yes"}, ["“yes”", "blocks"]),
        ({"level": 95}, ["value is 95", "between 0 and 1"]),
        ({"draws": 50}, ["value is 50", "99 at least"]),
        ({"draws": 999, "level": 0.999}, ["1999 at least"]),
        ({"block": 0}, ["1 at least"]),
        ({"rolling": 3}, ["5 at least"]),
        ({"seed": -1}, ["0 at least"]),
        ({"window": (1980, 2000)}, ["1980–2000", "1990–2020"]),
        ({"split": 2020}, ["split", "2020"]),
        ({"share": 40}, ["share is 40"]),
    ],
)
def test_options_that_will_not_do(more: Any, words: list[str]) -> None:
    with pytest.raises(NqpfError) as caught:
        run(panel({"a": (0.06, 0.03)}), **more)
    for word in words:
        assert word in str(caught.value)
