"""Alike plans: which industries everybody names, and whether plans are more alike than plans of their sizes would be.

Random plans with the same sizes and the same popularity of industries are drawn by trading: Strona et al. (2014),
doi:10.1038/ncomms5114. A plan is what somebody wrote; whether it is carried out other data must tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import backend_of, require, to_polars
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least, check_level
from nqpf.industry.warning.entry_waves import discovery
from nqpf.industry.warning.lights import CautionResult, Light, Line, Signal, Tier, light_of, line, table_of
from nqpf.industry.warning.plan_draws import Chance, Measure, Null, alike, chance
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Source = Literal["plans", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSimilarityResult(CautionResult):
    """How alike plans are.

    Attributes
    ----------
    frame
        A row a pair of regions: the column of regions with _1 and _2, similarity, shared (industries both name),
        expected and sd (of random plans of the chosen null), z, p (one-sided, of as alike), q (over all pairs).
    industries
        A row an industry of the menu, most named first: regions (that name it), share, expected (regions, if each
        chose at random), z.
    units
        A row a region: named (industries), similarity (mean with the others), nearest (the most alike).
    summary
        A row a null hypothesis: null, similarity (mean of all pairs), expected, sd, z, p.
    """

    industries: pl.DataFrame
    units: pl.DataFrame
    summary: pl.DataFrame


def plan_similarity(
    data: Any,
    *,
    unit: str,
    industry: str,
    weight: str | None = None,
    source: Source = "plans",
    measure: Measure = "cosine",
    null: Null = "sizes_popularity",
    menu: Sequence[Any] | None = None,
    empty: Empty = "raise",
    draws: int = 999,
    alpha: float = 0.05,
    similarity_line: Line = (0.5, 0.75),
    share_line: Line = (0.5, 0.75),
    seed: int = 0,
    workers: int | None = None,
) -> PlanSimilarityResult:
    """Compare what regions plan, two by two and with random plans.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each industry that a region names.
    unit, industry
        Columns of regions and industries.
    weight
        Column of weights, e.g. money or how often a text names the industry; None: named or not. Only shares within a
        region count.
    source
        ``plans``: somebody read who names what, so that the number is measured; ``text``: counts of words, which only
        indicate it.
    measure
        ``cosine`` of the weights; ``jaccard``: industries that both name over those that at least one names.
    null
        What pairs are compared with. ``sizes_popularity``: random plans that name as many industries, while each
        industry is named by as many regions: is a pair more alike than what is in fashion explains? ``sizes``: plans
        that only name as many industries: is there a fashion? The summary has both; with fixed popularity the mean over
        all pairs can hardly differ, so that only ``sizes`` speaks of herding.
    menu
        All industries that could be named; None: those that somebody names. A menu too short hides herding.
    empty
        Regions whose weights are all 0, and industries nobody names: ``raise`` or ``drop``. Those of `menu` stay.
    draws, seed, workers
        Random plans, their seed, threads; results do not depend on the last.
    alpha
        Level of the test against ``sizes`` without which no similarity is lit.
    similarity_line
        Mean similarity of all pairs (conventions).
    share_line
        Share of regions that name an industry (conventions).

    Returns
    -------
    PlanSimilarityResult
        A row a pair; ``.industries``, ``.units``, ``.summary``, ``.lights``.

    Raises
    ------
    DataError
        A column is absent, a label or weight missing, or an industry twice in a plan.
    SpecError
        No such option; thresholds in the wrong order; an industry that is not on the menu.
    MethodError
        A negative weight, a plan without industries, or a single plan.

    References
    ----------
    Strona et al. (2014), doi:10.1038/ncomms5114. Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> plans = {"r": list("aabbc"), "i": ["pv", "ai", "pv", "ai", "tea"]}
    >>> found = plan_similarity(plans, unit="r", industry="i", draws=99)
    >>> found.frame.select("r_1", "r_2", pl.col("similarity").round(9)).rows()
    [('a', 'b', 1.0), ('a', 'c', 0.0), ('b', 'c', 0.0)]
    """
    for key, word, words in (("source", source, Source), ("measure", measure, Measure), ("null", null, Null)):
        choose(key, word, get_args(words))
    lines = {"similarity": line("similarity_line", similarity_line), "share": line("share_line", share_line)}
    check_least("draws", draws, 1)
    check_least("seed", seed, 0)
    check_level("alpha", alpha)
    keys_apart(("named", "similarity", "nearest"), unit=unit)
    keys_apart(("regions", "share", "expected", "z"), industry=industry)
    grid = _grid(data, unit, industry, weight)
    units, industries, notes = grid.kept(0, empty)
    x, names = _on_menu(grid.values[0][np.ix_(units, industries)], grid.industries.gather(industries), menu, industry)
    labels = grid.units.gather(units)
    if len(labels) < 2:
        raise MethodError("plan_single", units=len(labels))
    own = alike(x, measure)
    nulls = {name: chance(x, measure, name, draws=draws, seed=seed, workers=workers) for name in get_args(Null)}
    pairs = _pairs(own, x, nulls[null], draws, labels, unit)
    summary = _summary(own, nulls, draws)
    popular = _popular(x, names, industry)
    tier: Tier = "measured" if source == "plans" else "indicated"
    options = {
        "weight": weight, "source": source, "measure": measure, "null": null, "menu": menu and list(menu),
        "empty": empty, "draws": draws, "alpha": alpha, "seed": seed,
        **{f"{name}_line": pair for name, pair in lines.items()},
    }  # fmt: skip
    return PlanSimilarityResult(
        frame=pairs,
        lights=table_of(_signals(summary, popular, industry, lines, alpha, tier)),
        industries=popular,
        units=_units(own, x, labels, unit),
        summary=summary,
        method=Method("industry.plan_similarity", options),
        notes=(*notes, *_notes(pairs.height, draws, alpha, menu)),
        backend=backend_of(data),
    )


def _grid(data: Any, unit: str, industry: str, weight: str | None) -> Grid:
    if weight:
        return Grid.of(data, weight, unit=unit, industry=industry)
    frame = to_polars(data)
    require(frame, unit, industry)
    return Grid.of(frame.select(unit, industry, pl.lit(1.0).alias("·")), "·", unit=unit, industry=industry)


def _on_menu(x: Floats, named: pl.Series, menu: Sequence[Any] | None, industry: str) -> tuple[Floats, pl.Series]:
    """Return weights with a column for every industry of the menu, in the order of labels."""
    if menu is None:
        return x, named
    if not isinstance(menu, Iterable):
        raise SpecError("bad_value", where=Where(key="menu"), value=menu, expected=listing(named, 12))
    every = pl.Series(industry, list(menu), dtype=named.dtype, strict=False).unique().sort()
    strange = [label for label in named.to_list() if label not in set(every.to_list())]
    if strange:
        raise SpecError("plan_menu", where=Where(key="menu"), names=listing(strange), count=len(strange))
    out = np.zeros((len(x), len(every)))
    place = {label: k for k, label in enumerate(every.to_list())}
    out[:, [place[label] for label in named.to_list()]] = x
    return out, every


def _pairs(own: Floats, x: Floats, null: Chance, draws: int, labels: pl.Series, unit: str) -> pl.DataFrame:
    one, two = np.triu_indices(len(own), 1)
    shared = ((x > 0).astype(float) @ (x > 0).T.astype(float))[one, two]
    expected, sd = null.expected[one, two], null.sd[one, two]
    away = own[one, two] - expected
    z = np.divide(away, sd, out=np.full(sd.shape, np.nan), where=sd > 1e-12)
    p = (1 + null.as_alike[one, two]) / (1 + draws)
    return pl.DataFrame(
        {
            f"{unit}_1": labels.gather(one),
            f"{unit}_2": labels.gather(two),
            "similarity": own[one, two],
            "shared": shared.astype(int),
            "expected": expected,
            "sd": sd,
            "z": pl.Series("", z, nan_to_null=True),
            "p": p,
            "q": discovery(p),
        }
    )


def _summary(own: Floats, nulls: dict[Null, Chance], draws: int) -> pl.DataFrame:
    mean = float(own[np.triu_indices(len(own), 1)].mean())
    rows = []
    for name, null in nulls.items():
        expected, sd = float(null.overall.mean()), float(null.overall.std())
        count = int((null.overall >= mean - 1e-12).sum())
        z = (mean - expected) / sd if sd > 1e-12 else None
        rows.append((name, mean, expected, sd, z, (1 + count) / (1 + draws)))
    schema = {"null": pl.String, **dict.fromkeys(("similarity", "expected", "sd", "z", "p"), pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _popular(x: Floats, names: pl.Series, industry: str) -> pl.DataFrame:
    """Return how many regions name each industry, beside regions that choose at random as many as they do."""
    named = x > 0
    chosen = named.mean(axis=1)
    expected, sd = float(chosen.sum()), float(np.sqrt((chosen * (1 - chosen)).sum()))
    regions = named.sum(axis=0)
    frame = pl.DataFrame(
        {industry: names, "regions": regions, "share": regions / len(x), "expected": np.full(regions.size, expected)}
    )
    z = (pl.col("regions") - expected) / sd if sd > 0 else pl.lit(None, pl.Float64)
    return frame.with_columns(z.alias("z")).sort("regions", industry, descending=[True, False])


def _units(own: Floats, x: Floats, labels: pl.Series, unit: str) -> pl.DataFrame:
    others = own.copy()
    np.fill_diagonal(others, -np.inf)
    mean = (own.sum(axis=1) - np.diag(own)) / (len(own) - 1)
    return pl.DataFrame(
        {
            unit: labels,
            "named": (x > 0).sum(axis=1),
            "similarity": mean,
            "nearest": labels.gather(others.argmax(axis=1)),
        }
    )


def _signals(
    summary: pl.DataFrame, popular: pl.DataFrame, industry: str, lines: dict[str, Line], alpha: float, tier: Tier
) -> Iterator[Signal]:
    row = summary.row(by_predicate=pl.col("null") == "sizes", named=True)
    light: Light | None = light_of(row["similarity"], lines["similarity"]) if row["p"] <= alpha else "none"
    yield Signal("plan_similarity", "similarity", row["similarity"], lines["similarity"], light, tier)
    for name, share in popular.select(industry, "share").iter_rows():
        lit = light_of(share, lines["share"])
        yield Signal("plan_similarity", "share", share, lines["share"], lit, tier, industry=name)


def _notes(pairs: int, draws: int, alpha: float, menu: Sequence[Any] | None) -> list[Note]:
    notes = [Note("plan_written", "info")]
    if menu is None:
        notes.append(Note("plan_no_menu", "info"))
    if pairs / (draws + 1) > alpha:
        notes.append(Note("plan_few_draws", "info", {"pairs": pairs, "draws": draws, "alpha": alpha}))
    return notes
