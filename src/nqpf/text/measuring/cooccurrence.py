"""Which terms stand together, more often than chance would have it, and the communities they form.

Church and Hanks (1990), https://aclanthology.org/J90-1003/; Bouma (2009), Normalized pointwise mutual information in
collocation extraction; equivalence: Callon, Courtial and Laville (1991), doi:10.1007/BF02019280.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Unpack, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import hypergeom

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.numerics.modularity import communities
from nqpf.results import Method, Note, Result
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.matching import Plan
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.options import Counting
from nqpf.text.measuring.windows import Window, incidence

Floats = NDArray[np.float64]
Measure = Literal["pmi", "npmi", "equivalence"]

LEVEL = 0.05
"""p value above which a pair is said to stand together no more than chance would have it (conventional level)."""


@dataclass(frozen=True, slots=True, eq=False)
class Cooccurrence(Result):
    """Terms that stand together.

    Attributes
    ----------
    edges
        A row a pair: source, target, count (windows that hold both), expected (were they independent), pmi, npmi,
        equivalence, weight (by the measure; 0 where that is negative), p (exact probability of as many windows or more
        with both, were terms spread over windows by chance; windows of an article are alike, so that it flatters).
    nodes
        A row a term that is found: term, group, windows (that hold it), degree, strength (sums over edges of positive
        weight), community.
    windows
        How many windows there are, with and without terms.
    modularity
        Of the communities.
    method, notes, backend
        How they came about, remarks, library of the table that was given.
    """

    edges: pl.DataFrame
    nodes: pl.DataFrame
    windows: int
    modularity: float
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `edges` as the kind of dataframe that was given."""
        return as_backend(self.edges, self.backend)


def cooccurrence(
    data: Any,
    dictionary: Terms,
    *,
    id: str = "id",
    text: str = "text",
    window: Window | int = "sentence",
    measure: Measure = "npmi",
    least: int = 2,
    **how: Unpack[Counting],
) -> Cooccurrence:
    """Return the network of terms that occur in the same window.

    Parameters
    ----------
    data, dictionary, id, text
        As of `count`.
    window
        ``sentence``, ``paragraph``, ``article``, or a number n: every run of n sentences of a document.
    measure
        What edges weigh. ``pmi``: log2 of windows with both over those expected; large for rare pairs. ``npmi``: pmi
        over −log2 of the share of windows with both; −1 to 1, 0 where both are everywhere. ``equivalence``: windows
        with both, squared, over the product of those with each.
    least
        Pairs of fewer windows are no edges.
    **how
        As of `count`; here `mode` is ``longest`` unless said otherwise, since a term inside another stands with it
        always.

    Returns
    -------
    Cooccurrence

    Raises
    ------
    DataError, SpecError
        As `count`; a window or limit below 1.

    References
    ----------
    Church and Hanks (1990), https://aclanthology.org/J90-1003/. Callon et al. (1991), doi:10.1007/BF02019280.

    Examples
    --------
    >>> pages = {"id": ["1"], "text": ["算力与数据。算力与数据。氢能。"]}
    >>> found = cooccurrence(pages, ["算力", "数据", "氢能"], measure="equivalence")
    >>> found.edges.select("source", "target", "count", "weight").rows(), found.windows
    ([('算力', '数据', 2, 1.0)], 3)
    """
    if isinstance(window, str):
        choose("window", window, get_args(Window))
    choose("measure", measure, get_args(Measure))
    for key, value in (("window", window), ("least", least)):
        if not isinstance(value, str) and value < 1:
            raise SpecError("measure_limit", where=Where(key=key), value=value)
    chosen: Counting = {"mode": "longest", **how}
    seen = Measured.of(data, dictionary, id, text, chosen)
    batch = seen.found.batch
    part = Plan.part_of(batch, seen.spans, seen.plan.how)
    held = incidence(batch, seen.found.hits, part, window, len(seen.plan.names))
    together = (held.T @ held).toarray()
    n = held.shape[0]
    edges, weights = _edges(together, n, measure, least, seen.plan.names)
    community, modularity = communities(weights)
    nodes = _nodes(together, weights, community, seen)
    chance = int((edges["p"] > LEVEL).sum())
    notes = seen.notes()
    if chance:
        notes.append(Note("measure_pairs_by_chance", values={"edges": chance, "of": edges.height, "level": LEVEL}))
    if not edges.height:
        notes.append(Note("measure_no_pairs", values={"windows": n, "least": least}))
    method = Method("text.cooccurrence", {**seen.options(), "window": window, "measure": measure, "least": least})
    return Cooccurrence(edges, nodes, n, modularity, method, tuple(notes), backend_of(data))


def _edges(
    together: NDArray[np.int64], n: int, measure: Measure, least: int, names: list[str]
) -> tuple[pl.DataFrame, Floats]:
    """Return the table of pairs, and their weights ``float64[K, K]``."""
    i, j = np.nonzero(np.triu(together >= least, 1))
    size, both = np.diagonal(together).astype(float), together[i, j].astype(float)
    expected = size[i] * size[j] / max(n, 1)
    pmi = np.log2(both / expected)
    share = -np.log2(both / max(n, 1))
    values = {
        "pmi": pmi,
        "npmi": np.divide(pmi, share, out=np.zeros_like(pmi), where=share > 0),
        "equivalence": both**2 / (size[i] * size[j]),
    }
    weights = np.zeros(together.shape)
    weights[i, j] = weights[j, i] = np.maximum(values[measure], 0.0)
    frame = pl.DataFrame(
        {
            "source": pl.Series([names[a] for a in i], dtype=pl.String),
            "target": pl.Series([names[b] for b in j], dtype=pl.String),
            "count": together[i, j],
            "expected": expected,
            **values,
            "weight": weights[i, j],
            "p": hypergeom.sf(both - 1, n, size[i], size[j]),
        }
    )
    return frame.sort("weight", "count", descending=True, maintain_order=True), weights


def _nodes(together: NDArray[np.int64], weights: Floats, community: NDArray[np.intp], seen: Measured) -> pl.DataFrame:
    there = np.flatnonzero(np.diagonal(together) > 0)
    _, number = np.unique(community[there], return_inverse=True)
    return pl.DataFrame(
        {
            "term": pl.Series([seen.plan.names[k] for k in there], dtype=pl.String),
            "group": pl.Series([seen.groups[k] for k in there], dtype=pl.String),
            "windows": np.diagonal(together)[there],
            "degree": (weights[there] > 0).sum(axis=1),
            "strength": weights[there].sum(axis=1),
            "community": number,
        }
    )
