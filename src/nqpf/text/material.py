"""What a study's texts are surveyed from: corpus, dictionary and official statements, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nqpf.errors import NqpfError, SpecError, Where
from nqpf.text.corpus import Corpus
from nqpf.text.measuring.dictionary import Dictionary
from nqpf.text.quoted.statements import Statements, statements
from nqpf.text.spec import TextSpec


@dataclass(frozen=True, slots=True, eq=False)
class TextMaterial:
    """What is surveyed.

    Attributes
    ----------
    corpus
        The texts.
    dictionary
        What is counted.
    statements
        Official statements.
    """

    corpus: Corpus
    dictionary: Dictionary
    statements: Statements


def read_material(spec: TextSpec, folder: Path) -> TextMaterial:
    """Read what a study says of its texts.

    Parameters
    ----------
    spec
        What it says.
    folder
        Where the study's file lies: paths are relative to it.

    Raises
    ------
    NqpfError
        A file is not there or not as it must be; `where.key` is the key of the study that names it.
    """
    for key, file in (*(("files", file) for file in spec.files), *spec.beside.items()):
        if not (folder / file).exists():
            raise SpecError("data_file_not_found", where=Where(key=f"text.{key}"), file=file)
    try:
        corpus = Corpus.of(
            [folder / file for file in spec.files],
            corrections=None if spec.corrections is None else folder / spec.corrections,
            metadata=None if spec.metadata is None else folder / spec.metadata,
            encoding=spec.encoding,
            repair=spec.repair,
        )
    except NqpfError as error:
        raise error.at(Where(key="text.files")) from None
    own = None if spec.statements is None else folder / spec.statements
    return TextMaterial(corpus, _dictionary(spec, folder), statements(own))


def _dictionary(spec: TextSpec, folder: Path) -> Dictionary:
    if "dictionary" in spec.beside:
        return Dictionary.load(folder / spec.dictionary)
    try:
        return Dictionary.load(spec.dictionary)
    except NqpfError as error:
        raise error.at(Where(key="text.dictionary")) from None
