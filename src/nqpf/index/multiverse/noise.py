"""Noise around weights, and weights drawn from nothing but the simplex.

A draw is a set of uniform numbers, one a node, that stays the same whatever weights a recipe gives: so two recipes with
one draw differ by their weights alone. Dirichlet noise keeps the mean of a weight; uniform noise of ± 25 % is no longer
± 25 % once the weights are brought back to a sum of one, and says so in its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from scipy.special import gammaincinv

from nqpf.yamlfile import Strict

Floats = NDArray[np.float64]


class Noise(Strict):
    """How weights are disturbed within every group of siblings.

    Attributes
    ----------
    kind
        ``dirichlet``: shares drawn around the recipe's weights; ``uniform``: each weight times a number between
        1 − `width` and 1 + `width`, then divided by their sum; ``simplex``: any weights, each set as likely as another,
        whatever the recipe says.
    concentration
        Of ``dirichlet``: the higher the closer; a weight w has standard deviation √(w(1 − w)/(concentration + 1)).
    width
        Of ``uniform``.
    draws
        How many sets of weights; default 20 for a factorial design, one a row for a sampled one.
    """

    ONLY: ClassVar[Mapping[str, str]] = {"concentration": "dirichlet", "width": "uniform"}

    kind: Literal["dirichlet", "uniform", "simplex"]
    concentration: Annotated[float, Field(ge=1)] = 50.0
    width: Annotated[float, Field(gt=0, le=1)] = 0.25
    draws: Annotated[int, Field(ge=2)] | None = None

    @model_validator(mode="after")
    def _options_of_the_kind(self) -> Noise:
        for option, kind in self.ONLY.items():
            if option in self.model_fields_set and self.kind != kind:
                words = {"option": option, "method": self.kind, "methods": kind}
                raise PydanticCustomError("option_unused", "{option} does not go with {method}", words)
        return self


def noisy_weights(local: Floats, groups: Sequence[NDArray[np.intp]], noise: Noise, *, seed: int, draw: int) -> Floats:
    """Return weights within siblings with noise.

    Parameters
    ----------
    local
        ``float64[1 or T, nodes]``, summing to one within each group.
    groups
        Positions of the siblings of each group.
    noise
        What noise.
    seed, draw
        Together they fix the draw; every year of `local` has the same.

    Returns
    -------
    ndarray, shape of `local`
        Weights ≥ 0 that sum to one within each group; a weight of zero stays zero except for ``simplex``.

    References
    ----------
    Dirichlet and uniform draws on the simplex: Devroye (1986), Non-Uniform Random Variate Generation, ch. XI.4,
    doi:10.1007/978-1-4613-8643-8. Noise on weights in composite indicators: Saisana, Saltelli & Tarantola (2005),
    Journal of the Royal Statistical Society A 168(2), doi:10.1111/j.1467-985X.2005.00350.x.

    Examples
    --------
    >>> w = noisy_weights(np.array([[0.5, 0.5, 1.0]]), [np.array([0, 1])], Noise(kind="dirichlet"), seed=1, draw=0)
    >>> round(float(w[0, :2].sum()), 12), float(w[0, 2])
    (1.0, 1.0)
    """
    return np.asarray(weights_of_draws(local, groups, noise, seed=seed, draws=(draw,))[0])


def weights_of_draws(
    local: Floats, groups: Sequence[NDArray[np.intp]], noise: Noise, *, seed: int, draws: Sequence[int]
) -> Floats:
    """Return weights within siblings under many draws at once: ``float64[draws, 1 or T, nodes]``, as `noisy_weights`.

    Examples
    --------
    >>> both = weights_of_draws(np.array([[0.5, 0.5]]), [np.array([0, 1])], Noise(kind="simplex"), seed=1, draws=[4, 9])
    >>> one = noisy_weights(np.array([[0.5, 0.5]]), [np.array([0, 1])], Noise(kind="simplex"), seed=1, draw=9)
    >>> both.shape, bool((both[1] == one).all())
    ((2, 1, 2), True)
    """
    u = _uniforms(local.shape[1], seed, draws if isinstance(draws, range) else tuple(draws))[:, None]
    found = np.repeat(local[None], len(draws), axis=0)
    for group in groups:
        if len(group) > 1:
            drawn = _drawn(local[:, group], u[:, :, group], noise)
            found[:, :, group] = drawn / drawn.sum(axis=-1, keepdims=True)
    return found


@lru_cache(maxsize=8)
def _uniforms(nodes: int, seed: int, draws: Sequence[int]) -> Floats:
    """Return uniform numbers ``float64[draws, nodes]``: those of a draw hang on the seed and its number alone."""
    found = np.stack([np.random.default_rng([seed, draw]).random(nodes) for draw in draws])
    found.flags.writeable = False
    return found


def _drawn(w: Floats, u: Floats, noise: Noise) -> Floats:
    """Return what is proportional to the noisy weights of one group, ``float64[draws, 1 or T, siblings]``."""
    if noise.kind == "uniform":
        return np.asarray(w * (1 + noise.width * (2 * u - 1)))
    if noise.kind == "simplex":
        return np.broadcast_to(-np.log1p(-u), np.broadcast_shapes(u.shape, w.shape))
    some = w > 0
    gamma = gammaincinv(noise.concentration * np.where(some, w, 1.0), u)
    return np.asarray(np.where(some, gamma, 0.0))
