"""Differences in differences where units adopt a policy in different years.

``twfe`` and ``saturated`` (Sun and Abraham 2021, doi:10.1016/j.jeconom.2020.09.006) are regressions of our own;
``did2s`` (Gardner 2022, https://arxiv.org/abs/2207.05943) and ``lpdid`` (Dube, Girardi, Jordà and Taylor 2023,
doi:10.3386/w31184) are those of pyfixest. Why two-way effects alone can mislead: Goodman-Bacon (2021),
doi:10.1016/j.jeconom.2021.03.014.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.messages import Text
from nqpf.regions.panels.adoption import NEVER, Adoption
from nqpf.regions.panels.did_library import did2s, lpdid
from nqpf.regions.panels.did_regression import Events, Found, saturated, twfe
from nqpf.regions.panels.did_tables import att_table, event_table
from nqpf.regions.panels.regression import FEW_CLUSTERS, answers, check_level
from nqpf.regions.panels.sample import Missing, Sample
from nqpf.results import Method, Note, Result

Estimator = Literal["saturated", "did2s", "twfe", "lpdid"]
FEW_TREATED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Did(Result):
    """Effect of a policy that units adopt in different years; stands in a three-line table.

    Attributes
    ----------
    coefficients
        One row ``att``: ``name``, ``zh``, ``en``, ``estimate``, ``se``, ``statistic``, ``p``, ``low``, ``high``.
    events
        ``relative`` (years since adoption; −1 is what the others are measured from), ``estimate``, ``se``,
        ``statistic``, ``p``, ``low``, ``high``, ``units`` (treated units seen in that year).
    cohorts
        ``cohort`` (year of adoption; null: never), ``units``, ``used``.
    summary, method, notes
        Statistics for a three-line table (``pretrend_p``: all effects before adoption are zero), how they came about,
        remarks.
    """

    coefficients: pl.DataFrame
    events: pl.DataFrame
    cohorts: pl.DataFrame
    summary: Mapping[str, float | int | str | Text | None]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    def to_frame(self) -> Any:
        """Return `events` as the kind of dataframe that was given."""
        return as_backend(self.events, self.backend)


def did(
    data: Any,
    y: str,
    treated: str,
    controls: Sequence[str] = (),
    *,
    unit: str,
    time: str,
    estimator: Estimator = "saturated",
    missing: Missing = "raise",
    level: float = 0.95,
) -> Did:
    """Estimate the effect of a policy on those that adopt it, on the whole and by years since adoption.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; the panel need not be balanced.
    y
        Column of the outcome.
    treated
        Column that is 1 from the year of adoption on, else 0.
    controls
        Further columns, with the same coefficient everywhere. ``lpdid`` takes none.
    unit, time
        Columns of units and years.
    estimator
        ``saturated``: an effect for each cohort and year since adoption, averaged by treated cells; without units that
        never adopt, the last cohort is what the others are compared with. ``did2s``: effects of units and years from
        rows without the policy, then the policy. ``lpdid``: local projections on clean controls, whose pooled
        effect is of the units that are seen longest after adoption. ``twfe``: two-way
        effects and one coefficient, which is an average of comparisons of which some are of treated with treated.
    missing
        Rows with an empty cell: ``raise`` an error, or ``drop`` them with a note.
    level
        Of the intervals. Standard errors are by unit.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, the policy is not 0 or 1 or ends.
    SpecError
        An option is not what it may be; pyfixest is needed and not installed.
    MethodError
        Nothing to compare with, or nothing varies.

    References
    ----------
    Sun and Abraham (2021), doi:10.1016/j.jeconom.2020.09.006. Goodman-Bacon (2021), doi:10.1016/j.jeconom.2021.03.014.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> n, t = np.divmod(np.arange(300), 10)
    >>> d = (((n < 8) & (t >= 4)) | ((n >= 8) & (n < 15) & (t >= 7))).astype(int)
    >>> table = {"unit": n, "year": 2010 + t, "d": d, "y": n + 0.5 * t + 2 * d + 0.1 * rng.normal(size=300)}
    >>> did(table, "y", "d", unit="unit", time="year").coefficients["estimate"].round(1)[0]
    2.0
    """
    choose("estimator", estimator, get_args(Estimator))
    choose("missing", missing, get_args(Missing))
    check_level(level)
    controls = [controls] if isinstance(controls, str) else list(controls)
    if controls and estimator == "lpdid":
        raise SpecError(
            "option_unused", where=Where(key="controls"), method="lpdid", option="controls",
            methods="saturated, did2s, twfe",
        )  # fmt: skip
    sample = Sample.of(data, [y, treated, *controls], unit=unit, time=time, missing=missing)
    adoption = Adoption.of(sample, treated)
    events, notes = _events(sample, adoption, estimator)
    found = {"saturated": saturated, "twfe": twfe, "did2s": did2s, "lpdid": lpdid}[estimator](events)
    units = len(np.unique(events.unit))
    summary: dict[str, float | int | str | Text | None] = {
        "n": len(events.y),
        "units": units,
        "periods": len(np.unique(events.time)),
        "treated_units": len(np.unique(events.unit[events.cohort >= 0])),
        **answers("two_way"),
        "pretrend_p": found.pretrend_p,
    }
    options = {"estimator": estimator, "missing": missing, "level": level}
    notes = [*sample.notes, *notes, *_notes(events, found, units)]
    return Did(
        att_table(found.att, level),
        event_table(found.events, events, level),
        adoption.table(sample),
        summary,
        Method("regions.did", options),
        tuple(notes),
        backend_of(data),
    )


def _events(sample: Sample, adoption: Adoption, estimator: Estimator) -> tuple[Events, list[Note]]:
    """Return the rows that an estimator can use, and which it cannot."""
    notes = []
    kept = ~adoption.always[sample.unit]
    if adoption.always.any():
        names = listing(sample.units[n] for n in np.flatnonzero(adoption.always))
        notes.append(Note("panels_always", "warning", {"count": int(adoption.always.sum()), "units": names}))
    if adoption.unsure.any():
        names = listing(sample.units[n] for n in np.flatnonzero(adoption.unsure))
        notes.append(Note("panels_adoption_gap", "warning", {"count": int(adoption.unsure.sum()), "units": names}))
    first = adoption.first.copy()
    if not adoption.never.any() and estimator != "twfe":
        last = adoption.cohorts()[-1]
        if len(adoption.cohorts()) < 2:
            raise MethodError("panels_no_control")
        kept &= sample.time < last  # from then on there is nothing to compare with
        first[first == last] = NEVER
        notes.append(Note("panels_last_cohort", "warning", {"year": sample.years[last]}))
    rows = np.flatnonzero(kept)
    return Events.of(sample, rows, first), notes


def _notes(events: Events, found: Found, units: int) -> list[Note]:
    notes = [Note("panels_did_design", "info")]
    treated = len(np.unique(events.unit[events.cohort >= 0]))
    if treated < FEW_TREATED:
        notes.append(Note("panels_few_treated_did", "warning", {"count": treated, "least": FEW_TREATED}))
    if units < FEW_CLUSTERS:
        notes.append(Note("panels_few_clusters", "warning", {"clusters": units, "least": FEW_CLUSTERS}))
    if found.cohorts_differ:
        notes.append(Note("panels_twfe_staggered", "warning"))
    if found.lost:
        notes.append(Note("panels_lost_cells", "warning", {"count": found.lost}))
    return notes
