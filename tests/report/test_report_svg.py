from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from nqpf.report.svg import inline_svg


def picture(inside: str) -> ET.Element:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="root">'
    return ET.fromstring(inline_svg(f"{head}{inside}</svg>", "f-zh"))


def test_ids_and_what_refers_to_them_are_renamed() -> None:
    root = picture(
        '<marker id="m"/><g id="g" aria-labelledby="m g" style="fill: url(#m)"/>'
        '<path marker-end="url(#m)"/><use xlink:href="#g"/><use href="#elsewhere"/>'
    )
    assert root.get("id") == "f-zh"
    assert root[0].get("id") == "f-zh-m"
    assert (root[1].get("aria-labelledby"), root[1].get("style")) == ("f-zh-m f-zh-g", "fill: url(#f-zh-m)")
    assert root[2].get("marker-end") == "url(#f-zh-m)"
    assert (root[3].get("href"), root[4].get("href")) == ("#f-zh-g", "#elsewhere")


def test_nothing_in_it_runs_or_loads() -> None:
    root = picture(
        '<script>alert(1)</script><g onclick="alert(1)"><foreignObject/></g>'
        '<image href="https://example.org/a.png"/><image href="data:image/png;base64,AA=="/>'
    )
    assert [child.tag for child in root] == ["g", "image", "image"]
    assert (root[0].attrib, list(root[0])) == ({}, [])
    assert [image.get("href") for image in root[1:]] == [None, "data:image/png;base64,AA=="]


def test_styles_hold_in_their_own_picture_only() -> None:
    css = "svg text, .a > .b {fill: #abc} @media print {#m:hover {fill: url(#m)}} @keyframes k {0% {x: 1}} .c{fill:red}"
    root = picture(f"<style>{css.replace('>', '&gt;')}</style><marker id='m'/>")
    assert " ".join((root[0].text or "").split()) == (
        "#f-zh text, #f-zh .a > .b {fill: #abc} @media print { #f-zh #f-zh-m:hover {fill: url(#f-zh-m)}}"
        " @keyframes k { 0% {x: 1}} #f-zh .c {fill:red}"
    )


def test_a_broken_document_is_refused() -> None:
    with pytest.raises(ET.ParseError):
        inline_svg("<svg><g></svg>", "f")
