"""Combinations of weights: one vector out of several.

``game``: Σ_l α_l u_l as near as can be to every u_k (陈加良 2003, 福建电脑 2003(9): 15–16): first-order conditions
Σ_l α_l u_k·u_l = u_k·u_k, α ≥ 0 divided by its sum. ``multiplicative``: Π w_l (Hwang and Yoon 1981,
doi:10.1007/978-3-642-48318-9). ``minimum_information`` and ``linear``: geometric and arithmetic mean, which have the
least sum of relative entropies to and from the weights (Genest and Zidek 1986, doi:10.1214/ss/1177013825).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import checked, column_weights
from nqpf.errors import MethodError, listing
from nqpf.index.options.weight import Weight
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

NOUGHT = 1e-9
"""A coefficient above minus this is not negative: it is rounding (equal weights always have the coefficient 0)."""


def game_coefficients(w: Floats) -> Floats:
    """Return the coefficients α ``float64[..., L]`` of L weight vectors ``float64[..., L, K]``, as they come.

    They solve Σ_l α_l u_k·u_l = u_k·u_k for every k; where vectors coincide, the solution of least norm is taken, which
    treats them alike.
    """
    products = np.einsum("...lk,...mk->...lm", w, w)
    own = np.einsum("...ll->...l", products)
    inverse = np.linalg.pinv(products, rcond=1e-12, hermitian=True)
    return np.asarray(np.einsum("...lm,...m->...l", inverse, own))


def shares_in_game(w: Floats, names: Sequence[str], on_negative: str = "stop") -> Floats:
    """Return the coefficients of a game made positive and divided by their sum.

    Raises
    ------
    MethodError
        A coefficient is negative (the condition of the method is α ≥ 0), unless `on_negative` is ``absolute``.
    """
    alpha = game_coefficients(w)
    if on_negative == "stop" and (alpha < -NOUGHT).any():
        worst = np.unravel_index(alpha.argmin(), alpha.shape)
        others = [name for k, name in enumerate(names) if k != worst[-1]]
        value = float(alpha[worst])
        raise MethodError("game_negative", source=names[int(worst[-1])], value=value, others=listing(others))
    alpha = np.abs(alpha) if on_negative == "absolute" else np.maximum(alpha, 0.0)
    return np.asarray(alpha / alpha.sum(axis=-1, keepdims=True))


def combine_vectors(w: Floats, how: Weight, names: Sequence[str]) -> Floats:
    """Return one weight vector ``float64[..., K]`` from L vectors ``float64[..., L, K]``, each summing to 1.

    Raises
    ------
    MethodError
        A negative coefficient in a game; a product that is zero everywhere.
    """
    shares = np.array(how.shares) if how.shares else np.full(len(names), 1 / len(names))
    if how.combination == "game":
        return np.asarray(np.einsum("...l,...lk->...k", shares_in_game(w, names, how.on_negative), w))
    if how.combination == "linear":
        return np.asarray(np.einsum("l,...lk->...k", shares, w))
    powers = shares if how.combination == "minimum_information" else np.ones(len(names))
    product = np.prod(w ** powers[:, None], axis=-2)
    total = product.sum(axis=-1, keepdims=True)
    if not total.all():
        raise MethodError("combination_vanishes", sources=listing(names))
    return np.asarray(product / total)


def combine(weights: Sequence[Floats], how: Weight) -> Floats:
    """Return the combination of weights ``float64[G, K]``, one for each of ``how.of``.

    Raises
    ------
    MethodError
        A negative coefficient in a game; a product that is zero everywhere.
    """
    return combine_vectors(np.stack(weights, axis=-2), how, [one.method for one in how.of])


@dataclass(frozen=True, slots=True, eq=False)
class CombinedWeights(Result):
    """Weights combined of several.

    Attributes
    ----------
    frame
        Table of indicator, a column for each source, and weight.
    sources
        Table of source, and for ``game`` coefficient (as solved) and share; for ``linear`` and
        ``minimum_information`` its share.
    """

    frame: pl.DataFrame
    sources: pl.DataFrame
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return indicator, a column for each source, and weight."""
        return self.frame


def combine_weights(
    weights: Mapping[str, Mapping[str, float] | Sequence[float]],
    names: Sequence[str] | None = None,
    *,
    method: Literal["game", "multiplicative", "minimum_information", "linear"] = "game",
    shares: Mapping[str, float] | Sequence[float] | None = None,
    on_negative: Literal["stop", "absolute"] = "stop",
) -> CombinedWeights:
    """Combine weights that several methods gave to the same indicators.

    Parameters
    ----------
    weights
        By source: weights by indicator, or in the order of `names`; each source's are not negative and sum to 1.
    names
        Indicators. Default: those of the first source that has names, else numbers from 1.
    method
        ``game``: least deviation from all sources; ``multiplicative``: product; ``minimum_information``: geometric
        mean; ``linear``: mean.
    shares
        Share of each source in ``linear`` and ``minimum_information``, summing to 1. Default: equal.
    on_negative
        A source that the game gives a negative coefficient is an error (``stop``) or taken by its ``absolute`` value,
        as many scripts do without saying so.

    Returns
    -------
    CombinedWeights

    Raises
    ------
    DataError
        A weight for an indicator that others do not have.
    SpecError
        No such method; fewer than two sources; shares that do not go with the method or do not sum to 1.
    MethodError
        Weights that do not sum to 1; a negative coefficient; a product that is zero everywhere.

    References
    ----------
    陈加良 (2003). 基于博弈论的组合赋权评价方法研究. 福建电脑 2003(9): 15–16; Hwang and Yoon (1981),
    doi:10.1007/978-3-642-48318-9; Genest and Zidek (1986), doi:10.1214/ss/1177013825.

    Examples
    --------
    >>> found = combine_weights({"ahp": [0.7, 0.3], "entropy": [0.4, 0.6]}, ["a", "b"], method="linear")
    >>> found.frame["weight"].round(3).to_list()
    [0.55, 0.45]
    """
    named = next((list(w) for w in weights.values() if isinstance(w, Mapping)), None)
    first: Any = next(iter(weights.values()), ())
    columns = list(names) if names is not None else named or [str(k) for k in range(1, len(first) + 1)]
    sources = list(weights)
    parts = None if shares is None else column_weights(sources, shares).tolist()
    given = [{"method": "given"} for _ in sources]
    how = checked(Weight, method="combined", of=given, combination=method, shares=parts or [], on_negative=on_negative)
    w = np.stack([column_weights(columns, one) for one in weights.values()])
    found = combine_vectors(w, how, sources)
    table = pl.DataFrame({"source": sources})
    notes: tuple[Note, ...] = ()
    if method == "game":
        solved = game_coefficients(w)
        table = table.with_columns(coefficient=solved, share=shares_in_game(w, sources, on_negative))
        notes = tuple(
            Note("game_negative", values={"source": source, "value": float(value)})
            for source, value in zip(sources, solved, strict=True)
            if value < -NOUGHT
        )
    elif method != "multiplicative":
        table = table.with_columns(share=np.array(parts or [1 / len(sources)] * len(sources)))
    frame = pl.DataFrame({"indicator": columns, **dict(zip(sources, w, strict=True)), "weight": found})
    options = {"combination": method, "shares": parts, "on_negative": on_negative, "of": sources}
    return CombinedWeights(frame, table, notes, Method("weight.combined", options))
