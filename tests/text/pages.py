"""A maker of constructed pages: articles composed of sentences of its own, set the way scanned newspapers come out.

What an article says is made up from a small vocabulary (villages, bridges, bees, libraries …); what is tested is how
it is set: hard-wrapped at some width, with or without empty lines, letter-spaced, with titles in a shuffled list, with
bylines away, doubled headings, page numbers and running heads, columns in turns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from nqpf.text.source import Source

Blank = Literal["none", "paragraph", "every"]
Titles = Literal["list", "place", "end"]

TOPICS: tuple[tuple[str, ...], ...] = (
    ("河湾新桥", "石拱", "渡船", "桥面", "护栏", "两岸村民", "桥工", "洪峰", "引桥"),
    ("山村学堂", "课桌", "支教老师", "操场", "晚自习", "图画课", "住校生", "饭堂", "校车"),
    ("蜂场", "蜂农", "槐花蜜", "蜂箱", "采蜜期", "蜂王", "蜜源地", "花粉", "过冬"),
    ("旧书店", "藏书票", "书架", "读书会", "店主", "线装书", "常客", "小巷", "灯下"),
    ("稻田", "插秧机", "水渠", "稻种", "田埂", "收割", "农技员", "晒谷场", "病虫害"),
    ("港口", "货轮", "吊车", "码头", "集装箱", "引航员", "泊位", "潮水", "航线"),
    ("老戏台", "唱腔", "戏班", "水袖", "锣鼓", "票友", "行头", "开场戏", "乡音"),
    ("养老院", "护工", "药盒", "陪聊", "康复室", "轮椅", "家属", "夜班", "棋牌室"),
    ("瓷窑", "釉色", "拉坯", "窑火", "泥料", "匠人", "开窑", "青花", "素坯"),
    ("气象站", "雨量筒", "风向标", "预报员", "寒潮", "雷达图", "观测场", "台风眼", "云图"),
    ("城中绿地", "步道", "行道树", "长椅", "雨水花园", "园丁", "鸟巢", "草坪", "喷灌"),
    ("旧厂房", "车间", "烟囱", "老工人", "设计师", "展厅", "机床", "红砖墙", "改造图"),
    ("雪山牧场", "牦牛", "转场", "奶渣", "牧民", "帐篷", "草甸", "兽医", "冬窝子"),
    ("地铁线", "盾构机", "站厅", "换乘口", "调度员", "末班车", "轨道", "隧道", "早高峰"),
    ("海岛灯塔", "守塔人", "补给船", "礁石", "灯芯", "雾号", "海鸟", "柴油机", "值班簿"),
    ("中药铺", "药柜", "坐堂先生", "煎药", "药材", "戥子", "方子", "学徒", "炮制"),
)
COMMON = (
    "生活",
    "乡亲",
    "日子",
    "办法",
    "功夫",
    "心思",
    "规矩",
    "机会",
    "本领",
    "变化",
    "问题",
    "经验",
    "道理",
    "希望",
)
VERBS = ("修好", "管好", "用好", "守住", "看护", "改善", "照料", "整理", "记录", "传承", "打理", "盘活")
QUALITIES = ("扎实", "细致", "长久", "稳当", "朴素", "热闹", "安静", "宽敞", "齐整", "牢靠")
TIMES = ("去年春天", "入秋以后", "这些年来", "天亮之前", "每到周末", "雨季刚过", "前不久", "一到冬天")
SENTENCES = (
    "{time}，{a}和{b}又成了大家常说的{common}。",
    "要{verb}{a}，先得{verb2}{b}，这是老辈人留下的{common}。",
    "有人问，{a}到底有什么用？{b}就是最好的回答。",
    "{a}不怕慢，怕的是没有{common}；{b}不怕旧，怕的是没人{verb}。",
    "说到{b}，{who}说：“{a}是大家的，谁都要{verb}。”",
    "从{a}到{b}，从{c}到{common}，每一步都走得{quality}。",
    "一方面，{verb}{a}要{quality}；另一方面，{verb2}{b}也要{quality2}。",
    "只有把{a}的事办得{quality}，{b}才会有新的{common}。",
    "村里人常说，“{a}好不好，{b}最知道”。",
    "{time}，{who}带着{c}，把{a}里里外外{verb}了一遍。",
    "账本上写得清楚：{a}用去{n}天，{b}用去{m}元，{c}另算。",
    "其实{common}并不复杂，难的是让{a}与{b}都{quality}起来。",
    "为了{verb}{b}，大家凑了{n}次，议了{m}回，终于定下{quality}的{common}。",
    "{c}换了新的，{a}添了三处，{b}比从前{quality}得多。",
)
LEADS = (
    "{time}，{title_a}的事传开了：{title_b}有了新的{common}。",
    "{verb}{title_a}，为的是{title_b}。{who}这样说。",
    "谈{title_b}，离不开{title_a}，更离不开{common}。",
    "“{title_a}要{verb}，{title_b}要{quality}。”这是{who}常挂在嘴边的话。",
)
TITLE_FORMS = (
    "让{a}成为{b}的依靠",
    "{verb}{a} {verb2}{b}",
    "以{a}带动{b}",
    "{a}里的{b}",
    "把{a}和{b}都办得更{quality}",
    "为{a}与{b}算一笔账",
)
HEADINGS = ("{a}怎样才能{quality}", "从{a}说起", "{verb}{b}的{common}", "{b}的三个{common}")
RUN_INS = ("{verb}{a}，让{b}更{quality}。", "{verb}{b}，为{a}留出{common}。")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严魏陶姜谢邹苏潘葛范彭"
GIVEN = ("小满", "春生", "守田", "望舒", "知秋", "一苇", "长河", "听雨", "山", "舟", "禾", "远帆", "明月", "石生")
PLACES = ("河湾村", "石桥镇", "槐花岭", "青瓦巷", "南埠", "白沙渡", "雁回乡", "松涛县")
BODIES = ("文化站站长", "中学教师", "渔业合作社社员", "林场职工", "县志办公室编辑", "图书馆馆员")


@dataclass(frozen=True)
class Planned:
    """An article as it is meant to be."""

    title: str
    authors: tuple[str, ...]
    affiliation: str
    blocks: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.blocks)

    @property
    def lead(self) -> str:
        return next(text for kind, text in self.blocks if kind == "paragraph")


@dataclass(frozen=True)
class Setting:
    """How a page is set."""

    width: int = 20
    blank: Blank = "none"
    titles: Titles = "place"
    affiliations: bool = True
    bylines: bool = True
    spaced: float = 0.0
    doubled: bool = False
    furniture: bool = False
    indent: Literal["none", "kept", "lost"] = "none"
    exact: bool = True
    contents: bool = False
    in_turns: bool = False


@dataclass(frozen=True)
class Page:
    """A page and the articles it holds, in the order of their texts."""

    text: str
    articles: tuple[Planned, ...]
    setting: Setting = field(default_factory=Setting)

    @property
    def source(self) -> Source:
        return source_of(self.text)


def source_of(text: str, file: str = "page.txt") -> Source:
    """Return a text as a file of plain text."""
    starts = np.concatenate([[0], np.flatnonzero(np.array(list(text)) == "\n") + 1]) if text else np.array([0])
    return Source(file, "md" if file.endswith(".md") else "txt", text, starts.astype(np.int64))


class Writer:
    """Composes articles."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def pick(self, words: tuple[str, ...] | str) -> str:
        return words[int(self.rng.integers(len(words)))]

    def two(self, words: tuple[str, ...]) -> tuple[str, str]:
        first, second = self.rng.choice(len(words), size=2, replace=False).tolist()
        return words[first], words[second]

    def name(self) -> str:
        return self.pick(SURNAMES) + self.pick(GIVEN)

    def words(self, topic: tuple[str, ...]) -> dict[str, str | int]:
        a, b, c = (topic[i] for i in self.rng.choice(len(topic), size=3, replace=False).tolist())
        verb, verb2 = self.two(VERBS)
        quality, quality2 = self.two(QUALITIES)
        told = {"a": a, "b": b, "c": c, "verb": verb, "verb2": verb2, "quality": quality, "quality2": quality2}
        counts = {"n": int(self.rng.integers(2, 90)), "m": int(self.rng.integers(100, 9000))}
        return told | counts | {"common": self.pick(COMMON), "time": self.pick(TIMES), "who": self.name()}

    def paragraph(self, topic: tuple[str, ...], least: int, most: int) -> str:
        forms = self.rng.choice(len(SENTENCES), size=int(self.rng.integers(least, most + 1)), replace=False)
        return "".join(SENTENCES[int(i)].format(**self.words(topic)) for i in forms)

    def article(self, topic: tuple[str, ...], headings: bool) -> Planned:
        a, b = self.two(topic)
        words = self.words(topic) | {"a": a, "b": b}
        title = self.pick(TITLE_FORMS).format(**words)
        lead = self.pick(LEADS).format(**(words | {"title_a": a, "title_b": b})) + self.paragraph(topic, 2, 4)
        blocks = [("paragraph", lead)]
        for _ in range(int(self.rng.integers(2, 4))):
            if headings:
                blocks.append(("heading", self.pick(HEADINGS).format(**self.words(topic))))
            run_in = self.rng.random() < 0.4
            for _ in range(int(self.rng.integers(1, 4))):
                first = self.pick(RUN_INS).format(**self.words(topic)) if run_in else ""
                blocks.append(("paragraph", first + self.paragraph(topic, 3, 6)))
        count = 2 if self.rng.random() < 0.25 else 1
        people = tuple(dict.fromkeys(self.name() for _ in range(count)))
        says = "分别系" if len(people) > 1 else self.pick(("系", "为", "单位："))
        remark = f"（作者{says}{self.pick(PLACES)}{self.pick(BODIES)}）"
        return Planned(title, people, remark, tuple(blocks))


def articles(seed: int, count: int, headings: bool = True) -> tuple[Planned, ...]:
    """Return articles of different topics."""
    writer = Writer(np.random.default_rng(seed))
    topics = writer.rng.choice(len(TOPICS), size=count, replace=False).tolist()
    return tuple(writer.article(TOPICS[i], headings) for i in topics)


NO_START = "，。、；：！？”’）】》"
NO_END = "“‘（【《"
MARKS = NO_START + NO_END
LONG_LINE = 60


def wrap(text: str, width: int, exact: bool, indent: int = 0) -> list[str]:
    """Cut a paragraph into lines: exactly at a width, or as type-setters do, marks never at the wrong end."""
    lines, at, room = [], 0, width - indent
    while at < len(text):
        end = min(at + room, len(text))
        if not exact and end < len(text):
            if text[end] in NO_START:
                end += 1
            while end > at + 1 and (text[end - 1] in NO_END or (text[end : end + 1] and text[end] in NO_START)):
                end -= 1
        lines.append(text[at:end])
        at, room = end, width
    return lines


def spaced(line: str) -> str:
    """Letter-space a line as justified type comes out: a blank after every character, none after a mark."""
    found = ""
    for i, c in enumerate(line):
        found += c + (" " if i + 1 < len(line) and c not in NO_START and c not in NO_END else "")
    return found


def page(planned: tuple[Planned, ...], setting: Setting, seed: int) -> Page:
    """Set articles as a page.

    Parameters
    ----------
    planned
        The articles.
    setting
        How.
    seed
        Decides which lines are spaced and how titles are shuffled.
    """
    rng = np.random.default_rng(seed)
    heads = [_head(article, setting) for article in planned]
    bodies = [_body(article, setting, rng) for article in planned]
    if setting.in_turns:
        bodies = _in_turns(bodies)
    lines: list[str] = []
    if setting.contents:
        lines += ["目 录", *(f"{i}. {a.title}…………{3 * i + 1}" for i, a in enumerate(planned, 1)), ""]
    order = rng.permutation(len(planned)).tolist()
    if setting.titles == "list":
        lines += [line for k in order for line in (*heads[k], "")]
    for head, body in zip(heads, bodies, strict=True):
        lines += ([*head, *_after(setting)] if setting.titles == "place" else []) + body
    if setting.titles == "end":
        lines += [""] + [line for k in order for line in (*heads[k], "")]
    if setting.furniture:
        lines = _furnished(lines)
    return Page("\n".join(lines), planned, setting)


def _after(setting: Setting) -> list[str]:
    return [] if setting.blank == "none" else [""]


def _head(article: Planned, setting: Setting) -> list[str]:
    title = article.title * 2 if setting.doubled and " " not in article.title else article.title
    names = " ".join("".join(c * 2 for c in name) if setting.doubled else name for name in article.authors)
    return [title, names] if setting.bylines else [title]


def _body(article: Planned, setting: Setting, rng: np.random.Generator) -> list[str]:
    """Return the lines of an article below its title."""
    found: list[str] = []
    for kind, text in article.blocks:
        indent = 2 if setting.indent != "none" and kind == "paragraph" else 0
        lines = wrap(text, setting.width, setting.exact, indent) if kind == "paragraph" else [text]
        if kind == "paragraph":
            lines = [spaced(line) if rng.random() < setting.spaced else line for line in lines]
        if setting.indent == "kept" and kind == "paragraph":
            lines[0] = "\u3000\u3000" + lines[0]
        found += _with_blanks(lines, setting)
    if setting.affiliations:
        found += [*wrap(article.affiliation, setting.width, setting.exact), ""]
    return found


def _with_blanks(lines: list[str], setting: Setting) -> list[str]:
    if setting.blank == "every":
        return [cell for line in lines for cell in (line, "")]
    return [*lines, ""] if setting.blank == "paragraph" else lines


def _in_turns(bodies: list[list[str]]) -> list[list[str]]:
    """Cut the first two articles inside a paragraph and set their parts in turns, as columns side by side come out."""
    (a, b), (c, d) = (_halves(body) for body in bodies[:2])
    return [[*a, "", *c, "", *b, "", *d], [], *bodies[2:]]


def _halves(body: list[str]) -> tuple[list[str], list[str]]:
    """Cut an article near its middle within a word: between two lines, or in a line that is a paragraph."""
    for k in range(len(body) // 2, len(body)):
        line = body[k]
        if len(line) > LONG_LINE:
            at = next(i for i in range(len(line) // 2, len(line)) if not set(line[i - 1 : i + 1]) & set(MARKS))
            return [*body[:k], line[:at]], [line[at:], *body[k + 1 :]]
        if k and len(body[k - 1]) > 12 and line and not set(body[k - 1][-1] + line[0]) & set(MARKS):
            return body[:k], body[k:]
    raise ValueError("no place to cut")


def _furnished(lines: list[str]) -> list[str]:
    """Put a running head and a page number after every thirty lines."""
    found: list[str] = []
    for i, line in enumerate(lines, 1):
        found.append(line)
        if i % 30 == 0:
            found += ["", f"— {i // 30} —", "河湾日报 理论版", ""]
    return found
