"""A study as the page edits it: the plain JSON of ``study.yaml``, written back with the comments that stand there."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString

from nqpf.studio.wire import plain

Document = dict[str, Any]
QUOTED = re.compile("^[?:-]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""What YAML reads back everywhere only where it stands in quotes."""

WIDE = 1 << 20
"""Columns a line may take: no text is broken into lines."""


def parse(text: str) -> Document:
    """Return the document of a YAML text; ruamel's ``YAMLError`` or a ``ValueError`` where it is none."""
    content = plain_yaml().load(text)
    if not isinstance(content, Mapping):
        raise ValueError("not a mapping")
    return dict(plain(content))


def write(document: Document) -> str:
    """Return a document as YAML."""
    return _text(_fresh(document))


def rewrite(text: str, document: Document) -> str:
    r"""Return `text` changed to say `document`; the comments of what stays are kept.

    Examples
    --------
    >>> print(rewrite("study: a  # short\nseed: 1\n", {"study": "a", "seed": 2}), end="")
    study: a  # short
    seed: 2
    """
    tree = plain_yaml().load(text)
    if _same(tree, document):
        return text
    return _text(_graft(tree, document) if not _shares(tree, set()) else _fresh(document))


def plain_yaml() -> YAML:
    """Return the writer of a session's YAML: quotes and comments stay, lines are not broken."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _text(tree: Any) -> str:
    stream = io.StringIO()
    plain_yaml().dump(tree, stream)
    return stream.getvalue()


def _same(node: Any, value: Any) -> bool:
    """Return whether a node says `value`; true is not 1."""
    if isinstance(node, Mapping):
        if not isinstance(value, dict) or [str(key) for key in node] != list(value):
            return False
        return all(_same(node[key], value[str(key)]) for key in node)
    if isinstance(node, list):
        return (
            isinstance(value, list)
            and len(node) == len(value)
            and all(_same(one, other) for one, other in zip(node, value, strict=True))
        )
    said = plain(node)
    return isinstance(said, bool) == isinstance(value, bool) and said == value


def _shares(node: Any, seen: set[int]) -> bool:
    """Return whether parts of a tree are one (anchors and merges), so that changing one would change the other."""
    if not isinstance(node, CommentedMap | CommentedSeq):
        return False
    if id(node) in seen or (isinstance(node, CommentedMap) and node.merge):
        return True
    seen.add(id(node))
    return any(_shares(inner, seen) for inner in (node.values() if isinstance(node, CommentedMap) else node))


def _graft(node: Any, value: Any) -> Any:
    """Return `node` changed to say `value`."""
    if _same(node, value):
        return node
    if isinstance(node, CommentedMap) and isinstance(value, dict) and len(node):
        return _graft_map(node, value)
    if isinstance(node, CommentedSeq) and isinstance(value, list) and len(node):
        return _graft_list(node, value)
    if isinstance(node, LiteralScalarString | FoldedScalarString) and isinstance(value, str):
        return DoubleQuotedScalarString(value)  # ruamel would keep the block's style, which not every text can have
    return _fresh(value)


def _graft_map(node: CommentedMap, value: Document) -> CommentedMap:
    names = {str(key): key for key in node}
    for name in names.keys() - value.keys():
        del node[names[name]]
    for name, inner in value.items():
        key = names.get(name, _fresh(name))
        node[key] = _graft(node[key], inner) if name in names else _fresh(inner)
    for name in value:
        node.move_to_end(names.get(name, name))
    return node


def _graft_list(node: CommentedSeq, value: list[Any]) -> CommentedSeq:
    """Return a list anew; an item is the old one of the same name or content, or else of the same place."""
    free = dict(enumerate(node))
    taken: list[int | None] = []
    for inner in value:
        found = next((i for i, old in free.items() if _is(old, inner)), None)
        taken.append(found)
        free.pop(found, None) if found is not None else None
    made = CommentedSeq()
    if node.fa.flow_style() and not any(isinstance(inner, dict | list) for inner in value):
        made.fa.set_flow_style()
    if node.ca.comment is not None:
        made.ca.comment = node.ca.comment
    for place, (inner, found) in enumerate(zip(value, taken, strict=True)):
        if found is None and place in free:
            found = place
            del free[place]
        made.append(_fresh(inner) if found is None else _graft(node[found], inner))
        if found in node.ca.items:
            made.ca.items[place] = node.ca.items[found]
    return made


def _is(old: Any, new: Any) -> bool:
    """Return whether two items of a list are the same thing, changed or not."""
    if isinstance(old, Mapping) and isinstance(new, dict):
        for key in ("id", "file"):
            if key in old or key in new:
                return bool(old.get(key) == new.get(key))
    return _same(old, new)


def _fresh(value: Any) -> Any:
    """Return plain content as nodes; a title and a list of scalars stand on one line."""
    if isinstance(value, dict):
        node = CommentedMap((_fresh(key), _fresh(inner)) for key, inner in value.items())
        if value.keys() == {"zh", "en"} or not value:
            node.fa.set_flow_style()
        return node
    if isinstance(value, list):
        items = CommentedSeq(_fresh(inner) for inner in value)
        if not any(isinstance(inner, dict | list) for inner in value):
            items.fa.set_flow_style()
        return items
    return DoubleQuotedScalarString(value) if isinstance(value, str) and QUOTED.search(value) else value
