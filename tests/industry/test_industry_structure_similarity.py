"""Similarity of structures: cases by hand, bounds, invariances, trends, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structure_tables import made_up

from nqpf.errors import MethodError, SpecError
from nqpf.industry.structure.similarity import SimilarityResult, similarity

KEYS: dict[str, Any] = {"unit": "region", "industry": "industry"}
KINDS = ("krugman", "unido", "finger_kreinin", "cosine")


def small() -> pl.DataFrame:
    """Return structures (½, ½, 0), (¼, ¼, ½) and (0, 0, 1)."""
    rows = [("a", "x", 5.0), ("a", "y", 5.0), ("b", "x", 1.0), ("b", "y", 1.0), ("b", "z", 2.0), ("c", "z", 7.0)]
    return pl.DataFrame(rows, schema=["region", "industry", "jobs"], orient="row")


def grown(values: list[float], years: list[Any] | None = None) -> pl.DataFrame:
    """Return two regions, the first even, whose second has a share (1 + v)/2 in the first of two industries."""
    years = years or list(range(2001, 2001 + len(values)))
    rows = [
        row
        for year, v in zip(years, values, strict=True)
        for row in ((year, "a", "x", 1.0), (year, "a", "y", 1.0), (year, "b", "x", 1 + v), (year, "b", "y", 1 - v))
    ]
    return pl.DataFrame(rows, schema=["year", "region", "industry", "jobs"], orient="row")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("krugman", [1.0, 2.0, 1.0]),
        ("finger_kreinin", [0.5, 0.0, 0.5]),
        ("unido", [1 / np.sqrt(3), 0.0, 2 / np.sqrt(6)]),
        ("cosine", [1 / np.sqrt(3), 0.0, 2 / np.sqrt(6)]),
    ],
)
def test_pairs_by_hand(kind: Any, expected: list[float]) -> None:
    found = similarity(small(), "jobs", **KEYS, kind=kind)
    assert found.pairs.select("region_1", "region_2").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    np.testing.assert_allclose(found.pairs["index"], expected, atol=1e-12)
    assert found.mean["mean"][0] == pytest.approx(np.mean(expected))
    assert found.mean["pairs"][0] == 3


def test_each_region_and_the_whole_by_hand() -> None:
    """The whole is (6, 6, 9)/21; without region a it is (1, 1, 9)/11."""
    whole = similarity(small(), "jobs", **KEYS).units
    assert whole["index"][0] == pytest.approx(2 * (0.5 - 6 / 21) + 9 / 21)
    rest = similarity(small(), "jobs", **KEYS, against="rest").units
    assert rest["index"][0] == pytest.approx(2 * (0.5 - 1 / 11) + 9 / 11)


def test_a_row_of_the_table_can_be_the_whole() -> None:
    total = small().group_by("industry").agg(pl.col("jobs").sum()).with_columns(region=pl.lit("全国"))
    table = pl.concat([small(), total.select("region", "industry", "jobs")])
    given_whole, summed = similarity(table, "jobs", **KEYS, whole="全国"), similarity(small(), "jobs", **KEYS)
    assert given_whole.units.equals(summed.units)
    assert given_whole.pairs.equals(summed.pairs)
    doubled = table.with_columns(
        pl.when(pl.col("region") == "全国").then(2 * pl.col("jobs")).otherwise("jobs").alias("jobs")
    )
    assert "50.0% to 50.0% of the whole" in str(similarity(doubled, "jobs", **KEYS, whole="全国").notes[-1])


def test_size_weighs_pairs_by_the_product_of_regions() -> None:
    found = similarity(small(), "jobs", **KEYS, weight="size")
    weights = np.array([10 * 4, 10 * 7, 4 * 7])
    assert found.mean["mean"][0] == pytest.approx(np.average([1.0, 2.0, 1.0], weights=weights))


@given(st.integers(0, 10**6), st.sampled_from(KINDS))
def test_bounds_and_what_does_not_matter(seed: int, kind: Any) -> None:
    table = made_up(5, 4, 2, seed, zeros=0.4)
    keys = {**KEYS, "time": "year", "kind": kind, "empty": "drop"}
    plain = similarity(table, "jobs", **keys)
    index = plain.pairs["index"]
    assert index.min() >= 0
    assert index.max() <= (2 if kind == "krugman" else 1) + 1e-12
    scaled = table.with_columns(pl.col("jobs") * pl.col("region").str.slice(1).cast(pl.Float64).add(1.7))
    shuffled = scaled.sample(fraction=1, shuffle=True, seed=seed)
    again = similarity(shuffled, "jobs", **keys)  # the size of a region does not count for pairs
    np.testing.assert_allclose(again.pairs["index"], index, atol=1e-9)


def test_kinds_agree_with_each_other() -> None:
    table = made_up(7, 6, 3, zeros=0.3)
    index = {kind: similarity(table, "jobs", **KEYS, time="year", kind=kind).pairs["index"] for kind in KINDS}
    np.testing.assert_allclose(index["finger_kreinin"], 1 - index["krugman"] / 2, atol=1e-12)
    assert index["unido"].equals(index["cosine"])


def test_matrix_is_symmetric_with_each_region_like_itself() -> None:
    table = made_up(5, 4, 2)
    found = similarity(table, "jobs", **KEYS, time="year", kind="cosine")
    matrix = found.matrix(2001)
    values = matrix.drop("region").to_numpy()
    assert matrix["region"].to_list() == matrix.columns[1:]
    np.testing.assert_array_equal(values, values.T)
    np.testing.assert_array_equal(np.diag(values), 1.0)
    pair = found.pairs.filter(year=2001, region_1="r001", region_2="r003")["index"][0]
    assert values[1, 3] == pair
    assert found.matrix().equals(found.matrix(2002))
    assert np.diag(similarity(small(), "jobs", **KEYS).matrix().drop("region").to_numpy()).tolist() == [0.0] * 3
    with pytest.raises(SpecError, match="“1999” is not one of the choices"):
        found.matrix(1999)


@pytest.mark.parametrize(("kind", "sign"), [("krugman", 1.0), ("cosine", -1.0)])
def test_direction_follows_the_kind_of_index(kind: Any, sign: float) -> None:
    noise = np.random.default_rng(0).normal(0, 0.002, 12)
    apart = grown((np.linspace(0.1, 0.6, 12) + noise).tolist())
    found = similarity(apart, "jobs", **KEYS, time="year", kind=kind).trend
    assert found["of"].to_list() == ["pairs", "whole"]
    assert found["direction"].to_list() == ["divergence"] * 2
    assert (np.sign(found["slope"]) == sign).all()
    nearer = similarity(grown((np.linspace(0.6, 0.1, 12) + noise).tolist()), "jobs", **KEYS, time="year", kind=kind)
    assert nearer.trend["direction"][0] == "convergence"
    assert nearer.unit_trends["direction"].to_list() == ["convergence"] * 2


def test_no_direction_without_evidence() -> None:
    shaky = np.random.default_rng(3).uniform(0.1, 0.5, 12).tolist()
    assert similarity(grown(shaky), "jobs", **KEYS, time="year").trend["direction"][0] == "no_evidence"
    assert similarity(grown([0.2] * 5), "jobs", **KEYS, time="year").trend["direction"][0] == "unchanged"
    two = similarity(grown([0.2, 0.5]), "jobs", **KEYS, time="year")
    assert two.trend["direction"][0] == "not_assessed"
    assert two.trend["slope"][0] is None
    assert "Years: 2, fewer than 10" in str(two.notes[0])


def test_plain_errors_differ_from_robust_ones_and_the_slope_does_not() -> None:
    table = grown(np.random.default_rng(5).uniform(0.1, 0.5, 12).cumsum().clip(0, 5).tolist())
    table = table.with_columns(pl.col("jobs") + 6)
    robust, plain = (similarity(table, "jobs", **KEYS, time="year", errors=e).trend for e in ("hac", "ols"))
    assert robust["slope"].equals(plain["slope"])
    assert robust["slope_se"][0] != plain["slope_se"][0]


def test_years_that_are_words_or_uneven_are_told() -> None:
    uneven = similarity(grown([0.1, 0.2, 0.4], [2000, 2001, 2005]), "jobs", **KEYS, time="year")
    assert "Years are not evenly spaced" in " ".join(map(str, uneven.notes))
    assert uneven.trend["slope"][0] == pytest.approx(np.polyfit([2000, 2001, 2005], [0.1, 0.2, 0.4], 1)[0])
    words = similarity(grown([0.1, 0.2, 0.4], ["1 early", "2 middle", "3 late"]), "jobs", **KEYS, time="year")
    assert words.trend["slope"][0] == pytest.approx(0.15)


def test_regions_that_come_and_go() -> None:
    table = pl.concat([made_up(4, 3, 3), made_up(5, 3, 2).filter(pl.col("region") == "r004")])
    with pytest.raises(MethodError, match=r"year 2003: Regions without any activity.*r004"):
        similarity(table, "jobs", **KEYS, time="year")
    found = similarity(table, "jobs", **KEYS, time="year", empty="drop")
    assert found.mean["units"].to_list() == [5, 5, 4]
    assert "regions differ from year to year" in " ".join(map(str, found.notes))
    assert found.unit_trends.filter(region="r004").select("slope", "direction").row(0) == (None, "not_assessed")


def test_years_that_do_not_overlap_leave_nothing_to_compare() -> None:
    first = made_up(1, 3, 1)
    second = first.with_columns(pl.lit(2002, pl.Int64).alias("year"), region=pl.lit("r009"))
    with pytest.raises(MethodError, match="Regions with activity: 1; 2 are needed"):
        similarity(pl.concat([first, second]), "jobs", **KEYS, time="year", empty="drop")


def test_without_pairs_the_rest_is_the_same() -> None:
    table = made_up(6, 5, 4)
    whole, lean = (similarity(table, "jobs", **KEYS, time="year", pairs=p) for p in (True, False))
    assert lean.pairs.height == 0
    assert lean.to_frame().equals(whole.units)
    assert lean.mean.equals(whole.mean)
    assert lean.trend.equals(whole.trend)


def test_kind_of_dataframe_comes_back() -> None:
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(small().to_dict(as_series=False))
    found: SimilarityResult = similarity(table, "jobs", **KEYS)
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert found.method.id == "industry.similarity"
    assert found.method.options["kind"] == "krugman"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "krugmann"}, "Did you mean “krugman”"),
        ({"weight": "log"}, "equal"),
        ({"against": "others"}, "rest"),
        ({"errors": "white"}, "hac"),
        ({"level": 1.0}, "a number between 0 and 1"),
        ({"empty": "keep"}, "drop"),
        ({"whole": "z"}, "key whole"),
    ],
)
def test_options_that_there_are_not(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        similarity(small(), "jobs", **KEYS, **options)
