"""AHP: weights from pairwise judgements, with their consistency.

A judgement a_ij says how many times as important i is as j. Weights are the principal eigenvector of the matrix (Saaty
1977, doi:10.1016/0022-2496(77)90033-5) or the geometric mean of its rows (Crawford and Williams 1985,
doi:10.1016/0022-2496(85)90002-1); CI = (λ − n)/(n − 1), CR = CI/RI. Several experts are averaged geometrically, their
judgements or their priorities (Forman and Peniwati 1998, doi:10.1016/S0377-2217(97)00244-0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError, Where
from nqpf.index.options.weight import Judgements, Weight
from nqpf.index.weights.matrix import as_matrix
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean CI of random reciprocal matrices of order 1 to 15 (Saaty 1980, The Analytic Hierarchy Process, McGraw-Hill)."""
ACCEPTABLE = 0.1
"""Largest consistency ratio that Saaty accepts."""


@dataclass(frozen=True, slots=True, eq=False)
class Priorities:
    """Weights ``float64[n]`` of a matrix of judgements, its λ, and its consistency index and ratio."""

    weights: Floats
    lambda_max: float
    ci: float
    cr: float


def priorities(a: Floats, priority: str = "eigenvector") -> Priorities:
    """Return weights and consistency of one matrix of judgements.

    Parameters
    ----------
    a
        ``float64[n, n]``, positive and reciprocal, n from 1 to 15.
    priority
        ``eigenvector``: principal eigenvector, λ its eigenvalue. ``geometric``: geometric mean of the rows, λ the mean
        of (A w)_i / w_i.
    """
    n = len(a)
    if priority == "eigenvector":
        values, vectors = np.linalg.eig(a)
        largest = int(values.real.argmax())
        w, lambda_max = np.abs(vectors[:, largest].real), float(values[largest].real)
        w = w / w.sum()
    else:
        w = np.exp(np.log(a).mean(axis=1))
        w = w / w.sum()
        lambda_max = float(((a * w).sum(axis=1) / w).mean())
    ci = max((lambda_max - n) / (n - 1), 0.0) if n > 1 else 0.0  # rounding of written reciprocals may fall below n
    random = RANDOM_INDEX[n - 1]
    return Priorities(w, lambda_max, ci, ci / random if random else 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Weights of one node's children from the judgements of E experts.

    Attributes
    ----------
    pooled
        Weights, with λ, CI and CR of the matrix they come from; where priorities are averaged, of the least consistent
        expert.
    each
        Every expert's own.
    matrices
        ``float64[E, n, n]`` judgements.
    """

    pooled: Priorities
    each: tuple[Priorities, ...]
    matrices: Floats


def pool(matrices: Floats, priority: str = "eigenvector", experts: str = "judgements") -> Judged:
    """Return the weights of a group: ``float64[E, n, n]`` judgements or their priorities averaged geometrically."""
    each = tuple(priorities(a, priority) for a in matrices)
    if experts == "judgements":
        return Judged(priorities(np.exp(np.log(matrices).mean(axis=0)), priority), each, matrices)
    w = np.exp(np.mean([np.log(one.weights) for one in each], axis=0))
    worst = max(each, key=lambda one: one.cr)
    return Judged(replace(worst, weights=w / w.sum()), each, matrices)


def judge(
    stated: Judgements | tuple[Judgements, ...], names: Sequence[str], how: Weight, where: Where | None = None
) -> tuple[Judged, tuple[Note, ...]]:
    """Return the weights that judgements among `names` give, and a remark for every expert who contradicts himself.

    Raises
    ------
    MethodError
        Judgements that make no reciprocal matrix; a consistency ratio above 0.1, unless `how` says ``note``.
    """
    several = list(_experts_of(stated))
    if len(names) > len(RANDOM_INDEX):
        raise MethodError("ahp_too_many", where=where, count=len(names), most=len(RANDOM_INDEX))
    matrices = np.stack([as_matrix(one, names, expert, where) for expert, one in enumerate(several, 1)])
    judged = pool(matrices, how.priority, how.experts)
    notes = []
    for expert, (a, one) in enumerate(zip(matrices, judged.each, strict=True), 1):
        if one.cr <= ACCEPTABLE:
            continue
        i, j = contradictions(a, one.weights)[0]
        worst = {"row": names[i], "column": names[j], "judgement": float(a[i, j])}
        values = {"expert": expert, "cr": one.cr, **worst, "implied": float(one.weights[i] / one.weights[j])}
        if how.consistency == "stop":
            raise MethodError("ahp_inconsistent", where=where, **values)
        notes.append(Note("ahp_inconsistent", values=values))
    return judged, tuple(notes)


def _experts_of(stated: Judgements | tuple[Judgements, ...]) -> tuple[Any, ...]:
    """Return the matrices of all experts, be it one that is not in a list."""
    alone = isinstance(stated, Mapping) or all(_is_row(row) for row in stated)
    return (stated,) if alone else tuple(stated)


def _is_row(row: Any) -> bool:
    return isinstance(row, tuple) and all(isinstance(cell, float) for cell in row)


def by_row(stated: Judgements | tuple[Judgements, ...]) -> bool:
    """Return whether any expert's judgements stand in rows without names."""
    return not all(isinstance(one, Mapping) for one in _experts_of(stated))


def contradictions(a: Floats, w: Floats) -> list[tuple[int, int]]:
    """Return the pairs i < j from the judgement farthest from what the weights say (a_ij w_j / w_i) to the nearest.

    References
    ----------
    Saaty (2003), doi:10.1016/S0377-2217(02)00227-8.
    """
    far = np.abs(np.log(a) - np.log(w)[:, None] + np.log(w)[None, :])
    i, j = np.triu_indices(len(w), k=1)
    return [(int(i[k]), int(j[k])) for k in np.argsort(-far[i, j], kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class Ahp(Result):
    """Weights from judgements.

    Attributes
    ----------
    names
        What was compared.
    weights
        ``float64[n]``, summing to 1.
    lambda_max, ci, cr
        Of the matrix the weights come from; where priorities are averaged, of the least consistent expert.
    experts
        Table of every expert's lambda_max, ci and cr.
    judgements
        Table of row, column, judgement, implied (by the weights) and factor (how far one is from the other, as a
        ratio of 1 or more), the most inconsistent first; of the averaged judgements if there are several experts.
    """

    names: tuple[str, ...]
    weights: Floats
    lambda_max: float
    ci: float
    cr: float
    experts: pl.DataFrame
    judgements: pl.DataFrame
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return indicator and weight."""
        return pl.DataFrame({"indicator": self.names, "weight": self.weights})


def ahp_weights(
    matrix: Any,
    names: Sequence[str] | None = None,
    *,
    method: Literal["eigenvector", "geometric"] = "eigenvector",
    experts: Literal["judgements", "priorities"] = "judgements",
    consistency: Literal["stop", "note"] = "stop",
) -> Ahp:
    """Return weights from a matrix of pairwise judgements.

    Parameters
    ----------
    matrix
        Rows of the matrix, ``a_ij`` saying how many times as important i is as j, with fractions as numbers or as
        ``"1/3"``; or judgements by name, ``{"a": {"b": 3, "c": 5}, "b": {"c": 2}}``, each pair once; or a list of such,
        one an expert.
    names
        What is compared, in the order of the rows; for judgements by name the order of the result. Default: numbers
        from 1, or the names in the order they come.
    method
        ``eigenvector`` (Saaty) or ``geometric`` mean of the rows.
    experts
        What of several experts is averaged: ``judgements`` or ``priorities``.
    consistency
        A consistency ratio above 0.1 is an error (``stop``) or a remark (``note``).

    Returns
    -------
    Ahp

    Raises
    ------
    SpecError
        No such option; a judgement that is no number.
    MethodError
        A matrix that is not square, not positive or not reciprocal, naming the pair; a pair without a judgement; more
        than 15 to compare; a consistency ratio above 0.1, naming the worst judgement.

    References
    ----------
    Saaty (1977), doi:10.1016/0022-2496(77)90033-5; Crawford and Williams (1985), doi:10.1016/0022-2496(85)90002-1;
    Forman and Peniwati (1998), doi:10.1016/S0377-2217(97)00244-0.

    Examples
    --------
    >>> found = ahp_weights([[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]], ["talent", "tools", "data"])
    >>> [round(w, 3) for w in found.weights.tolist()], round(found.cr, 3)
    ([0.6, 0.3, 0.1], 0.0)
    """
    stated = _plain(matrix)
    how = checked(
        Weight, method="ahp", judgements={"": stated}, priority=method, experts=experts, consistency=consistency
    )
    given = how.judgements[""]
    compared = tuple(names) if names is not None else _names(given)
    judged, notes = judge(given, compared, how)
    one = judged.pooled
    options = {"priority": method, "experts": experts, "consistency": consistency}
    tables = _experts(judged), _judgements(judged, compared)
    return Ahp(compared, one.weights, one.lambda_max, one.ci, one.cr, *tables, notes, Method("weight.ahp", options))


def _experts(judged: Judged) -> pl.DataFrame:
    each = judged.each
    numbers = {name: [getattr(one, name) for one in each] for name in ("lambda_max", "ci", "cr")}
    return pl.DataFrame({"expert": list(range(1, len(each) + 1))} | numbers)


def _judgements(judged: Judged, names: Sequence[str]) -> pl.DataFrame:
    a, w = np.exp(np.log(judged.matrices).mean(axis=0)), judged.pooled.weights
    rows = [
        (names[i], names[j], x := float(a[i, j]), y := float(w[i] / w[j]), max(x / y, y / x))
        for i, j in contradictions(a, w)
    ]
    kinds = {"row": pl.String, "column": pl.String, "judgement": pl.Float64, "implied": pl.Float64}
    return pl.DataFrame(rows, schema=kinds | {"factor": pl.Float64}, orient="row")


def _plain(matrix: Any) -> Any:
    """Return arrays and dataframes as lists, the rest as it is."""
    if hasattr(matrix, "__array__"):
        return np.asarray(matrix).tolist()
    return [_plain(part) for part in matrix] if isinstance(matrix, list | tuple) else matrix


def _names(given: Any) -> tuple[str, ...]:
    """Return the names that judgements are about, in the order they come; numbers where they have none."""
    first = _experts_of(given)[0]
    if isinstance(first, Mapping):
        return tuple(dict.fromkeys(name for row, cells in first.items() for name in (row, *cells)))
    return tuple(str(i) for i in range(1, len(first) + 1))
