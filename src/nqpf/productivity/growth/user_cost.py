"""User cost of capital: what a year's use of an asset costs, on arrays of years × units × assets.

c_k = p_k,t−1 r + δ_k p_k,t − (p_k,t − p_k,t−1), with r the rate of return, ex post such that Σ_k c_k K_k is all income
of capital, or stated from outside: Jorgenson and Griliches (1967, doi:10.2307/2296675), as in the EU KLEMS accounts
(O'Mahony and Timmer 2009, doi:10.1111/j.1468-0297.2009.02280.x). Taxes are left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def internal_rate(income: Floats, stock: Floats, price: Floats, depreciation: Floats) -> Floats:
    """Return the rate of return at which the user costs of all assets add up to the income of capital.

    Parameters
    ----------
    income
        ``float64[T, N]`` income of capital in money of the year.
    stock
        ``float64[T, N, K]`` capital stocks at constant prices.
    price
        ``float64[T, N, K]`` price index of investment, 1 in the year whose prices stocks are counted at.
    depreciation
        ``float64[T, N, K]`` rates as shares.

    Returns
    -------
    float64[T, N]
        NaN in the first year.

    Examples
    --------
    >>> one = np.ones((2, 1, 1))
    >>> internal_rate(np.full((2, 1), 15.0), 100 * one, one, 0.1 * one)[1].round(12).tolist()
    [0.05]
    """
    found = np.full(income.shape, np.nan)
    gain = price[1:] - price[:-1]
    net = income[1:] + ((gain - depreciation[1:] * price[1:]) * stock[1:]).sum(axis=-1)
    found[1:] = net / (price[:-1] * stock[1:]).sum(axis=-1)
    return found


def user_costs(rate: Floats, price: Floats, depreciation: Floats) -> Floats:
    """Return the user cost of a unit of each asset, ``float64[T, N, K]``, NaN in the first year.

    Parameters
    ----------
    rate
        ``float64[T, N]`` rate of return, nominal.
    price, depreciation
        As in `internal_rate`.
    """
    found = np.full(price.shape, np.nan)
    now, before = price[1:], price[:-1]
    found[1:] = before * rate[1:, :, None] + depreciation[1:] * now - (now - before)
    return found
