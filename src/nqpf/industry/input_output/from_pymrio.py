"""Tables from objects of pymrio, which is never imported: whatever has Z and Y as its tables do is taken.

pymrio (Stadler 2021, doi:10.5334/jors.251) keeps Z, Y and x as pandas tables whose rows and columns have the levels
region and sector (category, in Y).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nqpf.errors import DataError
from nqpf.industry.input_output.build import build
from nqpf.industry.input_output.table import IOTable


def from_pymrio(system: Any, *, added: str | None = None, **options: Any) -> IOTable:
    """Return an input–output table of an object of pymrio.

    Parameters
    ----------
    system
        An ``IOSystem`` with Z and Y; x where it has been calculated, else the sums of the rows.
    added
        Name of the extension whose rows are value added, e.g. ``factor_inputs``: its F is taken. Default: none.
    **options
        As in `build`.

    Raises
    ------
    DataError
        The object has no Z or Y, or not such an extension; rows and columns of Z do not name the same sectors, or those
        of Y or F do not.
    MethodError
        As in `build`.

    References
    ----------
    Stadler (2021), Pymrio – A Python Based Multi-Regional Input-Output Analysis Toolbox, Journal of Open Research
    Software 9(1), 8, doi:10.5334/jors.251.

    Examples
    --------
    >>> from types import SimpleNamespace as Box
    >>> frame = lambda rows, columns, cells: Box(index=rows, columns=columns, to_numpy=lambda: cells)
    >>> sectors = [("A", "s"), ("B", "s")]
    >>> z = frame(sectors, sectors, [[1.0, 2.0], [3.0, 4.0]])
    >>> y = frame(sectors, [("A", "home"), ("B", "home")], [[5.0, 1.0], [0.0, 9.0]])
    >>> from_pymrio(Box(Z=z, Y=y, x=None)).labels
    ('A|s', 'B|s')
    """
    z, y = _part(system, "Z"), _part(system, "Y")
    rows = [_pair(label) for label in z.index]
    _require_same("Z", rows, [_pair(label) for label in z.columns])
    _require_same("Y", rows, [_pair(label) for label in y.index])
    x = getattr(system, "x", None)
    primary = names = None
    if added is not None:
        f = _part(_part(system, added), "F")
        _require_same(f"{added}.F", rows, [_pair(label) for label in f.columns])
        primary, names = f.to_numpy(), [_flat(label) for label in f.index]
    return build(
        z.to_numpy(),
        y.to_numpy(),
        None if x is None else np.asarray(x.to_numpy(), dtype=float).ravel(),
        sectors=[sector for _, sector in rows],
        regions=[region for region, _ in rows],
        finals=[_flat(label) for label in y.columns],
        added=primary,
        addeds=names,
        **options,
    )


def _part(system: Any, name: str) -> Any:
    part = getattr(system, name, None)
    if part is None:
        raise DataError("io_no_part", part=name)
    return part


def _pair(label: Any) -> tuple[str, str]:
    """Return region and sector of a label; one without levels is a sector."""
    if isinstance(label, tuple):
        return "|".join(map(str, label[:-1])), str(label[-1])
    return "", str(label)


def _flat(label: Any) -> str:
    return "|".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _require_same(what: str, rows: list[tuple[str, str]], others: list[tuple[str, str]]) -> None:
    for i, (row, other) in enumerate(zip(rows, others, strict=False)):
        if row != other:
            raise DataError("io_other_order", what=what, place=i + 1, row="|".join(row), other="|".join(other))
    if len(rows) != len(others):
        raise DataError("io_shape", what=what, shape=str(len(others)), wanted=str(len(rows)))
