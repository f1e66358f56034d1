"""The raw series of a session as the page shows them: what formulas can be written over, and how they name it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.data.formula import names_in
from nqpf.data.panel import Panel
from nqpf.errors import SpecError

Floats = NDArray[np.float64]
FIRST = 6
"""Values shown of a series or formula."""


def reference(series: str) -> str:
    """Return how a formula names a series: as it is, or in quotes where SQL would read something else.

    Examples
    --------
    >>> reference("gdp"), reference("R&D 经费"), reference("2020")
    ('gdp', '"R&D 经费"', '"2020"')
    """
    try:
        if names_in(series) == [series]:
            return series
    except SpecError:
        pass
    return '"' + series.replace('"', '""') + '"'


def describe_series(panel: Panel, used_by: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return what the page shows of each series; `used_by`: ids of the indicators that use it."""
    return [
        {
            "id": one.id,
            "reference": reference(one.id),
            "title": one.title,
            "unit": one.measure,
            "source": one.source,
            "note": one.note,
            "used_by": list(used_by.get(one.id, ())),
            "stats": statistics(panel, panel.values[:, :, k]),
        }
        for k, one in enumerate(panel.series)
    ]


def statistics(panel: Panel, values: Floats) -> dict[str, Any]:
    """Return what can be said of ``float64[T, N]`` values at a glance.

    Parameters
    ----------
    panel
        Whose years and units they are.
    values
        NaN where missing.

    Returns
    -------
    dict
        cells, present, coverage (present over cells), by_year (present over units, a number a year), years and units
        (how many have any value), min, median, max, lowest and highest (where they stand), constant, and `first`: the
        values of the first units in the last year that has any.
    """
    there = np.isfinite(values)
    found: dict[str, Any] = {
        "cells": values.size,
        "present": int(there.sum()),
        "coverage": float(there.mean()) if values.size else 0.0,
        "by_year": there.mean(axis=1).tolist(),
        "periods": list(panel.periods),
        "units": int(there.any(axis=0).sum()),
        "of_units": len(panel.units),
        "years": int(there.any(axis=1).sum()),
    }
    if not there.any():
        return found | dict.fromkeys(("min", "median", "max", "lowest", "highest")) | {"constant": False, "first": []}
    low, high = (np.unravel_index(f(values), values.shape) for f in (np.nanargmin, np.nanargmax))
    last = int(np.flatnonzero(there.any(axis=1))[-1])
    return found | {
        "min": float(values[low]),
        "median": float(np.nanmedian(values)),
        "max": float(values[high]),
        "lowest": _place(panel, *low),
        "highest": _place(panel, *high),
        "constant": bool(np.nanmin(values) == np.nanmax(values)),
        "first": [
            {**_place(panel, last, n), "value": float(values[last, n])} for n in range(min(FIRST, values.shape[1]))
        ],
    }


def _place(panel: Panel, t: Any, n: Any) -> dict[str, Any]:
    unit = panel.units[int(n)]
    return {"unit": panel.labels[unit], "period": panel.periods[int(t)]}


def folded(name: str) -> str:
    """Return a name as it is compared: full width, case and blanks make no difference.

    Examples
    --------
    >>> folded("Ｒ＆Ｄ 经费") == folded("r&d经费")
    True
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def by_name(panel: Panel) -> Mapping[str, str]:
    """Return the series by every name it goes by, folded; a name of two series is none."""
    found: dict[str, str | None] = {}
    for one in panel.series:
        for name in {folded(text) for text in (one.id, one.title.zh, one.title.en)}:
            found[name] = one.id if name not in found else None
    return {name: id for name, id in found.items() if id is not None}
