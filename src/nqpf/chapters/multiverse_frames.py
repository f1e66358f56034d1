"""The frames behind the robustness chapter's figures, tables and findings."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from nqpf.chapters.context import Context
from nqpf.index.multiverse import Multiverse
from nqpf.messages import LANGUAGES, Text, say

JOINT = " × "
"""Between the names of slots whose variance cannot be told apart."""


def slot_titles(found: Multiverse) -> dict[str, Text]:
    """Return the slots' names in words."""
    return {slot.name: slot.title for slot in found.slots}


def slots_frame(found: Multiverse) -> pl.DataFrame:
    """Return slot, position, label and alternative in words, a row each."""
    rows = [
        (slot.name, slot.title.zh, slot.title.en, i + 1, one.label, one.title.zh, one.title.en)
        for slot in found.slots
        for i, one in enumerate(slot.alternatives)
    ]
    texts = ("slot", "slot_zh", "slot_en", "position", "label", "alternative_zh", "alternative_en")
    schema = dict.fromkeys(texts, pl.String) | {"position": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(alternative="label")


def ranks_frame(context: Context, found: Multiverse) -> pl.DataFrame:
    """Return a row a unit for the last year that was kept: interval, share of runs within places, zone; best first."""
    year = found.periods[-1]
    stable = found.stable(period=year).drop("period", "rank")
    zones = {zone: say(f"multiverse.zone.{zone}") for zone in ("head", "grey", "tail")}
    words = [
        pl.col("zone").replace_strict({z: t[lang] for z, t in zones.items()}).alias(f"zone_{lang}")
        for lang in LANGUAGES
    ]
    frame = found.intervals(period=year).join(stable, on="unit", how="left", maintain_order="left").with_columns(words)
    names = context.unit_names.select("unit", "unit_zh", "unit_en")
    frame = frame.join(names, on="unit", how="left", maintain_order="left")
    return frame.sort("rank", "median", "unit", nulls_last=True)


def shares_frames(found: Multiverse) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every effect with its share, and a row a slot with what it explains alone and with others."""
    titles = slot_titles(found)
    effects = found.shares()
    names = [_joined(name, titles) for name in effects["slot"].to_list()]
    kinds = {effect: say(f"multiverse.effect.{effect}") for effect in ("first", "pair", "higher", "total")}
    columns = []
    for lang in LANGUAGES:
        columns.append(pl.Series(f"slot_{lang}", [name[lang] for name in names], dtype=pl.String))
        columns.append(
            pl.Series(f"effect_{lang}", [kinds[e][lang] for e in effects["effect"].to_list()], dtype=pl.String)
        )
    effects = effects.with_columns(columns)
    first = effects.filter(effect="first").rename({"share": "first"}).drop("effect", "effect_zh", "effect_en")
    total = effects.filter(effect="total").select("slot", total="share")
    return effects, first.join(total, on="slot", how="left", maintain_order="left")


def design_frame(found: Multiverse) -> pl.DataFrame:
    """Return the design with state and alternatives in words beside their labels."""
    frame = found.design_frame()
    return frame.with_columns(*_status(frame), *_alternatives(found, frame))


def failures_frame(found: Multiverse) -> pl.DataFrame:
    """Return the runs that failed, with state, alternatives and reason in words."""
    frame = found.failures_frame()
    return frame.with_columns(*_status(frame), *_alternatives(found, frame))


def _status(frame: pl.DataFrame) -> list[pl.Series]:
    states = {status: say(f"multiverse.status.{status}") for status in ("ok", "failed", "refused")}
    return [
        pl.Series(f"status_{lang}", [states[s][lang] for s in frame["status"].to_list()], dtype=pl.String)
        for lang in LANGUAGES
    ]


def _alternatives(found: Multiverse, frame: pl.DataFrame) -> list[pl.Series]:
    words = []
    for slot in found.slots:
        titles = {one.label: one.title for one in slot.alternatives}
        for lang in LANGUAGES:
            shown = [titles[label][lang] for label in frame[slot.name].to_list()]
            words.append(pl.Series(f"{slot.name}_{lang}", shown, dtype=pl.String))
    return words


def _joined(name: str | None, titles: Mapping[str, Text]) -> Text:
    if name is None:
        return say("multiverse.three_and_more")
    return Text.join([titles.get(part, Text.same(part)) for part in name.split(JOINT)], JOINT, JOINT)
