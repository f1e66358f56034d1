"""The page in a real browser: charts are drawn under its own policy, and every control does what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nqpf.chapters.blocks import Chapter
from nqpf.messages import Text
from nqpf.report.html import render_html

pytestmark = pytest.mark.browser

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--virtual-time-budget=8000",
    "--window-size=1280,6000",
)  # fmt: skip


@pytest.fixture
def browser() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("neither chromium nor google-chrome is on the PATH")
    return found


def opened(browser: str, page: Path, address: str = "") -> str:
    """Return the page's document after its scripts have run."""
    profile = page.with_name("profile")
    command = [browser, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri() + address]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8")


def written(chapters: tuple[Chapter, ...], folder: Path, script: str = "") -> Path:
    """Write the report, with a reader's `script` that its policy is told of."""
    html = render_html(title=Text("报告", "Report"), subtitle=Text("", ""), chapters=chapters, facts=[], lang="zh")
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        html = html.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
        html = with_script(html, script)
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


def with_script(html: str, script: str) -> str:
    """Return the page with one more script at its end."""
    page, _, end = html.rpartition("</body>")
    return f"{page}<script>{script}</script></body>{end}"


def tried(
    browser: str, chapters: tuple[Chapter, ...], folder: Path, steps: str, address: str = ""
) -> dict[str, object]:
    """Return what `steps`, a JavaScript function body run when charts are drawn, notes down in ``seen``."""
    script = (
        "const all = (s) => [...document.querySelectorAll(s)], one = (s) => document.querySelector(s);"
        "addEventListener('load', () => setTimeout(async () => { const seen = {};"
        "const wait = () => new Promise((done) => setTimeout(done, 500));"
        f"{steps}; document.body.dataset.seen = JSON.stringify(seen); }}, 2000));"
    )
    document = opened(browser, written(chapters, folder, script), address)
    assert "data-error" not in document
    noted = re.search(r'data-seen="([^"]*)"', document)
    assert noted is not None
    seen: dict[str, object] = json.loads(noted[1].replace("&quot;", '"').replace("&amp;", "&"))
    return seen


def test_charts_are_drawn_and_nothing_fails(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    document = opened(browser, written(chapters, tmp_path))
    assert "data-error" not in document
    # Two of three charts: the third stands in a profile that is not chosen.
    assert document.count('data-drawn="zh"') == 2
    assert len(re.findall(r'<svg[^>]*class="marks"', document)) == 2
    assert document.count('role="graphics-symbol"') > 4


def test_language_switches_and_charts_follow(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = """
      const look = () => [document.documentElement.lang, document.title,
        one('#bars svg').textContent.includes('Province'),
        getComputedStyle(one('.zh')).display === 'none', one('option').textContent, location.hash];
      seen.before = look(); one('[data-language=en]').click(); await wait(); seen.after = look();
      seen.pressed = all('[data-language]').map((b) => b.getAttribute('aria-pressed'));
    """
    seen = tried(browser, chapters, tmp_path, steps)
    assert seen["before"] == ["zh-CN", "报告", False, False, "广东", ""]
    assert seen["after"] == ["en", "Report", True, True, "Guangdong", "#lang=en"]
    assert seen["pressed"] == ["false", "true"]


def test_language_comes_from_the_address(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    document = opened(browser, written(chapters, tmp_path), "#lang=en")
    assert '<html lang="en"' in document
    assert 'data-drawn="en"' in document
    assert 'data-drawn="zh"' not in document


def test_headings_sort_their_table(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = """
      const column = (k) => all('#ranks tbody tr').map((row) => row.cells[k].textContent);
      const click = (k) => all('#ranks thead button')[k].click();
      seen.original = column(4); click(4); seen.down = column(4);
      seen.aria = all('#ranks th')[4].getAttribute('aria-sort');
      click(4); seen.up = column(4); click(4); seen.again = column(4);
      click(0); seen.words = column(0).slice(0, 5);
    """
    seen = tried(browser, chapters, tmp_path, steps)
    assert seen["down"] == ["12,345.68", "2.00", "1.00", "-3.00", "—"]
    assert seen["aria"] == "descending"
    assert seen["up"] == ["-3.00", "1.00", "2.00", "12,345.68", "—"]
    assert seen["again"] == seen["original"] == ["12,345.68", "1.00", "2.00", "—", "-3.00"]
    assert len(set(seen["words"])) == 5  # type: ignore[call-overload]


def test_chooser_shows_one_section(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = """
      const shown = () => all('.choice').filter((c) => !c.hidden).map((c) => c.id);
      const search = one('.picker input');
      const type = (text) => { search.value = text; search.dispatchEvent(new Event('input')); };
      seen.first = shown(); one('[data-step="1"]').click(); seen.next = shown();
      one('[data-step="1"]').click(); seen.round = shown();
      type('jiangsu'); seen.found = shown(); type('nowhere'); seen.kept = shown(); seen.invalid = search.ariaInvalid;
      await wait(); seen.drawn = !!one('#bars-Jiangsu svg');
    """
    seen = tried(browser, chapters, tmp_path, steps)
    assert seen["first"] == seen["round"] == ["profile-广东"]
    assert seen["next"] == seen["found"] == seen["kept"] == ["profile-江苏"]
    assert seen["invalid"] == "true"
    assert seen["drawn"] is True


def test_a_link_opens_the_section_it_leads_into(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = "seen.hidden = one('#bars-Jiangsu').closest('.choice').hidden; seen.value = one('select').value"
    assert tried(browser, chapters, tmp_path, steps, "#bars-Jiangsu") == {"hidden": False, "value": "profile-江苏"}


def test_hints_replace_native_titles(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = """
      const node = one('.drawing.zh [data-node]'), tip = one('#_tip');
      const over = (at) => at.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
      over(node.querySelector('rect')); seen.text = tip.textContent; seen.shown = !tip.hidden;
      seen.title = !!node.querySelector('title');
      over(document.body); seen.gone = tip.hidden; seen.back = node.firstElementChild.tagName;
      seen.name = node.getAttribute('aria-label');
    """
    seen = tried(browser, chapters, tmp_path, steps)
    assert (seen["text"], seen["shown"], seen["title"]) == ("劳动者", True, False)
    assert (seen["gone"], seen["back"], seen["name"]) == (True, "title", "劳动者")


def test_policy_stops_a_foreign_script(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    page = written(chapters, tmp_path)
    foreign = with_script(page.read_text(encoding="utf-8"), "document.body.dataset.foreign = 1")
    page.write_text(foreign, encoding="utf-8")
    document = opened(browser, page)
    assert "data-foreign=" not in document
    assert 'data-drawn="zh"' in document


def test_printing_draws_every_chart(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = """
      dispatchEvent(new Event('beforeprint')); await wait();
      seen.drawn = all('[data-chart]').map((box) => !!box.querySelector('svg'));
    """
    assert tried(browser, chapters, tmp_path, steps) == {"drawn": [True, True, True]}


def test_a_broken_chart_is_reported_on_the_page(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    page = written(chapters, tmp_path)
    broken = page.read_text(encoding="utf-8").replace('"mark":{"type":"bar"}', '"mark":{"type":"no such mark"}')
    page.write_text(broken, encoding="utf-8")
    document = opened(browser, page)
    assert re.search(r"<html[^>]*data-error=", document)
    line = re.search(r'<p id="_error" role="alert">([^<]+)</p>', document)
    assert line is not None
    assert line[1].startswith("页面脚本出错")
