"""What goes wrong around a study: pages that are closed, servers that are killed, two pages at once, bad files."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from browsing import Studio, Visit, drop

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Visit]
HEAD = "地区,年份,产值(亿元)\n"
ROWS = [
    (unit, year, 7 + 3 * i + 2 * t)
    for i, unit in enumerate(("北京", "天津", "河北"))
    for t, year in enumerate((2020, 2021))
]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Studio]:
    """Return a studio that may be killed."""
    studio = Studio(tmp_path / "studio")
    yield studio
    studio.end()


def running(here: Visit) -> None:
    """Compute a demo, and wait until it is under way."""
    here.demo("thermal")
    here.step("results")
    here.page.click("#results-run")
    here.until("!document.getElementById('jobs').hidden", "the job")
    assert here.page.locator("#jobs .job progress").count() == 1


def job(here: Visit) -> dict[str, Any]:
    """Return the session's last job."""
    found: dict[str, Any] = here.ask("")["jobs"][-1]
    return found


def at(visit: Open, studio: Studio, session: str, step: str) -> Visit:
    """Open a page of a session that is there already."""
    here = visit(studio)
    here.page.goto(f"{studio.origin}/#/{session}/{step}")
    here.until(f"document.querySelector('.step-{step} h1') !== null", f"the step {step}")
    return here


# Jobs


def test_a_page_closed_while_it_computes_finds_the_work_again(visit: Open, studio: Studio) -> None:
    here = visit(studio)
    running(here)
    session = here.session
    here.page.close()
    again = at(visit, studio, session, "results")
    again.until("!document.getElementById('jobs').hidden || document.getElementById('results-overview') !== null")
    again.until("document.getElementById('results-overview') !== null", "the results", 300)
    again.settled()
    assert job(again)["state"] == "done"


def test_a_run_that_is_cancelled_leaves_nothing(visit: Open, studio: Studio) -> None:
    here = visit(studio)
    running(here)
    here.page.click("#jobs .job button")
    here.until("document.getElementById('jobs').hidden", "the end of the job")
    here.settled()
    assert job(here)["state"] == "cancelled"
    assert here.page.locator("#results-overview").count() == 0
    assert here.page.locator(".notice.error").count() == 0
    folder = studio.folder / here.session
    end = time.monotonic() + 20
    while left := [path.name for path in folder.iterdir() if "draft" in path.name or path.name == "out"]:
        assert time.monotonic() < end, left
        time.sleep(0.1)
    assert here.page.is_enabled("#results-run")


def test_a_server_killed_while_it_computes(visit: Open, own: Studio) -> None:
    here = visit(own)
    here.demo("thermal")
    here.page.fill("#data-study-title", "留下来的")
    here.page.keyboard.press("Tab")
    here.saved()
    document = here.document()
    here.step("results")
    here.page.click("#results-run")
    here.until("!document.getElementById('jobs').hidden", "the job")
    session = here.session
    own.kill()
    here.page.goto("about:blank")
    here.guard.found.clear()  # a server that is gone answers nothing
    own.begin()
    again = at(visit, own, session, "results")
    again.settled()
    assert again.document() == document
    assert job(again)["state"] == "interrupted"
    told = again.page.inner_text("#results-state .notice")
    assert again.words("studio.core.interrupted") in told
    again.page.goto(f"{own.origin}/")
    again.settled()
    assert "留下来的" in again.page.inner_text("#start-sessions")


def test_a_page_whose_server_has_gone_says_so_and_keeps_what_was_typed(visit: Open, own: Studio) -> None:
    here = visit(own)
    here.demo("oecd")
    own.end()
    here.page.fill("#data-study-title", "还没有存")
    here.page.keyboard.press("Tab")
    here.until("document.querySelector('#alarms .notice') !== null", "the alarm")
    assert here.words("studio.core.unreachable") in here.page.inner_text("#alarms")
    assert here.page.inner_text("#saving") == here.words("studio.core.not_saved")
    assert here.page.input_value("#data-study-title") == "还没有存"
    here.guard.found.clear()


# Two pages


def test_two_pages_of_one_session(visit: Open, studio: Studio) -> None:
    one = visit(studio)
    one.demo("oecd")
    other = at(visit, studio, one.session, "data")
    other.settled()
    one.page.fill("#data-study-title", "first")
    one.page.keyboard.press("Tab")
    one.saved()
    other.until("document.getElementById('data-study-title').value === 'first'", "the other page's change")
    # Both change at once: the second to arrive is asked, and either way nothing is lost.
    other.guard.refusals.add(409)
    held: list[Any] = []
    other.page.route("**/document", lambda route: held.append(route))
    other.page.fill("#data-study-title", "mine")
    other.page.keyboard.press("Tab")
    end = time.monotonic() + 20
    while not held:
        assert time.monotonic() < end
        other.page.wait_for_timeout(50)
    one.page.fill("#data-study-title", "theirs")
    one.page.keyboard.press("Tab")
    one.saved()
    held[0].continue_()
    other.page.unroute("**/document")
    other.until("document.getElementById('conflict') !== null", "the question whose change holds")
    assert one.document()["title"] != "mine"
    other.page.click("#conflict button >> nth=1")
    other.settled()
    mine = other.document()["title"]
    assert "mine" in (mine, *getattr(mine, "values", tuple)())
    one.until("document.getElementById('data-study-title').value === 'mine'", "the change that was kept")
    one.page.click("#undo")
    one.until("document.getElementById('data-study-title').value === 'theirs'", "the change before")


def test_a_change_made_while_another_is_fetched_is_not_lost(visit: Open, studio: Studio) -> None:
    one = visit(studio)
    one.demo("oecd")
    other = at(visit, studio, one.session, "data")
    other.settled()
    held: list[Any] = []
    other.guard.refusals.add(409)
    other.page.route(f"**/api/sessions/{one.session}", lambda route: held.append(route))
    one.page.fill("#data-study-title", "theirs")
    one.page.keyboard.press("Tab")
    one.saved()
    end = time.monotonic() + 20
    while not held:
        assert time.monotonic() < end
        other.page.wait_for_timeout(50)
    other.page.fill("#data-study-title", "mine")
    other.page.keyboard.press("Tab")
    other.page.wait_for_timeout(100)
    for route in held:
        route.continue_()
    other.page.unroute(f"**/api/sessions/{one.session}")
    other.until("document.getElementById('conflict') !== null", "the question whose change holds")
    other.page.click("#conflict button >> nth=1")
    other.settled()
    one.until("document.getElementById('data-study-title').value === 'mine'", "the change that was kept")
    one.page.click("#undo")
    one.until("document.getElementById('data-study-title').value === 'theirs'", "the change before")


# Files


def csv(rows: list[tuple[Any, ...]], head: str = HEAD) -> bytes:
    return (head + "".join(",".join(map(str, row)) + "\n" for row in rows)).encode()


def workbook(*parts: str) -> bytes:
    """Return a workbook with a table and more parts."""
    made = io.BytesIO()
    pl.DataFrame(ROWS, schema=["地区", "年份", "产值(亿元)"], orient="row").write_excel(made)
    with zipfile.ZipFile(made, "a") as archive:
        for part in parts:
            archive.writestr(part, b"\xd0\xcf\x11\xe0 not run")
    return made.getvalue()


def bomb() -> bytes:
    """Return a workbook that unpacks to more than a thousand times its size."""
    made = io.BytesIO(workbook())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * (600 << 20))
    return made.getvalue()


REFUSED: dict[str, Callable[[], bytes]] = {
    "portrait.png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(2000),
    "program.xlsx": lambda: b"MZ\x90" + np.random.default_rng(0).bytes(4000),
    "torn.xlsx": lambda: workbook()[:-200],
    "empty.csv": lambda: b"",
    "bomb.xlsx": bomb,
}


@pytest.fixture
def blank(visit: Open, studio: Studio) -> Visit:
    """Return the step of data of a session that holds nothing."""
    here = visit(studio)
    made = here.page.request.post(f"{studio.origin}/api/sessions", data={"title": "files"}).json()
    here.page.goto(f"{studio.origin}/#/{made['id']}/data")
    here.until("document.querySelector('.step-data h1') !== null", "the step of data")
    return here


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_taken_is_named_with_the_reason(
    blank: Visit, studio: Studio, name: str, tmp_path: Path
) -> None:
    here = blank
    here.guard.refusals |= {413, 422}
    file = tmp_path / name
    file.write_bytes(REFUSED[name]())
    before = here.document()
    here.page.set_input_files("#data-choose-input", file)
    here.until("document.querySelector('#data-arrivals .notice') !== null", "the refusal")
    said = here.page.inner_text("#data-arrivals")
    assert name in said
    assert len(said.splitlines()) >= 3  # the file, what is wrong, what to do
    assert "Traceback" not in said
    assert here.document() == before
    assert not list((studio.folder / here.session / "files").glob(f"{name}*"))
    assert here.problems() == []


def test_a_file_larger_than_is_taken(blank: Visit, studio: Studio, tmp_path: Path) -> None:
    here = blank
    here.guard.refusals.add(413)
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.truncate(200 << 20)
    here.page.set_input_files("#data-choose-input", file)
    here.until("document.querySelector('#data-arrivals .notice') !== null", "the refusal", 300)
    assert "100" in here.page.inner_text("#data-arrivals")
    assert not list((studio.folder / here.session / "files").glob("large*"))
    here.page.set_input_files("#data-choose-input", {"name": "ok.csv", "mimeType": "text/csv", "buffer": csv(ROWS)})
    here.until("document.querySelector('.data-numbers') !== null", "the next file, which is taken")


def test_macros_are_not_run_and_their_workbook_is_read(visit: Open, studio: Studio) -> None:
    here = visit(studio)
    buffer = workbook("xl/vbaProject.bin")
    kind = "application/vnd.ms-excel.sheet.macroEnabled.12"
    here.page.set_input_files("#start-files-input", {"name": "macro.xlsm", "mimeType": kind, "buffer": buffer})
    here.until("document.querySelector('.data-numbers') !== null", "the table")
    here.settled()
    assert "3 units" in here.page.inner_text(".data-numbers")


def test_a_table_without_a_column_of_regions_says_what_it_lacks(visit: Open, studio: Studio, tmp_path: Path) -> None:
    here = visit(studio)
    here.guard.refusals.add(422)
    file = tmp_path / "nowhere.csv"
    file.write_bytes(csv([(2020 + n, n * 3, n + 7) for n in range(6)], "年份,产值(亿元),人口(万人)\n"))
    drop(here.page, ".step-start .data-zone", [file])
    here.until("document.querySelector('.step-data .notice') !== null", "what is wrong")
    here.settled()
    assert "nowhere.csv" in here.page.inner_text(".step-data")
    assert here.problems() == []
    here.step("results")
    assert here.page.is_disabled("#results-run")


def test_what_stands_in_a_cell_is_text(visit: Open, studio: Studio, tmp_path: Path) -> None:
    """Markup in names, headings, titles and values is shown as it is written, wherever it turns up."""
    evil = "<script>document.title='taken'</script><img src=x onerror=document.title='taken'>"
    here = visit(studio)
    file = tmp_path / "<b>bold<b>.csv"
    file.write_bytes(csv([("北京", 2020, "1"), (evil, 2020, "2"), ("天津", 2020, evil)], f"地区,年份,{evil}\n"))
    drop(here.page, ".step-start .data-zone", [file])
    here.until("document.querySelector('.step-data .data-summary, .step-data .notice') !== null", "what was read")
    here.settled()
    for step in ("framework", "recipe", "results", "report", "data"):
        here.step(step)
        assert "taken" not in here.page.title()
        assert here.page.locator("main script, main img, main b b").count() == 0
    assert "onerror" in here.page.inner_text(".step-data")
