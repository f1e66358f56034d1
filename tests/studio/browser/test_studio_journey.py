"""A demo through the six steps, to a report that the command line reproduces byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import Studio, Visit
from travelling import (
    chosen,
    compared,
    computed,
    drawn,
    followed,
    ranks,
    reordered,
    reported,
    reproduced,
    traced,
    undone_and_redone,
    weigh,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Visit]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_demo(page: Open, studio: Studio, lang: str, tmp_path: Path) -> None:
    here = page(lang)
    here.demo("oecd")
    before = here.document()
    here.page.fill("#data-study-title", "标题 <b>title</b>")
    here.page.keyboard.press("Tab")
    undone_and_redone(here, before)
    assert here.document()["title"][lang] == "标题 <b>title</b>"

    here.step("framework")
    rows = here.page.locator("#frame-tree [role=treeitem]").count()
    before = here.document()
    here.page.locator("#frame-tree .leaf").last.click()
    here.page.keyboard.press("Delete")
    here.saved()
    undone_and_redone(here, before)
    here.page.click("#undo")
    here.until(f"document.querySelectorAll('#frame-tree [role=treeitem]').length === {rows}", "the whole tree")
    here.settled()

    here.step("recipe")
    here.until("document.querySelectorAll('#recipe-ranking tbody tr').length === 33", "the ranking")
    first = ranks(here)
    top = here.document()["framework"]
    weigh(here, top["id"], top["tree"][0]["id"])
    reordered(here, first)
    assert here.document()["recipe"]["weights"][top["id"]]["values"][top["tree"][0]["id"]] == 1
    chosen(here, "normalise", "zscore")
    assert here.document()["recipe"]["normalise"]["method"] == "zscore"

    computed(here)
    assert drawn(here) >= 2
    followed(here)
    assert "oecd.csv" in traced(here)
    compared(here)
    if lang == "zh":  # writing takes most of the time; the way in English ends with a report too, in another test
        reported(here)
        reproduced(here, studio, tmp_path)
