"""Order relation (G1): weights from an order of importance and the ratios of neighbours.

With x_1 ≥ x_2 ≥ … ≥ x_m in importance and r_k = w_{k−1}/w_k, w_m = (1 + Σ_k Π_{i≥k} r_i)^−1 and w_{k−1} = r_k w_k
(郭亚军 2012, 综合评价理论、方法及拓展, 科学出版社). Ratios are from 1 (as important) to 1.8 (extremely more important),
so that the order holds; no test of consistency is needed. Weights of several experts are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError, Where, hint, listing
from nqpf.index.options.weight import Order
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


def order_weights(ratios: Floats) -> Floats:
    """Return weights ``float64[m]`` in the order of importance from ratios of neighbours ``float64[m − 1]``."""
    over_last = np.append(np.cumprod(ratios[::-1])[::-1], 1.0)
    return np.asarray(over_last / over_last.sum())


def rank_by_order(
    stated: Order | tuple[Order, ...], names: Sequence[str], where: Where | None = None
) -> tuple[Floats, tuple[Note, ...]]:
    """Return the weights that order relations among `names` give, ``float64[n]``, and remarks.

    Raises
    ------
    MethodError
        An order that does not hold every name once.
    """
    experts = (stated,) if isinstance(stated, Order) else stated
    if not experts:
        raise MethodError("order_names", where=where, expert=1, absent=listing(names), hint="")
    found, notes = np.empty((len(experts), len(names))), []
    for expert, one in enumerate(experts):
        _refuse_other_names(one, names, expert + 1, where)
        in_order = dict(zip(one.order, order_weights(np.array(one.ratios)), strict=True))
        found[expert] = [in_order[name] for name in names]
        # Guo asks for r_{k−1} r_k > 1, which fails only where three neighbours are equal.
        equal = [k for k in range(1, len(one.ratios)) if one.ratios[k - 1] * one.ratios[k] <= 1]
        if equal:
            alike = listing(one.order[equal[0] - 1 : equal[0] + 2])
            notes.append(Note("order_alike", "info", {"expert": expert + 1, "names": alike}))
    return found.mean(axis=0), tuple(notes)


def _refuse_other_names(one: Order, names: Sequence[str], expert: int, where: Where | None) -> None:
    for name in one.order:
        if name not in names:
            near = hint(name, names)
            raise MethodError(
                "order_stranger", where=where, expert=expert, name=name, options=listing(names, 20), hint=near
            )
        if one.order.count(name) > 1:
            raise MethodError("order_twice", where=where, expert=expert, name=name)
    absent = [name for name in names if name not in one.order]
    if absent:
        raise MethodError("order_names", where=where, expert=expert, absent=listing(absent))


def g1_weights(
    order: Sequence[str] | Sequence[Sequence[str]], ratios: Sequence[float | str] | Sequence[Sequence[float | str]]
) -> TableResult:
    """Return weights from an order of importance (order relation analysis, G1).

    Parameters
    ----------
    order
        Names, the most important first; or a list of such orders of the same names, one an expert.
    ratios
        Importance of each over the next, 1 to 1.8, one fewer than the names; or a list of such, one an expert.
        Guo's table: 1 as important, 1.2 slightly, 1.4 clearly, 1.6 strongly, 1.8 extremely more important.

    Returns
    -------
    TableResult
        Columns indicator (in the first expert's order) and weight; several experts' weights are averaged.

    Raises
    ------
    SpecError
        Ratios outside 1 to 1.8, or not one for each pair of neighbours.
    MethodError
        An order with a name twice, or experts who order different names.

    References
    ----------
    Guo Yajun (2012). 综合评价理论、方法及拓展. 科学出版社.

    Examples
    --------
    >>> g1_weights(["innovation", "green", "digital"], [1.5, 1.2]).frame["weight"].round(3).to_list()
    [0.45, 0.3, 0.25]
    """
    several = bool(order) and not isinstance(order[0], str)
    orders, by_expert = (order, ratios) if several else ([order], [ratios])
    if len(orders) != len(by_expert):
        raise MethodError("order_experts", orders=len(orders), ratios=len(by_expert))
    experts = tuple(
        checked(Order, order=list(names), ratios=list(r))  # type: ignore[arg-type]
        for names, r in zip(orders, by_expert, strict=True)
    )
    names = tuple(dict.fromkeys(experts[0].order))
    weights, notes = rank_by_order(experts, names)
    options = {"orders": [{"order": list(one.order), "ratios": list(one.ratios)} for one in experts]}
    return TableResult(pl.DataFrame({"indicator": names, "weight": weights}), Method("weight.g1", options), notes)
