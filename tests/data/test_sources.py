"""Official sources: real clients against recorded replies, never a network; the cache; every refusal told."""

from __future__ import annotations

import copy
import io
import json
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import datetime, tzinfo
from email.message import Message
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from nqpf.data.panel import TIDY
from nqpf.data.sources import SOURCES, fetch, store
from nqpf.data.stata import dta_bytes
from nqpf.errors import DataError, NqpfError, SpecError
from nqpf.messages import speak

FIXTURES = Path(__file__).parent / "fixtures"
RD = "GB.XPD.RSDV.GD.ZS"
TODAY = "2026-03-05"
GDP = "国民经济核算 > 地区生产总值 > 地区生产总值"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test begin and end on the same day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromisoformat(f"{TODAY}T12:00:00").replace(tzinfo=tz)

    monkeypatch.setattr(store, "datetime", Clock)


# World Bank


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the real client talk to recorded replies; return the addresses it asks."""
    wbgapi = pytest.importorskip("wbgapi")
    replies = json.loads((FIXTURES / "worldbank.json").read_text(encoding="utf-8"))
    asked: list[str] = []

    class Answer:
        status_code, reason = 200, "OK"

        def __init__(self, body: Any) -> None:
            self.body = body

        def json(self) -> Any:
            return copy.deepcopy(self.body)  # the client changes what it is given

    def get(url: str, **kwargs: Any) -> Answer:
        assert kwargs["timeout"] > 0
        path = urllib.parse.unquote(url.removeprefix("https://api.worldbank.org/v2/en/").partition("?")[0])
        asked.append(path)
        return Answer(replies[path])

    monkeypatch.setattr(wbgapi.requests, "get", get)
    return asked


def test_world_bank_rows_carry_source_measure_and_the_banks_own_date(bank: list[str]) -> None:
    found = fetch("worldbank", RD, periods=[2015, 2016])
    assert found.frame.schema == TIDY
    china = found.frame.filter(code="CHN").sort("period")
    assert china["value"].to_list() == [2.05701, 2.10033]
    assert china.row(0, named=True)["measure"] == "% of GDP"
    assert set(china["vintage"]) == {"2026-02-24"}
    assert set(china["source"]) == {"World Bank, World Development Indicators"}
    assert found.labels["CHN"].zh == "中国"
    assert found.titles[RD].en == "Research and development expenditure (% of GDP)"
    assert found.method.options["series"] == {RD: RD}
    assert bank.count(f"sources/2/series/{RD}/country/all/time/YR2015;YR2016") == 1
    assert sys.modules["wbgapi"].get_options == {}


def test_world_bank_aggregates_are_totals_and_never_units(bank: list[str]) -> None:
    found = fetch("worldbank", RD, periods=[2015, 2016])
    assert set(found.totals["unit"]) == {"World", "OECD members"}
    # The Bank says that the Channel Islands are no aggregate, though they are no country of the gazetteer.
    assert set(found.frame["code"]) == {"CHN", "USA", "GRC", "CHI"}
    assert [n.code for n in found.notes] == ["fetched", "totals_apart"]
    assert found.to_panel().values.shape == (2, 4, 1)


def test_units_are_asked_by_code_under_any_name_and_series_can_be_named(bank: list[str]) -> None:
    found = fetch("worldbank", {"rd": RD}, units=["中国", "WLD"])
    assert set(found.frame["code"]) == {"CHN"}
    assert set(found.totals["unit"]) == {"World"}
    assert set(found.frame["indicator"]) == {"rd"}
    assert f"sources/2/series/{RD}/country/CHN;WLD/time/all" in bank


def test_a_series_the_bank_does_not_have(bank: list[str]) -> None:
    with pytest.raises(DataError, match=r"World Bank has no series “NO\.SUCH”") as caught:
        fetch("worldbank", "NO.SUCH")
    assert caught.value.code == "source_has_no_series"


@pytest.mark.parametrize(("status", "code"), [(429, "source_refused"), (502, "source_unreachable")])
def test_the_bank_does_not_answer(monkeypatch: pytest.MonkeyPatch, status: int, code: str) -> None:
    wbgapi = pytest.importorskip("wbgapi")

    class Answer:
        status_code, reason = status, "no"

    monkeypatch.setattr(wbgapi.requests, "get", lambda url, **kwargs: Answer())
    with pytest.raises(DataError, match="World Bank") as caught:
        fetch("worldbank", RD, database=99)
    assert caught.value.code == code


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wbgapi", None)
    monkeypatch.setitem(sys.modules, "sdmx", None)
    with pytest.raises(SpecError, match=r'pip install "nqpf\[worldbank\]"'):
        fetch("worldbank", RD)
    with pytest.raises(SpecError, match=r'pip install "nqpf\[sdmx\]"'):
        fetch("oecd", "FLOW/KEY")


# The cache


def test_a_kept_reply_is_used_offline_and_says_when_it_was_fetched(bank: list[str], tmp_path: Path) -> None:
    first = fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path)
    asked = len(bank)
    kept = sorted(p.name for p in (tmp_path / "worldbank").iterdir())
    assert len(kept) == 2
    assert kept[0].startswith(f"{RD}-")
    assert kept[1] == kept[0] + ".request.json"
    header = json.loads((tmp_path / "worldbank" / kept[1]).read_text(encoding="utf-8"))
    assert header["retrieved"].startswith(TODAY)
    assert header["request"]["name"] == RD
    second = fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path)
    assert len(bank) == asked
    assert second.frame.equals(first.frame)
    assert set(second.frame["file"]) == {str(tmp_path / "worldbank" / kept[0])}
    assert second.method == first.method


def test_a_kept_reply_needs_no_client(bank: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path)
    monkeypatch.setitem(sys.modules, "wbgapi", None)
    assert fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path).frame.equals(first.frame)


def test_refresh_asks_again_and_other_questions_are_kept_apart(bank: list[str], tmp_path: Path) -> None:
    fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path)
    asked = bank.count(f"sources/2/series/{RD}/country/all/time/YR2015;YR2016")
    fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path, refresh=True)
    assert bank.count(f"sources/2/series/{RD}/country/all/time/YR2015;YR2016") == asked + 1
    fetch("worldbank", RD, units=["CHN", "WLD"], cache=tmp_path)
    assert len(list((tmp_path / "worldbank").glob("*.request.json"))) == 2


@pytest.mark.parametrize("damage", ["content", "header"])
def test_a_damaged_reply_is_not_used(bank: list[str], tmp_path: Path, damage: str) -> None:
    fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path)
    path = next((tmp_path / "worldbank").glob("*.request.json"))
    if damage == "content":
        path = path.with_name(path.name.removesuffix(".request.json"))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="not what was once fetched") as caught:
        fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert fetch("worldbank", RD, periods=[2015, 2016], cache=tmp_path, refresh=True).frame.height == 8


def test_two_databases_of_the_bank_are_two_questions(tmp_path: Path) -> None:
    class Bank:
        APIError = RuntimeError

        class data:
            @staticmethod
            def fetch(*args: Any, db: int, **kwargs: Any) -> list[dict[str, Any]]:
                economy = {"id": "CHN", "value": "China", "aggregate": False}
                series, time = {"id": "X", "value": f"X in {db}"}, {"id": "YR2020", "value": "2020"}
                return [{"value": float(db), "series": series, "economy": economy, "time": time}]

        class source:
            @staticmethod
            def get(db: int) -> dict[str, str]:
                return {"name": f"base {db}"}

    found = [fetch("worldbank", "X", cache=tmp_path, database=db, client=Bank) for db in (2, 3, 2)]
    assert [f.frame["value"].item() for f in found] == [2.0, 3.0, 2.0]
    assert [f.frame["vintage"].item() for f in found] == [TODAY] * 3  # it states no date of its own


# SDMX


class Sdmx:
    """A session that answers every request with one message and remembers the addresses."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.requests = pytest.importorskip("requests")
        self.content, self.status = content, status
        self.asked: list[str] = []

    def session(self) -> Any:
        outer = self

        class Adapter(outer.requests.adapters.BaseAdapter):  # type: ignore[misc,name-defined]
            def send(self, request: Any, **kwargs: Any) -> Any:
                outer.asked.append(request.url)
                reply = outer.requests.Response()
                reply.status_code, reply.url, reply.request = outer.status, request.url, request
                reply.headers["content-type"] = "application/xml"
                reply.raw = io.BytesIO(outer.content)
                return reply

            def close(self) -> None:
                return None

        session = self.requests.Session()
        session.mount("https://", Adapter())
        session.mount("http://", Adapter())
        return session


def message(*series: tuple[dict[str, str], dict[str, float | str]]) -> bytes:
    """Return a constructed structure-specific message with these series."""
    url = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    body = ""
    for key, values in series:
        attributes = " ".join(f"{k}={v!r}" for k, v in key.items())
        cells = "".join(f"<Obs TIME_PERIOD='{t}' OBS_VALUE='{v}'/>" for t, v in values.items())
        body += f"<Series {attributes}>{cells}</Series>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<m:StructureSpecificData xmlns:m="{url}/message" xmlns:s="{url}/data/structurespecific"
 xmlns:u="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=X:DSD(1.0):ObsLevelDim:TIME_PERIOD"
 xmlns:c="{url}/common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<m:Header><m:ID>X</m:ID><m:Test>false</m:Test><m:Prepared>2026-10-01T08:00:00Z</m:Prepared><m:Sender id="X"/>
<m:Structure dimensionAtObservation="TIME_PERIOD" structureID="S"><c:StructureUsage>
<Ref id="DSD" agencyID="X" version="1.0"/></c:StructureUsage></m:Structure></m:Header>
<u:DataSet s:structureRef="S" s:dataScope="DataStructure" xsi:type="u:DataSetType">{body}</u:DataSet>
</m:StructureSpecificData>""".encode()


def test_a_recorded_reply_of_eurostat(tmp_path: Path) -> None:
    pytest.importorskip("sdmx")
    raw = (FIXTURES / "eurostat_nama_10_gdp.xml").read_bytes()
    sdmx = Sdmx(raw)
    series = {"gdp": "NAMA_10_GDP/A.CP_MEUR.B1GQ.LU"}
    found = fetch("eurostat", series, periods=range(2012, 2015), cache=tmp_path, client=sdmx.session())
    assert found.frame["value"].to_list() == [46526.2, 49094.5, 51791.3]
    assert set(found.frame["code"]) == {"LUX"}
    assert found.labels["LUX"].zh == "卢森堡"
    assert set(found.frame["vintage"]) == {"2022-11-11"}
    assert set(found.frame["measure"]) == {"CP_MEUR"}
    assert set(found.frame["source"]) == {"Eurostat, NAMA_10_GDP"}
    assert sdmx.asked == [
        "https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1/data/NAMA_10_GDP/A.CP_MEUR.B1GQ.LU"
        "?startPeriod=2012&endPeriod=2014"
    ]
    kept = next((tmp_path / "eurostat").glob("*.xml"))
    assert kept.read_bytes() == raw
    again = fetch("eurostat", series, periods=range(2012, 2015), cache=tmp_path, client=Sdmx(b"", 500).session())
    assert again.frame.equals(found.frame)


def test_areas_that_are_no_country_are_set_apart_and_named() -> None:
    pytest.importorskip("sdmx")
    key = {"FREQ": "A", "MEASURE": "G", "UNIT_MEASURE": "USD_PPP", "UNIT_MULT": "6"}
    areas = ("CHN", "OECD", "W_TEST")
    sdmx = Sdmx(message(*(({"REF_AREA": a, **key}, {"2020": 1.0, "2021": "NaN"}) for a in areas)))
    found = fetch("oecd", {"x": "AG,DSD@DF,1.0/CHN+OECD.A.G.USD_PPP"}, client=sdmx.session())
    assert found.frame.select("code", "period", "value", "measure").rows() == [
        ("CHN", 2020, 1.0, "10^6 USD_PPP"),
        ("CHN", 2021, None, "10^6 USD_PPP"),
    ]
    assert set(found.totals["unit"]) == {"OECD", "W_TEST"}
    note = next(n for n in found.notes if n.code == "areas_apart")
    assert "W_TEST" in str(note)
    assert "OECD" not in str(note)
    assert sdmx.asked == ["https://sdmx.oecd.org/public/rest/data/AG,DSD@DF,1.0/CHN+OECD.A.G.USD_PPP"]
    same = fetch("oecd", {"x": "AG,DSD@DF,1.0/k"}, places="none", client=sdmx.session())
    assert set(same.frame["unit"]) == set(areas)


@pytest.mark.parametrize(
    ("source", "address"), [("ilo", "https://sdmx.ilo.org/rest/"), ("unesco", "http://api.uis.unesco.org/sdmx/")]
)
def test_every_sdmx_provider_is_asked_at_its_address(source: str, address: str) -> None:
    pytest.importorskip("sdmx")
    sdmx = Sdmx(message(({"REF_AREA": "CN", "OBS_STATUS": "E"}, {"2020": 1.0})))
    found = fetch(source, "DF_X/CN.A", client=sdmx.session())
    assert sdmx.asked == [f"{address}data/DF_X/CN.A"]
    assert found.frame.select("code", "note").rows() == [("CHN", "OBS_STATUS E")]


def test_a_key_that_leaves_a_dimension_open_is_refused_with_its_values() -> None:
    pytest.importorskip("sdmx")
    key = {"REF_AREA": "CHN", "FREQ": "A"}
    sdmx = Sdmx(message(({**key, "SEX": "F"}, {"2020": 1.0}), ({**key, "SEX": "M"}, {"2020": 2.0})))
    with pytest.raises(DataError, match="SEX: F, M") as caught:
        fetch("ilo", "DF_X/CHN.A", client=sdmx.session())
    assert caught.value.code == "series_key_open"


def test_a_series_of_quarters_is_refused() -> None:
    pytest.importorskip("sdmx")
    sdmx = Sdmx(message(({"REF_AREA": "CHN"}, {"2020-Q1": 1.0})))
    with pytest.raises(DataError, match="2020-Q1"):
        fetch("oecd", "DF/CHN.Q", client=sdmx.session())


@pytest.mark.parametrize(("status", "code"), [(403, "source_refused"), (404, "source_unreachable")])
def test_a_provider_that_does_not_answer(status: int, code: str) -> None:
    pytest.importorskip("sdmx")
    with pytest.raises(DataError, match="OECD") as caught:
        fetch("oecd", "DF/CHN.A", client=Sdmx(b"", status).session())
    assert caught.value.code == code
    assert "data-explorer.oecd.org" in str(caught.value)


# Penn World Table


PWT_COLUMNS = ["countrycode", "country", "currency_unit", "year", "rgdpna", "hc", "i_cig"]
PWT_ROWS: list[list[Any]] = [
    ["CHN", "China", "Yuan Renminbi", 2018, 19841300.0, 2.67364, "Extrapolated"],
    ["CHN", "China", "Yuan Renminbi", 2019, 20572600.0, 2.69899, "Extrapolated"],
    ["LUX", "Luxembourg", "Euro", 2018, 55293.8, 3.5652, "Benchmark"],
    ["LUX", "Luxembourg", "Euro", 2019, 56563.9, None, "Benchmark"],
]
PWT_LEGEND = {
    "rgdpna": "Real GDP at constant 2017 national prices (in mil. 2017US$)",
    "hc": "Human capital index, based on years of schooling and returns to education",
}


def pwt_workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        legend, data = book.add_worksheet("Legend"), book.add_worksheet("Data")
        for i, row in enumerate([("Variable name", "Variable definition"), *PWT_LEGEND.items()]):
            legend.write_row(i, 0, row)
        for i, cells in enumerate([PWT_COLUMNS, *PWT_ROWS]):
            data.write_row(i, 0, cells)
    return buffer.getvalue()


@pytest.fixture(params=["pwt1001.xlsx", "pwt1001.dta"])
def pwt(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    frame = pl.DataFrame(PWT_ROWS, schema=PWT_COLUMNS, orient="row")
    path.write_bytes(pwt_workbook() if path.suffix == ".xlsx" else dta_bytes(frame, labels=PWT_LEGEND))
    return path


def test_penn_world_table_from_a_file(pwt: Path) -> None:
    found = fetch("pwt", {"gdp": "rgdpna", "hc": "hc"}, periods=[2019], path=pwt)
    assert found.frame.select("code", "indicator", "value").rows() == [
        ("CHN", "gdp", 20572600.0),
        ("LUX", "gdp", 56563.9),
        ("CHN", "hc", 2.69899),
        ("LUX", "hc", None),
    ]
    assert found.frame["measure"].to_list() == ["mil. 2017US$", "mil. 2017US$", None, None]
    assert set(found.frame["vintage"]) == {"10.01"}
    assert found.titles["hc"].en.startswith("Human capital index")
    assert found.method.options["doi"] == "10.34894/QT5BCC"
    everything = fetch("pwt", path=pwt)
    assert set(everything.frame["indicator"]) == {"rgdpna", "hc"}


def test_penn_world_table_checks_what_it_is_given(pwt: Path, tmp_path: Path) -> None:
    digest = fetch("pwt", "hc", path=pwt).method.options["sha256"][0]
    assert fetch("pwt", "hc", path=pwt, sha256=digest.upper()).frame.height == 4
    with pytest.raises(DataError, match="SHA-256") as caught:
        fetch("pwt", "hc", path=pwt, sha256="0" * 64)
    assert caught.value.code == "other_checksum"
    with pytest.raises(DataError, match="rgdpna"):
        fetch("pwt", "rgdpn", path=pwt)
    renamed = pwt.rename(pwt.with_stem("table"))
    with pytest.raises(SpecError, match="version"):
        fetch("pwt", "hc", path=renamed)
    assert set(fetch("pwt", "hc", path=renamed, version="11.0").frame["vintage"]) == {"11.0"}
    with pytest.raises(DataError, match="no such file"):
        fetch("pwt", "hc", path=tmp_path / "pwt1001.xls")


def test_penn_world_table_from_its_publisher(tmp_path: Path) -> None:
    asked: list[str] = []

    def send(request: urllib.request.Request) -> bytes:
        asked.append(request.full_url)
        return pwt_workbook()

    first = fetch("pwt", "hc", version="10.01", cache=tmp_path, client=send)
    second = fetch("pwt", "hc", version="10.01", cache=tmp_path, client=send)
    assert asked == ["https://dataverse.nl/api/access/datafile/354095"]
    assert second.frame.equals(first.frame)
    with pytest.raises(SpecError, match=r"10\.01, 11\.0"):
        fetch("pwt", "hc", version="9", client=send)


def test_a_file_that_is_not_the_penn_world_table(tmp_path: Path) -> None:
    path = tmp_path / "pwt110.xlsx"
    path.write_bytes(b"<html>")
    with pytest.raises(DataError, match="cannot be opened"):
        fetch("pwt", "hc", path=path)
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Data").write_row(0, 0, ["a", "b"])
    with pytest.raises(DataError, match="not the Penn World Table"):
        fetch("pwt", "hc", path=path)


# National Bureau of Statistics


@pytest.fixture
def bureau() -> tuple[Callable[[urllib.request.Request], bytes], list[urllib.request.Request]]:
    replies = json.loads((FIXTURES / "nbs.json").read_text(encoding="utf-8"))
    asked: list[urllib.request.Request] = []

    def send(request: urllib.request.Request) -> bytes:
        asked.append(request)
        path = request.full_url.removeprefix("https://data.stats.gov.cn/dg/website/publicrelease/web/external/")
        return json.dumps(replies["figures" if request.data else path], ensure_ascii=False).encode()

    return send, asked


def test_the_bureaus_service_is_asked_by_name(bureau: Any, tmp_path: Path) -> None:
    send, asked = bureau
    found = fetch("nbs", GDP, periods=range(2021, 2023), cache=tmp_path, pause=0, client=send)
    assert found.frame.select("unit", "code", "period", "value", "measure").sort("code", "period").rows() == [
        ("北京市", "110000", 2021, 44350.7, "亿元"),
        ("北京市", "110000", 2022, 45222.4, "亿元"),
        ("广东省", "440000", 2021, 127577.4, "亿元"),
        ("广东省", "440000", 2022, 132547.1, "亿元"),
    ]
    assert set(found.frame["indicator"]) == {"地区生产总值"}
    assert set(found.frame["vintage"]) == {TODAY}
    assert "第五次全国经济普查" in found.frame["note"][0]
    assert set(found.totals["unit"]) == {"全国"}
    body = json.loads(asked[-1].data)
    assert asked[-1].full_url.endswith("/stream/esData")
    assert body["dts"] == ["2021YY-2022YY"]
    assert body["rootId"] == "c4d82af16c3d4f0cb4f09d4af7d5888e"
    assert [d["text"] for d in body["das"]] == ["全国", "北京市", "广东省"]
    count = len(asked)
    again = fetch("nbs", GDP, periods=range(2021, 2023), cache=tmp_path, pause=0, client=send)
    assert len(asked) == count == 7
    assert again.frame.equals(found.frame)


def test_only_the_areas_that_are_wanted_are_asked_for(bureau: Any) -> None:
    send, asked = bureau
    found = fetch("nbs", {"gdp": GDP}, periods=[2022], units=["Guangdong", "西藏"], pause=0, client=send)
    assert [d["text"] for d in json.loads(asked[-1].data)["das"]] == ["广东省"]
    assert found.frame.select("code", "period", "indicator").rows() == [("440000", 2022, "gdp")]
    assert any(n.code == "units_absent" and "西藏" in str(n) for n in found.notes)


def test_a_wrong_entry_of_the_catalogue_is_told_with_what_there_is(bureau: Any) -> None:
    send, _ = bureau
    with pytest.raises(DataError, match="国民经济核算, 人口") as caught:
        fetch("nbs", "国民经济 > 地区生产总值 > 地区生产总值", periods=[2022], pause=0, client=send)
    assert "Did you mean" in str(caught.value)
    with pytest.raises(DataError, match="第一产业增加值"):
        fetch("nbs", GDP.replace("> 地区生产总值 > 地区生产总值", "> 地区生产总值 > 总值"), periods=[2022], client=send)


def http_error(status: int) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("https://data.stats.gov.cn", status, "no", Message(), None)


def test_a_refusal_points_to_exporting_by_hand(tmp_path: Path) -> None:
    def send(request: urllib.request.Request) -> bytes:
        raise http_error(403)

    with pytest.raises(DataError, match=r"refused the program's request \(403\)") as caught:
        fetch("nbs", GDP, periods=[2022], cache=tmp_path, pause=0, client=send)
    assert "data.stats.gov.cn/dg/website/page.html" in str(caught.value)
    with speak("zh"):
        assert "手工导出" in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "code"),
    [(b"<html>reason:UrlACL</html>", "source_refused"), (b'{"state": 50000, "message": "x"}', "source_unreachable")],
)
def test_an_answer_that_is_none_is_not_kept(tmp_path: Path, reply: bytes, code: str) -> None:
    with pytest.raises(DataError) as caught:
        fetch("nbs", GDP, periods=[2022], cache=tmp_path, pause=0, client=lambda request: reply)
    assert caught.value.code == code
    assert list(tmp_path.rglob("*")) == []


def test_figures_are_asked_at_the_older_address_where_the_newer_is_gone(bureau: Any) -> None:
    send, asked = bureau

    def older(request: urllib.request.Request) -> bytes:
        if request.full_url.endswith("stream/esData"):
            raise http_error(404)
        return bytes(send(request))

    found = fetch("nbs", GDP, periods=[2021, 2022], pause=0, client=older)
    assert found.frame.height == 4
    assert asked[-1].full_url.endswith("/getEsDataByCidAndDt")


def test_questions_are_asked_slowly(bureau: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("nqpf.data.sources.nbs.time.sleep", waits.append)
    fetch("nbs", GDP, periods=[2021, 2022], pause=5, client=bureau[0])
    assert len(waits) == 7
    assert all(4 < w <= 5 for w in waits[1:])


def test_an_export_of_the_bureau_is_read_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "分省年度数据.csv"
    path.write_text(
        "地区,指标,2022年,2021年\n北京市,地区生产总值,45222.4,44350.7\n全国,地区生产总值,,\n", encoding="utf-8"
    )
    found = fetch("nbs", {"gdp": "地区生产总值"}, periods=[2022], path=path)
    assert found.frame.select("code", "indicator", "value").rows() == [("110000", "gdp", 45222.4)]
    assert set(found.totals["unit"]) == {"全国"}
    with pytest.raises(DataError, match="地区生产总值"):
        fetch("nbs", "生产总值", path=path)


# The one interface


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"source": "wordbank", "series": "X"}, "unknown_source"),
        ({"source": "worldbank"}, "no_series_named"),
        ({"source": "nbs", "series": GDP}, "periods_needed"),
        ({"source": "nbs", "series": GDP, "periods": [2020], "database": 1}, "bad_choice"),
        ({"source": "oecd", "series": "DF"}, "series_not_flow_and_key"),
    ],
)
def test_questions_that_cannot_be_asked(arguments: dict[str, Any], code: str) -> None:
    if arguments["source"] == "oecd":
        pytest.importorskip("sdmx")
    with pytest.raises(NqpfError) as caught:
        fetch(**arguments)
    assert caught.value.code == code


def test_years_and_units_of_which_there_is_nothing(pwt: Path) -> None:
    with pytest.raises(DataError) as caught:
        fetch("pwt", "hc", periods=[1900], path=pwt)
    assert caught.value.code == "source_has_nothing"
    found = fetch("pwt", "hc", units=["卢森堡", "日本"], path=pwt)
    assert set(found.frame["code"]) == {"LUX"}
    assert set(found.labels) == {"LUX"}
    assert any(n.code == "units_absent" for n in found.notes)


def test_the_sources_are_the_ones_the_manual_names() -> None:
    assert set(SOURCES) == {"worldbank", "oecd", "eurostat", "ilo", "unesco", "pwt", "nbs"}
    documented = fetch.__doc__ or ""
    assert all(f"``{name}``" in documented for name in SOURCES)
