"""Scenarios: projections by growth accounting with levers, each with what it rests on."""

from nqpf.productivity.scenario.scenarios import Scenarios, scenarios
from nqpf.productivity.scenario.spec import Given, Levers, ScenarioSpec

__all__ = ["Given", "Levers", "ScenarioSpec", "Scenarios", "scenarios"]
