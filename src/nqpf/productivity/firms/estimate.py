"""One estimate of a production function by any method, and where its second stage starts from: arrays only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.firms.control_function import control_function
from nqpf.productivity.firms.fit import Fit, How
from nqpf.productivity.firms.linear import regress, within
from nqpf.productivity.firms.sample import Sample
from nqpf.productivity.firms.wooldridge import wooldridge

Floats = NDArray[np.float64]

SEARCHED = ("olley_pakes", "levinsohn_petrin", "ackerberg_caves_frazer")
"""Methods whose second stage is a search."""
WIDEST = 1.2
"""Random starting points lie between 0 and this in every elasticity."""


def inputs_of(sample: Sample, how: How) -> Floats:
    """Return ``float64[N, K]``, what production is a function of: free inputs, states, materials of gross output."""
    return np.column_stack([sample.free, sample.state, *([sample.proxy] if how.gross else [])])


def estimate(sample: Sample, how: How, weight: Floats, starts: Floats) -> Fit:
    """Return an estimate.

    Parameters
    ----------
    sample, how
        What is estimated.
    weight
        ``float64[N]`` how often each row counts.
    starts
        ``float64[S, K]`` where a second stage that is a search starts from; not used otherwise.
    """
    if how.method in SEARCHED:
        return control_function(sample, how, weight, starts)
    if how.method == "wooldridge":
        return wooldridge(sample, how, weight)
    return _linear(sample, how, weight)


def _linear(sample: Sample, how: How, weight: Floats) -> Fit:
    """Return least squares, over all rows or within units."""
    inputs = inputs_of(sample, how)
    x, y, absorbed = np.column_stack([inputs, sample.controls]), sample.y, 0
    if how.method == "fixed_effects":
        x, y = within(x, sample.unit), within(y[:, None], sample.unit)[:, 0]
        absorbed = np.unique(sample.unit[weight > 0]).size
    else:
        x = np.column_stack([x, np.ones(len(x))])
    found = regress(y, x, x, weight, sample.unit, how.errors, absorbed)
    k, c = inputs.shape[1], sample.controls.shape[1]
    beta, told = found.coefficients, slice(0, k + c)
    return Fit(beta[:k], beta[k : k + c], found.covariance[told, told])


def starting_points(sample: Sample, how: How, count: int, seed: np.random.SeedSequence) -> Floats:
    """Return ``float64[S, K]`` points to search from: that of least squares first, the others at random."""
    here = slice(0 if how.inside else sample.free.shape[1], None)
    first = _linear(sample, replace(how, method="ols"), np.ones(len(sample))).elasticities[here]
    rng = np.random.default_rng(seed)
    return np.vstack([first, rng.uniform(0.0, WIDEST, (count - 1, first.size))])
