"""Growth of many inputs or outputs as one, on arrays of years × units: Törnqvist indices and growth accounts.

Törnqvist (1936), Diewert (1976, doi:10.1016/0304-4076(76)90009-9): Δln X = Σ_k ½(s_k,t + s_k,t−1) Δln x_k, exact for
a translog aggregate. Growth accounts: Solow (1957, doi:10.2307/1926047), Jorgenson and Griliches (1967,
doi:10.2307/2296675). A change from or to an absent year is NaN, never counted as if the years were neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = Literal["tornqvist", "solow"]
INDICES: tuple[Index, ...] = ("tornqvist", "solow")


def log_change(x: Floats) -> Floats:
    """Return ln x_t − ln x_{t−1} along the first axis, NaN in the first year; same shape as `x`."""
    found = np.full(x.shape, np.nan)
    found[1:] = np.log(x[1:] / x[:-1])
    return found


def type_change(quantity: Floats) -> Floats:
    """Return `log_change` of types of an input, ``float64[T, …, K]``; none where a type is zero in all years."""
    return log_change(np.where((quantity == 0).all(axis=0), 1.0, quantity))


def change_weights(share: Floats, index: str = "tornqvist") -> Floats:
    """Return the weight of the change from t − 1 to t.

    Parameters
    ----------
    share
        ``float64[T, …]`` shares of each year, NaN where absent.
    index
        ``tornqvist``: the mean of both years' shares. ``solow``: the mean of all years' shares.

    Returns
    -------
    float64[T, …]
        NaN in the first year, and where one of the two years is absent.
    """
    mean = np.full(share.shape, np.nan)
    mean[1:] = (share[1:] + share[:-1]) / 2
    if index == "tornqvist":
        return mean
    there = ~np.isnan(share)
    count = there.sum(axis=0)
    total = np.where(there, share, 0.0).sum(axis=0)
    fixed = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return np.where(np.isnan(mean), np.nan, fixed)


def tornqvist_growth(quantity: Floats, share: Floats) -> Floats:
    """Return the Törnqvist growth of K quantities taken together, in logs.

    Parameters
    ----------
    quantity
        ``float64[T, N, K]``, positive, NaN where absent.
    share
        ``float64[T, N, K]`` shares in value, summing to 1 over K.

    Returns
    -------
    float64[T, N]

    Examples
    --------
    >>> both = np.array([[[1.0, 1.0]], [[2.0, 1.0]]])
    >>> float(tornqvist_growth(both, np.full((2, 1, 2), 0.5))[1, 0] / np.log(2))
    0.5
    """
    growth: Floats = (change_weights(share) * log_change(quantity)).sum(axis=-1)
    return growth


def chained(growth: Floats, base: NDArray[np.intp]) -> Floats:
    """Return levels with 1 in the base year from growth in logs; NaN beyond an absent year.

    Parameters
    ----------
    growth
        ``float64[T, N]`` change from t − 1 to t, NaN in the first year.
    base
        ``int[N]`` place of each unit's base year.
    """
    t = np.arange(growth.shape[0])[:, None]
    forward = np.cumsum(np.where(t > base, growth, 0.0), axis=0)
    back = np.where(t <= base, growth, 0.0)
    # what has to be taken back from the base to year t: the changes of the years t + 1 to the base
    until = np.cumsum(back[::-1], axis=0)[::-1]
    backward = np.zeros_like(growth)
    backward[:-1] = until[1:]
    levels: Floats = np.exp(np.where(t >= base, forward, -backward))
    return levels


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Growth accounts, each ``float64[T, N]``, the change from t − 1 to t in logs; NaN where one year is absent.

    Attributes
    ----------
    weight
        Weight of capital.
    output
        Growth of output; equals capital + labour + hours + quality + tfp.
    capital, labour, hours, quality
        Contributions of capital, persons, hours per person and labour quality; the last two None if not given.
    tfp
        Growth of total factor productivity, the residual.
    persons, length
        Growth of labour and of hours per person themselves, not weighted; the latter None if not given.
    """

    weight: Floats
    output: Floats
    capital: Floats
    labour: Floats
    hours: Floats | None
    quality: Floats | None
    tfp: Floats
    persons: Floats
    length: Floats | None

    def parts(self) -> dict[str, Floats]:
        """Return the contributions by name, TFP last."""
        named = {"capital": self.capital, "labour": self.labour, "hours": self.hours, "quality": self.quality}
        return {name: part for name, part in named.items() if part is not None} | {"tfp": self.tfp}

    def productivity(self, per: str) -> dict[str, Floats]:
        """Return growth of output per worker or per hour (``labour_productivity``) and its sources but TFP.

        ``deepening`` is the contribution of capital per worker (or hour); longer hours raise output per worker.
        """
        base = self.persons
        if per == "hour" and self.length is not None:
            base = base + self.length
        # w·k − w·l: the contribution of capital less what it would be had capital grown like labour
        return {"labour_productivity": self.output - base, "deepening": self.capital - self.weight * base}


def solow_accounts(
    output: Floats,
    capital: Floats,
    labour: Floats,
    share: Floats,
    *,
    hours: Floats | None = None,
    quality: Floats | None = None,
    index: str = "tornqvist",
) -> Accounts:
    """Return growth accounts with constant returns to scale.

    Parameters
    ----------
    output, capital, labour
        ``float64[T, N]`` volumes, positive, NaN where absent.
    share
        ``float64[T, N]`` share of capital in output; labour has the rest.
    hours, quality
        ``float64[T, N]`` hours per worker and index of labour quality.
    index
        ``tornqvist`` or ``solow``, as in `change_weights`.

    Examples
    --------
    >>> x = np.array([[1.0], [1.1]])
    >>> float(solow_accounts(x, x, x, np.full((2, 1), 0.4)).tfp[1, 0])
    0.0
    """
    weight = change_weights(share, index)
    work = 1 - weight
    grown, persons = log_change(output), log_change(labour)
    length = None if hours is None else log_change(hours)
    parts = [weight * log_change(capital), work * persons]
    parts += [work * x for x in (length, None if quality is None else log_change(quality)) if x is not None]
    tfp = grown - np.sum(parts, axis=0)
    more = iter(parts[2:])
    return Accounts(
        weight=weight,
        output=grown,
        capital=parts[0],
        labour=parts[1],
        hours=None if hours is None else next(more),
        quality=None if quality is None else next(more),
        tfp=tfp,
        persons=persons,
        length=length,
    )


def multilateral(output: Floats, inputs: Floats, share: Floats, *, over: str = "panel") -> Floats:
    """Return levels of TFP relative to the geometric mean of units (Caves, Christensen and Diewert 1982).

    ln A = (ln y − mean ln y) − Σ_k ½(s_k + mean s_k)(ln x_k − mean ln x_k): every unit is compared with one
    hypothetical unit, so comparisons between units are transitive and need no unit as a base.

    Parameters
    ----------
    output
        ``float64[T, N]``, in units of measure that are the same for all units; NaN where absent.
    inputs, share
        ``float64[T, N, K]`` inputs and their shares in cost, summing to 1 over K.
    over
        ``panel``: one hypothetical unit for all years. ``year``: one for each year; levels of different years do not
        compare. ``chain``: one for each year, years linked by the Törnqvist change of the hypothetical unit from the
        first year (Good, Nadiri and Sickles 1997).

    Returns
    -------
    float64[T, N]
        Levels, 1 that of the hypothetical unit (of the first year for ``chain``).

    References
    ----------
    Caves, Christensen and Diewert (1982), Economic Journal 92, 73–86, doi:10.2307/2232257.
    Good, Nadiri and Sickles (1997), doi:10.3386/w5790.
    """
    y, x = np.log(output), np.log(inputs)
    axis = (0, 1) if over == "panel" else (1,)
    y0, x0, s0 = _mean(y, axis), _mean(x, axis), _mean(share, axis)
    level = (y - y0) - ((share + s0) / 2 * (x - x0)).sum(axis=-1)
    if over == "chain":
        step = np.diff(y0, axis=0) - ((s0[1:] + s0[:-1]) / 2 * np.diff(x0, axis=0)).sum(axis=-1)
        level[1:] += np.cumsum(step, axis=0)
    levels: Floats = np.exp(level)
    return levels


def _mean(x: Floats, axis: tuple[int, ...]) -> Floats:
    """Return the mean of what is present, NaN where nothing is."""
    there = ~np.isnan(x)
    count = there.sum(axis=axis, keepdims=True)
    total = np.where(there, x, 0.0).sum(axis=axis, keepdims=True)
    found: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return found
