"""Dagum's decomposition: literal double sums, identities, invariances, intervals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import SpecError
from nqpf.regions.inequality.dagum import DagumResult, dagum
from nqpf.regions.inequality.dagum_tables import MEASURES
from nqpf.regions.inequality.differences import Sample, left_out, parts
from nqpf.regions.inequality.intervals import Resample

values = st.integers(0, 40).map(float)


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Return a table with ties, zeros, groups of one and weights, not all of it zero."""
    n = draw(st.integers(2, 14))
    y = draw(st.lists(values, min_size=n, max_size=n).filter(any))
    w = draw(st.lists(st.integers(1, 5).map(float), min_size=n, max_size=n))
    g = draw(st.lists(st.sampled_from("abcd"), min_size=n, max_size=n))
    return pl.DataFrame({"unit": list(range(n)), "y": y, "w": w, "g": g})


def literal(table: pl.DataFrame) -> dict[str, float]:
    """Return the decomposition as Dagum wrote it, from every pair of values."""
    y, w = table["y"].to_numpy(), table["w"].to_numpy() / table["w"].sum()
    mean = float(w @ y)
    parts = {g: (y[rows], w[rows]) for g in table["g"].unique() for rows in [(table["g"] == g).to_numpy()]}
    p = {g: float(v.sum()) for g, (_, v) in parts.items()}
    mu = {g: float(x @ v / v.sum()) for g, (x, v) in parts.items()}
    s = {g: p[g] * mu[g] / mean for g in parts}

    def between(j: str, h: str, sign: float) -> float:
        apart = np.maximum(sign * (parts[j][0][:, None] - parts[h][0]), 0)
        return float(parts[j][1] @ apart @ parts[h][1] / p[j] / p[h])

    found = {"within": 0.0, "between": 0.0, "transvariation": 0.0}
    for g in parts:
        if mu[g] > 0:
            found["within"] += between(g, g, 1) / mu[g] * p[g] * s[g]
    for j, h in combinations(sorted(parts, key=lambda g: -mu[g]), 2):
        d, less = between(j, h, 1), between(j, h, -1)
        if d + less > 0:
            both = (d + less) / (mu[j] + mu[h]) * (p[j] * s[h] + p[h] * s[j])
            affluence = (d - less) / (d + less)
            found["between"] += both * affluence
            found["transvariation"] += both * (1 - affluence)
    found["gini"] = float(w @ np.abs(y[:, None] - y) @ w / 2 / mean)
    return found


def totals(found: DagumResult) -> dict[str, float]:
    return found.frame.select("gini", "within", "between", "transvariation").row(0, named=True)


@given(tables(), st.booleans())
def test_parts_are_those_of_the_double_sums(table: pl.DataFrame, pairs: bool) -> None:
    ours = totals(dagum(table, "y", group="g", weight="w", unit="unit", pairs=pairs))
    assert ours == pytest.approx(literal(table), abs=1e-12)


@given(tables())
def test_identities(table: pl.DataFrame) -> None:
    found = dagum(table, "y", group="g", weight="w")
    row = totals(found)
    assert row["within"] + row["between"] + row["transvariation"] == pytest.approx(row["gini"], abs=1e-14)
    assert min(row.values()) >= 0
    assert found.groups["within"].sum() == pytest.approx(row["within"], abs=1e-14)
    assert found.groups["population_share"].sum() == pytest.approx(1)
    assert found.groups["value_share"].sum() == pytest.approx(1)
    pairs = found.pairs
    assert pairs["between"].sum() == pytest.approx(row["between"], abs=1e-14)
    assert pairs["transvariation"].sum() == pytest.approx(row["transvariation"], abs=1e-14)
    mean = dict(found.groups.select("group", "mean").iter_rows())
    for one in pairs.iter_rows(named=True):
        assert one["d"] - one["p"] == pytest.approx(abs(mean[one["group_j"]] - mean[one["group_h"]]), abs=1e-12)
        assert 0 <= one["affluence"] <= 1
        if one["gini"]:
            apart = one["gini"] * (mean[one["group_j"]] + mean[one["group_h"]])
            assert apart == pytest.approx(one["d"] + one["p"], abs=1e-12)


@given(tables(), st.sampled_from([1e-9, 0.01, 100.0, 1e12]), st.integers(0, 99), st.sampled_from(["groups", "rows"]))
def test_unit_of_measure_and_order_of_rows_do_not_matter(
    table: pl.DataFrame, factor: float, seed: int, resample: Resample
) -> None:
    shuffled = table.sample(fraction=1, shuffle=True, seed=seed)
    changed = shuffled.with_columns(pl.col("y") * factor, pl.col("w") * 7)
    one, other = (
        dagum(t, "y", group="g", weight="w", interval="bootstrap", resample=resample, draws=100)
        for t in (table, changed)
    )
    kept = [c for c in one.frame.columns if c not in ("n", "mean")]
    ours, theirs = (f.frame.select(kept).to_numpy() for f in (one, other))
    np.testing.assert_allclose(ours, theirs, atol=1e-9, rtol=0)
    left, right = (f.groups.sort("group").select("gini", "gini_se").to_numpy() for f in (one, other))
    np.testing.assert_allclose(left, right, atol=1e-9, rtol=0)


@given(tables())
def test_a_weight_is_a_number_of_copies_and_copies_of_all_change_nothing(table: pl.DataFrame) -> None:
    weighted = totals(dagum(table, "y", group="g", weight="w"))
    copied = table.select(pl.col("y", "g").repeat_by(pl.col("w").cast(pl.UInt32))).explode("y", "g")
    assert totals(dagum(copied, "y", group="g")) == pytest.approx(weighted, abs=1e-12)
    assert totals(dagum(pl.concat([table] * 3), "y", group="g", weight="w")) == pytest.approx(weighted, abs=1e-12)


@given(tables())
def test_leaving_rows_out_in_closed_form_is_leaving_them_out(table: pl.DataFrame) -> None:
    code = table["g"].rank("dense").to_numpy().astype(np.intp) - 1
    sample = Sample.of(table["y"].to_numpy(), table["w"].to_numpy(), code)
    for strata in (False, True):
        found, of_group = left_out(sample, strata)
        for i in range(sample.y.size):
            rest = np.arange(sample.y.size) != i
            w = sample.w.copy()
            same = sample.group == sample.group[i]
            if strata and same.sum() > 1:
                w[same] *= same.sum() / (same.sum() - 1)
            if not (sample.w * sample.y)[rest].any():
                assert np.isnan(found.gini[i])
                continue
            w[i] = 0.0
            again = parts(sample, w)
            for name in ("gini", "within", "between", "transvariation"):
                assert getattr(found, name)[i] == pytest.approx(float(getattr(again, name)), abs=1e-11), name
            expected = again.groups[sample.group[i]]
            assert of_group[i] == pytest.approx(float(expected), abs=1e-11, nan_ok=True)


def test_by_hand() -> None:
    """Worked out on paper: means 2 and 3; differences 1, 1, 3, 1 between the groups, one of them the other way."""
    found = dagum({"y": [1.0, 3.0, 2.0, 4.0], "g": ["a", "a", "b", "b"]}, "y", group="g")
    assert totals(found) == pytest.approx({"gini": 0.25, "within": 0.1, "between": 0.1, "transvariation": 0.05})
    pair = found.pairs.row(0, named=True)
    assert pair["d"] == pytest.approx((1 + 0 + 3 + 1) / 4)
    assert pair["p"] == pytest.approx(1 / 4)
    assert pair["gini"] == pytest.approx(1.5 / 5)
    assert pair["affluence"] == pytest.approx(1 / 1.5)
    assert found.groups["gini"].to_list() == pytest.approx([0.25, 1 / 6])


def test_groups_apart_leave_no_transvariation_and_one_group_all_within() -> None:
    apart = dagum({"y": [1.0, 2.0, 2.5, 9.0], "g": [1, 1, 2, 2]}, "y", group="g")
    assert totals(apart)["transvariation"] == 0
    assert apart.pairs["affluence"].to_list() == [1.0]
    assert apart.groups["group"].to_list() == [1, 2]
    single = dagum({"y": [1.0, 2.0], "g": ["a", "a"]}, "y", group="g")
    assert totals(single)["within"] == totals(single)["gini"]
    assert single.pairs.height == 0
    assert "dagum_one_group" in [note.code for note in single.notes]


def test_equal_means_groups_of_one_and_zeros_are_told() -> None:
    table = {"y": [1.0, 5.0, 3.0, 0.0, 0.0], "g": ["a", "a", "b", "c", "c"]}
    found = dagum(table, "y", group="g", interval="jackknife")
    notes = {note.code: str(note) for note in found.notes}
    assert "a = b" in notes["dagum_equal_means"]
    assert "a (2), b (1), c (2)" in notes["inequality_small_groups"]
    assert "b" in notes["dagum_alone"]
    assert "least value of “y” is exactly 0" in notes["inequality_zero_floor"]
    assert found.groups["gini"].to_list() == [pytest.approx(1 / 3), 0.0, None]
    assert found.pairs.filter(pl.col("group_h") == "b")["affluence"].to_list() == [0.0]
    assert found.groups["gini_se"].to_list() == [None, None, None]


def test_all_the_same() -> None:
    found = dagum({"y": [2.0] * 5, "g": ["a", "b", "b", "b", "b"]}, "y", group="g", interval="bootstrap", draws=100)
    row = found.frame.row(0, named=True)
    assert (row["gini"], row["gini_low"], row["gini_high"]) == (0, 0, 0)
    assert row["share_within"] is None
    assert row["share_within_low"] is None
    assert "inequality_flat" in [note.code for note in found.notes]


def panel(years: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    groups = np.repeat(["east", "centre", "west"], [10, 8, 12])
    frames = [
        pl.DataFrame({"unit": np.arange(30), "year": 2020 + t, "g": groups, "y": np.exp(rng.standard_normal(30))})
        for t in range(years)
    ]
    return pl.concat(frames)


@pytest.mark.parametrize("interval", ["jackknife", "bootstrap"])
@pytest.mark.parametrize("resample", ["groups", "rows"])
def test_years_are_apart(interval: str, resample: str) -> None:
    table = panel()
    how = {"group": "g", "interval": interval, "resample": resample, "draws": 200}
    whole = dagum(table, "y", by="year", unit="unit", **how)  # type: ignore[arg-type]
    assert whole.frame["year"].to_list() == [2020, 2021, 2022]
    assert whole.groups.height == whole.pairs.height == 9
    alone = dagum(table.filter(pl.col("year") == 2021), "y", **how)  # type: ignore[arg-type]
    np.testing.assert_allclose(whole.frame.drop("year").to_numpy()[1], alone.frame.to_numpy()[0], rtol=0, atol=1e-12)
    assert whole.groups.filter(pl.col("year") == 2021).drop("year").equals(alone.groups)
    for name in MEASURES:
        row = whole.frame.row(0, named=True)
        assert row[f"{name}_low"] < row[f"{name}_high"]
        assert row[f"{name}_se"] > 0
    assert whole.method.options["resample"] == resample


def test_intervals_agree_with_each_other_and_hold_the_seed() -> None:
    rng = np.random.default_rng(4)
    table = pl.DataFrame({"g": ["a", "b"] * 400, "y": np.exp(rng.standard_normal(800) + np.tile([0, 0.4], 400))})
    jack, boot, again, percentile = (
        dagum(table, "y", group="g", interval=kind, ends=ends, seed=seed).frame.row(0, named=True)  # type: ignore[arg-type]
        for kind, ends, seed in [
            ("jackknife", "normal", 0), ("bootstrap", "normal", 0), ("bootstrap", "normal", 0),
            ("bootstrap", "percentile", 1),
        ]
    )  # fmt: skip
    assert boot == again
    for name in MEASURES[:4]:
        assert boot[f"{name}_se"] == pytest.approx(jack[f"{name}_se"], rel=0.12)
        assert percentile[f"{name}_se"] == pytest.approx(jack[f"{name}_se"], rel=0.12)
        assert percentile[f"{name}_low"] < jack[name] < percentile[f"{name}_high"]


def test_a_group_may_be_absent_from_a_year_and_the_frame_is_of_the_readers_kind() -> None:
    import pandas as pd

    table = panel(2).filter(~((pl.col("year") == 2021) & (pl.col("g") == "west")))
    found = dagum(table.to_pandas(), "y", group="g", by="year", interval="jackknife")
    assert found.groups["group"].to_list() == ["east", "centre", "west", "east", "centre"]
    assert found.pairs.height == 4
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert dagum(table, "y", group="g", by="year", pairs=False).pairs.height == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": "bootstrp"}, "“bootstrp” is not one of the choices. Did you mean “bootstrap”"),
        ({"resample": "units"}, "“units” is not one of the choices"),
        ({"ends": "bca"}, "“bca” is not one of the choices"),
        ({"level": 95}, "level.*“95” will not do.*a number between 0 and 1"),
        ({"draws": 10}, "draws.*“10” will not do.*a whole number from 100"),
    ],
)
def test_options_that_are_not(options: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        dagum(panel(1), "y", group="g", **options)  # type: ignore[arg-type]
