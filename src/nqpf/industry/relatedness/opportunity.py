"""What a region could become: complexity within reach, and what each new industry would add to it.

Opportunity value (complexity outlook) and opportunity gain of Hausmann et al. (2014), The Atlas of Economic Complexity,
Technical Box 5.4, doi:10.7551/mitpress/9647.001.0001.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.frames import as_backend
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least
from nqpf.industry.relatedness.complexity import Complexity, complexity_on
from nqpf.industry.relatedness.density import lonely
from nqpf.industry.relatedness.presence import Having, Presence, Year, presence_of
from nqpf.industry.relatedness.proximity import block_of, check_kind, check_varied
from nqpf.industry.relatedness.solved import Parts
from nqpf.numerics.cooccurrence import Block, Diagonal, Likeness, blocks, nearest
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Gain = Literal["gross", "net"]
Origin = Literal["eigenvector", "mean"]


@dataclass(frozen=True, slots=True, eq=False)
class Opportunity(Result):
    """Opportunities of N regions in K industries in T years.

    Attributes
    ----------
    presence
        Who has what.
    complexity
        ECI and PCI behind it.
    outlook
        ``float64[T, N]``: Σ_j (1 − M) density PCI, the complexity of what a region lacks, weighted by how near it is.
    gain
        ``float64[T, N, K]``: what an industry would add to the outlook; 0 where the region has it.
    density
        ``float64[T, N, K]``.
    method, notes
        How they came about, and remarks.
    """

    presence: Presence
    complexity: Complexity
    outlook: Floats
    gain: Floats
    density: Floats
    method: Method
    notes: tuple[Note, ...] = ()

    @property
    def regions(self) -> pl.DataFrame:
        """A row for each time and unit: ``coi`` (outlook, in each year of mean 0 and deviation 1) and ``outlook``."""
        spread = np.array([row[~np.isnan(row)].std() for row in self.outlook])[:, None]
        mean = np.array([row[~np.isnan(row)].mean() for row in self.outlook])[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            coi = np.where(spread > 0, (self.outlook - mean) / spread, np.nan)
        return self.presence.grid.by_unit({"coi": coi, "outlook": self.outlook})

    @property
    def pairs(self) -> pl.DataFrame:
        """A row for each time, unit and industry: rca, present, density, pci, gain."""
        years = self.presence.years
        columns = {
            "rca": self.presence.cube([y.rca for y in years]),
            "present": self.presence.cube([y.m for y in years]),
            "density": self.density,
            "pci": np.broadcast_to(self.complexity.pci[:, None, :], self.density.shape),
            "gain": self.gain,
        }
        return self.presence.grid.long(columns).with_columns(pl.col("present").cast(pl.Boolean))

    def to_frame(self) -> Any:
        """Return `regions` as the kind of dataframe that was given."""
        return as_backend(self.regions, self.presence.backend)


def opportunity(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    kind: Likeness = "minimum",
    diagonal: Diagonal = "one",
    neighbours: int | None = None,
    gain: Gain = "gross",
    origin: Origin = "eigenvector",
    anchor: object = None,
    parts: Parts = "raise",
    **having: Unpack[Having],
) -> Opportunity:
    """Return the opportunity value of regions and the opportunity gain of industries for them, year by year.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `rca`.
    kind, diagonal, neighbours
        Proximity and density, as of `density`.
    gain
        ``gross``: Σ_k (1 − M_ck) φ_jk / Σ_l φ_lk PCI_k, what having industry j brings nearer, j itself with it where
        the diagonal is one (py-ecomplexity). ``net``: by how much the outlook itself changes when the region has j as
        well, proximity and PCI held: the gross gain less what j was worth as an opportunity.
    origin
        From where PCI is measured. ``eigenvector``: from its mean weighted by ubiquity (py-ecomplexity). ``mean``: from
        the mean ECI of the regions, as it stands in tables of PCI. A density is no difference, so that it matters.
    anchor, parts
        As of `complexity`.
    **having
        When a region has an industry, and who is too small: options of `space`.

    Returns
    -------
    Opportunity

    Raises
    ------
    DataError, SpecError, MethodError
        As `complexity` and `density`.

    References
    ----------
    Hausmann et al. (2014), doi:10.7551/mitpress/9647.001.0001.

    Examples
    --------
    >>> table = {"city": list("aaabbc"), "sector": list("xyzxyx"), "jobs": [2, 3, 6, 6, 4, 9]}
    >>> found = opportunity(table, "jobs", unit="city", industry="sector")
    >>> found.regions.columns, found.pairs.columns
    (['city', 'coi', 'outlook'], ['city', 'sector', 'rca', 'present', 'density', 'pci', 'gain'])
    """
    return opportunity_on(
        presence_of(data, value, unit, industry, time, having),
        kind=kind, diagonal=diagonal, neighbours=neighbours, gain=gain, origin=origin, anchor=anchor, parts=parts,
    )  # fmt: skip


def opportunity_on(
    presence: Presence,
    *,
    kind: Likeness = "minimum",
    diagonal: Diagonal = "one",
    neighbours: int | None = None,
    gain: Gain = "gross",
    origin: Origin = "eigenvector",
    anchor: object = None,
    parts: Parts = "raise",
) -> Opportunity:
    """Return opportunities; options as of `opportunity`."""
    check_kind(kind, diagonal)
    if neighbours is not None:
        check_least("neighbours", neighbours, 1)
    choose("gain", gain, ("gross", "net"))
    choose("origin", origin, ("eigenvector", "mean"))
    keys_apart(("density", "pci", "gain"), **presence.grid.keys)
    keys_apart(("coi", "outlook"), unit=presence.grid.unit, time=presence.grid.time)
    complexity = complexity_on(presence, anchor=anchor, parts=parts)
    found = []
    for year in presence.years:
        check_varied(presence, year, kind)
        pci = complexity.pci[year.t, year.industries]
        if origin == "eigenvector":
            pci = pci - complexity.origins[year.t]
        found.append(_reach(year, pci, nearest(block_of(year, kind, diagonal), neighbours), net=gain == "net"))
    options = {
        "kind": kind, "diagonal": diagonal, "neighbours": neighbours, "gain": gain, "origin": origin,
        "anchor": anchor, "parts": parts, **presence.options,
    }  # fmt: skip
    return Opportunity(
        presence,
        complexity,
        presence.spread([outlook for outlook, _, _ in found], "unit"),
        presence.cube([gains for _, gains, _ in found]),
        presence.cube([density for _, _, density in found]),
        Method("industry.opportunity", options),
        complexity.notes + lonely(presence, [density for _, _, density in found]),
    )


def _reach(year: Year, pci: Floats, block: Block, *, net: bool) -> tuple[Floats, Floats, Floats]:
    """Return outlook ``[n]``, gain ``[n, k]`` and density ``[n, k]`` of a year; industries without PCI do not count."""
    lacks = ~year.m
    worth = np.where(lacks, np.nan_to_num(pci), 0.0)
    held = year.m.astype(np.float64)
    density, gain = np.empty(held.shape), np.zeros(held.shape)
    own = np.empty(pci.size)
    for at in blocks(pci.size):
        weight = block(at)
        total = weight.sum(axis=0)
        weight /= np.where(total > 0, total, np.nan)
        density[:, at] = held @ weight
        np.nan_to_num(weight, copy=False)
        gain += worth[:, at] @ weight.T
        own[at] = weight[np.arange(pci.size)[at], np.arange(weight.shape[1])]
    near = np.nan_to_num(density)
    if net:
        gain -= (near + own) * pci
    gain[year.m] = 0.0
    return (near * worth).sum(axis=1), gain, density
