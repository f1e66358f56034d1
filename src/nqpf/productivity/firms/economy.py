"""A table of firms or regions as output, factors and factor shares by industry and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require
from nqpf.productivity.firms.usable import Domain, Flags, Floats, Unusable, read_rows, refuse_or_list
from nqpf.productivity.firms.wedges import Market

Integers = NDArray[np.intp]
Share = float | str | Mapping[str, float | str] | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of an economy.

    Attributes
    ----------
    revenue, capital, labour, labour_cost, materials
        Columns of numbers; the last two may be None.
    unit, time, industry
        Columns of keys; `industry` may be None.
    gross
        Whether materials are a factor; otherwise they are taken off revenue.
    """

    revenue: str
    capital: str
    labour: str
    labour_cost: str | None
    materials: str | None
    unit: str
    time: str
    industry: str | None
    gross: bool

    @property
    def factors(self) -> dict[str, str]:
        """Return the column of each factor by its name."""
        more = {"materials": self.materials} if self.gross and self.materials else {}
        return {"capital": self.capital, "labour": self.labour, **more}


@dataclass(frozen=True, slots=True, eq=False)
class Economy:
    """R units with F factors in G groups: the industries of each year.

    Attributes
    ----------
    key
        The table.
    factors
        F names.
    row
        ``int[R]`` rows of the table.
    cells
        Time and industry of each group, in order.
    group, year
        ``int[R]`` group of each unit, ``int[G]`` year of each group, numbered from 0.
    output
        ``float64[R]`` revenue or value added.
    inputs, alpha
        ``float64[F, R]`` factors and their shares.
    pay
        ``float64[R]`` labour cost, or None.
    """

    key: Keyed
    factors: tuple[str, ...]
    row: Integers
    cells: pl.DataFrame
    group: Integers
    year: Integers
    output: Floats
    inputs: Floats
    alpha: Floats
    pay: Floats | None

    def sums(self, values: Floats) -> Floats:
        """Return ``float64[G]``, the sum of ``float64[R]`` over each group."""
        return np.asarray(np.bincount(self.group, weights=values, minlength=self.cells.height), dtype=np.float64)

    def by_year(self, values: Floats) -> Floats:
        """Return ``float64[Y]``, the sum of ``float64[G]`` over each year."""
        return np.asarray(np.bincount(self.year, weights=values), dtype=np.float64)

    def market(self, sigma: float) -> tuple[Market, Floats]:
        """Return the units as a market, and their log marginal revenue products ``float64[F, R]`` over the group's."""
        total = self.sums(self.output)
        share = self.output / total[self.group]
        market = Market(self.group, self.cells.height, share, self.alpha, sigma)
        return market, market.deviations(np.log(self.alpha * self.output / self.inputs))

    def theta(self) -> Floats:
        """Return ``float64[G]``, the share of each group in the output of its year."""
        total = self.sums(self.output)
        return np.asarray(total / self.by_year(total)[self.year])

    def log_prices(self, rental: float | None) -> Floats | None:
        """Return ``float64[F, R]``, logs of the prices of factors, or None where they are not known.

        The wage is what labour is paid in a year over all labour; materials are money.
        """
        if rental is None or self.pay is None:
            return None
        year = self.year[self.group]
        wage = np.bincount(year, self.pay) / np.bincount(year, self.inputs[1])
        found = np.zeros_like(self.inputs)
        found[0], found[1] = np.log(rental), np.log(wage)[year]
        return found

    def keep(self, kept: Flags) -> Economy:
        """Return the economy without some of its units, and without groups and years that are left empty."""
        alive = np.bincount(self.group[kept], minlength=self.cells.height) > 0
        _, year = np.unique(self.year[alive], return_inverse=True)
        return replace(
            self,
            row=self.row[kept],
            cells=self.cells.filter(pl.Series(alive)),
            group=(np.cumsum(alive) - 1)[self.group[kept]],
            year=year.astype(np.intp),
            output=self.output[kept],
            inputs=self.inputs[:, kept],
            alpha=self.alpha[:, kept],
            pay=None if self.pay is None else self.pay[kept],
        )


def read_economy(
    frame: pl.DataFrame,
    columns: Columns,
    *,
    share: Share,
    rental: float | None,
    unusable: Unusable,
    by: Literal["firm", "cell"],
) -> tuple[Economy, pl.DataFrame]:
    """Return the economy in a table, and the rows left out of it as `read_rows` lists them.

    Parameters
    ----------
    frame
        The table.
    columns
        Its columns.
    share
        As `nqpf.productivity.firms.misallocation.misallocation` takes it.
    rental
        Price of a unit of capital for a year, or None.
    unusable
        ``refuse`` or ``leave_out``.
    by
        ``firm``: a unit has one row in a year; ``cell``: one for each industry.
    """
    key = _keys(frame, columns, by)
    names = [columns.revenue, *columns.factors.values(), columns.labour_cost, columns.materials]
    domains: dict[str, Domain] = {name: "positive" for name in names if name}
    if columns.materials and not columns.gross:
        domains[columns.materials] = "not_negative"
    values, left = read_rows(key, domains, unusable)
    output = values[columns.revenue]
    if columns.materials and not columns.gross:
        output = output - values[columns.materials]
        more = refuse_or_list(key, output <= 0, columns.revenue, output, unusable)
        left = pl.concat([left, more.join(left, on="row", how="anti")])
    cells, group = _cells(key, columns.industry)
    inputs = np.array([values[name] for name in columns.factors.values()])
    whole = Economy(
        key,
        tuple(columns.factors),
        np.arange(key.frame.height),
        cells,
        group,
        np.unique(cells["time"].to_numpy(), return_inverse=True)[1].astype(np.intp),
        output,
        inputs,
        np.full_like(inputs, np.nan),
        values[columns.labour_cost] if columns.labour_cost else None,
    )
    kept = np.ones(key.frame.height, dtype=bool)
    kept[left["row"].to_numpy()] = False
    if not kept.any():
        raise DataError("firms_none_left", count=key.frame.height)
    used = whole.keep(kept)
    return replace(used, alpha=_shares(used, share, rental)), left


def _keys(frame: pl.DataFrame, columns: Columns, by: Literal["firm", "cell"]) -> Keyed:
    """Return the table by its keys; a unit with a row for each industry counts as one unit an industry."""
    require(frame, columns.unit, columns.time, *([columns.industry] if columns.industry else []))
    if columns.industry and frame[columns.industry].has_nulls():
        row = int(frame[columns.industry].is_null().arg_true()[0])
        raise DataError(
            "firms_no_industry",
            where=Where(row=row + 1, unit=str(frame[columns.unit][row]), indicator=columns.industry),
        )
    if by == "firm" or not columns.industry:
        return Keyed.of(frame, columns.unit, columns.time)
    both = pl.concat_str(
        pl.col(columns.unit).cast(pl.String), pl.col(columns.industry).cast(pl.String), separator=" · "
    )
    named = frame.with_columns(both.alias("·"))
    found = Keyed.of(named, "·", columns.time)
    return replace(found, frame=frame)


def _cells(key: Keyed, industry: str | None) -> tuple[pl.DataFrame, Integers]:
    """Return time and industry of every group there may be, and the group of each row."""
    if industry is None:
        return pl.DataFrame({"time": key.years}), key.t
    written = key.frame[industry].cast(pl.String)
    names = written.unique().sort()
    code = written.replace_strict(names, np.arange(names.len()), return_dtype=pl.Int64).to_numpy().astype(np.intp)
    cells = pl.DataFrame(
        {
            "time": np.repeat(key.years, names.len()),
            "industry": pl.concat([names] * key.years.size),
        }
    )
    return cells, key.t * names.len() + code


def _shares(economy: Economy, share: Share, rental: float | None) -> Floats:
    """Return ``float64[F, R]``, the factor shares as they are given or as shares in cost."""
    if share is None:
        return _cost_shares(economy, rental)
    if isinstance(share, Mapping):
        stray = [name for name in share if name not in economy.factors]
        if stray or len(share) != len(economy.factors):
            raise SpecError("firms_share_factors", given=listing(share), factors=listing(economy.factors))
        found = np.array([_column(economy, share[name]) for name in economy.factors])
    elif len(economy.factors) == 2:
        capital = _column(economy, share)
        found = np.array([capital, 1 - capital])
    else:
        raise SpecError("firms_share_factors", given=str(share), factors=listing(economy.factors))
    wrong = ~((found > 0) & (found < 1)).all(axis=0) | (abs(found.sum(axis=0) - 1) > 1e-9)
    if wrong.any():
        r = int(np.flatnonzero(wrong)[0])
        shown = listing(f"{name} {value:.6g}" for name, value in zip(economy.factors, found[:, r], strict=True))
        raise MethodError("firms_share_wrong", where=economy.key.where(int(economy.row[r])), shares=shown)
    return found


def _column(economy: Economy, share: float | str) -> Floats:
    if isinstance(share, str):
        return np.asarray(numbers(economy.key.frame, [share])[1][economy.row, 0])
    return np.full(economy.row.size, float(share))


def _cost_shares(economy: Economy, rental: float | None) -> Floats:
    """Return the shares of factors in the cost of each industry over all years; materials are money."""
    if economy.pay is None or rental is None:
        raise SpecError("firms_no_share")
    if "industry" in economy.cells.columns:
        industry = economy.cells["industry"].rank("dense").to_numpy().astype(np.intp) - 1
    else:
        industry = np.zeros(economy.cells.height, dtype=np.intp)
    money = [rental * economy.inputs[0], economy.pay, *economy.inputs[2:]]
    cost = np.array([np.bincount(industry, weights=economy.sums(one)) for one in money])
    return np.asarray((cost / cost.sum(axis=0))[:, industry[economy.group]])
