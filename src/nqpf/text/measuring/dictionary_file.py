"""How a dictionary is written: three forms of YAML, every term with its line, checked before anything is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from nqpf.errors import SpecError, Where, listing
from nqpf.messages import Text, say
from nqpf.results import Note
from nqpf.text.measuring.characters import SENTENCE_ENDS
from nqpf.yamlfile import Document, Label, Strict, load, validate

_NO_TEXT = Text("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A form that is looked for, where it stands, and which term it is a synonym of (None: it is the term)."""

    group: str
    form: str
    line: int | None
    of: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A dictionary as it is written, checked."""

    name: str
    version: str
    title: Text
    source: Text
    groups: Mapping[str, Text]
    entries: tuple[Entry, ...]
    file: str | None = None
    notes: tuple[Note, ...] = ()


class _Term(Strict):
    term: str
    synonyms: tuple[str, ...] = ()
    source: str | None = None


class _Group(Strict):
    title: Label
    terms: tuple[Annotated[_Term, BeforeValidator(lambda t: {"term": t} if isinstance(t, str) else t)], ...]


class _Own(Strict):
    name: str
    version: str
    title: Label = _NO_TEXT
    source: Label = _NO_TEXT
    groups: Mapping[str, _Group]


class _Cntext(Strict):
    Name: Label
    Desc: Label = _NO_TEXT
    Refer: Label = _NO_TEXT
    Category: tuple[str, ...] = ()
    Dictionary: Mapping[str, tuple[str, ...]]


class _Plain(Strict):
    groups: Mapping[str, tuple[str, ...]]


def read(file: Path) -> Written:
    """Return what a file says.

    Raises
    ------
    SpecError
        See `nqpf.text.Dictionary.load`.
    """
    try:
        document = load(file)
    except SpecError as error:
        if error.code != "yaml_not_mapping":
            raise
        raise SpecError("measure_dictionary_form", where=error.where) from None
    if "groups" in document.content:
        return _own(document, file.stem)
    if "Dictionary" in document.content:
        return _cntext(document, file.stem)
    return _plain(document, file.stem)


def written_of(terms: Mapping[str, Sequence[str]] | Sequence[str], name: str, version: str) -> Written:
    """Return terms that are given in a program."""
    groups = terms if isinstance(terms, Mapping) else {"terms": terms}
    entries = []
    for group, forms in groups.items():
        if isinstance(forms, str):
            raise SpecError("measure_dictionary_letters", where=Where(key=str(group)), value=forms)
        entries += [Entry(str(group), _as_text(form, None), None) for form in forms]
    _check(entries, None)
    return Written(name, version, Text.same(name), _NO_TEXT, {str(g): Text.same(g) for g in groups}, tuple(entries))


def _as_text(form: object, line: int | None) -> str:
    if not isinstance(form, str):
        raise SpecError("measure_dictionary_not_text", where=Where(line=line), value=str(form))
    return form


def _own(document: Document, stem: str) -> Written:
    own = validate(_Own, document)
    entries: list[Entry] = []
    for id, group in own.groups.items():
        for i, term in enumerate(group.terms):
            at = ("groups", id, "terms", i)
            entries.append(Entry(id, term.term, document.lines[at], source=term.source))
            for j, synonym in enumerate(term.synonyms):
                entries.append(Entry(id, synonym, document.lines[(*at, "synonyms", j)], of=term.term))
    _check(entries, document.file)
    groups = {id: group.title for id, group in own.groups.items()}
    title = own.title if own.title != _NO_TEXT else Text.same(own.name)
    return Written(own.name, own.version, title, own.source, groups, tuple(entries), document.file)


def _cntext(document: Document, stem: str) -> Written:
    found = validate(_Cntext, document)
    for stray in (c for c in found.Category if c not in found.Dictionary):
        options = listing(found.Dictionary)
        raise SpecError("measure_dictionary_category", where=document.where(("Category",)), name=stray, options=options)
    entries = list(_lists(found.Dictionary, document, ("Dictionary",)))
    groups = {id: Text.same(id) for id in found.Dictionary}
    return Written(stem, "", found.Name, found.Refer, groups, tuple(entries), document.file, _unversioned(stem))


def _plain(document: Document, stem: str) -> Written:
    lines = {("groups", *at): line for at, line in document.lines.items()}
    whole = Document(document.file, {"groups": document.content}, lines)
    found = validate(_Plain, whole)
    entries = list(_lists(found.groups, whole, ("groups",)))
    groups = {id: Text.same(id) for id in found.groups}
    return Written(
        stem, "", Text.same(stem), _NO_TEXT, groups, tuple(entries), document.file, _unversioned(stem)
    )  # fmt: skip


def _unversioned(name: str) -> tuple[Note, ...]:
    return (Note("measure_dictionary_unversioned", "info", values={"name": name}),)


def _lists(groups: Mapping[str, Sequence[str]], document: Document, at: tuple[str, ...]) -> Iterator[Entry]:
    entries = [
        Entry(id, form, document.lines[(*at, id, i)]) for id, forms in groups.items() for i, form in enumerate(forms)
    ]
    _check(entries, document.file)
    yield from entries


def _check(entries: Sequence[Entry], file: str | None) -> None:
    """Raise a SpecError for the first form that cannot be counted."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        where = Where(file=file, line=entry.line, key=entry.group)
        if not entry.form.strip():
            raise SpecError("measure_dictionary_empty", where=where)
        if entry.form != entry.form.strip():
            raise SpecError("measure_dictionary_blanks", where=where, term=entry.form)
        crossing = next((c for c in entry.form if c in SENTENCE_ENDS or c in "\n\r"), None)
        if crossing:
            raise SpecError("measure_dictionary_crossing", where=where, term=entry.form, character=crossing)
        if entry.form in seen:
            raise _twice(entries, seen[entry.form], entry, where)
        seen[entry.form] = entry


def _twice(entries: Sequence[Entry], one: Entry, other: Entry, where: Where) -> SpecError:
    """Return the error for a form that stands twice, and which others do."""
    counts = Counter(entry.form for entry in entries)
    others = [form for form, count in counts.items() if count > 1 and form != other.form]
    more = say("text.measuring.twice_more", terms=listing(others)) if others else Text("", "")
    place: Any = one.group if one.line is None else say("text.measuring.place", group=one.group, line=one.line)
    return SpecError("measure_dictionary_twice", where=where, term=other.form, first=place, more=more)
