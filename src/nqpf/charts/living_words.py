"""What the living logic diagram says in words: in its boxes, when pointed at, and in the page beside it.

Every sentence is put together from messages with placeholders, the same here and in the page's script (`templates`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nqpf import theory
from nqpf.charts import theme
from nqpf.charts.living_state import TIERS, VERDICTS, Cell, Reading
from nqpf.messages import Lang, Text
from nqpf.theory.diagram import Edge, Node, diagram

Rows = list[tuple[str, str]]
_PLAIN = ("comma", "not_measured")
_FILLED = {
    "colon": ("term", "text"),
    "interval": ("low", "high"),
    "rank_with": ("rank", "low", "high"),
    "rank_told": ("rank", "low", "high"),
    "gauge_value": ("value", "low", "high"),
}
_TERMS = ("level", "change", "rank", "evidence", "gauge", "verdict")


def _say(key: str, lang: Lang, /, **values: Any) -> str:
    return theme.word(f"living.{key}", lang, **values)


@cache
def place(rank: int, lang: Lang) -> str:
    """Return a rank as an ordinal number.

    Examples
    --------
    >>> [place(rank, "en") for rank in (1, 2, 3, 4, 11, 22, 113)], place(3, "zh")
    (['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th'], '第3位')
    """
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return _say("place", lang, rank=rank if lang == "zh" else f"{rank}{ending}")


def templates(lang: Lang, first: int, last_rank: int) -> dict[str, Any]:
    """Return the words that the page's script puts its sentences together from.

    Parameters
    ----------
    lang
        Language.
    first
        First year.
    last_rank
        Largest rank there is.
    """
    texts: dict[str, Any] = {key: _say(key, lang) for key in _PLAIN}
    ranked = last_rank > 0  # a report that tells no ranks has no words for them either
    filled = {key: names for key, names in _FILLED.items() if ranked or "rank" not in names}
    texts |= {key: _say(key, lang, **{name: f"{{{name}}}" for name in names}) for key, names in filled.items()}
    texts["terms"] = {key: _term(key, lang, first) for key in _TERMS if ranked or key != "rank"}
    texts["tiers"] = [_say(f"tier.{tier}", lang) for tier in TIERS]
    texts["verdicts"] = [_say(f"verdict.{verdict}", lang, threshold="{threshold}") for verdict in VERDICTS]
    texts["shown"] = theme.word("in_period", lang, period="{period}")
    texts["places"] = [place(rank, lang) for rank in range(1, last_rank + 1)]
    return texts


def _term(key: str, lang: Lang, first: int) -> str:
    return _say(f"term.{key}", lang, first=first) if key == "change" else _say(f"term.{key}", lang)


@dataclass(frozen=True, slots=True)
class Words:
    """Says what is known in one language; `first` is the first year."""

    lang: Lang
    first: int

    def level(self, cell: Cell | None, lines: int) -> list[str]:
        """Return level and change over so many lines, or that there is none."""
        if cell is None:
            words = _say("not_measured", self.lang)
            return _over(words.split(" "), lines)
        return _over([f"{cell.value / 100:.2f}", *([] if cell.change is None else [_turned(cell.change)])], lines)

    def rank(self, cell: Cell | None, lines: int) -> list[str]:
        """Return rank and interval over so many lines; nothing where there is none."""
        if cell is None or cell.rank is None:
            return [""] * lines
        if cell.low is None or cell.low == cell.high:
            return [place(cell.rank, self.lang), *[""] * (lines - 1)]
        ends = {"low": cell.low, "high": cell.high}
        if lines == 1:
            return [_say("rank_with", self.lang, rank=place(cell.rank, self.lang), **ends)]
        return [place(cell.rank, self.lang), _say("interval", self.lang, **ends)]

    def sample_rank(self) -> str:
        """Return a rank with its interval as a sample."""
        return self.rank(Cell(0, None, 3, 2, 5, "many"), 1)[0]

    def cell(self, cell: Cell | None) -> Rows:
        """Return what is known of a box for one unit and year: terms and texts."""
        if cell is None:
            return [(self.term("level"), _say("not_measured", self.lang))]
        rows = [(self.term("level"), f"{cell.value / 100:.2f}")]
        if cell.change is not None:
            rows.append((self.term("change"), signed(cell.change / 100)))
        if cell.rank is not None:
            ends = [place(end, self.lang) for end in (cell.low, cell.high) if end is not None and cell.low != cell.high]
            told = place(cell.rank, self.lang)
            if ends:
                told = _say("rank_told", self.lang, rank=told, low=ends[0], high=ends[1])
            rows.append((self.term("rank"), told))
        return [*rows, (self.term("evidence"), _say(f"tier.{cell.tier}", self.lang))]

    def reading(self, node: str, reading: Reading | None) -> Rows:
        """Return what is known of a gauge for one unit and year: terms and texts."""
        what = (self.term("gauge"), _say(f"gauge.{node}", self.lang))
        if reading is None:
            return [what, (self.term("level"), _say("not_measured", self.lang))]
        return [what, (self.term("verdict"), _say("comma", self.lang).join(self.gauge(reading)))]

    def gauge(self, reading: Reading | None) -> tuple[str, str]:
        """Return value with interval, and verdict; that there is none."""
        if reading is None:
            return _say("not_measured", self.lang), ""
        value = f"{percent(reading.value)}"
        if reading.low is not None and reading.high is not None:
            ends = {"low": percent(reading.low), "high": percent(reading.high)}
            value = _say("gauge_value", self.lang, value=value, **ends)
        return value, _say(f"verdict.{reading.verdict}", self.lang, threshold=percent(reading.threshold))

    def term(self, key: str) -> str:
        """Return the name of one thing that is told."""
        return _term(key, self.lang, self.first)

    def hover(self, name: str, rows: Sequence[tuple[str, str]]) -> str:
        """Return a name and what is known, a line each."""
        return "\n".join([name, *(self._told(*row) for row in rows)])

    def label(self, name: str, rows: Sequence[tuple[str, str]]) -> str:
        """Return a name and what is known in one line, as it is read aloud."""
        comma = _say("comma", self.lang)
        return _say("colon", self.lang, term=name, text=comma.join(" ".join(row) for row in rows))

    def _told(self, term: str, text: str) -> str:
        return _say("colon", self.lang, term=term, text=text)


def about_node(node: Node, indicators: Sequence[Text], measured: bool, lang: Lang) -> Rows:
    """Return what does not change with unit and year: words and place in the documents, indicators or data needed."""
    rows = [("words", _quoted(node.phrase, node.file, node.line, lang))]
    if indicators:
        rows.append(("indicators", Text.join(indicators)[lang]))
    if not measured:
        data = list(dict.fromkeys(theory.item(id).data for id in node.items))
        rows.append(("needs", Text.join(data, "；", "; ")[lang]))
    if node.note is not None:
        rows.append(("remark", node.note[lang]))
    return [(_say(f"term.{key}", lang), text) for key, text in rows]


def name_of_edge(edge: Edge, lang: Lang) -> str:
    """Return both ends of an arrow with its words between them."""
    source, target = (diagram().node(end).title[lang] for end in (edge.source, edge.target))
    return f"{source} — {edge.label[lang]} → {target}"


def about_edge(edge: Edge, test: Mapping[str, Any], lang: Lang) -> Rows:
    """Return what stands behind an arrow: the documents' words, its test, estimate and result.

    Parameters
    ----------
    edge
        The arrow.
    test
        Its row: test, effect, low, high, q, state, reason.
    lang
        Language.
    """
    quoted = _say("inferred", lang)
    if edge.phrase and edge.file and edge.line:
        quoted = _quoted(edge.phrase, edge.file, edge.line, lang) + (f" {quoted}" if edge.inferred else "")
    rows = [("link", quoted)]
    if test["state"] == "untested":
        rows.append(
            ("result", _say(f"reason.{test['reason']}", lang) if test["reason"] else _say("state.untested", lang))
        )
    else:
        ends = {end: diagram().node(getattr(edge, end)).title[lang] for end in ("source", "target")}
        numbers = {part: signed(test[part]) for part in ("effect", "low", "high")}
        q = "< 0.001" if test["q"] < 0.001 else f"= {test['q']:.3f}"
        rows.append(("test", _say(f"test.{test['test']}", lang, **ends)))
        rows.append(("effect", _say(f"effect.{test['test']}", lang, **numbers, q=q)))
        rows.append(("result", _say(f"state.{test['state']}", lang)))
    return [(_say(f"term.{key}", lang), text) for key, text in rows]


def _quoted(phrase: str, file: str, line: int, lang: Lang) -> str:
    return _say("quoted", lang, phrase=phrase, place=f"{file}:{line}")


def signed(value: float) -> str:
    """Return a number with two decimals and its sign.

    Examples
    --------
    >>> signed(0.154), signed(-0.03), signed(0.001)
    ('+0.15', '−0.03', '0.00')
    """
    shown = round(value, 2)
    return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{abs(shown):.2f}"


def percent(value: int) -> str:
    """Return whole percent with a true minus sign."""
    return f"{'−' if value < 0 else ''}{abs(value)}%"


def _turned(change: int) -> str:
    """Return a change in hundredths with its direction."""
    return f"{'▲+' if change > 0 else '▼−' if change < 0 else '±'}{abs(change) / 100:.2f}"


def _over(parts: list[str], lines: int) -> list[str]:
    """Return parts over so many lines, the last ones together where there are more."""
    if lines == 1:
        return [" ".join(parts)]
    return [parts[0], " ".join(parts[1:]), *[""] * (lines - 2)]
