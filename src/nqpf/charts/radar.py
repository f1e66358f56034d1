"""Radar: one unit's scores on three to twelve axes against the median of its peers and the best of all."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width, wrap
from nqpf.errors import DataError, Where, listing
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text, say

LABEL_WIDTH, LABEL_SIZE, LINE, GAP = 170.0, 12.0, 15.0, 18.0
RINGS = 4
CORNERS, LABELS = "corners", "labels"
"""Names of the data sets that differ from radar to radar."""
UNIT, BESIDE, TITLE = "{unit}", "{beside}", "{title}"
"""What stands in a template for the words that differ from radar to radar."""


def radar(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    unit: Text,
    beside: Text | None = None,
    low: float = 0.0,
    high: float = 1.0,
    digits: int = 2,
) -> Figure:
    """Draw one unit's scores as a polygon beside its peers' median.

    Parameters
    ----------
    frame
        One row an axis (3 to 12), clockwise from the top: ``axis``, ``axis_zh``, ``axis_en``, ``value``, ``median``
        and, where wanted, ``best``. A null leaves a gap and is called "no data".
    id, title, caption
        See `Figure`.
    unit
        Name of the unit, for the legend.
    beside
        What ``median`` is, for the legend; default: the peers' median.
    low, high
        Values at the centre and at the rim.
    digits
        Decimals shown.

    Raises
    ------
    DataError
        A column is missing, there are fewer than 3 or more than 12 axes, or a value lies outside `low` to `high`.
    """
    require(frame, "axis", "axis_zh", "axis_en", "value", "median")
    _check(frame, low, high)
    other = beside or say("chart.peer_median")
    names = {"value": unit, "median": other, "best": say("chart.best")}
    names = {column: name for column, name in names.items() if column in frame.columns}
    corners, labels = _corners(frame, names, low, high), _labels(frame, digits)
    whole = frame["value"].null_count() == 0

    def draw(lang: Lang) -> dict[str, Any]:
        reach = _reach(labels, lang)
        text = _template(len(frame), tuple(names), whole, lang, digits, (low, high), reach)
        for mark, words in ((UNIT, unit[lang]), (BESIDE, other[lang]), (TITLE, title[lang])):
            text = text.replace(json.dumps(mark), json.dumps(words))
        spec: dict[str, Any] = json.loads(text)
        spec["datasets"] |= {CORNERS: theme.inline(corners).values, LABELS: theme.inline(labels).values}
        return spec

    return Figure(id, title, caption, frame, draw)


@lru_cache(maxsize=64)
def _template(
    count: int,
    columns: tuple[str, ...],
    whole: bool,
    lang: Lang,
    digits: int,
    ends: tuple[float, float],
    reach: tuple[float, float],
) -> str:
    """Return the specification, as JSON, that radars of one shape share: data, unit and title are put in later.

    A report holds a radar for each unit; putting each together anew takes longer than everything else in it.
    """
    side, top = reach
    names = {"value": UNIT, "median": BESIDE, "best": theme.word("best", lang)}
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-side, side], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-top, top], nice=False))
    polygons = _polygons({column: names[column] for column in columns}, whole, lang, digits)
    drawn = [layer.encode(x=x, y=y) for layer in (*_web(count), *polygons, *_marks(count, *ends))]
    words = _axis_names(lang).encode(x=x, y=alt.Y(f"y_{lang}:Q", axis=None))
    return json.dumps(theme.to_spec(theme.layered(*drawn, words, width=2 * side, height=2 * top), TITLE))


def _check(frame: pl.DataFrame, low: float, high: float) -> None:
    if not 3 <= len(frame) <= 12:
        raise DataError("chart_radar_axes", count=len(frame))
    for column in [c for c in ("value", "median", "best") if c in frame.columns]:
        off = frame.filter((pl.col(column) < low - 1e-9) | (pl.col(column) > high + 1e-9))
        if len(off):
            axes = [Text(*row) for row in off.select("axis_zh", "axis_en").iter_rows()]
            raise DataError("chart_radar_range", where=Where(indicator=axes[0]), axes=listing(axes), low=low, high=high)


def _radius(count: int) -> float:
    """Return the web's radius in pixels: many axes need room for their names."""
    return 150.0 if count <= 6 else 190.0


def _point(i: int, count: int, radius: float) -> tuple[float, float]:
    """Return the place of axis `i` at `radius`: clockwise from the top, y upwards."""
    angle = math.pi / 2 - 2 * math.pi * i / count
    return radius * math.cos(angle), radius * math.sin(angle)


def _corners(frame: pl.DataFrame, names: dict[str, Text], low: float, high: float) -> pl.DataFrame:
    """Return a row for each corner of each polygon, the first corner again at the end to close it."""
    rows: list[dict[str, Any]] = []
    axes, rim = frame.to_dicts(), _radius(len(frame))
    for column, name in names.items():
        for step in range(len(axes) + 1):
            axis = axes[step % len(axes)]
            value = axis[column]
            x, y = (None, None) if value is None else _point(step, len(axes), rim * (value - low) / (high - low))
            words = {"axis_zh": axis["axis_zh"], "axis_en": axis["axis_en"], "series_zh": name.zh, "series_en": name.en}
            rows.append({"column": column, "step": step, "x": x, "y": y, "value": value, **words})
    return pl.DataFrame(rows, schema_overrides={"x": pl.Float64, "y": pl.Float64, "value": pl.Float64})


def _labels(frame: pl.DataFrame, digits: int) -> pl.DataFrame:
    """Return the name and value of each axis as lines in both languages, and where they stand."""
    rows: list[dict[str, Any]] = []
    place = _radius(len(frame)) + GAP
    for i, axis in enumerate(frame.iter_rows(named=True)):
        x, y = _point(i, len(frame), place)
        row: dict[str, Any] = {"x": x, "align": "center" if abs(x) < 20 else "left" if x > 0 else "right"}
        for lang in LANGUAGES:
            value = say("chart.no_data")[lang] if axis["value"] is None else f"{axis['value']:.{digits}f}"
            lines = [*wrap(axis[f"axis_{lang}"], LABEL_SIZE, LABEL_WIDTH), value]
            # Above the web a label ends at its place, below it begins there, at the sides it is centred on it.
            rise = (len(lines) - 1) * LINE * (0.5 + 0.5 * y / place)
            row |= {f"lines_{lang}": lines, f"y_{lang}": y + rise}
        rows.append(row)
    return pl.DataFrame(rows)


def _reach(labels: pl.DataFrame, lang: Lang) -> tuple[float, float]:
    """Return how far the picture reaches from the centre, sideways and up, so that every label is inside."""
    side = top = _radius(len(labels))
    for x, y, align, lines in labels.select("x", f"y_{lang}", "align", f"lines_{lang}").iter_rows():
        width = max(text_width(line, LABEL_SIZE) for line in lines)
        side = max(side, abs(x) + (width / 2 if align == "center" else width))
        top = max(top, abs(y) + LINE, abs(y - len(lines) * LINE))
    return math.ceil(side), math.ceil(top)


def _web(count: int) -> list[alt.Chart]:
    rim = _radius(count)
    rings, spokes = [], []
    for ring in range(1, RINGS + 1):
        radius = rim * ring / RINGS
        for i in range(count + 1):
            x, y = _point(i, count, radius)
            rings.append({"ring": ring, "step": i, "x": x, "y": y})
    for i in range(count):
        x, y = _point(i, count, rim)
        spokes += [{"spoke": i, "x": 0.0, "y": 0.0}, {"spoke": i, "x": x, "y": y}]
    line: dict[str, Any] = {"color": theme.FAINT, "strokeOpacity": 0.6, "strokeWidth": 1}
    return [
        alt.Chart(alt.InlineData(values=rings)).mark_line(**line).encode(detail="ring:O", order="step:Q"),
        alt.Chart(alt.InlineData(values=spokes)).mark_line(**line).encode(detail="spoke:O"),
    ]


def _marks(count: int, low: float, high: float) -> list[alt.Chart]:
    """Return the values of the rings, with a white halo that keeps them legible on the polygons."""
    rows = [
        {"x": 4.0, "y": _radius(count) * ring / RINGS, "mark": f"{low + (high - low) * ring / RINGS:g}"}
        for ring in range(1, RINGS + 1)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(text="mark:N")
    style: dict[str, Any] = {"align": "left", "fontSize": 10, "dy": 8}
    return [
        base.mark_text(stroke="white", strokeWidth=3, **style),
        base.mark_text(color=theme.MUTED, **style),
    ]


def _polygons(names: dict[str, str], whole: bool, lang: Lang, digits: int) -> list[alt.Chart]:
    domain = list(names.values())
    colors = {"value": theme.CATEGORIES[0], "median": theme.CATEGORIES[1], "best": theme.MUTED}
    dashes = {"value": [1, 0], "median": [6, 3], "best": [2, 3]}
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=300, symbolStrokeWidth=2.2)
    series = f"series_{lang}:N"
    color = alt.Color(series, scale=alt.Scale(domain=domain, range=[colors[c] for c in names]), legend=legend)
    dash = alt.StrokeDash(series, scale=alt.Scale(domain=domain, range=[dashes[c] for c in names]), legend=legend)
    tooltip = [
        alt.Tooltip(f"axis_{lang}:N", title=theme.word("axis", lang)),
        alt.Tooltip(series, title=theme.word("unit", lang)),
        alt.Tooltip("value:Q", title=theme.word("value", lang), format=f".{digits}f"),
    ]
    base = alt.Chart(alt.NamedData(name=CORNERS))
    own = base.transform_filter("datum.column == 'value'")
    area = own.mark_line(filled=True, fill=colors["value"], fillOpacity=0.15, strokeOpacity=0).encode(order="step:Q")
    outline = base.mark_line(strokeWidth=2, invalid="break-paths-show-path-domains").encode(
        color=color, strokeDash=dash, order="step:Q"
    )
    dots = base.transform_filter("isValid(datum.value)").mark_point(filled=True, size=40, opacity=1)
    return [*([area] if whole else []), outline, dots.encode(color=color, tooltip=tooltip)]


def _axis_names(lang: Lang) -> alt.Chart:
    mark: dict[str, Any] = {"fontSize": LABEL_SIZE, "lineHeight": LINE, "baseline": "middle"}
    words = alt.Chart(alt.NamedData(name=LABELS)).mark_text(align={"expr": "datum.align"}, **mark)
    drawn: alt.Chart = words.encode(text=f"lines_{lang}:N")
    return drawn
