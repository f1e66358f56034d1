"""A region's place in global value chains: whose value added is in whose exports (Koopman et al. 2010)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.errors import DataError
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.table import IOTable
from nqpf.results import Method


@dataclass(frozen=True, slots=True, eq=False)
class ChainPosition(BySector):
    """Places of regions.

    Attributes
    ----------
    frame
        region, exports (gross, to other regions), domestic_share (own value added in them), foreign_share (FV),
        indirect_share (IV: own value added in the exports of others), position = ln(1 + IV) − ln(1 + FV) (above 0:
        delivers more to others' exports than it takes into its own), participation = IV + FV. Null without exports.
    sources
        ``region`` of the value added by row, ``region`` that exports it by column, in money.
    """

    sources: pl.DataFrame


def chain_position(table: IOTable) -> ChainPosition:
    """Return where each region of a world table stands in global value chains.

    Parameters
    ----------
    table
        A table of several regions.

    Returns
    -------
    ChainPosition
        One row a region, and the matrix of value added in exports.

    Raises
    ------
    DataError
        The table has fewer than two regions.
    MethodError
        ``leontief_singular``, naming the sectors.

    References
    ----------
    Koopman, Powers, Wang and Wei (2010), Give credit where credit is due: tracing value added in global production
    chains, NBER Working Paper 16426, doi:10.3386/w16426.

    Examples
    --------
    >>> table = IOTable.from_blocks([[0, 10], [0, 0]], [[80, 10], [20, 80]], regions=["A", "B"], sectors=["s"])
    >>> chain_position(table).frame.select("region", "foreign_share", "indirect_share").rows()
    [('A', 0.0, 0.1), ('B', 0.1, 0.0)]
    """
    regions = list(dict.fromkeys(table.regions))
    if len(regions) < 2:
        raise DataError("one_region")
    member = np.array([[r == name for r in table.regions] for name in regions], dtype=float)
    ends = np.array([[f.partition("|")[0] == name for name in regions] for f in table.finals], dtype=float)
    to_regions = table.flows @ member.T + table.final @ ends.reshape(len(table.finals), len(regions))
    exports = (to_regions * (1 - member.T)).sum(axis=1)
    x = table.output
    rest = x - table.flows.sum(axis=0) - table.imports.sum(axis=0)
    per = np.divide(rest, x, out=np.zeros_like(x), where=table.active)
    found = member @ (per[:, None] * table.inverse * exports) @ member.T
    sold = member @ exports
    own, foreign = np.diag(found), found.sum(axis=0) - np.diag(found)
    shares = {
        "domestic_share": own,
        "foreign_share": foreign,
        "indirect_share": found.sum(axis=1) - own,
    }
    numbers = {k: np.divide(v, sold, out=np.full_like(sold, np.nan), where=sold > 0) for k, v in shares.items()}
    ahead, back = numbers["indirect_share"], numbers["foreign_share"]
    numbers |= {"position": np.log1p(ahead) - np.log1p(back), "participation": ahead + back}
    frame = pl.DataFrame({"region": regions, "exports": sold}).with_columns(
        *(pl.Series(name, v, nan_to_null=True) for name, v in numbers.items())
    )
    sources = pl.concat(
        [pl.DataFrame({"region": regions}), pl.DataFrame(found, schema=regions, orient="row")], how="horizontal"
    )
    return ChainPosition(frame, Method("industry.chain_position"), (), sources)
