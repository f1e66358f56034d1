"""Findings of the chapter on industries: each sentence with its numbers and the condition that chose it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from nqpf.chapters.industry_chain import component, meter_names
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_entry import asked_of, foremost
from nqpf.chapters.industry_frames import is_split
from nqpf.chapters.industry_structure import index_name
from nqpf.chapters.regions_parts import p_words
from nqpf.industry.chain_risk.chokepoints import FEW as FEW_POINTS
from nqpf.industry.chain_risk.chokepoints import Chokepoints
from nqpf.industry.chain_risk.components import COMPONENTS
from nqpf.industry.entry.backtest import BacktestCard
from nqpf.industry.entry.remarks import FEW_HITS, FEW_REGIONS
from nqpf.industry.survey_chain import Chain
from nqpf.messages import Text, say
from nqpf.results import Finding

TREND = {
    "convergence": "industries_alike",
    "divergence": "industries_apart",
    "no_evidence": "industries_trend_not_shown",
    "unchanged": "industries_trend_not_shown",
}
SKILL = {"skill": "industries_skill", "no_skill": "industries_no_skill"}
"""Codes by the verdict of a backtest."""
WEAK = 0.3
"""Correlation below which it is little to go by."""
FEW_INDUSTRIES = 5
"""Industries of a group below which a comparison hangs on single ones."""


def industry_findings(context: IndustryContext) -> Iterator[Finding]:
    """Yield the findings in the order of the sections."""
    yield from _complexity(context)
    yield from _likeness(context)
    yield from _layers(context)
    yield from _aspects(context)
    yield from _entry(context)
    if context.found.chain is not None:
        yield from _chain(context, context.found.chain)


def _complexity(context: IndustryContext) -> Iterator[Finding]:
    """Yield whether the scores can be called complexity and, where they can, who is at both ends."""
    found = context.found.complexity.result
    if found is None:
        return
    figures = {
        name: found.summary.row(-1, named=True)[name] for name in ("diversity", "ubiquity", "lambda2", "lambda3")
    }
    known = found.regions.filter(year=context.found.last).drop_nulls("eci").sort("eci", "unit")
    if any(value is None for value in figures.values()) or not known.height:
        return
    codes = [note.code for note in found.notes]
    numbers: dict[str, Any] = {"year": context.found.last, **figures}
    if is_split(found):
        code, condition = "industries_split", "ECI rises with diversity and PCI with ubiquity"
    elif "complexity_sign" in codes:
        code, condition = "industries_sign", "the sign is not set by diversity"
    elif "complexity_tied" in codes:
        code, condition = "industries_tied", "1 - lambda3 / lambda2 is next to nothing"
    elif min(abs(figures["diversity"]), abs(figures["ubiquity"])) < WEAK:
        code, condition = "industries_weak", f"one of the two correlations is below {WEAK:g} in size"
    else:
        code, condition = "industries_complexity_unranked", "ECI rises with diversity, PCI falls with ubiquity"
    if code == "industries_complexity_unranked" and context.ranks == "interval":
        code = "industries_complexity"
        ends = {"lowest": known.row(0, named=True), "highest": known.row(-1, named=True)}
        numbers |= {side: _unit(context, row["unit"]) for side, row in ends.items()}
        numbers |= {"bottom": ends["lowest"]["eci"], "top": ends["highest"]["eci"]}
    yield Finding(code, numbers, condition, "complexity-regions", ("L01", "D01"))


def _unit(context: IndustryContext, unit: str) -> Text:
    return context.units.get(unit, Text.same(unit))


def _likeness(context: IndustryContext) -> Iterator[Finding]:
    found = context.found.similarity.result
    if found is None or context.found.first == context.found.last:
        return
    trend = found.trend.filter(of="pairs").row(0, named=True)
    numbers = {"first": context.found.first, "last": context.found.last, "index": index_name(context)}
    numbers |= {"start": trend["first"], "end": trend["last"], "years": trend["years"]}
    code = TREND.get(trend["direction"], "industries_trend_short")
    if trend["p"] is None:
        code, condition = "industries_trend_short", "fewer than three years"
    else:
        numbers |= {"slope": trend["slope"], "p": trend["p"], "shown_p": p_words(trend["p"])}
        condition = "p of the trend of the yearly mean (autocorrelation-robust) against 0.05"
    yield Finding(code, numbers, condition, "similarity-table", ("L04", "L06"))


def _layers(context: IndustryContext) -> Iterator[Finding]:
    """Yield how the shares of new and the amount of old industry changed between the first and the last year."""
    found = context.found.portfolios.result
    if found is None:
        return
    years = {"first": context.found.first, "last": context.found.last}
    ends = {side: found.whole.filter(year=year) for side, year in years.items()}
    spec = context.found.spec
    if new := [layer for layer in context.layers if layer in spec.new]:
        share = {side: 100 * frame.filter(pl.col("layer").is_in(new))["share"].sum() for side, frame in ends.items()}
        numbers = {**years, "layers": _titles(context, new), "before": share["first"], "after": share["last"]}
        numbers |= _regions_by_change(found.frame, new, years)
        rose, fell = share["last"] > share["first"], share["last"] < share["first"]
        code = "industries_new_rose" if rose else "industries_new_fell" if fell else "industries_new_same"
        condition = "share of the new layers in the last year above, below or at that in the first; no test"
        yield Finding(code, numbers, condition, "layers-table", ("G01", "G02", "G03"))
    if old := [layer for layer in context.layers if layer in spec.old]:
        kept = {side: frame.filter(pl.col("layer").is_in(old)) for side, frame in ends.items()}
        value = {side: float(frame["value"].sum()) for side, frame in kept.items()}
        total = {side: float(frame["value"].sum()) for side, frame in ends.items()}
        if not (value["first"] and total["first"]):
            return
        growth = 100 * (value["last"] / value["first"] - 1)
        numbers = {**years, "layers": _titles(context, old), "whole": 100 * (total["last"] / total["first"] - 1)}
        numbers |= {"growth": growth, "shrank": -growth}
        code = "industries_old_shrank" if growth < 0 else "industries_old_grew"
        yield Finding(code, numbers, "activity of the old layers in the last year below that in the first, or not",
                      "layers-table", ("G01", "G04"))  # fmt: skip


def _titles(context: IndustryContext, layers: list[str]) -> Text:
    return Text.join([context.layers[layer] for layer in layers])


def _regions_by_change(frame: pl.DataFrame, layers: list[str], years: Mapping[str, Any]) -> dict[str, int]:
    """Return in how many regions the share of some layers rose and fell, among those there in both years."""
    ends = [
        frame.filter(pl.col("year") == year, pl.col("layer").is_in(layers)).group_by("unit").agg(pl.col("share").sum())
        for year in years.values()
    ]
    both = ends[0].join(ends[1], on="unit", suffix="_last")
    change = both["share_last"] - both["share"]
    return {"up": int((change > 0).sum()), "down": int((change < 0).sum())}


def _aspects(context: IndustryContext) -> Iterator[Finding]:
    found = context.found.aspects.result
    if found is None:
        return
    count = {verdict: found.frame.filter(verdict=verdict).height
             for verdict in ("as_stated", "contrary", "no_evidence", "not_measured")}  # fmt: skip
    measured = count["as_stated"] + count["contrary"] + count["no_evidence"]
    if not measured:
        return
    sizes = found.frame.select(pl.min_horizontal("new_industries", "old_industries").min()).item()
    numbers = {**count, "measured": measured, "least": sizes}
    code = "industries_aspects_few" if sizes < FEW_INDUSTRIES else "industries_aspects"
    condition = f"95 % interval of the difference above 0, below 0 or around it; few: fewer than {FEW_INDUSTRIES}"
    yield Finding(code, numbers, condition, "new-old", ("G12",))


def _entry(context: IndustryContext) -> Iterator[Finding]:
    card = context.found.backtest.result
    if card is None:
        return
    for pool in card.method.options["pools"]:
        row: Mapping[str, Any] = foremost(card, pool)
        if row["gain_low"] is not None:
            numbers = {**asked_of(card, pool), "auc": row["auc_within"], "gain": row["gain"]}
            numbers |= {"low": row["gain_low"], "high": row["gain_high"]}
            condition = "95 % bootstrap interval of the gain over ubiquity above 0, or not"
            yield Finding(SKILL[row["verdict"]], numbers, condition, f"backtest-{pool}", ("L01",))
    yield from _precision(card)


def _precision(card: BacktestCard) -> Iterator[Finding]:
    """Yield how many of a list succeed, in the stricter pool that there is."""
    pool, k = card.method.options["pools"][-1], card.method.options["k"]
    row: Mapping[str, Any] = foremost(card, pool)
    if row["precision"] is None:
        return
    numbers = {**asked_of(card, pool), "k": k, "hits": k * row["precision"], "chance": k * row["base_rate"]}
    numbers |= {"positives": row["positives"], "regions": row["listed"]}
    few = row["positives"] < FEW_HITS or row["listed"] < FEW_REGIONS
    code = "industries_precision_few" if few else "industries_precision"
    condition = f"few: fewer than {FEW_HITS} entries or {FEW_REGIONS} regions"
    yield Finding(code, numbers, condition, f"backtest-{pool}", ("L01", "L03"))


def _chain(context: IndustryContext, chain: Chain) -> Iterator[Finding]:
    yield from _linkages(context, chain)
    yield from _extraction(context, chain)
    yield from _imports(context, chain)
    yield from _digital(context, chain)
    if chain.chokepoints.result is not None:
        yield _chokepoint(context, chain.chokepoints.result)
    yield from _meters(chain)


def _ends(context: IndustryContext, frame: pl.DataFrame, column: str) -> tuple[tuple[Text, float], tuple[Text, float]]:
    """Return the sector with the largest and the one with the smallest figure, and the figures."""
    known = frame.drop_nulls(column).sort(column, maintain_order=True)
    rows = [known.row(place, named=True) for place in (-1, 0)]
    most, least = ((context.sectors.get(row["sector"], Text.same(row["sector"])), row[column]) for row in rows)
    return most, least


def _linkages(context: IndustryContext, chain: Chain) -> Iterator[Finding]:
    one = chain.linkages.result
    if one is None or not one.frame.drop_nulls("kind").height:
        return
    (backward, back), _ = _ends(context, one.frame, "backward_norm")
    (forward, ahead), _ = _ends(context, one.frame, "forward_norm")
    numbers: dict[str, Any] = {
        "sectors": one.frame.drop_nulls("kind").height,
        "key": one.frame.filter(kind="key").height,
    }
    numbers |= {"backward": backward, "back": back, "forward": forward, "ahead": ahead}
    code = "industries_key_sectors" if numbers["key"] else "industries_no_key_sectors"
    yield Finding(
        code, numbers, "backward and forward linkages over their mean both above 1", "linkages-table", ("G10",)
    )


def _extraction(context: IndustryContext, chain: Chain) -> Iterator[Finding]:
    one = chain.extraction.result
    if one is None or not one.frame.drop_nulls("outside_per_unit").height:
        return
    (total, _), _ = _ends(context, one.frame, "loss_outside")
    (per, loss), _ = _ends(context, one.frame, "outside_per_unit")
    share = 100 * one.frame.sort("loss_outside", descending=True, nulls_last=True)["outside_share"][0]
    code = "industries_loss_same" if total == per else "industries_loss_differs"
    numbers = {"total": total, "per": per, "share": share, "loss": loss}
    condition = "the sector with the largest loss outside also has the largest per unit of output, or not"
    yield Finding(code, numbers, condition, "extraction", ("G10", "F03"))


def _imports(context: IndustryContext, chain: Chain) -> Iterator[Finding]:
    one = chain.imports.result
    if one is None or not one.frame.drop_nulls("total").height:
        return
    (highest, most), (lowest, least) = _ends(context, one.frame, "total")
    numbers: dict[str, Any] = {"highest": highest, "most": 100 * most, "lowest": lowest, "least": 100 * least}
    code = "industries_imports"
    if one.vertical_share is not None:
        code, numbers["content"] = "industries_exports_content", 100 * one.vertical_share
    yield Finding(code, numbers, "largest and smallest total import content", "chain-position", ("G14", "F03"))


def _digital(context: IndustryContext, chain: Chain) -> Iterator[Finding]:
    one = chain.digital.result
    if one is None:
        return
    others = one.overall.filter(users="others").row(0, named=True)
    plain = one.frame.filter(~pl.col("digital")).drop_nulls("complete")
    if others["complete"] is None or not plain.height:
        return
    (highest, most), (lowest, least) = _ends(context, plain, "complete")
    numbers = {"direct": others["direct"], "complete": others["complete"]}
    numbers |= {"highest": highest, "most": most, "lowest": lowest, "least": least}
    yield Finding("industries_digital", numbers, "sectors that are not digital themselves", "digital-inputs",
                  ("G06", "G07"))  # fmt: skip


def _chokepoint(context: IndustryContext, one: Chokepoints) -> Finding:
    assessed = one.sensitivity.height
    numbers: dict[str, Any] = {"assessed": assessed, "of": one.frame.height}
    if not assessed:
        gone = {name: one.frame[name].null_count() for name in COMPONENTS}
        worst = max(COMPONENTS, key=lambda name: gone[name])
        numbers |= {"missing": component(worst), "count": gone[worst]}
        return Finding("industries_chokepoint_none", numbers, "no sector has all four components", "chokepoints-table",
                       ("F03", "G10"))  # fmt: skip
    first = one.sensitivity.row(0, named=True)
    score = one.frame.filter(sector=first["sector"])["score"][0]
    name = context.sectors.get(first["sector"], Text.same(first["sector"]))
    numbers |= {"name": name, "score": score, "worst": first["rank_worst"]}
    steady = "industries_chokepoint" if first["rank_worst"] == 1 else "industries_chokepoint_unsure"
    code = "industries_chokepoint_few" if assessed < FEW_POINTS else steady
    condition = f"few: fewer than {FEW_POINTS} sectors with all components; unsure: another rule ranks it lower"
    return Finding(code, numbers, condition, "chokepoints-table", ("F03", "G10"))


def _meters(chain: Chain) -> Iterator[Finding]:
    one = chain.meters.result
    if one is None:
        return
    known = meter_names(one.frame.drop_nulls("value"))
    if not known.height:
        return
    said = []
    for meter, zh, en, value in known.select("meter", "basis_zh", "basis_en", "value").rows():
        name = say("chokepoints.meter", meter=say(f"chokepoints.meter.{meter}"), basis=Text(zh, en))
        said.append(say("industries.reading", name=name, value=value))
    numbers = {"assessed": known.height, "of": one.frame.height, "readings": Text.join(said, "，", "; ")}
    yield Finding("industries_meters", numbers, "readings that have data", "meters", ("G09",))
