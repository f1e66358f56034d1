"""Who said something, on what occasion and when, from the clause before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from nqpf.text.quoted.dates import Base, Dated, dates
from nqpf.text.quoted.lexicon import either, lexicon, patterns

CORE = re.compile(r"以[^，。；]{0,8}?为核心|关于")


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something, on what occasion and when.

    Attributes
    ----------
    speaker, occasion
        In the words of the text.
    date, precision, words
        The date as ISO text, how much of it is known, and how it is written.
    earlier
        The speaker is one that was named before, not in the same sentence.
    named
        The sentence names a speaker, were it by 他 or 会议.
    """

    speaker: str | None = None
    occasion: str | None = None
    date: str | None = None
    precision: str | None = None
    words: str | None = None
    earlier: bool = False
    named: bool = False


@dataclass(slots=True)
class Memory:
    """What a reader of an article remembers: the last speakers and the last date.

    Attributes
    ----------
    article
        The article's date.
    person, others
        The last person, and the last organ, meeting or paper of each kind.
    last
        The last date.
    """

    article: Base | None = None
    person: str | None = None
    others: dict[str, str] = field(default_factory=dict)
    recent: str | None = None
    last: Base | None = None

    def read(self, text: str) -> list[Dated]:
        """Take note of the dates, meetings and papers in a text; return the dates."""
        found = dates(text, self.article, self.last)
        for one in found:
            self.last = one.base or self.last
        if any(word in text for word in lexicon().generic):
            for m in patterns()["organ"].finditer(text):
                self._note(plain_name(m[0]))
        return found

    def _note(self, name: str) -> None:
        if name not in lexicon().generic:
            self.others.pop(name, None)
            self.others[name] = name

    def understood(self, name: str) -> tuple[str, bool]:
        """Return whom a name or pronoun means, and whether that is somebody named earlier."""
        w = lexicon()
        if name in w.pronouns or name == "总书记":
            return (self.person, True) if self.person else (name, False)
        if name in w.generic:
            known = next((v for k, v in reversed(self.others.items()) if k.endswith(name)), None)
            return (known, True) if known else (name, False)
        return name, False

    def name(self, said: str, *, person: bool) -> None:
        """Take note of a speaker."""
        self.recent = said
        if person:
            self.person = said
        else:
            self._note(said)


def attributed(head: str, memory: Memory) -> Said:
    """Return who speaks in a clause that ends before a verb of saying.

    Parameters
    ----------
    head
        The sentence up to the verb.
    memory
        What was read before; it takes note of what is named here.
    """
    found = memory.read(head)
    when = found[-1] if found else None
    said = Said(None, None, when.iso, when.precision, when.words) if when else Said()
    bare = _without_adverbs(head)
    name, place, person = _speaker(bare, memory)
    if name is None:
        return _unlisted(bare, said, memory)
    whole, earlier = memory.understood(name)
    memory.name(whole, person=person)
    return replace(said, speaker=whole, earlier=earlier, named=True, occasion=_occasion(bare, place))


def _unlisted(head: str, said: Said, memory: Memory) -> Said:
    """Return the subject of a clause that names nobody the lists know; where it has none, the last speaker."""
    subject = patterns()["subject"].search(head)
    if subject and subject["who"] not in lexicon().joining:
        who = subject["who"]
        memory.name(who, person=True)
        return replace(said, speaker=who, occasion=_occasion(head, subject.span("who")))
    if head and not re.fullmatch(f"{either(lexicon().joining)}*", re.split("[，,；;：:”]", head)[-1]):
        return replace(said, occasion=_occasion(head, None))
    return replace(said, speaker=memory.recent, earlier=True, occasion=_occasion(head, None))


def _without_adverbs(head: str) -> str:
    return patterns()["adverbs"].sub("", head.rstrip("，, "))


def _speaker(head: str, memory: Memory) -> tuple[str | None, tuple[int, int] | None, bool]:
    """Return the speaker a clause names, where the name stands, and whether it is a person."""
    core = [m.span() for m in CORE.finditer(head)]
    people = [
        m
        for kind in ("titled", "named", "person")
        for m in patterns()[kind].finditer(head)
        if not any(a <= m.start() <= b for a, b in core) and _free(head, m.start()) and _can_speak(head, m.end())
    ]
    if people:
        m = max(people, key=lambda m: (m.end(), -m.start()))
        return m[0], m.span(), True
    organs = [m for m in patterns()["organ"].finditer(head) if _free(head, m.start())]
    for m in reversed(organs):
        name = plain_name(m[0])
        if name and (m.end() == len(head) or _can_speak(head, m.end())):
            return name, m.span(), False
    for pronoun in lexicon().pronouns:
        if head.endswith(pronoun) or re.search(
            rf"(?:^|[，。；])[^，。；]{{0,3}}{pronoun}(?:在|对|说|进|还|也|$)", head
        ):
            return pronoun, None, True
    return None, None, False


def _free(head: str, at: int) -> bool:
    """Return whether a place is outside quotation marks."""
    return sum(c in "“「" for c in head[:at]) <= sum(c in "”」" for c in head[:at])


def _can_speak(head: str, end: int) -> bool:
    """Return whether what follows a name leaves it the subject: not 的, and no further noun."""
    return bool(patterns()["follows"].search(head[end:]))


def plain_name(name: str) -> str:
    """Return the name of an organ without what stands before it (a date, an adjective)."""
    name = re.sub(r"^[\s\d年月日今去]*(?:年|月|日)(?:的)?\s*", "", name.strip())
    return re.sub(r"^(?:近日|日前|此次|这次|本次|首次|最近|刚刚|目前|同时|因此)", "", name)


def _occasion(head: str, speaker: tuple[int, int] | None) -> str | None:
    """Return the occasion that a clause names: 在…时, 主持…时, 在…会议上."""
    after = head[speaker[1] :] if speaker else head
    after = patterns()["acts"].sub("", after.strip("，, "))
    for which in ("at", "doing"):
        found = patterns()[which].search(after)
        if found:
            return _named(found["occasion"], found["end"])
    if speaker:
        before = head[: speaker[0]].strip("，, ")
        clause = re.split(r"[，,。；](?![^“]*”)", before)[-1]
        found = patterns()["at"].search(clause)
        if found:
            return _named(found["occasion"], found["end"])
    return None


def _named(occasion: str, end: str) -> str | None:
    tail = {"期间": "期间", "之际": "之际"}
    name = occasion.lstrip("在") + tail.get(end, "")
    return None if name in ("会", "会议") else name
