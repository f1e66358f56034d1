"""A chance of entry from features: logit or boosted trees, and on top of either a calibration from unseen rows.

Platt (1999), Probabilistic outputs for support vector machines; Zadrozny and Elkan (2002), doi:10.1145/775047.775151.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import expit

from nqpf.columns import choose
from nqpf.errors import MethodError, listing
from nqpf.industry.entry.trees import Trees
from nqpf.industry.options import check_least
from nqpf.numerics.logistic import Logit, logit

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]
Model = Literal["logit", "boosting"]
Calibrate = Literal["none", "platt", "isotonic"]

DEFAULT: dict[Model, tuple[str, ...]] = {
    "logit": ("density", "ubiquity", "diversity"),
    "boosting": (
        "density", "continuous_density", "collaborative", "svd", "ubiquity", "diversity", "pci", "advantage",
        "region_size", "industry_size",
    ),
}  # fmt: skip
"""Features where none are named."""

PARALLEL = 1e-10
"""Smallest eigenvalue of the features' correlations below which one of them says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is fitted; options of `entry_model`, where they are explained."""

    model: Model
    names: tuple[str, ...]
    calibrate: Calibrate
    ridge: float
    folds: int
    seed: int

    def check(self) -> None:
        """Raise a SpecError that names the first option which will not do."""
        choose("model", self.model, ("logit", "boosting"))
        choose("calibrate", self.calibrate, ("none", "platt", "isotonic"))
        check_least("ridge", self.ridge, 0.0)
        check_least("folds", self.folds, 2)
        check_least("seed", self.seed, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """R pairs with F features.

    Attributes
    ----------
    x
        ``float64[R, F]``.
    y
        ``bool[R]`` whether they were entered.
    region
        ``int[R]`` from 0.
    """

    x: Floats
    y: Bools
    region: Integers

    def some(self, at: Bools) -> Rows:
        """Return some of the rows."""
        return Rows(self.x[at], self.y[at], self.region[at])


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model that has seen its rows.

    Attributes
    ----------
    raw
        Gives the log odds ``float64[R]`` of rows ``float64[R, F]``, before calibration.
    corrected
        Turns log odds into probabilities; rises.
    mean, spread
        ``float64[F]`` of the rows it has seen.
    logit
        Coefficients on features of mean 0 and standard deviation 1, the constant first; None for trees.
    """

    raw: Callable[[Floats], Floats]
    corrected: Callable[[Floats], Floats]
    mean: Floats
    spread: Floats
    logit: Logit | None

    def probability(self, x: Floats) -> Floats:
        """Return probabilities ``float64[R]``."""
        return self.corrected(self.raw(x))


def fit(rows: Rows, recipe: Recipe) -> Fitted:
    """Return a model of some rows.

    Raises
    ------
    MethodError
        All rows were entered, or none; a feature is constant, or two say the same; features tell entries apart without
        fail; there are fewer regions than folds; scikit-learn is missing.
    """
    fitted = _plain(rows, recipe)
    if recipe.calibrate == "none":
        return fitted
    fold = folds_of(rows.region, recipe.folds, recipe.seed)
    unseen = np.empty(rows.y.size)
    for f in range(recipe.folds):
        unseen[fold == f] = _plain(rows.some(fold != f), recipe).raw(rows.x[fold == f])
    corrected = _platt(unseen, rows) if recipe.calibrate == "platt" else _isotonic(unseen, rows.y)
    return Fitted(fitted.raw, corrected, fitted.mean, fitted.spread, fitted.logit)


def folds_of(region: Integers, folds: int, seed: int) -> Integers:
    """Return the fold ``int[R]`` of each row, whole regions at a time, their numbers as equal as can be.

    Raises
    ------
    MethodError
        There are fewer regions than folds.
    """
    regions = np.unique(region)
    if regions.size < folds:
        raise MethodError("entry_few_regions", regions=regions.size, folds=folds)
    of = np.empty(int(regions[-1]) + 1, dtype=np.intp)
    of[regions] = np.random.default_rng(seed).permutation(regions.size) % folds
    return of[region]


def standardised(x: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return features as a matrix for `nqpf.numerics.logistic`, a constant first."""
    return np.column_stack([np.ones(len(x)), (x - mean) / spread])


def _plain(rows: Rows, recipe: Recipe) -> Fitted:
    count = int(rows.y.sum())
    if count in (0, rows.y.size):
        raise MethodError("entry_one_outcome", count=count, pairs=rows.y.size)
    mean, spread = rows.x.mean(axis=0), rows.x.std(axis=0)
    if recipe.model == "boosting":
        return Fitted(Trees.grown(rows.x, rows.y, None, recipe.seed).odds, expit, mean, spread, None)
    _check(rows.x, mean, spread, recipe.names)
    found = logit(standardised(rows.x, mean, spread), rows.y.astype(float), rows.region, recipe.ridge)
    if not found.exists:
        raise MethodError("entry_separated", features=listing(recipe.names, 20))

    def raw(x: Floats) -> Floats:
        out: Floats = standardised(x, mean, spread) @ found.coefficients
        return out

    return Fitted(raw, expit, mean, spread, found)


def _check(x: Floats, mean: Floats, spread: Floats, names: tuple[str, ...]) -> None:
    """Refuse features that do not vary, or that repeat each other."""
    flat = spread <= 1e-12 * np.abs(mean)
    if flat.any():
        raise MethodError("entry_feature_flat", feature=names[int(flat.argmax())])
    z = (x - mean) / spread
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    if values[0] < PARALLEL:
        twins = [name for name, part in zip(names, vectors[:, 0], strict=True) if abs(part) > 1e-3]
        raise MethodError("entry_features_twin", features=listing(twins, 20))


def _platt(unseen: Floats, rows: Rows) -> Callable[[Floats], Floats]:
    """Return the logistic curve of what came true on log odds, with Platt's targets short of 0 and 1."""
    hits, misses = float(rows.y.sum()), float((~rows.y).sum())
    target = np.where(rows.y, (hits + 1) / (hits + 2), 1 / (misses + 2))
    mean, spread = unseen.mean(keepdims=True), unseen.std(keepdims=True)
    found = logit(standardised(unseen[:, None], mean, spread), target, rows.region).coefficients

    def corrected(raw: Floats) -> Floats:
        out: Floats = expit(found[0] + found[1] * (raw - mean) / spread)
        return out

    return corrected


def _isotonic(unseen: Floats, y: Bools) -> Callable[[Floats], Floats]:
    """Return the rising steps nearest to what came true, straight lines between them."""
    knots, place, count = np.unique(unseen, return_inverse=True, return_counts=True)
    share = np.bincount(place, y) / count
    steps = isotonic_regression(share, weights=count.astype(float)).x

    def corrected(raw: Floats) -> Floats:
        out: Floats = np.interp(raw, knots, steps)
        return out

    return corrected
