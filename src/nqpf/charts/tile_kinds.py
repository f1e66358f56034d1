"""Tile map of kinds: all 34 province-level units as equal tiles, each in the colour of the kind it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.tilemap import TILE
from nqpf.data.places import provinces
from nqpf.errors import PlaceError, listing
from nqpf.frames import require
from nqpf.messages import Lang, Text


def tile_kinds(
    units: pl.DataFrame, kinds: Mapping[str, Text], *, plain: str, id: str, title: Text, caption: Text
) -> Figure:
    """Draw of which kind each province is.

    Parameters
    ----------
    units
        One row a unit: ``unit`` (six-digit GB/T 2260 code) and ``kind``; what is absent or null has no data.
    kinds
        Kinds in the order of the legend, with their names.
    plain
        The kind that is left without a colour of its own.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    PlaceError
        A code is no province's.
    """
    require(units, "unit", "kind")
    places = provinces()
    strangers = units.filter(~pl.col("unit").is_in(places["code"].implode()))["unit"].unique(maintain_order=True)
    if len(strangers):
        raise PlaceError("unknown_province_code", codes=listing(strangers))
    tiles = places.select(
        pl.col("code").alias("unit"),
        pl.col("short_zh").alias("unit_zh"),
        pl.col("en").alias("unit_en"),
        pl.col("letters").alias("tile_en"),
        "tile_col",
        "tile_row",
    )
    data = tiles.join(units.select("unit", "kind"), on="unit", how="left", maintain_order="left")

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, kinds, plain, lang), title[lang])

    return Figure(id, title, caption, data.drop("tile_en", "tile_col", "tile_row"), draw, placed=True)


def _chart(data: pl.DataFrame, kinds: Mapping[str, Text], plain: str, lang: Lang) -> alt.LayerChart:
    columns, rows = (list(range(data[c].to_numpy().max() + 1)) for c in ("tile_col", "tile_row"))
    x = alt.X("tile_col:O", axis=None, scale=alt.Scale(domain=columns, paddingInner=0.05, paddingOuter=0))
    y = alt.Y("tile_row:O", axis=None, scale=alt.Scale(domain=rows, paddingInner=0.05, paddingOuter=0))
    names = {kind: text[lang] for kind, text in kinds.items()}
    absent = theme.word("no_data", lang)
    coloured = [kind for kind in kinds if kind != plain]
    hues = {kind: theme.CATEGORIES[i % len(theme.CATEGORIES)] for i, kind in enumerate(coloured)} | {plain: theme.GRID}
    # `kind_name` is worked out in the page, so that both languages share their data
    pairs = ", ".join(f"'{kind}': '{name}'" for kind, name in names.items())
    base = alt.Chart().transform_calculate(kind_name=f"isValid(datum.kind) ? ({{{pairs}}})[datum.kind] : '{absent}'")
    scale = alt.Scale(domain=[*names.values(), absent], range=[*(hues[kind] for kind in names), theme.NO_DATA])
    legend = alt.Legend(
        orient="bottom", direction="horizontal", title=None, symbolType="square", symbolSize=180,
        columns=theme.legend_columns([*names.values(), absent], TILE * len(columns)),
    )  # fmt: skip
    tooltip = [
        alt.Tooltip(f"unit_{lang}:N", title=theme.word("unit", lang)),
        alt.Tooltip("kind_name:N", title=theme.word("kind", lang)),
    ]
    color = alt.Color("kind_name:N", scale=scale, legend=legend)
    rim = alt.when("isValid(datum.kind)").then(alt.value(None)).otherwise(alt.value(theme.MUTED))
    tiles = base.mark_rect(cornerRadius=4, strokeDash=[3, 2]).encode(x=x, y=y, color=color, stroke=rim, tooltip=tooltip)
    white = [kind for kind in coloured if _dark(hues[kind])]
    ink = alt.when(alt.FieldOneOfPredicate("kind", white)).then(alt.value("white")).otherwise(alt.value(theme.INK))
    name = "unit_zh" if lang == "zh" else "tile_en"
    words = base.mark_text(fontSize=14, fontWeight="bold").encode(x=x, y=y, text=f"{name}:N", color=ink)
    width, height = TILE * len(columns), TILE * len(rows)
    return theme.layered(tiles, words, data=theme.inline(data), width=width, height=height)


def _dark(colour: str) -> bool:
    """Return whether white letters are more legible on a colour than dark ones."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140
