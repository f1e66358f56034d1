"""The report as one web page: both languages, tables, live charts and formulas in a file that needs no network.

The page may run its own two scripts and nothing else: its content security policy names them by their hashes and
forbids every address. Charts are drawn by Vega-Embed, whose script comes with vl-convert.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jinja2
import vl_convert
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from nqpf.chapters.blocks import Chapter, Column, Table
from nqpf.messages import LANGUAGES, Lang, Text, say
from nqpf.report.cells import Cell, cells
from nqpf.report.specs import Specs, expected_height
from nqpf.report.svg import inline_svg
from nqpf.report.walk import Outline, anchor, outline

MOST_ROWS = 2_000
"""A page shows no more rows of a table than a browser sorts and scrolls with ease; the files hold them all."""

WIDEST_WORDS = 15
"""Ems a column of words is given at most before its words go over several lines."""

TAGS = {"zh": "zh-CN", "en": "en"}
_PAGE_WORDS = ("script_error", "save_menu", "save_svg", "save_png")


def render_html(
    *,
    title: Text,
    subtitle: Text,
    chapters: Sequence[Chapter],
    facts: Sequence[tuple[Text, Text]],
    lang: Lang,
) -> str:
    """Return the report as a web page that is complete in itself.

    Parameters
    ----------
    title, subtitle
        Head of the page.
    chapters
        Chapters in reading order.
    facts
        Name and value of what a reader must know first: study, data, version, hash of the specification.
    lang
        Language in which the page opens; the reader can switch.

    Returns
    -------
    str
        HTML. The same input gives the same text.

    Raises
    ------
    ValueError
        Two blocks have the same id.

    Examples
    --------
    >>> page = render_html(title=Text("报告", "Report"), subtitle=Text("", ""), chapters=[], facts=[], lang="en")
    >>> page.splitlines()[1]
    '<html lang="en">'
    """
    places = outline(chapters)
    specs, drawings = Specs(), {}
    lives: dict[str, Mapping[str, Any]] = {}
    for place, figure in places.figures():
        drawn = {code: figure.drawn(code) for code in LANGUAGES}
        drawings[place.anchor] = _drawing(place.anchor, drawn, specs)
        if figure.live is not None:
            lives[place.anchor] = figure.live()
    scripts = [_script("living.js") + _script("report.js")] + ([_chart_script()] if specs.charts else [])
    return _template(lang, places, drawings, lives).render(
        title=title,
        subtitle=subtitle,
        chapters=chapters,
        facts=facts,
        tag=TAGS[lang],
        policy=_policy(scripts),
        css=Markup(_resource("report.css")),
        scripts=[Markup(script) for script in scripts],
        data=Markup(_json({"words": _words(), "charts": specs.charts, "parts": specs.parts, "live": lives})),
    )


def _template(
    lang: Lang, places: Outline, drawings: Mapping[str, Markup], lives: Mapping[str, Mapping[str, Any]]
) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=_spans,
        say=lambda key, **values: say(f"report.{key}", **values),
        page_lang=lang,
        both=lambda text, attribute=None: _both(text, lang, attribute),
        kind=lambda block: type(block).__name__.lower(),
        place=lambda block: places.find(block.id),
        target=lambda finding: places.find(finding.place),
        drawing=lambda block: drawings[anchor(block.id)],
        live=lambda block: lives.get(anchor(block.id)),
        heading=lambda place: min(place.level + 1, 6),
        rows=_rows,
        widths=_widths,
        most_rows=MOST_ROWS,
        mathml=lambda formula: Markup(convert(formula.latex, display="block")),
    )
    return environment.get_template("report.html.j2")


def _drawing(name: str, drawn: dict[Lang, dict[str, Any] | str], specs: Specs) -> Markup:
    """Return what stands in the page for a figure: the box of a chart, or the picture in both languages."""
    pictures = []
    height = 0
    for lang, picture in drawn.items():
        if isinstance(picture, str):
            svg = Markup(inline_svg(picture, f"{name}-{lang}"))
            pictures.append(Markup('<div class="drawing {}" lang="{}">{}</div>').format(lang, TAGS[lang], svg))
        else:
            specs.add(name, lang, picture)
            height = max(height, expected_height(picture))
    waiting = _spans(say("report.chart_waiting"))
    chart = Markup('<div class="chart" data-chart="{}" style="min-height:{}px"><p class="waiting">{}</p></div>')
    return Markup("").join(pictures) if pictures else chart.format(name, height, waiting)


def _rows(table: Table) -> list[tuple[Cell, ...]]:
    shown = table.frame.head(MOST_ROWS)
    return list(zip(*(cells(shown, column) for column in table.columns), strict=True))


def _widths(table: Table, column: Column) -> dict[Lang, int]:
    """Return the room a column of words asks for in either language, in ems: a Han character takes one."""
    found = cells(table.frame.head(MOST_ROWS), column)
    longest = {code: max((_ems(cell.text[code]) for cell in found), default=0.0) for code in LANGUAGES}
    return {code: math.ceil(min(length, WIDEST_WORDS)) for code, length in longest.items()}


def _ems(text: str) -> float:
    return sum(1.0 if ord(c) > 0x2E7F else 0.55 for c in text)


def _spans(text: Text) -> Markup:
    """Return both languages of a text; the style sheet shows the one of the page."""
    if text.zh == text.en:
        return escape(text.zh)
    spans = Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>')
    return spans.format(text.zh, text.en)


def _both(text: Text | Mapping[str, str], lang: Lang, attribute: str | None) -> Markup:
    """Return attributes by which the script puts a text where no element can stand: an option, a label, a title."""
    pair = Markup('data-zh="{}" data-en="{}"').format(text["zh"], text["en"])
    if attribute is None:
        return pair
    return Markup('{}="{}" data-to="{}" {}').format(attribute, text[lang], attribute, pair)


def _words() -> dict[Lang, dict[str, str]]:
    return {lang: {key: say(f"report.{key}")[lang] for key in _PAGE_WORDS} for lang in LANGUAGES}


@cache
def _resource(name: str) -> str:
    text = resources.files("nqpf.report").joinpath("templates", name).read_text(encoding="utf-8")
    # A checkout on Windows may have carriage returns, which would change the page and the hashes in it.
    return text.replace("\r\n", "\n")


def _script(name: str) -> str:
    return _safe(_resource(name))


@cache
def _chart_script() -> str:
    return _safe(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _safe(script: str) -> str:
    """Return `script` with nothing in it that HTML would take for the end of a script."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _json(content: Any) -> str:
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _policy(scripts: Sequence[str]) -> str:
    """Return the content security policy: these scripts, styles in the page, pictures in the page, no address."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
