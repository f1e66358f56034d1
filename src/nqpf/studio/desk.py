"""The worker's desk: what was read and built last, kept by content, so that a changed recipe reads no file again."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from nqpf.errors import NqpfError
from nqpf.index import Index, Workbench, build
from nqpf.studio.readings import tables_at_hand
from nqpf.study.prepare import Prepared, prepare
from nqpf.study.spec import Study

Made = TypeVar("Made")
KEPT = 24
"""Things kept at most; the longest unused goes."""

READ = ("data", "framework", "seed", "planning", "productivity", "regions", "system", "scenario")
"""Keys of a study that `prepare` reads: the data, and the formulas that say which series are used."""


class Desk:
    """What a worker keeps between two asks."""

    def __init__(self, kept: int = KEPT) -> None:
        self._most = kept
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def once(self, key: str, make: Callable[[], Made]) -> Made:
        """Return what is kept under `key`, made if it is not there."""
        if key not in self._kept:
            self._kept[key] = make()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found: Made = self._kept[key]
        return found

    def study(self, folder: Path) -> Study:
        """Return the study of a session.

        Raises
        ------
        SpecError
            As `Study.load`.
        """
        path = folder / "study.yaml"
        study = self.once(f"study {folder} {_hash(path.read_bytes())}", lambda: Study.load(path))
        if study.framework_file is None:
            return study
        return self.once(f"study {folder} {self.key(study, *READ)}", lambda: Study.load(path))

    def prepared(self, study: Study) -> Prepared:
        """Return the prepared data of a study; a changed recipe does not read them again.

        Raises
        ------
        NqpfError
            As `nqpf.study.prepare.prepare`.
        """
        return self.once(f"prepared {self.key(study, *READ)}", lambda: prepare(study, tables_at_hand(self, study)))

    def bench(self, study: Study) -> Workbench:
        """Return the workbench of a study: many recipes on one panel and framework.

        Raises
        ------
        NqpfError
            As `prepared`.
        """
        return self.once(
            f"bench {self.key(study, *READ)}", lambda: Workbench(self.prepared(study).panel, study.framework)
        )

    def index(self, study: Study) -> Index:
        """Return the index of a study.

        Raises
        ------
        NqpfError
            As `prepared`, and as `nqpf.index.build` with the indicator's line.
        """

        def make() -> Index:
            try:
                return build(self.prepared(study).panel, study.framework, study.spec.recipe)
            except NqpfError as error:
                raise study.located(error) from None

        return self.once(f"index {self.key(study, *READ, 'recipe')}", make)

    def key(self, study: Study, *parts: str) -> str:
        """Return a key of parts of a study: what is written there, and which files it names, as they are now."""
        said = {part: study.document.content.get(part) for part in parts}
        paths = list(study.paths()) if study.spec.data or study.spec.industry or study.spec.text else []
        tables = study.spec.data.tables if study.spec.data else ()
        paths += [study.folder / table.recipe for table in tables if table.recipe]
        paths += [study.framework_file] if study.framework_file else []
        files = [(str(path), *_stamp(path)) for path in paths]
        return _hash(json.dumps([str(study.folder), said, files], sort_keys=True, default=str).encode())


def _stamp(path: Path) -> tuple[int, int]:
    """Return what tells whether a file has changed; (0, 0) where there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _hash(raw: bytes) -> str:
    return sha256(raw).hexdigest()
