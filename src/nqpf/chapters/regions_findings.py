"""Findings of the chapter on regions: what tests show of inequality, dynamics, space, systems and regressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import CLUSTERS, PARTS, inequality_frame, overall_wind
from nqpf.chapters.regions_parts import SURE, p_words, regions_told
from nqpf.chapters.regions_systems import pairs_of
from nqpf.errors import listing
from nqpf.messages import Text, say
from nqpf.regions.convergence.beta import BetaResult
from nqpf.regions.survey import Regions
from nqpf.results import Finding

BETA = {"not_shown": "beta_not_shown", "shown": "beta_shown", "diverges": "beta_diverges"}
BETA_PANEL = {"not_shown": "beta_panel_not_shown", "shown": "beta_panel_shown", "diverges": "beta_panel_diverges"}
CIRCLE = {"shown": "circle_shown", "not_shown": "circle_not_shown", "broken": "circle_broken"}
IMPACT = {
    (True, True): "impact_direct_indirect",
    (True, False): "impact_direct",
    (False, True): "impact_indirect",
    (False, False): "impact_none",
}
"""Codes by what a test shows; of impacts: whether the direct and the indirect one are shown."""
COORDINATED = 0.5
"""Coordination from which the ten levels speak of coordination rather than imbalance."""


def regions_findings(context: Context, found: Regions) -> Iterator[Finding]:
    """Yield the findings in the order of the sections."""
    yield from _inequality(found)
    yield from _distribution(found)
    yield from _convergence(found)
    yield from _space(found)
    yield from _systems(context, found)
    yield from _regression(found)


def _years(found: Regions) -> dict[str, Any]:
    return {"first": found.first, "last": found.last}


def _inequality(found: Regions) -> Iterator[Finding]:
    """Yield whether inequality changed by more than its intervals, and the largest part of it."""
    frame = inequality_frame(found)
    if frame is None:
        return
    start, end = frame.row(0, named=True), frame.row(-1, named=True)
    numbers = _years(found) | {"gini": end["gini"], "low": end["gini_low"], "high": end["gini_high"]}
    if any(one[key] is None for one in (start, end) for key in ("gini", "gini_low", "gini_high")):
        return
    if found.first == found.last:
        yield Finding("gini_level", numbers, "jackknife interval", "inequality", ("L07",))
    else:
        numbers |= {"before": start["gini"], "before_low": start["gini_low"], "before_high": start["gini_high"]}
        rose, fell = end["gini_low"] > start["gini_high"], end["gini_high"] < start["gini_low"]
        code = "gini_rose" if rose else "gini_fell" if fell else "gini_same"
        condition = "jackknife intervals of the first and the last year lie apart, or overlap"
        yield Finding(code, numbers, condition, "inequality", ("L07", "A13"))
    if found.dagum.result is not None and end["share_within"] is not None:
        yield _largest(found, end)


def _largest(found: Regions, end: Mapping[str, Any]) -> Finding:
    shares = {part: 100 * end[f"share_{part}"] for part in PARTS}
    first, second = sorted(PARTS, key=lambda part: -shares[part])[:2]
    low, high = end[f"share_{first}_low"], end[f"share_{second}_high"]
    apart = low is not None and high is not None and low > high
    numbers = {"year": found.last, "largest": say(f"regions.part.{first}")} | shares
    how = "above" if apart else "not wholly above"
    condition = f"largest share: {first}; its interval lies {how} that of the next, {second}"
    return Finding("dagum_largest" if apart else "dagum_unsure", numbers, condition, "inequality", ("L07",))


def _distribution(found: Regions) -> Iterator[Finding]:
    if found.chain.result is not None:
        share = {row["index"]: 100 * row["value"] for row in found.chain.result.mobility.head(3).to_dicts()}
        moves = int(found.chain.result.transitions["count"].sum())
        numbers = _years(found) | share | {"moves": moves, "classes": found.chain.result.classes.height}
        yield Finding("markov_moves", numbers, "shares of all counted moves", "markov", ("A13",))
    if found.spatial_chain.result is None:
        return
    whole = found.spatial_chain.result.tests.filter(pl.col("lag_class").is_null(), test="Q").row(0, named=True)
    p = whole["p_permutation"]
    if p is None:
        return
    numbers = {"statistic": whole["statistic"], "p": p, "shown_p": p_words(p)}
    code = "spatial_markov_shown" if p < SURE else "spatial_markov_not_shown"
    yield Finding(code, numbers, f"p of the permutation test against {SURE:g}", "spatial-markov-tests", ("L07",))


def _convergence(found: Regions) -> Iterator[Finding]:
    if found.sigma.result is not None:
        trend = found.sigma.result.trend.row(0, named=True)
        ends = found.sigma.result.ratio.row(0, named=True)
        if trend["p"] is not None and ends["paired_p"] is not None:
            yield _sigma(found, trend, ends)
    if found.absolute.result is not None:
        yield _beta(found, found.absolute.result, BETA)
    if found.conditional.result is not None:
        yield _beta(found, found.conditional.result, BETA_PANEL)
    if found.clubs.result is not None:
        yield _clubs(found)


def _sigma(found: Regions, trend: Mapping[str, Any], ends: Mapping[str, Any]) -> Finding:
    """Return whether the spread changed: a trend alone is not enough, as its test takes the years for independent."""
    numbers = _years(found) | {"start": ends["sigma_start"], "end": ends["sigma_end"], "slope": trend["slope"]}
    numbers |= {"p": trend["p"], "shown_p": p_words(trend["p"])}
    numbers |= {"p_ends": ends["paired_p"], "shown_ends": p_words(ends["paired_p"])}
    sure = [trend["p"] < SURE, ends["paired_p"] < SURE]
    falls = (trend["slope"] < 0, ends["paired_t"] > 0)
    if all(sure) and falls[0] == falls[1]:
        code = "sigma_falls" if falls[0] else "sigma_rises"
    else:
        code = "sigma_mixed" if any(sure) else "sigma_not_shown"
    condition = f"p of the linear trend and of Pitman and Morgan's test of first and last year, both against {SURE:g}"
    return Finding(code, numbers, condition, "sigma-table", ("A13", "L07"))


def _beta(found: Regions, one: BetaResult, codes: Mapping[str, str]) -> Finding:
    row = one.frame.filter(term="ln(value)").row(0, named=True)
    half = one.speed["half_life"][0]
    sure = row["p"] < SURE
    state = "not_shown" if not sure else "shown" if row["estimate"] < 0 else "diverges"
    numbers = _years(found) | {"slope": row["estimate"], "p": row["p"], "shown_p": p_words(row["p"])}
    numbers["half_life"] = say("regions.no_half_life") if half is None else say("regions.half_life", years=half)
    condition = f"slope of growth on the initial logarithm; p against {SURE:g}"
    return Finding(codes[state], numbers, condition, "beta", ("A13", "L07"))


def _clubs(found: Regions) -> Finding:
    one = found.clubs.result
    assert one is not None
    sizes = one.clubs["n"].to_list()
    diverge = one.frame["club"].null_count()
    numbers = _years(found) | {"count": one.frame.height, "clubs": len(sizes), "diverge": diverge}
    numbers["sizes"] = listing(sizes, 12)
    if not sizes or len(sizes) == 1:
        code = "clubs_none" if not sizes else "clubs_core" if diverge else "clubs_one"
    else:
        code = "clubs_several" if diverge else "clubs_all"
    return Finding(code, numbers, "log t test by Phillips and Sul, t > −1.65 within a club", "clubs", ("A13", "L07"))


def _space(found: Regions) -> Iterator[Finding]:
    if found.moran.result is not None:
        frame = found.moran.result.frame
        last, years = frame.row(-1, named=True), frame.height
        p = last["p_permutation"]
        sure = frame.filter((pl.col("p_permutation") < SURE) & (pl.col("moran") > pl.col("expected"))).height
        numbers = {"year": found.last, "moran": last["moran"], "p": p, "shown_p": p_words(p)}
        numbers |= {"sure": sure, "years": years}
        side = "moran_alike" if last["moran"] > last["expected"] else "moran_unlike"
        code = side if p < SURE else "moran_not_shown"
        condition = f"two-sided p of the permutation test against {SURE:g}"
        yield Finding(code, numbers, condition, "moran-table", ("L07", "L09"))
    if found.lisa.result is not None:
        yield _lisa(found, found.lisa.result.frame)
    if found.ellipse.result is not None and found.ellipse.result.frame.height > 1:
        frame = found.ellipse.result.frame
        moved = frame["moved_in_all"][-1]
        if moved > 0:
            wind = overall_wind(frame)
            numbers = _years(found) | {"moved": moved, "wind": say(f"regions.wind.{wind}")}
            condition = "great-circle distance between the centres of the first and the last year; not a test"
            yield Finding("centre_moved", numbers, condition, "centre-table", ("L07",))


def _lisa(found: Regions, frame: pl.DataFrame) -> Finding:
    counts = {kind: frame.filter(cluster=kind).height for kind in CLUSTERS[:-1]}
    loose = frame.filter(pl.col("cluster_unadjusted") != "none").height
    numbers = {"year": found.last, "count": frame.height, "loose": loose, "marked": sum(counts.values())} | counts
    code = "lisa_clusters" if numbers["marked"] else "lisa_none"
    condition = "p by conditional permutation, adjusted for all units (Benjamini–Hochberg), at most the share asked for"
    return Finding(code, numbers, condition, "lisa", ("L07", "L01"))


def _systems(context: Context, found: Regions) -> Iterator[Finding]:
    if found.coupling.result is not None:
        one = found.coupling.result
        column = "coordination_traditional" if "differs" in one.frame.columns else "coordination"
        known = one.frame.filter(period=found.last).drop_nulls(column)
        if known.height:
            high = known.filter(pl.col(column) >= COORDINATED).height
            middle = float(np.median(known[column].to_numpy()))
            numbers: dict[str, Any] = {"year": found.last, "count": known.height, "median": middle}
            numbers |= {"high": high, "low": known.height - high}
            condition = f"traditional coordination ≥ {COORDINATED:g}"
            yield Finding("coordination_levels", numbers, condition, "coordination", ("L07", "A03"))
            yield from _formulas(found, known)
    if found.circles.result is not None:
        told = regions_told(context)
        for row in found.circles.result.circles.to_dicts():
            names = {"circle": Text.same(row["circle"]), "weakest": told.called(row["weakest"])}
            numbers = names | {"edges": row["edges"], "shown": row["shown"]}
            condition = f"an edge is shown: corrected effect > 0 and q < {SURE:g} (Benjamini–Hochberg over all edges)"
            yield Finding(CIRCLE[row["turns"]], numbers, condition, "circle-edges", ("H01", "H02"))


def _formulas(found: Regions, known: pl.DataFrame) -> Iterator[Finding]:
    """Yield how often the two formulas put the same on different levels."""
    one = found.coupling.result
    assert one is not None
    if "differs" in known.columns:
        count, differ, place = known.height, int(known["differs"].sum()), "coordination"
    else:
        frame = pairs_of(one.pairs, found.last)
        count, differ, place = int(frame["units"].sum()), int(frame["differ"].sum()), "coordination-pairs"
    numbers = {"year": found.last, "count": count, "differ": differ}
    yield Finding("coordination_formulas", numbers, "level by either formula", place, ("L07",))


def _regression(found: Regions) -> Iterator[Finding]:
    one = found.regression.result
    if one is None:
        return
    spatial = one.coefficients.filter(kind="spatial")
    if one.rho is not None and spatial.height:
        p = spatial["p"][0]
        numbers = _years(found) | {"rho": one.rho, "p": p, "shown_p": p_words(p)}
        code = "rho_not_shown" if p >= SURE else "rho_positive" if one.rho > 0 else "rho_negative"
        yield Finding(code, numbers, f"z test of ρ against {SURE:g}", "regression", ("L09", "L07"))
    frame = one.impacts().frame
    for driver in frame["name"].unique(maintain_order=True):
        rows = {row["effect"]: row for row in frame.filter(name=driver).to_dicts()}
        numbers = {"driver": Text.same(driver)}
        for effect, row in rows.items():
            numbers[effect] = row["estimate"]
            numbers[f"{effect}_p"] = Text.same("—") if row["p"] is None else p_words(row["p"])
        direct, indirect = (rows[e]["p"] is not None and rows[e]["p"] < SURE for e in ("direct", "indirect"))
        condition = f"delta-method z tests of impacts against {SURE:g}"
        yield Finding(IMPACT[direct, indirect], numbers, condition, "impacts", ("L07",))
