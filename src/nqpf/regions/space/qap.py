"""Whether matrices of links go together: correlation and regression by the quadratic assignment procedure.

Links of one node are not independent, so their significance is told by permuting the nodes: rows and columns of one
matrix together (Krackhardt 1988, doi:10.1016/0378-8733(88)90004-4); in a regression the part of each regressor that
the others do not explain (double semi-partialling, Dekker, Krackhardt and Snijders 2007,
doi:10.1007/s11336-007-9016-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where
from nqpf.numerics.networks import permuted
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]
BLOCK = 2_000_000


def qap(y: Any, x: Mapping[str, Any], *, draws: int = 4999, seed: int = 0) -> TableResult:
    """Regress a matrix of links on others, with p-values by permutation of the nodes.

    Parameters
    ----------
    y
        ``float64[N, N]`` links; the diagonal is not looked at.
    x
        Matrices ``float64[N, N]`` by name, nodes in the same order, e.g. distance, gap in income.
    draws
        Permutations.
    seed
        Of the permutations.

    Returns
    -------
    TableResult
        ``name``, ``correlation`` with y and its ``p_correlation`` (two-sided), ``coefficient``, ``standardised`` and
        ``p`` (two-sided, of t, double semi-partialling); the method's options give R².

    Raises
    ------
    MethodError
        A matrix is not N × N or holds a missing number, does not vary, or is a sum of the others.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> far, wide = rng.normal(size=(2, 12, 12))
    >>> found = qap(2 * far + rng.normal(size=(12, 12)), {"far": far, "wide": wide}, draws=499)
    >>> found.frame.select("name", pl.col("p") < 0.05).rows()
    [('far', True), ('wide', False)]
    """
    if draws < 1 or draws != int(draws):
        raise SpecError("qap_draws", where=Where(key="draws"), value=draws)
    names = list(x)
    if not names:
        raise SpecError("qap_none", where=Where(key="x"))
    n = len(np.atleast_1d(np.asarray(y)))
    outcome = _checked("y", y, n)
    matrices = {name: _checked(name, matrix, n) for name, matrix in x.items()}
    off = ~np.eye(n, dtype=bool)
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random((draws, n)), axis=1)
    target = outcome[off]
    columns = np.column_stack([matrices[name][off] for name in names])
    design = np.column_stack([np.ones(target.size), columns])
    if target.size <= design.shape[1]:
        raise MethodError("qap_many", where=Where(), pairs=target.size, count=design.shape[1])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise MethodError("qap_collinear", where=Where())
    beta, t, r2 = _least_squares(design, target[None])
    rows = []
    for k, name in enumerate(names):
        r = float(np.corrcoef(columns[:, k], target)[0, 1])
        one = _draws(matrices[name], order, off, lambda z: _correlations(z, target))
        rest = _partial(design, k + 1)
        square = np.zeros((n, n))
        square[off] = rest
        others = np.delete(design, k + 1, axis=1)
        two = _draws(square, order, off, lambda z, others=others: _partial_t(others, z, target))
        rows.append(
            {
                "name": name,
                "correlation": r,
                "p_correlation": (1 + int((np.abs(one) >= abs(r) - 1e-12).sum())) / (draws + 1),
                "coefficient": float(beta[0, k + 1]),
                "standardised": float(beta[0, k + 1] * columns[:, k].std() / target.std()),
                "p": (1 + int((np.abs(two) >= abs(t[0, k + 1]) - 1e-9).sum())) / (draws + 1),
            }
        )
    options = {"draws": draws, "seed": seed, "nodes": n, "r2": float(r2[0])}
    return TableResult(pl.DataFrame(rows), Method("regions.qap", options), (Note("qap_nodes", "info", {"nodes": n}),))


def _checked(name: str, matrix: Any, n: int) -> Floats:
    where = Where(indicator=name)
    try:
        found = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError):
        raise MethodError("qap_missing", where=where) from None
    if found.shape != (n, n) or n < 4:
        shape = " × ".join(map(str, found.shape)) or "1"
        raise MethodError("qap_shape", where=where, shape=shape, nodes=n)
    off = found[~np.eye(n, dtype=bool)]
    if not np.isfinite(off).all():
        raise MethodError("qap_missing", where=where)
    if np.ptp(off) == 0:
        raise MethodError("qap_still", where=where)
    return found


def _draws(matrix: Floats, order: NDArray[np.intp], off: NDArray[np.bool_], of: Any) -> Floats:
    """Return a statistic of the permuted matrix for each draw, in blocks that fit into memory."""
    step = max(1, BLOCK // off.size)
    parts = [of(permuted(matrix, order[k : k + step])[:, off]) for k in range(0, len(order), step)]
    return np.concatenate(parts)


def _correlations(z: Floats, target: Floats) -> Floats:
    """Return the correlation of each row of `z` with the target."""
    about, y = z - z.mean(axis=1, keepdims=True), target - target.mean()
    found: Floats = about @ y / np.sqrt((about**2).sum(axis=1) * (y @ y))
    return found


def _partial(design: Floats, k: int) -> Floats:
    """Return what the other columns do not explain of column k."""
    others = np.delete(design, k, axis=1)
    found: Floats = design[:, k] - others @ np.linalg.lstsq(others, design[:, k], rcond=None)[0]
    return found


def _partial_t(others: Floats, z: Floats, target: Floats) -> Floats:
    """Return t of each row of `z` beside the other columns."""
    q, _ = np.linalg.qr(others)
    rest, y = z - (z @ q) @ q.T, target - q @ (q.T @ target)
    size = (rest**2).sum(axis=1)
    slope = rest @ y / size
    left = y @ y - slope**2 * size
    found: Floats = slope * np.sqrt(size * (target.size - others.shape[1] - 1) / left)
    return found


def _least_squares(design: Floats, targets: Floats) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, t and R² of each row of targets."""
    inverse = np.linalg.inv(design.T @ design)
    beta = targets @ design @ inverse
    left = ((targets - beta @ design.T) ** 2).sum(axis=1)
    variance = left / (design.shape[0] - design.shape[1])
    t = beta / np.sqrt(variance[:, None] * np.diagonal(inverse))
    total = ((targets - targets.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return beta, t, 1 - left / total
