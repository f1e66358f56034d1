"""Both stages at once, by instruments: Wooldridge (2009, doi:10.1016/j.econlet.2009.04.026).

With c a polynomial in the states and the proxy, output is y = fβ + sγ + c(s, p) + e in the year itself, and
y = fβ + sγ + h(c₋) + u from the year before, where free inputs are instrumented by those of the year before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.firms.fit import Fit, How
from nqpf.productivity.firms.linear import regress, solve
from nqpf.productivity.firms.sample import Sample
from nqpf.productivity.firms.series import series

Floats = NDArray[np.float64]


def paired_rows(sample: Sample, how: How) -> NDArray[np.intp]:
    """Return the rows of the equation from the year before: those with one, or with two where instruments need them."""
    paired = np.flatnonzero(sample.last >= 0)
    return paired[sample.last[sample.last[paired]] >= 0] if how.two_years else paired


def wooldridge(sample: Sample, how: How, weight: Floats) -> Fit:
    """Return the estimate; `production_function` says what the words of ``system`` mean."""
    equations = Equations.of(sample, how)
    rows = paired_rows(sample, how)
    x, fitted = getattr(equations, how.system)(weight[rows])
    times = len(x) // rows.size
    y, w, unit = np.tile(sample.y[rows], times), np.tile(weight[rows], times), np.tile(sample.unit[rows], times)
    found = regress(y, x, fitted, w, unit, how.errors)
    k, c = equations.inputs.shape[1], equations.controls.shape[1]
    told = slice(0, k + c)
    return Fit(found.coefficients[:k], found.coefficients[k : k + c], found.covariance[told, told])


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """What stands on the right of both equations, N rows each.

    Its methods return regressors, inputs and controls first, and what the instruments foresee of them.

    Attributes
    ----------
    free, state, material, controls
        ``float64[N, ·]``; material only where output is gross.
    known
        ``float64[N, ·]`` instruments of what is chosen within the year: free inputs of the year before, materials of
        two years before (those of the year before stand in h).
    now, before
        ``float64[N, P]`` the polynomial in the year itself and a year before; the states' own terms first.
    """

    free: Floats
    state: Floats
    material: Floats
    controls: Floats
    known: Floats
    now: Floats
    before: Floats

    @classmethod
    def of(cls, sample: Sample, how: How) -> Equations:
        """Return the equations of a sample."""
        rows = paired_rows(sample, how)
        last = sample.last[rows]
        standard = how.system in ("system", "robinson")  # what does not depend on units of measurement
        terms = series(np.column_stack([sample.state, sample.proxy]), how.series_degree, standard)
        material = sample.proxy if how.gross else sample.proxy[:, :0]
        known = np.column_stack([sample.free[last], material[sample.last[last]]])
        return cls(
            free=sample.free[rows],
            state=sample.state[rows],
            material=material[rows],
            controls=sample.controls[rows],
            known=known,
            now=terms[rows],
            before=terms[last],
        )

    @property
    def inputs(self) -> Floats:
        """``float64[N, K]``."""
        return np.column_stack([self.free, self.state, self.material])

    def robinson(self, w: Floats) -> tuple[Floats, Floats]:
        """Return the equation from the year before alone, which tells all elasticities."""
        x = _beside(self.inputs, self.controls, 1, self.before)
        return x, _through(_beside(self.known, self.state, self.controls, 1, self.before), x, w)

    def system(self, w: Floats) -> tuple[Floats, Floats]:
        """Return both equations; a state's elasticity is told by the second, as in the first it is part of c."""
        return self._both(np.zeros_like(self.state), self.now, w)

    def tied(self, w: Floats) -> tuple[Floats, Floats]:
        """Return both equations with one coefficient of each state in both, c having none of its own."""
        return self._both(self.state, self.now[:, self.state.shape[1] :], w)

    def random_walk(self, w: Floats) -> tuple[Floats, Floats]:
        """Return both equations with h = c; as in prodest, the instruments have no constant among them."""
        x = np.vstack([_beside(self.inputs, self.controls, terms) for terms in (self.now, self.before)])
        z = np.vstack([_beside(self.known, self.state, self.controls, terms) for terms in (self.now, self.before)])
        return _beside(x, 1), _beside(_through(z, x, np.tile(w, 2)), 1)

    def _both(self, state: Floats, own: Floats, w: Floats) -> tuple[Floats, Floats]:
        """Return both equations, stacked, of which each has its own instruments, constant and polynomial."""
        none = np.zeros_like(self.before)
        first = _beside(self.free, state, np.zeros_like(self.material), self.controls, 1, own, 0, none)
        second = _beside(self.inputs, self.controls, 0, np.zeros_like(own), 1, self.before)
        z_first = _beside(self.free, state, self.controls, 1, own)
        z_second = _beside(self.known, self.state, self.controls, 1, self.before)
        return np.vstack([first, second]), np.vstack([_through(z_first, first, w), _through(z_second, second, w)])


def _beside(first: Floats, *others: Floats | int) -> Floats:
    """Return columns beside each other; a number stands for a column of it."""
    return np.column_stack([first, *(np.full(len(first), float(o)) if isinstance(o, int) else o for o in others)])


def _through(z: Floats, x: Floats, w: Floats) -> Floats:
    return z @ solve(z, x, w)
