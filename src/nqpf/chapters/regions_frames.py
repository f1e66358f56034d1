"""Frames of the chapter on regions: results with names and words beside them, as tables and figures show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from polars import selectors as cs

from nqpf.chapters.context import Context
from nqpf.chapters.planning_targets import with_names
from nqpf.errors import listing
from nqpf.messages import LANGUAGES, Text, say
from nqpf.regions.convergence.clubs import ClubsResult
from nqpf.regions.distribution.markov import MarkovChain
from nqpf.regions.space.ellipse import Ellipse
from nqpf.regions.space.network import Network
from nqpf.regions.survey import Regions
from nqpf.regions.systems.lead_lag import LeadLag

PARTS = ("within", "between", "transvariation")
CLUSTERS = ("HH", "LL", "HL", "LH", "none")
SCORED = ("value", "deviation", "lag", "local", "expected", "variance", "z", "p_normal", "quadrant")
"""Columns of local Moran's I that tell a unit's own score, which a report in grades does not."""
ARROW = " → "
WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
MOST = 40
"""Names that a cell lists at most."""


def worded(frame: pl.DataFrame, column: str, words: Mapping[Any, Text]) -> pl.DataFrame:
    """Return a frame with a column's values in words, as ``column_zh`` and ``column_en``; what has no word is null."""
    said = [
        pl.col(column).replace_strict({k: t[lang] for k, t in words.items()}, default=None, return_dtype=pl.String)
        .alias(f"{column}_{lang}")
        for lang in LANGUAGES
    ]  # fmt: skip
    return frame.with_columns(said)


def texts(name: str, values: Sequence[Text]) -> list[pl.Series]:
    """Return texts as the two columns of a table's column."""
    return [pl.Series(f"{name}_{lang}", [text[lang] for text in values], dtype=pl.String) for lang in LANGUAGES]


def finite(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame without infinite numbers or NaN, as they are written for machines."""
    floats = cs.float()
    return frame.with_columns(pl.when(floats.is_finite()).then(floats))


def inequality_frame(found: Regions) -> pl.DataFrame | None:
    """Return Gini and Theil by year with what lies within and between groups; None where neither could be had."""
    whole, parted, entropy = found.gini.result, found.dagum.result, found.theil.result
    measured = parted.frame if parted is not None else whole.frame if whole is not None else None
    if measured is None:
        return None
    if entropy is None:
        return measured
    return measured.join(entropy.frame.select("period", "theil", theil_between="share_between"), on="period")


def parts_frame(dagum: pl.DataFrame) -> pl.DataFrame:
    """Return a row a year and part of the Gini coefficient, as `nqpf.charts.contributions` draws them."""
    year = pl.col("period").cast(pl.String)
    long = dagum.unpivot(on=list(PARTS), index="period", variable_name="part")
    named = long.with_columns(unit=year, unit_zh=year, unit_en=year).sort("period", maintain_order=True)
    return worded(named, "part", {part: say(f"regions.part.{part}") for part in PARTS})


def groups_frame(context: Context, groups: pl.DataFrame, last: int) -> pl.DataFrame:
    """Return the groups of the last year by their titles."""
    return worded(groups.filter(period=last), "group", context.group_titles)


def pairs_frame(context: Context, pairs: pl.DataFrame, last: int) -> pl.DataFrame:
    """Return the pairs of groups of the last year, the richer first."""
    now = pairs.filter(period=last)
    named = [
        Text.join([context.group_titles[j], context.group_titles[h]], " — ", " – ")
        for j, h in now.select("group_j", "group_h").rows()
    ]
    return now.with_columns(texts("pair", named))


def classes_of(classes: pl.DataFrame) -> list[Text]:
    """Return the names of classes: number and cut-offs."""
    rows = classes.select("class", "lower", "upper").rows()
    return [Text.same(f"{k} {_between(low, high)}".strip()) for k, low, high in rows]


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return "" if high is None else f"(≤ {high:.3f})"
    return f"(> {low:.3f})" if high is None else f"({low:.3f}–{high:.3f})"


def moves_frame(transitions: pl.DataFrame, names: Sequence[Text]) -> pl.DataFrame:
    """Return a row a class: moves out of it and, by the class they lead to, share and count.

    Parameters
    ----------
    transitions
        from, to, count, probability, n.
    names
        Of the classes.

    Returns
    -------
    polars.DataFrame
        ``class``, its name, ``n``, and for each class k ``to_k`` (as shown), ``share_k``, ``count_k``.
    """
    size = len(names)
    share, count = (transitions[c].to_numpy().reshape(size, size) for c in ("probability", "count"))
    columns: dict[str, Any] = {"class": list(range(1, size + 1)), "n": transitions["n"].to_list()[::size]}
    for k in range(size):
        pairs = list(zip(share[:, k].tolist(), count[:, k].tolist(), strict=True))
        shown = [None if np.isnan(p) else f"{p:.3f} ({c})" for p, c in pairs]
        columns[f"to_{k + 1}"] = pl.Series(shown, dtype=pl.String)
        columns[f"share_{k + 1}"], columns[f"count_{k + 1}"] = share[:, k], count[:, k]
    frame = pl.DataFrame(columns, nan_to_null=True)
    return frame.with_columns(texts("class", names))


def mobility_frame(chain: MarkovChain) -> pl.DataFrame:
    """Return the indices of mobility with their names, without those of single classes."""
    kept = ("up", "stay", "down", "shorrocks", "bartholomew", "determinant", "second_eigenvalue", "half_life")
    return worded(
        chain.mobility.filter(pl.col("index").is_in(kept)),
        "index",
        {name: say(f"regions.mobility.{name}") for name in kept},
    )


def beta_frame(found: Regions) -> pl.DataFrame:
    """Return slope, speed and half-life of both regressions, of those that could be had."""
    rows = []
    for kind in ("absolute", "conditional"):
        one = getattr(found, kind).result
        if one is None:
            continue
        slope, speed, summary = one.frame.filter(term="ln(value)"), one.speed.row(0, named=True), one.summary
        rows.append(
            {"of": kind, **slope.select("estimate", "se", "p").row(0, named=True)}
            | {"speed": speed["speed"], "half_life": speed["half_life"], "n": summary["n"].item()}
        )
    schema = dict.fromkeys(("estimate", "se", "p", "speed", "half_life"), pl.Float64)
    frame = pl.DataFrame(rows, schema={"of": pl.String, **schema, "n": pl.Int64})
    return worded(frame, "of", {kind: say(f"regions.beta.{kind}") for kind in ("absolute", "conditional")})


def clubs_frame(context: Context, found: ClubsResult) -> pl.DataFrame:
    """Return a row a club with its units by name, and one for those that diverge, where there are any."""
    order = {unit: n for n, unit in enumerate(context.panel.units)}
    members: dict[int | None, list[str]] = {}
    for unit, club in found.frame.select("unit", "club").rows():
        members.setdefault(club, []).append(unit)
    rows: list[dict[str, Any]] = found.clubs.select("club", "n", "beta", "t", "kind").to_dicts()
    if None in members:
        rows.append({"club": None, "n": len(members[None]), "kind": "diverges"})
    schema = {"club": pl.Int64, "n": pl.Int64, "beta": pl.Float64, "t": pl.Float64, "kind": pl.String}
    names = [
        listing([context.label(u) for u in sorted(members[row["club"]], key=order.__getitem__)], MOST) for row in rows
    ]
    kinds = {kind: say(f"regions.club.{kind}") for kind in ("level", "growth", "weak", "rejected", "diverges")}
    return worded(pl.DataFrame(rows, schema=schema), "kind", kinds).with_columns(texts("units", names))


def lisa_frame(context: Context, lisa: pl.DataFrame) -> pl.DataFrame:
    """Return local Moran's I with the names of units and clusters."""
    words = {kind: say(f"regions.cluster.{kind}") for kind in CLUSTERS}
    return with_names(context, worded(worded(lisa, "cluster", words), "cluster_unadjusted", words))


def centre_frame(found: Ellipse) -> pl.DataFrame:
    """Return centre, ellipse and migration by year, with directions in words."""
    frame = found.frame.with_columns(wind=_winds(found.frame["bearing"]))
    return worded(frame, "wind", {wind: say(f"regions.wind.{wind}") for wind in WINDS})


def _winds(bearing: pl.Series) -> pl.Series:
    return pl.Series([None if b is None else WINDS[round(b / 45) % 8] for b in bearing], dtype=pl.String)


def overall_wind(frame: pl.DataFrame) -> str:
    """Return the direction from the first centre to the last, as one of eight winds."""
    (x0, y0), (x1, y1) = frame.select("x", "y").row(0), frame.select("x", "y").row(-1)
    east = (x1 - x0) * np.cos(np.radians((y0 + y1) / 2))
    return WINDS[round(float(np.degrees(np.arctan2(east, y1 - y0))) / 45) % 8]


def nodes_frame(context: Context, found: Network) -> pl.DataFrame:
    """Return the nodes of the network with their names."""
    return with_names(context, found.nodes.rename({"node": "unit"}))


def blocks_frame(context: Context, found: Network) -> pl.DataFrame:
    """Return the blocks with their parts and their units."""
    order = {unit: n for n, unit in enumerate(context.panel.units)}
    parts = ("bilateral", "main_beneficiary", "net_spillover", "broker", "isolate")
    units = [
        sorted(found.nodes.filter(block=block)["node"].to_list(), key=order.__getitem__)
        for block in found.blocks["block"]
    ]
    frame = worded(found.blocks, "part", {part: say(f"regions.block.{part}") for part in parts})
    return frame.with_columns(texts("units", [listing([context.label(u) for u in one], MOST) for one in units]))


def edges_frame(context: Context, found: LeadLag) -> pl.DataFrame:
    """Return the edges of circles with the titles of their nodes."""
    titles = {node.id: node.title for node in context.framework.nodes}
    edges = found.frame.select("leader", "follower").rows()
    return found.frame.with_columns(texts("edge", [edge_title(titles, a, b) for a, b in edges]))


def edge_title(titles: Mapping[str, Text], leader: str, follower: str) -> Text:
    """Return an edge by the titles of its nodes."""
    return Text.join([titles[leader], titles[follower]], ARROW, ARROW)
