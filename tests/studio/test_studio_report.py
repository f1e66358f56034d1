"""The step Report: its form, the job that writes it, downloads that run nowhere, and the package that reproduces it."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient

from nqpf.chapters import Whole
from nqpf.chapters.write import _writers
from nqpf.errors import OutputError
from nqpf.messages import Text
from nqpf.studio.app import create_app
from nqpf.studio.desk import Desk
from nqpf.studio.engine import Engine
from nqpf.studio.store import OUT, Session, Store
from nqpf.studio.views import report


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "sessions")


@pytest.fixture
def session(store: Store) -> Session:
    session = store.create(title="指数 2024")
    with (session.folder / "files" / "表.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["unit", "year", "x", "y"])
        rows.writerows([u, y, n + y - 2020, 7 - n * n / 9] for y in (2020, 2021) for n, u in enumerate("甲乙丙丁戊己"))
    leaves = [{"id": name, "title": name, "formula": name, "direction": "benefit"} for name in ("x", "y")]
    content: dict[str, Any] = {
        **session.document,
        "data": {"tables": [{"file": "files/表.csv", "unit": "unit", "period": "year", "places": "none"}]},
        "framework": {"id": "I", "title": {"zh": "指数", "en": "Index"}, "tree": leaves},
    }
    session.edit(content, session.revision, "first")
    return session


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(create_app(store, Engine()))


def wrote(session: Session, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = session.folder / OUT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_chapters_say_what_they_take(session: Session) -> None:
    chapters = {one["id"]: one for one in report.state(Desk(), session.folder)["chapters"]}
    assert chapters["index"]["there"]
    assert chapters["theory"]["needs"] is None
    assert not chapters["robustness"]["there"]
    assert chapters["robustness"]["needs"].en.startswith("multiverse")
    session.edit({**session.document, "multiverse": {}, "industry": {"plan": {}}}, session.revision, "more")
    chapters = {one["id"]: one for one in report.state(Desk(), session.folder)["chapters"]}
    assert chapters["robustness"]["there"]
    assert chapters["plan"]["there"]
    assert report.state(Desk(), session.folder)["stale"] is None


def test_chapters_are_those_a_report_has() -> None:
    assert list(report.CHAPTERS) == [*(id for id, _ in _writers(Whole(None))), "methods"]


def test_what_is_wrong_with_the_settings_is_said_at_its_key(session: Session) -> None:
    session.edit({**session.document, "report": {"detail": "long"}}, session.revision, "more")
    found = report.state(Desk(), session.folder)
    assert (found["problem"].code, found["problem"].where.key) == ("bad_choice", "report.detail")
    assert len(found["units"]) == 6


@pytest.mark.slow
def test_a_format_that_is_refused_keeps_no_other_from_being_written(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nqpf.report.pdf as pdf

    def no_font(path: Path, **_: Any) -> None:
        raise OutputError("no_chinese_font")

    monkeypatch.setattr(pdf, "write_pdf", no_font)
    asked = {"formats": ["xlsx", "pdf"], "chapters": ["data"], "detail": "brief"}
    session.edit({**session.document, "report": asked}, session.revision, "more")
    told: list[Text] = []
    found = report.write(Desk(), session.folder, told.append, "en")
    assert found["written"] == ["xlsx"]
    assert found["refused"].code == "formats_refused"
    assert "report.pdf" in found["refused"].what.en
    assert str(session.folder) not in found["refused"].what.en
    assert any("xlsx" in text.en for text in told)
    assert (session.folder / OUT / "provenance.json").is_file()
    assert {f.path for f in session.files()} == {"files/表.csv"}
    assert report.state(Desk(), session.folder)["stale"] is False
    session.edit({**session.document, "seed": 5}, session.revision, "seed")
    assert report.state(Desk(), session.folder)["stale"] is True


def docx(**parts: bytes) -> bytes:
    from docx import Document

    raw = io.BytesIO()
    Document().save(raw)
    with zipfile.ZipFile(raw, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"word/{name}.bin", content)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"no zip", "word_template_no_docx"),
        (lambda: docx(vbaProject=b"x"), "studio_template_macros"),
        (lambda: docx(big=bytes(2**20)), "studio_template_large"),
    ],
)
def test_a_template_is_looked_at_before_it_is_kept(
    tmp_path: Path, content: Any, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "UNPACKED", 2**19)
    file = tmp_path / "x.part"
    file.write_bytes(content())
    with pytest.raises(OutputError) as caught:
        report.examine_template(Desk(), tmp_path, str(file), "模板.docx")
    assert (caught.value.code, caught.value.where.file) == (code, "模板.docx")


def test_a_template_of_word_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "x.part"
    file.write_bytes(docx())
    report.examine_template(Desk(), tmp_path, str(file), "模板.docx")


def test_downloads_run_nowhere_and_have_their_names(client: TestClient, session: Session) -> None:
    wrote(session, {"report.html": b"<script>1</script>", "report.docx": b"PK", "tables/表 1.csv": b"a"})
    base = f"/api/sessions/{session.id}/report"
    page = client.get(f"{base}/download/report.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert unquote(page.headers["content-disposition"]) == "attachment; filename*=utf-8''指数 2024.html"
    assert "sandbox" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    word = client.get(f"{base}/download/report.docx")
    assert word.headers["content-type"].endswith("wordprocessingml.document")
    table = client.get(f"{base}/download/tables/表 1.csv")
    assert (table.content, table.headers["content-type"]) == (b"a", "text/csv; charset=utf-8")
    listed = client.get(f"{base}/files").json()
    assert [one["name"] for one in listed] == ["report.docx", "report.html", "tables/表 1.csv"]


def test_the_preview_has_an_origin_of_its_own(client: TestClient, session: Session) -> None:
    wrote(session, {"report.html": b"<p>"})
    shown = client.get(f"/api/sessions/{session.id}/report/preview")
    policy = shown.headers["content-security-policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert "content-disposition" not in shown.headers


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fstudy.yaml", "..%2Fstudy.yaml", "%2e%2e/session.json", "report.pdf", "tables"]
)
def test_nothing_outside_the_folder_of_results_is_sent(client: TestClient, session: Session, name: str) -> None:
    wrote(session, {"tables/a.csv": b"a"})
    answer = client.get(f"/api/sessions/{session.id}/report/download/{name}")
    assert answer.status_code == 404
    assert b"framework" not in answer.content


def test_no_link_leads_out_of_the_folder(client: TestClient, session: Session) -> None:
    wrote(session, {"a.csv": b"a"})
    (session.folder / OUT / "b.csv").symlink_to(session.folder / "study.yaml")
    assert client.get(f"/api/sessions/{session.id}/report/download/b.csv").status_code == 404


def test_the_package_is_the_study_with_its_files_and_always_the_same_bytes(
    client: TestClient, session: Session
) -> None:
    wrote(session, {"report.html": b"<p>"})
    address = f"/api/sessions/{session.id}/report/package"
    first = client.get(address)
    os.utime(session.folder / "study.yaml", (1, 1))
    assert client.get(address).content == first.content
    assert unquote(first.headers["content-disposition"]).endswith(f"{session.document['study']}.zip")
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert archive.namelist() == ["files/表.csv", "study.yaml"]
        assert archive.read("study.yaml") == (session.folder / "study.yaml").read_bytes()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_study_is_shown_and_downloaded_as_it_stands(client: TestClient, session: Session) -> None:
    base = f"/api/sessions/{session.id}/report"
    text = (session.folder / "study.yaml").read_bytes()
    assert client.get(f"{base}/study").json()["text"].encode() == text
    file = client.get(f"{base}/study.yaml")
    assert file.content == text
    assert 'filename="study.yaml"' in file.headers["content-disposition"]


@pytest.mark.slow
def test_the_package_runs_to_the_same_bytes_on_the_command_line(
    store: Store, client: TestClient, tmp_path: Path
) -> None:
    session = store.create(demo="oecd")
    asked = {**session.document["report"], "formats": ["html", "docx", "pdf", "xlsx"]}
    session.edit({**session.document, "report": asked}, session.revision, "all formats")
    found = report.write(Desk(), session.folder, lambda _: None)
    assert found == {"written": ["html", "docx", "pdf", "xlsx"], "refused": None}
    package = client.get(f"/api/sessions/{session.id}/report/package").content
    fresh = tmp_path / "fresh"
    zipfile.ZipFile(io.BytesIO(package)).extractall(fresh)
    command = [sys.executable, "-m", "nqpf", "run", "study.yaml", "--out", "out"]
    subprocess.run(command, cwd=fresh, check=True, capture_output=True)
    ours, theirs = contents(session.folder / OUT), contents(fresh / "out")
    assert list(ours) == list(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert len(ours) > 100
