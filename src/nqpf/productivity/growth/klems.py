"""KLEMS accounts: output growth by types of capital, kinds of labour and intermediate inputs, industries and economy.

Δln Y = v_K Δln K + v_L Δln L + v_X Δln X + Δln A with two-year mean shares in the value of output; each group is a
Törnqvist index of its types, weighted by what they earn: Jorgenson, Gollop and Fraumeni (1987, Productivity and U.S.
Economic Growth), O'Mahony and Timmer (2009, doi:10.1111/j.1468-0297.2009.02280.x). Composition is what the index of
a group grows beyond the plain sum of its types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.growth.cells import Cells, Floats, Gaps, read, refuse_absent
from nqpf.productivity.growth.domar import Economy, Inputs, economy
from nqpf.productivity.growth.klems_inputs import Group, Types, groups_of
from nqpf.productivity.growth.tornqvist import change_weights, log_change, type_change
from nqpf.results import Method, TableResult

UserCost = Literal["given", "internal", "external"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Klems(TableResult):
    """KLEMS accounts.

    Attributes
    ----------
    frame
        A row for each row of the table given: keys; output (Δln); contributions capital (= capital_quantity +
        capital_composition), labour (= labour_quantity + labour_composition), intermediate (if given) and tfp, which
        add up to output; share_capital, share_labour, share_intermediate (mean of both years); with intermediate
        inputs value_added (Δln of its volume) and tfp_value_added (TFP growth per unit of value added); rate (of
        return), where user costs are computed; domar_weight, where industries are added up.
    types
        A row for each type of input, unit and year: unit, year, group, type, share (weight in output), growth (Δln)
        and contribution.
    economy
        All units together by year: value_added, capital, labour, tfp, domar, reallocation_capital and
        reallocation_labour; None if not asked for.
    """

    types: pl.DataFrame
    economy: pl.DataFrame | None


def klems(
    data: Any,
    output: str,
    *,
    capital: Types,
    labour: Types,
    intermediate: Types | None = None,
    value: str | None = None,
    unit: str | None = None,
    time: str,
    user_cost: UserCost = "given",
    depreciation: Mapping[str, float | str] | None = None,
    rate: float | str | None = None,
    negative: Literal["error", "zero"] = "error",
    aggregate: bool = False,
    gaps: Gaps = "error",
) -> Klems:
    """Return KLEMS accounts.

    Parameters
    ----------
    data
        Table with a row for each unit (industry) and year.
    output
        Column of the volume of gross output; of value added where there are no intermediate inputs.
    capital
        By type of asset: the columns of its stock (or services) at constant prices, and of what it earns (``given``)
        or of the price index of investment (``internal``, ``external``).
    labour
        By kind of work: the columns of hours (or persons), and of compensation.
    intermediate
        By kind, such as energy, materials and services: the columns of volume and of value.
    value
        Column of the value of output at prices of the year; needed for user costs, else the sum of all incomes.
    unit, time
        Columns of units and of years.
    user_cost
        ``given``: what each asset earns is in the table. ``internal``: user costs with the rate of return that uses up
        the income of capital (output less labour and intermediate inputs). ``external``: user costs with `rate`; they
        weigh the assets, and capital still earns what is left of output.
    depreciation
        By type of asset: rate as a share, or its column; for user costs.
    rate
        Nominal rate of return as a share, or its column; for ``external``.
    negative
        A user cost below zero (an asset whose price rises fast): ``error``, or ``zero``: it counts as zero.
    aggregate
        Whether units are industries of one economy, to be added up with Domar weights.
    gaps
        ``error`` or ``skip``, as in `growth_accounts`.

    Returns
    -------
    Klems
        See there. A type that is zero in all years of a unit counts for nothing there.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent; an industry is absent in a year and `aggregate`.
    MethodError
        A negative number; a type that is zero in some years only; capital without income; a user cost below zero; a
        value of output that is not the sum of incomes.
    SpecError
        An unknown word; user costs without value, depreciation or rate.

    References
    ----------
    O'Mahony and Timmer (2009), doi:10.1111/j.1468-0297.2009.02280.x; Jorgenson and Griliches (1967),
    doi:10.2307/2296675; Domar (1961), doi:10.2307/2228246.

    Examples
    --------
    >>> table = {"year": [1, 2], "y": [100.0, 121.0], "k": [50.0, 60.5], "rk": [40.0, 40.0], "h": [9.0, 9.0],
    ...          "w": [60.0, 60.0]}
    >>> done = klems(table, "y", capital={"all": ("k", "rk")}, labour={"all": ("h", "w")}, time="year")
    >>> [round(done.frame[name][1] / done.frame["output"][1], 6) for name in ("capital", "labour", "tfp")]
    [0.4, 0.0, 0.6]
    """
    choose("user_cost", user_cost, ("given", "internal", "external"))
    choose("negative", negative, ("error", "zero"))
    _refuse_unstated(user_cost, capital, value, depreciation, rate)
    groups = {"capital": capital, "labour": labour} | ({"intermediate": intermediate} if intermediate else {})
    _refuse_formless(groups)
    pairs = [pair for types in groups.values() for pair in types.values()]
    extra = [x for x in (*(depreciation or {}).values(), rate, value) if isinstance(x, str)]
    prices = [pair[1] for pair in capital.values()] if user_cost != "given" else []
    above = [output, *([value] if value else []), *prices]
    cells = read(data, unit, time, [output, *(c for pair in pairs for c in pair), *extra], gaps, positive=above)
    found, costs, notes = groups_of(cells, groups, value, user_cost, depreciation or {}, rate, negative)
    columns, types, inputs = _account(cells, cells.values[output], found)
    if costs is not None:
        columns["rate"] = costs
    whole = None
    if aggregate:
        whole = _economy(cells, columns, found, inputs, gaps)
        columns["domar_weight"] = whole.weight
    frame = cells.keys(unit, time).with_columns(cells.table.column(v, name) for name, v in columns.items())
    options: dict[str, Any] = {"output": output, "value": value, "user_cost": user_cost, "rate": rate}
    options |= {name: {k: tuple(v) for k, v in kinds.items()} for name, kinds in groups.items()}
    options |= {"depreciation": dict(depreciation or {}), "negative": negative, "aggregate": aggregate, "gaps": gaps}
    return Klems(
        frame,
        Method("growth.klems", options),
        (*cells.notes, *notes),
        backend_of(data),
        types=_types_frame(cells, found, types),
        economy=None if whole is None else _economy_frame(cells, whole),
    )


def _refuse_formless(groups: Mapping[str, Types]) -> None:
    """Raise a SpecError where the types of an input are not written as name: (quantity, income)."""
    for name, types in groups.items():
        pairs = list(types.values()) if isinstance(types, Mapping) else []
        if not pairs or any(isinstance(pair, str) or len(pair) != 2 for pair in pairs):
            raise SpecError("growth_types", where=Where(key=name))


def _refuse_unstated(
    how: str, capital: Types, value: str | None, depreciation: Mapping[str, float | str] | None, rate: object
) -> None:
    if how == "given":
        return
    if value is None:
        raise SpecError("growth_needs", where=Where(key="user_cost"), value=how, needed="value")
    if how == "external" and rate is None:
        raise SpecError("growth_needs", where=Where(key="user_cost"), value=how, needed="rate")
    for name in capital:
        if name not in (depreciation or {}):
            raise SpecError("growth_needs", where=Where(key="user_cost"), value=how, needed=f"depreciation[{name}]")


def _account(
    cells: Cells, output: Floats, groups: Mapping[str, Group]
) -> tuple[dict[str, Floats], dict[str, dict[str, Floats]], dict[str, Inputs]]:
    """Return the columns of the accounts, the parts of each type, and the inputs for adding industries up."""
    value = sum((group.total for group in groups.values()), np.zeros_like(output))
    grown = log_change(output)
    columns, shares, types, inputs = {"output": grown}, {}, {}, {}
    rest = grown
    for name, group in groups.items():
        share = change_weights(group.total / value)
        within = change_weights(group.income / group.income.sum(axis=-1, keepdims=True))
        step = type_change(group.quantity)
        growth = (within * step).sum(axis=-1)
        columns[name] = share * growth
        if name != "intermediate":
            columns[f"{name}_quantity"] = share * log_change(group.quantity.sum(axis=-1))
            columns[f"{name}_composition"] = columns[name] - columns[f"{name}_quantity"]
        rest = rest - columns[name]
        shares[f"share_{name}"] = share
        parts = {"share": share[..., None] * within, "growth": step}
        types[name] = parts | {"contribution": parts["share"] * step}
        inputs[name] = Inputs(group.quantity, group.income, share, growth)
    columns |= {"tfp": rest, **shares}
    if "intermediate" in groups:
        own = 1 - shares["share_intermediate"]
        columns |= {"value_added": (grown - columns["intermediate"]) / own, "tfp_value_added": rest / own}
    return columns, types, inputs


def _economy(
    cells: Cells, columns: Mapping[str, Floats], groups: Mapping[str, Group], inputs: Mapping[str, Inputs], gaps: str
) -> Economy:
    if gaps == "error":
        refuse_absent(cells)
    nominal = groups["capital"].total + groups["labour"].total
    own = 1 - columns["share_intermediate"] if "share_intermediate" in columns else np.ones_like(nominal)
    growth = columns.get("value_added", columns["output"])
    return economy(nominal, own, growth, columns["tfp"], inputs["capital"], inputs["labour"])


def _types_frame(cells: Cells, groups: Mapping[str, Group], types: Mapping[str, Mapping[str, Floats]]) -> pl.DataFrame:
    """Return the parts of each type by unit and year, where there is a change to account for."""
    frames = []
    for group, parts in types.items():
        t, n = np.nonzero(~np.isnan(parts["contribution"]).any(axis=-1))
        for k, name in enumerate(groups[group].names):
            keys = {
                "unit": [cells.table.units[i] for i in n],
                "year": cells.table.years[t],
                "group": [group] * t.size,
                "type": [name] * t.size,
            }
            frames.append(pl.DataFrame(keys | {c: parts[c][t, n, k] for c in ("share", "growth", "contribution")}))
    return pl.concat(frames)


def _economy_frame(cells: Cells, whole: Economy) -> pl.DataFrame:
    names = ("value_added", "capital", "labour", "tfp", "domar", "reallocation_capital", "reallocation_labour")
    columns = {name: getattr(whole, name) for name in names}
    return pl.DataFrame({"year": cells.table.years} | columns).with_columns(pl.col(names).fill_nan(None))
