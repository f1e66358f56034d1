"""The index room: from indicators to a score, its parts and its weak points."""

from nqpf.index.aggregate import aggregate
from nqpf.index.build import Fitted, Index, build, fit
from nqpf.index.contributions import contributions
from nqpf.index.framework import Framework
from nqpf.index.leave_one_out import leave_one_out
from nqpf.index.normalise import normalise
from nqpf.index.obstacle import obstacle
from nqpf.index.recipe import Aggregate, Normalise, Recipe, Weight
from nqpf.index.topsis import topsis
from nqpf.index.weights import entropy_weights

__all__ = [
    "Aggregate",
    "Fitted",
    "Framework",
    "Index",
    "Normalise",
    "Recipe",
    "Weight",
    "aggregate",
    "build",
    "contributions",
    "entropy_weights",
    "fit",
    "leave_one_out",
    "normalise",
    "obstacle",
    "topsis",
]
