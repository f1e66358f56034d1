"""Programs of production frontiers for the tests of the solver, from made-up units."""

from __future__ import annotations

import numpy as np

from nqpf.numerics.programs import Floats, Programs


def units(n: int, inputs: int = 3, outputs: int = 2, seed: int = 0, awkward: bool = False) -> tuple[Floats, Floats]:
    """Return inputs and outputs of n units; awkward ones are whole numbers with zeros, ties and duplicates."""
    rng = np.random.default_rng(seed)
    x = np.exp(0.6 * rng.normal(size=(n, inputs)))
    size = np.exp((np.log(x) * 0.8 / inputs).sum(axis=1) - 0.4 * np.abs(rng.normal(size=n)))
    y = size[:, None] * np.sqrt(rng.dirichlet(np.full(outputs, 3.0), size=n))
    if awkward:
        x = np.where(rng.random(x.shape) < 0.2, 0.0, np.ceil(2 * x))
        y = np.where(rng.random(y.shape) < 0.2, 0.0, np.ceil(3 * y))
        x[x.sum(axis=1) == 0, 0] = y[y.sum(axis=1) == 0, 0] = 1.0
        copies = rng.integers(0, n, size=(2, n // 3))
        x[copies[0]], y[copies[0]] = x[copies[1]], y[copies[1]]
    return x, y


def radial(
    x: Floats,
    y: Floats,
    rts: str = "vrs",
    orientation: str = "input",
    asked: tuple[Floats, Floats] | None = None,
    beyond: bool = False,
) -> Programs:
    """Return the radial programs of units, or of those `asked` against them; `beyond`: without themselves."""
    n, inputs, outputs = len(x), x.shape[1], y.shape[1]
    x0, y0 = (x, y) if asked is None else asked
    rows = [x.T, y.T] + ([] if rts == "crs" else [np.ones((1, n))])
    columns = np.vstack(rows)
    m, size = len(columns), len(x0)
    slacks = np.diag(np.concatenate([np.ones(inputs), -np.ones(outputs), {"drs": [1.0], "irs": [-1.0]}.get(rts, [])]))
    extra = np.zeros((size, m, 1 + len(slacks)))
    extra[:, : len(slacks), 1:] = slacks
    rhs = np.zeros((size, m))
    rhs[:, inputs + outputs :] = 1.0
    cost = np.zeros((1, extra.shape[2]))
    if orientation == "input":
        extra[:, :inputs, 0], rhs[:, inputs : inputs + outputs], cost[0, 0] = -x0, y0, -1.0
    else:
        extra[:, inputs : inputs + outputs, 0], rhs[:, :inputs], cost[0, 0] = -y0, x0, 1.0
    own = np.arange(size) if asked is None else np.full(size, -1)
    return Programs(columns, extra, rhs, cost, own, np.arange(size) if beyond else None)


def additive(x: Floats, y: Floats) -> Programs:
    """Return the additive programs under variable returns: the most that all slacks can sum to."""
    inputs, outputs = x.shape[1], y.shape[1]
    columns = np.vstack([x.T, y.T, np.ones((1, len(x)))])
    slacks = np.vstack([np.diag(np.repeat([1.0, -1.0], [inputs, outputs])), np.zeros((1, inputs + outputs))])
    rhs = np.hstack([x, y, np.ones((len(x), 1))])
    return Programs(columns, slacks[None], rhs, np.ones((1, inputs + outputs)), np.arange(len(x)))
