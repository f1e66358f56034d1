"""The six steps of the studio as a reader goes through them, for the tests of the whole way."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from browsing import PATIENCE, Studio, Visit


def undone_and_redone(here: Visit, before: dict[str, Any]) -> None:
    """Take the last change back and do it again: the document is what it was, and then what it became."""
    after = here.document()
    assert after != before
    here.page.click("#undo")
    here.until("!document.getElementById('redo').disabled", "redo")
    here.settled()
    assert here.document() == before
    here.page.click("#redo")
    here.until("document.getElementById('redo').disabled", "the change again")
    here.settled()
    assert here.document() == after


def ranks(here: Visit) -> list[list[str]]:
    """Return the ranking that is shown: rank and unit of each row."""
    rows = "[...document.querySelectorAll('#recipe-ranking tbody tr')]"
    found: list[list[str]] = here.page.evaluate(
        f"{rows}.map((r) => [...r.cells].slice(0, 2).map((c) => c.textContent))"
    )
    return found


def reordered(here: Visit, before: list[list[str]]) -> None:
    """Wait until the same units have other ranks."""
    end = time.monotonic() + PATIENCE
    while ranks(here) == before:
        assert time.monotonic() < end, "no rank changed"
        here.page.wait_for_timeout(50)
    assert sorted(unit for _, unit in ranks(here)) == sorted(unit for _, unit in before)


def weigh(here: Visit, group: str, node: str) -> None:
    """Move a slider to its end, by the keyboard."""
    if not here.page.evaluate(f"document.getElementById('recipe-group-{group}').open"):
        here.page.click(f"#recipe-group-{group} > summary")
    here.page.focus(f"#recipe-weight-{node}")
    here.page.keyboard.press("End")
    here.page.keyboard.press("Tab")
    here.saved()


def chosen(here: Visit, step: str, method: str) -> None:
    """Choose the method of a step of the recipe."""
    if not here.page.evaluate(f"document.getElementById('recipe-step-{step}').open"):
        here.page.click(f"#recipe-step-{step} > summary")
    here.page.check(f"#recipe-{step}-is-{method}")
    here.saved()


def computed(here: Visit) -> None:
    """Compute, and wait for the overview."""
    here.step("results")
    here.page.click("#results-run")
    here.until("document.getElementById('results-overview') !== null", "results", 300)
    here.settled()
    assert here.page.locator("#results-state .notice.error").count() == 0


DRAWN = """(box) => {
  const { top, bottom } = box.getBoundingClientRect();
  return bottom < 0 || top > innerHeight || box.querySelector('svg, .live') !== null;
}"""


def drawn(here: Visit) -> int:
    """Scroll through what is shown until every chart is drawn, and return how many there are."""
    here.page.evaluate("scrollTo(0, 0)")
    while True:
        here.until(f"[...document.querySelectorAll('.chart, .results-living')].every({DRAWN})", "charts in sight")
        if here.page.evaluate("Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight"):
            break
        here.page.evaluate("scrollBy(0, innerHeight / 2)")
        here.page.wait_for_timeout(20)
    count: int = here.page.evaluate("document.querySelectorAll('#results-text .chart svg').length")
    return count


def followed(here: Visit) -> None:
    """Pick a unit and see it picked in charts and tables, with its profile beside."""
    unit = here.page.evaluate("[...document.querySelectorAll('#results-unit option')][3].value")
    here.page.select_option("#results-unit", unit)
    here.until("document.querySelectorAll('#results-text .dimmed').length > 0", "other units to step back")
    assert here.page.locator("#results-text .picked").count() > 0
    title = here.page.evaluate("document.querySelector('#results-unit option:checked').textContent")
    here.until("document.querySelector('#results-panel .results-table, #results-panel figure') !== null", "the profile")
    assert here.page.inner_text("#results-panel-title") == title
    here.page.click("#results-no-unit")
    here.until("document.querySelectorAll('.dimmed').length === 0", "all units again")


def traced(here: Visit) -> str:
    """Open a chapter, and follow its first number down to the cell it was read from; return where that is."""
    here.page.click("#results-nav a[href$='/results/index']")
    here.until("document.querySelector('#results-text h2#index') !== null", "the chapter")
    here.settled()
    here.page.locator("#results-text .results-table .number-button").first.click()
    for _ in range(6):
        here.until("document.querySelector('#results-panel .results-part, #results-panel .results-cell') !== null")
        here.settled()
        if here.page.locator("#results-panel .results-cell").count():
            break
        here.page.locator("#results-panel .results-part").first.click()
        here.page.wait_for_timeout(100)
    place: str = here.page.locator("#results-panel .results-cell .results-place").first.inner_text()
    here.page.click("#results-panel-close")
    return place


def compared(here: Visit) -> None:
    """Compare the recipe with another, and see who moved."""
    here.step("compare")
    here.until("document.querySelector('#compare-answer table') !== null", "the comparison")
    other = here.page.evaluate(
        "[...document.querySelectorAll('#compare-second option')].find((o) => !o.selected)?.value"
    )
    if other:
        here.page.select_option("#compare-second", other)
        here.settled()
    here.until("document.querySelector('#compare-answer .chart svg') !== null", "the picture of the comparison")
    assert here.page.locator("#compare-answer table").count() >= 2


def reported(here: Visit) -> None:
    """Write the report, and look at it within the page."""
    here.step("report")
    here.page.click("#report-write")
    here.until("document.querySelector('#report-said .notice') !== null", "the report", 300)
    here.settled()
    assert here.page.locator("#report-said .notice.good").count() == 1, here.said()
    here.page.click("#report-preview-toggle")
    here.page.frame_locator(".report-frame").locator("h1").first.wait_for()


def reproduced(here: Visit, studio: Studio, folder: Path) -> None:
    """Take the study away as a package, run it elsewhere as the page says, and compare every file byte for byte."""
    study = here.download(lambda: here.page.click("a[href$='/report/study.yaml']"), folder / "study.yaml")
    package = here.download(lambda: here.page.click("a[href$='/report/package']"), folder / "package.zip")
    page = here.download(lambda: here.page.click("a[href$='report.html']"), folder / "report.html")
    away = folder / "away"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(away)
    assert (away / "study.yaml").read_bytes() == study.read_bytes()
    verb, *arguments = shlex.split(here.page.inner_text(".report-command code"))
    assert verb == "nqpf"
    done = subprocess.run(
        [sys.executable, "-m", "nqpf", *arguments], cwd=away, capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    ours, theirs = content(studio.folder / here.session / "out"), content(away / "out")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert page.read_bytes() == theirs["report.html"]


def content(folder: Path) -> dict[str, bytes]:
    """Return the files that a study writes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        name: path.read_bytes() for path in files if not (name := path.relative_to(folder).as_posix()).startswith(".")
    }
