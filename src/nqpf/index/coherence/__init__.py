"""Coherence: the statistical audit of an index, whole (`coherence`) and part by part."""

from nqpf.index.coherence.alpha import cronbach_alpha
from nqpf.index.coherence.components import principal_components
from nqpf.index.coherence.correlations import correlation_flags, correlations, index_correlations
from nqpf.index.coherence.coverage import data_availability, indicator_stats
from nqpf.index.coherence.effective import effective_weights, main_effects
from nqpf.index.coherence.flags import Flag
from nqpf.index.coherence.limits import Limits
from nqpf.index.coherence.size import PerHead, per_head, size_correlations, size_series
from nqpf.index.coherence.whole import Coherence, coherence

__all__ = [
    "Coherence",
    "Flag",
    "Limits",
    "PerHead",
    "coherence",
    "correlation_flags",
    "correlations",
    "cronbach_alpha",
    "data_availability",
    "effective_weights",
    "index_correlations",
    "indicator_stats",
    "main_effects",
    "per_head",
    "principal_components",
    "size_correlations",
    "size_series",
]
