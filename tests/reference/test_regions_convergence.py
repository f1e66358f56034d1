"""Convergence beside R: clubs of 152 countries as ConvergenceClubs 2.2.5 finds them, and 402 German counties.

The tables of R print 15 significant digits; membership is exact.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.regions.convergence.beta import beta
from nqpf.regions.convergence.clubs import clubs
from nqpf.regions.convergence.sigma import sigma

pytestmark = pytest.mark.reference

KEYS = {"unit": "Countries", "time": "year"}


def countries(shared: Path, name: str) -> pl.DataFrame:
    wide = pl.read_csv(shared / "ref" / "regions" / f"clubs_{name}_input.csv")
    long = wide.unpivot(index="Countries", variable_name="year", value_name="v")
    return long.with_columns(pl.col("year").str.slice(1).cast(int))


@pytest.fixture(scope="module")
def filtered(shared: Path) -> pl.DataFrame:
    return countries(shared, "filteredGDP")


def test_clubs(shared: Path, filtered: pl.DataFrame) -> None:
    found = clubs(filtered, "v", **KEYS)
    home = shared / "ref" / "regions"
    theirs = pl.read_csv(home / "clubs_FQSB_c0_expected.csv")
    members = pl.read_csv(home / "clubs_FQSB_c0_members.csv")
    joined = found.frame.join(members, left_on="Countries", right_on="unit", how="full")
    assert joined.height == 152
    assert (joined["club_right"] == "club" + joined["club"].cast(pl.String)).all()
    assert found.clubs["n"].to_list() == theirs["n"].to_list()
    for ours, column in (("beta", "beta"), ("se", "std.err"), ("t", "tvalue"), ("p", "pvalue")):
        np.testing.assert_allclose(found.clubs[ours], theirs[column], rtol=1e-11)


def test_the_other_standard_error_finds_other_clubs(filtered: pl.DataFrame) -> None:
    found = clubs(filtered, "v", hac="aqsb", **KEYS)
    assert found.choices.select("hac", "clubs", "divergent").rows() == [("fqsb", 7, 0), ("aqsb", 5, 3)]
    assert found.clubs["n"][0] == 84
    rising = clubs(filtered, "v", hac="aqsb", increase="incremental", **KEYS)
    assert found.clubs["kind"][0] == "rejected"
    assert "rejected" not in rising.clubs["kind"]
    assert rising.clubs["threshold"].max() > 0  # type: ignore[operator]


@pytest.mark.parametrize("merge", ["ps", "vlt", "vlt_restart"])
def test_neighbouring_clubs_merge(filtered: pl.DataFrame, merge: str) -> None:
    """Phillips and Sul (2009) merge their fourth and fifth club."""
    found = clubs(filtered, "v", merge=merge, **KEYS)  # type: ignore[arg-type]
    assert found.clubs["from"].to_list() == [[1], [2], [3], [4, 5], [6], [7]]


def test_the_filtered_table_is_the_filter_of_the_other(shared: Path, filtered: pl.DataFrame) -> None:
    found = clubs(countries(shared, "GDP"), "v", log=True, hp_filter=400, **KEYS)
    both = found.paths.join(filtered, on=["Countries", "year"])
    assert both.height == filtered.height
    np.testing.assert_allclose(both["value"], both["v"], atol=1e-11)
    assert found.clubs["n"].to_list() == [50, 30, 21, 24, 14, 11, 2]


@pytest.fixture(scope="module")
def counties(shared: Path) -> pl.DataFrame:
    file = shared / "ref" / "regions" / "reat_Gcounties_input.csv"
    wide = pl.read_csv(file, null_values=["NA"], infer_schema_length=None)
    west = (pl.col("regional") == "West").cast(float)
    years = range(2000, 2015)
    tables = [
        wide.select("region_code_EU", west=west, year=pl.lit(y), v=pl.col(f"gdppc{y}").cast(float)) for y in years
    ]
    return pl.concat(tables)


def test_counties(counties: pl.DataFrame) -> None:
    """REAT's documentation takes 2010 to 2011; nonlinear least squares is ordinary in another coefficient."""
    keys = {"unit": "region_code_EU", "time": "year"}
    ols, nls = (beta(counties, "v", start=2010, end=2011, method=m, **keys) for m in ("ols", "nls"))  # type: ignore[arg-type]
    wide = counties.pivot(on="year", index="region_code_EU", values="v")
    start, end = (np.log(wide[str(y)].to_numpy()) for y in (2010, 2011))
    slope, constant = np.polyfit(start, end - start, 1)
    np.testing.assert_allclose(ols.frame["estimate"], [constant, slope], rtol=1e-8)
    assert nls.frame["estimate"][1] == pytest.approx(-np.log(1 + slope), rel=1e-8)
    conditional = beta(counties, "v", controls=["west"], **keys)
    assert conditional.summary["r2"][0] > beta(counties, "v", **keys).summary["r2"][0]
    logs = sigma(counties, "v", measure="cv_logs", start=2010, **keys).frame["sigma"]
    levels = sigma(counties, "v", measure="cv", start=2010, **keys).frame["sigma"]
    assert logs[0] == pytest.approx(0.034, abs=5e-4)
    assert levels[0] == pytest.approx(start_cv(wide), rel=1e-12)


def start_cv(wide: pl.DataFrame) -> float:
    return float(wide["2010"].std(ddof=0) / wide["2010"].mean())  # type: ignore[operator]
