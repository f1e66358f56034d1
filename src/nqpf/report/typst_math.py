r"""Formulas for the PDF: from the LaTeX of the registries to the mathematics of typst.

A formula is cut where LaTeX puts ``\quad``, so that its parts can stand on several lines. Whatever is not known here
makes the whole formula unknown: a formula is set as it is meant, or shown as LaTeX, never half understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from nqpf.report.latex_commands import (
    ACCENTS,
    AROUND,
    BRACES,
    CHARACTERS,
    FRACTIONS,
    LIMITS,
    OPERATORS,
    SIZES,
    SPACES,
    SYMBOLS,
    WORDS,
)
from nqpf.report.typst_code import string

_BLANKS = ("\\,", "\\:", "\\;", "\\ ")
TOKEN = re.compile(r"\\(?:begin|end)\s*\{[a-z*]+\}|\\operatorname\s*\*|\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL)


class _Unknown(Exception):
    """A formula holds something that is not known here."""


class _Atom(NamedTuple):
    """Something that can carry an index: typst's code, and whether it is a space."""

    code: str
    blank: bool = False


def typst_math(latex: str) -> tuple[str, ...] | None:
    r"""Return a formula as typst writes mathematics, in the parts between its wide spaces.

    Parameters
    ----------
    latex
        Mathematics in LaTeX, without dollar signs.

    Returns
    -------
    tuple of str or None
        The parts, each fit to stand between dollar signs; None if something in `latex` is not known. Letters of the
        formula stand apart, so none of it is taken for a name of typst, and its text stands in string literals.

    Examples
    --------
    >>> typst_math(r"w_j = \frac{1}{n},\quad \bar x \ge 0")
    ('attach(w, b: j)\\=frac(1, n)\\,', 'macron(x)≥0')
    >>> typst_math(r"\unheardof{x}") is None
    True
    """
    try:
        return _Reader(latex).parts()
    except (_Unknown, IndexError, RecursionError):
        return None


def _joined(codes: list[str]) -> str:
    """Return codes side by side; an empty comment keeps letters from growing into one name, and is no space."""
    whole = ""
    for code in codes:
        apart = whole[-1:].isalnum() and code[:1].isalnum()
        whole += ("/**/" if apart else "") + code
    return whole


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, latex: str) -> None:
        found: list[str] = TOKEN.findall(latex)
        self.tokens = [re.sub(r"\s+", "", t) if len(t) > 2 else t for t in found]
        self.at = 0

    def parts(self) -> tuple[str, ...]:
        """Return the parts of the formula between its wide spaces."""
        found: list[list[str]] = [[]]
        while self.at < len(self.tokens):
            if self._peek() in ("\\quad", "\\qquad", "\\\\"):
                self.at += 1
                found.append([])
            else:
                found[-1].append(self._item())
        return tuple(code for part in found if (code := _joined(part)))

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _skip_blanks(self) -> None:
        while self._peek().isspace():
            self.at += 1

    def _item(self) -> str:
        """Return the next atom with its indices."""
        base = self._atom()
        if base.blank:
            return base.code
        below, above = "", ""
        while True:
            start = self.at
            self._skip_blanks()
            sign = self._peek()
            if sign == "_" and not below:
                self.at += 1
                below = self._argument()
            elif sign == "^" and not above:
                self.at += 1
                above = self._argument()
            elif sign == "'" and not above:
                self.at += 1
                above = "′"
            elif sign and sign in "_^'":
                raise _Unknown(sign)
            else:
                self.at = start
                break
        places = [f"b: {below}"] * bool(below) + [f"t: {above}"] * bool(above)
        return f"attach({', '.join([base.code or 'zws', *places])})" if places else base.code

    def _atom(self) -> _Atom:
        token = self._take()
        if token.isspace():
            return _Atom("", blank=True)
        if token == "{":
            return _Atom(self._group("}"))
        if token in ("}", "&", "^", "_", "$", "#", "%"):
            raise _Unknown(token)
        if token.startswith("\\"):
            return self._command(token[1:])
        if token in CHARACTERS:
            return _Atom(CHARACTERS[token])
        if token.isalnum() and token.isascii():
            return _Atom(token + (self._digits() if token.isdigit() else ""))
        # A sign of typst's own is escaped; a character beyond ASCII stands for itself.
        return _Atom(f"\\{token}" if token.isascii() else token)

    def _digits(self) -> str:
        """Return the rest of a number: digits, and a point with a digit after it."""
        rest = ""
        while self._peek().isdigit() or (self._peek() == "." and "".join(self.tokens[self.at + 1 :])[:1].isdigit()):
            rest += self._take()
        return rest

    def _group(self, end: str) -> str:
        """Return everything up to `end`, which is taken too."""
        codes: list[str] = []
        while self._peek() != end:
            if not self._peek():
                raise _Unknown(end)
            codes.append(self._item())
        self.at += 1
        return _joined(codes)

    def _argument(self) -> str:
        """Return the argument of a command or the content of an index: a group, or one atom; a number is one digit."""
        self._skip_blanks()
        if self._peek().isdigit():
            return self._take()
        return self._atom().code or "zws"

    def _command(self, name: str) -> _Atom:
        if name in SYMBOLS:
            return _Atom(SYMBOLS[name])
        if name in SPACES:
            return _Atom(SPACES[name], blank=True)
        if name in OPERATORS or name in LIMITS:
            return _Atom(_operator(name, name in LIMITS))
        if name in ACCENTS:
            return _Atom(f"{ACCENTS[name]}({self._argument()})")
        if name in AROUND:
            return _Atom(f"{AROUND[name]}({self._argument()})" + ")" * AROUND[name].count("("))
        if name in FRACTIONS:
            return _Atom(FRACTIONS[name].format(self._argument(), self._argument()))
        if name in WORDS:
            return _Atom(self._words(name))
        read = self._special(name)
        if read is None:
            raise _Unknown(name)
        return _Atom(read())

    def _special(self, name: str) -> Callable[[], str] | None:
        """Return how a command with a syntax of its own is read, or None if it is not known."""
        if name in BRACES:
            return lambda: self._brace(name)
        if name in SIZES or (name[:-1] in SIZES and name[-1] in "lrm"):
            size = SIZES[name if name in SIZES else name[:-1]]
            return lambda: f"lr(size: #{size}em, {self._delimiter()})"
        known = {"sqrt": self._root, "left": self._fence, "binom": self._binomial, "begin{cases}": self._cases}
        return known.get(name)

    def _brace(self, name: str) -> str:
        """Return a brace below or above, with the words at it."""
        body = self._argument()
        self._skip_blanks()
        if self._peek() != BRACES[name]:
            return f"{name}({body})"
        self.at += 1
        return f"{name}({body}, {self._argument()})"

    def _root(self) -> str:
        self._skip_blanks()
        if self._peek() != "[":
            return f"sqrt({self._argument()})"
        self.at += 1
        degree = self._group("]")
        return f"root({degree}, {self._argument()})"

    def _binomial(self) -> str:
        return f"binom({self._argument()}, {self._argument()})"

    def _fence(self) -> str:
        left = self._delimiter()
        codes = [left]
        while self._peek() != "\\right":
            if not self._peek():
                raise _Unknown("left")
            if self._peek() == "\\middle":
                self.at += 1
                codes.append(f"mid({self._delimiter()})")
            else:
                codes.append(self._item())
        self.at += 1
        return f"lr({_joined([*codes, self._delimiter()])})"

    def _delimiter(self) -> str:
        self._skip_blanks()
        token = self._take()
        if token == ".":
            return ""
        if token in "()[]|/" or token in ("\\{", "\\}"):
            return f"\\{token[-1]}"
        if token.startswith("\\") and token[1:] in SYMBOLS:
            return SYMBOLS[token[1:]]
        raise _Unknown(token)

    def _cases(self) -> str:
        """Return a case distinction: value, wide space, condition in every row."""
        rows: list[list[list[str]]] = [[[]]]
        while self._peek() != "\\end{cases}":
            token = self._peek()
            if not token:
                raise _Unknown("cases")
            if token == "&":
                self.at += 1
                rows[-1].append([])
            elif token == "\\\\":
                self.at += 1
                rows.append([[]])
            else:
                rows[-1][-1].append(self._item())
        self.at += 1
        lines = [" quad&&".join(map(_joined, row)) for row in rows if any(map(any, row))]
        return f"cases({', '.join('&' + line for line in lines)})"

    def _words(self, name: str) -> str:
        """Return upright words: text as it is written, names of operators and quantities."""
        self._skip_blanks()
        if self._peek() != "{":
            return string(self._take())
        end = self._closing()
        inside = self.tokens[self.at + 1 : end]
        raw = "".join(inside)
        self.at = end + 1
        closed = "".join("\N{NO-BREAK SPACE}" if t in _BLANKS else t for t in inside if not t.isspace())
        words = raw if name.startswith("text") else closed
        words = re.sub(r"\\([%#&_${}])", r"\1", words)
        if "\\" in words and name == "mathrm":
            return f"upright({_Reader(raw)._all()})"
        if "\\" in words:
            raise _Unknown(words)
        return _operator(words, name.endswith("*")) if name.startswith("operatorname") else string(words)

    def _all(self) -> str:
        codes: list[str] = []
        while self.at < len(self.tokens):
            codes.append(self._item())
        return _joined(codes)

    def _closing(self) -> int:
        """Return where the group that begins here ends."""
        depth = 0
        for place in range(self.at, len(self.tokens)):
            depth += {"{": 1, "}": -1}.get(self.tokens[place], 0)
            if depth == 0:
                return place
        raise _Unknown("{")


def _operator(name: str, limits: bool) -> str:
    return f"op({string(name)}{', limits: #true' if limits else ''})"
