"""What may tell beforehand where a region will gain an advantage, from one year's activity alone, as pure functions.

Relatedness: Hidalgo et al. (2007), doi:10.1126/science.1144581. Neighbours: the collaborative filter of Resnick et al.
(1994), doi:10.1145/192844.192905, with cosines. Low-rank reconstruction: correspondence analysis, Hill (1974),
doi:10.2307/2347127.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from nqpf.industry.relatedness.arrays import advantage, density_of, present, proximity_of, spectrum
from nqpf.numerics.cooccurrence import Diagonal
from nqpf.numerics.spectrum import components
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MEASURES = (
    "density", "continuous_density", "collaborative", "svd", "ubiquity", "diversity", "diversity_ubiquity", "pci",
    "advantage", "region_size", "industry_size", "industry_growth",
)  # fmt: skip
"""Built-in features; the last one needs an earlier year."""


@dataclass(frozen=True, slots=True)
class How:
    """Options of the features; those of `features`, where they are explained."""

    threshold: float = 1.0
    diagonal: Diagonal = "zero"
    rank: int = 10
    neighbours: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Activity of n regions and k industries in one year, and what follows from it.

    Attributes
    ----------
    x
        ``float64[n, k]``, no row or column empty.
    before
        ``float64[k]`` activity of the industries, in all regions, in the year before; None where there is none.
    rca, m
        ``float64[n, k]`` advantage and ``bool[n, k]`` who has what.
    """

    x: Floats
    before: Floats | None
    how: How
    rca: Floats = field(init=False)
    m: Bools = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rca", advantage(self.x))
        object.__setattr__(self, "m", present(self.rca, self.how.threshold))


def measured(start: Start, names: Sequence[str]) -> tuple[dict[str, Floats], tuple[Note, ...]]:
    """Return features ``float64[n, k]`` by name, and remarks; NaN for the PCI of what hangs together with nothing.

    A growth of industries that is wanted needs `Start.before`.
    """
    wanted = set(names)
    n, k = start.m.shape
    found: dict[str, Floats] = {}
    notes: list[Note] = []
    if wanted & {"density", "continuous_density"}:
        found, notes = _densities(start)
    if "collaborative" in wanted:
        found["collaborative"], alone = collaborative(start.m, start.how.neighbours)
        if alone:
            notes.append(Note("entry_like_none", "warning", {"count": alone}))
    if "svd" in wanted:
        rank = min(start.how.rank, min(n, k) - 1)
        if rank < start.how.rank:
            notes.append(Note("entry_rank_lowered", "warning", {"rank": rank, "asked": start.how.rank}))
        found["svd"] = reconstructed(start.m, rank)
    if "pci" in wanted:
        found["pci"], apart = _pci(start.m)
        if apart:
            notes.append(Note("entry_no_pci", "warning", {"count": apart}))
    found |= _plain(start)
    return {name: np.broadcast_to(found[name], (n, k)) for name in names}, tuple(notes)


def _densities(start: Start) -> tuple[dict[str, Floats], list[Note]]:
    """Return density of who has what and of log(1 + advantage), 0 around an industry that is related to none."""
    phi = proximity_of(start.m, "minimum", start.how.diagonal)
    held = {"density": start.m, "continuous_density": np.log1p(start.rca)}
    found = {name: np.nan_to_num(density_of(x, phi), nan=0.0) for name, x in held.items()}
    lonely = int((phi.sum(axis=0) == 0).sum())
    return found, [Note("entry_related_to_none", "warning", {"count": lonely})] if lonely else []


def _plain(start: Start) -> dict[str, Floats]:
    """Return the features that are sums: of regions ``[n, 1]``, of industries ``[k]`` and of pairs."""
    ubiquity, diversity = start.m.sum(axis=0).astype(float), start.m.sum(axis=1).astype(float)[:, None]
    total = start.x.sum(axis=0)
    plain = {
        "ubiquity": ubiquity,
        "diversity": diversity,
        "diversity_ubiquity": diversity * ubiquity,
        "advantage": np.log1p(start.rca),
        "region_size": np.log(start.x.sum(axis=1))[:, None],
        "industry_size": np.log(total),
    }
    if start.before is not None:
        # Twice the change over the sum: defined for industries that are new, and alike in both directions of time.
        plain["industry_growth"] = 2 * (total - start.before) / (total + start.before)
    return plain


def collaborative(m: Bools, neighbours: int | None = None) -> tuple[Floats, int]:
    """Return how many of the regions like it have an industry, weighted by likeness.

    Parameters
    ----------
    m
        ``bool[n, k]`` who has what.
    neighbours
        Count only so many most alike other regions, and those as alike as the last of them; None: all others.

    Returns
    -------
    ``float64[n, k]`` Σ_s c_rs m_sk / Σ_s c_rs with c the cosine of two regions' rows, the region itself left out; 0 for
    a region that shares nothing with others. And how many regions there are of that kind.
    """
    held = m.astype(float)
    size = np.sqrt(held.sum(axis=1))
    likeness = held @ held.T
    likeness /= np.maximum(np.outer(size, size), 1.0)  # rows of noughts share nothing
    np.fill_diagonal(likeness, 0.0)
    if neighbours is not None and neighbours < len(m) - 1:
        line = np.partition(likeness, -neighbours, axis=1)[:, -neighbours]
        likeness[likeness < line[:, None]] = 0.0
    total = likeness.sum(axis=1)
    out: Floats = likeness @ held / np.where(total > 0, total, 1.0)[:, None]
    return out, int((total == 0).sum())


def reconstructed(m: Bools, rank: int) -> Floats:
    """Return who would have what by so many axes of correspondence analysis, the trivial one among them.

    Parameters
    ----------
    m
        ``bool[n, k]``.
    rank
        Number of singular values of D^(−1/2) M U^(−1/2) kept, D and U diversity and ubiquity.

    Returns
    -------
    ``float64[n, k]`` the reconstruction, scaled back by D^(1/2) and U^(1/2): of rank 1 it is diversity × ubiquity over
    the number of ones.
    """
    row, column = (np.sqrt(m.sum(axis=axis)) for axis in (1, 0))
    scale = np.outer(row, column)
    scaled = m / np.where(scale > 0, scale, 1.0)
    # Vectors of the smaller side's square span the best approximation.
    wide = scaled.shape[0] <= scaled.shape[1]
    square = scaled @ scaled.T if wide else scaled.T @ scaled
    n = len(square)
    vectors = linalg.eigh(square, subset_by_index=[n - rank, n - 1])[1]
    near = vectors @ (vectors.T @ scaled) if wide else (scaled @ vectors) @ vectors.T
    out: Floats = near * scale
    return out


def _pci(m: Bools) -> tuple[Floats, int]:
    """Return product complexity ``float64[k]`` within the largest connected part, and how many industries have none."""
    of_row, of_column = components(m)
    part = int(np.bincount(np.concatenate([of_row, of_column])).argmax())
    rows, columns = of_row == part, of_column == part
    out = np.full(m.shape[1], np.nan)
    inside = m[np.ix_(rows, columns)]
    if min(inside.shape) > 1 and not inside.all():
        out[columns] = spectrum(inside).pci
    return out, int(np.isnan(out).sum())
