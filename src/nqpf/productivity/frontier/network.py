"""Two stages in a row: inputs make intermediates, intermediates make outputs.

``multiplicative``: the whole is the product of its stages, with one price of the intermediates for both (Kao and Hwang
2008, doi:10.1016/j.ejor.2006.11.041). ``additive``: a weighted mean of the stages, each weighted by its part of all
that is put in (Chen, Cook, Li and Zhu 2009, doi:10.1016/j.ejor.2008.05.011). ``network``: how far the inputs can shrink
if the second stage makes the outputs of what the first makes (Färe and Grosskopf 2000,
doi:10.1016/S0038-0121(99)00012-9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.numerics.programs import OPTIMAL, Programs
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.admit import Needs, admit
from nqpf.productivity.frontier.extreme_prices import least
from nqpf.productivity.frontier.frontiers import frontiers
from nqpf.productivity.frontier.measure import MISSING, NO_REFERENCE
from nqpf.productivity.frontier.quantities import Observed, Quantities
from nqpf.productivity.frontier.remarks import remarks
from nqpf.productivity.frontier.scoring import column, status_column
from nqpf.productivity.frontier.technology import Floats, Reference, Technology
from nqpf.productivity.lists import refuse_text
from nqpf.results import Method, Note, TableResult

Form = Literal["multiplicative", "additive", "network"]
COLUMNS = ("score", "stage_1", "stage_2", "weight_1", "stage_1_low", "stage_1_high", "stage_2_low", "stage_2_high")

WORTHLESS = 1e-9
"""Intermediates worth less than this part of the inputs are worth nothing: the second stage has no score then."""


def two_stage(
    data: Any,
    inputs: Sequence[str],
    intermediate: Sequence[str],
    outputs: Sequence[str],
    *,
    unit: str | None = None,
    time: str | None = None,
    form: Form = "multiplicative",
    rts: Literal["crs", "vrs"] = "crs",
    reference: Reference = "own",
    width: int = 3,
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> TableResult:
    """Score units that make outputs of intermediates and intermediates of inputs, and each of the two stages.

    Parameters
    ----------
    data, inputs, outputs, unit, time, reference, width, missing, workers
        As for `dea`.
    intermediate
        Columns of what the first stage makes and the second uses up.
    form
        ``multiplicative`` (score = stage 1 × stage 2), ``additive`` (score = weight · stage 1 + (1 − weight) · stage 2)
        or ``network`` (no scores of stages).
    rts
        Returns to scale of both stages; ``multiplicative`` needs ``crs``.

    Returns
    -------
    TableResult
        The keys, ``score``, ``stage_1``, ``stage_2``, ``weight_1`` (``additive``), and because the prices that are
        best for the whole are rarely unique, the intervals ``stage_1_low`` … ``stage_2_high`` of the scores that the
        stages can have at such prices (infinite where they have no end); ``stage_1`` is its upper end: the first stage
        has the benefit of the doubt.

    Raises
    ------
    DataError, SpecError, MethodError
        As for `dea`; all three kinds of quantities must not be negative, and of each one must be above zero.

    References
    ----------
    Kao and Hwang (2008), doi:10.1016/j.ejor.2006.11.041.
    Chen, Cook, Li and Zhu (2009), doi:10.1016/j.ejor.2008.05.011.

    Examples
    --------
    >>> banks = {"bank": ["A", "B"], "staff": [1.0, 2.0], "deposits": [2.0, 2.0], "loans": [1.0, 2.0]}
    >>> found = two_stage(banks, ["staff"], ["deposits"], ["loans"], unit="bank").frame
    >>> found.select("score", "stage_1", "stage_2").rows()
    [(0.5, 1.0, 0.5), (0.5, 0.5, 1.0)]
    """
    choose("form", form, get_args(Form))
    choose("rts", rts, ("crs", "vrs"))
    if form == "multiplicative" and rts != "crs":
        raise SpecError("two_stage_crs", where=Where(key="rts"))
    refuse_text(intermediate=intermediate)
    observed = Observed.of(data, inputs, outputs, intermediate, unit, time, missing)
    if not intermediate:
        raise SpecError("frontier_no_columns", where=Where(key="intermediate"))
    admit(observed, Needs("nonnegative", "nonnegative", "nonnegative", "xyb"), f'form="{form}"', [])
    technology = Technology(rts, "weak", reference, width)
    across = frontiers(observed, technology)
    found = {name: np.full(len(observed.complete), np.nan) for name in COLUMNS}
    status = np.where(observed.complete, NO_REFERENCE, MISSING).astype(np.int8)
    for frontier in across:
        reference_at = observed.quantities[frontier.reference], observed.quantities[frontier.at]
        part, status[frontier.at] = two_stages(*reference_at, form=form, rts=rts, workers=workers)
        for name, values in part.items():
            found[name][frontier.at] = values
    kept = ["score"] if form == "network" else [n for n in COLUMNS if n != "weight_1" or form == "additive"]
    options = {
        "inputs": list(inputs), "intermediate": list(intermediate), "outputs": list(outputs), "form": form, "rts": rts,
        "reference": reference, **({"width": width} if reference == "window" else {}), "missing": missing,
    }  # fmt: skip
    frame = observed.keys.with_columns(column(found[name]).alias(name) for name in kept)
    notes = remarks(observed, technology, across, status, found["score"], False)
    known = np.isfinite(found["weight_1"])
    first, second = (int((known & np.isnan(found[stage])).sum()) for stage in ("stage_1", "stage_2"))
    if first or second:
        counts = {"first": first, "second": second, "total": len(status)}
        notes = (*notes, Note("two_stage_weightless", "warning", counts))
    frame = frame.with_columns(status=status_column(status))
    return TableResult(frame, Method("frontier.two_stage", options), notes, backend_of(data))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows of inputs, intermediates, outputs and, under variable returns, Σλ and Σμ.

    Attributes
    ----------
    columns
        ``float64[m, 2 n]`` activity of the first and of the second stage.
    disposal
        ``float64[1, m, q]`` what may be left over.
    x, z, y
        ``float64[U, m]`` quantities of the observations in their rows.
    one, two
        ``float64[1, m]`` row of Σλ and of Σμ, nothing under constant returns.
    """

    columns: Floats
    disposal: Floats
    x: Floats
    z: Floats
    y: Floats
    one: Floats
    two: Floats

    @classmethod
    def of(cls, reference: Quantities, at: Quantities, rts: str) -> _Rows:
        i, o, k = at.x.shape[1], at.y.shape[1], at.b.shape[1]
        n, scale = len(reference), 2 if rts == "vrs" else 0
        m = i + k + o + scale
        columns = np.zeros((m, 2 * n))
        columns[:i, :n], columns[i : i + k, :n] = reference.x.T, -reference.b.T
        columns[i : i + k, n:], columns[i + k : i + k + o, n:] = reference.b.T, -reference.y.T
        one, two = np.zeros((1, m)), np.zeros((1, m))
        if scale:
            one[0, m - 2], two[0, m - 1] = 1.0, 1.0
            columns[m - 2, :n], columns[m - 1, n:] = 1.0, 1.0
        x, z, y = (np.zeros((len(at), m)) for _ in range(3))
        x[:, :i], z[:, i : i + k], y[:, i + k : i + k + o] = at.x, at.b, at.y
        return cls(columns, np.eye(m)[None, :, : i + k + o], x, z, y, one, two)


def two_stages(
    reference: Quantities, at: Quantities, *, form: str, rts: str, workers: int | None = None
) -> tuple[dict[str, Floats], NDArray[np.int8]]:
    """Return score and stages of U units (columns of `two_stage`), and their status.

    Parameters
    ----------
    reference, at
        Inputs, outputs and, as `b`, intermediates.
    form, rts, workers
        As for `two_stage`.

    Notes
    -----
    With prices π ≥ 0 of the rows, the first stage's score is (π z − π one) / π x, the second's (π y − π two) / π z. In
    ``multiplicative`` form the whole is π y / π x, in ``additive`` form their sum over π x + π z.
    """
    rows = _Rows.of(reference, at, rts)
    base = rows.x + (rows.z if form == "additive" else 0.0)
    start = np.full(len(at), -1)
    held = rows.one + rows.two - rows.y - (rows.z if form == "additive" else 0.0)
    extra = np.concatenate([np.broadcast_to(rows.disposal, (len(at), *rows.disposal.shape[1:])), -base[:, :, None]], 2)
    cost = np.zeros((1, extra.shape[2]))
    cost[0, -1] = -1.0
    solved = solve(Programs(rows.columns, extra, held, cost, start), workers=workers)
    score = -solved.value
    found = {"score": score}
    if form == "network":
        return found, solved.status
    ok = np.flatnonzero(solved.status == OPTIMAL)
    point = held[ok] + score[ok, None] * base[ok]
    for name, value in _stages(rows, point, base[ok], ok, workers).items():
        found[name] = np.full(len(at), np.nan)
        found[name][ok] = value
    return found, solved.status


def _stages(rows: _Rows, point: Floats, base: Floats, ok: NDArray[np.intp], workers: int | None) -> dict[str, Floats]:
    """Return the stages' scores at the prices best for the whole: the first's greatest, and the ends of both."""
    x, z, y = rows.x[ok], rows.z[ok], rows.y[ok]

    def ends(normal: Floats, of: Floats) -> tuple[Floats, Floats, Floats]:
        low = least(rows.columns, rows.disposal, normal, point, of, slip=base, workers=workers)
        high = least(rows.columns, rows.disposal, normal, point, -of, slip=base, workers=workers)
        return low.value, -high.value, high.prices

    low_1, high_1, prices = ends(x, z - rows.one)
    low_2, high_2, others = ends(z, y - rows.two)
    prices = np.where(np.isnan(prices), others, prices)
    worth_x, worth_z = (prices * x).sum(axis=1), (prices * z).sum(axis=1)
    worthless = worth_z <= WORTHLESS * worth_x
    second = np.where(worthless, np.nan, (prices * (y - rows.two)).sum(axis=1) / np.where(worthless, 1.0, worth_z))
    weight = worth_x / (worth_x + worth_z)
    return {
        "stage_1": high_1, "stage_2": second, "weight_1": weight, "stage_1_low": low_1, "stage_1_high": high_1,
        "stage_2_low": low_2, "stage_2_high": high_2,
    }  # fmt: skip
