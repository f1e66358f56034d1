"""How sure efficiencies are: bootstrap and subsampling, partial frontiers, regression on other variables."""

from nqpf.productivity.inference.bootstrap import bootstrap
from nqpf.productivity.inference.partial import order_alpha, order_m
from nqpf.productivity.inference.second_stage import SecondStage, second_stage

__all__ = ["SecondStage", "bootstrap", "order_alpha", "order_m", "second_stage"]
