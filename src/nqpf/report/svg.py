"""Fits an SVG document into a web page among others: ids and styles are its own, and nothing in it runs."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_NAMESPACES = {"http://www.w3.org/XML/1998/namespace": "xml:"}
_ID_LISTS = frozenset(("aria-labelledby", "aria-describedby"))


def inline_svg(document: str, name: str) -> str:
    """Return `document` as an ``<svg>`` element for a page.

    Parameters
    ----------
    document
        An SVG document.
    name
        Unique in the page. It becomes the id of the element and starts every id inside it; rules of a style sheet
        inside apply to this picture only. Scripts, event handlers and references to other files are left out.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        `document` is not well-formed.

    Examples
    --------
    >>> inline_svg('<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/><use href="#a"/></svg>', "f")
    '<svg id="f"><g id="f-a" /><use href="#f-a" /></svg>'
    """
    root = ET.fromstring(document)
    ids = {element.get("id", "") for element in root.iter()} - {""}
    own = root.get("id")
    names = {id: name if id == own else f"{name}-{id}" for id in ids}
    _clean(root)
    for element in root.iter():
        element.attrib = {key: _renamed(key, value, names) for key, value in element.attrib.items()}
        if element.tag == "style":
            element.text = _scoped(element.text or "", name, names)
    root.attrib = {"id": name, **{key: value for key, value in root.attrib.items() if key != "id"}}
    root.tail = None
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element) -> None:
    """Drop what runs or loads, and the namespaces that HTML implies."""
    element.tag = _local(element.tag)
    kept = {_local(key): value for key, value in element.attrib.items()}
    element.attrib = {
        key: value
        for key, value in kept.items()
        if not key.startswith("on") and not (key == "href" and not value.startswith(("#", "data:image/")))
    }
    for child in list(element):
        if _local(child.tag) in ("script", "foreignObject"):
            element.remove(child)
        else:
            _clean(child)


def _local(name: str) -> str:
    space, _, local = name.rpartition("}")
    return _NAMESPACES.get(space.removeprefix("{"), "") + local


def _renamed(key: str, value: str, names: dict[str, str]) -> str:
    if key == "id":
        return names.get(value, value)
    if key == "href" and value.startswith("#"):
        return "#" + names.get(value[1:], value[1:])
    if key in _ID_LISTS:
        return " ".join(names.get(id, id) for id in value.split())
    return _urls(value, names)


def _urls(text: str, names: dict[str, str]) -> str:
    return re.sub(r"url\((['\"]?)#([^'\")]+)\1\)", lambda m: f"url(#{names.get(m[2], m[2])})", text)


def _scoped(css: str, name: str, names: dict[str, str]) -> str:
    """Return a style sheet whose rules hold inside the element `name` only."""

    def within(selector: str) -> str:
        own, root = re.subn(r"^(svg|:root)\b", f"#{name}", selector.strip())
        return own if root else f"#{name} {own}"

    def rule(found: re.Match[str]) -> str:
        head = found[1].strip()
        # The line of an at-rule ("@media print") and the steps of an animation select nothing.
        if head.startswith("@") or re.match(r"(from|to|[\d.]+%)", head):
            return f" {head} {{"
        listed = re.sub(r"#([\w-]+)", lambda m: "#" + names.get(m[1], m[1]), head)
        return f" {', '.join(map(within, listed.split(',')))} {{"

    return re.sub(r"([^{}]+)\{", rule, _urls(css, names))
