"""What the tests of the charts share: small tables, and what must hold of every figure drawn with Altair."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import altair as alt
import polars as pl
import pytest

from nqpf.charts.figure import Figure
from nqpf.messages import LANGUAGES, Lang, Text

Specs = dict[Lang, dict[str, Any]]

UNITS = [
    ("110000", "北京", "Beijing", "东部", "East", 0.71),
    ("340000", "安徽", "Anhui", "中部", "Central", 0.44),
    ("520000", "贵州", "Guizhou", "西部", "West", 0.30),
    ("150000", "内蒙古", "Inner Mongolia", "西部", "West", 0.33),
]
PERIODS = (2019, 2020, 2021)


@pytest.fixture
def words() -> dict[str, Text]:
    """Return a title and a caption."""
    return {"title": Text("新质生产力指数", "Index of new forces"), "caption": Text("说明", "Explanation")}


@pytest.fixture
def value_title() -> Text:
    return Text("指数（0–1）", "Index (0–1)")


@pytest.fixture
def scores() -> pl.DataFrame:
    """Return scores of four provinces in three years."""
    rows = [
        (code, zh, en, group_zh, group_en, period, value + 0.02 * t)
        for code, zh, en, group_zh, group_en, value in UNITS
        for t, period in enumerate(PERIODS)
    ]
    columns = ["unit", "unit_zh", "unit_en", "group_zh", "group_en", "period", "value"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture
def parts() -> pl.DataFrame:
    """Return contributions of two parts to the scores of four provinces, some of them negative."""
    rows = [
        (code, zh, en, part, part_zh, part_en, sign * value)
        for code, zh, en, _, _, value in UNITS
        for part, part_zh, part_en, sign in (("a", "劳动者", "Labourers", 1.0), ("b", "劳动对象", "Objects", -0.4))
    ]
    columns = ["unit", "unit_zh", "unit_en", "part", "part_zh", "part_en", "value"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture
def check() -> Callable[[Figure], Specs]:
    """Return a function that draws a figure in both languages and asserts what holds of every one."""

    def checked(figure: Figure) -> Specs:
        specs: Specs = {}
        for lang in LANGUAGES:
            spec = figure.drawn(lang)
            assert isinstance(spec, dict)
            alt.Root.validate(spec)  # raises where the schema is broken
            assert figure.draw(lang) == spec, "drawn again, with checks of every part, it differs"
            assert spec["description"] == figure.title[lang]
            assert spec["config"]["font"].startswith("Noto Sans CJK SC")
            json.dumps(spec, allow_nan=False)
            specs[lang] = spec
        assert set(specs["zh"]["datasets"]) == set(specs["en"]["datasets"]), "a data set differs between languages"
        assert specs["zh"] != specs["en"]
        return specs

    return checked


@pytest.fixture
def shown() -> Callable[[Figure, Lang], list[str]]:
    """Return a function that lists the texts in a figure's SVG, in drawing order."""

    def texts(figure: Figure, lang: Lang) -> list[str]:
        drawn = re.findall(r"<text[^>]*>(.*?)</text>", figure.svg(lang), re.DOTALL)
        return [unescape(re.sub(r"<[^>]+>", "", text)) for text in drawn]

    return texts
