"""A server of the studio and a browser, for the tests of its page; they skip where there is no browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Guard, Studio, Visit

AXE = "AXE"
"""Names the file ``axe.min.js`` in the environment; ``npm pack axe-core`` brings it, it is no part of this project."""


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Return a studio that the tests of a file share."""
    started = Studio(tmp_path_factory.mktemp("studio"))
    yield started
    started.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return headless Chromium, or skip."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra dev)")
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("neither chromium nor google-chrome is on the PATH")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a page of a studio; at the end, each must have done nothing it must not do."""
    opened: list[tuple[Any, Guard]] = []

    def arrive(studio: Studio, lang: str = "en", width: int = 1280, **more: Any) -> Visit:
        locale = {"zh": "zh-CN", "en": "en-GB"}[lang]
        context = browser.new_context(locale=locale, viewport={"width": width, "height": 900}, **more)
        guard = Guard(studio.origin)
        guard.watch(context)
        opened.append((context, guard))
        here = Visit(context.new_page(), guard, lang)
        here.page.set_default_timeout(120_000)
        here.page.goto(studio.address)
        here.settled()
        return here

    yield arrive
    for context, _ in opened:
        context.close()
    assert [fault for _, guard in opened for fault in guard.found] == []


@pytest.fixture
def page(studio: Studio, visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Return a function ``page(lang, width)`` that opens the start of the shared studio."""
    return lambda lang="en", width=1280, **more: visit(studio, lang, width, **more)


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe-core, or skip."""
    where = os.environ.get(AXE)
    if not where:
        pytest.skip("set AXE to the path of axe.min.js (npm pack axe-core)")
    return Path(where).read_text(encoding="utf-8")
