"""Moran, Geary, Getis and Ord: by hand, by enumeration, by what must not change them, and what is said of bad input."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.regions.space.build import weights
from nqpf.regions.space.geary import geary
from nqpf.regions.space.getis_ord import getis_ord, getis_ord_local
from nqpf.regions.space.lisa import lisa
from nqpf.regions.space.moran import moran, moran_bivariate
from nqpf.regions.space.significance import false_discovery
from nqpf.regions.space.weights import Weights
from nqpf.results import TableResult

PATH = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
CROOKED = Weights.of("abcde", [[0, 2, 0, 0, 1], [1, 0, 3, 0, 0], [0, 1, 0, 1, 0], [0, 0, 1, 0, 0], [4, 0, 0, 1, 0]])
FIVE = {"u": list("abcde"), "y": [1.0, 5.0, 2.0, 4.0, 9.0], "x": [3.0, 1.0, 4.0, 1.5, 9.0]}
GLOBAL: list[Callable[..., TableResult]] = [moran, geary, getis_ord]
LOCAL: list[Callable[..., TableResult]] = [lisa, getis_ord_local]


def lattice(side: int = 6) -> Weights:
    at = [(i, j) for i in range(side) for j in range(side)]
    near = [[float(abs(a - c) + abs(b - d) == 1) for c, d in at] for a, b in at]
    return Weights.of([f"u{i:02d}" for i in range(side * side)], near).standardised("row")


def noisy(side: int = 6, years: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    n = side * side
    slope = np.arange(n) // side
    return pl.DataFrame(
        {
            "u": [f"u{i:02d}" for i in range(n)] * years,
            "year": np.repeat(np.arange(2020, 2020 + years), n),
            "y": np.tile(np.exp(slope / 2), years) + rng.exponential(size=n * years),
            "x": np.tile(np.exp(slope / 4), years) + rng.exponential(size=n * years),
        }
    )


def heap() -> pl.DataFrame:
    """Return noise on a lattice of ten by ten with a high block of four by four at its start."""
    rng = np.random.default_rng(8)
    at = np.arange(100)
    return pl.DataFrame(
        {"u": lattice(10).labels, "y": rng.exponential(size=100) + 10.0 * ((at // 10 < 4) & (at % 10 < 4))}
    )


def row_of(found: TableResult) -> dict[str, float]:
    return found.frame.row(0, named=True)


# By hand and by enumeration


def test_moran_by_hand() -> None:
    """Deviations −1.5, −.5, .5, 1.5: Σ w z z = 2 (.75 − .25 + .75), Σ z² = 5, S₀ = 6."""
    found = row_of(moran({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=PATH))
    assert found["moran"] == pytest.approx(4 / 6 * 2.5 / 5, rel=1e-14)
    assert found["expected"] == pytest.approx(-1 / 3, rel=1e-14)


def test_geary_by_hand() -> None:
    """Neighbours differ by 1 in six directed pairs: c = 3 · 6 / (2 · 6 · 5)."""
    found = row_of(geary({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=PATH))
    assert found["geary"] == pytest.approx(0.3, rel=1e-14)


def everywhere(call: Callable[..., TableResult], name: str, w: Weights, **more: Any) -> np.ndarray:
    """Return the statistic of all 120 ways to give five values to five units."""
    tables = [{**FIVE, "y": list(order)} for order in permutations(FIVE["y"])]
    return np.array([row_of(call(t, "y", unit="u", weights=w, permutations=0, **more))[name] for t in tables])


@pytest.mark.parametrize(("call", "name"), [(moran, "moran"), (geary, "geary"), (getis_ord, "g")])
def test_moments_under_randomisation_are_those_of_all_arrangements(call: Callable[..., TableResult], name: str) -> None:
    more = {"scale": "given"} if call is getis_ord else {}
    found = row_of(call(FIVE, "y", unit="u", weights=CROOKED, permutations=0, **more))
    every = everywhere(call, name, CROOKED, **more)
    assert found["expected"] == pytest.approx(every.mean(), rel=1e-12)
    assert found["variance_random"] == pytest.approx(every.var(), rel=1e-10)


def test_moments_of_two_variables_are_those_of_all_arrangements() -> None:
    tables = [{**FIVE, "y": list(order)} for order in permutations(FIVE["y"])]
    call = {"unit": "u", "weights": CROOKED, "permutations": 0}
    every = np.array([row_of(moran_bivariate(t, "x", "y", **call))["moran"] for t in tables])  # type: ignore[arg-type]
    found = row_of(moran_bivariate(FIVE, "x", "y", **call))  # type: ignore[arg-type]
    assert every.mean() == pytest.approx(found["expected"], abs=1e-14)
    assert found["variance_random"] == pytest.approx(every.var(), rel=1e-12)


@pytest.mark.parametrize("null", ["conditional", "total"])
@pytest.mark.parametrize("divisor", ["sample", "population"])
def test_moments_of_local_moran_are_those_of_all_arrangements(null: Any, divisor: Any) -> None:
    call = {"unit": "u", "weights": CROOKED, "permutations": 0, "null": null, "divisor": divisor}
    found = lisa(FIVE, "y", **call).frame  # type: ignore[arg-type]
    orders = [o for o in permutations(FIVE["y"]) if null == "total" or o[1] == FIVE["y"][1]]
    every = np.array([lisa({**FIVE, "y": list(o)}, "y", **call).frame["local"][1] for o in orders])  # type: ignore[arg-type]
    assert found["expected"][1] == pytest.approx(every.mean(), rel=1e-12)
    assert found["variance"][1] == pytest.approx(every.var(), rel=1e-10)


@pytest.mark.parametrize("star", [False, True])
def test_moments_of_local_g_are_those_of_all_arrangements(star: bool) -> None:
    """For G the unit's own value stays; for G* all values move."""
    call = {"unit": "u", "weights": CROOKED, "permutations": 0, "star": star}
    found = getis_ord_local(FIVE, "y", **call).frame  # type: ignore[arg-type]
    orders = [o for o in permutations(FIVE["y"]) if star or o[1] == FIVE["y"][1]]
    every = np.array([getis_ord_local({**FIVE, "y": list(o)}, "y", **call).frame["g"][1] for o in orders])  # type: ignore[arg-type]
    assert found["expected"][1] == pytest.approx(every.mean(), rel=1e-12)
    assert found["variance"][1] == pytest.approx(every.var(), rel=1e-10)


def test_the_permutation_test_is_that_of_all_arrangements() -> None:
    every = everywhere(moran, "moran", CROOKED)
    found = row_of(moran(FIVE, "y", unit="u", weights=CROOKED, permutations=19_999, alternative="greater"))
    exact = (every >= found["moran"] - 1e-12).mean()
    assert found["p_permutation"] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 19_999))
    assert found["mean_permutation"] == pytest.approx(every.mean(), abs=0.01)
    assert found["sd_permutation"] == pytest.approx(every.std(), rel=0.02)


def test_conditional_permutation_is_that_of_all_neighbours() -> None:
    """Unit d has one neighbour, c: of the four others, two have a value at least as high as c's."""
    found = lisa(FIVE, "y", unit="u", weights=CROOKED, permutations=19_999, alternative="less").frame
    assert FIVE["y"] == [1.0, 5.0, 2.0, 4.0, 9.0]  # d = 4 lies below the mean: I falls as its neighbour rises
    assert found["p"][3] == pytest.approx(3 / 4, abs=0.015)
    alike = lisa(FIVE, "y", unit="u", weights=CROOKED, permutations=19_999, alternative="greater").frame
    assert alike["p"][3] == pytest.approx(1 / 2, abs=0.015)
    assert found["p_directed"][3] == pytest.approx(1 / 2, abs=0.015)


def test_all_sums_equal_are_ties_not_luck() -> None:
    """With every other unit a neighbour of the same weight, each draw is the observed map but for rounding."""
    full = Weights.of("abcde", (1 - np.eye(5)) / 4)
    found = lisa({**FIVE, "y": [0.1, 0.7, 0.3, 0.1, 1.1]}, "y", unit="u", weights=full).frame
    assert found["p"].to_list() == [1.0] * 5
    whole = row_of(moran({**FIVE, "y": [0.1, 0.7, 0.3, 0.1, 1.1]}, "y", unit="u", weights=full))
    assert whole["p_permutation"] == 1.0
    assert whole["moran"] == pytest.approx(-1 / 4, rel=1e-12)


# Identities


def test_local_morans_sum_to_the_global_one() -> None:
    table = noisy(years=1)
    local = lisa(table, "y", unit="u", weights=lattice(), permutations=0, divisor="population").frame["local"]
    assert local.mean() == pytest.approx(row_of(moran(table, "y", unit="u", weights=lattice()))["moran"], rel=1e-12)


def test_divisors_change_the_scale_only() -> None:
    sample, population = (
        lisa(noisy(years=1), "y", unit="u", weights=lattice(), divisor=d).frame
        for d in ("sample", "population")  # type: ignore[arg-type]
    )
    np.testing.assert_allclose(sample["local"], population["local"] * 35 / 36, rtol=1e-12)
    for column in ("z", "p", "p_directed", "p_fdr", "quadrant", "cluster"):
        assert sample[column].equals(population[column])


def test_two_variables_that_are_one() -> None:
    table = noisy(years=1)
    one = row_of(moran(table, "y", unit="u", weights=lattice()))["moran"]
    assert row_of(moran_bivariate(table, "y", "y", unit="u", weights=lattice()))["moran"] == pytest.approx(
        one, rel=1e-12
    )
    alone, beside = (lisa(table, "y", unit="u", weights=lattice(), neighbours=n).frame for n in (None, "y"))
    assert alone.equals(beside)


def test_local_g_with_all_neighbours_is_flat() -> None:
    full = Weights.of("abcde", 1 - np.eye(5))
    found = getis_ord_local(FIVE, "y", unit="u", weights=full, star=False).frame
    np.testing.assert_allclose(found["g"], 1.0, rtol=1e-14)


def test_local_g_does_not_depend_on_the_scale_of_the_weights() -> None:
    table = noisy(years=1)
    binary, row = lattice().standardised("binary"), lattice()
    for star in (False, True):
        one, other = (getis_ord_local(table, "y", unit="u", weights=w, star=star).frame for w in (binary, row))
        np.testing.assert_allclose(one["z"], other["z"], rtol=1e-11)
        assert one["p"].equals(other["p"])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_by_its_definition(p: list[float]) -> None:
    """The smallest level at which the unit is rejected: min over ranks from its own of p_(k) N / k."""
    found = false_discovery(np.array(p))
    ordered = np.sort(p)
    levels = np.array([min(1.0, (ordered[k:] * len(p) / np.arange(k + 1, len(p) + 1)).min()) for k in range(len(p))])
    np.testing.assert_allclose(np.sort(found), levels, rtol=1e-12)
    assert (found >= np.array(p) * (1 - 1e-12)).all()


def test_false_discovery_passes_over_what_was_not_tested() -> None:
    np.testing.assert_array_equal(false_discovery(np.array([0.01, np.nan, 0.04])), [0.02, np.nan, 0.04])


# What must not change anything


@pytest.mark.parametrize("call", [*GLOBAL, *LOCAL])
def test_the_order_of_rows_and_weights_does_not_matter(call: Callable[..., TableResult]) -> None:
    table, w = noisy(), lattice()
    shuffled = table.sample(fraction=1, shuffle=True, seed=4)
    turned = w.aligned(shuffled["u"].unique(maintain_order=True).to_list())
    one = call(table, "y", unit="u", weights=w, by="year", permutations=99, seed=2).frame
    other = call(shuffled, "y", unit="u", weights=turned, by="year", permutations=99, seed=2).frame
    keys = [c for c in ("year", "u") if c in one.columns]
    assert one.sort(keys).equals(other.sort(keys))


@pytest.mark.parametrize("call", LOCAL)
def test_local_results_stand_in_the_order_of_the_table(call: Callable[..., TableResult]) -> None:
    shuffled = noisy().sample(fraction=1, shuffle=True, seed=4)
    found = call(shuffled, "y", unit="u", weights=lattice(), by="year", permutations=9).frame
    assert found.select("u", "year").equals(shuffled.select("u", "year"))
    assert found["value"].equals(shuffled["y"].alias("value"))


@pytest.mark.parametrize("call", [*GLOBAL, *LOCAL])
def test_workers_do_not_matter(call: Callable[..., TableResult], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.numerics.permutations.CELLS", 36 * 10)
    monkeypatch.setattr("nqpf.numerics.permutations.PLACES", 7)
    one, two = (
        call(noisy(), "y", unit="u", weights=lattice(), by="year", permutations=99, workers=k).frame for k in (1, 2)
    )
    assert one.equals(two)


@pytest.mark.parametrize("call", [*GLOBAL, *LOCAL])
def test_years_share_their_permutations(call: Callable[..., TableResult]) -> None:
    """A year within a panel gives what it gives alone."""
    table = noisy()
    panel = call(table, "y", unit="u", weights=lattice(), by="year", permutations=99).frame.filter(year=2021)
    alone = call(table.filter(year=2021), "y", unit="u", weights=lattice(), permutations=99).frame
    assert panel.drop("year").equals(alone)


@pytest.mark.parametrize("call", [*GLOBAL, *LOCAL])
def test_the_unit_of_measurement_does_not_matter(call: Callable[..., TableResult]) -> None:
    table = noisy(years=1)
    one, other = (
        call(table.with_columns(pl.col("y") * f), "y", unit="u", weights=lattice(), permutations=99).frame.drop(
            "value", strict=False
        )
        for f in (1.0, 1e150)
    )
    for column in one.columns:
        if one[column].dtype.is_float():
            np.testing.assert_allclose(one[column], other[column], rtol=1e-7, atol=1e-12)
        else:
            assert one[column].equals(other[column])


@given(st.integers(0, 2**32), st.floats(-3, 3).filter(lambda b: abs(b) > 0.01))
def test_moran_and_geary_take_any_linear_scale(seed: int, slope: float) -> None:
    y = np.random.default_rng(seed).normal(size=36)
    table = pl.DataFrame({"u": lattice().labels, "y": y, "scaled": 7 + slope * y})
    for call in (moran, geary):
        one, other = (row_of(call(table, c, unit="u", weights=lattice(), permutations=0)) for c in ("y", "scaled"))
        assert list(one.values()) == pytest.approx(list(other.values()), rel=1e-8, abs=1e-10)


def test_another_seed_draws_others() -> None:
    one, other, again = (lisa(noisy(), "y", unit="u", weights=lattice(), by="year", seed=s).frame for s in (0, 1, 0))
    assert one.equals(again)
    assert not one["p"].equals(other["p"])
    assert np.corrcoef(one["p"], other["p"])[0, 1] > 0.99


def test_pandas_comes_back_as_pandas() -> None:
    table = noisy().to_pandas()
    found = moran(table, "y", unit="u", weights=lattice(), by="year", permutations=0).to_frame()
    assert isinstance(found, pd.DataFrame)
    assert found["year"].tolist() == [2020, 2021, 2022]


# Tests and marks


def test_sides_of_a_test() -> None:
    table = noisy(years=1)
    two, more, less = (
        row_of(moran(table, "y", unit="u", weights=lattice(), alternative=a))
        for a in ("two_sided", "greater", "less")  # type: ignore[arg-type]
    )
    assert two["moran"] > 0.3
    assert two["p_random"] == pytest.approx(2 * more["p_random"], rel=1e-12)
    assert more["p_normal"] + less["p_normal"] == pytest.approx(1, rel=1e-12)
    assert (more["p_permutation"], two["p_permutation"], less["p_permutation"]) == (0.001, 0.002, 1.0)
    alike = row_of(geary(table, "y", unit="u", weights=lattice(), alternative="greater"))
    assert alike["geary"] < 1
    assert alike["z_random"] < 0
    assert alike["p_permutation"] == 0.001
    assert alike["p_random"] < 0.001


def test_clusters_are_marked_where_they_pass_the_adjustment_only() -> None:
    found = lisa(heap(), "y", unit="u", weights=lattice(10), permutations=4_999).frame
    marked = found.filter(pl.col("p_fdr") <= 0.05)
    assert 0 < marked.height < found.filter(pl.col("p") <= 0.05).height
    assert marked["cluster"].equals(marked["quadrant"].alias("cluster"))
    assert found.filter(pl.col("p_fdr") > 0.05)["cluster"].unique().to_list() == ["none"]
    assert (found["cluster_unadjusted"] != "none").sum() == found.filter(pl.col("p") <= 0.05).height
    own, near = found["deviation"] > 0, found["lag"] > 0
    words = pl.select(
        pl.when(own).then(pl.lit("H")).otherwise(pl.lit("L")) + pl.when(near).then(pl.lit("H")).otherwise(pl.lit("L"))
    ).to_series()
    assert found["quadrant"].to_list() == words.to_list()


def test_hot_and_cold() -> None:
    found = getis_ord_local(heap(), "y", unit="u", weights=lattice(10), permutations=4_999).frame
    hot = found.filter(cluster="hot")
    assert {"u11", "u12", "u21", "u22"} <= set(hot["u"])
    assert hot["z"].min() > 0  # type: ignore[operator]
    assert set(found["cluster"]) == {"hot", "none"}
    turned = getis_ord_local(heap().with_columns(y=12.0 - pl.col("y").clip(0, 12)), "y", unit="u", weights=lattice(10))
    cold = turned.frame.filter(cluster_unadjusted="cold")
    assert {"u11", "u12", "u21", "u22"} <= set(cold["u"])


def test_noise_is_rarely_marked() -> None:
    rng = np.random.default_rng(11)
    table = pl.DataFrame(
        {"u": list(lattice().labels) * 60, "year": np.repeat(np.arange(60), 36), "y": rng.normal(size=36 * 60)}
    )
    found = lisa(table, "y", unit="u", weights=lattice(), by="year", permutations=1_999).frame
    single = (found["cluster_unadjusted"] != "none").mean()
    years = found.group_by("year").agg((pl.col("cluster") != "none").any())["cluster"].mean()
    assert single == pytest.approx(0.05, abs=0.015)  # two-sided tests keep their level
    assert years <= 0.12  # type: ignore[operator]


def test_without_permutations_there_is_no_p_of_them() -> None:
    found = lisa(noisy(years=1), "y", unit="u", weights=lattice(), permutations=0).frame
    assert found["p"].null_count() == found["p_fdr"].null_count() == found["cluster"].null_count() == 36
    assert found["p_normal"].null_count() == 0
    assert "p_permutation" not in moran(noisy(years=1), "y", unit="u", weights=lattice(), permutations=0).frame.columns


def test_islands_that_are_kept_stay_empty() -> None:
    w = Weights.of("abcde", np.pad(PATH.dense(), (0, 1))).with_islands("keep")
    found = lisa(FIVE, "y", unit="u", weights=w)
    last = found.frame.row(4, named=True)
    assert (last["lag"], last["local"]) == (0.0, 0.0)
    assert [last[c] for c in ("p", "p_fdr", "quadrant", "cluster", "cluster_unadjusted")] == [None] * 5
    assert found.frame["p"].null_count() == 1
    assert any("are kept, as asked" in str(note) for note in found.notes)
    hot = getis_ord_local(FIVE, "y", unit="u", weights=w, star=False).frame.row(4, named=True)
    assert [hot[c] for c in ("z", "p", "cluster")] == [None] * 3


def test_notes_on_few_units_and_few_draws() -> None:
    found = lisa(noisy(4, 1), "y", unit="u", weights=lattice(4), permutations=99)
    small, draws = map(str, found.notes)
    assert small.startswith("The smallest year has 16 units (fewer than 30); the normal approximation is rough")
    assert draws.startswith("With 99 permutations no single one of 16 units could be marked")
    assert draws.endswith("about 639 are needed.")
    assert [n.code for n in lisa(noisy(4, 1), "y", unit="u", weights=lattice(4), permutations=639).notes] == [
        "space_small"
    ]


def test_units_that_come_and_go() -> None:
    table = noisy().filter(~((pl.col("year") == 2021) & (pl.col("u") == "u00")))
    found = moran(table, "y", unit="u", weights=lattice(), by="year", permutations=99)
    assert found.frame["units"].to_list() == [36, 35, 36]
    assert [n.code for n in found.notes] == ["weights_left_out"]
    left = lattice().fitted([f"u{i:02d}" for i in range(1, 36)])
    alone = moran(table.filter(year=2021), "y", unit="u", weights=left, permutations=99).frame
    assert found.frame.filter(year=2021).drop("year").equals(alone)


def test_the_provinces_of_a_table() -> None:
    w = weights("contiguity", islands="guangdong")
    table = {"province": list(w.labels), "index": [float(len(w.labels) - i) for i in range(31)]}
    found = moran(table, "index", unit="province", weights=w)
    assert found.frame["units"].item() == 31
    assert found.method.options["weights"]["islands"] == "guangdong"


# What cannot be


def changed(**columns: Any) -> dict[str, Any]:
    return {**FIVE, **columns}


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (
            changed(y=[1.0, None, 2.0, 4.0, 9.0]),
            DataError,
            r"unit b, indicator y: There is no value \(1 cells in all\)",
        ),
        (changed(y=[1.0, "many", 2.0, 4.0, 9.0]), DataError, "row 2, indicator y"),
        (changed(y=[1.0, np.inf, 2.0, 4.0, 9.0]), DataError, "row 2, indicator y"),
        (changed(y=[3.0] * 5), MethodError, r"indicator y: All units have the same value \(3\)"),
        (changed(y=[0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]), MethodError, "All units have the same value"),
        (changed(u=list("aacde")), DataError, 'unit a: This unit stands twice.*write by="year"'),
        (changed(u=list("abcdf")), DataError, "unit f: 1 units have no spatial weights: f"),
        (changed(u=["a", "b", None, "d", "e"]), DataError, "row 3: This row does not say which unit"),
        ({"u": ["a", "b"], "y": [1.0, 2.0]}, MethodError, "There are 2 units; 3 are needed"),
        ({"u": [], "y": []}, DataError, "empty|no row"),
        ({"v": [1.0], "y": [1.0]}, DataError, "no column “u”"),
        ({"u": ["a", "b", "d"], "y": [1.0, 2.0, 4.0]}, MethodError, r"unit d: These units have no neighbour \(1\): d"),
    ],
)
@pytest.mark.parametrize("call", [moran, lisa])
def test_tables_that_cannot_be(
    call: Callable[..., TableResult], table: dict[str, Any], error: type[NqpfError], words: str
) -> None:
    with pytest.raises(error, match=words):
        call(table, "y", unit="u", weights=CROOKED)


def test_the_year_is_named() -> None:
    table = noisy().with_columns(y=pl.when(year=2021).then(7.0).otherwise("y"))
    with pytest.raises(MethodError, match="indicator y, year 2021: All units have the same value"):
        geary(table, "y", unit="u", weights=lattice(), by="year")
    with pytest.raises(DataError, match="unit u00: This unit stands twice"):
        geary(noisy(), "y", unit="u", weights=lattice())


@pytest.mark.parametrize("call", [getis_ord, getis_ord_local])
def test_g_needs_a_natural_zero(call: Callable[..., TableResult]) -> None:
    with pytest.raises(MethodError, match=r"unit c, indicator y: The value -2 is below 0, where G has no meaning"):
        call(changed(y=[1.0, 5.0, -2.0, 4.0, 9.0]), "y", unit="u", weights=CROOKED)
    with pytest.raises(MethodError, match="Fewer than two values are above 0"):
        call(changed(y=[0.0, 5.0, 0.0, 0.0, 0.0]), "y", unit="u", weights=CROOKED)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"alternative": "both"}, "“both”"),
        ({"permutations": -1}, "key permutations: -1 is no number of permutations"),
        ({"seed": -1}, "key seed: The seed is -1"),
        ({"permutations": 2.5}, "2.5 is no number of permutations"),
        ({"fdr": 0.0}, "key fdr: The share of false discoveries 0 is not between"),
        ({"divisor": "n"}, "“n”"),
        ({"null": "total", "neighbours": "x"}, "key null: null: total is for one variable"),
        ({"weights": np.eye(5)}, "weights is a ndarray, not spatial weights"),
        ({"workers": 0}, "workers"),
    ],
)
def test_options_that_cannot_be(more: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        lisa(FIVE, "y", **{"unit": "u", "weights": CROOKED, **more})


def test_three_units_have_no_variance_under_randomisation() -> None:
    three = Weights.of("abc", [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    for call in GLOBAL:
        found = row_of(call({"u": list("abc"), "y": [1.0, 2.0, 4.0]}, "y", unit="u", weights=three))
        assert found["variance_random"] is found["z_random"] is found["p_random"] is None
        assert 0 < found["p_permutation"] <= 1
