"""What new and old industry are compared by, on arrays: ratios of sums over industries, and productivity by layer.

A measure of a group is that of the group as one industry (total profit over total revenue), so that a group of one is
its industry, and an industry counts by its size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of an aspect.

    Attributes
    ----------
    name, aspect
        Of the measure, and of the aspect it speaks to.
    needs
        Columns it is made of.
    years
        How many years it takes.
    claimed
        Whether the theory says that it is higher for new industry.
    pure
        Whether it has no unit of measurement.
    """

    name: str
    aspect: str
    needs: tuple[str, ...]
    years: int = 1
    claimed: bool = True
    pure: bool = True


MEASURES = (
    Measure("share", "carrier", ("output",), claimed=False),
    Measure("share_change", "carrier", ("output",), years=2),
    Measure("growth", "growth", ("output",), years=2),
    Measure("acceleration", "growth", ("output",), years=3),
    Measure("productivity", "productivity", ("output", "labour"), pure=False),
    Measure("productivity_growth", "productivity", ("output", "labour"), years=2),
    Measure("margin", "competition", ("profit", "revenue")),
    Measure("concentration", "competition", ("concentration", "output")),
    Measure("firm_size", "competition", ("output", "firms"), pure=False),
    Measure("rd_intensity", "competition", ("rd", "revenue")),
    Measure("skilled_share", "labour_quality", ("skilled", "labour")),
)
"""In the order of the text: carrier, growth, labour productivity, competition and margin, labour quality."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of B groups of industries, ``float64[B]`` by column at the start, the middle and the end.

    Attributes
    ----------
    at
        Three mappings; the first two are the third where there is no such year.
    total
        Output of all industries at the start and the end, ``float64[B]`` each.
    span
        Years from start to end, from start to middle, from middle to end; 0 where there is no such year.
    """

    at: tuple[Mapping[str, Floats], Mapping[str, Floats], Mapping[str, Floats]]
    total: tuple[Floats, Floats]
    span: tuple[int, int, int]

    def measure(self, name: str) -> Floats:
        """Return a measure of each group, ``float64[B]``, NaN where it would be divided by nothing."""
        first, middle, last = self.at
        whole, early, late = self.span
        with np.errstate(divide="ignore", invalid="ignore"):
            match name:
                case "share":
                    found = last["output"] / self.total[1]
                case "share_change":
                    found = last["output"] / self.total[1] - first["output"] / self.total[0]
                case "growth":
                    found = (last["output"] / first["output"]) ** (1 / whole) - 1
                case "acceleration":
                    found = (last["output"] / middle["output"]) ** (1 / late) - (
                        middle["output"] / first["output"]
                    ) ** (1 / early)
                case "productivity":
                    found = last["output"] / last["labour"]
                case "productivity_growth":
                    ratio = last["output"] / last["labour"] * first["labour"] / first["output"]
                    found = ratio ** (1 / whole) - 1
                case "margin":
                    found = last["profit"] / last["revenue"]
                case "concentration":
                    found = last["concentration"] / last["output"]
                case "firm_size":
                    found = last["output"] / last["firms"]
                case "rd_intensity":
                    found = last["rd"] / last["revenue"]
                case _:
                    found = last["skilled"] / last["labour"]
        return np.where(np.isfinite(found), found, np.nan)


def drawn(industries: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return how much each industry counts in draws, ``float64[draws, n]``.

    n − 1 are drawn and count n/(n − 1) each, so that variances are not too small where industries are few (Rao and Wu
    1988, doi:10.1080/01621459.1988.10478591). One industry always counts 1.
    """
    if industries == 1:
        return np.ones((draws, 1))
    picked = rng.integers(industries, size=(draws, industries - 1)) + np.arange(draws)[:, None] * industries
    times = np.bincount(picked.ravel(), minlength=draws * industries).reshape(draws, industries)
    return np.asarray(times * (industries / (industries - 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Layered:
    """Growth of labour productivity and its parts by layer, each ``float64[L]`` over productivity at the start.

    Attributes
    ----------
    within
        Industries of the layer that become more productive.
    between_industries
        Labour that moves to more productive industries of the same layer.
    between_layers
        Labour that moves to or from the layer, by how far it lies above the mean.
    growth
        Of the whole; the sum of all parts.
    """

    within: Floats
    between_industries: Floats
    between_layers: Floats
    growth: float


def by_layer(output: Floats, labour: Floats, layer: Integers, layers: int) -> Layered:
    """Take the growth of labour productivity apart by layers of industries.

    With bars for the mean of the two years, P = Y/L of the whole, of layers (l) and industries (i), S and s shares of
    labour: ΔP = Σ_l S̄_l (Σ_i s̄_i Δp_i + Σ_i p̄_i Δs_i) + Σ_l (P̄_l − P̄) ΔS_l. Nothing is left over.

    Parameters
    ----------
    output, labour
        ``float64[2, n]`` at the start and the end; no output where there is no labour.
    layer
        ``int[n]`` layer of each industry.
    layers
        How many there are.

    Notes
    -----
    An industry or layer that is there at one end only counts as no less productive when it was not: all it brings is
    labour that moves.
    """
    one = np.zeros((len(layer), layers))
    one[np.arange(len(layer)), layer] = 1.0
    work, made = labour @ one, output @ one
    total = output.sum(axis=1) / labour.sum(axis=1)
    own, of_layer = _ratio(output, labour), _ratio(made, work)
    inside = _ratio(labour, work[:, layer])
    share = work / work.sum(axis=1, keepdims=True)
    weight = share.mean(axis=0)
    within = weight * ((inside.mean(axis=0) * (own[1] - own[0])) @ one)
    moved = weight * ((own.mean(axis=0) * (inside[1] - inside[0])) @ one)
    across = (of_layer.mean(axis=0) - total.mean()) * (share[1] - share[0])
    return Layered(within / total[0], moved / total[0], across / total[0], float(total[1] / total[0] - 1))


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return ``float64[2, M]`` ratios, that of the other year where there is nothing below."""
    found = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    filled = np.where(np.isnan(found), found[::-1], found)
    return np.nan_to_num(filled, nan=0.0)
