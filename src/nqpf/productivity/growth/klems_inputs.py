"""The inputs of KLEMS accounts by type: quantities and what they earn, capital by what it is paid or by user cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nqpf.errors import MethodError, listing
from nqpf.productivity.growth.cells import Cells, Floats
from nqpf.productivity.growth.user_cost import internal_rate, user_costs
from nqpf.results import Note

Types = Mapping[str, Sequence[str]]
AGREE = 1e-6
"""A value of output and the incomes it is said to be the sum of may differ by this share."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Types of one group: quantities, incomes ``float64[T, N, K]``, and the income of the group ``float64[T, N]``."""

    names: tuple[str, ...]
    quantity: Floats
    income: Floats
    total: Floats


def groups_of(
    cells: Cells,
    groups: Mapping[str, Types],
    value: str | None,
    how: str,
    depreciation: Mapping[str, float | str],
    rate: float | str | None,
    negative: str,
) -> tuple[dict[str, Group], Floats | None, list[Note]]:
    """Return the groups of inputs, the rate of return of user costs, and remarks."""
    found: dict[str, Group] = {}
    for name, types in groups.items():
        quantity, income = (np.stack([cells.values[pair[i]] for pair in types.values()], axis=-1) for i in (0, 1))
        priced = name == "capital" and how != "given"
        _refuse_odd(cells, types, quantity, None if priced else income)
        total = income.sum(axis=-1)
        if not priced and (total == 0).any():
            t, n = np.argwhere(total == 0)[0]
            raise MethodError("growth_nothing_earned", where=cells.place(int(t), int(n)), types=listing(types))
        found[name] = Group(tuple(types), quantity, income, total)
    others = sum(group.total for name, group in found.items() if name != "capital")
    if how == "given":
        total = found["capital"].total + others
        if value is not None:
            _refuse_other_value(cells, value, total)
        return found, None, []
    assert value is not None
    left = cells.values[value] - others
    if (wrong := left <= 0).any():
        t, n = np.argwhere(wrong)[0]
        raise MethodError("growth_no_capital_income", where=cells.place(int(t), int(n)), value=float(left[t, n]))
    found["capital"], used, notes = _priced(cells, found["capital"], left, how, depreciation, rate, negative)
    return found, used, notes


def _refuse_odd(cells: Cells, types: Types, quantity: Floats, income: Floats | None) -> None:
    """Raise a MethodError at a negative number, or at a type that is nothing in some years only."""
    for k, (name, pair) in enumerate(types.items()):
        given = [(pair[0], quantity[..., k])] + ([] if income is None else [(pair[1], income[..., k])])
        for column, v in given:
            if (v < 0).any():
                t, n = np.argwhere(v < 0)[0]
                where = cells.place(int(t), int(n), column)
                raise MethodError("growth_negative", where=where, value=float(v[t, n]))
        none = quantity[..., k] == 0
        paid = none & (income[..., k] > 0) if income is not None else np.zeros_like(none)
        some = paid | (none & (quantity[..., k] > 0).any(axis=0))
        if some.any():
            t, n = np.argwhere(some)[0]
            raise MethodError("growth_type_appears", where=cells.place(int(t), int(n), pair[0]), type=name)


def _refuse_other_value(cells: Cells, value: str, total: Floats) -> None:
    written = cells.values[value]
    wrong = np.abs(total - written) > AGREE * np.abs(written)
    if wrong.any():
        t, n = np.argwhere(wrong)[0]
        shown = {"value": float(written[t, n]), "total": float(total[t, n])}
        raise MethodError("growth_incomes", where=cells.place(int(t), int(n), value), **shown)


def _priced(
    cells: Cells,
    group: Group,
    left: Floats,
    how: str,
    depreciation: Mapping[str, float | str],
    rate: float | str | None,
    negative: str,
) -> tuple[Group, Floats, list[Note]]:
    """Return capital whose income, all that is left of output, is shared out by user cost; the rate; remarks."""

    def column(x: float | str) -> Floats:
        return cells.values[x] if isinstance(x, str) else np.where(cells.present, float(x), np.nan)

    delta = np.stack([column(depreciation[name]) for name in group.names], axis=-1)
    if (wrong := (delta < 0) | (delta > 1)).any():
        t, n, k = np.argwhere(wrong)[0]
        raise MethodError("depreciation_no_share", where=cells.place(int(t), int(n)), value=float(delta[t, n, k]))
    price = group.income
    used = internal_rate(left, group.quantity, price, delta) if how == "internal" else column(rate or 0.0)
    cost = user_costs(used, price, delta)
    below = (cost < 0) & (group.quantity > 0)
    notes = []
    if below.any():
        t, n, k = np.argwhere(below)[0]
        if negative == "error":
            shown = {"type": group.names[k], "value": float(cost[t, n, k])}
            raise MethodError("growth_user_cost", where=cells.place(int(t), int(n)), **shown)
        notes.append(Note("growth_user_cost_zero", values={"count": int(below.sum())}))
    weight = np.maximum(cost, 0.0) * group.quantity
    whole = weight.sum(axis=-1, keepdims=True)
    if (whole == 0).any():
        t, n, _ = np.argwhere(whole == 0)[0]
        raise MethodError("growth_no_user_cost", where=cells.place(int(t), int(n)))
    return Group(group.names, group.quantity, weight / whole * left[..., None], left), used, notes
