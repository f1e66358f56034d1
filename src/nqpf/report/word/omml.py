"""MathML to the equations of Word (Office Math Markup, ECMA-376 part 1 §22.1), which stay editable there.

Sums and products become n-ary operators with what they run over, limits without a value leave no empty box, and names
of functions are upright.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nqpf.report.word.mathml import (
    Element,
    argument_end,
    base_of,
    flat,
    is_function,
    is_nary,
    local,
    opens_cases,
    operand_end,
    pairs,
    sign_of,
)
from nqpf.report.word.nodes import Node, clean, name, node

ACCENTS = {"^": "\u0302", "~": "\u0303", "→": "\u20d7", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "ˇ": "\u030c"}
BARS = frozenset("¯―‾_")
BRACES = {"⏟": "bot", "⏞": "top", "⎵": "bot", "⎴": "top"}
SCRIPTS = {
    "msub": ("m:sSub", ("m:sub",)),
    "msup": ("m:sSup", ("m:sup",)),
    "msubsup": ("m:sSubSup", ("m:sub", "m:sup")),
}
TEXT_SIGNS = {"#": "#", "*": "*", "∼": "\u2005∼\u2005"}
"""Signs that are text, and how they are written."""
SPACES = ((1.5, "\u2003\u2003"), (0.8, "\u2003"), (0.4, "\u2002"), (0.25, "\u2005"), (0.0, "\u2009"))
"""Widths in ems from which a space is written as these characters."""


def omml(elements: Sequence[Element]) -> list[Node]:
    """Return the content of an ``m:oMath`` for a row of MathML elements.

    Examples
    --------
    >>> from xml.etree import ElementTree
    >>> tree = ElementTree.fromstring("<mrow><mi>x</mi><mo>=</mo><mn>1</mn></mrow>")
    >>> [n.findtext(name("m:t")) for n in omml([tree])]
    ['x', '=', '1']
    """
    return _row(flat(elements))


def _row(items: Sequence[Element]) -> list[Node]:
    made: list[Node] = []
    closed_at = pairs(items)
    at = 0
    while at < len(items):
        item = items[at]
        if (end := closed_at.get(at)) is not None:
            made.append(_delimited(item, items[at + 1 : end], items[end]))
            at = end + 1
        elif opens_cases(items, at):
            made.append(_delimited(item, items[at + 1 : at + 2], None))
            at += 2
        elif is_nary(item):
            end = operand_end(items, at + 1, closed_at)
            made.append(_nary(item, items[at + 1 : end]))
            at = end
        elif is_function(item):
            end = argument_end(items, at + 1, closed_at)
            argument = _row(items[at + 1 : end])
            made += [node("m:func", node("m:fName", *_one(item)), _e(argument))] if argument else _one(item)
            at = end
        else:
            made += _one(item)
            at += 1
    return _joined(made)


def _one(element: Element) -> list[Node]:
    """Return the nodes of one element."""
    return WRITERS.get(local(element), _words)(element)


def _arguments(element: Element) -> list[list[Node]]:
    """Return the nodes of each child of an element with a fixed number of children."""
    return [_slot(child) for child in element]


def _slot(element: Element) -> list[Node]:
    """Return the nodes of a child; a sign that stands alone (an exponent ``+``) is text."""
    items = flat([element])
    if len(items) == 1 and (sign := sign_of(items[0])):
        return [_run(sign, node("m:nor"))]
    return _row(items)


def _e(content: Sequence[Node], tag: str = "m:e") -> Node:
    """Return a slot of a structure; Word draws a box in an empty one, so an empty base holds a space without width."""
    return node(tag, *(content or ([_run("\u200b", None)] if tag == "m:e" else [])))


def _words(element: Element) -> list[Node]:
    """Return a run: letters of a variable are slanted, names of functions, units and words upright.

    What is upright, and a sign that no operand follows, is text to Word; as mathematics, LibreOffice would slant the
    one and miss an operand at the other.
    """
    text = element.text or ""
    if not text:
        return []
    if element.get("mathvariant") == "bold":
        return [_run(text, node("m:sty", val="b"))]
    if text in TEXT_SIGNS:
        return [_run(TEXT_SIGNS[text], node("m:nor"))]
    kind = local(element)
    is_name = kind in ("mi", "mo") and ((text.isalpha() and len(text) > 1) or element.get("mathvariant") == "normal")
    return [_run(text, node("m:nor") if kind == "mtext" or is_name else None)]


def _run(text: str, style: Node | None) -> Node:
    fonts = node("w:rFonts", ascii="Cambria Math", hAnsi="Cambria Math")
    made = node("m:r", None if style is None else node("m:rPr", style), node("w:rPr", fonts), node("m:t"))
    made[-1].text = clean(text)
    made[-1].set(name("xml:space"), "preserve")
    return made


def _joined(nodes: Sequence[Node]) -> list[Node]:
    """Return nodes with neighbouring runs of the same upright style made one, so that names stay together."""
    made: list[Node] = []
    for each in nodes:
        if made and _style(each) is not None and _style(each) == _style(made[-1]):
            made[-1].find(name("m:t")).text += each.findtext(name("m:t"))
        else:
            made.append(each)
    return made


def _style(run: Node) -> tuple[str, str | None] | None:
    properties = run.find(name("m:rPr")) if run.tag == name("m:r") else None
    return None if properties is None else (properties[0].tag, properties[0].get(name("m:val")))


def _space(element: Element) -> list[Node]:
    width = element.get("width", "0")
    ems = float(width.removesuffix("em")) if width.endswith("em") else 0.0
    if ems <= 0:
        return []
    return [_run(next(signs for least, signs in SPACES if ems >= least), None)]


def _scripts(element: Element) -> list[Node]:
    tag, parts = SCRIPTS[local(element)]
    base, *scripts = _arguments(element)
    return [node(tag, _e(base), *(_e(script, part) for script, part in zip(scripts, parts, strict=True)))]


def _limit(tag: str) -> Callable[[Element], list[Node]]:
    def write(element: Element) -> list[Node]:
        if (brace := _brace(element)) is not None:
            return [brace]
        base, limit = _arguments(element)
        return [node(tag, _e(base), _e(limit, "m:lim"))]

    return write


def _both_limits(element: Element) -> list[Node]:
    base, under, over = _arguments(element)
    low = node("m:limLow", _e(base), _e(under, "m:lim"))
    return [node("m:limUpp", _e([low]), _e(over, "m:lim"))]


def _brace(element: Element) -> Node | None:
    """Return a brace below or above its content, or None if the limit is no brace."""
    sign = (element[1].text or "").strip()
    if sign not in BRACES:
        return None
    below = BRACES[sign] == "bot"
    position = [node("m:pos", val=BRACES[sign]), node("m:vertJc", val="top" if below else "bot")]
    properties = node("m:groupChrPr", node("m:chr", val=sign), *position)
    return node("m:groupChr", properties, _e(_row(flat([element[0]]))))


def _over(element: Element) -> list[Node]:
    sign = (element[1].text or "").strip() if len(element) > 1 else ""
    base = _row(flat([element[0]]))
    if sign in BARS:
        return [node("m:bar", node("m:barPr", node("m:pos", val="top")), _e(base))]
    if sign in ACCENTS:
        return [node("m:acc", node("m:accPr", node("m:chr", val=ACCENTS[sign])), _e(base))]
    return _limit("m:limUpp")(element)


def _fraction(element: Element) -> list[Node]:
    over, under = _arguments(element)
    bare = element.get("linethickness", "") in ("0", "0px", "0em")
    kind = node("m:fPr", node("m:type", val="noBar")) if bare else None
    return [node("m:f", kind, _e(over, "m:num"), _e(under, "m:den"))]


def _square_root(element: Element) -> list[Node]:
    hidden = node("m:radPr", node("m:degHide", val=1))
    return [node("m:rad", hidden, node("m:deg"), _e(_row(flat(list(element)))))]


def _root(element: Element) -> list[Node]:
    base, degree = _arguments(element)
    return [node("m:rad", _e(degree, "m:deg"), _e(base))]


def _matrix(element: Element) -> list[Node]:
    rows = [[_row(flat(list(cell))) for cell in row] for row in element]
    sides = [cell.get("columnalign", "center") for cell in element[0]] if len(element) else []
    columns = [node("m:mc", node("m:mcPr", node("m:count", val=1), node("m:mcJc", val=side))) for side in sides]
    properties = node("m:mPr", node("m:mcs", *columns))
    return [node("m:m", properties, *(node("m:mr", *(_e(cell) for cell in row)) for row in rows))]


WRITERS: dict[str, Callable[[Element], list[Node]]] = {
    "mspace": _space,
    "msub": _scripts,
    "msup": _scripts,
    "msubsup": _scripts,
    "munder": _limit("m:limLow"),
    "mover": _over,
    "munderover": _both_limits,
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "mtable": _matrix,
}


def _delimited(opening: Element, inside: Sequence[Element], closing: Element | None) -> Node:
    last = "" if closing is None else base_of(closing).text or ""
    signs = [node("m:begChr", val=opening.text or ""), node("m:endChr", val=last)]
    made = node("m:d", node("m:dPr", *signs), _e(_row(inside)))
    if closing is None or local(closing) not in SCRIPTS:
        return made
    scripts = [_slot(child) for child in list(closing)[1:]]
    tag, parts = SCRIPTS[local(closing)]
    return node(tag, _e([made]), *(_e(script, part) for script, part in zip(scripts, parts, strict=True)))


def _nary(element: Element, operand: Sequence[Element]) -> Node:
    kind = local(element)
    sign = sign_of(base_of(element))
    limits = [_slot(child) for child in list(element)[1:]] if kind != "mo" else []
    below = limits[0] if kind in ("msub", "munder", "msubsup", "munderover") else []
    above = limits[-1] if kind in ("msup", "mover", "msubsup", "munderover") else []
    beside = kind in ("msub", "msup", "msubsup") or sign in "∫∬∭∮"
    properties = [node("m:chr", val=sign), node("m:limLoc", val="subSup" if beside else "undOvr")]
    properties += [node(f"m:{part}Hide", val=1) for part, given in (("sub", below), ("sup", above)) if not given]
    return node("m:nary", node("m:naryPr", *properties), _e(below, "m:sub"), _e(above, "m:sup"), _e(_row(operand)))
