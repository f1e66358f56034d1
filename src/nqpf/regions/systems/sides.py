"""Two sides on one scale, so that the difference of the two says which is ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where
from nqpf.messages import say

Floats = NDArray[np.float64]
Scale = Literal["given", "zscore", "range"]


def keyed_table(
    keys: Mapping[str, tuple[str, Any]], columns: Mapping[str, Any], also: Sequence[str] = ()
) -> pl.DataFrame:
    """Return a table of key columns and others.

    Parameters
    ----------
    keys
        Name and values of each key column, by the option that names it.
    columns
        The others.
    also
        Names that further tables with the same keys have.

    Raises
    ------
    SpecError
        A key column is called as another one.
    """
    for key, (name, _) in keys.items():
        if name in (*columns, *also):
            raise SpecError("bad_value", where=Where(key=key), value=name, expected=say("systems.other_name"))
    return pl.DataFrame({**dict(keys.values()), **columns})


def on_scale(sides: Sequence[Floats], names: Sequence[str], scale: str) -> list[Floats]:
    """Return each side on the scale, over all its cells that have a number in every side.

    Parameters
    ----------
    sides
        Arrays of one shape, NaN where missing.
    names
        What they are called, for errors.
    scale
        ``given`` as they are, ``zscore`` mean 0 and standard deviation 1, ``range`` from 0 to 1.

    Raises
    ------
    MethodError
        A side is the same everywhere.
    """
    if scale == "given":
        return list(sides)
    there = ~np.isnan(np.stack(sides)).any(axis=0)
    found = []
    for side, name in zip(sides, names, strict=True):
        seen = side[there]
        low, size = (seen.mean(), seen.std()) if scale == "zscore" else (seen.min(), np.ptp(seen))
        if not size > 1e-12 * np.abs(seen).max():
            raise MethodError("side_constant", where=Where(indicator=name), scale=scale)
        found.append((side - low) / size)
    return found
