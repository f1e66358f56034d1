"""A pdf with a text layer and nothing else, put together by hand: characters one em wide at given places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT = 600, 800


class Run(NamedTuple):
    """Characters from a place on: left edge and top in points from the top left, size of type, space between them."""

    x: float
    top: float
    text: str
    size: float = 10
    space: float = 0
    turned: bool = False
    font: str = "Song"


def make_pdf(path: Path, pages: Sequence[Sequence[Run]], locked: bool = False) -> Path:
    """Write pages of runs; a page without any is a scan as far as a text layer goes."""
    glyphs = sorted({c for page in pages for run in page for c in run.text})
    code = {c: i + 1 for i, c in enumerate(glyphs)}
    fonts = sorted({run.font for page in pages for run in page} | {"Song"})
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    cmap = _add(objects, _stream(_to_unicode(code)))
    named = {name: _add_font(objects, name, cmap) for name in fonts}
    listed = " ".join(f"/{name} {number} 0 R" for name, number in named.items())
    kids = []
    for page in pages:
        content = _add(objects, _stream("\n".join(_operators(run, code) for run in page).encode("ascii")))
        words = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {content} 0 R"
        kids.append(_add(objects, f"{words} /Resources << /Font << {listed} >> >> >>".encode("ascii")))
    kid_list = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Kids [{kid_list}] /Count {len(kids)} >>".encode("ascii")
    lock = b""
    if locked:
        secret = b"<" + b"41" * 32 + b">"
        number = _add(objects, b"<< /Filter /Standard /V 1 /R 2 /P -4 /O " + secret + b" /U " + secret + b" >>")
        lock = f" /Encrypt {number} 0 R /ID [<41> <41>]".encode("ascii")
    path.write_bytes(_file(objects, lock))
    return path


def column(x: float, top: float, text: str, per_line: int, size: float = 10, leading: float = 1.5) -> list[Run]:
    """Return a text broken into lines of `per_line` characters."""
    lines = [text[i : i + per_line] for i in range(0, len(text), per_line)]
    return [Run(x, top + number * size * leading, line, size) for number, line in enumerate(lines)]


def _add(objects: list[bytes], content: bytes) -> int:
    objects.append(content)
    return len(objects)


def _add_font(objects: list[bytes], name: str, cmap: int) -> int:
    descriptor = _add(
        objects,
        f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 "
        f"/Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>".encode("ascii"),
    )
    below = _add(
        objects,
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /DW 1000 /FontDescriptor {descriptor} 0 R "
        f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>".encode("ascii"),
    )
    return _add(
        objects,
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{below} 0 R] "
        f"/ToUnicode {cmap} 0 R >>".encode("ascii"),
    )


def _operators(run: Run, code: dict[str, int]) -> str:
    shown = "".join(f"{code[c]:04x}" for c in run.text)
    base = HEIGHT - run.top - 0.88 * run.size
    matrix = f"0 1 -1 0 {run.x} {base}" if run.turned else f"1 0 0 1 {run.x} {base}"
    return f"BT /{run.font} {run.size} Tf {run.space} Tc {matrix} Tm <{shown}> Tj ET"


def _to_unicode(code: dict[str, int]) -> bytes:
    rows = [f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for char, number in code.items()]
    blocks = [rows[i : i + 100] for i in range(0, len(rows), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def"
    space = "1 begincodespacerange <0000> <ffff> endcodespacerange"
    return f"{head}\n{space}\n{body}\nendcmap end end".encode("ascii")


def _stream(content: bytes) -> bytes:
    return f"<< /Length {len(content)} >>\nstream\n".encode("ascii") + content + b"\nendstream"


def _file(objects: Sequence[bytes], lock: bytes) -> bytes:
    out = bytearray(b"%PDF-1.6\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode("ascii") + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode("ascii")
    for place in places:
        out += f"{place:010d} 00000 n \n".encode("ascii")
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R".encode("ascii") + lock
    return bytes(out) + f" >>\nstartxref\n{start}\n%%EOF\n".encode("ascii")
