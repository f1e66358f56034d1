"""The index room: from indicators to a score, its parts and its weak points."""

from nqpf.index.aggregate import (
    aggregate,
    ampi,
    bod,
    copeland,
    fuzzy,
    grey,
    mean_min,
    mpi,
    owa,
    promethee,
    rsr,
    topsis,
    vikor,
    wroclaw,
)
from nqpf.index.audit import audit
from nqpf.index.build import build, build_on, fit
from nqpf.index.coherence import (
    coherence,
    correlation_flags,
    correlations,
    cronbach_alpha,
    data_availability,
    effective_weights,
    index_correlations,
    indicator_stats,
    main_effects,
    per_head,
    principal_components,
    size_correlations,
)
from nqpf.index.compare import Comparison, compare
from nqpf.index.contributions import contributions
from nqpf.index.firm import FirmIndex, firm_framework, firm_index
from nqpf.index.firm_table import Firms, read_firms
from nqpf.index.framework import Framework
from nqpf.index.leave_one_out import leave_one_out
from nqpf.index.live import LiveRanks, live_ranks
from nqpf.index.multiverse import Multiverse, multiverse, sobol_indices
from nqpf.index.normalise import normalise
from nqpf.index.obstacle import obstacle
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.index.options.treat import Impute, Screen, Treat
from nqpf.index.options.weight import Weight
from nqpf.index.planning import completion, grades, rank_step, triple
from nqpf.index.presets import preset, presets
from nqpf.index.recipe import Recipe
from nqpf.index.result import Fitted, Index
from nqpf.index.revision import Revision, revision
from nqpf.index.stream import StreamResult, stream_index
from nqpf.index.treat.table_impute import impute
from nqpf.index.treat.table_screen import screen
from nqpf.index.treat.table_treat import treat, winsorise
from nqpf.index.weights import (
    ahp_weights,
    combine_weights,
    correlation_weights,
    critic_weights,
    cv_weights,
    entropy_weights,
    g1_weights,
    gini_weights,
    independence_weights,
    merec_weights,
    pca_weights,
    scatter_weights,
    sd_weights,
    weight_drift,
)
from nqpf.index.workbench import Workbench

__all__ = [
    "Aggregate",
    "Comparison",
    "FirmIndex",
    "Firms",
    "Fitted",
    "Framework",
    "Impute",
    "Index",
    "LiveRanks",
    "Multiverse",
    "Normalise",
    "Recipe",
    "Revision",
    "Screen",
    "StreamResult",
    "Treat",
    "Weight",
    "Workbench",
    "aggregate",
    "ahp_weights",
    "ampi",
    "audit",
    "bod",
    "build",
    "build_on",
    "coherence",
    "combine_weights",
    "compare",
    "completion",
    "contributions",
    "copeland",
    "correlation_flags",
    "correlation_weights",
    "correlations",
    "critic_weights",
    "cronbach_alpha",
    "cv_weights",
    "data_availability",
    "effective_weights",
    "entropy_weights",
    "firm_framework",
    "firm_index",
    "fit",
    "fuzzy",
    "g1_weights",
    "gini_weights",
    "grades",
    "grey",
    "impute",
    "independence_weights",
    "index_correlations",
    "indicator_stats",
    "leave_one_out",
    "live_ranks",
    "main_effects",
    "mean_min",
    "merec_weights",
    "mpi",
    "multiverse",
    "normalise",
    "obstacle",
    "owa",
    "pca_weights",
    "per_head",
    "preset",
    "presets",
    "principal_components",
    "promethee",
    "rank_step",
    "read_firms",
    "revision",
    "rsr",
    "scatter_weights",
    "screen",
    "sd_weights",
    "size_correlations",
    "sobol_indices",
    "stream_index",
    "topsis",
    "treat",
    "triple",
    "vikor",
    "weight_drift",
    "winsorise",
    "wroclaw",
]
