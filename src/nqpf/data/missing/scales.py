"""The scale on which a model sees a series: logarithms where every reported value is positive, else levels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.data.missing.options import Scale
from nqpf.data.panel import Panel
from nqpf.errors import DataError

Floats = NDArray[np.float64]


def in_logs(panel: Panel, k: int, scale: Scale) -> bool:
    """Return whether series `k` is seen in logarithms.

    Raises
    ------
    DataError
        Under ``log``, a value that is not positive.
    """
    x = panel.values[:, :, k]
    with np.errstate(invalid="ignore"):
        bad = np.argwhere(x <= 0)
    if scale == "log" and len(bad):
        t, n = bad[0].tolist()
        raise DataError("loglinear_nonpositive", where=panel.where(t, n, k), value=float(x[t, n]))
    return scale != "level" and not len(bad)


def seen(panel: Panel, k: int, log: bool) -> Floats:
    """Return series `k` on its scale, ``float64[T, N]``."""
    x = panel.values[:, :, k]
    return np.log(x) if log else x
