"""Growth accounting on the Penn World Table 10.01: its own TFP comes back, and known turns of growth are found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.growth import accelerations, growth_accounts, shake_off

pytestmark = pytest.mark.reference

NAMES: dict[str, Any] = {"unit": "iso3", "time": "year", "share": "labsh", "share_of": "labour", "quality": "hc"}


@pytest.fixture(scope="module")
def countries(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "data" / "country_panel_wide.csv", infer_schema_length=None)


def test_tfp_growth_is_that_of_the_penn_world_table(countries: pl.DataFrame) -> None:
    """Feenstra, Inklaar and Timmer (2015, doi:10.1257/aer.20130954), rtfpna: Törnqvist over capital services and
    hours × human capital. The table prints six digits, so a growth rate is exact to 2e-5."""
    columns = ["rgdpna", "rkna", "emp", "avh", "hc", "labsh", "rtfpna"]
    table = countries.drop_nulls(columns)
    done = growth_accounts(table, "rgdpna", "rkna", "emp", hours="avh", gaps="skip", **NAMES)
    both = table.with_columns(done.frame["tfp"]).sort("iso3", "year")
    both = both.with_columns(
        theirs=pl.col("rtfpna").log().diff().over("iso3"), years=pl.col("year").diff().over("iso3")
    ).drop_nulls("tfp")
    assert both["iso3"].n_unique() == 64
    assert both.height > 2800
    assert (both["years"] == 1).all()
    np.testing.assert_allclose(both["tfp"], both["theirs"], rtol=0, atol=2e-5)


def test_known_accelerations(countries: pl.DataFrame) -> None:
    """The years that Hausmann, Pritchett and Rodrik (2005, doi:10.1007/s10887-005-4712-0) find on the Penn World Table
    6.1; on a revision eighteen years later turns lie within two years of them."""
    table = countries.with_columns(head=pl.col("rgdpna") / pl.col("pop")).drop_nulls("head")
    done = accelerations(table, "head", unit="iso3", time="year", gaps="skip")
    published = {"IDN": 1967, "BRA": 1967, "MUS": 1971, "EGY": 1976, "CHN": 1978, "CHL": 1986, "ARG": 1990}
    for country, year in published.items():
        found = done.frame.filter(pl.col("unit") == country)["year"].to_numpy()
        assert np.abs(found - year).min() <= 2, country
    china = done.frame.filter((pl.col("unit") == "CHN") & (pl.col("year") < 1985))
    assert china["sustained"].to_list() == [True]


def test_the_share_of_tfp_in_china_and_the_united_states(countries: pl.DataFrame) -> None:
    """Intervals hold the shares that rtfpna itself gives over the same years."""
    columns = ["rgdpna", "rkna", "emp", "avh", "hc", "labsh", "rtfpna"]
    table = countries.filter(pl.col("iso3").is_in(["CHN", "USA"])).drop_nulls(columns)
    done = shake_off(table, "rgdpna", "rkna", "emp", hours="avh", window=(1990, 2019), **NAMES)
    for country in ("CHN", "USA"):
        own = table.filter((pl.col("iso3") == country) & pl.col("year").is_in([1990, 2019])).sort("year")
        tfp, output = (np.log(own[c][1] / own[c][0]) for c in ("rtfpna", "rgdpna"))
        row = done.frame.filter(pl.col("unit") == country).row(0, named=True)
        assert row["share"] == pytest.approx(tfp / output, abs=1e-4)
        assert row["low"] < tfp / output < row["high"]
        assert row["verdict"] != "above"  # growth of both rests on inputs for the larger part
    assert done.breaks is not None
    assert (done.breaks.frame["years"] == 29).all()


def test_provinces_of_china_in_one_go(shared: Path) -> None:
    """Thirty provinces over eleven years: everything runs, adds up, and says that ten years are few."""
    table = pl.read_csv(shared / "data" / "core_panel_30prov_2012_2022.csv", infer_schema_length=None)
    used = {"y": "gdp_yumanlou", "k": "capital_stock_zj2000", "l": "population"}
    names = {"unit": "region", "time": "year", "share": 0.45}
    done = growth_accounts(table, *used.values(), **names, levels="chain")  # type: ignore[arg-type]
    frame = done.frame.drop_nulls("output")
    assert frame.height == 300
    total = frame.select(pl.sum_horizontal("capital", "labour", "tfp")).to_series()
    np.testing.assert_allclose(total, frame["output"], rtol=0, atol=1e-12)
    tested = shake_off(table, *used.values(), **names, rolling=None, gaps="error")  # type: ignore[arg-type]
    assert tested.frame.height == 31
    assert set(tested.frame["verdict"]) <= {"above", "below", "not_shown", "not_assessed"}
    assert "growth_many_units" in {note.code for note in tested.notes}
