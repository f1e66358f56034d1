"""Provincial capital stocks against ``capital_stock_zj2000`` of the long panel, which others computed.

That series was made from gross fixed capital formation and its price index since 1952 by the rule of Zhang (2008):
δ = 9.6 %, K1952 = I1952/0.10 at prices of 2000, 重庆 from 1996 by I1996/(0.096 + 0.10). The panel holds investment from
1978 and stocks from 1990 only, so three things can be shown from it: every later stock follows from that of 1990; 重庆,
whose investment begins in 1996, follows whole; and the 10 % rule used in 1978 instead of 1952 is off by an amount that
shrinks by 9.6 % a year. Nothing else differs but rounding.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.data.capital import capital_stock, capital_variants
from nqpf.data.prices import chain, deflate, inflate, rebase

pytestmark = pytest.mark.reference

STOCK = "capital_stock_zj2000"
WORDS = {
    "investment": "gfcf",
    "unit": "region",
    "time": "year",
    "price_index": "invest_price_1952",
    "index_base": "1952=1",
    "base": 2000,
    "measure": "亿元(当年价)",
}


@pytest.fixture(scope="module")
def panel(shared: Path) -> pl.DataFrame:
    """Investment, its price index and the published stock: 30 provinces from 1978, 重庆 from 1996, to 2022."""
    long = pl.read_csv(shared / "data" / "china_province_panel.csv", schema_overrides={"value": pl.Float64})
    wide = long.pivot(on="indicator", index=["region", "adcode", "year"], values="value")
    return wide.select("region", "adcode", "year", "gfcf", "invest_price_1952", STOCK).drop_nulls("gfcf")


def test_every_stock_follows_from_that_of_1990(panel: pl.DataFrame) -> None:
    done = capital_stock(panel, method="zhang2008", initial=STOCK, **WORDS)
    both = done.to_frame().join(panel, on=["region", "year"]).drop_nulls(STOCK)
    assert both.height == 1017
    np.testing.assert_allclose(both["capital"], both[STOCK], rtol=1e-14)
    assert done.measure == "亿元(2000年价)"
    assert done.to_frame().filter(pl.col("year") < 1990)["capital"].null_count() == 30 * 12
    assert set(done.starts["year"]) == {1990, 1996}


def test_chongqing_starts_from_the_steady_state(panel: pl.DataFrame) -> None:
    done = capital_stock(panel, method="zhang2008", growth=0.10, **WORDS)
    both = done.to_frame().join(panel, on=["region", "year"]).filter(pl.col("region") == "重庆")
    assert both.height == 27
    np.testing.assert_allclose(both["capital"], both[STOCK], rtol=1e-14)
    assert done.starts.filter(pl.col("unit") == "重庆").row(0)[1:] == (1996, pytest.approx(1654.481304), "steady", 0.1)


def test_a_start_in_1978_is_off_by_what_shrinks_with_depreciation(panel: pl.DataFrame) -> None:
    """The 10 % rule of 1952 used in 1978: off by up to 13.7 % in 1990, 0.12 % in 2012, 0.02 % in 2022."""
    done = capital_stock(panel, method="zhang2004", growth=0.10, **WORDS)
    assert {n.code for n in done.notes} == {"capital_start_year"}
    both = done.to_frame().join(panel, on=["region", "year"]).drop_nulls(STOCK).filter(pl.col("region") != "重庆")
    both = both.with_columns(gap=pl.col("capital") - pl.col(STOCK), share=(pl.col("capital") / pl.col(STOCK) - 1).abs())
    first = both.filter(pl.col("year") == 1990).select("region", first="gap")
    both = both.join(first, on="region")
    np.testing.assert_allclose(both["gap"], both["first"] * 0.904 ** (both["year"].to_numpy() - 1990), atol=1e-9)
    largest = {y: both.filter(pl.col("year") == y)["share"].to_numpy().max() for y in (1990, 2012, 2022)}
    assert largest == {
        1990: pytest.approx(0.1374, abs=1e-4),
        2012: pytest.approx(0.00117, abs=1e-5),
        2022: pytest.approx(0.000179, abs=1e-6),
    }


def test_the_core_panel_has_the_same_stocks(panel: pl.DataFrame, shared: Path) -> None:
    core = pl.read_csv(shared / "data" / "core_panel_30prov_2012_2022.csv").select("adcode", "year", core=STOCK)
    done = capital_stock(panel, method="zhang2008", initial=STOCK, **WORDS).to_frame()
    both = done.with_columns(panel["adcode"]).join(core, on=["adcode", "year"])
    assert both.height == 330
    np.testing.assert_allclose(both["capital"], both["core"], rtol=1e-14)


def test_the_rate_matters_more_than_the_start(panel: pl.DataFrame) -> None:
    variants = {
        "published": {"initial": STOCK},
        "steady": {"method": "goldsmith", "depreciation": 0.096},
        "trend": {"method": "berlemann_wesselhoeft", "depreciation": 0.096},
        "low": {"initial": STOCK, "depreciation": 0.05},
    }
    done = capital_variants(panel, variants, **WORDS)
    apart = {n.values["variant"]: (n.values["lowest"], n.values["highest"]) for n in done.notes}
    assert max(map(abs, (*apart["steady"], *apart["trend"]))) < 0.002
    assert apart["low"] == (pytest.approx(0.264, abs=1e-3), pytest.approx(0.437, abs=1e-3))


def test_deflation_there_and_back(panel: pl.DataFrame) -> None:
    words = {"value": "gfcf", "index": "invest_price_1952", "unit": "region", "time": "year", "base": 2000}
    there = deflate(panel, index_base="1952=1", measure="亿元(当年价)", **words)
    back = inflate(there.to_frame(), index_base="1952=1", measure=there.measure, **words)
    np.testing.assert_allclose(back.to_frame()["gfcf"], panel["gfcf"], rtol=1e-15)


def test_a_fixed_base_through_links_and_back(panel: pl.DataFrame) -> None:
    keys = {"index": "invest_price_1952", "unit": "region", "time": "year"}
    links = rebase(panel, index_base="1952=1", base="上年=100", **keys)
    again = chain(links.to_frame().drop_nulls("invest_price_1952"), base="2000=1", **keys)
    direct = rebase(panel, index_base="1952=1", base="2000=1", **keys).to_frame()
    both = again.to_frame().join(direct, on=["region", "year"])
    assert both.height == 1377 - 31
    np.testing.assert_allclose(both["invest_price_1952"], both["invest_price_1952_right"], rtol=1e-13)
