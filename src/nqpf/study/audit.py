"""Audit published results on a study's data, or on a panel and a framework of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nqpf.data import read
from nqpf.errors import SpecError
from nqpf.index import Framework
from nqpf.index.audit import Audit, audit
from nqpf.messages import say
from nqpf.study.prepare import prepare
from nqpf.study.spec import Study


def audit_files(
    results: Sequence[Path],
    *,
    panel: Path | None = None,
    framework: Path | None = None,
    study: Path | None = None,
) -> Audit:
    """Say which recipe gives published results, or which known fault does.

    Parameters
    ----------
    results
        Files with weights, scores, or both.
    panel, framework
        Files with the raw data and the framework.
    study
        A study, instead of these two.

    Raises
    ------
    SpecError
        Neither a study nor both panel and framework, or both.
    NqpfError
        As `nqpf.index.audit`, and as reading the files.
    """
    if study is not None and panel is None and framework is None:
        loaded = Study.load(study)
        return audit(list(results), prepare(loaded).panel, loaded.framework)
    if study is not None or panel is None or framework is None:
        raise SpecError("usage", problem=say("cli.audit.needs"), hint="")
    return audit(list(results), read(panel).to_panel(), Framework.from_yaml(framework))
