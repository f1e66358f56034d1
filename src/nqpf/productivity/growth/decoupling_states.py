"""The eight states of decoupling of Tapio (2005, doi:10.1016/j.tranpol.2005.01.001), and how they follow one another.

The elasticity e is the change of a pressure over that of the economy. Where the economy grows: e < 0 strong, 0 to 0.8
weak decoupling, 0.8 to 1.2 expansive coupling, above that expansive negative decoupling. Where it shrinks: e > 1.2
recessive decoupling, 0.8 to 1.2 recessive coupling, 0 to 0.8 weak, below 0 strong negative decoupling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.resample import turns
from nqpf.numerics.transitions import ABSENT, count, probabilities

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

STATES = (
    "strong_decoupling",
    "weak_decoupling",
    "expansive_coupling",
    "expansive_negative_decoupling",
    "recessive_decoupling",
    "recessive_coupling",
    "weak_negative_decoupling",
    "strong_negative_decoupling",
)
FEWEST = 5
"""Fewest units that are drawn from."""
FEWEST_MOVES = 10
"""Fewest moves of which the share that stays has an interval."""


def states(economy: Floats, pressure: Floats, band: float) -> tuple[Floats, Integers]:
    """Return elasticities and states, both of the shape of the changes given; NaN and −1 where the economy stood still.

    Parameters
    ----------
    economy, pressure
        Changes as shares, NaN where absent.
    band
        How far from 1 an elasticity still counts as coupling, ends included.

    Examples
    --------
    >>> e, state = states(np.array([0.1, 0.1, -0.1]), np.array([-0.02, 0.05, 0.02]), 0.2)
    >>> e.round(6).tolist(), [STATES[s] for s in state]
    ([-0.2, 0.5, -0.2], ['strong_decoupling', 'weak_decoupling', 'strong_negative_decoupling'])
    """
    known = np.isfinite(economy) & np.isfinite(pressure) & (economy != 0)
    e = np.divide(pressure, economy, out=np.full(economy.shape, np.nan), where=known)
    slack = 1e-12  # an elasticity of 0.8 but for rounding is 0.8
    place = (e >= 0).astype(np.intp) + (e >= 1 - band - slack) + (e > 1 + band + slack)
    falling = np.array([7, 6, 5, 4])
    found = np.where(economy > 0, place, falling[place])
    return e, np.where(known, found, ABSENT)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """How states follow one another.

    Attributes
    ----------
    counts
        ``float64[8, 8]`` moves from a state to the next.
    stay, low, high
        ``float64[9]`` share of moves that stay, of each state and of all together last, and its interval from units
        drawn anew; NaN without moves, and the interval with few units or moves.
    chance
        Share of moves that would stay if the years came in any order.
    p
        Share of orders of the years, drawn at random and the same for all units, in which at least as many moves stay.
    """

    counts: Floats
    stay: Floats
    low: Floats
    high: Floats
    chance: float
    p: float


def chain(state: Integers, level: float, draws: int, seed: int) -> Chain:
    """Return the chain of states ``int[S, N]`` of S steps on end, −1 where absent.

    Parameters
    ----------
    state
        States.
    level
        Level of the intervals.
    draws, seed
        Draws of units, and orders of the steps.
    """
    k, units = len(STATES), state.shape[1]
    rng_units, rng_order = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    own = np.broadcast_to(np.arange(units), state[1:].shape)
    each = count(state[:-1], state[1:], k, own, units)
    counts = each.sum(axis=0)
    low, high = np.full((2, k + 1), np.nan)
    if units >= FEWEST:
        drawn = _staying(np.tensordot(turns(units, draws, rng_units), each, axes=1))
        some = np.append(counts.sum(axis=1), counts.sum()) >= FEWEST_MOVES
        ends = np.nanquantile(drawn[:, some], [(1 - level) / 2, (1 + level) / 2], axis=0)
        low[some], high[some] = ends
    orders = np.argsort(rng_order.random((draws, len(state))), axis=1)
    shuffled = state[orders]  # [draws, S, N]
    there = (shuffled[:, 1:] != ABSENT) & (shuffled[:, :-1] != ABSENT)
    same = ((shuffled[:, 1:] == shuffled[:, :-1]) & there).sum(axis=(1, 2))
    moves = there.sum(axis=(1, 2))
    share = np.divide(same, moves, out=np.full(draws, np.nan), where=moves > 0)
    stay = _staying(counts)
    at_least = (share >= stay[-1] - 1e-12).sum()
    known = bool(np.isfinite(stay[-1]) and np.isfinite(share).any())
    chance = float(np.nanmean(share)) if known else np.nan
    return Chain(counts, stay, low, high, chance, float((1 + at_least) / (1 + draws)) if known else np.nan)


def _staying(counts: Floats) -> Floats:
    """Return the share of moves ``float64[..., 8, 8]`` that stay, by state and of all together last."""
    each = np.diagonal(probabilities(counts), axis1=-2, axis2=-1)
    total = counts.sum(axis=(-2, -1))
    kept = np.trace(counts, axis1=-2, axis2=-1)
    whole = np.divide(kept, total, out=np.full(total.shape, np.nan), where=total > 0)
    found: Floats = np.concatenate([each, whole[..., None]], axis=-1)
    return found
