"""What a production function is estimated from: rows by key, inputs by role, and each row's own year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where
from nqpf.productivity.firms.usable import Domain, Unusable, read_rows
from nqpf.productivity.lists import refuse_text

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by what they are in the production function."""

    output: str
    free: tuple[str, ...]
    state: tuple[str, ...]
    proxy: tuple[str, ...]
    controls: tuple[str, ...]

    @classmethod
    def of(
        cls,
        output: str,
        free: Sequence[str],
        state: Sequence[str],
        proxy: str | Sequence[str] | None,
        more: Sequence[str],
    ) -> Roles:
        """Return the roles; an error if a column has two, or a list is a text."""
        refuse_text(free=free, state=state, controls=more)
        proxies = () if proxy is None else (proxy,) if isinstance(proxy, str) else tuple(proxy)
        found = cls(output, tuple(free), tuple(state), proxies, tuple(more))
        names = found.columns
        for name in (n for i, n in enumerate(names) if n in names[:i]):
            raise SpecError("pf_two_roles", column=name)
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, output first."""
        return (self.output, *self.free, *self.state, *self.proxy, *self.controls)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """N usable rows of a table.

    Attributes
    ----------
    key
        The table.
    rows
        ``int[N]`` their rows in it.
    status
        What became of each row of the table: ``ok``, ``no_previous_year``, ``no_investment``, ``missing`` or
        ``not_positive``.
    y
        ``float64[N]`` log output.
    free, state, proxy, controls
        ``float64[N, ·]``, in logs but for the controls.
    unit
        ``int[N]``, from 0 without holes.
    last
        ``int[N]`` the same unit's row of the year before, −1 where there is none.
    exits
        ``float64[N]`` 1 in the last year of a unit that leaves before the panel ends.
    goes_on
        ``float64[N]`` 1 where the panel goes on after the row's year.
    table
        Output, inputs and controls of every row of the table as they enter, NaN where there is no number or logarithm.
    """

    key: Keyed
    rows: Integers
    status: NDArray[np.str_]
    y: Floats
    free: Floats
    state: Floats
    proxy: Floats
    controls: Floats
    unit: Integers
    last: Integers
    exits: Floats
    goes_on: Floats
    table: Mapping[str, Floats]

    def __len__(self) -> int:
        """Return N."""
        return self.rows.size


def read_sample(
    data: Any,
    roles: Roles,
    unit: str,
    time: str,
    *,
    logs: bool,
    invests: bool,
    exit: str | bool | None,
    unusable: Unusable,
) -> tuple[Sample, pl.DataFrame]:
    """Return the usable rows, and the table of those left out (row, column, value, reason).

    Parameters
    ----------
    data
        Any dataframe.
    roles, unit, time
        Its columns.
    logs
        Whether output, inputs and proxy are logarithms already.
    invests
        Whether the proxy is investment, which may be nothing: such rows cannot tell productivity and are left out.
    exit
        Column of exits, or True: a unit's last year, if before that of the panel.
    unusable
        ``refuse`` or ``leave_out`` rows with missing cells, or with what has no logarithm.
    """
    key = Keyed.of(data, unit, time)
    inputs: Domain = "any" if logs else "positive"
    domains: dict[str, Domain] = dict.fromkeys((roles.output, *roles.free, *roles.state), inputs)
    domains |= dict.fromkeys(roles.proxy, "any" if invests else inputs) | dict.fromkeys(roles.controls, "any")
    if isinstance(exit, str):
        domains[exit] = "any"
    values, out = read_rows(key, domains, unusable)
    status = np.full(key.frame.height, "ok", dtype="<U16")
    for row, reason in zip(out["row"].to_list(), out["reason"].to_list(), strict=True):
        status[row] = reason
    if invests and not logs:
        nothing = np.logical_or.reduce([values[name] <= 0 for name in roles.proxy])
        status[nothing & (status == "ok")] = "no_investment"
    rows = np.flatnonzero(status == "ok")
    if not rows.size:
        raise MethodError("pf_no_rows")
    exits = _exits(key, values[exit] if isinstance(exit, str) else None, exit)

    with np.errstate(divide="ignore", invalid="ignore"):
        table = {n: x if logs or n in roles.controls else np.log(np.where(x > 0, x, np.nan)) for n, x in values.items()}

    def block(names: tuple[str, ...]) -> Floats:
        return np.column_stack([table[name][rows] for name in names]) if names else np.empty((rows.size, 0))

    found = Sample(
        key=key,
        rows=rows,
        status=status,
        y=block((roles.output,))[:, 0],
        free=block(roles.free),
        state=block(roles.state),
        proxy=block(roles.proxy),
        controls=block(roles.controls),
        unit=np.unique(key.n[rows], return_inverse=True)[1].astype(np.intp),
        last=_before(key, rows),
        exits=exits[rows],
        goes_on=(key.t[rows] < key.t.max()).astype(np.float64),
        table={name: table[name] for name in roles.columns},
    )
    return found, out


def _before(key: Keyed, rows: Integers) -> Integers:
    """Return where in `rows` each row's unit stands a year before; −1 where it does not, and never two years before."""
    place = np.full((key.years.size + 1, len(key.units)), -1, dtype=np.intp)
    place[key.t[rows] + 1, key.n[rows]] = np.arange(rows.size)
    return place[key.t[rows], key.n[rows]]


def _exits(key: Keyed, given: Floats | None, exit: str | bool | None) -> Floats:
    """Return ``float64[R]``, 1 in the last year of a unit that leaves before the panel ends."""
    if given is not None:
        odd = np.flatnonzero((given != 0) & (given != 1) & ~np.isnan(given))
        if odd.size:
            row = int(odd[0])
            raise DataError("pf_exit_values", where=key.where(row, str(exit)), value=float(given[row]))
        return given
    latest = np.zeros(len(key.units), dtype=np.intp)
    np.maximum.at(latest, key.n, key.t)
    last = (key.t == latest[key.n]) & (key.t < key.t.max())
    return np.asarray(last.astype(np.float64))


def after_gap(sample: Sample) -> Integers:
    """Return the usable rows whose unit is usable in some earlier year, but not in the year before."""
    first = np.full(int(sample.unit.max()) + 1, np.iinfo(np.intp).max)
    year = sample.key.t[sample.rows]
    np.minimum.at(first, sample.unit, year)
    return np.flatnonzero((sample.last < 0) & (year > first[sample.unit]))


def refuse_still(sample: Sample, roles: Roles, clustered: bool) -> None:
    """Raise a MethodError where a proxy is the same in every row, or errors are sought from a single unit.

    Parameters
    ----------
    sample, roles
        Rows, and the columns they come from.
    clustered
        Whether errors rest on the units being many: clustered by unit, or drawn by unit.
    """
    for name, values in zip(roles.proxy, sample.proxy.T, strict=True):
        if np.ptp(values) <= 1e-12 * np.abs(values).max():
            raise MethodError("pf_proxy_still", where=Where(indicator=name))
    if clustered and np.ptp(sample.unit) == 0:
        raise MethodError("pf_one_unit", where=Where(unit=sample.key.units[sample.key.n[sample.rows[0]]]))
