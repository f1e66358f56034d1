"""Cost, revenue and profit efficiency: what the best use of a technology is worth at given prices.

Färe, Grosskopf and Lovell (1985), The Measurement of Efficiency of Production, Kluwer-Nijhoff, ch. 4; profit efficiency
by directional distance: Chambers, Chung and Färe (1998), doi:10.1023/A:1022637501082.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of, to_polars
from nqpf.numerics.programs import OPTIMAL, Programs, Solved
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.directional import distance, radial_direction
from nqpf.productivity.frontier.directions import Direction, direction_of
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.frontiers import Frontier, frontiers
from nqpf.productivity.frontier.measure import MISSING, NO_REFERENCE
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.remarks import remarks
from nqpf.productivity.frontier.scoring import Choice, column, status_column
from nqpf.productivity.frontier.technology import Disposability, Floats, Reference, Rts, Technology
from nqpf.results import Method, TableResult

Aim = Literal["cost", "revenue", "profit"]
Prices = Mapping[str, str | float]


def price_efficiency(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    bad: Sequence[str] = (),
    *,
    prices: Prices,
    aim: Aim = "cost",
    unit: str | None = None,
    time: str | None = None,
    rts: Rts = "vrs",
    reference: Reference = "own",
    width: int = 3,
    disposability: Disposability = "weak",
    direction: Direction | Mapping[str, float] | None = None,
    limits: Literal["none", "observed"] = "none",
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> TableResult:
    """Compare what observations cost or earn with the best that is possible at the prices they face.

    Parameters
    ----------
    data, inputs, outputs, bad, unit, time, rts, reference, width, disposability, workers
        As for `dea`.
    prices
        By quantity: a column of prices, or one price for all. Of inputs for ``cost``, of outputs for ``revenue``, of
        both for ``profit``.
    aim
        ``cost``: the least at which the outputs can be made; ``revenue``: the most that can be made of the inputs;
        ``profit``: the most that is possible at all.
    direction
        For ``profit``, as for `dea`; default ``observed``.
    limits
        Of the best quantities: ``none`` but the technology; ``observed``: no priced input above what is observed and no
        priced output below it, so that money is saved or earned without a shift between them (default of R's deaR).
    missing
        As for `dea`; an empty price counts like an empty quantity.

    Returns
    -------
    TableResult
        The keys, ``observed`` and ``best`` (cost, revenue or profit), and

        - for ``cost`` and ``revenue``: ``efficiency`` (best / observed cost, observed / best revenue) =
          ``technical`` · ``allocative``, technical efficiency being radial, in inputs or in outputs;
        - for ``profit``: ``inefficiency`` ((best − observed) / worth of the direction, Nerlove's) = ``technical``
          (directional distance) + ``allocative``;

        ``status`` (``unbounded``: profit has no limit, as under constant returns) and the best quantities
        (``best_`` + column).

    Raises
    ------
    DataError
        As for `dea`; a price is missing.
    SpecError
        A quantity without a price, or a price of what is no quantity; an option that does not go with `aim`.
    MethodError
        A price that is not above zero; as for `dea`.

    References
    ----------
    Chambers, Chung and Färe (1998), doi:10.1023/A:1022637501082.

    Examples
    --------
    >>> shops = {"shop": ["A", "B"], "staff": [2.0, 4.0], "floor": [4.0, 2.0], "sales": [1.0, 1.0]}
    >>> found = price_efficiency(shops, ["staff", "floor"], ["sales"], prices={"staff": 3.0, "floor": 1.0}, unit="shop")
    >>> found.frame.select("observed", "best", "efficiency").rows()[1]
    (14.0, 10.0, 0.7142857142857143)
    """
    choose("aim", aim, ("cost", "revenue", "profit"))
    choose("limits", limits, ("none", "observed"))
    if direction is not None and aim != "profit":
        raise SpecError("option_unused", where=Where(key="direction"), option="direction", method=aim, methods="profit")
    observed = Observed.of(data, inputs, outputs, bad, unit, time, missing)
    technology = Technology(rts, disposability, reference, width)
    choice = Choice.of(
        observed, technology, time, measure="directional" if aim == "profit" else "radial",
        orientation={"cost": "input", "revenue": "output", "profit": None}[aim],
        direction=direction or ("observed" if aim == "profit" else None), weights=None,
    )  # fmt: skip
    priced = [*(inputs if aim != "revenue" else []), *(outputs if aim != "cost" else [])]
    worth, there = _worth(data, observed, prices, priced, missing)
    across = frontiers(observed, technology, there, there)
    found: dict[str, Floats] = {}
    status = np.where(observed.complete & there, NO_REFERENCE, MISSING).astype(np.int8)
    for frontier in across:
        part, codes = _best(observed, technology, choice, frontier, aim, worth, limits == "observed", workers)
        status[frontier.at] = codes
        for name, values in part.items():
            found.setdefault(name, np.full(len(status), np.nan))[frontier.at] = values
    options = {
        "inputs": list(inputs), "outputs": list(outputs), "bad": list(bad), "prices": dict(prices), "aim": aim,
        "rts": rts, "reference": reference, **({"width": width} if reference == "window" else {}),
        **({"disposability": disposability} if bad else {}),
        **({"direction": choice.direction} if aim == "profit" else {}), "limits": limits, "missing": missing,
    }  # fmt: skip
    first = [name for name in found if not name.startswith("best_")]
    frame = observed.keys.with_columns(column(found[name]).alias(name) for name in first)
    frame = frame.with_columns(status=status_column(status))
    frame = frame.with_columns(column(found[name]).alias(name) for name in found if name not in first)
    share = found.get("efficiency", np.full(len(status), np.nan))
    return TableResult(
        frame,
        Method(f"frontier.{aim}", options),
        remarks(observed, technology, across, status, share, False),
        backend_of(data),
    )


def _worth(data: Any, observed: Observed, prices: Prices, priced: Sequence[str], missing: str) -> tuple[Floats, Bools]:
    """Return the price of every quantity ``float64[R, I + O + B]``, 0 where none is asked for, and complete rows."""
    if not isinstance(prices, Mapping):
        raise SpecError("frontier_price_absent", where=Where(key="prices"), column=priced[0])
    for stray in (name for name in prices if name not in priced):
        near = hint(stray, priced)
        raise SpecError(
            "frontier_price_stray", where=Where(key="prices"), column=stray, options=listing(priced, 20), hint=near
        )
    for name in (name for name in priced if name not in prices):
        raise SpecError("frontier_price_absent", where=Where(key="prices"), column=name)
    frame = to_polars(data)
    columns = [c for part in observed.names for c in part]
    worth = np.zeros((len(observed.complete), len(columns)))
    for name in priced:
        price = prices[name]
        if not isinstance(price, str | Real) or (isinstance(price, Real) and not 0 < price < np.inf):
            raise SpecError("frontier_price_number", where=Where(key="prices"), column=name, value=price)
        values = numbers(frame, [price])[1][:, 0] if isinstance(price, str) else np.full(len(worth), float(price))
        label = price if isinstance(price, str) else name
        empty = np.isnan(values) & observed.complete
        if empty.any() and missing == "error":
            where = observed.where(int(np.flatnonzero(empty)[0]), label)
            raise DataError("frontier_price_missing", where=where, count=int(empty.sum()), quantity=name)
        wrong = ~(values > 0) & ~np.isnan(values)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise MethodError(
                "frontier_price_sign", where=observed.where(row, label), value=float(values[row]), quantity=name
            )
        worth[:, columns.index(name)] = values
    there: Bools = np.asarray(~np.isnan(worth).any(axis=1))
    return worth, there


def _best(
    observed: Observed, technology: Technology, choice: Choice, frontier: Frontier, aim: Aim, worth: Floats,
    limited: bool, workers: int | None,
) -> tuple[dict[str, Floats], NDArray[np.int8]]:  # fmt: skip
    """Return the columns for the observations compared with one frontier, and their status."""
    reference, at = observed.quantities[frontier.reference], observed.quantities[frontier.at]
    prices = worth[frontier.at]
    i, o = at.x.shape[1], at.y.shape[1]
    chosen = {"cost": slice(0, i), "revenue": slice(i, i + o), "profit": slice(0, i + o)}[aim]
    signs = np.repeat([-1.0, 1.0, 0.0], [i, o, at.b.shape[1]])
    envelope = Envelope.of(technology, reference, at, frontier.own)
    solved = best_quantities(envelope, chosen, signs * prices, workers, limited=limited)
    best = at.all.copy()
    best[:, chosen] = solved.extra[:, : best[:, chosen].shape[1]]
    now, then = ((signs * prices * q).sum(axis=1) for q in (at.all, best))
    if aim == "profit":
        every = observed.quantities[observed.complete]
        direction = direction_of(choice.direction, at, reference, every, observed.names)
    else:
        direction = radial_direction(at, choice.orientation)
    found = distance(technology, reference, at, direction, frontier.own, workers=workers)
    sign = -1.0 if aim == "cost" else 1.0
    columns = {"observed": sign * now, "best": sign * then}
    if aim == "profit":
        value = (prices * signs * direction).sum(axis=1)
        total, technical = np.where(value > 0, then - now, np.nan) / np.where(value > 0, value, 1.0), found.beta
        columns |= {"inefficiency": total, "technical": technical, "allocative": total - technical}
    else:
        total = then / now if aim == "cost" else now / then
        technical = 1.0 - found.beta if aim == "cost" else 1.0 / (1.0 + found.beta)
        columns |= {"efficiency": total, "technical": technical, "allocative": total / technical}
    names = [c for part in observed.names for c in part][chosen]
    columns |= {f"best_{name}": best[:, chosen][:, k] for k, name in enumerate(names)}
    return columns, np.where(solved.status == OPTIMAL, found.status, solved.status).astype(np.int8)


def best_quantities(
    envelope: Envelope, chosen: slice, worth: Floats, workers: int | None = None, *, limited: bool = False
) -> Solved:
    """Return the quantities ``extra[:, :k]`` that are worth most, the others held.

    Parameters
    ----------
    envelope
        Rows of the observations.
    chosen
        Which k of the quantities are chosen.
    worth
        ``float64[U, I + O + B]`` worth of a unit of each, below 0 for what costs.
    workers
        As for `nqpf.parallel.spread`.
    limited
        Whether what costs may not exceed what is observed, nor what is earned fall below it.
    """
    k = worth.shape[1]
    held = envelope.rhs[:, :k].copy()
    held[:, chosen] = 0.0
    free = -envelope.moves[:, chosen][None]
    extra, columns, rhs = envelope.beside(free), envelope.columns, envelope.at(held)
    if limited:  # rows q ± slack = what is observed
        count, m = free.shape[2], len(columns)
        columns = np.vstack([columns, np.zeros((count, columns.shape[1]))])
        rhs = np.hstack([rhs, envelope.rhs[:, chosen]])
        sign = np.repeat([1.0, -1.0], envelope.sizes[:2])[chosen]
        extra = np.pad(extra, ((0, 0), (0, count), (0, count)))
        extra[:, m:, :count], extra[:, m:, -count:] = np.eye(count), np.diag(sign)
    cost = np.zeros((len(worth), extra.shape[2]))
    cost[:, : free.shape[2]] = worth[:, chosen]
    return solve(Programs(columns, extra, rhs, cost, np.full(len(worth), -1)), workers=workers)
