"""The studio from its command to its page: seconds, bytes and memory.

``python benchmarks/studio_start.py [DEMO]`` starts a studio of its own and opens it in headless Chromium (needs
playwright), medians of three starts; then it takes the demo through data, recipe and results. The mark: a page
within 4 s; 2 MB for a first screen, with charts or without; 400 MB each of server and worker.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from studio_live import memory, studio

STARTS = 3
OPENING = 300_000
"""Milliseconds that a step of the page may take on a slow machine."""


class Transferred:
    """Bytes that come over the wire to a page, by address."""

    def __init__(self, page: Any) -> None:
        self.bytes: Counter[str] = Counter()
        self._asked: dict[str, str] = {}
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", self._sent)
        wire.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, Any]) -> None:
        self._asked[event["requestId"]] = event["request"]["url"].split("?")[0].partition("127.0.0.1:")[2]

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[self._asked.get(event["requestId"], "")] += int(event["encodedDataLength"])

    def told(self, what: str) -> None:
        """Print the sum, and what weighs most."""
        whole = sum(self.bytes.values())
        most = ", ".join(
            f"{name.partition('/')[2] or '/'} {size / 1e3:.0f}" for name, size in self.bytes.most_common(4)
        )
        print(f"{what:<28}{whole / 1e6:8.2f} MB in {len(self.bytes)} files (kB: {most})")


def begun(browser: Any, folder: Path) -> float:
    """Return the seconds from the command to a page that can be used."""
    began = time.perf_counter()
    with studio(folder) as (address, _):
        page = browser.new_page()
        page.goto(address)
        page.locator("#start-sessions p, #start-sessions li").first.wait_for()
        spent = time.perf_counter() - began
        page.close()
    return spent


def through(browser: Any, folder: Path, demo: str) -> None:
    """Open a demo, weigh what is sent up to its charts, and the processes after each step."""
    with studio(folder) as (address, process):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(OPENING)
        sent = Transferred(page)
        page.goto(address)
        page.locator(f"#demo-{demo}").wait_for()
        page.wait_for_load_state("networkidle")
        sent.told("first screen")
        page.click(f"#demo-{demo}")
        page.locator(".data-numbers").wait_for()
        weigh("data", process)
        page.click("#step-recipe")
        page.locator("#recipe-ranking tbody tr").first.wait_for()
        weigh("recipe", process)
        page.click("#step-results")
        page.click("#results-run")
        page.locator("#results-text .chart svg").first.wait_for()
        weigh("results", process)
        again = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        again.set_default_timeout(OPENING)
        sent = Transferred(again)
        again.goto(address)
        again.goto(page.url)
        again.locator("#results-text .chart svg").first.wait_for()
        again.wait_for_load_state("networkidle")
        sent.told("a page of results, charts")


def weigh(after: str, process: int) -> None:
    """Print the memory of server and worker."""
    held = memory(process)
    others = ", ".join(f"{megabytes:.0f}" for one, megabytes in held.items() if one != process)
    print(f"{'memory after ' + after:<28}server {held[process]:.0f} MB, its processes {others} MB")


def main(demo: str) -> None:
    """Print what was measured."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player, tempfile.TemporaryDirectory() as folder:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        starts = [begun(browser, Path(folder) / str(i)) for i in range(STARTS)]
        print(f"{'from command to page':<28}{median(starts):8.2f} s")
        through(browser, Path(folder) / "through", demo)
        browser.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["oecd"]))
