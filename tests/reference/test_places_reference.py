"""Names of places in real files: what the scanner misread, and whether the sums agree with what it is taken for."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from nqpf.data import places
from nqpf.data.places.names import clean
from nqpf.data.places.repairs import apply_repairs, propose_repairs

pytestmark = pytest.mark.reference

MEASURES = ("hj", "yjry", "jcyj", "yyyj", "syfz")


@pytest.fixture(scope="module")
def labour(shared: Path) -> pl.DataFrame:
    """Return the full-time equivalents of R&D staff, 2010–2023, as tidy rows with totals and the misread name."""
    file = shared / "data" / "messy" / "techme_RDLaborHour_ocr_names.csv"
    return pl.read_csv(file).select(
        unit="province",
        period="year",
        indicator="variables",
        value="value",
        measure="units",
        file=pl.lit(file.name),
        sheet=pl.lit(None, dtype=pl.String),
        cell=pl.format("D{}", pl.int_range(2, pl.len() + 2)),
    )


def test_one_name_is_misread_and_the_sums_of_five_series_say_what_it_is(labour: pl.DataFrame) -> None:
    found = propose_repairs(labour, "provinces")
    assert places.unknown(labour["unit"], "provinces") == ["内蒙占"]
    assert [(r.written, r.name, r.code, r.confidence) for r in found] == [("内蒙占", "内蒙古", "150000", "identity")]
    repair = found.repairs[0]
    assert repair.cells == tuple(f"techme_RDLaborHour_ocr_names.csv D{row}" for row in range(1627, 1632))
    assert "它出现的 5 张表" in repair.evidence.zh
    assert "后有 5 张" in repair.evidence.zh
    assert "3,495,542 without it and to 3,532,822 with it; the table's 全国 is 3,532,817" in repair.evidence.en


def test_after_the_repair_thirty_one_provinces_add_up_to_the_nation(labour: pl.DataFrame) -> None:
    made, ledger = apply_repairs(labour, propose_repairs(labour, "provinces"))
    codes = {name: place.code for name, place in places.resolve(made["unit"]).items()}
    of = pl.col("unit").replace_strict(codes, default=None, return_dtype=pl.String)
    sums = (
        made.with_columns(code=of)
        .group_by("period", "indicator")
        .agg(
            units=pl.col("code").drop_nulls().n_unique(),
            parts=pl.col("value").filter(pl.col("code").is_not_null()).sum(),
            whole=pl.col("value").filter(pl.col("code").is_null()).sum(),
        )
    )
    assert sums.height == 14 * 5
    assert sums["units"].unique().to_list() == [31]
    off = sums.with_columns(off=pl.col("parts") - pl.col("whole")).filter(pl.col("off").abs() > 6)
    # The yearbooks' own totals of 2010 and 2011 differ by up to 53 person-years; two of 2022 by a shift between them.
    assert off["period"].value_counts().sort("period").rows() == [(2010, 5), (2011, 5), (2022, 2)]
    assert off.filter(period=2022).sort("off").select("indicator", "off").rows() == [
        ("v4_zh_qsdl_syfz", -438),
        ("v4_zh_qsdl_yyyj", 439),
    ]
    assert ledger.frame.select("period", "rule").unique().rows() == [(2013, "place.repair")]
    assert sorted(ledger.frame["indicator"]) == sorted(f"v4_zh_qsdl_{m}" for m in MEASURES)


@pytest.mark.parametrize(
    ("right", "wrong", "period"),
    [
        ("山西", "山两", 2012),
        ("西藏", "四藏", 2015),
        ("西藏", "两藏", 2016),
        ("江西", "江两", 2011),
        ("江西", "江四", 2019),
        ("浙江", "浙汀", 2020),
    ],
)
def test_the_other_slips_that_were_met_are_found_in_the_same_figures(
    labour: pl.DataFrame, right: str, wrong: str, period: int
) -> None:
    meant = pl.Series([clean(unit) == right for unit in labour["unit"]])
    slipped = labour.with_columns(
        unit=pl.when(meant & (pl.col("period") == period)).then(pl.lit(wrong)).otherwise("unit")
    )
    found = {r.written: (r.name, r.confidence) for r in propose_repairs(slipped, "provinces")}
    assert found == {"内蒙占": ("内蒙古", "identity"), wrong: (right, "identity")}


def test_a_misread_total_is_one(labour: pl.DataFrame) -> None:
    east = set(places.covered("东部地区") or ())
    known = labour.filter(pl.col("unit") != "内蒙占")["unit"]
    codes = {name: place.code for name, place in places.resolve(known).items()}
    in_east = pl.col("unit").replace_strict(codes, default=None, return_dtype=pl.String).is_in(list(east))
    keys = ["period", "indicator", "measure", "file"]
    row = (
        labour.filter(in_east)
        .group_by(keys)
        .agg(pl.col("value").sum())
        .with_columns(unit=pl.when(pl.col("period") == 2014).then(pl.lit("尔部地区")).otherwise(pl.lit("东部地区")))
    )
    found = propose_repairs(pl.concat([labour, row], how="diagonal"), "provinces")
    assert {r.written: (r.name, r.code, r.confidence) for r in found} == {
        "内蒙占": ("内蒙古", "150000", "identity"),
        "尔部地区": ("东部地区", None, "identity"),
    }


def test_names_and_codes_of_the_shared_map_are_the_provinces(shared: Path) -> None:
    panel = pl.read_csv(shared / "data" / "china_province_panel.csv", columns=["region", "adcode"], infer_schema=False)
    pairs = panel.unique().filter(pl.col("region") != "全国")
    found = places.resolve(pairs["region"], "provinces")
    assert pairs.height == 34
    assert [found[name].code for name in pairs["region"]] == pairs["adcode"].to_list()
    assert {place.code for place in found.values()} > set(places.complete_set("provinces"))


def test_every_country_and_code_of_the_country_panel_is_known(shared: Path) -> None:
    panel = pl.read_csv(shared / "data" / "country_panel_wide.csv", columns=["country", "iso3"]).unique()
    assert places.unknown([*panel["country"], *panel["iso3"]], "countries") == []
