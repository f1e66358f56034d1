"""An input–output table in money: who delivers how much to whom, what is imported, and what leaves to final use.

The accounts are those of Miller and Blair (2009, chapter 2): output = deliveries to users + final use, by row; output =
inputs + value added, by column. The methods of the table are one line each; what they do stands in the file of that
name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.results import Note, TableResult

if TYPE_CHECKING:
    from nqpf.industry.input_output.balance import Balance
    from nqpf.industry.input_output.carbon import Embodied
    from nqpf.industry.input_output.cut import Cut
    from nqpf.industry.input_output.digital import Integration
    from nqpf.industry.input_output.extraction import Extraction
    from nqpf.industry.input_output.global_chain import ChainPosition
    from nqpf.industry.input_output.import_content import ImportContent
    from nqpf.industry.input_output.linkages import Linkages
    from nqpf.industry.input_output.models import Ghosh, Leontief
    from nqpf.industry.input_output.multipliers import Multipliers
    from nqpf.industry.input_output.propagation import Propagation
    from nqpf.industry.input_output.upstreamness import Upstreamness

Floats = NDArray[np.float64]

Balanced = Literal["raise", "note"]
"""What happens when the accounts do not close: an error that names the row, or a remark."""
Negative = Literal["raise", "keep"]
"""What happens when an intermediate delivery is negative: an error that names it, or it stays with a remark."""
Imports = Literal["keep", "proportional"]
"""Imports of a competitive table: left inside the flows, or split off in proportion."""


@dataclass(frozen=True, eq=False)
class IOTable:
    """An input–output table of n sectors (or of n pairs of region and sector), in one year.

    Tables are made by `of` (arrays), `from_long`, `from_blocks`, `from_square`, `from_nbs` and `from_pymrio`, which
    check what they are given; the constructor itself checks nothing.

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
    uses
        What each final category is: ``consumption``, ``capital``, ``inventories``, ``exports``, ``imports`` (negative
        in a competitive table), ``other``, or empty where it is not known.
    final_imports
        ``float64[m, F]`` imports that go to final use; None where the table does not have them.
    codes
        Code of each sector, where the table gives one beside the name.
    rounding
        What a row may miss of its output because its cells are rounded, in the unit of money.
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
    uses: tuple[str, ...] = ()
    final_imports: Floats | None = None
    codes: tuple[str, ...] = ()
    rounding: float = 0.0

    @classmethod
    def of(
        cls,
        flows: Any,
        final: Any,
        output: Any = None,
        *,
        sectors: Sequence[str],
        regions: Sequence[str] | None = None,
        finals: Sequence[str] | None = None,
        uses: Sequence[str] | None = None,
        imports: Any = None,
        import_sectors: Sequence[str] | None = None,
        import_origins: Sequence[str] | None = None,
        final_imports: Any = None,
        added: Any = None,
        addeds: Sequence[str] | None = None,
        codes: Sequence[str] | None = None,
        unit: str | None = None,
        year: int | None = None,
        source: str | None = None,
        balance: Balanced = "raise",
        negative: Negative = "raise",
        tolerance: float = 1e-4,
    ) -> IOTable:
        """Return a table of arrays: see `nqpf.industry.input_output.build.build`."""
        from nqpf.industry.input_output.build import build

        return build(
            flows, final, output, sectors=sectors, regions=regions, finals=finals, uses=uses, imports=imports,
            import_sectors=import_sectors, import_origins=import_origins, final_imports=final_imports, added=added,
            addeds=addeds, codes=codes, unit=unit, year=year, source=source, balance=balance, negative=negative,
            tolerance=tolerance,
        )  # fmt: skip

    @classmethod
    def from_long(
        cls,
        data: Any,
        value: str,
        *,
        supplier: str,
        user: str,
        final: Sequence[str],
        supplier_region: str | None = None,
        user_region: str | None = None,
        added: Sequence[str] = (),
        output: str | None = None,
        imports: Sequence[str] = (),
        uses: Mapping[str, str] | None = None,
        **options: Any,
    ) -> IOTable:
        """Return a table from one row a delivery: see `nqpf.industry.input_output.read_long.from_long`."""
        from nqpf.industry.input_output.read_long import from_long

        return from_long(
            data, value, supplier=supplier, user=user, final=final, supplier_region=supplier_region,
            user_region=user_region, added=added, output=output, imports=imports, uses=uses, **options,
        )  # fmt: skip

    @classmethod
    def from_blocks(
        cls, z: Any, y: Any, x: Any = None, *, regions: Sequence[str], sectors: Sequence[str], **options: Any
    ) -> IOTable:
        """Return a world table of region-major blocks: see `nqpf.industry.input_output.build.from_blocks`."""
        from nqpf.industry.input_output.build import from_blocks

        return from_blocks(z, y, x, regions=regions, sectors=sectors, **options)

    @classmethod
    def from_square(cls, source: Any, *, sheet: str | None = None, **options: Any) -> IOTable:
        """Return a world table from a file as WIOD and ICIO lay it out: see `…input_output.read_square.from_square`."""
        from nqpf.industry.input_output.read_square import from_square

        return from_square(source, sheet=sheet, **options)

    @classmethod
    def from_nbs(cls, source: Any, *, sheet: str | None = None, imports: Imports = "keep", **options: Any) -> IOTable:
        """Return a table of the National Bureau of Statistics: see `nqpf.industry.input_output.read_nbs.from_nbs`."""
        from nqpf.industry.input_output.read_nbs import from_nbs

        return from_nbs(source, sheet=sheet, imports=imports, **options)

    @classmethod
    def from_pymrio(cls, system: Any, *, added: str | None = None, **options: Any) -> IOTable:
        """Return a table from an object of pymrio: see `nqpf.industry.input_output.from_pymrio.from_pymrio`."""
        from nqpf.industry.input_output.from_pymrio import from_pymrio

        return from_pymrio(system, added=added, **options)

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each of the n rows: ``sector``, or ``region|sector`` where the table has several regions."""
        pairs = zip(self.regions, self.sectors, strict=True)
        return tuple(f"{region}|{sector}" if region else sector for region, sector in pairs)

    @property
    def keys(self) -> pl.DataFrame:
        """Columns that name the n rows: ``region`` (where the table has regions) and ``sector``."""
        columns = {"region": self.regions} if any(self.regions) else {}
        return pl.DataFrame({**columns, "sector": self.sectors}, schema_overrides={"sector": pl.String})

    @property
    def active(self) -> NDArray[np.bool_]:
        """Which of the n rows have output, ``bool[n]``."""
        return self.output > 0

    @cached_property
    def coefficients(self) -> Floats:
        """Direct input coefficients A, ``float64[n, n]``: input per unit of output; 0 where there is no output."""
        return np.divide(self.flows, self.output, out=np.zeros_like(self.flows), where=self.output > 0)

    @cached_property
    def inverse(self) -> Floats:
        """The Leontief inverse L = (I − A)⁻¹, ``float64[n, n]``; a MethodError names what makes it singular."""
        from nqpf.industry.input_output.inverse import inverse

        return inverse(self.coefficients, self.labels)

    @cached_property
    def allocation(self) -> Floats:
        """Output coefficients B, ``float64[n, n]``: delivery per unit of the supplier's output; 0 without output."""
        per = self.output[:, None]
        return np.divide(self.flows, per, out=np.zeros_like(self.flows), where=per > 0)

    @cached_property
    def ghosh_inverse(self) -> Floats:
        """The Ghosh inverse G = (I − B)⁻¹, ``float64[n, n]``; a MethodError names what makes it singular."""
        from nqpf.industry.input_output.inverse import inverse

        return inverse(self.allocation, self.labels)

    def matrix(self, values: Floats) -> pl.DataFrame:
        """Return ``float64[n, n]`` as a table: keys of the supplier, then a column for each user."""
        return pl.concat([self.keys, pl.DataFrame(values, schema=list(self.labels), orient="row")], how="horizontal")

    def used_as(self, *kinds: str) -> Floats:
        """Return what goes to final categories of these kinds (see `uses`), ``float64[n]``."""
        chosen = [kind in kinds for kind in self.uses] if self.uses else [False] * len(self.finals)
        return np.asarray(self.final[:, chosen].sum(axis=1))

    def region(self, region: str) -> IOTable:
        """Return the domestic block of one region: see `nqpf.industry.input_output.reshape.region_of`."""
        from nqpf.industry.input_output.reshape import region_of

        return region_of(self, region)

    def country(self, country: str) -> IOTable:
        """Return the domestic block of one country: the same as `region`."""
        return self.region(country)

    def aggregate(self, sectors: Mapping[str, str] | None = None, regions: Mapping[str, str] | None = None) -> IOTable:
        """Return the table of fewer sectors or regions: see `nqpf.industry.input_output.reshape.aggregate`."""
        from nqpf.industry.input_output.reshape import aggregate

        return aggregate(self, sectors, regions)

    def split_imports(self, method: Literal["proportional"] = "proportional") -> IOTable:
        """Return the table with imports split off: see `nqpf.industry.input_output.reshape.split_imports`."""
        from nqpf.industry.input_output.reshape import split_imports

        return split_imports(self, method)

    def balance(self, *, tolerance: float = 1e-4) -> Balance:
        """Diagnose the accounts: see `nqpf.industry.input_output.balance.balance`."""
        from nqpf.industry.input_output.balance import balance

        return balance(self, tolerance=tolerance)

    def leontief(self, *, closed: tuple[Sequence[str], Sequence[str]] | None = None) -> Leontief:
        """Solve the quantity model: see `nqpf.industry.input_output.models.leontief`."""
        from nqpf.industry.input_output.models import leontief

        return leontief(self, closed=closed)

    def ghosh(self) -> Ghosh:
        """Solve the supply-side model: see `nqpf.industry.input_output.models.ghosh`."""
        from nqpf.industry.input_output.models import ghosh

        return ghosh(self)

    def multipliers(
        self,
        of: str | Sequence[str] = "output",
        *,
        extensions: Any = None,
        sector: str = "sector",
        region: str = "region",
        closed: tuple[Sequence[str], Sequence[str]] | None = None,
    ) -> Multipliers:
        """Return multipliers: see `nqpf.industry.input_output.multipliers.multipliers`."""
        from nqpf.industry.input_output.multipliers import multipliers

        return multipliers(self, of, extensions=extensions, sector=sector, region=region, closed=closed)

    def linkages(self, *, forward: Literal["ghosh", "leontief"] = "ghosh") -> Linkages:
        """Return backward and forward linkages: see `nqpf.industry.input_output.linkages.linkages`."""
        from nqpf.industry.input_output.linkages import linkages

        return linkages(self, forward=forward)

    def propagation(self, *, average: Literal["simple", "weighted"] = "simple") -> Propagation:
        """Return average propagation lengths: see `nqpf.industry.input_output.propagation.propagation`."""
        from nqpf.industry.input_output.propagation import propagation

        return propagation(self, average=average)

    def upstreamness(self, *, correction: Literal["none", "open", "open_inventories"] = "none") -> Upstreamness:
        """Return distances to final use: see `nqpf.industry.input_output.upstreamness.upstreamness`."""
        from nqpf.industry.input_output.upstreamness import upstreamness

        return upstreamness(self, correction=correction)

    def import_content(self) -> ImportContent:
        """Return what is imported in inputs and in final use: see `…input_output.import_content.import_content`."""
        from nqpf.industry.input_output.import_content import import_content

        return import_content(self)

    def chain_position(self) -> ChainPosition:
        """Return each region's place in global value chains: see `…input_output.global_chain.chain_position`."""
        from nqpf.industry.input_output.global_chain import chain_position

        return chain_position(self)

    def extraction(self, *arguments: Any, **options: Any) -> Extraction:
        """Extract sectors hypothetically: see `nqpf.industry.input_output.extraction.extraction`."""
        from nqpf.industry.input_output.extraction import extraction

        return extraction(self, *arguments, **options)

    def cut(self, **options: Any) -> Cut:
        """Cut deliveries of a supplier: see `nqpf.industry.input_output.cut.cut`."""
        from nqpf.industry.input_output.cut import cut

        return cut(self, **options)

    def cuts(self, **options: Any) -> TableResult:
        """Cut one supplier after the other: see `nqpf.industry.input_output.cut.cuts`."""
        from nqpf.industry.input_output.cut import cuts

        return cuts(self, **options)

    def embodied(self, emissions: Any, value: str | Sequence[str], **options: Any) -> Embodied:
        """Trace emissions to final demand: see `nqpf.industry.input_output.carbon.embodied`."""
        from nqpf.industry.input_output.carbon import embodied

        return embodied(self, emissions, value, **options)

    def digital_integration(self, digital: str | Sequence[str], **options: Any) -> Integration:
        """Return how much some sectors deliver to others: see `…input_output.digital.digital_integration`."""
        from nqpf.industry.input_output.digital import digital_integration

        return digital_integration(self, digital, **options)
