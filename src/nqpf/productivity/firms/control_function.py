"""Two-stage estimates: productivity read off a proxy, then elasticities from its being a Markov process.

Olley and Pakes (1996, doi:10.2307/2171831) and Levinsohn and Petrin (2003, doi:10.1111/1467-937X.00246) take the
elasticities of free inputs from the first stage and minimise a sum of squares; Ackerberg, Caves and Frazer (2015,
doi:10.3982/ECTA13408), and Levinsohn and Petrin where materials are an input, set as many moments to zero as there are
elasticities left. Such moments have a criterion of exactly 0 at a solution; other minima are none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.productivity.firms.descent import descend
from nqpf.productivity.firms.fit import ZERO, Descents, Fit, How, places
from nqpf.productivity.firms.linear import solve
from nqpf.productivity.firms.markov import Markov
from nqpf.productivity.firms.sample import Sample
from nqpf.productivity.firms.series import series
from nqpf.productivity.firms.survival import stays

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class FirstStage:
    """Output foreseen.

    Attributes
    ----------
    free
        ``float64[F]`` elasticities of the free inputs; none where inputs are part of the polynomial.
    controls
        ``float64[C]``.
    phi
        ``float64[N]`` foreseen output less free inputs (and less controls, where their effects are removed).
    noise
        ``float64[N]`` output that is not foreseen.
    terms
        ``float64[N, P]`` the polynomial.
    """

    free: Floats
    controls: Floats
    phi: Floats
    noise: Floats
    terms: Floats


def first_stage(sample: Sample, how: How, weight: Floats) -> FirstStage:
    """Return the regression of output on free inputs, controls and a polynomial in the states and the proxy.

    With Ackerberg, Caves and Frazer the free inputs are part of the polynomial.
    """
    parts = (sample.free, sample.state, sample.proxy) if how.inside else (sample.state, sample.proxy)
    terms = series(np.column_stack(parts), how.series_degree)
    free = np.empty((len(sample), 0)) if how.inside else sample.free
    x = np.column_stack([free, sample.controls, np.ones(len(sample)), terms])
    beta = solve(x, sample.y, weight)
    f, c = free.shape[1], sample.controls.shape[1]
    foreseen = x @ beta
    effects = sample.controls @ beta[f : f + c] if how.control_effects == "removed" else 0.0
    phi = foreseen - free @ beta[:f] - effects
    return FirstStage(beta[:f], beta[f : f + c], phi, sample.y - foreseen, terms)


def control_function(sample: Sample, how: How, weight: Floats, starts: Floats) -> Fit:
    """Return the estimate of Olley–Pakes, Levinsohn–Petrin or Ackerberg–Caves–Frazer.

    Parameters
    ----------
    sample, how
        What is estimated.
    weight
        ``float64[N]`` how often each row counts.
    starts
        ``float64[S, K]`` elasticities that the second stage starts from, of those it tells.

    Raises
    ------
    MethodError
        No start leads to a criterion of zero where it must be zero.
    """
    first = first_stage(sample, how, weight)
    paired = np.flatnonzero(sample.last >= 0)
    last = sample.last[paired]
    x = searched_inputs(sample, how)
    observed = first.phi + first.noise if how.process == "output" else first.phi
    markov = Markov(
        now=observed[paired],
        before=first.phi[last],
        x=x[paired],
        x_before=x[last],
        weight=weight[paired],
        degree=how.degree,
        survival=_survival(sample, how, first.terms, weight, paired) if how.selection else None,
    )
    if how.inside or how.gross:
        descents = _solve_moments(markov, _instruments(sample, how, paired), starts)
    else:
        noise = first.noise[paired] if how.process == "fitted" else np.zeros(paired.size)
        descents = _least_squares(markov, noise, starts)
    beta = descents.end[np.flatnonzero(descents.place == descents.chosen)[0]]
    elasticities = np.concatenate([first.free, beta])
    return Fit(elasticities, first.controls, phi=first.phi, noise=first.noise, descents=descents)


def searched_inputs(sample: Sample, how: How) -> Floats:
    """Return ``float64[N, K]``, the inputs whose elasticities the second stage tells."""
    return np.column_stack(_searched(sample, how))


def _searched(sample: Sample, how: How) -> tuple[Floats, Floats, Floats]:
    """Return those inputs by role; without columns where the second stage does not tell them."""
    free = sample.free if how.inside else sample.free[:, :0]
    return free, sample.state, sample.proxy if how.gross else sample.proxy[:, :0]


def _instruments(sample: Sample, how: How, paired: Integers) -> Floats:
    """Return ``float64[P, K]``: states, as they were fixed before the year, and other inputs of the year before."""
    free, state, material = _searched(sample, how)
    last = sample.last[paired]
    return np.column_stack([free[last], state[paired], material[last]])


def _survival(sample: Sample, how: How, terms: Floats, weight: Floats, paired: Integers) -> Floats:
    """Return ``float64[P]``, the probability of survival in standard units, in which its powers are less alike."""
    chance = stays(terms, sample.exits, sample.last, sample.goes_on, weight, str(how.selection))[paired]
    sd = float(chance.std())
    return np.asarray((chance - chance.mean()) / (sd if sd > 0 else 1.0))


def _least_squares(markov: Markov, noise: Floats, starts: Floats) -> Descents:
    """Return the descents of Σ (ξ + noise)² / N."""
    root = np.sqrt(markov.weight / markov.weight.sum())

    def residuals(beta: Floats) -> tuple[Floats, Floats]:
        xi, slopes = markov.innovations(beta)
        return (xi + noise) * root, slopes * root[:, None]

    ends = descend(residuals, starts, floor=1e-28 * float(np.var(markov.now)), flat=1e-6)
    place, _ = places(ends)
    return Descents(starts, ends.point, ends.value, np.full(len(starts), np.nan), ends.steps, place, 0)


def _solve_moments(markov: Markov, instruments: Floats, starts: Floats) -> Descents:
    """Return the descents of Q = (Z'ξ)'(Z'Z)⁻¹(Z'ξ) / N, of which one with Q = 0 is chosen.

    Among several solutions one whose elasticities are all positive goes before, then that which most starts lead to.
    """
    root = np.sqrt(markov.weight)
    total = markov.weight.sum()
    z = np.linalg.qr(instruments * root[:, None])[0].T * root / np.sqrt(total)

    def residuals(beta: Floats) -> tuple[Floats, Floats]:
        xi, slopes = markov.innovations(beta)
        return xi @ z.T, z @ slopes

    ends = descend(residuals, starts, floor=1e-28 * float(np.var(markov.now)), flat=1e-5)
    xi, _ = markov.innovations(ends.point)
    share = ends.value / (xi * xi @ markov.weight / total)
    place, heads = places(ends)
    zero = (ends.value[heads] <= ZERO) & (share[heads] <= ZERO)
    if not zero.any():
        raise MethodError(
            "pf_no_root", starts=len(starts), least=float(ends.value[heads[0]]), share=float(share[heads[0]])
        )
    reached = np.bincount(place, minlength=heads.size)
    merit = [(bool(zero[i]), bool((ends.point[heads[i]] > 0).all()), int(reached[i])) for i in range(heads.size)]
    chosen = max(range(heads.size), key=lambda i: merit[i])
    return Descents(starts, ends.point, ends.value, share, ends.steps, place, chosen)
