"""How bad outputs can be got rid of, as rows and columns of the envelope.

``weak``: less of the bad outputs costs good output, Bλ = b (Färe, Grosskopf, Lovell and Pasurka 1989,
doi:10.2307/1928055). Under variable returns this plain equality, though common, leaves no room for abatement; there are
two remedies: ``abatement``, one factor 0 ≤ θ ≤ 1 that scales good and bad outputs of the whole mixture (Färe and
Grosskopf 2003, American Journal of Agricultural Economics 85(4), 1070–1074; with z = θλ: Yz ≥ y, Bz = b, Xz ≤ θx,
Σz = θ), and ``kuosmanen``, a factor for every observation (Kuosmanen 2005, doi:10.1111/j.1467-8276.2005.00788.x; with z
what stays active and μ what is abated: Yz ≥ y, Bz = b, X(z + μ) ≤ x, Σ(z + μ) = 1). ``strong``: they are treated as
inputs, Bλ ≤ b (Hailu and Veeman 2001, American Journal of Agricultural Economics 83(3), 605–616). ``free``: they can be
thrown away at no cost, like any output, Bλ ≥ b (strong disposability of Färe et al. 1989). ``by_production``: two
technologies at once, one that makes goods, Xλ ≤ x, Yλ ≥ y, and one by which polluting inputs leave residuals, Pμ ≥ p,
Bμ ≤ b, each with weights of its own (Murty, Russell and Levkoff 2012, doi:10.1016/j.jeem.2012.02.005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.errors import SpecError, Where
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats, Technology

BAD = {"weak": 0.0, "strong": 1.0, "free": -1.0, "kuosmanen": 0.0, "abatement": 0.0, "by_production": 1.0}
"""Sign of the slack of a row Bλ; 0 for an equality."""
SCALE = {"crs": (), "vrs": (0.0,), "drs": (1.0,), "irs": (-1.0,)}
"""Sign of the slack of a row Σλ; there is no such row under constant returns."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of the programs of U observations before anything is moved.

    Attributes
    ----------
    columns
        ``float64[m, n or 2 n]`` what a unit of each intensity uses and makes; n + j is observation j again.
    signs
        ``float64[m]`` ±1 for the slack of a row, 0 for an equality.
    moves
        ``float64[m, I + O + B]`` what a unit of each quantity adds to the right-hand side.
    constant
        ``float64[m]`` the rest of the right-hand side.
    fixed
        ``float64[U or 1, m, k]`` columns of an observation's own that no measure may leave out; k may be 0.
    """

    columns: Floats
    signs: Floats
    moves: Floats
    constant: Floats
    fixed: Floats


def rows_of(technology: Technology, reference: Quantities, at: Quantities) -> Rows:
    """Return the rows of a technology for observations `at`.

    Raises
    ------
    SpecError
        Polluting inputs that there are not.
    """
    build = {"kuosmanen": _kuosmanen, "abatement": _abatement, "by_production": _by_production}
    if technology.rts == "crs" and technology.disposability == "abatement":
        return _plain(technology, reference, at)
    return build.get(technology.disposability, _plain)(technology, reference, at)


def _plain(technology: Technology, reference: Quantities, at: Quantities) -> Rows:
    i, o, b = _sizes(reference)
    scale = SCALE[technology.rts]
    signs = np.array([*[1.0] * i, *[-1.0] * o, *[BAD[technology.disposability]] * b, *scale])
    columns = np.vstack([reference.all.T, np.ones((len(scale), len(reference)))])
    constant = np.repeat([0.0, 1.0], [i + o + b, len(scale)])
    return Rows(columns, signs, np.eye(signs.size, i + o + b), constant, np.zeros((1, signs.size, 0)))


def _kuosmanen(technology: Technology, reference: Quantities, at: Quantities) -> Rows:
    active = _plain(technology, reference, at)
    abated = active.columns.copy()
    abated[reference.x.shape[1] : reference.all.shape[1]] = 0.0
    return Rows(np.hstack([active.columns, abated]), active.signs, active.moves, active.constant, active.fixed)


def _abatement(technology: Technology, reference: Quantities, at: Quantities) -> Rows:
    """Rows of inputs, outputs, bad outputs, θ ≤ 1, Σz − θ: the inputs are those of the observation, times θ."""
    i, o, b = _sizes(reference)
    k = i + o + b
    plain = _plain(technology, reference, at)
    moves = np.eye(k + 2, k)
    moves[:i] = 0.0
    factor = np.zeros((len(at), k + 2, 1))
    factor[:, :i, 0], factor[:, k, 0], factor[:, k + 1, 0] = -at.x, 1.0, -1.0
    return Rows(
        columns=np.insert(plain.columns, k, 0.0, axis=0),
        signs=np.insert(plain.signs, k, 1.0),
        moves=moves,
        constant=np.eye(k + 2)[k],
        fixed=factor,
    )


def _by_production(technology: Technology, reference: Quantities, at: Quantities) -> Rows:
    """Rows of inputs, outputs (goods), bad outputs, polluting inputs, Σμ (residuals), Σλ (goods)."""
    i, o, b = _sizes(reference)
    if not b:
        raise SpecError("by_production_no_bad", where=Where(key="disposability"))
    pollute = np.arange(i) if technology.polluting is None else np.asarray(technology.polluting, np.intp)
    if pollute.size == 0 or pollute.min() < 0 or pollute.max() >= i:
        raise SpecError("polluting_inputs", where=Where(key="polluting"), count=i)
    n, p, scale = len(reference), pollute.size, SCALE[technology.rts]
    none, ones = np.zeros, np.ones((len(scale), n))
    goods = np.vstack([reference.x.T, reference.y.T, none((b + p + len(scale), n)), ones])
    residuals = np.vstack([none((i + o, n)), reference.b.T, reference.x[:, pollute].T, ones, none((len(scale), n))])
    signs = np.array([*[1.0] * i, *[-1.0] * o, *[1.0] * b, *[-1.0] * p, *scale, *scale])
    moves = np.eye(signs.size, i + o + b)
    moves[i + o + b + np.arange(p), pollute] = 1.0
    constant = np.repeat([0.0, 1.0], [i + o + b + p, 2 * len(scale)])
    return Rows(np.hstack([goods, residuals]), signs, moves, constant, np.zeros((1, signs.size, 0)))


def _sizes(reference: Quantities) -> tuple[int, int, int]:
    return reference.x.shape[1], reference.y.shape[1], reference.b.shape[1]
