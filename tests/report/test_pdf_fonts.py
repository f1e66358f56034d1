from __future__ import annotations

from nqpf.charts.theme import FONT
from nqpf.report.fonts import LATIN, faces, has_chinese


def test_each_system_s_own_faces_are_preferred() -> None:
    windows = faces({"Arial", "Microsoft YaHei", "SimSun", "SimHei", "KaiTi"})
    assert (windows.serif, windows.sans, windows.pictures) == ("SimSun", "SimHei", FONT)
    mac = faces({"Helvetica", "Songti SC", "Heiti SC", "PingFang SC"})
    assert (mac.serif, mac.sans) == ("Songti SC", "PingFang SC")
    linux = faces({"DejaVu Sans", "Noto Serif CJK SC", "Noto Serif CJK JP", "Noto Sans CJK SC"})
    assert (linux.serif, linux.sans) == ("Noto Serif CJK SC", "Noto Sans CJK SC")
    assert linux.text == [LATIN, "Noto Serif CJK SC"]
    assert linux.heading == ["Noto Sans CJK SC"]


def test_one_chinese_font_does_for_all() -> None:
    for name in ("WenQuanYi Zen Hei", "SimSun", "KaiTi", "Noto Sans CJK JP"):
        found = faces({"Arial", name})
        assert (found.serif, found.sans) == (name, name)
        # The charts do not ask for it, so it is put before what they ask for.
        assert found.pictures == f"{name}, {FONT}"


def test_without_a_chinese_font_latin_is_left() -> None:
    found = faces({"Arial", "DejaVu Sans"})
    assert found.serif is None
    assert found.text == found.heading == [LATIN]
    assert found.pictures == FONT


def test_chinese_is_told_from_signs() -> None:
    assert has_chinese("a 中 b")
    assert has_chinese("𠮷")
    assert not has_chinese("“α” — ≥ → ① é。")
