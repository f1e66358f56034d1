"""How alike plans are, and how alike random plans of the same sizes would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.curveball import curveball
from nqpf.parallel import spread

Floats = NDArray[np.float64]
Measure = Literal["cosine", "jaccard"]
Null = Literal["sizes", "sizes_popularity"]

BATCH = 64
"""Random plans of a batch; fixed, so that what is drawn does not depend on the number of workers."""
TIE = 1e-12


def alike(x: Floats, measure: Measure) -> Floats:
    """Return how alike N plans ``float64[..., N, K]`` are, two by two: ``float64[..., N, N]``.

    Parameters
    ----------
    x
        Weights, none negative, in no plan all 0.
    measure
        ``cosine`` of the weights; ``jaccard`` industries that both name over those that one does.

    Examples
    --------
    >>> float(alike(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]), "jaccard")[0, 1].round(3))
    0.333
    """
    if measure == "cosine":
        unit = x / np.sqrt((x * x).sum(axis=-1, keepdims=True))
        return np.asarray(np.minimum(unit @ np.swapaxes(unit, -1, -2), 1.0))
    named = (x > 0).astype(float)
    both = named @ np.swapaxes(named, -1, -2)
    size = named.sum(axis=-1)
    return np.asarray(both / (size[..., :, None] + size[..., None, :] - both))


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """Random plans of one null hypothesis, B draws of N plans.

    Attributes
    ----------
    expected, sd
        ``float64[N, N]`` mean and standard deviation for each pair.
    as_alike
        ``int[N, N]`` draws in which a pair is as alike as it is.
    overall
        ``float64[B]`` mean over all pairs.
    """

    expected: Floats
    sd: Floats
    as_alike: NDArray[np.intp]
    overall: Floats


def chance(x: Floats, measure: Measure, null: Null, *, draws: int, seed: int, workers: int | None = None) -> Chance:
    """Return how alike random plans are.

    Parameters
    ----------
    x
        ``float64[N, K]`` weights.
    measure
        See `alike`.
    null
        ``sizes``: each region spreads its weights over industries at random. ``sizes_popularity``: each industry is
        also named by as many regions as it is; weights fall on a region's industries at random.
    draws, seed, workers
        How many, from which seed, by how many threads; results do not depend on the last.
    """
    own = alike(x, measure)
    counts = [min(BATCH, draws - start) for start in range(0, draws, BATCH)]
    batches = list(zip(counts, np.random.SeedSequence(seed).spawn(len(counts)), strict=True))
    work = partial(_batch, x=x, own=own, measure=measure, null=null)
    parts = spread(work, batches, workers=workers, threads=True)
    total, squares = sum(p[0] for p in parts), sum(p[1] for p in parts)
    away = total / draws
    variance = np.maximum(squares / draws - away**2, 0.0)
    return Chance(
        own + away, np.sqrt(variance), np.asarray(sum(p[2] for p in parts)), np.concatenate([p[3] for p in parts])
    )


def _batch(
    batch: tuple[int, np.random.SeedSequence], x: Floats, own: Floats, measure: Measure, null: Null
) -> tuple[Floats, Floats, NDArray[np.intp], Floats]:
    """Return sums over draws of the difference to what is, its square, whether it is no smaller; and means of draws."""
    draws, seed = batch
    rng = np.random.default_rng(seed)
    total, squares = np.zeros(own.shape), np.zeros(own.shape)
    as_alike = np.zeros(own.shape, dtype=np.intp)
    upper = np.triu_indices(len(x), 1)
    means = np.empty(draws)
    for b, plans in enumerate(_shuffled(x, draws, rng) if null == "sizes" else _traded(x, draws, rng)):
        found = alike(plans, measure)
        away = found - own
        total += away
        squares += away**2
        as_alike += away >= -TIE
        means[b] = found[upper].mean()
    return total, squares, as_alike, means


def _shuffled(x: Floats, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    for _ in range(draws):
        yield rng.permuted(x, axis=1)


def _traded(x: Floats, draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    plain = bool(np.isin(x, (0.0, 1.0)).all())
    ordered = -np.sort(-x, axis=1)
    for named in curveball(x > 0, draws, rng):
        if plain:
            yield named.astype(float)
            continue
        # the weights of a region, in random order, on the industries it names in the draw
        order = np.argsort(np.where(named, rng.random(named.shape), 2.0), axis=1)
        out = np.zeros(named.shape)
        np.put_along_axis(out, order, ordered, axis=1)
        yield out
