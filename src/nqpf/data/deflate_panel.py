"""Series of a panel at the prices of one year, every changed cell in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from nqpf.data.index_numbers import IndexBase, refuse_uncovered, relative
from nqpf.data.keyed import Keyed
from nqpf.data.ledger import Ledger
from nqpf.data.panel import Panel, Status
from nqpf.data.prices import restated


def deflate_series(
    panel: Panel, series: Sequence[str], *, index: str, base: int, index_base: int | str | None = None
) -> tuple[Panel, Ledger]:
    """Bring series of a panel to the prices of one year.

    Parameters
    ----------
    panel
        The panel.
    series
        Ids of series at current prices.
    index
        Id of the price index.
    base
        Year whose prices are used.
    index_base
        What the index is compared with; default: what its unit of measure says, such as ``上年=100``.

    Returns
    -------
    panel, ledger
        The panel with these series at prices of `base`, their unit of measure saying so; a row for every cell.

    Raises
    ------
    DataError, SpecError
        As in `deflate`; an unknown series.
    """
    origin = IndexBase.of(index_base if index_base is not None else panel.series[panel.index(index)].measure or "")
    at = [panel.index(s) for s in series]
    t, n, _ = panel.values.shape
    cells = {name: panel.values[:, :, panel.index(name)].reshape(-1) for name in (index, *series)}
    keys = {"unit": np.tile(panel.units, t), "period": np.repeat(panel.periods, n)}
    table = Keyed.of(pl.DataFrame(keys | cells), "unit", "period")
    found = relative(table, index, origin, base)[0]
    for name in series:
        refuse_uncovered(table, table.cube(name), found, index)
    ratio = found[table.t, table.n].reshape(t, n)
    values, status, rows = panel.values.copy(), panel.status.copy(), []
    described = list(panel.series)
    for k in at:
        measure = described[k].measure
        if measure is not None:
            described[k] = replace(described[k], measure=restated(measure, base, to_base=True))
        values[:, :, k] = panel.values[:, :, k] / ratio
        status[:, :, k] = np.where(status[:, :, k] == Status.REPORTED, Status.CONVERTED, status[:, :, k])
        rows += [
            {"unit": panel.units[n], "period": panel.periods[t], "indicator": panel.indicators[k]}
            | {"old": float(panel.values[t, n, k]), "new": float(values[t, n, k])}
            | {"rule": "prices.deflate", "detail": f"{index} ({origin}) → {base} (÷ {ratio[t, n]:.6g})"}
            for t, n in np.argwhere(~np.isnan(values[:, :, k]))
        ]
    return replace(panel, values=values, status=status, series=tuple(described)), Ledger.of(rows, panel.origin)
