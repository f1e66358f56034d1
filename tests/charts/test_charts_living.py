"""The living logic diagram: what each box and arrow shows for a unit and year, and what a page needs to redraw it."""

from __future__ import annotations

import json
import random
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from nqpf.charts.figure import Figure
from nqpf.charts.fit import LEAST, text_width
from nqpf.charts.living import living_diagram
from nqpf.charts.living_arrow import AGAINST, NOT_SHOWN, SHOWN, UNTESTED, look
from nqpf.charts.living_box import BLACK, BOLDER, WHITE, contrast, fills, lettering, white_from
from nqpf.charts.living_gauge import along
from nqpf.charts.living_layout import layout
from nqpf.charts.living_state import Grid, grid
from nqpf.charts.living_words import place, signed
from nqpf.errors import DataError, SpecError
from nqpf.messages import LANGUAGES, Lang, Text
from nqpf.theory.diagram import diagram

SVG = "{http://www.w3.org/2000/svg}"
Element = ET.Element
STATES = {
    "node": pl.String, "unit": pl.String, "period": pl.Int64, "value": pl.Float64, "change": pl.Float64,
    "rank": pl.Float64, "low": pl.Float64, "high": pl.Float64, "tier": pl.String,
}  # fmt: skip
EDGES = {
    "source": pl.String, "target": pl.String, "test": pl.String, "effect": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "q": pl.Float64, "state": pl.String, "reason": pl.String,
}  # fmt: skip
GAUGES = {
    "node": pl.String, "unit": pl.String, "period": pl.Int64, "value": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "threshold": pl.Float64, "verdict": pl.String,
}  # fmt: skip
INDICATORS = {"nqpf": [Text("研发强度", "R&D intensity"), Text("受教育年限", "Schooling <b>")]}


@pytest.fixture
def states() -> pl.DataFrame:
    rows = [
        ("nqpf", "", 2020, 0.40, 0.0, None, None, None, "many"),
        ("nqpf", "", 2021, 0.45, 0.05, None, None, None, "many"),
        ("nqpf", "a", 2020, 0.60, 0.0, 1, 1, 2, "many"),
        ("nqpf", "a", 2021, 0.7049, 0.1049, 2, 1, 3, "many"),
        ("nqpf", "b", 2021, 0.20, None, 11, 10, 15, "few"),
        ("cause_tech", "a", 2021, 1.0, -0.031, 22, 22, 22, "tested"),
        ("trait_innovation", "a", 2021, 0.5, 0.001, 3, 2, 4, "single"),
        ("element_labourer", "a", 2021, 0.2, 0.0, 113, 110, 120, "single"),
        ("feature_tech", "a", 2021, 0.0, 0.2, 4, 4, 9, "few"),
    ]
    return pl.DataFrame(rows, schema=STATES, orient="row")


@pytest.fixture
def edges() -> pl.DataFrame:
    rows = [
        ("cause_tech", "nqpf", "lead_lag", 0.154, 0.053, 0.255, 0.0004, "shown", None),
        ("cause_factor", "nqpf", "lead_lag", -0.4, -0.6, -0.2, 0.02, "against", None),
        ("cause_industry", "nqpf", "lead_lag", 0.001, -0.1, 0.1, 0.9, "not_shown", None),
        ("circle_talent", "circle_education", "gain", 1.5, 1.0, 2.0, 0.001, "shown", None),
        ("nqpf", "hallmark_tfp", None, None, None, None, None, "untested", "same"),
    ]
    return pl.DataFrame(rows, schema=EDGES, orient="row")


@pytest.fixture
def gauges() -> pl.DataFrame:
    rows = [
        ("shakeoff_growth", None, None, 0.31, 0.12, 0.50, 0.5, "not_shown"),
        ("shakeoff_growth", "a", 2021, 0.66, 0.55, 0.77, 0.5, "above"),
        ("shakeoff_growth", "a", None, 0.10, None, None, 0.5, "below"),
    ]
    return pl.DataFrame(rows, schema=GAUGES, orient="row")


@pytest.fixture
def names() -> pl.DataFrame:
    return pl.DataFrame({"unit": ["b", "a", "c"], "unit_zh": ["乙", "甲", "丙"], "unit_en": ["Bb", "Aa", "Cc"]})


@pytest.fixture
def options(words: dict[str, Text]) -> dict[str, Any]:
    return {"indicators": INDICATORS, "id": "logic", "period": 2021, "unit": "a"} | words


@pytest.fixture
def figure(
    states: pl.DataFrame, edges: pl.DataFrame, gauges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> Figure:
    return living_diagram(states, edges, gauges, names, **options)


def groups(figure: Figure, lang: Lang, attribute: str = "data-node") -> dict[str, Element]:
    root = ET.fromstring(figure.svg(lang))
    return {g.attrib[attribute]: g for g in root.iter(f"{SVG}g") if attribute in g.attrib}


def part(group: Element, name: str) -> Element:
    return next(e for e in group.iter() if e.attrib.get("data-part") == name)


def lines(element: Element) -> list[str]:
    return [span.text or "" for span in element.iter(f"{SVG}tspan")]


def hover(group: Element) -> str:
    title = group.find(f"{SVG}title")
    assert title is not None
    return title.text or ""


def test_ranks_are_ordinal_numbers() -> None:
    assert [place(n, "en") for n in (1, 12, 21, 102, 111, 123)] == ["1st", "12th", "21st", "102nd", "111th", "123rd"]
    assert place(12, "zh") == "第12位"


def test_signs_are_true_minus_signs() -> None:
    assert [signed(x) for x in (0.154, -0.4, 0.001, -0.0049)] == ["+0.15", "−0.40", "0.00", "0.00"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_box_and_arrow_is_drawn_with_its_words_and_source(figure: Figure, lang: Lang) -> None:
    drawn, arrows = groups(figure, lang), groups(figure, lang, "data-edge")
    assert set(drawn) == {node.id for node in diagram().nodes}
    for node in diagram().nodes:
        assert node.title[lang].replace(" ", "") in "".join(lines(drawn[node.id])).replace(" ", "")
        assert drawn[node.id].attrib["aria-label"].startswith(node.title[lang])
        assert node.phrase in hover(drawn[node.id])
        assert f"{node.file}:{node.line}" in hover(drawn[node.id])
    assert set(arrows) == {f"{edge.source}>{edge.target}" for edge in diagram().edges}


def test_a_box_carries_level_change_and_rank(figure: Figure) -> None:
    drawn = {lang: groups(figure, lang) for lang in LANGUAGES}
    core = drawn["zh"]["nqpf"]
    assert lines(part(core, "value")) == ["0.70 ▲+0.10"]
    assert lines(part(core, "rank")) == ["第2位（1–3）"]
    assert lines(part(drawn["en"]["nqpf"], "rank")) == ["2nd (1–3)"]
    # A narrow box takes two lines; a rank that never changes has no interval; a change of nothing is told as such.
    narrow = drawn["en"]["trait_innovation"]
    assert lines(part(narrow, "value")) == ["0.50", "±0.00"]
    assert lines(part(narrow, "rank")) == ["3rd", "(2–4)"]
    assert lines(part(drawn["en"]["cause_tech"], "value")) == ["1.00 ▼−0.03"]
    assert lines(part(drawn["en"]["cause_tech"], "rank")) == ["22nd"]
    # Where a leap starts from does not change.
    assert lines(part(drawn["en"]["element_labourer"], "value")) == ["0.20"]


def test_what_is_told_of_a_box(figure: Figure) -> None:
    told = hover(groups(figure, "en")["nqpf"])
    for line in (
        "Level (0 lowest, 1 highest): 0.70",
        "Change since 2020: +0.10",
        "Rank: 2nd; from 1st to 3rd as each indicator is left out in turn",
        "Evidence: three indicators or more, no figure filled in",
        "Rests on: R&D intensity, Schooling <b>",
    ):
        assert line in told.splitlines()
    assert "所据指标：研发强度、受教育年限" in hover(groups(figure, "zh")["nqpf"])


def test_fill_and_letters_follow_the_level(figure: Figure) -> None:
    drawn = groups(figure, "zh")
    for node, level, ink in (("nqpf", 70, BLACK), ("cause_tech", 100, WHITE), ("feature_tech", 0, BLACK)):
        rect = drawn[node].find(f"{SVG}rect")
        assert rect is not None
        assert rect.attrib["fill"] == fills()[level]
        assert "stroke-dasharray" not in rect.attrib
        assert part(drawn[node], "inside").attrib["fill"] == ink


def test_letters_stand_out_at_every_level() -> None:
    inks = [WHITE if level >= white_from() else BLACK for level in range(101)]
    assert min(contrast(fill, ink) for fill, ink in zip(fills(), inks, strict=True)) >= 4.5
    assert min(contrast(color, "#ffffff") for color in (SHOWN, AGAINST, NOT_SHOWN)) >= 4.5
    assert contrast(UNTESTED, "#ffffff") >= 3


@pytest.mark.parametrize(
    ("node", "discs"), [("nqpf", 3), ("feature_tech", 2), ("trait_innovation", 1), ("cause_tech", None), ("reform", 0)]
)
def test_the_tier_is_told_by_marks(figure: Figure, node: str, discs: int | None) -> None:
    several, lozenge = part(groups(figure, "zh")[node], "tier")
    assert ("display" not in lozenge.attrib) == (discs is None)
    assert ("display" not in several.attrib) == bool(discs)
    if discs:
        assert [disc.attrib.get("fill") for disc in several] == [None] * discs + ["none"] * (3 - discs)


@pytest.mark.parametrize("node", ["reform", "shakeoff_path", "hallmark_tfp"])
def test_a_box_without_data_says_so_and_what_it_would_need(figure: Figure, node: str) -> None:
    group = groups(figure, "en")[node]
    rect = group.find(f"{SVG}rect")
    assert rect is not None
    assert rect.attrib["fill"] == "#ffffff"
    assert "stroke-dasharray" in rect.attrib
    assert " ".join(lines(part(group, "value"))).strip() == "not measured"
    assert "Data it would need: " in hover(group)
    assert "未测度" in "".join(lines(groups(figure, "zh")[node]))


def test_a_box_measured_elsewhere_says_not_measured_but_asks_for_no_data(
    states: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    group = groups(living_diagram(states, edges, None, names, **options | {"unit": "b"}), "en")["cause_tech"]
    assert lines(part(group, "value")) == ["not measured"]
    assert "Data it would need" not in hover(group)


def test_the_mean_of_all_has_no_rank_and_its_words_move_to_the_middle(
    states: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    group = groups(living_diagram(states, edges, None, names, **options | {"unit": ""}), "en")["nqpf"]
    assert lines(part(group, "rank")) == [""]
    moved = part(group, "moved")
    assert moved.attrib["transform"] == f"translate(0 {moved.attrib['data-drop']})"
    assert float(moved.attrib["data-drop"]) > 0
    assert "Rank" not in hover(group)


def test_without_ranks_there_is_no_word_of_them(
    states: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    bare = states.with_columns(pl.lit(None, pl.Float64).alias(c) for c in ("rank", "low", "high"))
    figure = living_diagram(bare, edges, None, names, **options)
    assert not {"rank", "low", "high"} & set(figure.data.columns)
    assert "rank" not in figure.svg("en").lower()
    assert "位" not in figure.svg("zh")


@pytest.mark.parametrize(
    ("edge", "state", "word", "result"),
    [
        ("cause_tech>nqpf", "shown", "+0.15", "borne out by the data"),
        ("cause_factor>nqpf", "against", "−0.40", "the data run against it"),
        ("cause_industry>nqpf", "not_shown", "0.00", "not shown by the data"),
        ("nqpf>hallmark_tfp", "untested", "", "not tested: both ends rest on the same indicators"),
        ("reform>nqpf", "untested", "", "not tested"),
    ],
)
def test_an_arrow_tells_its_test(figure: Figure, edge: str, state: str, word: str, result: str) -> None:
    group = groups(figure, "en", "data-edge")[edge]
    assert group.attrib["data-state"] == state
    assert set(lines(group)) == ({word} if word else set())
    assert result in hover(group)
    assert result in group.attrib["aria-label"]
    strokes = [path.attrib.get("stroke") for path in group.iter(f"{SVG}path")]
    assert look(state, 0.1).color in strokes


def test_what_is_told_of_a_tested_arrow(figure: Figure) -> None:
    told = hover(groups(figure, "en", "data-edge")["cause_tech>nqpf"])
    assert "+0.15 standard deviations of the second a year on (95% interval +0.05 to +0.26, q < 0.001)" in told
    assert "“催生” (002_aa0614a1174eeba0:411)" in told
    gain = hover(groups(figure, "zh", "data-edge")["circle_talent>circle_education"])
    assert "平均上升 +1.50 个标准差，以首年单元间差异计（95% 区间 +1.00 至 +2.00，q = 0.001）" in gain
    assert "原文未写明" in gain


def test_states_of_arrows_differ_in_more_than_colour() -> None:
    looks = [look(state, 0.3) for state in ("shown", "against", "not_shown", "untested")]
    assert len({how.head for how in looks}) == 4
    assert look("shown", 0.1).width < look("shown", 0.4).width < look("shown", 0.5).width
    assert look("shown", 0.5).width == look("against", -3.0).width
    assert look("not_shown", 0.9).width < look("shown", 0.0).width


def test_inferred_links_are_broken_lines_whatever_their_test(figure: Figure) -> None:
    arrows = groups(figure, "zh", "data-edge")
    for edge in diagram().edges:
        paths = list(arrows[f"{edge.source}>{edge.target}"].iter(f"{SVG}path"))
        assert any("stroke-dasharray" in path.attrib for path in paths) == edge.inferred


def test_a_gauge_shows_value_interval_threshold_and_verdict(figure: Figure) -> None:
    group = groups(figure, "en")["shakeoff_growth"]
    assert lines(part(group, "value")) == ["66% (55% to 77%)"]
    assert lines(part(group, "verdict")) == ["above 50%"]
    scale = part(group, "gauge")
    assert "display" not in scale.attrib
    ends, width = figure_ends(figure), float(scale.attrib["data-width"])
    assert float(part(scale, "pointer").attrib["cx"]) == along(66, ends, width)
    assert float(part(scale, "threshold").attrib["x"]) == along(50, ends, width)
    band = part(scale, "band").attrib
    assert float(band["x"]) == along(55, ends, width)
    assert float(band["x"]) + float(band["width"]) == pytest.approx(along(77, ends, width))
    assert "share of growth that is due to total factor productivity" in hover(group)


def figure_ends(figure: Figure) -> tuple[int, int]:
    assert figure.live is not None
    low, high = figure.live()["boxes"]["shakeoff_growth"]["ends"]
    return low, high


def test_a_gauge_of_every_year_stands_in_where_a_year_has_none(
    states: pl.DataFrame, edges: pl.DataFrame, gauges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    def shown(**other: Any) -> list[str]:
        figure = living_diagram(states, edges, gauges, names, **options | other)
        return lines(part(groups(figure, "zh")["shakeoff_growth"], "value"))

    assert shown(period=2020) == ["10%"]
    assert shown(unit="") == ["31%（12% 至 50%）"]
    assert shown(unit="b") == ["未测度"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_fit_their_boxes(states: pl.DataFrame, names: pl.DataFrame, lang: Lang) -> None:
    """Every box measured with ranks of three digits, and none measured at all."""
    rows = [(n.id, "a", y, 0.88, -0.88, 188, 177, 199, "many") for n in diagram().nodes for y in (2020, 2021)]
    plan, unmeasured = layout(), text_width({"zh": "未测度", "en": "not measured"}[lang], 12)
    for found in (grid(pl.DataFrame(rows, schema=STATES, orient="row"), None, names), nothing()):
        for id, words in lettering(found, plan, lang).items():
            box, bold = plan.boxes[id], BOLDER if words.bold and lang == "en" else 1.0
            name = max(text_width(line, words.name.size) for line in words.name.lines) * bold
            assert words.name.size >= LEAST
            bottom = max(words.value.y + words.value.height, words.rank.y + words.rank.height)
            assert words.at[1] >= box.y - 0.01, id
            assert max(words.at[1] + words.name.height, bottom) <= box.bottom + 0.01, id
            if words.side:
                left = words.dots[0] - 3 if id in found.cells else words.value.x - unmeasured
                assert words.at[0] + name <= left, id
            else:
                assert name <= box.width - 6, id
                assert bottom + words.drop <= box.bottom + words.rank.height, id


def nothing() -> Grid:
    return Grid(("",), {"": Text("", "")}, (2020,), {}, {}, {})


def test_live_data_hold_every_unit_and_year(figure: Figure) -> None:
    assert figure.live is not None
    live = json.loads(json.dumps(figure.live()))
    assert [unit["zh"] for unit in live["units"]] == ["全部单元（均值）", "乙", "甲"]
    assert (live["periods"], live["unit"], live["period"]) == ([2020, 2021], 2, 1)
    core = live["boxes"]["nqpf"]["cells"]
    assert core["value"] == [40, 45, None, 20, 60, 70]
    assert core["change"] == [None, 5, None, None, None, 10]
    assert core["rank"] == [None, None, None, 11, 1, 2]
    assert core["tier"] == [1, 1, None, 2, 1, 1]
    assert "cells" not in live["boxes"]["reform"]
    growth = live["boxes"]["shakeoff_growth"]["readings"]
    assert growth["value"] == [31, 31, None, None, 10, 66]
    assert set(live["edges"]) == {f"{edge.source}>{edge.target}" for edge in diagram().edges}
    assert live["words"]["en"]["places"][-1] == "120th"


def test_live_data_are_compact(names: pl.DataFrame, edges: pl.DataFrame, options: dict[str, Any]) -> None:
    """30 units, 11 years, every box measured: below 400 kB."""
    draw = random.Random(1)
    rows = [
        (node.id, unit, year, draw.random(), draw.uniform(-1, 1), 30, 28, 30, "many")
        for node in diagram().nodes
        for unit in ("", "a", *(f"unit {k}" for k in range(29)))
        for year in range(2012, 2023)
    ]
    figure = living_diagram(pl.DataFrame(rows, schema=STATES, orient="row"), edges, None, names, **options)
    assert figure.live is not None
    assert len(json.dumps(figure.live(), ensure_ascii=False, separators=(",", ":")).encode()) < 400_000


def test_row_order_changes_nothing(
    states: pl.DataFrame, edges: pl.DataFrame, gauges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any],
    figure: Figure,
) -> None:  # fmt: skip
    other = living_diagram(states.reverse(), edges.reverse(), gauges.reverse(), names, **options)
    assert [other.svg(lang) for lang in LANGUAGES] == [figure.svg(lang) for lang in LANGUAGES]
    assert other.data.equals(figure.data)
    assert figure.live is not None
    assert other.live is not None
    assert json.dumps(other.live()) == json.dumps(figure.live())


def test_data_hold_every_state_and_the_boxes_without_any(figure: Figure, states: pl.DataFrame) -> None:
    assert figure.data["node"].unique().len() == len(diagram().nodes)
    assert figure.data.drop_nulls("value").height == states.height
    row = figure.data.filter(node="nqpf", unit="a", period=2021).row(0, named=True)
    assert (row["unit_en"], row["value"], row["source"]) == ("Aa", 0.7049, "002_aa0614a1174eeba0:386")
    assert figure.data.filter(node="nqpf", unit="")["unit_zh"].to_list() == ["全部单元（均值）"] * 2


def test_a_long_name_is_set_smaller(states: pl.DataFrame, edges: pl.DataFrame, options: dict[str, Any]) -> None:
    long = pl.DataFrame({"unit": ["a"], "unit_zh": ["甲" * 30], "unit_en": ["A very long name of a unit indeed"]})
    root = ET.fromstring(living_diagram(states, edges, None, long, **options).svg("zh"))
    name = part(root, "unit")
    assert 30 * float(name.attrib["font-size"]) <= layout().shown.width
    assert lines(name) == ["甲" * 30]


@pytest.mark.parametrize(("column", "value", "message"), [
    ("value", 62.0, "level 62 of a box"),
    ("tier", "good", "good"),
    ("node", "cause_teck", "cause_teck"),
])  # fmt: skip
def test_bad_states(
    states: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any], column: str, value: object,
    message: str,
) -> None:  # fmt: skip
    with pytest.raises((DataError, SpecError), match=message):
        living_diagram(states[:1].with_columns(pl.lit(value).alias(column)), edges, None, names, **options)


def test_a_state_that_stands_twice(
    states: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    with pytest.raises(DataError, match="more than once") as caught:
        living_diagram(pl.concat([states, states[2:3]]), edges, None, names, **options)
    assert "2020" in str(caught.value)


@pytest.mark.parametrize("other", [{"unit": "z"}, {"period": 1999}])
def test_a_unit_or_year_that_is_not_there(
    states: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any], other: dict[str, Any]
) -> None:
    with pytest.raises(SpecError, match="no data for unit"):
        living_diagram(states, edges, None, names, **options | other)


def test_unknown_state_or_verdict(
    states: pl.DataFrame, edges: pl.DataFrame, gauges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    with pytest.raises(SpecError, match="perhaps"):
        living_diagram(states, edges.with_columns(state=pl.lit("perhaps")), None, names, **options)
    with pytest.raises(SpecError, match="maybe"):
        living_diagram(states, edges, gauges.with_columns(verdict=pl.lit("maybe")), names, **options)


def test_missing_columns(
    states: pl.DataFrame, edges: pl.DataFrame, gauges: pl.DataFrame, names: pl.DataFrame, options: dict[str, Any]
) -> None:
    for tables in (
        (states.drop("rank"), edges, gauges, names),
        (states, edges.drop("q"), gauges, names),
        (states, edges, gauges.drop("threshold"), names),
        (states, edges, gauges, names.drop("unit_zh")),
    ):
        with pytest.raises(DataError, match=r"rank|\bq\b|threshold|unit_zh"):
            living_diagram(*tables, **options)
