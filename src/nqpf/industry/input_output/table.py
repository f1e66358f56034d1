"""An input–output table in money: who delivers how much to whom, what is imported, and what leaves to final use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nqpf.results import Note

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IOTable:
    """An input–output table of n sectors (or of n pairs of region and sector), in one year.

    Attributes
    ----------
    sectors, regions
        Sector and region of each of the n rows; the region is empty in a table of one region.
    flows
        ``float64[n, n]`` intermediate deliveries, supplier by user; of domestic origin where imports stand apart.
    final, finals
        ``float64[n, F]`` deliveries to final use, and the name of each category (``region|category`` where it has a
        region).
    output
        ``float64[n]`` total output.
    imports, import_sectors, import_origins
        ``float64[m, n]`` imported intermediate inputs by user, and the sector and origin of each of the m rows; the
        origin is empty where the table does not say. No rows where imports do not stand apart.
    added, addeds
        ``float64[V, n]`` value added and other primary inputs by category, and their names.
    unit, year, source
        Unit of money, year and source, as far as they are known.
    notes
        Remarks on how the table was read.
    """

    sectors: tuple[str, ...]
    flows: Floats
    final: Floats
    output: Floats
    regions: tuple[str, ...]
    finals: tuple[str, ...]
    imports: Floats
    import_sectors: tuple[str, ...] = ()
    import_origins: tuple[str, ...] = ()
    added: Floats | None = None
    addeds: tuple[str, ...] = ()
    unit: str | None = None
    year: int | None = None
    source: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each of the n rows: ``sector``, or ``region|sector`` where the table has several regions."""
        pairs = zip(self.regions, self.sectors, strict=True)
        return tuple(f"{region}|{sector}" if region else sector for region, sector in pairs)

    @cached_property
    def coefficients(self) -> Floats:
        """Direct input coefficients A, ``float64[n, n]``: input per unit of output; 0 where there is no output."""
        return np.divide(self.flows, self.output, out=np.zeros_like(self.flows), where=self.output > 0)

    @cached_property
    def inverse(self) -> Floats:
        """The Leontief inverse L = (I − A)⁻¹, ``float64[n, n]``."""
        return np.linalg.inv(np.eye(self.output.size) - self.coefficients)
