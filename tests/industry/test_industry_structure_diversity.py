"""Diversity: cases by hand, entropy as the sum of its parts, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structure_tables import made_up

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.structure.diversity import diversity

KEYS: dict[str, Any] = {"unit": "region", "industry": "industry"}


def with_family(table: pl.DataFrame, of: int = 2) -> pl.DataFrame:
    code = pl.col("industry").str.slice(1).cast(pl.Int64) % of
    return table.with_columns(family=pl.format("f{}", code))


def test_measures_by_hand() -> None:
    rows = [("a", "p", 2.0), ("a", "q", 2.0), ("a", "s", 4.0), ("b", "p", 8.0)]
    table = pl.DataFrame(rows, schema=["region", "industry", "jobs"], orient="row")
    table = table.with_columns(family=pl.when(pl.col("industry") == "s").then(pl.lit("y")).otherwise(pl.lit("x")))
    found = diversity(table, "jobs", **KEYS, parent="family").frame
    first, second = found.row(0, named=True), found.row(1, named=True)
    assert (first["industries"], first["families"]) == (3, 2)
    assert first["entropy"] == pytest.approx(1.5)
    assert (first["unrelated"], first["related"]) == (pytest.approx(1.0), pytest.approx(0.5))
    assert first["effective_entropy"] == pytest.approx(2**1.5)
    assert first["effective_herfindahl"] == pytest.approx(1 / (1 / 16 + 1 / 16 + 1 / 4))
    assert first["hachman"] == pytest.approx(1 / (1 / 16 / (10 / 16) + 1 / 16 / (2 / 16) + 1 / 4 / (4 / 16)))
    assert (second["entropy"], second["unrelated"], second["related"]) == (0.0, 0.0, 0.0)
    assert second["hachman"] == pytest.approx(10 / 16)


@given(st.integers(0, 10**6))
def test_entropy_is_the_sum_of_its_parts_and_within_bounds(seed: int) -> None:
    table = with_family(made_up(4, 6, 2, seed, zeros=0.5), 3)
    found = diversity(table, "jobs", **KEYS, time="year", parent="family", empty="drop").frame
    np.testing.assert_allclose(found["unrelated"] + found["related"], found["entropy"], atol=1e-9)
    assert (found["related"] >= -1e-12).all()
    assert (found["effective_herfindahl"] <= found["effective_entropy"] + 1e-9).all()
    assert (found["effective_entropy"] <= found["industries"] + 1e-9).all()
    assert found["hachman"].is_between(0, 1 + 1e-12).all()


def test_bases_differ_by_a_factor_and_effective_numbers_do_not() -> None:
    table = with_family(made_up(4, 6))
    bits, nats = (diversity(table, "jobs", **KEYS, parent="family", base=b).frame for b in ("2", "e"))
    for name in ("entropy", "related", "unrelated"):
        np.testing.assert_allclose(bits[name] * np.log(2), nats[name], atol=1e-12)
    np.testing.assert_allclose(bits["effective_entropy"], nats["effective_entropy"])


def test_the_whole_is_made_up_like_itself() -> None:
    table = made_up(3, 4)
    total = table.group_by("year", "industry").agg(pl.col("jobs").sum()).with_columns(region=pl.lit("r999"))
    doubled = pl.concat([table, total.select(table.columns)])
    assert diversity(doubled, "jobs", **KEYS, time="year").frame["hachman"][-1] == pytest.approx(1.0)
    assert diversity(doubled, "jobs", **KEYS, time="year", whole="r999").frame.height == 3


def test_one_region_is_enough_and_one_industry_is_not() -> None:
    table = made_up(3, 4).filter(region="r001")
    assert diversity(table, "jobs", **KEYS).frame["hachman"].to_list() == [1.0]
    with pytest.raises(MethodError, match="There is one industry only"):
        diversity(table.filter(industry="i001"), "jobs", **KEYS)


def test_order_of_rows_and_unit_do_not_matter() -> None:
    table = with_family(made_up(5, 6, 2))
    plain = diversity(table, "jobs", **KEYS, time="year", parent="family").frame
    other = table.with_columns(pl.col("jobs") * 11).sample(fraction=1, shuffle=True, seed=5)
    again = diversity(other, "jobs", **KEYS, time="year", parent="family").frame
    np.testing.assert_allclose(again.drop("region").to_numpy(), plain.drop("region").to_numpy(), rtol=1e-12)


def test_families_that_are_absent_or_double() -> None:
    table = with_family(made_up(3, 4))
    missing = table.with_columns(pl.when(pl.col("industry") == "i002").then(None).otherwise("family").alias("family"))
    with pytest.raises(
        DataError, match=r"industry i002: This industry has no class in column “family” \(industries without one: 1\)"
    ):
        diversity(missing, "jobs", **KEYS, parent="family")
    double = table.with_columns(
        pl.when((pl.col("industry") == "i003") & (pl.col("region") == "r001")).then(pl.lit("f9")).otherwise("family")
        .alias("family")
    )  # fmt: skip
    with pytest.raises(DataError, match=r"industry i003: .*more than one class in column “family”: f1, f9"):
        diversity(double, "jobs", **KEYS, parent="family")
    with pytest.raises(DataError, match="no column “division”"):
        diversity(table, "jobs", **KEYS, parent="division")
    with pytest.raises(SpecError, match="2, e"):
        diversity(table, "jobs", **KEYS, base="10")  # type: ignore[arg-type]
