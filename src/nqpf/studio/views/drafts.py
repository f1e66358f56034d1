"""A study of a document that is not the file of the session: a part of it, an earlier state, an alternative."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nqpf.errors import NqpfError
from nqpf.index import Framework
from nqpf.studio.views.form import PARTS, model_of
from nqpf.study.spec import Study, StudySpec
from nqpf.yamlfile import Document, validate


def study_of(content: Mapping[str, Any], folder: Path, document: Document | None = None) -> Study:
    """Return the study that a document says.

    Parameters
    ----------
    content
        The document: the keys of ``study.yaml``.
    folder
        Folder that its paths are relative to.
    document
        The file that `content` is a part of, for the lines in messages.

    Raises
    ------
    SpecError
        With key, and line where it is known.
    """
    lines = document.lines if document is not None else {}
    bare = Document("study.yaml" if document is None else document.file, content, lines)
    spec = validate(StudySpec, bare)
    if spec.framework is None:
        return Study(spec, None, bare, folder, None)
    if isinstance(spec.framework, str):
        file = folder / spec.framework
        return Study(spec, Framework.from_yaml(file), bare, folder, file)
    return Study(spec, Framework.from_document(bare, ("framework",)), bare, folder, None)


def sound(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without the analyses, and without the report, that cannot be read: they are being written.

    An index does not wait for them.
    """
    kept = dict(content)
    for part in (*PARTS, "report"):
        model = model_of(part)
        if part in kept and model is not None:
            try:
                validate(model, Document("study.yaml", content, {}), (part,))
            except NqpfError:
                del kept[part]
    return kept
