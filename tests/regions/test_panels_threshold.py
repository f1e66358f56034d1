"""Threshold regressions: every candidate beside least squares run anew, known thresholds found, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.regions.panels.threshold import threshold
from nqpf.regions.panels.threshold_search import Search, one_after_the_other, prepare, refined
from nqpf.regions.threeline import three_line

KEYS: dict[str, Any] = {"unit": "unit", "time": "year"}


def panel(
    slopes: tuple[float, ...], at: tuple[float, ...], units: int = 40, seed: int = 0, noise: float = 0.3
) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    n, t = np.divmod(np.arange(units * 8), 8)
    x, c, q, e = rng.normal(size=(4, n.size))
    slope = np.array(slopes)[np.searchsorted(at, q, side="left")]
    return pl.DataFrame(
        {"unit": [f"p{k:02d}" for k in n], "year": 2010 + t, "x": x, "c": c, "q": q, "y": slope * x + c + n + noise * e}
    )


def arrays(seed: int, ties: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    n, t = np.divmod(np.arange(12 * 6), 6)
    x, c = rng.normal(size=(n.size, 2)), rng.normal(size=(n.size, 1))
    return n, t, x, c, np.round(rng.normal(size=n.size), ties), rng.normal(size=n.size)


def again(parts: tuple[np.ndarray, ...], two_way: bool, last: bool, cuts: list[float]) -> float:
    """Return the sum of squares of least squares with dummies and thresholds `cuts`."""
    n, t, x, c, q, y = parts
    dummies = np.column_stack([np.eye(12)[n], *([np.eye(6)[t]] if two_way else [])])
    maker = np.eye(n.size) - dummies @ np.linalg.pinv(dummies)
    kept = t < 5 if last else np.ones(n.size, dtype=bool)
    columns = (maker @ np.column_stack([c, x, *(x * (q <= cut)[:, None] for cut in cuts)]))[kept]
    left = (maker @ y)[kept]
    return float(((left - columns @ np.linalg.lstsq(columns, left, rcond=None)[0]) ** 2).sum())


@settings(max_examples=min(15, settings().max_examples), deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 6]), st.sampled_from(["unit", "two_way", "last"]))
def test_every_candidate_is_least_squares_run_anew(seed: int, ties: int, kind: str) -> None:
    parts = arrays(seed, ties)
    n, t, x, c, q, y = parts
    two_way, last = kind == "two_way", kind == "last"
    search = prepare(x, c, q, [n, t] if two_way else [n], trim=0.1, grid=None, last=t if last else None)
    target = search.plain(y[:, None])
    for found in ([], [len(search.ends) // 2]):
        null, sums = search.sums(target, found)
        cuts = [float(search.values[f]) for f in found]
        assert null[0] == pytest.approx(again(parts, two_way, last, cuts), rel=1e-9)
        tried = np.flatnonzero(np.isfinite(sums[:, 0]))
        assert tried.size
        for k in tried[::5]:
            expected = again(parts, two_way, last, [*cuts, float(search.values[k])])
            assert sums[k, 0] == pytest.approx(expected, rel=1e-9)


def small_search(seed: int = 0) -> tuple[Search, np.ndarray, tuple[np.ndarray, ...]]:
    parts = arrays(seed, 6)
    n, _, x, c, q, y = parts
    search = prepare(x, c, q, [n], trim=0.1, grid=None, last=None)
    return search, search.plain(y), parts


def test_regimes_keep_enough_rows() -> None:
    search, _, (_, _, _, _, q, _) = small_search()
    found = [20]
    cut = search.values[20]
    for k, allowed in enumerate(search.allowed(found)):
        low, high = sorted((float(search.values[k]), float(cut)))
        rows = [(q <= low).sum(), ((q > low) & (q <= high)).sum(), (q > high).sum()]
        assert allowed == (min(rows) >= search.least)


def test_several_regressands_are_searched_as_each_alone() -> None:
    search, y, _ = small_search()
    many = np.column_stack([y, np.roll(y, 6), np.roll(y, 12)])
    path = one_after_the_other(search, many, 2)
    for b in range(3):
        alone = one_after_the_other(search, many[:, [b]], 2)
        assert path.found[b].tolist() == alone.found[0].tolist()
        np.testing.assert_allclose(path.sums[b], alone.sums[0], rtol=1e-12)
    assert (np.diff(path.sums, axis=1) < 0).all()


def test_looking_again_never_makes_it_worse() -> None:
    for seed in range(5):
        search, y, parts = small_search(seed)
        path = one_after_the_other(search, y[:, None], 2)
        found = refined(search, y, path.found[0].tolist())
        assert again(parts, False, False, search.values[found].tolist()) <= path.sums[0, -1] * (1 + 1e-12)
        assert refined(search, y, found) == found


def test_known_thresholds_are_found() -> None:
    table = panel((1.0, 3.0, 0.0), (-0.5, 0.6))
    found = threshold(table, "y", ["c"], q="q", regimes=["x"], **KEYS, thresholds=2, draws=99)
    assert found.thresholds["estimate"].to_list() == pytest.approx([-0.5, 0.6], abs=0.06)
    for low, high, true in zip(found.thresholds["low"], found.thresholds["high"], (-0.5, 0.6), strict=True):
        assert low - 0.03 <= true <= high + 0.03  # thresholds lie between two values of q
    assert found.tests["p"].to_list() == [0.01, 0.01]
    by_regime = found.coefficients.filter(pl.col("column") == "x")
    assert by_regime["estimate"].to_list() == pytest.approx([1.0, 3.0, 0.0], abs=0.1)
    assert by_regime["name"].to_list() == ["x·1", "x·2", "x·3"]
    assert by_regime["en"][1].startswith("x (-0.")
    assert found.counts["rows"].sum() == table.height
    assert found.counts.group_by("year").agg(pl.col("rows").sum())["rows"].unique().to_list() == [40]
    assert found.tests["alternative"][0] == found.tests["null"][1]


def test_coefficients_are_least_squares_with_the_thresholds_given() -> None:
    table = panel((1.0, 3.0), (0.2,))
    found = threshold(table, "y", ["c"], q="q", regimes=["x"], **KEYS, draws=0)
    cut = found.thresholds["estimate"][0]
    split = [
        pl.when(pl.col("q") <= cut).then("x").otherwise(0).alias("a"),
        pl.when(pl.col("q") > cut).then("x").otherwise(0).alias("b"),
    ]
    wide = table.with_columns(split).to_dummies("unit")
    dummies = wide.select(pl.col("^unit_.*$")).to_numpy().astype(float)
    x = np.column_stack([wide["c"], wide["a"], wide["b"], dummies])
    beta, *_ = np.linalg.lstsq(x, wide["y"].to_numpy(), rcond=None)
    u = wide["y"].to_numpy() - x @ beta
    assert found.coefficients["estimate"].to_list() == pytest.approx(beta[:3], abs=1e-9)
    assert found.sum_of_squares == pytest.approx(u @ u, rel=1e-10)
    bread = np.linalg.inv(x.T @ x)
    free = table.height - 40 - 3
    classical = np.sqrt(np.diag(bread) * (u @ u) / free)[:3]
    robust = np.sqrt(np.diag(bread @ (x.T * u**2 @ x) @ bread) * table.height / free)[:3]
    assert found.coefficients["se_classical"].to_list() == pytest.approx(classical, rel=1e-9)
    assert found.coefficients["se_robust"].to_list() == pytest.approx(robust, rel=1e-9)
    assert found.coefficients["se"].equals(found.coefficients["se_robust"].rename("se"))
    assert "panels_untested" in {n.code for n in found.notes}


def test_the_confidence_set_is_where_the_ratio_is_low() -> None:
    found = threshold(panel((1.0, 1.4), (0.2,), noise=1.0), "y", q="q", regimes=["x"], **KEYS, draws=0)
    inside = found.profile.filter(pl.col("ratio") <= 7.352276694)["value"]  # Hansen's critical value at 95 per cent
    assert found.profile["ratio"].min() == 0
    shown = pl.Series([
        any(low <= v <= high for low, high in found.intervals.select("low", "high").iter_rows())
        for v in found.profile["value"]
    ])  # fmt: skip
    assert found.profile.filter(shown)["value"].to_list() == inside.to_list()
    assert found.intervals.height == found.thresholds["pieces"][0]
    assert (found.thresholds["low"][0], found.thresholds["high"][0]) == (inside.min(), inside.max())
    if found.intervals.height > 1:
        assert "panels_pieces" in {n.code for n in found.notes}


def test_a_set_in_pieces_is_said_to_be_one() -> None:
    found = threshold(panel((1.0, 1.0), (0.0,), 25, 10, 1.0), "y", q="q", regimes=["x"], **KEYS, draws=0)
    assert found.intervals.height == found.thresholds["pieces"][0] == 4
    note = next(n for n in found.notes if n.code == "panels_pieces")
    assert "4 pieces" in note.text().en
    assert all(f"{low:.4g}" in note.text().zh for low in found.intervals["low"])


def test_without_a_threshold_none_is_shown() -> None:
    found = threshold(panel((1.0, 1.0), (0.0,), 25, 0, 1.0), "y", q="q", regimes=["x"], **KEYS, draws=99)
    assert found.tests["p"][0] > 0.05
    assert {"panels_no_threshold", "panels_few_draws"} <= {n.code for n in found.notes}
    assert found.tests["f"][0] < found.tests["critical_10"][0] < found.tests["critical_1"][0]


def test_rows_in_any_order_and_units_of_measurement() -> None:
    table = panel((1.0, 3.0), (0.2,), units=20)
    one = threshold(table, "y", ["c"], q="q", regimes=["x"], **KEYS, draws=49)
    other = threshold(
        table.sample(fraction=1, shuffle=True, seed=3), "y", ["c"], q="q", regimes=["x"], **KEYS, draws=49
    )
    assert one.coefficients.equals(other.coefficients)
    assert one.tests.equals(other.tests)
    scaled = table.with_columns(pl.col("q") * 100, pl.col("y") * 7)
    third = threshold(scaled, "y", ["c"], q="q", regimes=["x"], **KEYS, draws=49)
    assert third.thresholds["estimate"][0] == pytest.approx(100 * one.thresholds["estimate"][0])
    assert third.tests["f"][0] == pytest.approx(one.tests["f"][0], rel=1e-9)
    assert third.tests["p"][0] == one.tests["p"][0]


@pytest.mark.parametrize("more", [{"effects": "two_way"}, {"deletion": "last"}, {"grid": 50}, {"errors": "cluster"}])
def test_other_ways_find_it_too(more: dict[str, Any]) -> None:
    found = threshold(panel((1.0, 3.0), (0.2,)), "y", ["c"], q="q", regimes=["x"], **KEYS, draws=19, **more)
    assert found.thresholds["estimate"][0] == pytest.approx(0.2, abs=0.15)
    assert found.tests["p"][0] == pytest.approx(0.05)
    assert found.method.options | more == found.method.options
    assert found.summary["n"] == (280 if "deletion" in more else 320)


def test_what_is_not_right_is_refused() -> None:
    table = panel((1.0, 3.0), (0.2,), units=10)
    given = {"q": "q", "regimes": ["x"], **KEYS, "draws": 0}
    with pytest.raises(DataError, match=r"p03.*2012.*not balanced and lacks 1 rows"):
        threshold(table.filter(~((pl.col("unit") == "p03") & (pl.col("year") == 2012))), "y", **given)
    with pytest.raises(MethodError, match="no room for 1 threshold"):
        threshold(table.with_columns(q=pl.lit(1.0)), "y", **given)
    with pytest.raises(MethodError, match="no room for 3 thresholds"):
        threshold(table, "y", **given, thresholds=3, trim=0.4)
    with pytest.raises(SpecError, match="1, 2 or 3"):
        threshold(table, "y", **given, thresholds=4)
    with pytest.raises(SpecError, match=r"below 0\.5"):
        threshold(table, "y", **given, trim=0.5)
    with pytest.raises(SpecError, match="10 or more"):
        threshold(table, "y", **given, grid=5)
    with pytest.raises(SpecError, match="does nothing under two_way"):
        threshold(table, "y", **given, deletion="last", effects="two_way")
    with pytest.raises(SpecError, match="no regressor"):
        threshold(table, "y", ["c"], **{**given, "regimes": []})
    with pytest.raises(SpecError, match="stands twice"):
        threshold(table, "y", ["x"], **given)
    with pytest.raises(DataError, match="nothing here"):
        threshold(table.with_columns(c=pl.lit(None, pl.Float64)), "y", ["c"], **given)


def test_small_regimes_are_noted_and_tables_stand_side_by_side() -> None:
    table = panel((1.0, 3.0), (1.4,), units=12)
    found = threshold(table, "y", q="q", regimes=["x"], **KEYS, draws=0)
    codes = {n.code for n in found.notes}
    assert {"panels_few_rows", "panels_empty_years", "panels_threshold_known"} & codes >= {"panels_few_rows"}
    shown = three_line({"(1)": found}).frame
    assert shown.filter(pl.col("part") == "coefficient")["name"].to_list() == ["x·1", "x·2"]
    assert shown.filter(pl.col("name") == "thresholds")["(1)"][0] == f"{found.thresholds['estimate'][0]:.4g}"
