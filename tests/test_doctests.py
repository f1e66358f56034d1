"""Every example in a docstring runs and shows what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import nqpf

MODULES = [m.name for m in pkgutil.walk_packages(nqpf.__path__, "nqpf.") if not m.name.endswith("__main__")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    # What doctest.testmod does, but for docstrings without an example: each of those would cost a look at every file.
    runner = doctest.DocTestRunner()
    for one in doctest.DocTestFinder().find(importlib.import_module(name)):
        if one.examples:
            runner.run(one)
    assert runner.failures == 0


def test_there_are_examples_to_run() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    rooms = {name.split(".")[1] for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples}
    assert {"index", "numerics", "data", "theory", "messages"} <= rooms


PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_examples_of_the_pages(page: Path) -> None:
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.attempted > 0
    assert found.failed == 0


def test_every_page_is_there_in_both_languages() -> None:
    stems = {page.name.removesuffix(".zh.md").removesuffix(".en.md") for page in PAGES}
    assert {page.name for page in PAGES} == {f"{stem}.{lang}.md" for stem in stems for lang in ("zh", "en")}
