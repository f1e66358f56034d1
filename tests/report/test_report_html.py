from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

from nqpf.chapters.blocks import Chapter, Column, Section, Table
from nqpf.charts.figure import Figure
from nqpf.charts.living_box import contrast
from nqpf.messages import Text
from nqpf.report import html
from nqpf.report.html import render_html
from nqpf.report.specs import Specs, expected_height

VOID = frozenset(("meta", "input", "br", "hr", "img", "link"))


class Page(HTMLParser):
    """The page as a reader's program sees it: elements with their text, and whether every element is closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.stack: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str], list[str]] = (tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for element in self.stack:
            element[2].append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        """Return attributes and text of the elements with this tag and these attributes."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            (attrs, "".join(text))
            for name, attrs, text in self.elements
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]


def render(chapters: tuple[Chapter, ...], lang: str = "zh") -> str:
    return render_html(
        title=Text("评价报告", "Assessment"),
        subtitle=Text("示例 <b>", "Sample <b>"),
        chapters=chapters,
        facts=[(Text("版本", "Version"), Text.same("0.1.0"))],
        lang=lang,  # type: ignore[arg-type]
    )


@pytest.fixture
def source(chapters: tuple[Chapter, ...]) -> str:
    return render(chapters)


@pytest.fixture
def page(source: str) -> Page:
    return Page(source)


def stored(page: Page) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(page.all("script", id="_data")[0][1])
    return content


def test_every_element_is_closed_and_every_id_is_unique(page: Page) -> None:
    assert page.stack == []
    ids = [attrs["id"] for _, attrs, _ in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded(page: Page, source: str) -> None:
    for tag, attrs, _ in page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        assert "src" not in attrs
        for name in ("href", "xlink:href", "action", "style"):
            assert "//" not in attrs.get(name, "")
    styles = "".join(text for _, text in page.all("style"))
    assert "@import" not in styles
    assert re.findall(r"url\((?!#)", styles) == []
    assert re.search(r"\bimport\s*\(|\bfrom\s*['\"]https?:", html._resource("report.js")) is None


def test_policy_allows_its_own_scripts_and_nothing_else(page: Page) -> None:
    policy = page.all("meta", http_equiv="Content-Security-Policy")[0][0]["content"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    scripts = [text for attrs, text in page.all("script") if attrs.get("type") != "application/json"]
    assert len(scripts) == 2
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


@pytest.mark.parametrize(("lang", "tag", "title"), [("zh", "zh-CN", "评价报告"), ("en", "en", "Assessment")])
def test_opens_in_the_language_asked_and_holds_both(
    chapters: tuple[Chapter, ...], lang: str, tag: str, title: str
) -> None:
    page = Page(render(chapters, lang))
    assert page.all("html")[0][0]["lang"] == tag
    assert page.all("title")[0][1] == title
    expected = {
        "zh": ("摘要", "首段", "样本较小", "表 2-1", "图 2-2", "熵", "最高为广东"),
        "en": ("Summary", "First words", "A small sample", "Table 2-1", "Figure 2-2", "Entropy", "Highest: Guangdong"),
    }
    for code, words in expected.items():
        text = "".join(text for _, text in page.all("span", class_=code))
        assert [word for word in words if word not in text] == []


def test_links_lead_somewhere(page: Page) -> None:
    ids = {attrs["id"] for _, attrs, _ in page.elements if "id" in attrs}
    links = [attrs["href"] for attrs, _ in page.all("a") if "href" in attrs]
    assert len(links) > 10
    assert {link for link in links if link.removeprefix("#") not in ids} == set()
    for _, attrs, _ in page.elements:
        for name in ("aria-labelledby", "for"):
            assert set(attrs.get(name, "").split()) <= ids


def test_findings_point_to_their_numbers(page: Page) -> None:
    traces = [text for attrs, text in page.all("p", class_="trace")]
    assert len(traces) == 4
    assert "Numbers: Table 2-1" in traces[0]
    assert "Numbers: Figure 2-1" in traces[1]
    assert "数据见“江苏”" in traces[2]
    assert "Numbers" not in traces[3]
    assert [text for _, text in page.all("span", class_="tag")] == ["A04", "B01"] * 4


def test_hostile_text_stays_text(page: Page, source: str, hostile: str) -> None:
    assert not any("alert" in name for _, attrs, _ in page.elements for name in attrs)
    scripts = [text for attrs, text in page.all("script") if attrs.get("type") != "application/json"]
    assert not any("alert('x')" in script for script in scripts)
    assert hostile not in source
    assert any(text == hostile for _, text in page.all("th"))
    parts = [part for part in stored(page)["parts"].values() if isinstance(part, list)]
    assert hostile in [row["unit_zh"] for part in parts for row in part if "unit_zh" in row]
    assert "示例 <b>" in page.all("p", class_="subtitle")[0][1]


def test_table_has_scopes_sort_keys_and_gaps(page: Page) -> None:
    assert len(page.all("th", scope="col")) == 5
    assert len(page.all("th", scope="row")) == 5
    numbers = [(attrs.get("data-v"), text) for attrs, text in page.all("td")]
    assert numbers[:4] == [
        ("2022", "2022"),
        ("0.30000000000000004", "0.300"),
        ("0.12345", "12.3%"),
        ("12345.678", "12,345.68"),
    ]
    assert numbers[5] == (None, "—")
    assert "--at:" in page.all("td", class_="bar num")[0][0]["style"]


def test_charts_share_their_rows(page: Page) -> None:
    data = stored(page)
    assert set(data["charts"]) == {"bars", "bars-Guangdong", "bars-Jiangsu"}
    rows = [part for part in data["parts"].values() if isinstance(part, list) and part]
    assert len(rows) == 2
    for languages in data["charts"].values():
        for chart in languages.values():
            assert "datasets" not in chart["spec"]
            assert {*chart["datasets"].values(), chart["config"]} <= set(data["parts"])
    assert {attrs["data-chart"] for attrs, _ in page.all("div", class_="chart")} == set(data["charts"])


def test_drawing_stands_there_in_both_languages(page: Page) -> None:
    pictures = page.all("svg")
    assert [attrs["id"] for attrs, _ in pictures] == ["logic-zh", "logic-en"]
    assert "劳动者" in pictures[0][1]
    assert "Labourers" in pictures[1][1]


def test_formula_and_chooser(page: Page) -> None:
    assert page.all("math")[0][0]["display"] == "block"
    assert "∑" in page.all("math")[0][1]
    assert [attrs["value"] for attrs, _ in page.all("option")] == ["profile-广东", "profile-江苏"]
    assert [attrs["id"] for attrs, _ in page.all("section", class_="choice")] == ["profile-广东", "profile-江苏"]


def test_contents_list_chapters_and_their_sections(page: Page) -> None:
    links = [attrs.get("href") for attrs, _ in page.all("a")]
    contents = ["#summary", "#scores", "#method", "#results", "#regions", "#profiles"]
    start = links.index("#summary")
    assert links[start : start + len(contents)] == contents


def test_same_report_same_text(chapters: tuple[Chapter, ...]) -> None:
    assert render(chapters) == render(chapters)


def test_a_report_without_charts_has_no_chart_script() -> None:
    assert len(render((Chapter("a", Text("章", "Chapter"), ()),))) < 60_000


def test_long_tables_say_how_much_is_left_out() -> None:
    frame = pl.DataFrame({"x": range(html.MOST_ROWS + 5)})
    table = Table("t", Text("表", "Table"), frame, (Column("x", Text("值", "Value"), "integer"),))
    page = Page(render((Chapter("a", Text("章", "Chapter"), (Section("s", Text("节", "Part"), (table,)),)),)))
    assert len(page.all("th", scope="row")) == html.MOST_ROWS
    assert any("2005" in text for _, text in page.all("p", class_="remark"))


def test_specs_say_only_what_json_can() -> None:
    specs = Specs()
    specs.add("a", "zh", {"data": {"name": "d"}, "datasets": {"d": [{"x": float("nan")}]}, "height": float("inf")})
    assert specs.charts["a"]["zh"]["spec"]["height"] is None
    assert [{"x": None}] in specs.parts.values()


def test_expected_height() -> None:
    assert expected_height({"height": 200}) == 270
    assert expected_height({"height": {"step": 20}}) == 320


# What can be said of accessibility without a browser (WCAG 2.2, A and AA); the rest is for axe among browser tests.


@pytest.fixture
def live_page() -> Page:
    live = {
        "units": [{"zh": "全部", "en": "All"}, {"zh": "广东<", "en": "Guangdong<"}],
        "periods": [2020, 2021],
        "unit": 1,
        "period": 0,
    }
    svg = '<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="A"><text>b</text></svg>'
    words = Text("图谱", "Diagram")
    figure = Figure("map 1", words, words, pl.DataFrame({"n": [1]}), lambda _: svg, live=lambda: live)
    return Page(render((Chapter("theory", words, (figure,)),), "en"))


def test_a_living_picture_has_its_controls_and_numbers(live_page: Page) -> None:
    assert stored(live_page)["live"]["map-1"]["periods"] == [2020, 2021]
    assert [attrs["data-live"] for attrs, _ in live_page.all("div", class_="live")] == ["map-1"]
    options = live_page.all("option")
    assert [text for _, text in options] == ["All", "Guangdong<"]
    assert [("selected" in attrs, attrs["data-zh"]) for attrs, _ in options] == [(False, "全部"), (True, "广东<")]
    slider = live_page.all("input", type="range")[0][0]
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "1", "0")
    assert live_page.all("output")[0][1] == "2020"
    assert "hidden" in live_page.all("div", class_="controls")[0][0], "without a script there is nothing to control"
    details = live_page.all("div", class_="details")[0][0]
    assert (details["aria-live"], details["role"], details["tabindex"]) == ("polite", "region", "0")


def test_a_picture_of_one_year_has_no_slider(live_page: Page) -> None:
    assert "hidden" not in live_page.all("span", class_="years")[0][0]
    live = {"units": [{"zh": "全", "en": "All"}], "periods": [2020], "unit": 0, "period": 0}
    words = Text("图", "A")
    svg = '<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="A"/>'
    figure = Figure("map", words, words, pl.DataFrame({"n": [1]}), lambda _: svg, live=lambda: live)
    assert "hidden" in Page(render((Chapter("a", words, (figure,)),))).all("span", class_="years")[0][0]


def test_pictures_that_stay_carry_no_live_data(page: Page) -> None:
    assert stored(page)["live"] == {}
    assert page.all("div", class_="controls") == []


def named(page: Page, attrs: dict[str, str], text: str) -> bool:
    """Return whether a reader's program has a name for an element: its words, a label, an element that labels it."""
    labelled = attrs.get("aria-labelledby", "").split()
    labels = [words for own, words in page.all("label", for_=attrs.get("id", " "))]
    words = [w for _, own, w in page.elements if own.get("id") in labelled]
    return bool(text.strip() or attrs.get("aria-label", "").strip() or labels or any("".join(w).strip() for w in words))


def test_every_control_has_a_name(page: Page, live_page: Page) -> None:
    for one in (page, live_page):
        controls = [
            (attrs, "".join(text) if tag != "select" else "")
            for tag, attrs, text in one.elements
            if tag in ("button", "input", "select", "summary", "a") or attrs.get("role") in ("region", "group", "list")
        ]
        assert len(controls) > 5
        assert [attrs for attrs, text in controls if not named(one, attrs, text)] == []


def test_every_picture_is_named(page: Page, live_page: Page) -> None:
    for one in (page, live_page):
        figures = one.all("figure")
        assert figures
        assert len(one.all("figcaption")) == len(figures)
        assert all(text.strip() for _, text in one.all("figcaption"))
    assert all(attrs["aria-label"] for attrs, _ in live_page.all("svg"))


def test_headings_leave_out_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_landmarks_stand_once_and_words_say_their_language(page: Page) -> None:
    for tag in ("header", "nav", "main", "footer"):
        assert len(page.all(tag)) == 1
    for code, tag in (("zh", "zh-CN"), ("en", "en")):
        assert {attrs.get("lang") for attrs, _ in page.all("span", class_=code)} == {tag}
    assert {attrs["lang"] for attrs, _ in page.all("button") if "data-language" in attrs} == {"zh-CN", "en"}


def test_what_scrolls_can_be_reached_by_keyboard(page: Page) -> None:
    scrolling = [*page.all("div", class_="scroll"), *page.all("div", class_="math")]
    assert len(scrolling) == 2
    assert all(attrs.get("tabindex") == "0" for attrs, _ in scrolling)


def test_colours_of_words_stand_out() -> None:
    """Words by 4.5 to 1 at least on every ground they stand on (1.4.3), edges of controls by 3 to 1 (1.4.11)."""
    css = html._resource("report.css")
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
    white, bar = "#ffffff", re.search(r"\.bar \{[^}]*(#[0-9a-f]{6})", css)
    assert bar is not None
    grounds = {
        "ink": (white, colors["faint"], colors["accent-faint"], colors["caution-faint"], bar[1]),
        "muted": (white, colors["faint"]),
        "accent": (white, colors["faint"], colors["accent-faint"]),
        "caution": (colors["caution-faint"],),
    }
    for word, behind in grounds.items():
        assert min(contrast(colors[word], ground) for ground in behind) >= 4.5, word
    assert contrast(colors["edge"], white) >= 3
    stray = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", css))
    assert all(contrast(color, white) >= 4.5 for color in stray), stray
