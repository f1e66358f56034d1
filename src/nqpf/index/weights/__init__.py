"""Weights: stated, taken from the scores, and combined.

``KERNELS`` has what takes weights from scores, by method; `weigh` says which years of a panel it sees; `stated` gives
weights that rest on the framework and the options alone; `combine` makes one vector of several. Every method has its
own file, with the function for plain tables beside the kernel.
"""

from nqpf.index.weights.ahp import ahp_weights
from nqpf.index.weights.among import KERNELS, find_among, weigh
from nqpf.index.weights.combine import combine, combine_weights
from nqpf.index.weights.correlation import correlation_weights
from nqpf.index.weights.critic import critic_weights
from nqpf.index.weights.dispersion import cv_weights, gini_weights, sd_weights
from nqpf.index.weights.drift import WeightDrift, drift, drift_of_scores, weight_drift
from nqpf.index.weights.driven import Driven, driven_weights
from nqpf.index.weights.entropy import entropy, entropy_weights
from nqpf.index.weights.independence import independence_weights
from nqpf.index.weights.merec import merec_weights
from nqpf.index.weights.order_relation import g1_weights
from nqpf.index.weights.pca import pca_weights
from nqpf.index.weights.scatter import scatter_weights
from nqpf.index.weights.sharing import overall, spread
from nqpf.index.weights.stated import check_stated, stated

__all__ = [
    "KERNELS",
    "Driven",
    "WeightDrift",
    "ahp_weights",
    "check_stated",
    "combine",
    "combine_weights",
    "correlation_weights",
    "critic_weights",
    "cv_weights",
    "drift",
    "drift_of_scores",
    "driven_weights",
    "entropy",
    "entropy_weights",
    "find_among",
    "g1_weights",
    "gini_weights",
    "independence_weights",
    "merec_weights",
    "overall",
    "pca_weights",
    "scatter_weights",
    "sd_weights",
    "spread",
    "stated",
    "weigh",
    "weight_drift",
]
