"""Places: the tables hold together, every form of every name resolves, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from babel.core import get_global

from nqpf.data import gazetteer as gz
from nqpf.data import places
from nqpf.errors import PlaceError, Where

SHARED = Path(__file__).parents[2].parent / "shared"
COUNTRIES = {
    "丹麦": "DNK",
    "以色列": "ISR",
    "加拿大": "CAN",
    "匈牙利": "HUN",
    "卢森堡": "LUX",
    "土耳其": "TUR",
    "墨西哥": "MEX",
    "奥地利": "AUT",
    "希腊": "GRC",
    "德国": "DEU",
    "意大利": "ITA",
    "挪威": "NOR",
    "捷克": "CZE",
    "斯洛伐克": "SVK",
    "斯洛文尼亚": "SVN",
    "新西兰": "NZL",
    "日本": "JPN",
    "智利": "CHL",
    "比利时": "BEL",
    "法国": "FRA",
    "波兰": "POL",
    "澳大利亚": "AUS",
    "爱尔兰": "IRL",
    "爱沙尼亚": "EST",
    "瑞典": "SWE",
    "瑞士": "CHE",
    "美国": "USA",
    "芬兰": "FIN",
    "英国": "GBR",
    "荷兰": "NLD",
    "葡萄牙": "PRT",
    "西班牙": "ESP",
    "韩国": "KOR",
}


def codes_of(names: Sequence[object], scheme: str | None = None) -> list[str]:
    found = places.resolve(names, scheme)
    return [found[str(name)].code for name in names]


# --- tables ---------------------------------------------------------------------------------------------------------


def test_there_are_34_provinces_with_unique_codes_letters_and_names() -> None:
    table = places.provinces()
    assert table.height == 34
    for column in ("code", "letters", "full_zh", "short_zh", "abbr_zh", "full_en", "en"):
        assert table[column].n_unique() == 34, column
        assert table[column].null_count() == 0, column
    assert table["code"].to_list() == sorted(table["code"])
    assert table.filter(short_zh="陕西").select("code", "letters", "en").row(0) == ("610000", "SN", "Shaanxi")


def test_a_changed_copy_of_a_table_leaves_the_table_alone() -> None:
    places.provinces().insert_column(0, pl.lit(1).alias("added"))
    assert "added" not in places.provinces().columns


def test_tiles_are_unique_and_most_neighbours_touch() -> None:
    tile = {c: (x, y) for c, x, y in places.provinces().select("code", "tile_col", "tile_row").iter_rows()}
    assert len(set(tile.values())) == 34
    gaps = [max(abs(tile[a][0] - tile[b][0]), abs(tile[a][1] - tile[b][1])) for a, b in places.borders().iter_rows()]
    assert sum(gap == 1 for gap in gaps) >= 60
    assert tile["710000"][0] > tile["350000"][0]  # Taiwan lies east of Fujian
    assert tile["230000"][1] == 0
    assert tile["230000"][0] == max(x for x, _ in tile.values())
    assert tile["650000"][0] == 0
    assert {"460000", "810000", "820000"} == {c for c, (_, y) in tile.items() if y == max(y for _, y in tile.values())}


def test_capitals_lie_inside_china_and_agree_with_the_compass() -> None:
    table = places.provinces()
    assert table["lon"].is_between(87, 127).all()
    assert table["lat"].is_between(20, 46).all()
    at = {short: (lon, lat) for short, lon, lat in table.select("short_zh", "lon", "lat").iter_rows()}
    assert at["新疆"][0] == min(lon for lon, _ in at.values())
    assert at["黑龙江"][0] == max(lon for lon, _ in at.values())
    assert at["海南"][1] == min(lat for _, lat in at.values())


def test_borders_are_69_pairs_each_once() -> None:
    table = places.borders()
    pairs = {frozenset(pair) for pair in table.iter_rows()}
    assert table.height == len(pairs) == 69
    assert all(len(pair) == 2 for pair in pairs)
    neighbours = {code for pair in pairs for code in pair}
    assert set(places.provinces()["code"]) - neighbours == {"460000", "710000", "820000"}
    assert frozenset(("440000", "810000")) in pairs


# --- groupings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "sizes"),
    [
        ("bloc4", {"east": 10, "central": 6, "west": 12, "northeast": 3}),
        ("coast", {"coastal": 14, "inland": 20}),
        ("south", {"south": 19, "north": 15}),
        (
            "zone8",
            {
                "northeast": 3,
                "northern_coast": 4,
                "eastern_coast": 3,
                "southern_coast": 3,
                "middle_yellow_river": 4,
                "middle_yangtze": 4,
                "southwest": 5,
                "northwest": 5,
            },
        ),
    ],
)
def test_groupings_have_their_known_sizes(scheme: str, sizes: dict[str, int]) -> None:
    groups = places.bloc_of(places.provinces()["code"], scheme)
    assert {g: groups.count(g) for g in set(groups) - {None}} == sizes
    assert places.blocs(scheme)["id"].to_list() == list(sizes)
    assert places.blocs(scheme).null_count().sum_horizontal().item() == 0


def test_the_blocs_of_the_statistics_leave_out_hong_kong_macao_taiwan() -> None:
    assert places.bloc_of(["710000", "810000", "820000"], "zone8") == [None, None, None]


def test_unknown_grouping_and_code_are_named() -> None:
    with pytest.raises(PlaceError) as caught:
        places.blocs("bloc5")
    assert caught.value.text().zh == (
        "没有名为“bloc5”的区域划分。可选：bloc4、zone8、coast、south。您是不是想写“bloc4”？"
    )
    with pytest.raises(PlaceError) as caught:
        places.bloc_of(["110000", "990000"], "bloc4")
    assert caught.value.text().en == (
        "Not codes of provinces: 990000. Use six-digit codes (GB/T 2260), such as 110000."
    )


# --- provinces by name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", places.provinces().to_dicts(), ids=lambda row: row["letters"])
def test_every_form_of_a_province_resolves_to_it(row: dict[str, str]) -> None:
    code = row["code"]
    forms: list[object] = [row[c] for c in ("full_zh", "short_zh", "abbr_zh", "full_en", "en", "letters", "code")]
    forms += row["aliases"].split(";") if row["aliases"] else []
    forms += [code[:2], int(code[:2]), float(code), f"156{code}", f"{code}.0", f"CN-{row['letters']}"]
    forms += [" ".join(row["short_zh"]), f"\ufeff{row['full_zh']}\t", "　".join(row["full_zh"]), row["en"].upper()]
    found = places.resolve(forms, "provinces")
    assert {place.code for place in found.values()} == {code}
    assert found.keys() == {str(form) for form in forms}
    one = found[row["full_zh"]]
    assert (one.title.zh, one.title.en, one.abbr.zh, one.abbr.en) == (
        row["short_zh"],
        row["en"],
        row["abbr_zh"],
        row["letters"],
    )


@pytest.mark.parametrize("scheme", ["provinces", "countries"])
def test_only_declared_names_are_ambiguous_and_totals_are_no_places(scheme: str) -> None:
    known = gz.gazetteer(scheme)
    declared = {
        gz.clean(name): tuple(codes.split(";"))
        for name, codes in gz.table("ambiguous_names").filter(scheme=scheme).select("name", "codes").iter_rows()
    }
    assert {key: codes for key, codes in known.codes.items() if len(codes) > 1} == declared
    assert not known.codes.keys() & known.totals.keys()
    assert {c for codes in known.codes.values() for c in codes} == known.places.keys()


def test_shanxi_and_shaanxi_are_told_apart() -> None:
    names: list[object] = ["Shanxi", "SHAANXI", "Shānxī", "Shǎnxī", "Shaan Xi"]
    assert codes_of(names) == ["140000", "610000", "140000", "610000", "610000"]
    with pytest.raises(PlaceError) as caught:
        places.resolve(["Shan  Xi", "北京"], where=Where(file="a.csv"))
    assert caught.value.code == "ambiguous_place"
    assert caught.value.text().zh == (
        "文件 a.csv：有名称可以指两个省级单元：“Shan  Xi”（山西 140000 或 陕西 610000）。请改用中文全称或代码。"
    )
    assert caught.value.text().en == (
        "file a.csv: A name could mean two provinces: “Shan  Xi” (Shanxi 140000 or Shaanxi 610000). "
        "Write the full name or the code instead."
    )


def test_two_names_of_one_place_may_stand_side_by_side() -> None:
    found = places.resolve(["内蒙古", "Inner Mongolia", "内蒙古"])
    assert list(found) == ["内蒙古", "Inner Mongolia"]
    assert found["内蒙古"] is found["Inner Mongolia"]


# --- what is not a place --------------------------------------------------------------------------------------------


def test_every_unknown_name_is_listed_with_its_nearest() -> None:
    with pytest.raises(PlaceError) as caught:
        places.resolve(["北京", "两藏", "内蒙占", "山两", "大连", "尔部地区"])
    text = caught.value.text()
    assert caught.value.code == "unknown_place"
    assert caught.value.values["unknown"] == ("两藏", "内蒙占", "山两", "大连", "尔部地区")
    assert text.zh.startswith("省级单元名单中没有以下 5 个名称：“两藏”（相近：西藏）、“内蒙占”（相近：内蒙古）、")
    assert "“山两”（相近：山西、山东）、“大连”、“尔部地区”（相近：" in text.zh
    assert text.en.startswith("These names are not in the list of provinces (5): “两藏” (near: Xizang), ")
    assert "state places: none" in text.en
    assert "北京" not in text.zh


def test_a_long_list_of_unknown_names_is_cut_but_counted() -> None:
    strangers = [f"stranger {i}" for i in range(60)]
    with pytest.raises(PlaceError) as caught:
        places.resolve(strangers, "countries")
    assert caught.value.values["unknown"] == tuple(strangers)
    assert "等（另有 20 个）" in caught.value.text().zh


def test_nothing_is_matched_by_likeness() -> None:
    for wrong in ("Beijin", "吉林市", "湖", "Shannxi", "111", "1100001", "11.5"):
        with pytest.raises(PlaceError, match="1"):
            places.resolve([wrong], "provinces")


@pytest.mark.parametrize("blank", [None, float("nan"), "", " 　\t"])
def test_blank_names_are_refused(blank: object) -> None:
    with pytest.raises(PlaceError) as caught:
        places.resolve(["北京", blank, blank])
    assert caught.value.text().zh == "有 2 个地区名称是空的。请补上名称，或删去这些行。"
    assert caught.value.text().en == "Names of places that are blank: 2. Fill them in or delete these rows."


def test_totals_are_left_out() -> None:
    names = ["全 国", "东部地区", "National total", "合计", "China", "上海"]
    assert list(places.resolve(names)) == ["上海"]
    assert [places.is_total(n, "provinces") for n in names] == [True] * 5 + [False]
    assert list(places.resolve(["World", "OECD", "欧盟", "China"])) == ["China"]
    assert places.resolve(["合计", "全国"]) == {}
    assert places.resolve([]) == {}


# --- schemes --------------------------------------------------------------------------------------------------------


def test_the_scheme_is_the_one_that_knows_every_name() -> None:
    assert places.choose_scheme(["中国", "美国"]) == "countries"
    assert places.choose_scheme(["中国", "北京"]) == "provinces"
    assert codes_of(["香港", "北京"]) == ["810000", "110000"]
    assert codes_of(["香港", "日本"]) == ["HKG", "JPN"]


@pytest.mark.parametrize("names", [["plant 1", "plant 2"], [str(i) for i in range(1, 35)], ["合计"], []])
def test_names_that_are_mostly_no_places_have_no_scheme(names: list[str]) -> None:
    assert places.choose_scheme(names) is None


def test_names_that_are_mostly_places_have_a_scheme_so_that_the_others_are_reported() -> None:
    assert places.choose_scheme(["北京", "上海", "山两"]) == "provinces"
    with pytest.raises(PlaceError, match="Germny"):
        places.resolve(["Germny", "China"])


@pytest.mark.parametrize("ask", [places.resolve, places.choose_scheme])
def test_names_of_both_schemes_need_a_stated_one(ask: object) -> None:
    with pytest.raises(PlaceError) as caught:
        ask(["香港", "澳门"])  # type: ignore[operator]
    assert caught.value.code == "ambiguous_scheme"
    assert caught.value.text().zh == (
        "这些名称既是省级单元，也列在国家（地区）名单中：香港、澳门。请写明 places，可选：provinces、countries。"
    )
    assert "State which with places, one of: provinces, countries." in caught.value.text().en
    assert codes_of(["香港", "澳门"], "countries") == ["HKG", "MAC"]


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(PlaceError) as caught:
        places.resolve(["北京"], "province")
    assert caught.value.text().en == (
        "There is no list of places called “province”. Choose one of: provinces, countries. Did you mean “provinces”?"
    )


# --- countries ------------------------------------------------------------------------------------------------------


def test_countries_resolve_by_chinese_name() -> None:
    assert codes_of(list(COUNTRIES)) == list(COUNTRIES.values())


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("USA", ["美国", "USA", "us", "United States of America", "840", "U.S."]),
        ("KOR", ["韩国", "South Korea", "Korea, Rep.", "Korea", "Republic of Korea"]),
        ("GBR", ["英国", "UK", "GB", "United Kingdom"]),
        ("CZE", ["捷克", "Czech Republic", "Czechia", "捷克共和国"]),
        ("TUR", ["土耳其", "Turkey", "Türkiye", "Turkiye"]),
        ("SVK", ["Slovak Republic", "Slovakia"]),
        ("VNM", ["Viet Nam", "Vietnam", "越南"]),
        ("RUS", ["Russian Federation", "俄罗斯", "俄罗斯联邦"]),
        ("MAC", ["Macau", "Macao", "Macao SAR, China", "中国澳门"]),
        ("TWN", ["中国台湾", "Taiwan, China", "Chinese Taipei"]),
        ("AFG", ["004", "4", 4, 4.0]),
        ("ATG", ["Antigua and Barbuda", "Antigua & Barbuda"]),
        ("CIV", ["Côte d’Ivoire", "Cote d'Ivoire"]),
        ("COD", ["刚果（金）", "刚果(金)", "Congo, Dem. Rep."]),
    ],
)
def test_other_names_of_countries(code: str, names: list[object]) -> None:
    assert set(codes_of(names, "countries")) == {code}


def test_every_country_has_a_name_in_both_languages_and_resolves_by_it() -> None:
    known = gz.gazetteer("countries").places
    assert len(known) == 250
    for place in known.values():
        names = [place.title.en, place.title.zh, place.code, place.abbr.en]
        assert codes_of(names, "countries") == [place.code] * 4


def test_codes_of_countries_agree_with_the_cldr() -> None:
    aliases = get_global("territory_aliases")
    for alpha3, alpha2, numeric in gz.table("countries").select("alpha3", "alpha2", "numeric").iter_rows():
        if alpha3 != "XKX":  # user-assigned; the CLDR writes XKK
            assert aliases[alpha3] == [alpha2] == aliases[numeric]


def test_ambiguous_country() -> None:
    with pytest.raises(PlaceError) as caught:
        places.resolve(["刚果", "法国"])
    assert "“刚果”（刚果（金） COD 或 刚果（布） COG）" in caught.value.text().zh
    assert "“刚果” (DR Congo COD or Congo COG)" in caught.value.text().en


# --- figures beside the project -------------------------------------------------------------------------------------


@pytest.mark.reference
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared beside the project")
def test_the_183_countries_of_the_country_panel_resolve() -> None:
    panel = pl.read_csv(SHARED / "data" / "country_panel_wide.csv", columns=["country", "iso3"]).unique()
    assert panel.height == 183
    found = places.resolve([*panel["country"], *panel["iso3"]])
    assert [found[name].code for name in panel["country"]] == panel["iso3"].to_list()
    assert all(found[code].code == code for code in panel["iso3"])


@pytest.mark.reference
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared beside the project")
def test_borders_and_names_agree_with_the_shared_map() -> None:
    shared = pl.read_csv(SHARED / "data" / "china_province_adjacency.csv", infer_schema=False)
    ours = {frozenset(pair) for pair in places.borders().iter_rows()}
    assert ours == {frozenset(pair) for pair in shared.select("adcode_a", "adcode_b").iter_rows()}
    names = dict(shared.select("name_a", "adcode_a").iter_rows()) | dict(
        shared.select("name_b", "adcode_b").iter_rows()
    )
    assert codes_of(list(names), "provinces") == list(names.values())


@pytest.mark.reference
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared beside the project")
def test_a_table_with_slips_of_the_scanner_names_just_those() -> None:
    file = SHARED / "data" / "messy" / "techme_RDLaborHour_ocr_names.csv"
    names = pl.read_csv(file, infer_schema=False)["province"].unique(maintain_order=True).to_list()
    with pytest.raises(PlaceError) as caught:
        places.resolve(names)
    assert caught.value.values["unknown"] == ("内蒙占",)
    assert len({p.code for p in places.resolve([n for n in names if n != "内蒙占"]).values()}) == 31
