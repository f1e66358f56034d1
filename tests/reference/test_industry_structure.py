"""Structures of 40 countries in WIOD (2013 release): figures found beforehand by separate code, three digits.

Gross output in mining and the 14 manufacturing sectors (Mining to ManufNec in the order of the table), without the rest
of the world. Means over 780 pairs of countries in 1995, 2003 and 2011.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.industry.structure.shift_share import shift_share
from nqpf.industry.structure.similarity import SimilarityResult, similarity

pytestmark = pytest.mark.reference

KEYS: dict[str, Any] = {"unit": "country", "industry": "sector", "time": "year"}


@pytest.fixture(scope="module")
def industry(shared: Path) -> pl.DataFrame:
    table = pl.read_parquet(shared / "data" / "industry" / "wiod_country_sector_1995_2011.parquet")
    order = table.filter(year=1995, country="AUS").sort("__index_level_0__")["sector"].to_list()
    chosen = order[order.index("Mining") : order.index("ManufNec") + 1]
    assert len(chosen) == 15
    return table.filter(pl.col("sector").is_in(chosen), pl.col("country") != "ROW")


def of_years(found: SimilarityResult) -> list[float]:
    return found.mean.filter(pl.col("year").is_in([1995, 2003, 2011]))["mean"].to_list()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("krugman", [0.571, 0.625, 0.676]),
        ("unido", [0.806, 0.766, 0.734]),
        ("cosine", [0.806, 0.766, 0.734]),
    ],
)
def test_mean_similarity_of_pairs(industry: pl.DataFrame, kind: Any, expected: list[float]) -> None:
    found = similarity(industry, "output", **KEYS, kind=kind)
    np.testing.assert_allclose(of_years(found), expected, rtol=0, atol=5.01e-4)
    assert found.mean["pairs"].unique().to_list() == [780]
    assert found.trend["direction"].to_list() == ["divergence", "divergence"]


def test_what_pairs_share(industry: pl.DataFrame) -> None:
    found = of_years(similarity(industry, "output", **KEYS, kind="finger_kreinin"))
    np.testing.assert_allclose([found[0], found[2]], [0.715, 0.662], rtol=0, atol=5.01e-4)


def test_shift_share_adds_up_on_real_figures(industry: pl.DataFrame) -> None:
    found = shift_share(industry, "output", **KEYS, steps="annual").frame
    parts = found.select(pl.sum_horizontal("national", "mix", "local")).to_series()
    np.testing.assert_allclose(parts, found["change"], rtol=0, atol=1e-9 * found["end"].max())
