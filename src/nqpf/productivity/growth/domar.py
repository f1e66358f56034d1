"""From industries to the economy: Domar weights and what reallocation of inputs adds, on arrays of years × industries.

Δln A = Σ_j D_j Δln A_j + (Σ_j D_j v_Kj Δln K_j − v_K Δln K) + (Σ_j D_j v_Lj Δln L_j − v_L Δln L), D_j the industry's
share in value added over the share of value added in its gross output: Domar (1961, doi:10.2307/2228246), Hulten
(1978, doi:10.2307/2296827), and with reallocation Jorgenson, Ho and Stiroh (2005, Information Technology and the
American Growth Resurgence, MIT Press, ch. 8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.growth.tornqvist import change_weights, type_change

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """One group of inputs of all industries.

    Attributes
    ----------
    quantity, income
        ``float64[T, N, K]`` quantities and incomes by type.
    share
        ``float64[T, N]`` weight of the group in the change of gross output.
    growth
        ``float64[T, N]`` Törnqvist growth of the group.
    """

    quantity: Floats
    income: Floats
    share: Floats
    growth: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Economy:
    """Accounts of all industries together, each ``float64[T]`` but `weight`.

    Attributes
    ----------
    weight
        ``float64[T, N]`` Domar weights.
    value_added
        Growth of value added; equals capital + labour + tfp.
    capital, labour
        Contributions, as if each type earned the same in all industries.
    tfp
        Residual; equals domar + reallocation_capital + reallocation_labour.
    domar
        Domar-weighted TFP growth of industries.
    reallocation_capital, reallocation_labour
        What moving inputs to where they earn more adds.
    """

    weight: Floats
    value_added: Floats
    capital: Floats
    labour: Floats
    tfp: Floats
    domar: Floats
    reallocation_capital: Floats
    reallocation_labour: Floats


def economy(
    value_added: Floats, own_share: Floats, growth: Floats, tfp: Floats, capital: Inputs, labour: Inputs
) -> Economy:
    """Return the accounts of the economy from those of its industries.

    Parameters
    ----------
    value_added
        ``float64[T, N]`` nominal value added.
    own_share
        ``float64[T, N]`` weight of value added in the change of the industry's output (1 where output is value added).
    growth
        ``float64[T, N]`` growth of the volume of value added, in logs.
    tfp
        ``float64[T, N]`` growth of the industry's TFP by its own output.
    capital, labour
        Inputs of industries.
    """
    part = change_weights(value_added / value_added.sum(axis=1, keepdims=True))
    weight = part / own_share
    whole = (part * growth).sum(axis=1)
    domar = (weight * tfp).sum(axis=1)
    found: list[Floats] = []
    moved: list[Floats] = []
    for inputs in (capital, labour):
        income = inputs.income.sum(axis=1)
        within = change_weights(income / income.sum(axis=-1, keepdims=True))
        mean = change_weights(inputs.income.sum(axis=(1, 2)) / value_added.sum(axis=1))
        found.append(mean * (within * type_change(inputs.quantity.sum(axis=1))).sum(axis=-1))
        moved.append((weight * inputs.share * inputs.growth).sum(axis=1) - found[-1])
    return Economy(
        weight=weight,
        value_added=whole,
        capital=found[0],
        labour=found[1],
        tfp=whole - found[0] - found[1],
        domar=domar,
        reallocation_capital=moved[0],
        reallocation_labour=moved[1],
    )
