"""What falls away with sectors taken out of a linear system of production: closed forms from one inverse.

With M = I − A, L = M⁻¹ and a change of A that touches only the rows and columns of a set S of k sectors, what is lost
lies in the span of k columns of L and k unit vectors, so that a system of 2k equations replaces one of n (Woodbury;
Henderson and Searle 1981, doi:10.1137/1023004). Single sectors are k = 1, solved all at once.

Derivation. Let x = Ax + f be the system, and let share α be taken of the deliveries of S (ρ = 1, else 0), of the
purchases of S (χ), of its final demand (φ); of the deliveries inside S the share ακ. With x' the system left and
d = x − x' the loss,

    d = A d + ρα E A_S x' + χα A E u − αc E A_SS u + φα E f_S,    u = x'_S,    c = ρ + χ − κ,

where E are the unit columns of S and A_S its rows. As L A = L − I and A L = L − I, with w = ρα A_S x' + φα f_S
+ α(χI − c A_SS)u this is d = L E w − χα E u, and taking its rows S, and A_S times it, leaves

    (1 − χα) u + L_SS w = x_S,
    −α(χI + (ρχα − c) A_SS) u + (I + ρα(L_SS − I)) w = ρα(x − f)_S + φα f_S.

For α = 1, ρ = χ = φ = κ = 1 (total extraction) this gives u = 0, w = L_SS⁻¹ x_S: the loss outside a single sector i is
x_i (Σ_m L_mi − L_ii) / L_ii, and its own x_i. For χ = κ = 1 alone (backward) it is d = x_i (L_·i − e_i) / L_ii.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.input_output.table import IOTable

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

SURE = 1e-12
"""Below this reciprocal condition of the small system, what is left has no solution that could be told from noise."""


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """A system x = A x + f, with what its inverse is.

    Attributes
    ----------
    a, inverse
        ``float64[n, n]`` A and (I − A)⁻¹.
    x, f
        ``float64[n]`` output, and the part of it that A does not explain.
    """

    a: Floats
    inverse: Floats
    x: Floats
    f: Floats


@dataclass(frozen=True, slots=True)
class Removal:
    """What is taken away: share α of deliveries (ρ), purchases (χ), final demand (φ) and inner deliveries (κ)."""

    share: float
    rows: bool
    columns: bool
    final: bool
    own: bool


def demand_driven(table: IOTable) -> System:
    """Return Leontief's system; final demand is output less intermediate deliveries, so that it holds exactly."""
    return System(table.coefficients, table.inverse, table.output, table.output - table.coefficients @ table.output)


def supply_driven(table: IOTable) -> System:
    """Return Ghosh's system, turned over: A is the transpose of the allocation coefficients, f primary inputs."""
    b = table.allocation
    return System(b.T, table.ghosh_inverse.T, table.output, table.output - table.output @ b)


def lost(system: System, members: Integers, how: Removal) -> tuple[Floats, Floats]:
    """Return what every sector loses with each of G sets of k sectors, and how sure the numbers are.

    Parameters
    ----------
    system
        The system of n sectors.
    members
        ``int[G, k]`` sets of sectors, all of one size.
    how
        What is taken away.

    Returns
    -------
    tuple[Floats, Floats]
        ``float64[G, n]`` losses and ``float64[G]`` reciprocal condition of the small system; where that is below
        `SURE`, the losses are NaN.
    """
    g, k = members.shape
    inner = (members[:, :, None], members[:, None, :])
    a, inverse = system.a[inner], system.inverse[inner]
    x, f = system.x[members], system.f[members]
    one, share = np.eye(k), how.share
    rows, columns, final = (share * flag for flag in (how.rows, how.columns, how.final))
    c = how.rows + how.columns - how.own
    lhs = np.empty((g, 2 * k, 2 * k))
    lhs[:, :k, :k] = (1 - columns) * one
    lhs[:, :k, k:] = inverse
    lhs[:, k:, :k] = -(columns * one + share * (how.rows * columns - c) * a)
    lhs[:, k:, k:] = one + rows * (inverse - one)
    rhs = np.concatenate([x, rows * (x - f) + final * f], axis=1)
    sure = _reciprocal_condition(lhs)
    solved = np.full((g, 2 * k), np.nan)
    fine = sure >= SURE
    solved[fine] = np.linalg.solve(lhs[fine], rhs[fine][:, :, None])[:, :, 0]
    u, w = solved[:, :k], solved[:, k:]
    losses = (system.inverse[:, members[:, 0]] * w[:, 0]).T if k == 1 else _columns(system.inverse, members, w)
    losses[np.arange(g)[:, None], members] -= columns * u
    return losses, sure


def _columns(inverse: Floats, members: Integers, w: Floats) -> Floats:
    """Return the columns of the inverse that belong to each set, summed with its weights: ``float64[G, n]``."""
    return np.stack([inverse[:, m] @ weights for m, weights in zip(members, w, strict=True)])


def _reciprocal_condition(matrices: Floats) -> Floats:
    """Return smallest over largest singular value of each of ``float64[G, m, m]``."""
    singular = np.linalg.svd(matrices, compute_uv=False)
    return np.asarray(singular[:, -1] / singular[:, 0])


def cut_off(system: System, rows: Integers, columns: Integers, share: float) -> tuple[Floats, float]:
    """Return what every sector loses when `share` of the deliveries of some rows to some columns stops.

    A' = A − α E_R A_RU E_U' is a change of rank min(|R|, |U|): with y = A_RU x'_U, d = α L_·R y and
    (I + α A_RU L_UR) y = A_RU x_U, or, on the side of the users, (I + α L_UR A_RU) x'_U = x_U. The smaller is solved,
    which is never more than a solution of the whole system.

    Returns
    -------
    tuple[Floats, float]
        ``float64[n]`` losses (NaN where there is no sure solution) and the reciprocal condition.
    """
    a, back = system.a[np.ix_(rows, columns)], system.inverse[np.ix_(columns, rows)]
    small = np.eye(min(a.shape)) + share * (a @ back if rows.size <= columns.size else back @ a)
    sure = float(_reciprocal_condition(small[None])[0])
    if not sure >= SURE:
        return np.full(system.x.size, np.nan), sure
    if rows.size <= columns.size:
        y = np.linalg.solve(small, a @ system.x[columns])
    else:
        y = a @ np.linalg.solve(small, system.x[columns])
    return share * (system.inverse[:, rows] @ y), sure
