"""Breaks: the best of all partitions, tests of the right size, published critical values, known dates."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import NqpfError
from nqpf.productivity.growth import breaks
from nqpf.productivity.growth.break_choice import BreakOptions, criteria, date_quantile, find_breaks
from nqpf.productivity.growth.break_tests import Null, error_variance, long_run_variance, p_value, single_f, sup_f
from nqpf.productivity.growth.segments import best_partitions, best_single, fitted

# Annual flow of the Nile at Aswan, 1871–1970, in 10⁸ m³ (Cobb 1978, doi:10.1093/biomet/65.2.243): it fell after 1898.
NILE = np.array([
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
], dtype=float)  # fmt: skip


def table(y: Any, start: int = 1871) -> dict[str, Any]:
    return {"t": list(range(start, start + len(y))), "y": list(y)}


def near(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def squares(y: Any, cuts: tuple[int, ...]) -> float:
    ends = [0, *cuts, len(y)]
    return sum(float(((y[a:b] - y[a:b].mean()) ** 2).sum()) for a, b in pairwise(ends))


@given(st.integers(0, 10_000), st.integers(8, 13), st.integers(2, 3), st.integers(1, 3))
def test_the_partition_is_the_best_of_all(seed: int, n: int, least: int, most: int) -> None:
    most = min(most, n // least - 1)
    y = np.random.default_rng(seed).normal(size=n)
    found = best_partitions(y[None, :], least, most)
    near(found.ssr[0, 0], squares(y, ()))
    for m in range(1, most + 1):
        every = [c for c in combinations(range(1, n), m) if min(np.diff([0, *c, n])) >= least]
        best = min(every, key=lambda c: squares(y, c))
        near(found.ssr[0, m], squares(y, best))
        near(squares(y, tuple(found.dates[m - 1][0])), squares(y, best))
        near(((y - fitted(y[None, :], found.dates[m - 1])[0]) ** 2).sum(), squares(y, best))


@given(st.integers(0, 10_000), st.integers(6, 30), st.integers(1, 3))
def test_one_break_the_short_way(seed: int, n: int, least: int) -> None:
    y = np.random.default_rng(seed).normal(size=(4, n))
    found = best_partitions(y, least, 1)
    whole, left, at = best_single(y, least)
    near(whole, found.ssr[:, 0])
    near(left, found.ssr[:, 1])
    assert at.tolist() == found.dates[0][:, 0].tolist()


def test_the_nile() -> None:
    """The flow fell by 248 after 1898; one break, whatever decides."""
    for select in ("sequential", "udmax", "bic", "lwz"):
        done = breaks(table(NILE), "y", time="t", select=select, draws=299)
        assert done.frame["breaks"].to_list() == [1]
        date = done.dates.row(0, named=True)
        assert (date["until"], date["since"]) == (1898, 1899)
        assert date["low"] <= 1898 <= date["high"]
        assert date["high"] - date["low"] < 12
    assert done.segments["mean"].round(2).to_list() == [1097.75, 849.97]
    assert done.segments["years"].to_list() == [28, 72]
    assert date["change"] == pytest.approx(849.9722 - 1097.75, abs=1e-3)
    f = done.tests.filter(pl.col("test") == "supF")["statistic"]
    near(f[0], (squares(NILE, ()) - squares(NILE, (28,))) / (squares(NILE, (28,)) / 98))
    near(f[1], (squares(NILE, ()) - squares(NILE, (28, 83))) / 2 / (squares(NILE, (28, 83)) / 97))
    near(done.criteria["ssr"][:3], [squares(NILE, c) for c in ((), (28,), (28, 83))], 1e-5)
    following = done.tests.filter(pl.col("test") == "next")
    assert following["p_value"][0] < 0.01
    assert following["p_value"][1:].min() > 0.1


def test_critical_values_tend_to_the_published_ones() -> None:
    """Bai and Perron (2003, doi:10.1111/1368-423X.00102), one mean, trimming 0.15, 5 %; here for 160 years."""
    null = Null(2000, 0, "iid").sup(160, 24, 5)
    critical = np.quantile(null, 0.95, axis=0)
    near(critical, [8.58, 7.22, 5.96, 4.99, 3.91], 0.45)
    assert np.quantile(null.max(axis=1), 0.95) == pytest.approx(8.88, abs=0.45)


@pytest.mark.parametrize("variance", ["iid", "hac"])
def test_tests_have_their_size_in_short_series(variance: Any) -> None:
    how = BreakOptions(max_breaks=2, variance=variance)
    null = Null(how.draws, 0, variance)
    rng = np.random.default_rng(5)
    found = [find_breaks(y, how, null) for y in rng.normal(size=(300, 20))]
    ud = [next(t for t in one.tests if t.name == "UDmax").p_value for one in found]
    assert 0.02 <= np.mean(np.array(ud) <= 0.05) <= 0.085
    assert np.mean([one.chosen > 0 for one in found]) <= 0.085


def test_statistics_do_not_depend_on_mean_and_scale() -> None:
    y = np.random.default_rng(1).normal(size=25) + np.repeat([0, 2], [12, 13])
    one, two = (breaks(table(x), "y", time="t", draws=99) for x in (y, 1e6 * y - 3e7))
    near(one.tests["statistic"], two.tests["statistic"], 1e-6)
    assert one.dates["until"].to_list() == two.dates["until"].to_list()


def test_two_breaks_are_found_one_after_the_other() -> None:
    y = np.random.default_rng(2).normal(0, 0.5, 45) + np.repeat([0.0, 3.0, -1.0], 15)
    done = breaks(table(y, 1978), "y", time="t")
    assert done.dates["until"].to_list() == [1992, 2007]
    assert done.segments["first"].to_list() == [1978, 1993, 2008]
    assert done.frame.row(0, named=True)["verdict"] == "break"


def test_long_run_variance_is_the_weighted_sum_of_autocovariances() -> None:
    x = np.random.default_rng(0).normal(size=30).cumsum()
    x -= x.mean()
    root = (x[:-1] @ x[1:]) / (x[:-1] @ x[:-1])
    width = 1.3221 * (4 * root**2 / (1 - root) ** 4 * 30) ** 0.2

    def weight(j: int) -> float:
        z = 6 * np.pi * j / (5 * width)
        return float(3 / z**2 * (np.sin(z) / z - np.cos(z)))

    expected = x @ x / 29 + 2 * sum(weight(j) * (x[j:] @ x[:-j]) / 29 for j in range(1, 30))
    near(long_run_variance(x[None, :]), [expected])


def test_correlated_errors_need_the_variance_that_knows_it() -> None:
    rng = np.random.default_rng(3)
    shocks = rng.normal(size=(200, 80))
    y = np.zeros_like(shocks)
    for t in range(1, 80):
        y[:, t] = 0.5 * y[:, t - 1] + shocks[:, t]
    rates = []
    for how in ("iid", "hac"):
        null = Null(999, 0, how).single(60, 9)
        f, _ = single_f(y[:, 20:], 9, how)
        rates.append(np.mean([p_value(float(x), null) <= 0.05 for x in f]))
    assert rates[0] > 0.35
    assert rates[1] < rates[0] / 2


def test_the_quantiles_of_dates_are_those_of_bai() -> None:
    assert date_quantile(0.9) == pytest.approx(7.7, abs=0.05)
    assert date_quantile(0.95) == pytest.approx(11.0, abs=0.05)


def test_criteria_by_hand() -> None:
    bic, lwz = criteria(np.array([10.0, 4.0]), 20)
    near(bic, [np.log(0.5), np.log(0.2) + 2 * np.log(20) / 20])
    near(lwz, [np.log(10 / 19), np.log(4 / 17) + 2 * 0.299 * np.log(20) ** 2.1 / 20])


def test_a_step_without_noise_is_found_exactly() -> None:
    done = breaks(table([0.1] * 8 + [0.05] * 7, 2000), "y", time="t", max_breaks=2, draws=99, select="bic")
    assert done.dates["until"].to_list() == [2007]
    assert done.segments["mean"].to_list() == pytest.approx([0.1, 0.05])
    assert done.tests["statistic"][0] == np.inf


def test_what_is_short_or_constant_is_not_assessed() -> None:
    rng = np.random.default_rng(0)
    parts = {"short": rng.normal(size=9), "flat": np.full(20, 0.3), "long": rng.normal(size=20)}
    rows = [{"u": u, "t": 2000 + i, "y": v} for u, y in parts.items() for i, v in enumerate(y)]
    done = breaks(pl.DataFrame(rows), "y", unit="u", time="t", draws=99)
    verdicts = dict(zip(done.frame["unit"], done.frame["reason"], strict=True))
    assert verdicts == {"short": "short", "flat": "constant", "long": None}
    assert done.frame["breaks"].to_list()[:2] == [None, None]
    assert done.frame["verdict"].to_list()[:2] == ["not_assessed"] * 2
    assert set(done.tests["unit"]) == {"long"}
    assert "growth_breaks_short" in {note.code for note in done.notes}


def test_fewer_breaks_where_there_is_no_room() -> None:
    done = breaks(table(np.random.default_rng(0).normal(size=20)), "y", time="t", trim=0.3, draws=99)
    assert done.criteria["breaks"].to_list() == [0, 1, 2]
    assert [note.code for note in done.notes] == ["growth_breaks_limited"]
    assert "no room for 5 breaks with 30%" in str(done.notes[0])


def test_the_same_seed_gives_the_same_and_units_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(4)
    rows = [{"u": u, "t": t, "y": rng.normal()} for u in "ab" for t in range(20)]
    both = breaks(pl.DataFrame(rows).with_columns(pl.col("t") + 2000), "y", unit="u", time="t", draws=199)
    mixed = pl.DataFrame(rows).with_columns(pl.col("t") + 2000).sample(fraction=1, shuffle=True, seed=1)
    again = breaks(mixed, "y", unit="u", time="t", draws=199)
    assert both.tests.sort("unit", "test", "breaks").equals(again.tests.sort("unit", "test", "breaks"))
    alone = breaks(pl.DataFrame(rows[20:]).with_columns(pl.col("t") + 2000), "y", unit="u", time="t", draws=199)
    assert alone.tests.equals(both.tests.filter(pl.col("unit") == "b"))


def test_a_gap_is_refused_or_closed() -> None:
    rows = table(np.random.default_rng(0).normal(size=20), 2000)
    holed = pl.DataFrame(rows).filter(pl.col("t") != 2007)
    with pytest.raises(NqpfError, match="2007"):
        breaks(holed, "y", time="t")
    done = breaks(holed, "y", time="t", gaps="skip", draws=99)
    assert done.frame["years"].to_list() == [19]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"select": "aic"}, ["“aic”", "lwz"]),
        ({"variance": "white"}, ["“white”", "hac"]),
        ({"trim": 0.5}, ["0.5", "between 0 and 0.5"]),
        ({"size": 5}, ["value is 5", "between 0 and 1"]),
        ({"max_breaks": 0}, ["value is 0", "1 at least"]),
        ({"draws": 10}, ["value is 10", "99 at least"]),
        ({"seed": -1}, ["value is -1", "0 at least"]),
    ],
)
def test_options_that_will_not_do(more: Any, words: list[str]) -> None:
    with pytest.raises(NqpfError) as caught:
        breaks(table(NILE), "y", time="t", **more)
    for word in words:
        assert word in str(caught.value)


def test_variances_by_hand() -> None:
    y = np.array([[0.0, 1.0, 0.0, 5.0, 6.0, 5.0]])
    dates = np.array([[3]])
    near(error_variance(y, np.array([4 / 3]), dates, "iid"), [1 / 3])
    found = best_partitions(y, 2, 1)
    near(sup_f(y, found.ssr, found.dates, "iid"), [[(squares(y[0], ()) - 4 / 3) / (1 / 3)]])
