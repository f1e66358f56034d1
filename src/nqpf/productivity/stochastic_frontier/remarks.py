"""What is to be told beside the numbers of a stochastic frontier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nqpf.productivity.stochastic_frontier.estimate import ALIKE, FAR, Fit, Problem, Status
from nqpf.productivity.stochastic_frontier.table import Table
from nqpf.results import Note

PER_PARAMETER = 10
"""Rows for each parameter below which a sample is told to be small (unit effects not counted)."""
ALONE = 3
"""Number of tries from which a maximum that only one of them reached is told."""
ENDS: Mapping[Status, str] = {
    "no_inefficiency": "sfa_no_inefficiency",
    "gamma_zero": "sfa_gamma_zero",
    "gamma_one": "sfa_gamma_one",
    "not_converged": "sfa_not_converged",
}
"""Notes of searches that did not end at a proper maximum."""


def remarks(table: Table, fit: Fit, skewness: float, problem: Problem, fixed: bool) -> tuple[Note, ...]:
    """Return the notes of an estimated frontier.

    Parameters
    ----------
    table, problem, fit
        Producers, what was to be estimated, and the estimate.
    skewness
        Of the residuals of least squares.
    fixed
        Whether units have intercepts of their own.
    """
    found = []
    rows, units = problem.y.size, len(table.names)
    parameters = fit.estimates.size - (units if fixed else 0)
    if rows < PER_PARAMETER * parameters:
        found.append(Note("sfa_few_rows", values={"rows": rows, "parameters": parameters}))
    if skewness * problem.sign > 0:
        found.append(Note("sfa_wrong_skew", values={"skewness": round(skewness, 4)}))
    if fit.status == "mu_bound":
        bound = problem.bound or FAR
        found.append(Note("sfa_mu_far" if bound == FAR else "sfa_mu_bound", values={"bound": bound}))
    elif fit.status != "converged":
        found.append(Note(ENDS[fit.status], values={"gradient": fit.gradient}))
    if fit.higher > ALIKE:
        found.append(Note("sfa_edge_higher", values={"gain": round(fit.higher, 3)}))
    if fit.reached == 1 and fit.tries >= ALONE:
        found.append(Note("sfa_reached_once", values={"tries": fit.tries}))
    if fixed:
        found.append(Note("sfa_incidental", values={"units": units, "mean": round(rows / units, 1)}))
    return (*found, *_gaps(table))


def _gaps(table: Table) -> tuple[Note, ...]:
    """Return a note of how many years are absent between the first and the last of each unit."""
    if table.year is None or not table.names:
        return ()
    count = np.bincount(table.unit)
    first = np.full(count.size, np.iinfo(np.intp).max)
    last = np.zeros(count.size, np.intp)
    np.minimum.at(first, table.unit, table.year)
    np.maximum.at(last, table.unit, table.year)
    absent = last - first + 1 - count
    if not absent.any():
        return ()
    values = {"cells": int(absent.sum()), "units": int((absent > 0).sum())}
    return (Note("sfa_gaps", "info", values),)
