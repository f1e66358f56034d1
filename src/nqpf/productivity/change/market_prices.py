"""Prices of inputs and outputs from columns of a table: found by quantity, checked, one row an observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nqpf.columns import numbers
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Floats

PriceColumns = Mapping[str, str] | Sequence[str]
"""Column of prices by quantity, or columns of prices in the order of the quantities."""


def market_prices(
    data: Any,
    observed: Observed,
    input_prices: PriceColumns | None,
    output_prices: PriceColumns | None,
    missing: str,
) -> tuple[Floats, Bools] | None:
    """Return prices ``float64[R, I + O]`` and which rows have all of them; None where no prices are given.

    Raises
    ------
    SpecError
        Prices of one side only, of what is no quantity, or none of a quantity.
    DataError
        A column is absent, a cell holds no number or (unless `missing` is ``skip``) nothing.
    MethodError
        A price is zero or negative.
    """
    given = {"input_prices": input_prices, "output_prices": output_prices}
    absent = [key for key, columns in given.items() if columns is None]
    if absent:
        if len(absent) == 1:
            raise SpecError("index_prices_one_side", where=Where(key=absent[0]))
        return None
    columns = [
        column
        for key, quantities in zip(given, observed.names, strict=False)
        for column in _columns(key, given[key], quantities)
    ]
    quantities = [*observed.names[0], *observed.names[1]]
    each = list(dict.fromkeys(columns))
    prices: Floats = numbers(data, each)[1][:, [each.index(column) for column in columns]]
    empty = np.isnan(prices) & observed.complete[:, None]
    if empty.any() and missing == "error":
        row, k = (int(i[0]) for i in np.nonzero(empty))
        raise DataError(
            "frontier_price_missing",
            where=observed.where(row, columns[k]), count=int(empty.sum()), quantity=quantities[k],
        )  # fmt: skip
    wrong = (prices <= 0) & observed.complete[:, None]
    if wrong.any():
        row, k = (int(i[0]) for i in np.nonzero(wrong))
        raise MethodError(
            "index_price_sign",
            where=observed.where(row, columns[k]), value=float(prices[row, k]), quantity=quantities[k],
            count=int(wrong.sum()),
        )  # fmt: skip
    return prices, np.asarray(~np.isnan(prices).any(axis=1))


def _columns(key: str, given: PriceColumns | None, quantities: Sequence[str]) -> list[str]:
    """Return the columns of prices in the order of the quantities."""
    assert given is not None
    if isinstance(given, Mapping):
        for stray in (name for name in given if name not in quantities):
            near = hint(stray, quantities)
            raise SpecError(
                "frontier_price_stray", where=Where(key=key), column=stray, options=listing(quantities, 20), hint=near
            )
        for name in (name for name in quantities if name not in given):
            raise SpecError("index_price_absent", where=Where(key=key), column=name)
        return [given[name] for name in quantities]
    if isinstance(given, str) or len(given) != len(quantities):
        count = 1 if isinstance(given, str) else len(given)
        raise SpecError("index_price_count", where=Where(key=key), given=count, wanted=len(quantities))
    return list(given)
