"""Repairs of misread names: proposed on evidence, never applied unasked, never two values for one place."""

from __future__ import annotations

import polars as pl
import pytest

from nqpf.data import places
from nqpf.data.places.likeness import look_alike, near
from nqpf.data.places.names import table
from nqpf.data.places.repairs import Repairs, apply_repairs, propose_repairs

NAMES = places.provinces().filter(pl.col("bloc4").is_not_null())["short_zh"].to_list()
VALUES = {name: 1000.0 + 37.0 * i for i, name in enumerate(NAMES)}


def tidy(
    *slips: dict[str, str],
    total: str | None = "全国",
    bloc: str | None = None,
    whole: float | None = None,
    names: list[str] = NAMES,
    value: dict[str, float] = VALUES,
) -> pl.DataFrame:
    """Return one table a year, from 2020 on; `slips` say what is written for what in each."""
    rows = []
    for t, slip in enumerate(slips):
        year = 2020 + t
        cells = [(slip.get(name, name), value[name] * (1 + t)) for name in names]
        if total:
            cells.insert(0, (slip.get(total, total), whole if whole is not None else sum(v for _, v in cells)))
        if bloc:
            blocs = zip(NAMES, places.bloc_of(places.complete_set("provinces"), "bloc4"), strict=True)
            cells.append((slip.get(bloc, bloc), sum(value[n] * (1 + t) for n, b in blocs if b == "east")))
        rows += [{"unit": u, "period": year, "value": v, "cell": f"B{year}{i}"} for i, (u, v) in enumerate(cells)]
    return pl.DataFrame(rows).with_columns(indicator=pl.lit("x"), file=pl.lit("a.xlsx"), sheet=pl.lit("1"))


def told(found: Repairs) -> list[tuple[str, str, str]]:
    return [(r.written, r.name, r.confidence) for r in found]


# --- names one character away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("内蒙占", ("内蒙古",)),
        ("山两", ("山东", "山西")),
        ("四藏", ("四川", "西藏")),
        ("江四", ("江苏", "江西")),
        ("浙汀", ("浙江",)),
        ("黑江", ("浙江", "黑龙江")),
        ("guandong", ("guangdong",)),
        ("北", ()),
        ("2011", ()),
        ("AB", ()),
        ("南山西", ("山西",)),
    ],
)
def test_near_names_are_one_character_away(written: str, expected: tuple[str, ...]) -> None:
    assert tuple(n for n in near(written, "provinces") if n in NAMES or n.isascii()) == expected


def test_totals_are_near_names_too() -> None:
    assert {"东部地区", "中部地区", "西部地区"} <= set(near("尔部地区", "provinces"))


def test_shapes_that_look_alike_are_pairs_of_single_characters_each_once() -> None:
    shapes = table("lookalikes")
    assert shapes["right"].str.len_chars().unique().to_list() == [1]
    assert shapes["right"].n_unique() == shapes.height
    for right, wrong in shapes.iter_rows():
        assert len(set(wrong)) == len(wrong)
        assert right not in wrong
    assert look_alike("内蒙占", "内蒙古") == ("占", "古")
    assert look_alike("西", "西") is None


def test_no_known_name_is_a_slip_of_another_by_shape() -> None:
    known = set(NAMES) | set(places.cities()["short_zh"])
    pairs = {(name, meant) for name in known for meant in near(name, "provinces") if meant in NAMES}
    assert {pair for pair in pairs if look_alike(*pair)} == set()


# --- proposals --------------------------------------------------------------------------------------------------------


def test_the_sum_over_provinces_settles_a_slip_and_the_evidence_says_so() -> None:
    found = propose_repairs(tidy({"西藏": "四藏"}, {}), "provinces")
    assert told(found) == [("四藏", "西藏", "identity")]
    repair = found.repairs[0]
    total, tibet = sum(VALUES.values()), VALUES["西藏"]
    assert (repair.code, repair.kind, repair.cells) == ("540000", "place", ("a.xlsx 1 B202026",))
    assert repair.title.en == "Xizang"
    assert repair.why.zh == "“四藏”与“西藏”只差一个字，“四”与“西”字形相近"
    assert f"各地之和原为 {total - tibet:,.0f}，改后为 {total:,.0f}，表中“全国”为 {total:,.0f}" in repair.evidence.zh
    assert f"goes from {tibet:,.0f} to 0" in repair.evidence.en
    assert "1 can be checked" in repair.evidence.en


def test_without_a_national_row_the_only_gap_speaks() -> None:
    found = propose_repairs(tidy({"浙江": "浙汀"}, total=None), "provinces")
    assert told(found) == [("浙汀", "浙江", "gap")]
    assert found.repairs[0].evidence.zh.endswith("都只缺“浙江”。没有可供核对的合计数。")


def test_a_sum_that_stays_wrong_is_told_and_is_no_identity() -> None:
    found = propose_repairs(tidy({"浙江": "浙汀"}, whole=99.5), "provinces")
    assert told(found) == [("浙汀", "浙江", "gap")]
    assert "表中“全国”为 99.5" in found.repairs[0].evidence.zh


def test_a_sum_that_holds_without_the_row_refutes_the_repair() -> None:
    whole = sum(v for n, v in VALUES.items() if n != "浙江")
    found = propose_repairs(tidy({"浙江": "浙汀"}, whole=whole), "provinces")
    assert told(found) == []
    assert [n.code for n in found.notes] == ["repair_unproven"]
    assert "浙江" in found.notes[0].text().zh


def test_rounded_numbers_may_miss_the_total_by_their_rounding() -> None:
    value = {name: round(v / 7, 1) for name, v in VALUES.items()}
    whole = round(sum(value.values()) + 0.4, 1)
    slip = {"江西": "江两"}
    assert told(propose_repairs(tidy(slip, whole=whole, value=value), "provinces")) == [("江两", "江西", "identity")]
    too_far = round(sum(value.values()) + 1.7, 1)
    assert told(propose_repairs(tidy(slip, whole=too_far, value=value), "provinces")) == [("江两", "江西", "gap")]


def test_what_is_present_cannot_be_meant() -> None:
    # 江两 could be 江苏 or 江西 by its first character; 江苏 stands beside it.
    assert told(propose_repairs(tidy({"江西": "江两"}), "provinces")) == [("江两", "江西", "identity")]
    assert told(propose_repairs(tidy({"江苏": "江两"}), "provinces")) == [("江两", "江苏", "identity")]


def test_a_total_that_no_table_holds_is_not_asked() -> None:
    # 某北 is one character from 湖北 and from the totals 东北, 西北 and 华北.
    assert told(propose_repairs(tidy({"湖北": "某北"}), "provinces")) == [("某北", "湖北", "identity")]


def test_a_repair_that_would_repeat_a_place_is_not_proposed() -> None:
    frame = pl.concat([tidy({}), tidy({}).filter(pl.col("unit") == "西藏").with_columns(unit=pl.lit("四藏"))])
    found = propose_repairs(frame, "provinces")
    assert told(found) == []
    assert [n.code for n in found.notes] == ["repair_would_repeat"]
    assert found.notes[0].text().zh.startswith("“四藏”与“四川、西藏”相近，但后者在同一张表中已经有数")


def test_several_slips_in_one_table_are_told_apart() -> None:
    slips = {"山西": "山两", "江西": "江四", "西藏": "两藏", "内蒙古": "内蒙占", "浙江": "浙汀"}
    found = propose_repairs(tidy(slips, {}), "provinces")
    assert {r.written: r.name for r in found} == {wrong: right for right, wrong in slips.items()}
    assert {r.confidence for r in found} == {"identity"}


def test_two_slips_that_either_could_be_are_settled_by_shape_and_else_left_alone() -> None:
    by_shape = propose_repairs(tidy({"山西": "山两", "山东": "山乐"}), "provinces")
    assert {r.written: r.name for r in by_shape} == {"山两": "山西", "山乐": "山东"}
    left = propose_repairs(tidy({"山西": "山甲", "山东": "山乙"}), "provinces")
    assert told(left) == []
    assert [n.code for n in left.notes] == ["repair_undecided", "repair_undecided"]
    assert left.notes[0].text().en == (
        "“山乙” may be one of Shandong, Shanxi; nothing says which, so no repair is proposed."
        if left.notes[0].values["written"] == "山乙"
        else "“山甲” may be one of Shandong, Shanxi; nothing says which, so no repair is proposed."
    )


def test_a_few_provinces_only_are_no_gap() -> None:
    few = ["北京", "天津", "河北", "山西", "山东", "辽宁"]
    shape = propose_repairs(tidy({"山西": "山两"}, total=None, names=few), "provinces")
    assert told(shape) == [("山两", "山西", "lookalike")]
    several = propose_repairs(tidy({"山西": "山南"}, total=None, names=few), "provinces")  # in truth a city of Xizang
    assert told(several) == []
    assert [n.code for n in several.notes] == ["repair_undecided"]
    unlike = propose_repairs(tidy({"辽宁": "辽阳"}, total=None, names=few), "provinces")  # in truth a city
    assert told(unlike) == []
    assert [n.code for n in unlike.notes] == ["repair_unproven"]


def test_thirty_provinces_in_every_year_are_a_set_of_their_own() -> None:
    thirty = [name for name in NAMES if name != "西藏"]
    found = propose_repairs(tidy({"山西": "山甲"}, {}, {}, total=None, names=thirty), "provinces")
    assert told(found) == [("山甲", "山西", "gap")]


def test_a_total_is_repaired_as_a_total_and_checked_by_its_parts() -> None:
    found = propose_repairs(tidy({"东部地区": "尔部地区"}, {}, bloc="东部地区"), "provinces")
    assert told(found) == [("尔部地区", "东部地区", "identity")]
    assert found.repairs[0].code is None
    assert "所辖各省之和" in found.repairs[0].evidence.zh
    national = propose_repairs(tidy({"全国": "金国"}, {}), "provinces")
    assert told(national) == [("金国", "全国", "identity")]


def test_nothing_is_proposed_where_most_names_are_unknown_or_all_are_known() -> None:
    assert len(propose_repairs(tidy({}), "provinces")) == 0
    strangers = tidy({name: f"{name}厂" for name in NAMES})
    assert len(propose_repairs(strangers, "provinces")) == 0
    assert propose_repairs(tidy({"西藏": "某厂"}), "provinces").notes == ()


def test_cities_are_repaired_by_the_gap_among_the_years() -> None:
    names = ["石家庄", "唐山", "秦皇岛", "邯郸", "邢台", "保定"]
    value = dict.fromkeys(names, 1.0)
    found = propose_repairs(tidy({"唐山": "唐出"}, {}, total=None, names=names, value=value), "cities")
    assert told(found) == [("唐出", "唐山", "gap")]
    assert found.repairs[0].code == "130200"


# --- applying ---------------------------------------------------------------------------------------------------------


def test_accepted_repairs_change_names_and_leave_a_row_in_the_ledger_for_each_cell() -> None:
    frame = tidy({"西藏": "四藏"}, {"西藏": "四藏", "全国": "金国"}, {})
    frame = frame.with_columns(code=pl.lit(None, dtype=pl.String))
    found = propose_repairs(frame, "provinces")
    made, ledger = apply_repairs(frame, [r for r in found if r.written == "四藏"])
    assert made.filter(unit="四藏").height == 0
    assert made.filter(unit="西藏")["code"].to_list() == ["540000", "540000", None]
    assert made.filter(unit="金国").height == 1
    assert made.drop("unit", "code").equals(frame.drop("unit", "code"))
    rows = ledger.to_frame()
    assert rows.select("unit", "period", "rule", "detail", "cell").rows() == [
        ("540000", 2020, "place.repair", "四藏 → 西藏 (identity)", "B202026"),
        ("540000", 2021, "place.repair", "四藏 → 西藏 (identity)", "B202126"),
    ]
    assert rows["old"].to_list() == rows["new"].to_list() == [VALUES["西藏"], 2 * VALUES["西藏"]]
    assert frame.filter(unit="四藏").height == 2  # the table that was given is as it was


def test_no_repair_changes_nothing() -> None:
    frame = tidy({"西藏": "四藏"})
    made, ledger = apply_repairs(frame, ())
    assert made.equals(frame)
    assert len(ledger) == 0


def test_a_repaired_total_has_its_name_and_no_code() -> None:
    frame = tidy({"全国": "金国"}, {})
    made, ledger = apply_repairs(frame, propose_repairs(frame, "provinces"))
    assert made["unit"].to_list().count("全国") == 2
    assert ledger.frame["unit"].to_list() == ["全国"]
    assert places.resolve(made["unit"]).keys() == set(NAMES)


def test_the_proposals_are_a_table_too() -> None:
    frame = propose_repairs(tidy({"西藏": "四藏"}, {}), "provinces").to_frame()
    assert frame.columns == ["kind", "written", "name", "code", "confidence", "why", "evidence", "rows", "cells"]
    assert frame.select("written", "code", "confidence", "rows").rows() == [("四藏", "540000", "identity", 1)]


def test_forty_thousand_cells() -> None:
    years = [{"西藏": "四藏", "山西": "山两"} if t % 3 else {} for t in range(40)]
    one = tidy(*years)
    frame = pl.concat([one.with_columns(indicator=pl.lit(f"x{k}")) for k in range(32)])
    assert frame.height > 40_000
    found = propose_repairs(frame, "provinces")
    assert {r.written: len(r.cells) for r in found} == {"四藏": 26 * 32, "山两": 26 * 32}
