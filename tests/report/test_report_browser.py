"""The page in a real browser: charts are drawn under its own policy, and every control does what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from nqpf.chapters.blocks import Chapter, Paragraph
from nqpf.charts.figure import Figure
from nqpf.charts.living import living_diagram
from nqpf.messages import LANGUAGES, Text
from nqpf.report.html import render_html
from nqpf.report.svg import inline_svg

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
    browser: str, chapters: tuple[Chapter, ...], folder: Path, steps: str, address: str = "", before: str = ""
) -> dict[str, object]:
    """Return what `steps`, a JavaScript function body run when charts are drawn, notes down in ``seen``.

    A script `before` runs first.
    """
    script = before + (
        "const all = (s) => [...document.querySelectorAll(s)], one = (s) => document.querySelector(s);"
        "addEventListener('load', () => setTimeout(async () => { const seen = {};"
        "const wait = () => new Promise((done) => setTimeout(done, 500));"
        f"{steps}; document.body.dataset.seen = JSON.stringify(seen); }}, 2000));"
    )
    document = opened(browser, written(chapters, folder, script), address)
    assert "data-error" not in document
    noted = re.search(r'data-seen="([^"]*)"', document)
    assert noted is not None
    seen: dict[str, object] = json.loads(unescape(noted[1]))
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_link_opens_the_section_it_leads_into(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = "seen.hidden = one('#bars-Jiangsu').closest('.choice').hidden; seen.value = one('select').value"
    assert tried(browser, chapters, tmp_path, steps, "#bars-Jiangsu") == {"hidden": False, "value": "profile-江苏"}


@pytest.mark.slow
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


@pytest.mark.slow
def test_printing_draws_every_chart(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = """
      dispatchEvent(new Event('beforeprint')); await wait();
      seen.drawn = all('[data-chart]').map((box) => !!box.querySelector('svg'));
    """
    assert tried(browser, chapters, tmp_path, steps) == {"drawn": [True, True, True]}


@pytest.mark.slow
def test_a_broken_chart_is_reported_on_the_page(browser: str, chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    page = written(chapters, tmp_path)
    broken = page.read_text(encoding="utf-8").replace('"mark":{"type":"bar"}', '"mark":{"type":"no such mark"}')
    page.write_text(broken, encoding="utf-8")
    document = opened(browser, page)
    assert re.search(r"<html[^>]*data-error=", document)
    line = re.search(r'<p id="_error" role="alert">([^<]+)</p>', document)
    assert line is not None
    assert line[1].startswith("页面脚本出错")


# The living logic diagram.

UNITS, YEARS = ("", "a", "b"), (2020, 2021, 2022)


def diagram_of(unit: str, period: int) -> Figure:
    """Return a living diagram with every look of a box, arrow and gauge."""
    boxes = ("nqpf", "cause_tech", "trait_quality", "feature_tech", "leap_means", "element_means", "hallmark_tfp")
    tiers = ("many", "few", "single", "tested")
    states = [
        {
            "node": node, "unit": unit, "period": year, "tier": tiers[(n + u) % 4],
            "value": (0.13 + 0.31 * n + 0.17 * t + 0.29 * u) % 1, "change": (0.11 * t * (u - 1)) if t else None,
            "rank": 11.0 * u if unit else None, "low": 11.0 * u - n % 2 if unit else None,
            "high": 11.0 * u if unit else None,
        }
        for n, node in enumerate(boxes) for u, unit in enumerate(UNITS) for t, year in enumerate(YEARS)
        if (n, u, t) != (1, 2, 1)
    ]  # fmt: skip
    tested = {("cause_tech", "nqpf"): "shown", ("leap_means", "nqpf"): "against", ("nqpf", "feature_tech"): "not_shown"}
    edges = [
        {
            "source": a, "target": b, "test": "lead_lag", "effect": 0.2, "low": 0.1, "high": 0.3, "q": 0.01,
            "state": state, "reason": None,
        }
        for (a, b), state in tested.items()
    ]  # fmt: skip
    gauges = [
        {
            "node": "shakeoff_growth", "unit": unit, "period": year, "value": 0.07 + 0.4 * u - 0.2 * t,
            "low": -0.15 + 0.2 * t if u else None, "high": 0.95 if u else None, "threshold": 0.5,
            "verdict": ("below", "not_shown", "above")[u],
        }
        for u, unit in enumerate(UNITS) for t, year in enumerate(YEARS) if (u, t) != (1, 0)
    ]  # fmt: skip
    names = {
        "unit": ["a", "b"],
        "unit_zh": ["甲", "名字很长的一个单元"],
        "unit_en": ["A", "B, a unit with a long name"],
    }
    words, loose = Text("逻辑图", "Logic diagram"), {"infer_schema_length": None}
    tables = [pl.DataFrame(states, **loose), pl.DataFrame(edges), pl.DataFrame(gauges, **loose), pl.DataFrame(names)]
    rests = {"nqpf": [Text("研发强度", "R&D")]}
    return living_diagram(*tables, indicators=rests, id="logic", title=words, caption=words, unit=unit, period=period)


@pytest.fixture
def theory() -> tuple[Chapter, ...]:
    words = Text("图谱", "Map")
    return (Chapter("theory", words, (Paragraph(words), diagram_of("", 2022))),)


ACTIONS = """
  const at = (item) => one(`.drawing.zh [data-${item.includes('>') ? 'edge' : 'node'}="${item}"]`);
  const act = (item, event) => item.dispatchEvent(event);
  const told = () => one('.details').innerText.split('\\n').filter(Boolean);
  const now = () => document.activeElement.dataset.node ?? document.activeElement.dataset.edge;
  const key = (key) => (act(document.activeElement, new KeyboardEvent('keydown', { key, bubbles: true })), now());
  const choose = (unit, year) => {
    const [list, slider] = [one('.controls select'), one('.controls input')];
    list.value = unit; list.dispatchEvent(new Event('change'));
    slider.value = year; slider.dispatchEvent(new Event('input'));
  };
"""


def drawn(document: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the elements of an SVG document without what only one way of drawing it needs."""
    root = ET.fromstring(re.sub(r' xmlns="[^"]*"', "", document))
    for parent in root.iter():
        for child in [child for child in parent if child.tag == "title" or child.get("display") == "none"]:
            parent.remove(child)
        for name in ("tabindex", "class", "style"):
            parent.attrib.pop(name, None)
        if parent.get("data-part") == "unit":  # a browser measures letters, the picture's source estimates them
            parent.attrib.pop("font-size")
    return [(element.tag, dict(sorted(element.attrib.items())), element.text or "") for element in root.iter()]


def test_the_page_redraws_the_picture_as_it_is_drawn(browser: str, theory: tuple[Chapter, ...], tmp_path: Path) -> None:
    """Every unit and year: the same elements, attributes and words as in a document, in both languages."""
    steps = f"""{ACTIONS}
      for (const unit of [0, 1, 2]) for (const year of [0, 1, 2]) for (const lang of ['zh', 'en']) {{
        choose(unit, year);
        seen[[unit, year, lang].join(' ')] = one(`.drawing.${{lang}} svg`).outerHTML;
      }}
    """
    seen = tried(browser, theory, tmp_path, steps)
    for u, unit in enumerate(UNITS):
        for t, year in enumerate(YEARS):
            figure = diagram_of(unit, year)
            for lang in LANGUAGES:
                wanted = drawn(inline_svg(figure.svg(lang), f"logic-{lang}"))
                assert drawn(str(seen[f"{u} {t} {lang}"])) == wanted, (unit, year, lang)


def test_what_stands_behind_a_box_is_told(browser: str, theory: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = f"""{ACTIONS}
      const bubbles = true, focus = new FocusEvent('focusin', {{ bubbles }});
      const over = new PointerEvent('pointerover', {{ bubbles }});
      seen.hint = told().length; choose(1, 2); act(at('nqpf'), focus); seen.box = told();
      choose(2, 2); seen.other = told(); act(at('leap_means>nqpf'), over); seen.arrow = told();
      act(one('.drawing.zh svg'), new PointerEvent('pointerleave')); seen.back = told()[0];
      one('[data-language=en]').click(); seen.english = told(); seen.output = one('output').textContent;
      seen.stops = all('.drawing.en [tabindex="0"]').map((item) => item.dataset.node);
    """
    seen: dict[str, Any] = tried(browser, theory, tmp_path, steps)
    assert seen["hint"] == 1
    assert seen["box"][0].startswith("新质生产力")
    assert "甲，2022年" in seen["box"][0]
    assert {"0.76", "第11位", "研发强度"} <= set(seen["box"])
    assert "第22位" in seen["other"]
    assert seen["arrow"][0] == "更高技术的劳动资料 — 基本内涵 → 新质生产力"
    assert "与所述方向相反" in seen["arrow"]
    assert seen["back"].startswith("新质生产力")
    assert {"22nd", "R&D", "Rank"} <= set(seen["english"])
    assert seen["output"] == "2022"
    assert seen["stops"] == ["nqpf"]


@pytest.mark.slow
def test_arrow_keys_go_from_one_to_the_next(browser: str, theory: tuple[Chapter, ...], tmp_path: Path) -> None:
    steps = f"""{ACTIONS}
      one('.drawing.zh [tabindex="0"]').focus();
      seen.way = [now(), key('ArrowRight'), key('ArrowDown'), key('ArrowUp'), key('Home'), key('ArrowLeft')];
      seen.last = key('End'); seen.round = key('ArrowRight'); seen.other = key('x');
    """
    seen: dict[str, Any] = tried(browser, theory, tmp_path, steps)
    assert seen["way"][:5] == ["cause_tech", "cause_factor", "cause_industry", "cause_factor", "cause_tech"]
    assert seen["way"][5] == seen["last"]
    assert ">" in seen["last"]
    assert seen["round"] == seen["other"] == "cause_tech"


AXE = "AXE"
"""Names the file ``axe.min.js`` in the environment; ``npm pack axe-core`` brings it, it is no part of this project."""
STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_no_violation(
    browser: str, chapters: tuple[Chapter, ...], theory: tuple[Chapter, ...], tmp_path: Path, lang: str
) -> None:
    where = os.environ.get(AXE)
    if not where:
        pytest.skip("set AXE to the path of axe.min.js (npm pack axe-core)")
    axe = Path(where).read_text(encoding="utf-8").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    steps = f"""
      one('[data-language={lang}]').click(); await wait();
      dispatchEvent(new Event('beforeprint')); await wait(); await wait();
      const runOnly = {{ type: 'tag', values: {json.dumps(STANDARD)} }};
      const {{ violations }} = await axe.run(document, {{ runOnly }});
      seen.found = violations.map(({{ id, nodes }}) => [id, nodes.map((node) => node.target.join(' '))]);
      seen.version = axe.version;
    """
    seen = tried(browser, (*chapters, *named_apart(theory)), tmp_path, steps, before=axe)
    assert seen["version"]
    assert seen["found"] == []


def named_apart(theory: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """Return the living diagram under a name that the sample report has not taken."""
    (chapter,) = theory
    figure = diagram_of("a", 2021)
    return (
        Chapter(
            "theory",
            chapter.title,
            (Figure("living", figure.title, figure.caption, figure.data, figure.draw, live=figure.live),),
        ),
    )
