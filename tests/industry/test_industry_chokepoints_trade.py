"""Concentration of imports by product and by sector."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.chain_risk.trade import import_concentration

TRADE = pl.DataFrame(
    {
        "hs": ["8542", "8542", "8486", "8703", "8703", "9999"],
        "from": ["A", "B", "A", "B", "C", "A"],
        "usd": [50.0, 50.0, 100.0, 30.0, 10.0, 0.0],
    }
)
BRIDGE = pl.DataFrame({"hs": ["8542", "8486", "8703", "9999"], "sector": ["chips", "chips", "cars", "rest"]})


def found(**more: object):  # type: ignore[no-untyped-def]
    return import_concentration(TRADE, "usd", **{"product": "hs", "origin": "from", "concordance": BRIDGE, **more})


def test_by_hand() -> None:
    got = found()
    rows = {row["sector"]: row for row in got.frame.iter_rows(named=True)}
    chips = rows["chips"]
    assert (chips["imports"], chips["products"], chips["top_product"], chips["top_hhi"]) == (200, 2, "8486", 1)
    assert chips["hhi"] == pytest.approx((150**2 + 50**2) / 200**2)
    assert chips["hhi_products"] == pytest.approx((100 * 0.5 + 100 * 1) / 200)
    assert rows["cars"]["hhi"] == pytest.approx(0.75**2 + 0.25**2)
    assert rows["rest"]["hhi"] is None
    assert (rows["rest"]["imports"], rows["rest"]["products"]) == (0, 0)
    products = {row["hs"]: row for row in got.products.iter_rows(named=True)}
    assert (products["8703"]["main_origin"], products["8703"]["main_share"]) == ("B", 0.75)
    assert products["8542"]["effective"] == pytest.approx(2)
    assert products["9999"]["hhi"] is None
    assert products["9999"]["main_origin"] is None


def test_a_sector_of_products_hides_the_narrow_one() -> None:
    """Totals never look more concentrated than the mean of the products they are made of."""
    frame = found().frame.drop_nulls("hhi")
    assert (frame["hhi"] <= frame["hhi_products"] + 1e-12).all()


def test_rows_in_any_order_and_any_library() -> None:
    shuffled = TRADE.sample(fraction=1.0, shuffle=True, seed=3)
    again = import_concentration(shuffled, "usd", product="hs", origin="from", concordance=BRIDGE.reverse())
    assert again.frame.equals(found().frame)
    assert again.products.equals(found().products)
    back = import_concentration(TRADE.to_pandas(), "usd", product="hs", origin="from").to_frame()
    assert isinstance(back, pd.DataFrame)
    assert found(concordance=None).frame.equals(found().products)


def test_products_in_several_sectors() -> None:
    bridge = pl.DataFrame(
        {"hs": ["8542", "8542", "8486", "8703", "9999"], "sector": ["chips", "cars", "chips", "cars", "rest"],
         "w": [0.6, 0.4, 1.0, 1.0, 1.0]}
    )  # fmt: skip
    frame = found(concordance=bridge, weight="w").frame
    assert dict(frame.select("sector", "imports").rows()) == pytest.approx({"cars": 80, "chips": 160, "rest": 0})
    assert frame.filter(pl.col("sector") == "cars")["hhi"][0] == pytest.approx((20**2 + 50**2 + 10**2) / 80**2)
    with pytest.raises(MethodError, match="“8542” add up to 2"):
        found(concordance=bridge)
    negative = bridge.with_columns(pl.Series("w", [1.5, -0.5, 1.0, 1.0, 1.0]))
    with pytest.raises(MethodError, match="one is negative"):
        found(concordance=negative, weight="w")


def test_products_that_belong_nowhere() -> None:
    short = BRIDGE.filter(pl.col("hs") != "8703")
    with pytest.raises(DataError, match=r"does not have these products: 8703 \(1\)"):
        found(concordance=short)
    got = found(concordance=short, unmatched="drop")
    assert got.frame["sector"].to_list() == ["chips", "rest"]
    assert "left out (1, 16.7% of imports): 8703" in str(got.notes[0])
    with pytest.raises(SpecError, match="unmatched"):
        found(unmatched="keep")


def test_what_is_refused() -> None:
    def of(**columns: list[object]) -> pl.DataFrame:
        return pl.DataFrame({"hs": ["1", "1"], "from": ["A", "B"], "usd": [1.0, 2.0], **columns}, strict=False)

    def run(data: pl.DataFrame) -> None:
        import_concentration(data, "usd", product="hs", origin="from")

    with pytest.raises(DataError, match="more than one row"):
        run(of(**{"from": ["A", "A"]}))
    with pytest.raises(MethodError, match=r"row 2.*negative \(-2"):
        run(of(usd=[1.0, -2.0]))
    with pytest.raises(DataError, match=r"row 1.*has no number"):
        run(of(usd=[None, 2.0]))
    with pytest.raises(DataError, match="row 2"):
        run(of(hs=["1", None]))
    with pytest.raises(DataError, match="row 1"):
        run(of(**{"from": [None, "B"]}))
    with pytest.raises(DataError, match="more than one row"):
        import_concentration(TRADE, "usd", product="hs", origin="from", concordance=pl.concat([BRIDGE, BRIDGE]))
