"""The parts of the coherence audit on plain tables: by hand, with holes, with bad input."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.index.coherence import (
    correlation_flags,
    correlations,
    cronbach_alpha,
    data_availability,
    indicator_stats,
    main_effects,
    principal_components,
    size_correlations,
)
from nqpf.index.coherence.components import components_of
from nqpf.index.coherence.redundancy import variance_inflation

TABLE = {"u": ["A", "B", "C", "D"], "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, None], "z": [0.0, 0.0, 5.0, 5.0]}


# --- coverage


def test_statistics_by_hand() -> None:
    row = indicator_stats(TABLE, ["x", "y", "z"]).to_frame().row(1, named=True)
    assert (row["min"], row["max"], row["mean"], row["median"], row["std"]) == (1, 3, 2, 2, 1)
    assert (row["n_available"], row["n_nonzero"], row["n_unique"], row["n_same"]) == (3, 3, 3, 1)
    assert (row["share_available"], row["share_unique"], row["share_same"]) == (0.75, 1, pytest.approx(1 / 3))
    assert row["skew"] == pytest.approx(0)
    assert row["kurt"] is None


def test_marks_count_all_rows_but_shares_count_those_present() -> None:
    data = {"x": [0.0, 1.0, 2.0, None, None]}
    row = indicator_stats(data, ["x"]).to_frame().row(0, named=True)
    assert row["share_nonzero"] == pytest.approx(2 / 3)
    assert (row["flag_available"], row["flag_nonzero"], row["flag_unique"]) == ("LOW", "LOW", "ok")
    assert indicator_stats(data, ["x"], available=0.6, nonzero=0.4).to_frame()["flag_nonzero"].item() == "ok"


def test_outliers_need_skew_and_kurtosis() -> None:
    frame = indicator_stats({"far": [*range(1, 20), 500], "even": list(range(20))}, ["far", "even"]).to_frame()
    assert frame["flag_spread"].to_list() == ["OUT", "ok"]


def test_an_empty_or_constant_column_has_no_numbers_rather_than_wrong_ones() -> None:
    data = pl.DataFrame({"none": [None, None, None], "one": [2.0, 2.0, 2.0]}, schema_overrides={"none": pl.Float64})
    empty, constant = indicator_stats(data, ["none", "one"]).to_frame().iter_rows(named=True)
    assert empty["mean"] is None
    assert (empty["share_nonzero"], empty["flag_available"], empty["n_same"]) == (None, "LOW", 0)
    assert (constant["skew"], constant["std"], constant["n_unique"], constant["n_same"]) == (None, 0, 1, 3)


def test_availability_of_units_and_groups() -> None:
    groups = {"left": ["x", "y"], "right": ["z"]}
    frame = data_availability(TABLE, ["x", "y", "z"], unit="u", groups=groups).to_frame()
    last = frame.row(3, named=True)
    assert (last["u"], last["missing"], last["zero"], last["missing_or_zero"]) == ("D", 1, 0, 1)
    assert (last["available"], last["nonzero"]) == (pytest.approx(2 / 3), 1)
    assert frame["available_left"].to_list() == [1, 1, 1, 0.5]
    assert frame["nonzero"][0] == pytest.approx(2 / 3)
    with pytest.raises(DataError, match="q"):
        data_availability(TABLE, ["x"], groups={"left": ["q"]})


# --- correlations


def test_pairs_come_once_and_keep_the_kind_of_table() -> None:
    found = correlations(pd.DataFrame(TABLE), ["x", "y", "z"])
    assert isinstance(found.to_frame(), pd.DataFrame)
    frame = found.frame
    assert frame.select("first", "second", "n").rows() == [("x", "y", 3), ("x", "z", 4), ("y", "z", 3)]
    assert frame["r"].to_list() == pytest.approx([0.5, 2 / np.sqrt(5), 0.0], abs=1e-12)


def test_against_other_columns_and_with_significance() -> None:
    frame = correlations(TABLE, ["x"], ["y", "z"], significance=0.2).to_frame()
    assert frame.columns == ["first", "second", "r", "n", "p"]
    assert frame["r"][0] is None
    assert frame["p"].to_list() == pytest.approx([2 / 3, 0.10557], abs=1e-4)
    assert frame["r"][1] == pytest.approx(0.8944, abs=1e-4)


def test_flags_within_groups_only() -> None:
    data = {"a": [1, 2, 3, 4], "b": [1, 2, 3, 5], "c": [4, 3, 2, 1], "d": [1, 2, 3, 4]}
    high = correlation_flags(data, {"one": ["a", "b"], "two": ["c", "d"]})
    assert high.to_frame().select("group", "first", "second").rows() == [("one", "a", "b")]
    low = correlation_flags(data, {"one": ["a", "b"], "two": ["c", "d"]}, limit=-0.4, kind="low").to_frame()
    assert low.select("group", "first", "second", "r").rows() == [("two", "c", "d", pytest.approx(-1))]
    with pytest.raises(SpecError, match="middle"):
        correlation_flags(data, {"one": ["a", "b"]}, kind="middle")


def test_bad_input_is_named() -> None:
    with pytest.raises(SpecError, match=r"“persson”.*pearson"):
        correlations(TABLE, ["x", "y"], method="persson")
    with pytest.raises(DataError, match="“w”"):
        correlations(TABLE, ["x", "w"])
    with pytest.raises(DataError, match="row 1"):
        correlations(TABLE, ["x", "u"])


# --- alpha


def test_alpha_by_hand() -> None:
    # Covariances: variances 5/3 each; xy 4/3, xz 4/3, yz 1. Total 37/3, off the diagonal 22/3.
    data = {"x": [1, 2, 3, 4], "y": [1, 2, 4, 3], "z": [2, 1, 3, 4]}
    frame = cronbach_alpha(data, ["x", "y", "z"]).to_frame()
    assert frame["alpha"][0] == pytest.approx(1.5 * 22 / 37)
    assert frame["alpha_standardised"][0] == pytest.approx(frame["alpha"][0])  # all variances are equal
    without = dict(frame.drop_nulls("without").select("without", "alpha").iter_rows())
    assert without["z"] == pytest.approx(2 * (8 / 3) / (10 / 3 + 8 / 3))
    assert frame["items"].to_list() == [3, 2, 2, 2]


def test_identical_items_have_alpha_one_and_a_reversed_one_lowers_it() -> None:
    x = np.random.default_rng(1).normal(size=30)
    assert cronbach_alpha({"a": x, "b": x, "c": x}, ["a", "b", "c"]).to_frame()["alpha"][0] == pytest.approx(1)
    frame = cronbach_alpha({"a": x, "b": x + 0.1 * x**2, "c": -x}, ["a", "b", "c"]).to_frame()
    assert frame["alpha"][0] < 0
    assert frame.sort("alpha", descending=True, nulls_last=True)["without"][0] == "c"


def test_pairwise_and_complete_differ_where_there_are_holes() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(30, 3)) + rng.normal(size=(30, 1))
    x[:5, 0] = np.nan
    data = {name: x[:, k] for k, name in enumerate("abc")}
    data = pl.DataFrame(data).with_columns(pl.all().fill_nan(None))
    pairwise, complete = (
        cronbach_alpha(data, ["a", "b", "c"], missing=how).to_frame()["alpha"][0] for how in ("pairwise", "complete")
    )
    c = np.cov(x[5:].T)
    assert complete == pytest.approx(1.5 * (1 - np.trace(c) / c.sum()))
    assert pairwise != pytest.approx(complete, abs=1e-6)


def test_one_item_or_no_spread_has_no_alpha() -> None:
    assert cronbach_alpha(TABLE, ["x"]).to_frame()["alpha"].to_list() == [None]
    assert cronbach_alpha({"a": [1, 1, 1], "b": [2, 2, 2]}, ["a", "b"]).to_frame()["alpha"][0] is None


# --- components


def test_two_columns_by_hand() -> None:
    frame = principal_components(TABLE, ["x", "z"]).to_frame()
    r = 2 / np.sqrt(5)
    assert frame["eigenvalue"].to_list() == pytest.approx([1 + r, 1 + r, 1 - r, 1 - r])
    assert frame["share"][0] == pytest.approx((1 + r) / 2)
    assert frame["cumulative"].to_list()[2:] == pytest.approx([1, 1])
    assert frame["loading"][0] == pytest.approx(np.sqrt((1 + r) / 2))


def test_loadings_are_correlations_with_components_and_signs_are_fixed() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(50, 4)) + rng.normal(size=(50, 1))
    found = components_of(x)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    scores = z @ found.vectors
    expected = np.array([[np.corrcoef(z[:, j], scores[:, m])[0, 1] for m in range(4)] for j in range(4)])
    np.testing.assert_allclose(found.loadings, expected, atol=1e-10)
    assert found.values.sum() == pytest.approx(4)
    assert (np.take_along_axis(found.vectors, np.abs(found.vectors).argmax(axis=0)[None], axis=0) > 0).all()
    turned = components_of(-x)
    np.testing.assert_allclose(turned.vectors, found.vectors, atol=1e-10)


def test_rows_with_holes_are_left_out_and_counted() -> None:
    found = principal_components(TABLE, {"pillar": ["x", "y"]})
    assert [note.code for note in found.notes] == ["components_rows"]
    assert "“pillar” use the 3 of 4 rows" in str(found.notes[0])
    few = principal_components({"a": [1.0, 2.0, None], "b": [1.0, 2.0, 3.0]}, ["a", "b"])
    assert {note.code for note in few.notes} == {"components_rows", "components_few"}
    assert few.to_frame()["eigenvalue"].null_count() == 4


def test_variance_inflation_is_one_over_what_others_leave() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(40, 3))
    x[:, 2] = x[:, 0] + 0.5 * x[:, 1] + 0.3 * rng.normal(size=40)
    design = np.column_stack([np.ones(40), x[:, :2]])
    left = x[:, 2] - design @ np.linalg.lstsq(design, x[:, 2], rcond=None)[0]
    expected = ((x[:, 2] - x[:, 2].mean()) ** 2).sum() / (left**2).sum()
    assert variance_inflation(x)[2] == pytest.approx(expected)
    exact = np.column_stack([x[:, 0], x[:, 1], x[:, 0] + x[:, 1], rng.normal(size=40)])
    found = variance_inflation(exact)
    assert np.isinf(found[:3]).all()
    assert np.isfinite(found[3])
    assert np.isnan(variance_inflation(x[:3])).all()


# --- effects and size


def test_effect_of_a_part_of_a_sum() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=(2, 4000))
    b -= a * (a @ b) / (a @ a)
    frame = main_effects({"a": a, "b": 2 * b, "sum": a + 2 * b}, ["a", "b"], "sum").to_frame()
    assert frame["r2"].to_list() == pytest.approx([0.2, 0.8], abs=0.03)
    assert frame["main_effect"].to_list() == pytest.approx([0.2, 0.8], abs=0.03)


def test_size_and_its_logarithm() -> None:
    data = {"roads": [1.0, 2.0, 3.0], "people": [np.e, np.e**2, np.e**3], "balance": [-1.0, 2.0, 4.0]}
    found = size_correlations(data, ["roads"], ["people", "balance"])
    frame = found.to_frame()
    assert frame["r_log"][0] == pytest.approx(1)
    assert frame["r"][0] == pytest.approx(np.corrcoef(data["roads"], data["people"])[0, 1])
    assert frame["r_log"][1] is None
    assert "“balance” has 1 values that are not positive" in str(found.notes[0])
