"""Where an assessment came from: hashes of what went in, versions, seed. No dates and no paths."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import nqpf
from nqpf.study.spec import Study

PACKAGES = (
    "numpy",
    "polars",
    "altair",
    "vl-convert-python",
    "pydantic",
    "python-calamine",
    "scipy",
    "xlrd",
    "xlsxwriter",
)


def provenance(study: Study) -> dict[str, Any]:
    """Return what must be equal for two runs to give the same bytes.

    Returns
    -------
    dict
        ``nqpf`` version and hash of its code, ``study`` (id and hash of what is written), ``framework``, ``recipe``,
        ``data`` (file, bytes, SHA-256), ``seed``, ``python`` and ``packages``.
    """
    data = []
    for file in study.files():
        raw = (study.folder / file).read_bytes()
        data.append({"file": file, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()})
    written = {"study": study.document.content}
    if study.framework_file is not None:
        written["framework"] = study.framework_file.read_text(encoding="utf-8-sig")
    tables = study.spec.data.tables if study.spec.data else ()
    for name in {table.recipe: None for table in tables if table.recipe is not None}:
        written[f"recipe {name}"] = (study.folder / name).read_text(encoding="utf-8-sig")
    return {
        "nqpf": {"version": nqpf.__version__, "code_sha256": code_hash()},
        "study": {"id": study.spec.study, "sha256": _hash(written)},
        **(_of_index(study) if study.tree else {}),
        "data": data,
        "seed": study.spec.seed,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def _of_index(study: Study) -> dict[str, Any]:
    return {
        "framework": {"id": study.framework.id, "indicators": len(study.framework.indicators)},
        "recipe": {"sha256": study.spec.recipe.hash, "options": study.spec.recipe.model_dump(mode="json")},
    }


@cache
def code_hash() -> str:
    """Return the SHA-256 of the program's own files."""
    root = Path(str(resources.files("nqpf")))
    digest = hashlib.sha256()
    for file in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        digest.update(file.relative_to(root).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
