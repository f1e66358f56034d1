"""The lines of a web page, each character with its line and column in the file.

White space is folded as browsers do, and dropped where a line of the mark-up ends between two Chinese characters (CSS
Text Module Level 3, 4.1.3: segment breaks, https://www.w3.org/TR/css-text-3/).
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser

from nqpf.text.reading.lines import Line

UNSEEN = frozenset(
    (
        "script", "style", "noscript", "template", "head", "rt", "rp", "svg", "select", "textarea", "object",
    )
)  # fmt: skip
VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    )
)  # fmt: skip
BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
        "table", "tbody", "tfoot", "thead", "tr", "ul",
    )
)  # fmt: skip
STYLES = {f"h{n}": f"h{n}" for n in range(1, 7)} | {"li": "list", "caption": "caption", "figcaption": "caption"}
CELLS = frozenset(("td", "th"))
BOLD = frozenset(("b", "strong"))
SPACE = re.compile(r"([ \t\n\f]+)")
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff“”‘’…—]")


def page_lines(text: str) -> list[Line]:
    """Return the lines of a page, lines of the file parted by line feeds."""
    page = _Page()
    page.feed(text)
    page.close()
    page.end_line()
    return page.lines


class _Page(HTMLParser):
    """Collects lines as tags and data come by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.lines: list[Line] = []
        self._open: list[tuple[str, bool]] = []
        """Tags that are open, and whether they hide what is in them."""
        self._opened: Counter[str] = Counter()
        self._hidden = 0
        self._start()

    def _start(self) -> None:
        self._parts: list[str] = []
        self._marks: list[tuple[int, int, int]] = []
        self._length = 0
        self._next = (0, 0)
        """Line and column in the file that would go on without a new mark."""
        self._space: tuple[int, int, bool] | None = None
        self._cells = 0
        self._style = ""
        self._all_bold = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end_line()
        if tag in VOID:
            return
        if tag == "body":
            while self._open:
                self._pop()
        if tag in CELLS and not self._hidden and self._cells_before():
            self._put("\t", *self._position())
        hides = tag in UNSEEN or any(name == "hidden" for name, _ in attrs)
        self._open.append((tag, hides))
        self._opened[tag] += 1
        self._hidden += hides

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_line()
        while self._opened[tag]:
            if self._pop() == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        row, column = self._position()
        for part in SPACE.split(data):
            if not part:
                continue
            self._written(part, row, column)
            breaks = part.count("\n")
            row, column = (row + breaks, len(part) - part.rfind("\n")) if breaks else (row, column + len(part))

    def handle_entityref(self, name: str) -> None:
        self._entity(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._entity(f"&#{name};")

    def end_line(self) -> None:
        """Close the line that is being collected, if there is anything in it."""
        text = "".join(self._parts)
        if text.strip():
            style = self._style or ("cell" if self._cells else "bold" if self._all_bold else "")
            self.lines.append(Line(text, style, tuple(self._marks)))
        self._start()

    def _position(self) -> tuple[int, int]:
        row, column = self.getpos()
        return row, column + 1

    def _pop(self) -> str:
        tag, hides = self._open.pop()
        self._opened[tag] -= 1
        self._hidden -= hides
        return tag

    def _cells_before(self) -> bool:
        """Say whether a cell of the same row has been written; the row is then one of a table, not of a lay-out."""
        self._cells += bool(self._parts)
        return bool(self._parts)

    def _entity(self, written: str) -> None:
        if not self._hidden:
            self._written(unescape(written), *self._position())

    def _written(self, part: str, row: int, column: int) -> None:
        """Take characters from a place: blanks wait until it is known what follows them."""
        if self._opened["pre"]:
            self._kept(part, row, column)
        elif part.isspace() and SPACE.fullmatch(part):
            if self._space is None:
                self._space = (row, column, "\n" in part)
        else:
            self._put_space(part[0])
            self._put(part, row, column)

    def _kept(self, part: str, row: int, column: int) -> None:
        """Take characters whose blanks and line ends count."""
        for number, line in enumerate(part.split("\n")):
            if number:
                self.end_line()
                row, column = row + 1, 1
            if line:
                self._put(line, row, column)

    def _put_space(self, after: str) -> None:
        space, self._space = self._space, None
        if space is None or not self._parts or self._parts[-1] == "\t":
            return
        row, column, broken = space
        if not (broken and CHINESE.match(self._parts[-1][-1]) and CHINESE.match(after)):
            self._put(" ", row, column)

    def _put(self, text: str, row: int, column: int) -> None:
        if (row, column) != self._next:
            self._marks.append((self._length, row, column))
        if not self._parts:
            self._style = next((word for tag, word in STYLES.items() if self._opened[tag]), "")
        self._parts.append(text)
        self._length += len(text)
        self._next = (row, column + len(text))
        self._all_bold &= not text.strip() or any(self._opened[tag] for tag in BOLD)
