"""The statistics of one sample: correlations of all nodes, alpha and components of each group, weights and effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.index.coherence.alpha import alpha_frame
from nqpf.index.coherence.components import Components, components_of
from nqpf.index.coherence.effective import weights_frame
from nqpf.index.coherence.redundancy import variance_inflation
from nqpf.index.coherence.sample import Sample
from nqpf.index.coherence.size import size_frame
from nqpf.index.framework import Framework, Node
from nqpf.numerics.correlation import Correlations, correlate
from nqpf.results import Note

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Statistics of one sample.

    Attributes
    ----------
    sample
        The rows.
    correlations
        Pearson's r of all nodes, ``[nodes, nodes]``.
    alphas
        Table of `alpha_frame` by position of each node with two children or more.
    components
        Principal components of the children of these nodes.
    inflation
        ``float64[nodes]`` variance inflation of each node among its siblings.
    weights
        Table of `weights_frame`.
    sizes
        Table of `size_frame` for the scores of all nodes.
    notes
        Remarks on the size series.
    """

    sample: Sample
    correlations: Correlations
    alphas: dict[int, pl.DataFrame]
    components: dict[int, Components]
    inflation: Floats
    weights: pl.DataFrame
    sizes: pl.DataFrame
    notes: tuple[Note, ...]

    def r(self, one: int, other: int) -> float:
        """Return the correlation of two nodes by position."""
        return float(self.correlations.r[one, other])

    def alpha(self, at: int) -> float:
        """Return the alpha of a node's children; NaN where it is not defined."""
        found = self.alphas[at]["alpha"][0]
        return float("nan") if found is None else float(found)

    def first_share(self, at: int) -> float:
        """Return the share of variance that the first component of a node's children explains."""
        return float(self.components[at].shares[0])

    def lowest_loading(self, at: int) -> float:
        """Return the lowest loading on the first component of a node's children; its largest is positive."""
        return float(self.components[at].loadings[:, 0].min())

    def inflation_of(self, at: int) -> float:
        """Return the variance inflation of a node among its siblings."""
        return float(self.inflation[at])

    def ratio(self, at: int) -> float:
        """Return importance over weight of a node; NaN where it is not defined."""
        share, weight = (self.weights[column][at] for column in ("importance", "weight_share"))
        return share / weight if share is not None and weight else float("nan")

    def size(self, node: str, size: str) -> float:
        """Return the correlation of a node with (log) size; NaN where it is not defined."""
        row = self.sizes.row(by_predicate=(pl.col("indicator") == node) & (pl.col("size") == size), named=True)
        found = row["r"] if row["r_log"] is None else row["r_log"]
        return float("nan") if found is None else float(found)


def groups(framework: Framework) -> list[Node]:
    """Return the nodes with two children or more."""
    return [n for n in framework.nodes if len(framework.children[n.at]) > 1]


def part_of(framework: Framework, sample: Sample, sizes: dict[str, Floats]) -> Part:
    """Return the statistics of a sample; `sizes` are ``float64[M]`` by name."""
    nodes, inner = framework.nodes, groups(framework)
    names = [n.id for n in nodes]
    inflation = np.full(len(nodes), np.nan)
    alphas, components = {}, {}
    for node in inner:
        kids = framework.children[node.at]
        scores = sample.scores[:, kids]
        alphas[node.at] = alpha_frame(scores, [names[k] for k in kids])
        components[node.at] = components_of(scores)
        inflation[kids] = variance_inflation(scores)
    table, notes = size_frame(sample.scores, names, sizes)
    weights = weights_frame(framework, sample)
    return Part(sample, correlate(sample.scores), alphas, components, inflation, weights, table, notes)
