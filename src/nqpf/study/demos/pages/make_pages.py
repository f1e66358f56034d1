"""Constructs the corpus of this demo: short pages by invented authors on an invented province and its counties.

Nothing in it was published or happened; only the official statements that one page quotes are real, and they are those
of ``nqpf text statements`` with their sources. Run ``python make_pages.py`` to write ``pages/`` and ``metadata.csv``
again: the same bytes every time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

SEED = 20241105
PROVINCE = "云梧省"
OUTLET = "云梧观察"

COUNTIES = {
    "青砚县": ("制墨", "墨坊", "墨模图样", "松烟窑", "文房用品"),
    "白鹭县": ("湿地种养", "合作社", "水位和鸟情", "芦苇荡", "湿地产品"),
    "石臼县": ("石材加工", "石材厂", "切割损耗", "老采场", "人造石板"),
    "桐溪县": ("桐油", "油坊", "油品检验", "桐林", "生物涂料"),
    "金铃县": ("铸造", "铸造厂", "炉温", "翻砂车间", "铜铃和阀门"),
    "望湖县": ("渔业", "船队", "渔船航迹", "旧码头", "冷链水产"),
}
"""Trade, firm, data, place and goods of each county."""

AUTHORS = ("林小满", "周砚秋", "何知远", "许听澜", "陆明川", "沈一禾", "梁稻香", "顾北辰", "唐雨眠", "魏长风")

PLAIN = (
    "{county}的{trade}有上百年历史，年轻人却不愿意进{firm}。",
    "去年冬天，{place}边上修了一条水泥路，货车可以开到{firm}门口。",
    "县里三次开会讨论{goods}的销路，会后由分管的同志逐家走访。",
    "{firm}的老师傅带了两名徒弟，工钱按件计算，多劳多得。",
    "雨季一来，{place}就要停工半个月，这是{trade}多年来的难处。",
    "今年的订单比去年多了{n}成，多数来自邻近的市镇。",
    "为了省电，{firm}把生产安排在夜里，第二天一早装车。",
    "统计员挨家登记，{county}从事{trade}的还有{n}百多户。",
    "过去卖的是原料，现在卖的是{goods}，一字之差，收入翻了一番。",
    "村民在{place}立了一块木牌，写明谁负责看护、谁负责维修。",
    "运费涨了{n}个百分点，{firm}和司机重新谈了价钱。",
    "县图书馆整理了{trade}的老账本，供学校的孩子抄写。",
    "调查的十二家{firm}中，{n}家有自己的仓库，其余都是租用。",
    "{goods}在展销会上卖得不错，回头客占了三分之一。",
    "请来的技术员住在{place}旁的小院，每周下厂两天。",
    "账目每月张贴一次，有疑问的可以当场翻看。",
)
"""Sentences without a term of the list."""

TOPICS = {
    "digital": (
        "{firm}装上传感器以后，{record}第一次变成可以查阅的数据，数字化转型由此起步。",
        "县里不求大而全，先把{trade}的产业数字化做实，让实体经济尝到甜头。",
        "工业互联网通到{place}，{firm}的智能化改造分三步走。",
        "数字经济不是另起炉灶，而是把{record}同{trade}的老经验接起来。",
    ),
    "green": (
        "{place}的修复与{trade}同步进行，绿色发展写进了村规。",
        "{firm}改用余热，算下来是一笔绿色低碳的账。",
        "废料回炉、废水回用，循环经济在{county}已有{n}个样板。",
        "绿色转型要花钱，县里把补助同节能效果挂钩。",
    ),
    "industry": (
        "{trade}是传统产业，改造得好，同样可以长出新兴产业。",
        "{county}的{goods}进入邻省的产业链，靠的是{n}项小改进。",
        "专精特新的牌子挂在{firm}门口，订单跟着来了。",
        "县里为{goods}规划了产业集群，却没有要求各乡都上同样的项目。",
        "未来产业离{county}还远，先进制造业的配套却近在眼前。",
    ),
    "innovation": (
        "{firm}与学校签了协议，科技成果转化按步骤验收。",
        "揭榜挂帅的题目由{firm}出，谁能降低{record}的误差，谁来揭榜。",
        "基础研究在省城，应用在{county}，产学研的距离比想象的短。",
        "科技创新在这里就是把{record}测准，把{goods}做精。",
    ),
    "paths": (
        "{county}的条件与邻县不同，因地制宜不是一句空话。",
        "有人担心一哄而上，县里就把项目清单压缩到{n}个。",
        "先立后破，老{firm}在新车间投产之前照常开工。",
    ),
    "overall": (
        "对{county}来说，新质生产力先要落在{trade}的每一道工序上。",
        "新质生产力不等于关掉老厂，高质量发展也要看{firm}的账本。",
        "讨论新质生产力的时候，{firm}的工人问得最多的是{goods}卖给谁。",
        "培育新质生产力，{county}选了{trade}这一条路。",
        "没有{record}，新质生产力在{county}就无从谈起。",
    ),
}
"""Sentences with terms, by topic."""

LEANING = {
    "青砚县": ("industry", "innovation"),
    "白鹭县": ("green", "paths"),
    "石臼县": ("industry", "green"),
    "桐溪县": ("innovation", "green"),
    "金铃县": ("digital", "industry"),
    "望湖县": ("digital", "paths"),
}
"""What each county writes of most."""

ADOPTED = {"金铃县": 1, "望湖县": 1, "桐溪县": 2, "青砚县": 2, "白鹭县": 3}
"""From which of its pages on (from 0) a county writes of new quality productive forces; 石臼县 never does."""

DATES = ("2023-06-12", "2023-11-20", "2024-04-15", "2024-10-28")
WIDTHS = (16, 20, 22, 26, 30, 34)

PLAN = (
    "全省各县要把改造传统产业同培育新兴产业结合起来，因地制宜发展新质生产力，不得照搬一种模式。",
    "省里设立小额改造资金，优先支持有数据、有订单、有带头人的{firm}类企业，每年公布一次名单。",
    "县级计划应当写明现有基础、缺什么、由谁来补，没有依据的指标一律删去。",
    "数字化转型以工序为单位验收，绿色低碳改造以实际用能为准，两项都要留下原始记录。",
    "揭榜挂帅的题目由企业提出，科技成果转化的收益按约定分给出力的人。",
)
"""The plan of the invented province."""

REPEATED = "县级计划应当写明现有基础、缺什么、由谁来补，没有依据的指标一律删去。"
"""A sentence of the plan that two counties copy."""

QUOTING = (
    "读文件要读原话。2024年1月31日，习近平总书记在二十届中央政治局第十一次集体学习时强调：“发展新质生产力是推动"
    "高质量发展的内在要求和重要着力点，必须继续做好创新这篇大文章，推动新质生产力加快发展。”这段话讲的是为什么。",
    "2024年3月5日，习近平总书记在参加十四届全国人大二次会议江苏代表团审议时指出：“要牢牢把握高质量发展这个首要任务，"
    "因地制宜发展新质生产力。”同一天又强调：“发展新质生产力不是忽视、放弃传统产业……也不要搞一种模式。”"
    "这两段话讲的是怎么办。",
    "有的材料抄写走了样，把这句话写成“要牢牢把握高质量发展这个头等任务，因地制宜发展新质生产力”，一词之差，应当改正。",
    "县里的同志常说的“小步快走”是一句口头禅，不是引文，不必去找出处。",
)
"""Paragraphs that quote official statements: as they are, shortened, and altered on purpose."""


def page(random: Random, county: str, number: int) -> tuple[str, list[str]]:
    """Return the title and the paragraphs of a county's page."""
    trade, firm, record, place, goods = COUNTIES[county]
    words = {"county": county, "trade": trade, "firm": firm, "record": record, "place": place, "goods": goods}
    topics = [sentence for topic in LEANING[county] for sentence in TOPICS[topic]]
    rest = [sentence for topic in TOPICS if topic not in ("overall", *LEANING[county]) for sentence in TOPICS[topic]]
    chosen = random.sample(PLAIN, 6) + random.sample(topics, 5 + number % 2) + random.sample(rest, 2)
    if number >= ADOPTED.get(county, len(DATES)):
        chosen += random.sample(TOPICS["overall"], 1 + (number == len(DATES) - 1))
    random.shuffle(chosen)
    said = [sentence.format(n=random.choice("二三四五六七八"), **words) for sentence in chosen]
    if county in ("青砚县", "白鹭县") and number == len(DATES) - 1:
        said.insert(4, REPEATED)
    cut = (len(said) + 2) // 3
    paragraphs = ["".join(said[at : at + cut]) for at in range(0, len(said), cut)]
    titles = (f"{county}{trade}见闻", f"{firm}里的新账本", f"从{place}说起", f"{goods}是怎样做成的")
    return titles[number], paragraphs


def wrapped(paragraphs: Sequence[str], width: int, spaced: int | None = None) -> list[str]:
    """Return paragraphs broken into lines as a narrow column has them, one of which is letter-spaced."""
    lines: list[str] = []
    for paragraph in paragraphs:
        whole = "　　" + paragraph
        lines += [whole[at : at + width] for at in range(0, len(whole), width)]
    if spaced is not None and spaced < len(lines):
        lines[spaced] = " ".join(lines[spaced].strip("　"))
    return lines


def article(title: str, author: str, county: str, lines: Sequence[str]) -> str:
    """Return an article as it stands on a page: title, byline, text, remark on the author."""
    return "\n".join([title, author, "", *lines, f"（作者系{county}发展研究室研究人员）"]) + "\n"


def pages() -> Iterator[tuple[str, str, str | None, str, str, str]]:
    """Yield every file: name, text, region, date, level, type of document."""
    random = Random(SEED)
    kept: dict[str, str] = {}
    for c, county in enumerate(COUNTIES):
        for number, date in enumerate(DATES):
            title, paragraphs = page(random, county, number)
            k = c * len(DATES) + number
            lines = wrapped(paragraphs, WIDTHS[k % len(WIDTHS)], 3 if k % 5 == 0 else None)
            text = article(title, AUTHORS[k % len(AUTHORS)], county, lines)
            kept[f"{c}-{number}"] = text
            name = f"{date[:4]}-{date[5:7]}-{county}.txt"
            yield name, text, county, date, "county", "评论"
    for year, date in ((2024, "2024-02-26"), (2025, "2025-02-24")):
        office = f"{PROVINCE}发展办公室"
        plan = [sentence.format(firm="工坊") for sentence in PLAN[: 4 if year == 2024 else 5]]
        text = "\n".join([f"# {PROVINCE}{year}年县域产业改造计划", office, "", *plan, ""])
        yield f"{year}-计划.md", text, None, date, "province", "计划"
    quoting = article("读原话，做实事", "孟闻道", "青砚县", wrapped(QUOTING, 28))
    yield "2024-05-读原话.txt", quoting, "青砚县", "2024-05-20", "county", "评论"
    copied = [kept[key].splitlines() for key in ("4-2", "5-1", "4-2")]
    titles = [lines[0] for lines in copied]
    contents = ["县域来稿汇编（3 篇）", "", "目录", "", *(f"{n}. {t}\t{n + 1}" for n, t in enumerate(titles, 1)), ""]
    bodies = [line for lines in copied for line in [lines[0], "", joined(lines[3:-1]), ""]]
    yield "2024-12-汇编.txt", "\n".join([*contents, *bodies]), None, "2024-12-30", "county", "汇编"
    yield "2024-12-空白页.txt", "", None, "2024-12-30", "county", "评论"


def joined(lines: Sequence[str]) -> str:
    """Return the lines of an article as a compilation has them: its paragraphs whole."""
    whole = "".join(line.replace(" ", "") if " " in line else line for line in lines)
    return "\n\n".join(part for part in whole.split("　　") if part)


def main() -> None:
    """Write the pages and the table beside this file."""
    folder = Path(__file__).parent
    (folder / "pages").mkdir(exist_ok=True)
    rows = [("文件", "地区", "日期", "级别", "报刊", "文种")]
    for name, text, region, date, level, kind in pages():
        (folder / "pages" / name).write_text(text, encoding="utf-8", newline="\n")
        if text:
            rows.append((name, region or "", date, level, OUTLET, kind))
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
