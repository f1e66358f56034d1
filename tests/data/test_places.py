"""Places: the tables hold together, every form of every name resolves, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from babel.core import get_global

from nqpf.data import places
from nqpf.data.places import names as gz
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
        ("belt3", {"east": 11, "central": 8, "west": 12}),
        (
            "route",
            {
                "northeast": 3,
                "jing_jin_ji": 3,
                "yangtze_delta": 4,
                "pearl_delta": 1,
                "chengdu_chongqing": 2,
                "middle_yangtze": 3,
                "yellow_river": 8,
                "rest": 7,
            },
        ),
        (
            "base4",
            {
                "central_southern_liaoning": 1,
                "jing_jin_ji": 3,
                "shanghai_nanjing_hangzhou": 3,
                "pearl_delta": 1,
                "rest": 23,
            },
        ),
        ("yangtze_belt", {"inside": 11, "outside": 20}),
        ("yellow_basin", {"inside": 9, "outside": 22}),
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


def test_every_grouping_is_named_and_the_west_is_that_of_the_four_blocs() -> None:
    codes = places.provinces()["code"]
    assert [places.blocs(scheme).height for scheme in places.SCHEMES_OF_PROVINCES] == [4, 8, 2, 2, 3, 8, 5, 2, 2]
    west = [places.bloc_of(codes, scheme) for scheme in ("belt3", "bloc4")]
    assert [g == "west" for g in west[0]] == [g == "west" for g in west[1]]
    belt, basin = (places.bloc_of(codes, scheme) for scheme in ("yangtze_belt", "yellow_basin"))
    both = [code for code, a, b in zip(codes, belt, basin, strict=True) if a == b == "inside"]
    assert both == ["510000"]


def test_the_blocs_of_the_statistics_leave_out_hong_kong_macao_taiwan() -> None:
    assert places.bloc_of(["710000", "810000", "820000"], "zone8") == [None, None, None]


def test_unknown_grouping_and_code_are_named() -> None:
    with pytest.raises(PlaceError) as caught:
        places.blocs("bloc5")
    assert caught.value.text().zh == (
        "没有名为“bloc5”的区域划分。可选：bloc4、zone8、coast、south、belt3、route、base4、yangtze_belt、yellow_basin。您是不是想写“bloc4”？"
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


@pytest.mark.parametrize("scheme", ["provinces", "cities", "countries"])
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


# --- cities -----------------------------------------------------------------------------------------------------------


def test_there_are_333_units_of_prefecture_level_of_four_kinds() -> None:
    table = places.cities()
    kinds = {"市": 293, "地区": 7, "自治州": 30, "盟": 3}
    assert {kind: table["full_zh"].str.ends_with(kind).sum() for kind in kinds} == kinds
    assert table.height == sum(kinds.values()) == 333
    for column in ("code", "full_zh", "short_zh", "en"):
        assert table[column].n_unique() == 333, column
        assert table[column].null_count() == 0, column
    assert table["code"].to_list() == sorted(table["code"])
    assert (table["code"].str.head(2) + "0000" == table["province"]).all()
    provinces = table.group_by("province").len().join(places.provinces(), left_on="province", right_on="code")
    assert provinces.height == 27
    sizes = dict(provinces.select("short_zh", "len").iter_rows())
    assert (sizes["广东"], sizes["四川"], sizes["新疆"], sizes["海南"], sizes["安徽"]) == (21, 21, 14, 4, 16)


def test_pinyin_has_the_readings_of_place_names() -> None:
    read = dict(places.cities().select("short_zh", "pinyin").iter_rows())
    wanted = {
        "长治": "Changzhi",
        "漯河": "Luohe",
        "朝阳": "Chaoyang",
        "巴中": "Bazhong",
        "六安": "Lu'an",
        "台州": "Taizhou",
    }
    wanted |= {
        "亳州": "Bozhou",
        "丽水": "Lishui",
        "厦门": "Xiamen",
        "蚌埠": "Bengbu",
        "乐山": "Leshan",
        "昌都": "Changdu",
    }
    assert {name: read[name] for name in wanted} == wanted
    assert dict(places.cities().select("short_zh", "en").iter_rows())["呼和浩特"] == "Hohhot"


def test_every_form_of_a_city_resolves_to_it() -> None:
    provinces = {row["code"]: row for row in places.provinces().iter_rows(named=True)}
    for row in places.cities().iter_rows(named=True):
        code, province = row["code"], provinces[row["province"]]
        forms: list[object] = [row["full_zh"], row["short_zh"], code, code[:4], int(code), f"156{code}", f"{code}.0"]
        forms += [f"{province['full_zh']}{row['full_zh']}", f"{row['pinyin']}, {province['en']}", row["en"].upper()]
        forms += [" ".join(row["short_zh"]), *(row["aliases"].split(";") if row["aliases"] else [])]
        found = places.resolve(forms, "cities")
        assert {place.code for place in found.values()} == {code}, row
        assert next(iter(found.values())).title.en == row["en"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("222400", ["延边", "延边州", "延边自治州", "延边朝鲜族自治州", "Yanbian Prefecture"]),
        ("152200", ["兴安", "兴安盟", "Hinggan"]),
        ("650100", ["乌鲁木齐", "Urumqi", "Wulumuqi"]),
        ("341500", ["Lu'an", "Luan", "Lu’an"]),
        ("141100", ["Lüliang", "Luliang", "Lvliang"]),
        ("110000", ["北京", "北京市", "110000", "1100", "110100", "Beijing"]),
        ("632500", ["海南州", "海南藏族自治州", "青海海南州"]),
    ],
)
def test_other_names_of_cities(code: str, names: list[object]) -> None:
    assert set(codes_of(names, "cities")) == {code}


def test_cities_written_alike_are_told_apart_by_their_province_only() -> None:
    assert codes_of(["Suzhou, Anhui", "Suzhou (Jiangsu)", "宿州"], "cities") == ["341300", "320500", "341300"]
    with pytest.raises(PlaceError) as caught:
        places.resolve(["Suzhou", "Hefei"], "cities")
    assert "“Suzhou” (Suzhou (Jiangsu) 320500 or Suzhou (Anhui) 341300)" in caught.value.text().en
    with pytest.raises(PlaceError) as caught:
        places.resolve(["海南", "西宁"], "cities")
    assert "“海南”（海南 460000 或 海南州 632500）" in caught.value.text().zh


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("420600", ["襄樊", "襄樊市", "襄阳"]),
        ("530800", ["思茅", "思茅市", "思茅地区", "532700", "普洱"]),
        ("320800", ["淮阴市", "淮阴", "淮安"]),
        ("150500", ["哲里木盟", "152300", "通辽"]),
        ("150600", ["伊克昭盟", "鄂尔多斯"]),
        ("341300", ["宿县地区", "3422", "156342200", "宿州"]),
        ("430800", ["大庸", "张家界"]),
        ("460100", ["441000", "海口市"]),
        ("500000", ["510200", "重庆市"]),
        ("210200", ["旅大市", "大连"]),
        ("540600", ["那曲地区", "542400", "那曲市"]),
        ("511700", ["达川地区", "达州"]),
    ],
)
def test_old_names_and_codes_mean_the_unit_of_today(code: str, names: list[object]) -> None:
    assert set(codes_of(names, "cities")) == {code}


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("莱芜", "（2019 年起属济南）", "(since 2019 part of Jinan)"),
        ("371200", "（2019 年起属济南）", "(since 2019 part of Jinan)"),
        ("巢湖市", "（2011 年起分属合肥、芜湖、马鞍山）", "(since 2011 divided among Hefei, Wuhu, Ma'anshan)"),
        ("巢湖地区", "（2011 年起分属合肥、芜湖、马鞍山）", "(since 2011 divided among Hefei, Wuhu, Ma'anshan)"),
        ("涪陵", "（1997 年起属重庆）", "(since 1997 part of Chongqing)"),
        ("万县地区", "（1997 年起属重庆）", "(since 1997 part of Chongqing)"),
        ("石家庄地区", "（1993 年起属石家庄）", "(since 1993 part of Shijiazhuang)"),
        ("梧州地区", "（1997 年起分属梧州、贺州）", "(since 1997 divided among Wuzhou, Hezhou)"),
        ("452400", "（1997 年起分属梧州、贺州）", "(since 1997 divided among Wuzhou, Hezhou)"),
    ],
)
def test_a_unit_that_is_no_more_is_none_of_todays(name: str, zh: str, en: str) -> None:
    with pytest.raises(PlaceError) as caught:
        places.resolve([name, "济南", "石家庄"], "cities")
    assert caught.value.code == "former_place"
    assert f"“{name}”{zh}" in caught.value.text().zh
    assert f"“{name}” {en}" in caught.value.text().en
    assert "places: none" in caught.value.text().zh
    assert places.unknown([name, "济南"], "cities") == [name]


def test_no_suffix_is_guessed() -> None:
    for name in ("深圳地区", "苏州自治州", "海南市", "3200", "320599"):
        with pytest.raises(PlaceError) as caught:
            places.resolve([name], "cities")
        assert caught.value.code == "unknown_place"


def test_every_change_leads_to_units_of_today() -> None:
    changes = places.code_changes()
    kinds = {"renamed", "upgraded", "moved", "merged", "split", "abolished", "founded"}
    assert set(changes["kind"]) == kinds
    assert changes["year"].is_between(1981, 2019).all()
    assert changes["year"].is_sorted()
    known = gz.gazetteer("cities")
    titles = {place.title for place in known.places.values()} | {
        p.title for p in gz.gazetteer("provinces").places.values()
    }
    for row in changes.filter(pl.col("old_name").is_not_null()).iter_rows(named=True):
        key = gz.clean(row["old_name"])
        if key in known.former:
            assert set(known.former[key].heirs) <= titles, row
        else:
            assert len(known.codes[key]) == 1, row
        if row["kind"] in ("merged", "split", "abolished"):
            assert key in known.former, row
    assert changes.filter(kind="split")["new_code"].str.contains(";").all()
    assert (
        not changes.filter(pl.col("kind").is_in(["renamed", "upgraded", "merged"]))["new_code"].str.contains(";").any()
    )


def test_units_founded_or_changed_in_known_years() -> None:
    changes = {name: year for year, name in places.code_changes().select("year", "new_name").iter_rows()}
    years = {
        "三沙市": 2012,
        "儋州市": 2015,
        "襄阳市": 2010,
        "普洱市": 2007,
        "海东市": 2013,
        "中卫市": 2003,
        "济南市": 2019,
    }
    assert {name: changes[name] for name in years} == years


def test_a_list_of_285_cities_with_the_municipalities_is_one_of_cities() -> None:
    names = [n for n in places.cities()["short_zh"] if n != "海南州"] + ["北京", "天津", "上海", "重庆", "全国"]
    assert places.choose_scheme(names) == "cities"
    assert places.choose_scheme(["北京", "吉林", "济南", "莱芜"]) == "cities"
    found = places.resolve(["北京", "吉林", "长春", "广州"])
    assert [p.code for p in found.values()] == ["110000", "220200", "220100", "440100"]


def test_provinces_are_never_taken_for_cities() -> None:
    short = places.provinces()["short_zh"].to_list()
    assert places.choose_scheme(short) == "provinces"
    assert places.choose_scheme([n if n != "西藏" else "四藏" for n in short]) == "provinces"
    assert places.choose_scheme(["北京", "上海", "天津", "重庆"]) == "provinces"
    assert places.choose_scheme(["吉林", "海南"]) == "provinces"
    assert codes_of(["吉林", "北京"]) == ["220000", "110000"]


def test_provinces_among_cities_are_totals() -> None:
    assert list(places.resolve(["广东省", "广州", "深圳", "全省"])) == ["广州", "深圳"]
    assert places.is_total("山东", "cities")
    assert not places.is_total("吉林", "cities")


def test_the_units_a_complete_table_holds() -> None:
    assert len(places.complete_set("provinces")) == 31
    assert "710000" not in places.complete_set("provinces")
    assert len(places.complete_set("cities")) == 333
    assert len(places.complete_set("countries")) == 250


def test_what_a_total_is_the_sum_of() -> None:
    assert places.covered("全   国") == places.complete_set("provinces")
    blocs = [places.covered(name) or () for name in ("东部地区", "中部地区", "西部地区", "东北地区")]
    assert [len(b) for b in blocs] == [10, 6, 12, 3]
    assert sorted(code for bloc in blocs for code in bloc) == list(places.complete_set("provinces"))
    assert places.covered("全国平均") is None
    assert places.covered("北京") is None


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "150000",
            ["neimenggu", "Nei Mongol", "内蒙 古", "内蒙古 Inner Mongolia", "Inner Mongolia AR", "156150000", 15],
        ),
        ("540000", ["Xizang", "Tibet", "西 藏", "西藏Xizang", "54", "156540000"]),
        ("610000", ["Shaanxi", "Shaanxi Province", "Shaanxi Sheng", "陕西 Shaanxi"]),
        ("140000", ["Shanxi", "Shanxi Province", "Shanxi Sheng", "山西 Shanxi"]),
        ("110000", ["Beijing Shi", "Beijing City", "北  京 Beijing"]),
        ("230000", ["黑龙 江", "Heilongjiang", "HEILONGJIANG"]),
    ],
)
def test_provinces_as_yearbooks_and_packages_write_them(code: str, names: list[object]) -> None:
    assert set(codes_of(names, "provinces")) == {code}


def test_a_bilingual_name_that_contradicts_itself_is_unknown() -> None:
    assert places.unknown(["山西 Shaanxi", "陕西 Shanxi"], "provinces") == ["山西 Shaanxi", "陕西 Shanxi"]


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
        "There is no list of places called “province”. Choose one of: provinces, cities, countries. "
        "Did you mean “provinces”?"
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
