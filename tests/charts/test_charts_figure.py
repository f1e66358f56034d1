"""A figure is drawn once, and its SVG does not depend on what was drawn before it."""

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.messages import Lang, Text


def _figure(calls: list[Lang]) -> Figure:
    frame = pl.DataFrame({"x": [1.0, 2.0], "y": [0.1, 0.9]})

    def draw(lang: Lang) -> dict[str, object]:
        calls.append(lang)
        color = alt.Color("y:Q", scale=alt.Scale(scheme="blues"))  # its legend is a gradient with an id
        chart = alt.Chart(theme.inline(frame)).mark_point(clip=True).encode(x="x:Q", y="y:Q", color=color)
        return theme.to_spec(theme.layered(chart, width=100, height=80), "")

    return Figure("one", Text.same("one"), Text.same(""), frame, draw)


def test_svg_is_the_same_whatever_was_drawn_before() -> None:
    first, second = _figure([]).svg("zh"), _figure([]).svg("zh")
    assert "gradient" in first
    assert first == second


def test_each_language_is_drawn_once() -> None:
    calls: list[Lang] = []
    figure = _figure(calls)
    for lang in ("zh", "en", "zh"):
        figure.drawn(lang)
        figure.svg(lang)
    assert calls == ["zh", "en"]
