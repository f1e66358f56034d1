"""The tables of a result on misallocation: units, industries and years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.productivity.firms.dispersion import dispersion
from nqpf.productivity.firms.economy import Economy, Integers
from nqpf.productivity.firms.usable import Floats
from nqpf.productivity.firms.wedges import Market, mixture, parts


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found of an economy of R units, F factors, W wedges, in G industries and years.

    Attributes
    ----------
    economy, market
        The units.
    deviations
        ``float64[F, R]`` log marginal revenue products over the group's.
    t
        ``float64[R]`` log TFPR over the group's.
    wedges
        W names.
    tau
        ``float64[W, R]`` logs of 1/(1 − τ_Y) and of 1 + τ of each factor.
    log_gain, parts
        ``float64[G]`` and ``float64[W, G]``.
    """

    economy: Economy
    market: Market
    deviations: Floats
    t: Floats
    wedges: tuple[str, ...]
    tau: Floats
    log_gain: Floats
    parts: Floats


def find(economy: Economy, sigma: float, wedges: str, log_prices: Floats | None = None) -> Found:
    """Return what is to be known of an economy.

    Parameters
    ----------
    economy
        Its units.
    sigma
        Elasticity of substitution.
    wedges
        ``output_capital`` or ``factors``.
    log_prices
        ``float64[F, R]`` prices of the factors, for wedges in levels (σ above 1: a firm is alone with its product and
        marks it up); None: wedges relative to the group.
    """
    market, deviations = economy.market(sigma)
    t = market.tfpr(deviations)
    names, made = mixture(economy.factors, wedges)
    products = deviations
    if log_prices is not None:
        revenue = economy.output * (sigma - 1) / sigma
        products = np.log(economy.alpha * revenue / economy.inputs) - log_prices
    tau = np.linalg.inv(made) @ products
    return Found(economy, market, deviations, t, names, tau, market.log_gain(t), parts(market, deviations, made))


def log_tfpq(market: Market, t: Floats) -> Floats:
    """Return ``float64[R]``, ln(A_i M^{1/(σ−1)} / Ā): log TFPQ over what it would be were all M units alike.

    Ā^{σ−1} = Σ A_i^{σ−1} over the group; σ is not 1, where revenue says nothing of A.
    """
    power = market.sigma - 1
    grown = market.revenue * np.exp(power * t)
    size = market.sums(np.ones(t.size))
    return np.asarray((np.log(grown) + np.log(size / market.sums(grown))[market.group]) / power)


def unit_table(found: Found, unit: str) -> pl.DataFrame:
    """Return a row for each unit, in the order of the table, as `Misallocation.units` describes it."""
    economy, market, t = found.economy, found.market, found.t
    frame = economy.key.frame.select(pl.col(unit).gather(economy.row).alias("unit"))
    cells = economy.cells[economy.group]
    ratio = market.size_ratio(t)
    columns: dict[str, Floats] = {
        "share": market.revenue,
        "tfpr": economy.output / np.exp(np.einsum("fr,fr->r", economy.alpha, np.log(economy.inputs))),
        "log_tfpr": t,
    }
    if market.sigma != 1:
        columns["log_tfpq"] = log_tfpq(market, t)
    for name, tau in zip(found.wedges, found.tau, strict=True):
        sign = -1.0 if name == "output" else 1.0  # the wedge on output is written 1 − τ_Y, those on factors 1 + τ
        columns[f"tau_{name}"] = sign * np.expm1(sign * tau)
    columns["size_ratio"] = ratio
    for name, off in zip(economy.factors, found.deviations, strict=True):
        columns[f"gamma_{name}"] = np.exp(-off)
        columns[f"{name}_ratio"] = ratio * np.exp(off)
    if market.sigma == 1 and found.wedges == economy.factors:
        for name, alpha, off in zip(economy.factors, economy.alpha, found.deviations, strict=True):
            columns[f"part_{name}"] = market.revenue * alpha * off
    return pl.concat([frame, cells, pl.DataFrame(columns)], how="horizontal")


def industry_table(found: Found) -> pl.DataFrame:
    """Return a row for each industry and year."""
    economy, market = found.economy, found.market
    total, theta = economy.sums(economy.output), economy.theta()
    alpha = _group_shares(economy, market.revenue)
    tfp = _tfp(found)
    columns = {
        "units": economy.sums(np.ones(economy.row.size)).astype(np.int64),
        "output": total,
        "share": theta,
        **{f"alpha_{name}": share for name, share in zip(economy.factors, alpha, strict=True)},
        "tfp": np.exp(tfp),
        "tfp_efficient": np.exp(tfp + found.log_gain),
        "log_gain": found.log_gain,
        "gain": np.expm1(found.log_gain),
        **{f"part_{name}": part for name, part in zip(found.wedges, found.parts, strict=True)},
        **_dispersions(found, np.ones(economy.row.size), market.group, market.count),
    }
    return pl.concat([economy.cells, pl.DataFrame(columns)], how="horizontal")


def yearly(found: Found) -> dict[str, Floats]:
    """Return log_gain, its parts and log_gain_between, each ``float64[Y]``; industries weigh by their output."""
    theta = found.economy.theta()
    parts_by_name = {f"part_{name}": part for name, part in zip(found.wedges, found.parts, strict=True)}
    gains = {"log_gain": found.log_gain} | parts_by_name
    weighted = {name: found.economy.by_year(theta * x) for name, x in gains.items()}
    return weighted | {"log_gain_between": _between(found.economy, theta)}


def total_table(found: Found, reference: float | None) -> pl.DataFrame:
    """Return a row for each year; industries are combined with their shares in output."""
    economy = found.economy
    theta = economy.theta()
    size = economy.sums(np.ones(economy.row.size))
    gains, tfp = yearly(found), economy.by_year(theta * _tfp(found))
    gain = gains.pop("log_gain")
    count = economy.by_year(np.ones(theta.size)).astype(np.int64)
    columns: dict[str, object] = {
        "time": economy.cells["time"].unique(maintain_order=True),
        "units": economy.by_year(size).astype(np.int64),
        "industries": count,
        "tfp": np.exp(tfp),
        "tfp_efficient": np.exp(tfp + gain),
        "efficiency": np.exp(-gain),
        "log_gain": gain,
        "gain": np.expm1(gain),
        **gains,
    }
    if reference is not None:
        columns["gain_to_reference"] = np.exp(gain) / (1 + reference) - 1
    weight = (theta / size)[economy.group]
    return pl.DataFrame(columns | _dispersions(found, weight, economy.year[economy.group], count.size))


def _group_shares(economy: Economy, revenue: Floats) -> Floats:
    """Return ``float64[F, G]``, factor shares of whole groups."""
    return np.array([economy.sums(revenue * alpha) for alpha in economy.alpha])


def _tfp(found: Found) -> Floats:
    """Return ``float64[G]``, the log of output per composite input of a group, which is P_s·TFP_s."""
    economy = found.economy
    alpha = _group_shares(economy, found.market.revenue)
    inputs = np.array([np.log(economy.sums(x)) for x in economy.inputs])
    return np.asarray(np.log(economy.sums(economy.output)) - (alpha * inputs).sum(axis=0))


def _between(economy: Economy, theta: Floats) -> Floats:
    """Return ``float64[Y]``, the log gain of equal marginal products between industries (σ = 1 between them)."""
    revenue = economy.output / economy.sums(economy.output)[economy.group]
    alpha = _group_shares(economy, revenue)
    inputs = np.array([economy.sums(x) for x in economy.inputs])
    market = Market(economy.year, int(economy.year.max()) + 1, theta, alpha, 1.0)
    products = np.log(alpha * economy.sums(economy.output) / inputs)
    return market.log_gain(market.tfpr(market.deviations(products)))


def _dispersions(found: Found, weights: Floats, group: Integers, count: int) -> dict[str, Floats]:
    """Return the dispersion of log TFPR and, unless σ = 1, of log TFPQ within industries."""
    values = {"tfpr": found.t}
    if found.market.sigma != 1:
        values["tfpq"] = log_tfpq(found.market, found.t)
    return {
        f"{measure}_{name}": value
        for name, x in values.items()
        for measure, value in dispersion(x, weights, group, count).items()
    }
