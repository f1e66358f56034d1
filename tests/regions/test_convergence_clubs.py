"""Log t and clubs: the regression by hand, planted clubs, invariances, merging, bad input."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from convergence_panels import long, two_clubs

from nqpf.errors import MethodError, SpecError
from nqpf.messages import speak
from nqpf.regions.convergence.club_merge import merged
from nqpf.regions.convergence.club_search import Search
from nqpf.regions.convergence.clubs import clubs
from nqpf.regions.convergence.log_t import LogT
from nqpf.regions.convergence.logt import logt
from nqpf.regions.convergence.long_run import ERRORS, aqsb, fqsb, quadratic_spectral
from nqpf.regions.convergence.transition import hp_trend, spread, spread_growing, spread_joined, spread_pairs

KEYS = {"unit": "unit", "time": "year"}
X = np.random.default_rng(4).uniform(4, 9, (7, 12))


def test_groups_at_once_are_groups_one_by_one() -> None:
    grown = np.array([spread(X[:, : k + 2]) for k in range(11)])
    np.testing.assert_allclose(spread_growing(X), grown, rtol=1e-12)
    pairs = np.array([spread(X[:, k : k + 2]) for k in range(11)])
    np.testing.assert_allclose(spread_pairs(X), pairs, rtol=1e-12)
    joined = np.array([spread(X[:, [0, 1, 2, k]]) for k in range(3, 12)])
    np.testing.assert_allclose(spread_joined(X[:, :3], X[:, 3:]), joined, rtol=1e-12)


def test_nearly_equal_units_keep_their_digits() -> None:
    near = np.full((3, 2), 8.0)
    near[:, 1] += 1e-7
    exact = (1e-7 / (2 * 8 + 1e-7)) ** 2
    for found in (spread_growing(near)[0], spread_pairs(near)[0], spread_joined(near[:, :1], near[:, 1:])[0]):
        np.testing.assert_allclose(found, exact, rtol=1e-6)


def test_the_slope_is_that_of_the_regression() -> None:
    h = spread(two_clubs()["v"].to_numpy().reshape(12, 20)[:6].T)
    found = LogT(20, 1 / 3, "fqsb").fit(h[None])
    t = np.arange(8, 21)  # 20/3 rounds to 7 years left out
    slope = np.polyfit(np.log(t), np.log(h[0] / h[7:]) - 2 * np.log(np.log(t)), 1)[0]
    assert found.beta[0] == pytest.approx(slope, rel=1e-10)
    assert found.t[0] == found.beta[0] / found.se[0]


@pytest.mark.parametrize(("years", "points"), [(12, 8), (10, 7), (34, 23), (15, 10)])
def test_years_left_out_are_rounded(years: int, points: int) -> None:
    assert LogT(years, 1 / 3, "fqsb").points == points


def test_halves_are_rounded_to_the_even_number() -> None:
    assert LogT(10, 0.25, "fqsb").points == 8


def test_long_run_errors_by_hand() -> None:
    """Both estimators written out for one short series of residuals."""
    u, x = np.array([0.5, -0.1, 0.3, -0.4, -0.3]), np.log(np.arange(3.0, 8))
    n, away = 5, x - x.mean()
    rho = sum(u[i] * u[i + 1] for i in range(4)) / sum(u[:4] ** 2)
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    k = quadratic_spectral(np.arange(5) / width)
    long_run = (sum(u**2) + 2 * sum(k[j] * sum(u[i] * u[i + j] for i in range(4 - j)) for j in (1, 2, 3))) / 4
    assert fqsb(u[None], x)[0] == pytest.approx(np.sqrt(long_run / sum(away**2)), rel=1e-12)
    scores = u * x
    rho = np.polyfit(scores[:-1], scores[1:], 1)[0]
    k = quadratic_spectral(np.arange(5) / (1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2))
    design = np.column_stack([np.ones(5), x])
    g = design * u[:, None]
    meat = g.T @ g + sum(k[j] * (g[:-j].T @ g[j:] + g[j:].T @ g[:-j]) for j in range(1, 5))
    bread = np.linalg.inv(design.T @ design)
    assert aqsb(u[None], x)[0] == pytest.approx(np.sqrt((5 / 3 * bread @ meat @ bread)[1, 1]), rel=1e-10)


def test_the_kernel_is_smooth_at_zero() -> None:
    x = np.array([0.0, 1e-6, 1e-5, 3e-5, 1e-4, 1e-3])
    expected = 1 - (1.2 * np.pi * x) ** 2 / 10
    np.testing.assert_allclose(quadratic_spectral(x), expected, atol=1e-7)


def test_the_filter_leaves_lines_and_solves_its_equations() -> None:
    line = np.outer(np.arange(15.0), [1, -2]) + 3
    np.testing.assert_allclose(hp_trend(line, 400), line, atol=1e-9)
    x = np.random.default_rng(0).normal(size=(15, 2))
    g = hp_trend(x, 400.0)
    second = np.diff(np.eye(15), n=2, axis=0)
    np.testing.assert_allclose(g + 400 * second.T @ second @ g, x, atol=1e-9)


@pytest.mark.parametrize("hac", ["fqsb", "aqsb"])
def test_planted_clubs_are_found(hac: str) -> None:
    found = clubs(two_clubs(), "v", hac=hac, **KEYS)  # type: ignore[arg-type]
    by_unit = dict(found.frame.select("unit", "club").iter_rows())
    assert [by_unit[f"u{i:03d}"] for i in range(12)] == [1] * 6 + [2] * 6
    assert found.clubs["n"].to_list() == [6, 6]
    assert (found.clubs["t"] > -1.65).all()
    assert found.choices.filter("chosen")["hac"].to_list() == [hac]
    assert found.method.id == "regions.clubs"


def test_what_diverges_is_null() -> None:
    table = pl.concat(
        [two_clubs(each=4), long(np.array([12 + 0.5 * np.arange(20.0)])).with_columns(unit=pl.lit("away"))]
    )
    found = clubs(table, "v", **KEYS)
    assert found.frame.filter(pl.col("club").is_null())["unit"].to_list() == ["away"]
    assert found.frame["unit"][-1] == "away"
    assert found.choices["divergent"].to_list() == [1, 1]


def test_row_order_and_unit_of_measurement_do_not_matter() -> None:
    table = two_clubs(each=5).with_columns(pl.col("v") + pl.col("v").sin() / 50)
    one = clubs(table, "v", **KEYS)
    two = clubs(table.sample(fraction=1, shuffle=True, seed=3).with_columns(pl.col("v") * 37.5), "v", **KEYS)
    assert one.frame.select("unit", "club").equals(two.frame.select("unit", "club"))
    np.testing.assert_allclose(one.clubs["t"], two.clubs["t"], rtol=1e-7)


def test_paths_have_the_mean_one() -> None:
    found = clubs(two_clubs(), "v", **KEYS)
    means = found.paths.group_by("year").agg(pl.col("relative").mean())["relative"]
    np.testing.assert_allclose(means, 1, rtol=1e-12)
    tested = logt(two_clubs(), "v", **KEYS)
    of_paths = found.paths.group_by("year", maintain_order=True).agg(((pl.col("relative") - 1) ** 2).mean())
    np.testing.assert_allclose(tested.spread["h_variance"], of_paths["relative"], rtol=1e-12)


def test_all_units_are_rejected_and_each_half_is_not() -> None:
    table = two_clubs()
    whole = logt(table, "v", **KEYS)
    assert whole.frame["kind"].to_list() == ["rejected", "rejected"]
    assert (whole.frame["p"] < 0.05).all()
    half = logt(table.filter(pl.col("unit") < "u006"), "v", **KEYS)
    assert set(half.frame["kind"]) <= {"growth", "level"}
    assert half.frame["chosen"].to_list() == [True, False]


def random_search(x: np.ndarray, **options: object) -> Search:
    names = tuple(f"u{i:03d}" for i in range(x.shape[1]))
    usual = {"critical": -1.65, "threshold": 0.0, "increase": "fixed", "increment": 0.1, "cap": 3.0, "core": "max"}
    return Search(LogT(len(x), 1 / 3, "fqsb"), names, **{**usual, **options})  # type: ignore[arg-type]


def random_paths(seed: int, n: int = 40, years: int = 24) -> np.ndarray:
    generator = np.random.default_rng(seed)
    steps = generator.normal(0.02, 0.02, (n, 1)) + generator.normal(0, 0.01, (n, years))
    x = (8 + generator.normal(0, 1, (n, 1)) + np.cumsum(steps, axis=1)).T
    return x[:, np.argsort(-x[-1])]


@pytest.mark.parametrize("seed", range(4))
def test_clubs_part_the_units_and_hold_what_they_say(seed: int) -> None:
    x = random_paths(seed)
    search = random_search(x, increase="incremental")
    found, left = search.clubs(x)
    rows = np.concatenate([*(club.rows for club in found), left])
    assert sorted(rows.tolist()) == list(range(40))
    for club in found:
        assert club.fit.t[0] == pytest.approx(search.group(x, np.sort(club.rows)).t[0], rel=1e-6)
        assert club.fit.t[0] > -1.65


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("how", ["ps", "vlt", "vlt_restart"])
def test_merging_keeps_units_and_order(seed: int, how: str) -> None:
    x = random_paths(seed)
    search = random_search(x)
    first, _ = search.clubs(x)
    after = merged(x, first, search, how)  # type: ignore[arg-type]
    assert [k for club in after for k in club.joined] == list(range(len(first)))
    for club in after:
        assert set(club.rows) == {row for k in club.joined for row in first[k].rows}
        assert len(club.joined) == 1 or club.fit.t[0] > -1.65
    if how == "ps":
        for one, two in pairwise(after):
            both = np.concatenate([one.rows, first[two.joined[0]].rows])
            assert search.group(x, both).t[0] <= -1.65


def test_a_threshold_above_every_t_leaves_the_core() -> None:
    x = random_paths(1)
    found, _ = random_search(x, threshold=1e9).clubs(x)
    core, _ = random_search(x, threshold=1e9, increase="incremental", cap=0.0).clubs(x)
    assert all(club.core == club.rows.size for club in (*found, *core))


def test_the_threshold_rises_only_where_it_must() -> None:
    """A club that is rejected with c* as given is smaller once c* has risen."""
    risen = []
    for seed in range(12):
        x = random_paths(seed)
        fixed, _ = random_search(x, threshold=-5.0).clubs(x)
        rising, _ = random_search(x, threshold=-5.0, increase="incremental", cap=9.0).clubs(x)
        if fixed[0].fit.t[0] <= -1.65:
            assert rising[0].threshold > -5
            assert rising[0].rows.size < fixed[0].rows.size
            risen.append(seed)
        else:
            assert rising[0].threshold == -5
    assert risen


def test_joining_needs_a_t_above_the_threshold() -> None:
    table = pl.concat(
        [two_clubs(each=4), long(np.array([12 + 0.5 * np.arange(20.0)])).with_columns(unit=pl.lit("away"))]
    )
    kept = clubs(table, "v", divergent="join", **KEYS)
    taken = clubs(table, "v", divergent="join", join_threshold=-1e9, **KEYS)
    assert kept.frame["club"].null_count() == 1
    assert taken.frame["club"].null_count() == 0
    assert taken.clubs["n"].sum() == 9
    assert taken.first["n"].sum() == 8


def test_everything_converges_into_one_club() -> None:
    table = two_clubs().filter(pl.col("unit") < "u006")
    found = clubs(table, "v", merge="ps", **KEYS)
    assert found.clubs["n"].to_list() == [6]
    assert found.clubs["from"].to_list() == [[1]]


def test_nothing_converges() -> None:
    """Two paths that part."""
    table = long(np.array([5 + 0.2 * np.arange(15.0), 5.5 - 0.1 * np.arange(15.0)]))
    found = clubs(table, "v", merge="vlt", divergent="join", **KEYS)
    assert found.clubs.height == 0
    assert found.frame["club"].to_list() == [None, None]
    assert found.clubs.schema["beta"] == pl.Float64


def test_logarithm_and_trend_are_taken_as_asked() -> None:
    table = two_clubs().with_columns(pl.col("v").exp())
    logs = clubs(table, "v", log=True, hp_filter=400, **KEYS)
    by_hand = hp_trend(two_clubs()["v"].to_numpy().reshape(12, 20).T, 400.0)
    np.testing.assert_allclose(logs.paths["value"], by_hand.T.ravel(), rtol=1e-12)
    assert [n.code for n in logs.notes if n.severity == "info"] == ["logt_unit"]


def test_what_is_to_be_known_is_said() -> None:
    notes = {note.code: note for note in clubs(two_clubs(years=9, each=2), "v", **KEYS).notes}
    assert {"convergence_short", "logt_low_power", "logt_unfiltered", "clubs_small"} <= set(notes)
    assert "6 years are left after trimming" in str(notes["logt_low_power"])
    with speak("zh"):
        assert "去掉开头后只剩 6 年" in str(notes["logt_low_power"])


def test_a_choice_that_matters_is_said() -> None:
    codes = []
    for seed in range(8):
        found = clubs(long(random_paths(seed).T), "v", **KEYS)
        differ = (found.compared["fqsb"].fill_null(0) != found.compared["aqsb"].fill_null(0)).sum()
        noted = [note for note in found.notes if note.code == "clubs_hac"]
        assert bool(noted) == (differ > 0)
        codes += [note.values["moved"] == differ for note in noted]
    assert codes
    assert all(codes)


def test_bad_input_is_named() -> None:
    table = two_clubs()
    with pytest.raises(MethodError, match=r"u003.*2005.*1 cells are missing"):
        clubs(table.filter((pl.col("unit") != "u003") | (pl.col("year") != 2005)), "v", **KEYS)
    with pytest.raises(MethodError, match=r"u000.*is not positive"):
        clubs(table.with_columns(pl.col("v") - 20), "v", **KEYS)
    top = table.filter(year=2020).sort("v")["unit"][-1]
    copies = pl.concat([table, table.filter(unit=top).with_columns(unit=pl.lit("copy"))])
    with pytest.raises(MethodError, match=rf"no t value among copy, {top}.*Check whether a unit is there twice"):
        clubs(copies, "v", **KEYS)
    with pytest.raises(MethodError, match="Of 5 years 3 are left"):
        clubs(table.filter(pl.col("year") < 2006), "v", **KEYS)
    with pytest.raises(MethodError, match="There is 1 unit"):
        clubs(table.filter(unit="u000"), "v", **KEYS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hac": "fqs"}, "Did you mean “fqsb”"),
        ({"merge": "pss"}, "Did you mean “ps”"),
        ({"trim": 1.0}, "trim = 1.0 will not do"),
        ({"trim": 0}, "trim = 0 will not do"),
        ({"hp_filter": -1}, "hp_filter = -1 will not do"),
        ({"increment": 0}, "increment = 0 will not do"),
    ],
)
def test_bad_options_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        clubs(two_clubs(), "v", **KEYS, **options)  # type: ignore[arg-type]


def test_a_standard_error_that_is_undefined_stops_only_where_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ERRORS, "fqsb", lambda u, x: np.full(len(u), np.nan))
    for call in (clubs, logt):
        with pytest.raises(MethodError, match="try the other hac"):
            call(two_clubs(), "v", **KEYS)
        found = call(two_clubs(), "v", hac="aqsb", **KEYS)
        assert "logt_other_undefined" in {note.code for note in found.notes}
    assert clubs(two_clubs(), "v", hac="aqsb", **KEYS).choices["hac"].to_list() == ["aqsb"]
    assert logt(two_clubs(), "v", hac="aqsb", **KEYS).frame["hac"].to_list() == ["aqsb"]
