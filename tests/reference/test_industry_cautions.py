"""Cautions on world trade by sector, 1995–2011: 41 economies × 35 sectors, counted again by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.industry.warning.crowding import crowding
from nqpf.industry.warning.exuberance import exuberance
from nqpf.industry.warning.gather import cautions

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def exports(shared: Path) -> pl.DataFrame:
    table = pl.read_parquet(shared / "data" / "industry" / "wiod_country_sector_1995_2011.parquet")
    return table.with_columns(pl.col("exports").clip(lower_bound=0.0))


def test_entries_are_those_one_counts(exports: pl.DataFrame) -> None:
    unit, industry, time = "country", "sector", "year"
    found = crowding(exports, "exports", unit=unit, industry=industry, time=time, empty="drop", draws=999)
    total = pl.col("exports").sum()
    rca = exports.with_columns(
        rca=(pl.col("exports") / total.over(time, unit)) / (total.over(time, industry) / total.over(time))
    )
    here = rca.with_columns(has=pl.col("rca").fill_nan(0.0) >= 1).sort(unit, industry, time)
    before = pl.col("has").shift(1).over(unit, industry)
    counted = (
        here.with_columns(enters=pl.col("has") & ~before)
        .group_by(time, industry)
        .agg(pl.col("has").sum(), pl.col("enters").sum())
    )
    both = found.frame.join(counted, on=[time, industry])
    assert both.height == found.frame.height
    np.testing.assert_array_equal(both["holders"], both["has"])
    later = both.filter(pl.col("entries").is_not_null())
    np.testing.assert_array_equal(later["entries"], later["enters"])
    assert found.waves["p"].drop_nulls().is_between(0, 1).all()


def test_seventeen_years_cannot_carry_the_test_of_exuberance(exports: pl.DataFrame) -> None:
    china = exports.filter(pl.col("country") == "CHN", (pl.col("exports") > 0).all().over("country", "sector"))
    found = exuberance(china, "exports", time="year", unit="sector")
    assert set(found.frame["status"]) == {"too_short"}
    assert cautions(found).lights.filter(caution="exuberance")["tier"].unique().to_list() == ["not_assessed"]
