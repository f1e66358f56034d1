"""Common prosperity: how prosperous and how widely shared at once, and how it goes with another index.

The product of prosperity and sharing, both from 0 to 1, or its root, the geometric mean: either is low where one of the
two is low, as is asked of an index whose parts do not stand in for each other (Klugman, Rodríguez and Choi 2011 on the
human development index, doi:10.1007/s10888-011-9178-z).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.regions.panels.sample import Missing, Sample
from nqpf.regions.systems.coupling import Coupling, coupling
from nqpf.regions.systems.sides import keyed_table
from nqpf.results import Method, Note, Result

Form = Literal["geometric", "product"]
SCORE = "common_prosperity"


@dataclass(frozen=True, slots=True, eq=False)
class CommonProsperity(Result):
    """Common prosperity by unit and year.

    Attributes
    ----------
    frame
        Unit, year, ``prosperity``, ``sharing``, ``common_prosperity``, ``lower`` (which of the two holds it back:
        ``prosperity``, ``sharing``, ``even``), and the index where one is given, under its own name.
    coupling
        Coupling coordination of common prosperity and the index; None without an index.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    coupling: Coupling | None
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def common_prosperity(
    data: Any,
    prosperity: str,
    sharing: str,
    *,
    unit: str,
    time: str,
    form: Form = "geometric",
    index: str | None = None,
    missing: Missing = "raise",
) -> CommonProsperity:
    """Measure common prosperity, and couple it with an index.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    prosperity, sharing
        Columns from 0 to 1, the higher the better, scaled as they are given.
    unit, time
        Columns of units and years.
    form
        ``geometric`` the root of the product, on the scale of its parts; ``product``.
    index
        Column from 0 to 1 to couple it with: the index of new quality productive forces.
    missing
        Rows with an empty cell: ``raise`` an error, or ``drop`` them with a note.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, or two rows have the same unit and year.
    SpecError
        No such form, or a column stands twice.
    MethodError
        A value is beyond 0 to 1.

    References
    ----------
    Klugman, Rodríguez and Choi (2011). The HDI 2010: new controversies, old critiques.
    doi:10.1007/s10888-011-9178-z

    Examples
    --------
    >>> table = {"city": ["a", "b"], "year": [2022, 2022], "rich": [0.9, 0.5], "shared": [0.4, 0.5]}
    >>> found = common_prosperity(table, "rich", "shared", unit="city", time="year").frame
    >>> found.select(pl.col("common_prosperity").round(3), "lower").rows()
    [(0.6, 'sharing'), (0.5, 'even')]
    """
    choose("form", form, get_args(Form))
    choose("missing", missing, get_args(Missing))
    if index in ("prosperity", "sharing", SCORE, "lower"):
        raise SpecError("bad_value", where=Where(key="index"), value=index, expected=say("systems.other_name"))
    sample = Sample.of(data, [prosperity, sharing, *([index] if index else [])], unit=unit, time=time, missing=missing)
    wrong = ~((sample.values >= 0) & (sample.values <= 1))
    if wrong.any():
        row, k = (int(at) for at in np.argwhere(wrong)[0])
        unit_of, year = sample.units[sample.unit[row]], sample.years[sample.time[row]]
        where = Where(unit=unit_of, period=year, indicator=sample.columns[k])
        raise MethodError("coupling_range", where=where, value=float(sample.values[row, k]), count=int(wrong.sum()))
    rich, shared = sample.values[:, 0], sample.values[:, 1]
    both = rich * shared
    lower = np.where(rich < shared, "prosperity", np.where(rich > shared, "sharing", "even"))
    columns = {
        "prosperity": rich,
        "sharing": shared,
        SCORE: np.sqrt(both) if form == "geometric" else both,
        "lower": lower.tolist(),
        **({index: sample.values[:, 2]} if index else {}),
    }
    names, years = [sample.units[n] for n in sample.unit], np.array(sample.years)[sample.time]
    frame = keyed_table({"unit": (unit, names), "time": (time, years)}, columns)
    near = coupling(frame, [SCORE, index], unit=unit, time=time) if index else None
    notes = [*sample.notes, Note("common_prosperity_given", "info")]
    if index:
        notes.append(Note("circle_coupling", "info"))
    options = {"prosperity": prosperity, "sharing": sharing, "form": form, "index": index, "missing": missing}
    return CommonProsperity(frame, near, Method("regions.common_prosperity", options), tuple(notes), backend_of(data))
