"""Figures as Word takes them: the drawing itself (SVG), a picture in dots for programs that cannot draw it, words."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from xml.etree import ElementTree

import vl_convert

from nqpf.charts.figure import Figure
from nqpf.messages import Lang
from nqpf.report.walk import Place
from nqpf.report.word.nodes import Node, node
from nqpf.report.word.package import add_part
from nqpf.report.word.sections import Room

EMU_PER_PIXEL, EMU_PER_TWIP = 9_525, 635
DOTS = 2
"""Dots of the picture for a pixel of the figure as it is printed."""
TALLEST = 0.82
"""Share of a page's height that a figure may take: title and caption stand below it."""
LEAST_SCALE, WORTH_TURNING = 0.6, 1.25
"""A figure shrunk below the first is hard to read; the page is turned if that makes it so many times larger."""
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
LINE = re.compile(r'(<path (?![^>]* fill=)[^>]*?) opacity="([^"]*)"')
"""Lines that are let through as a whole: to dots they turn much faster when stroke and fill are let through instead."""
SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


class Drawing(NamedTuple):
    """A figure drawn in one language: SVG, and its width and height in pixels."""

    svg: str
    width: float
    height: float

    def scale(self, room: Room) -> float:
        """Return by how much it must shrink to fit a page; it is never made larger."""
        wide = room.width * EMU_PER_TWIP / (self.width * EMU_PER_PIXEL)
        tall = TALLEST * room.height * EMU_PER_TWIP / (self.height * EMU_PER_PIXEL)
        return min(1.0, wide, tall)

    def lies_better(self, upright: Room, across: Room) -> bool:
        """Return whether it is too small on a page that stands, and clearly larger on one turned on its side."""
        stands = self.scale(upright)
        return stands < LEAST_SCALE and self.scale(across) >= WORTH_TURNING * stands


def drawing(figure: Figure, lang: Lang) -> Drawing:
    """Return a figure drawn in one language."""
    svg = figure.svg(lang)
    root = ElementTree.fromstring(svg)
    box = [float(number) for number in re.findall(r"[-\d.eE]+", root.get("viewBox", ""))]
    width, height = (_pixels(root.get(side)) for side in ("width", "height"))
    return Drawing(svg, width or box[2], height or box[3])


def picture(document: Any, drawing: Drawing, place: Place, figure: Figure, lang: Lang, room: Room, id: int) -> Node:
    """Return a run that shows a drawing, which becomes part of the package.

    Parameters
    ----------
    document
        The document of python-docx.
    drawing
        The figure drawn.
    place
        Its place, whose number names the files.
    figure
        Its words, for readers who do not see it.
    lang
        Language of these words.
    room
        Room on the page.
    id
        Unique among the document's pictures.
    """
    scale = drawing.scale(room)
    quick = LINE.sub(r'\1 stroke-opacity="\2" fill-opacity="\2"', drawing.svg)
    dots = vl_convert.svg_to_png(quick, scale=max(1.0, DOTS * scale))
    stem = f"media/report-{place.number}"
    png = add_part(document, f"{stem}.png", "image/png", IMAGE, dots)
    svg = add_part(document, f"{stem}.svg", "image/svg+xml", IMAGE, drawing.svg.encode("utf-8"))
    extent = {"cx": round(drawing.width * scale * EMU_PER_PIXEL), "cy": round(drawing.height * scale * EMU_PER_PIXEL)}
    words = {"name": place.label[lang], "descr": f"{figure.title[lang]}\n{figure.caption[lang]}".strip()}
    vector = node("a:extLst", node("a:ext", node("asvg:svgBlip", r_embed=svg), uri=SVG_EXTENSION))
    shown = node(
        "pic:pic",
        node("pic:nvPicPr", node("pic:cNvPr", id=id, **words), node("pic:cNvPicPr")),
        node("pic:blipFill", node("a:blip", vector, r_embed=png), node("a:stretch", node("a:fillRect"))),
        node(
            "pic:spPr",
            node("a:xfrm", node("a:off", x=0, y=0), node("a:ext", **extent)),
            node("a:prstGeom", node("a:avLst"), prst="rect"),
        ),
    )
    inline = node(
        "wp:inline",
        node("wp:extent", **extent),
        node("wp:docPr", id=id, **words),
        node("wp:cNvGraphicFramePr", node("a:graphicFrameLocks", noChangeAspect=1)),
        node("a:graphic", node("a:graphicData", shown, uri=PICTURE)),
        distT=0, distB=0, distL=0, distR=0,
    )  # fmt: skip
    return node("w:r", node("w:drawing", inline))


def _pixels(length: str | None) -> float | None:
    found = re.fullmatch(r"([\d.]+)(px)?", length or "")
    return float(found[1]) if found else None
