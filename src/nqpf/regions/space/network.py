"""A network of regions: its density and hierarchy, who is central, and which blocks play which part.

Blocks by CONCOR (Breiger, Boorman and Arabie 1975, doi:10.1016/0022-2496(75)90028-0); their parts follow from where
their links go (Burt 1976, doi:10.2307/2577097; Wasserman and Faust 1994, doi:10.1017/CBO9780511815478, section 10.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, groups_of, numbers
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of, require, to_polars
from nqpf.numerics import networks
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Efficiency = Literal["undirected", "directed"]


@dataclass(frozen=True, slots=True, eq=False)
class Network(Result):
    """Measures of a network.

    Attributes
    ----------
    frame
        A row a year: ``nodes``, ``links``, ``density``, ``reciprocity``, ``connectedness``, ``hierarchy``,
        ``efficiency`` (Krackhardt's, null where not defined).
    nodes
        Year, ``node``, ``out``, ``in`` (links), ``degree`` (nodes linked with, over N − 1), ``betweenness``
        (share of shortest ways between others), ``closeness`` (of those it reaches by links it sends: their share of
        all over their mean distance), ``block`` (from 1).
    blocks
        Year, ``block``, ``size``, ``inside`` (links within), ``sent``, ``received`` (links to and from other blocks),
        ``inside_share`` (of the links it sends) and ``expected`` (size − 1) / (N − 1), ``part``: ``bilateral`` (inside
        share as expected or more, sends more than it receives), ``main_beneficiary`` (inside share as expected or
        more), ``net_spillover`` (less, sends more), ``broker`` (less, receives as much or more), ``isolate``.
    image
        Year, ``from``, ``to`` (blocks), ``density``, ``linked`` (density above the network's).
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    nodes: pl.DataFrame
    blocks: pl.DataFrame
    image: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def network(
    data: Any,
    *,
    start: str = "from",
    end: str = "to",
    linked: str = "linked",
    by: str | None = None,
    depth: int = 2,
    efficiency: Efficiency = "undirected",
) -> Network:
    """Measure a directed network given as a list of pairs, such as the frame of `nqpf.regions.gravity`.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each ordered pair (and year); pairs that are absent have no link.
    start, end
        Columns of the nodes that a link leaves and reaches.
    linked
        Column that says whether there is a link: true or false, or a number that is not zero.
    by
        Column of years.
    depth
        How often CONCOR splits: 2 gives up to four blocks.
    efficiency
        ``undirected``: of pairs that are linked, as Krackhardt has it; ``directed``: of links, as R's sna has it.

    Raises
    ------
    DataError
        A column is absent or a cell is empty.
    MethodError
        A pair is there twice, a node is linked with itself, or there are fewer than three nodes.

    Examples
    --------
    >>> ring = {"from": ["a", "b", "c"], "to": ["b", "c", "a"], "linked": [True, True, True]}
    >>> network(ring).frame.select("density", "reciprocity", "connectedness", "efficiency").rows()
    [(0.5, 0.0, 1.0, 0.0)]
    """
    choose("efficiency", efficiency, get_args(Efficiency))
    if depth < 1 or depth != int(depth):
        raise SpecError("network_depth", where=Where(key="depth"), value=depth)
    frame = to_polars(data)
    require(frame, start, end, linked, *([by] if by else []))
    frame = frame.with_columns(pl.col(start, end).cast(pl.String))
    frame, link = numbers(frame, [linked], by)
    empty = frame.select(pl.any_horizontal(pl.col(start, end).is_null())).to_series().to_numpy() | np.isnan(link[:, 0])
    if empty.any():
        raise MethodError("network_empty", where=Where(row=int(empty.argmax()) + 1))
    names = sorted({*frame[start], *frame[end]})
    if len(names) < 3:
        raise MethodError("network_nodes", where=Where(), count=len(names))
    place = {name: i for i, name in enumerate(names)}
    i, j = (np.array([place[name] for name in frame[column]], dtype=np.intp) for column in (start, end))
    tables: dict[str, list[pl.DataFrame]] = {"frame": [], "nodes": [], "blocks": [], "image": []}
    for year, rows in groups_of(frame, by):
        matrix = _matrix(i[rows], j[rows], link[rows, 0], names, year)
        for key, table in _year(matrix, names, depth, efficiency == "directed").items():
            years = [] if by is None else [pl.lit(year).alias(by)]
            tables[key].append(table.select(*years, pl.all()))
    return Network(
        **{key: pl.concat(parts) for key, parts in tables.items()},
        method=Method("regions.network", {"depth": depth, "efficiency": efficiency}),
        notes=(Note("network_part", "info"),),
        backend=backend_of(data),
    )


def _matrix(i: NDArray[np.intp], j: NDArray[np.intp], link: Floats, names: Sequence[str], year: Any) -> Bools:
    """Return the links of a year ``bool[N, N]``."""
    n = len(names)
    _, first, count = np.unique(i * n + j, return_index=True, return_counts=True)
    if (count > 1).any():
        k = int(first[count > 1][0])
        raise MethodError("network_twice", where=Where(unit=names[i[k]], period=year), other=names[j[k]])
    own = np.flatnonzero((i == j) & (link != 0))
    if own.size:
        raise MethodError("network_own", where=Where(unit=names[i[own[0]]], period=year))
    matrix = np.zeros((n, n), dtype=bool)
    matrix[i, j] = link != 0
    return matrix


def _year(link: Bools, names: Sequence[str], depth: int, directed: bool) -> dict[str, pl.DataFrame]:
    n = len(names)
    block = networks.concor(link.astype(float), int(depth))
    whole = {key: [value] for key, value in networks.whole(link, directed).items()}
    frame = pl.DataFrame({"nodes": [n], "links": [int(link.sum())], **whole}).fill_nan(None)
    nodes = pl.DataFrame(
        {
            "node": list(names),
            "out": link.sum(axis=1),
            "in": link.sum(axis=0),
            "degree": (link | link.T).sum(axis=1) / (n - 1),
            "betweenness": networks.betweenness(link),
            "closeness": networks.closeness(link),
            "block": block + 1,
        }
    )
    member = np.eye(block.max() + 1)[block]
    between = member.T @ link @ member
    size = member.sum(axis=0)
    return {"frame": frame, "nodes": nodes, "blocks": _blocks(between, size, n), "image": _image(between, size, link)}


def _blocks(between: Floats, size: Floats, n: int) -> pl.DataFrame:
    inside = np.diagonal(between)
    sent, received = between.sum(axis=1) - inside, between.sum(axis=0) - inside
    out = sent + inside
    share = np.divide(inside, out, out=np.full(size.size, np.nan), where=out > 0)
    expected = (size - 1) / (n - 1)
    kept, more = np.nan_to_num(share) >= expected, sent > received
    part = np.select(
        [(inside + sent + received) == 0, kept & more, kept, more],
        ["isolate", "bilateral", "main_beneficiary", "net_spillover"],
        "broker",
    )
    return pl.DataFrame(
        {
            "block": np.arange(1, size.size + 1),
            "size": size.astype(int), "inside": inside.astype(int), "sent": sent.astype(int),
            "received": received.astype(int), "inside_share": share, "expected": expected, "part": part.tolist(),
        }
    ).with_columns(pl.col("inside_share").fill_nan(None))  # fmt: skip


def _image(between: Floats, size: Floats, link: Bools) -> pl.DataFrame:
    room = np.outer(size, size) - np.diag(size)
    density = np.divide(between, room, out=np.full(between.shape, np.nan), where=room > 0)
    a, b = (part.ravel() + 1 for part in np.indices(between.shape))
    n = len(link)
    linked = np.nan_to_num(density) > link.sum() / (n * (n - 1))
    return pl.DataFrame({"from": a, "to": b, "density": density.ravel(), "linked": linked.ravel()}).fill_nan(None)
