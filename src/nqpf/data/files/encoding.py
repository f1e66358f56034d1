"""Bytes to text: which encoding a file of text is in, told by its bytes; never a silent wrong character."""

from __future__ import annotations

import codecs
import re

from nqpf.data.files.source import Source
from nqpf.errors import DataError

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
SAMPLE = 20_000
"""Characters that are looked at to judge an encoding; bytes are many more."""
COMMON = 0.7
"""Share of usual characters from which a decoding is believed; wrong ones were seen to stay below 0.6."""
UTF8_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
"""Two Chinese characters in UTF-8."""
LATIN = re.compile(
    "(?<=[A-Za-z])[\u00c0-\u00ff]|[\u00c0-\u00ff](?=[A-Za-z])"
    "|(?<![^\\x00-\\x7f])[\u00a0\u00a3\u00b0-\u00b3\u00b7\u00bd\u2013\u2014\u2018-\u201d\u2026\u20ac](?![^\\x00-\\x7f])"
)
"""A letter of Europe beside a plain one, or a sign (degrees, squares, dashes, quotes) between plain characters."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
NOT_TEXT = 0.02
"""Share of control characters from which a file is no text."""


def decode(raw: bytes, source: Source) -> tuple[str, str]:
    """Return the text that bytes hold, and the name of its encoding.

    A byte order mark decides; else NULs in every other byte say UTF-16; else the bytes are UTF-8 if they all are;
    else they are GB18030 (which holds GBK and GB2312), Big5 or Windows-1252, whichever gives usual characters.

    Raises
    ------
    DataError
        No encoding fits all bytes; the line and the offset of the first that does not fit are named.
    """
    for mark, marked in MARKS.items():
        if raw.startswith(mark):
            return _strict(raw, marked, source, len(mark)), marked
    if unmarked := _utf16(raw):
        return _strict(raw, unmarked, source), unmarked
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        if _mostly_utf8(raw):
            return _strict(raw, "utf-8", source), "utf-8"
    return _of_one_country(raw, source)


def is_binary(text: str) -> bool:
    """Say whether this is no text even if it can be decoded: a picture or a program under the name of a table."""
    sample = text[:SAMPLE].replace("\0", "")
    return len(CONTROL.findall(sample)) > NOT_TEXT * len(sample)


def _strict(raw: bytes, encoding: str, source: Source, skip: int = 0) -> str:
    try:
        return raw[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[skip : skip + error.start].decode(encoding)
        raise _broken(source, encoding, before, skip + error.start) from None


def _broken(source: Source, encoding: str, before: str, offset: int) -> DataError:
    line = len(re.findall(r"\r\n|\r|\n", before)) + 1
    return DataError("broken_encoding", where=source.where(line=line), encoding=encoding.upper(), offset=offset)


def _utf16(raw: bytes) -> str | None:
    """Return which UTF-16 it is if there is no mark: figures and commas have a NUL on one side."""
    sample = raw[: 2 * SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) / 2 * 0.1
    if max(even, odd) < max(enough, 1) or min(even, odd) > 0.1 * max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _mostly_utf8(raw: bytes) -> bool:
    """Say whether bytes that are not all UTF-8 are so but for a few."""
    text = raw.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    return sum(not c.isascii() for c in text) - bad >= 4 * bad


def _of_one_country(raw: bytes, source: Source) -> tuple[str, str]:
    _refuse_mixture(raw, source)
    texts: dict[str, str] = {}
    failed: UnicodeDecodeError | None = None
    for encoding in ("gb18030", "big5", "cp1252"):
        try:
            texts[encoding] = raw.decode(encoding)
        except UnicodeDecodeError as error:
            failed = failed or error
    if "gb18030" in texts and usual_gb(texts["gb18030"]) >= COMMON:
        return texts["gb18030"], "gb18030"
    if "big5" in texts and usual_big5(texts["big5"]) >= COMMON:
        return texts["big5"], "big5"
    if "cp1252" in texts and usual_latin(texts["cp1252"]) >= COMMON:
        return texts["cp1252"], "windows-1252"
    if failed is not None and failed.encoding == "gb18030":
        before = raw[: failed.start].decode("gb18030")
        if usual_gb(before) >= COMMON:
            raise _broken(source, "gb18030", before, failed.start)
    raise DataError("unknown_encoding", where=source.where())


def _foreign(text: str) -> str:
    return "".join(re.findall(r"[^\x00-\x7f]+", text))[:SAMPLE]


def usual_gb(text: str) -> float:
    """Return which share of the characters beyond ASCII is a sign or one of the 3,755 most usual in GB 2312."""
    foreign = _foreign(text)
    leads = [c.encode("gb2312", "ignore")[:1] for c in foreign]
    return sum(b"\xa1" <= lead <= b"\xa9" or b"\xb0" <= lead <= b"\xd7" for lead in leads) / max(len(foreign), 1)


def usual_big5(text: str) -> float:
    """Return which share of the characters beyond ASCII is a sign or one of the 5,401 most usual in Big5."""
    foreign = _foreign(text)
    return sum(b"\xa1" <= c.encode("big5", "ignore")[:1] <= b"\xc6" for c in foreign) / max(len(foreign), 1)


def usual_latin(text: str) -> float:
    """Return which share of the characters beyond ASCII is a letter within a word of Europe, or a sign on its own."""
    return len(LATIN.findall(text[:SAMPLE])) / max(len(re.findall(r"[^\x00-\x7f]", text[:SAMPLE])), 1)


def _refuse_mixture(raw: bytes, source: Source) -> None:
    """Refuse other encodings that have lines of UTF-8 in them: these would become other characters without a fault."""
    if not UTF8_RUN.search(raw):
        return
    offset = 0
    for number, line in enumerate(raw.splitlines(keepends=True), start=1):
        if UTF8_RUN.search(line):
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                pass
            else:
                raise DataError(
                    "mixed_encodings", where=source.where(line=number), offset=offset, text=text.strip()[:20]
                )
        offset += len(line)
