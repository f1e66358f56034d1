"""Backward and forward linkages: how much a sector draws on others, and how much others draw on it.

Direct linkages are those of Chenery and Watanabe (1958), total ones those of Rasmussen (1957). A sector without output
has no linkages: its column of the inverse is that of the identity and would push the mean, so it is left out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.industry.input_output.balance import named
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.results import Method, Note

FEWEST = 5
"""Fewer sectors than this make no meaningful mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Linkages(BySector):
    """Linkages by sector; null where a sector has no output.

    Attributes
    ----------
    frame
        Keys; backward_direct (column sum of A), forward_direct (row sum of B, or of A), backward (column sum of L),
        forward (row sum of G, or of L); the four over their mean in sectors with output (backward_direct_norm,
        forward_direct_norm, backward_norm, forward_norm);
        backward_cv and forward_cv (coefficient of variation of the column and row of the inverse: small where the pull
        is spread over many sectors); kind: ``key`` (both above 1), ``backward``, ``forward``, ``weak``.
    """


def linkages(table: IOTable, *, forward: Literal["ghosh", "leontief"] = "ghosh") -> Linkages:
    """Return backward and forward linkages, and which sectors are key sectors.

    Parameters
    ----------
    table
        The table; where imports stand apart, linkages are domestic.
    forward
        ``ghosh``: forward linkages are rows of the Ghosh inverse; ``leontief``: rows of the Leontief inverse, as
        Rasmussen's sensitivity of dispersion has it.

    Returns
    -------
    Linkages
        One row a sector.

    Raises
    ------
    SpecError
        No such word for `forward`.
    MethodError
        ``leontief_singular``, naming the sectors.

    References
    ----------
    Rasmussen (1957), Studies in Inter-sectoral Relations, North-Holland. Chenery and Watanabe (1958), International
    comparisons of the structure of production, Econometrica 26(4), 487–521, doi:10.2307/1907514. Miller and Blair
    (2009), Input–Output Analysis, 2nd ed., section 12.2, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"])
    >>> linkages(table).frame.select("sector", "backward_direct", pl.col("backward").round(4), "kind").rows()
    [('a', 0.35, 1.5182, 'key'), ('b', 0.3, 1.4521, 'weak')]
    """
    choose("forward", forward, ("ghosh", "leontief"))
    there, a, whole = table.active, table.coefficients, table.inverse
    direct, total = (table.allocation, table.ghosh_inverse) if forward == "ghosh" else (a, whole)
    back, ahead = whole.sum(axis=0), total.sum(axis=1)
    back_norm, ahead_norm = _normalised(back, there), _normalised(ahead, there)
    kind = np.select(
        [(back_norm > 1) & (ahead_norm > 1), back_norm > 1, ahead_norm > 1], ["key", "backward", "forward"], "weak"
    )
    numbers = {
        "backward_direct": a.sum(axis=0),
        "forward_direct": direct.sum(axis=1),
        "backward": back,
        "forward": ahead,
        "backward_direct_norm": _normalised(a.sum(axis=0), there),
        "forward_direct_norm": _normalised(direct.sum(axis=1), there),
        "backward_norm": back_norm,
        "forward_norm": ahead_norm,
        "backward_cv": _variation(whole.T, there),
        "forward_cv": _variation(total, there),
    }
    frame = table.keys.with_columns(
        *(pl.Series(name, np.where(there, v, np.nan), nan_to_null=True) for name, v in numbers.items()),
        pl.Series("kind", [k if t else None for k, t in zip(kind.tolist(), there, strict=True)], dtype=pl.String),
    )
    return Linkages(frame, Method("industry.linkages", {"forward": forward}), tuple(_notes(table, there)))


def _normalised(values: Floats, there: NDArray[np.bool_]) -> Floats:
    """Return values over their mean in sectors with output; NaN where that is 0."""
    mean = values[there].mean() if there.any() else 0.0
    return values / mean if mean else np.full_like(values, np.nan)


def _variation(rows: Floats, there: NDArray[np.bool_]) -> Floats:
    """Return the coefficient of variation of each row over sectors with output (Rasmussen's, n − 1)."""
    part = rows[:, there]
    if part.shape[1] < 2:
        return np.full(len(rows), np.nan)
    mean = part.mean(axis=1)
    return np.asarray(np.divide(part.std(axis=1, ddof=1), mean, out=np.full_like(mean, np.nan), where=mean > 0))


def _notes(table: IOTable, there: NDArray[np.bool_]) -> list[Note]:
    notes = [n for n in table.notes if n.code == "io_competitive"]
    if not there.all():
        values = {"count": int((~there).sum()), "names": named(table, ~there)}
        notes.append(Note("linkages_without_output", "info", values))
    if there.sum() < FEWEST:
        notes.append(Note("linkages_few", "warning", {"count": int(there.sum()), "least": FEWEST}))
    return notes
