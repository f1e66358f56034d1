"""A small report with every kind of block, shared by the tests of the writers."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import pytest

from nqpf import messages
from nqpf.chapters.blocks import (
    Callout,
    Chapter,
    Column,
    FindingList,
    Formula,
    Paragraph,
    Section,
    Table,
)
from nqpf.charts.figure import Figure
from nqpf.messages import Lang, Text
from nqpf.results import Finding

HOSTILE = "</script><script>alert('x')</script>&amp;"

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="80">
<style>.node { fill: #eee } #tip:hover, text { fill: red }</style><script>alert(1)</script>
<defs><marker id="tip"><path d="M0 0 8 4"/></marker></defs>
<g data-node="n" tabindex="0" onclick="alert(1)"><title>LABEL</title><rect class="node" width="90" height="30"/></g>
<path d="M0 0H9" marker-end="url(#tip)"/><a xlink:href="https://example.org/"><text>LABEL</text></a></svg>"""


def scores() -> pl.DataFrame:
    """Return five units with a gap, a negative number, a name that looks like a formula and one like a script."""
    return pl.DataFrame(
        {
            "unit_zh": ["广东", "江苏", "=1+1", HOSTILE, "@乙"],
            "unit_en": ["Guangdong", "Jiangsu", "=1+1", HOSTILE, "@B"],
            "year": [2022, 2022, 2022, 2022, 2022],
            "score": [0.1 + 0.2, None, -1 / 3, float("nan"), 1e-9],
            "share": [0.12345, 0.5, None, 0.0, 1.0],
            "spending": [12345.678, 1.0, 2.0, None, -3.0],
            "only_in_files": ["a", "b", "c", "d", "e"],
        }
    )


def chart(lang: Lang) -> dict[str, Any]:
    rows = scores().select(f"unit_{lang}", "spending").to_dicts()
    name = {"zh": "省份", "en": "Province"}[lang]
    picture = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(x=alt.X("spending:Q"), y=alt.Y(f"unit_{lang}:N", title=name))
    )
    hover = alt.selection_point(on="pointerover")
    spec: dict[str, Any] = picture.add_params(hover).properties(width=300, height=120).to_dict()
    return spec


def drawing(lang: Lang) -> str:
    return DRAWING.replace("LABEL", {"zh": "劳动者", "en": "Labourers"}[lang])


def table(id: str = "ranks") -> Table:
    columns = (
        Column("unit", Text("省份", "Province")),
        Column("year", Text("年份", "Year"), "integer"),
        Column("score", Text("得分", "Score"), "bar", 3),
        Column("share", Text("占比", "Share"), "percent", 1),
        Column("spending", Text("经费（万元）", "Spending (10,000 yuan)"), "number", 2),
    )
    return Table(id, Text("得分[位次]", "Scores: ranks"), scores(), columns, Text("越大越好", "Higher is better"))


def figure(id: str) -> Figure:
    return Figure(id, Text("各省经费", "Spending by province"), Text("单位：万元", "In 10,000 yuan"), scores(), chart)


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def chapters(monkeypatch: pytest.MonkeyPatch) -> tuple[Chapter, ...]:
    known = dict(messages.catalogue())
    known["finding.sample"] = Text("最高为{unit}（{score:.2f}）", "Highest: {unit} ({score:.2f})")
    monkeypatch.setattr(messages, "catalogue", lambda: known)
    numbers = {"unit": Text("广东", "Guangdong"), "score": 0.3}
    findings = tuple(
        Finding("sample", numbers, "score == max", place, ("A04", "B01"))
        for place in ("ranks", "bars", "profile 江苏", "not-here")
    )
    profiles = tuple(
        Section(
            f"profile {zh}", Text(zh, en), (Paragraph(Text(f"{zh}的画像", f"Profile of {en}")), figure(f"bars-{en}"))
        )
        for zh, en in (("广东", "Guangdong"), ("江苏", "Jiangsu"))
    )
    picture = Figure("logic", Text("逻辑图", "Logic"), Text("要素", "Elements"), pl.DataFrame({"n": [1]}), drawing)
    return (
        Chapter(
            "summary",
            Text("摘要", "Summary"),
            (Paragraph(Text("首段", "First words")), FindingList(findings)),
            findings,
        ),
        Chapter(
            "scores",
            Text("得分", "Scores"),
            (
                Callout(Text("样本较小", "A small sample"), "warning"),
                Callout(Text(HOSTILE, HOSTILE)),
                Section(
                    "method",
                    Text("方法", "Method"),
                    (Formula(r"e_j=-k\sum_i p_{ij}\ln p_{ij}", Text("熵", "Entropy")),),
                ),
                Section(
                    "results",
                    Text("结果", "Results"),
                    (table(), figure("bars"), Section("deep", Text("细节", "Details"), ())),
                ),
                picture,
            ),
        ),
        Chapter(
            "regions",
            Text("地区", "Regions"),
            (
                Section(
                    "profiles",
                    Text("画像", "Profiles"),
                    (Paragraph(Text("请选择", "Choose one")), *profiles),
                    choose=True,
                ),
            ),
        ),
    )
