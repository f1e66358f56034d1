"""The quotations of a text, read in order, so that 他, 会议 and 同年 mean whom and what was named before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nqpf.text.cleaning.search_key import key_of
from nqpf.text.quoted.attribution import Memory, Said, attributed
from nqpf.text.quoted.haystack import Haystack
from nqpf.text.quoted.kinds import Judged, Kind, judged
from nqpf.text.quoted.marks import Quoted, quoted, straight
from nqpf.text.quoted.match import find
from nqpf.text.quoted.reported import STOP, Reported, reported, sentences
from nqpf.text.quoted.statements import Statements

TITLE = re.compile(r"《([^《》\n]{1,80})》")
LEAST = 8
"""Characters of the shortest quotation for which an official statement is looked for."""
WHOLE = 16
"""Characters of the shortest official sentence that is looked for without quotation marks."""


@dataclass(frozen=True, slots=True)
class Found:
    """A quotation by its place in the text."""

    start: int
    end: int
    kind: Kind
    reason: str
    said: Said = field(default_factory=Said)
    verb: str | None = None
    intro: str | None = None
    fault: str = ""


def found_in(text: str, memory: Memory, official: Statements) -> list[Found]:
    """Return the quotations of a text in its order."""
    plain = straight(text)
    marks = quoted(plain)
    found: list[Found] = []
    at = 0
    for line in plain.split("\n"):
        end = at + len(line)
        here = [q for q in marks if at <= max(q.open, q.start) <= end]
        found += _Paragraph(plain, at, end, here, memory, official).read()
        at = end + 1
    taken = [(f.start, f.end) for f in found if f.kind in ("direct", "reported")]
    found += _unmarked(plain, taken, official)
    return sorted(found, key=lambda f: (f.start, -f.end))


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph: its first character and last + 1, and the marks that open in it."""

    text: str
    start: int
    end: int
    marks: list[Quoted]
    memory: Memory
    official: Statements

    def read(self) -> list[Found]:
        """Return its quotations, taking note of whom and which dates it names."""
        marked = self._judged()
        direct = [(q.start, min(q.end, self.end)) for q, verdict in marked if verdict.kind == "direct"]
        events: list[tuple[int, Quoted | Reported, Judged | None]] = [(_place(q), q, v) for q, v in marked]
        events += [(self.start + r.verb_at, r, None) for r in self._reported(direct)]
        found = []
        covered = self.start  # names and dates up to here were read
        said = Said()
        for place, event, verdict in sorted(events, key=lambda e: e[0]):
            if isinstance(event, Reported):
                said, covered, words = self._said_reported(event, said, covered)
                found += words
            elif verdict is not None and verdict.kind == "direct":
                said, covered = self._who(place, covered, verdict, said)
                found.append(_of_marks(event, verdict, said))
            elif verdict is not None:
                found.append(_of_marks(event, verdict, Said()))
        self.memory.read(self.text[covered : self.end])
        for m in TITLE.finditer(self.text, self.start, self.end):
            if not any(a <= m.start() < b for a, b in direct):
                found.append(Found(m.start(1), m.end(1), "title", "title_marks"))
        return found

    def _judged(self) -> list[tuple[Quoted, Judged]]:
        """Return what each quoted stretch is."""
        found: list[tuple[Quoted, Judged]] = []
        for q in self.marks:
            inside, place = self.text[q.start : q.end], _place(q)
            last = found[-1] if found and found[-1][0].close >= 0 and q.open >= 0 else None
            verdict = judged(
                inside,
                before=self.text[self._intro_from(place) : place],
                after=self.text[q.close + 1 : self.end] if q.close >= 0 else "",
                follows=last[1] if last else None,
                gap=self.text[last[0].close + 1 : q.open] if last else None,
                official=not q.fault and len(key_of(inside)) >= LEAST and bool(find(inside, self.official.stack, 1, 1)),
            )
            if q.fault == "unopened" and verdict.verb is None and inside[-1:] not in STOP:
                verdict = Judged("scare", "scare_phrase")  # its beginning is lost, and it does not end as a sentence
            found.append((q, verdict))
        return found

    def _reported(self, direct: list[tuple[int, int]]) -> Iterator[Reported]:
        """Yield reported words that are not a direct quotation with a word before it."""
        spans = [(q.start - self.start, min(q.end, self.end) - self.start) for q in self.marks]
        for r in reported(self.text[self.start : self.end], spans):
            first, last = self.start + r.start, self.start + r.end
            if not any(a < last and b > first and a - first <= 1 for a, b in direct):
                yield r

    def _said_reported(self, r: Reported, previous: Said, covered: int) -> tuple[Said, int, list[Found]]:
        """Return who reported words belong to, how far the text has been read, and the words if somebody is named."""
        head, verb_at = self.start + r.sentence, self.start + r.verb_at
        self.memory.read(self.text[covered:head])
        said = attributed(self.text[head:verb_at], self.memory)
        covered = max(covered, verb_at)
        if not said.named:
            return previous, covered, []
        reason = "reported_clause" if r.end == r.first_end else "reported_goes_on"
        intro = self.text[head : self.start + r.start].strip()
        words = Found(self.start + r.start, self.start + r.end, "reported", reason, said, r.verb, intro)
        return said, covered, [words]

    def _who(self, place: int, covered: int, verdict: Judged, previous: Said) -> tuple[Said, int]:
        """Return who said a direct quotation, and how far the text has been read."""
        if verdict.reason == "quote_adjacent":
            return previous, covered
        low = self._intro_from(place)
        covered = max(covered, low)
        if verdict.behind is not None or verdict.head < 0:
            self.memory.read(self.text[covered:place])
            return (attributed(verdict.behind, self.memory) if verdict.behind else Said()), place
        before = self.text[low:place]
        spans = [(q.start, q.end) for q in quoted(before)]
        head = low + max([0, *(b for _, b in sentences(before, spans) if b <= verdict.head)])
        self.memory.read(self.text[covered:head])
        return attributed(self.text[head : low + verdict.head], self.memory), low + verdict.head

    def _intro_from(self, place: int) -> int:
        """Return where the words that may introduce a quotation begin: a line before that ends with a colon counts."""
        earlier = self.text[: self.start].rstrip()
        if self.text[self.start : place].strip() or earlier[-1:] not in ("：", ":"):
            return self.start
        return earlier.rfind("\n") + 1


def _place(q: Quoted) -> int:
    return q.open if q.open >= 0 else q.start


def _of_marks(q: Quoted, verdict: Judged, said: Said) -> Found:
    return Found(q.start, q.end, verdict.kind, verdict.reason, said, verdict.verb, verdict.intro, q.fault)


def _unmarked(text: str, taken: list[tuple[int, int]], official: Statements) -> Iterator[Found]:
    """Yield official statements that stand in a text outside quoted and reported words."""
    here = Haystack.joined(("",), (text,))
    seen = list(taken)
    for key in official.sentences:
        for spot in here.exact(key) if len(key) >= WHOLE else ():
            _, start, end = here.place(spot.start, spot.end)
            if "\n" not in text[start:end] and not any(a < end and b > start for a, b in seen):
                seen.append((start, end))
                yield Found(start, end, "unmarked", "unmarked_statement")
