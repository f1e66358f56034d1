"""A backtest of entry: what a ranking of industries made in one year would have been worth in a later one.

The question is the planner's: which industries next for this region? So areas are taken within regions, against how
common an industry is, and entries from far below the threshold stand apart from those that were nearly there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import narwhals as nw
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import as_backend, backend_of
from nqpf.industry.entry.card import REFERENCE, Draws, Resample
from nqpf.industry.entry.fit import DEFAULT, Calibrate, Recipe
from nqpf.industry.entry.measures import How
from nqpf.industry.entry.remarks import remarks
from nqpf.industry.entry.trial import Benchmark, Trial, judged
from nqpf.industry.entry.window import Material, Pool, material_of, window, year_of, years_of
from nqpf.industry.grid import Empty
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least, check_level, names_of
from nqpf.numerics.cooccurrence import Diagonal
from nqpf.numerics.roc import Ties
from nqpf.results import Method, Note, Result

Scheme = Literal["region", "time"]

FITTED = ("logit", "logit_margins", "boosting")
"""Models that are fitted; every other name is a feature that ranks by itself."""

MODELS = ("ubiquity", "pci", "diversity_ubiquity", "density", "collaborative", "svd", "logit_margins", "logit")


@dataclass(frozen=True, slots=True, eq=False)
class BacktestCard(Result):
    """What models of entry were worth.

    Attributes
    ----------
    frame
        A row for each pool and model: pairs, positives, base_rate; auc over all pairs and its standard error (regions
        as clusters); auc_within, the mean over the regions with entries and others, its standard error and how many
        regions these are; precision among the first k of each region, its standard error and the regions with k pairs
        or more (listed); lift, precision over base rate; of probabilities brier, brier_skill (against the base rate),
        log_loss, intercept and slope of the calibration curve, ece; gain in auc_within over ubiquity with an interval
        that holds for all models and pools of the card at once; verdict: ``skill`` if that interval is above 0, else
        ``no_skill``, ``reference`` for ubiquity itself.
    calibration
        A row for each pool, model and tenth of probability: predicted, observed, count.
    regions
        A row for each pool, model and region: auc, precision; null where there is nothing to tell.
    predictions
        A row for each pool, fitted model and pair: rca, entered, fold, p, foretold by a model that has not seen the
        region's (or the period's) entries.
    method, notes
        How it came about, and remarks.
    """

    frame: pl.DataFrame
    calibration: pl.DataFrame
    regions: pl.DataFrame
    predictions: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def backtest(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str,
    start: Any = None,
    end: Any = None,
    pools: Sequence[Pool] = ("all", "deep"),
    models: Sequence[str] = MODELS,
    features: Sequence[str] | None = None,
    extra: Any = None,
    k: int = 10,
    scheme: Scheme = "region",
    folds: int = 2,
    before: Any = None,
    benchmark: Benchmark = "train",
    threshold: float = 1.0,
    deep: float = 0.5,
    calibrate: Calibrate = "none",
    ridge: float = 0.0,
    diagonal: Diagonal = "zero",
    rank: int = 10,
    neighbours: int | None = None,
    ties: Ties = "shared",
    resample: Resample = "both",
    draws: int = 999,
    level: float = 0.95,
    seed: int = 0,
    empty: Empty = "raise",
) -> BacktestCard:
    """Return what rankings of industries made in a year were worth by a later one, model by model.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `features`.
    start, end
        Years between which entries are looked at; by default the first and the last.
    pools
        ``all``: pairs without an advantage at the start; ``deep``: those below `deep`. The latter keeps apart what is
        in part noise around the threshold.
    models
        Features that rank by themselves (`nqpf.industry.features` names them), ``logit``, ``logit_margins`` (logit on
        ubiquity and diversity alone) and ``boosting`` (trees; scikit-learn). Ubiquity is always there.
    features
        What ``logit`` and ``boosting`` are made of; by default density, ubiquity and diversity for the former and all
        that needs no earlier year for the latter.
    extra
        Further features, as of `features`.
    k
        Length of each region's list.
    scheme
        ``region``: models are fitted on the entries of some regions and foretell those of others, in turn; ``time``:
        fitted on the entries from `before` to `start`.
    folds
        Parts of the regions; of a calibration inside them, too.
    before
        First year of the earlier window; by default the last one in the table before `start`.
    benchmark
        Under ``region``, what entry means where a model learns: ``train``, an advantage among the regions it learns
        from, so that nothing any other region did can reach it; ``all``, among all regions.
    threshold, deep
        Advantage from which a region has an industry, and below which an entry is deep.
    calibrate, ridge
        As of `entry_model`.
    diagonal, rank, neighbours
        As of `features`.
    ties
        Pairs of equal scores at the end of a list: ``shared``, the mean over all ways to break the tie; ``order``, the
        first by name.
    resample
        What is drawn anew for the interval of the gain: ``both`` regions and industries, so that a wave common to all
        regions is not taken for skill, or each ``region`` only.
    draws, level, seed
        Number of draws, level at which all intervals hold together, seed of draws and folds.
    empty
        Regions and industries without activity in a year that is used: ``raise`` an error, or ``drop`` them: from the
        start, or, where they end, from the pairs that are judged.

    Returns
    -------
    BacktestCard

    Raises
    ------
    DataError
        As `features`.
    SpecError
        No such year, model, feature or word; a number out of its range; the end not after the start.
    MethodError
        As `features`; no entries, or nothing but entries; no region with k pairs; the years have no regions in common;
        a logit without a maximum; scikit-learn missing.

    Notes
    -----
    Shares of successes are what a plan may expect, not what it may promise; an advantage gained is no output, profit or
    value added; and regions that vanished are not in the table.

    References
    ----------
    Hidalgo et al. (2007), doi:10.1126/science.1144581. Obuchowski (1997), Biometrics 53, 567–578.
    Cameron, Gelbach and Miller (2011), doi:10.1198/jbes.2010.07136.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> jobs = rng.lognormal(size=(2, 12, 8))
    >>> t, n, j = (axis.ravel() for axis in np.indices(jobs.shape))
    >>> table = {"city": n, "sector": j, "year": 2010 + 10 * t, "jobs": jobs.ravel()}
    >>> columns = {"unit": "city", "industry": "sector", "time": "year"}
    >>> card = backtest(table, "jobs", **columns, pools=["all"], models=["density"], k=3, draws=199)
    >>> card.frame.select("model", "pairs", "positives", "verdict").rows()
    [('ubiquity', 56, 16, 'reference'), ('density', 56, 16, 'no_skill')]
    """
    pools, models = cast("list[Pool]", names_of("pools", pools)), names_of("models", models)
    how = How(threshold, diagonal, rank, neighbours)
    recipe = Recipe("logit", (), calibrate, ridge, folds, seed)
    keys_apart(("pool", "model", "rca", "entered", "fold", "p"), unit=unit, industry=industry)
    keys_apart(("pool", "model", "auc", "precision"), unit=unit)
    _check(pools, scheme, benchmark, ties, resample, k, draws, level)
    material = material_of(data, value, unit, industry, time, extra, how, deep, empty)
    first, last = years_of(material.grid, start, end)
    recipes = _recipes(material, models, features, recipe)
    names = tuple(dict.fromkeys([REFERENCE, *(m for m in models if m not in FITTED),
                                 *(name for r in recipes.values() for name in r.names)]))  # fmt: skip
    test = window(material, first, last, names)
    learn = window(material, _earlier(material, first, before), first, names) if scheme == "time" else None
    ranked = tuple(dict.fromkeys([REFERENCE, *models]))
    turns = Draws.of(
        *test.shape, draws=draws, resample=resample, level=level, comparisons=len(pools) * (len(ranked) - 1), seed=seed
    )
    trial = Trial(test, learn, recipes, benchmark, folds, seed, k, ties, turns)
    found = [judged(trial, pool, ranked) for pool in pools]
    options = {
        "start": test.label(first), "end": test.label(last), "pools": tuple(pools), "models": ranked,
        "features": recipes["logit"].names if "logit" in recipes else None, "k": k, "scheme": scheme, "folds": folds,
        "before": None if learn is None else learn.label(learn.start), "benchmark": benchmark,
        "threshold": threshold, "deep": deep, "calibrate": calibrate, "ridge": ridge, "diagonal": diagonal,
        "rank": rank, "neighbours": neighbours, "ties": ties, "resample": resample, "draws": draws, "level": level,
        "seed": seed, "empty": empty,
    }  # fmt: skip
    frame = pl.concat([part.frame for part in found])
    notes = (*material.notes, *test.notes, *(learn.notes if learn else ()), *remarks(frame, test, learn, k))
    told = tuple(note for i, note in enumerate(notes) if note not in notes[:i])
    calibration, regions, predictions = (
        pl.concat([getattr(part, name) for part in found]) for name in ("calibration", "regions", "predictions")
    )
    method = Method("industry.backtest", options)
    return BacktestCard(frame, calibration, regions, predictions, method, told, backend_of(data))


def _check(
    pools: Sequence[str], scheme: str, benchmark: str, ties: str, resample: str, k: int, draws: int, level: float
) -> None:  # fmt: skip
    for pool in pools:
        choose("pools", pool, ("all", "deep"))
    choose("scheme", scheme, ("region", "time"))
    choose("benchmark", benchmark, ("train", "all"))
    choose("ties", ties, ("shared", "order"))
    choose("resample", resample, ("both", "region"))
    check_least("k", k, 1)
    check_least("draws", draws, 100)
    check_level("level", level)
    if not pools:
        raise SpecError("entry_no_pool", where=Where(key="pools"))


def _recipes(
    material: Material, models: Sequence[str], features: Sequence[str] | None, base: Recipe
) -> dict[str, Recipe]:
    """Return how each model that is fitted is fitted, and refuse models that are none."""
    known = (*FITTED, *material.names)
    for model in models:
        if model not in known:
            raise SpecError("bad_choice", where=Where(key="models"), value=model, options=listing(known, 20),
                            hint=hint(model, known))  # fmt: skip
    found = {}
    for model in dict.fromkeys(m for m in models if m in FITTED):
        kind: Literal["logit", "boosting"] = "boosting" if model == "boosting" else "logit"
        names = (
            ("ubiquity", "diversity")
            if model == "logit_margins"
            else tuple(DEFAULT[kind] if features is None else names_of("features", features))
        )
        material.check(names, "features")
        found[model] = replace(base, model=kind, names=names)
        found[model].check()
    base.check()
    return found


def _earlier(material: Material, first: int, before: Any) -> int:
    """Return the place of the year in which the earlier window begins."""
    grid = material.grid
    if before is None and first:
        return first - 1
    if before is None:
        raise MethodError("entry_no_earlier", where=Where(period=grid.years[first]))
    place = year_of(grid, before)
    if place >= first:
        raise SpecError("entry_years", start=before, end=grid.years[first])
    return place
