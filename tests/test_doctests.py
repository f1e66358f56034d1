"""Every example in a docstring runs and shows what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import nqpf

MODULES = [m.name for m in pkgutil.walk_packages(nqpf.__path__, "nqpf.") if not m.name.endswith("__main__")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


def test_there_are_examples_to_run() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    rooms = {name.split(".")[1] for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples}
    assert {"index", "numerics", "data", "theory", "messages"} <= rooms
