"""Who wrote an article, where they work, where and when it was printed: read off bylines and remarks."""

from __future__ import annotations

import re

from nqpf.text.cleaning.specials import names_in

_LEAD = re.compile(
    r"^\s*(?:文\s*[◆●/／|｜■□◎·・丨]|[□■◎◆●○▲△★☆]"
    r"|(?:作\s*者|撰\s*文|撰\s*稿|执\s*笔|文)\s*[:：]"
    r"|(?:本报|本刊|新华社|人民网)?(?:特约|实习|首席)?(?:记\s*者|评论员|通讯员)\s*[:：]?)\s*"
)
_ROLE = re.compile(r"(?:本报|本刊|新华社|人民网)?(?:特约|实习|首席)?(?:记者|评论员|通讯员)")
_WHO = re.compile(
    r"^[（(【\[〔［]?\s*(?:本文)?(?:第[一二三]|通讯)?作者\s*(?:单\s*位|简\s*介|信\s*息)?\s*"
    r"(?:分\s*别|均|都|皆|现|曾)?\s*(?:系|为|是|来自|任|单位)?\s*[:：]?\s*"
)
_SEVERAL = re.compile(r"作者\s*(?:单\s*位|简\s*介)?\s*(分\s*别|均|都|皆)")
_CREDIT = re.compile(
    r"^[（(【\[〔［]?\s*(?:摘自|摘编自|选自|转自|转载自|转引自|来\s*源|资料来源|原载|原刊于|载于|刊于)\s*[:：]?\s*"
)
_DATE = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_PAPER = re.compile(r"《([^《》]{2,20})》")
_OPENS = "（(【[〔［"
_CLOSES = "）)】]〕］"


def authors_of(byline: str) -> tuple[str, ...]:
    """Return the authors that a byline names: persons, or the body that signs.

    Examples
    --------
    >>> authors_of("文 ◆ 河湾乡村研究中心"), authors_of("林 山"), authors_of("本报记者 林小满 通讯员 何望舒")
    (('河湾乡村研究中心',), ('林山',), ('林小满', '何望舒'))
    """
    rest = _LEAD.sub("", byline).strip()
    parts = [part.strip(" 　、，,;；") for part in _ROLE.split(rest)]
    return tuple(name for part in parts if part for name in _names(part))


def _names(part: str) -> tuple[str, ...]:
    """Return the names in a part of a byline; those before a comma or bracket; else all of it as one name."""
    first = re.split(r"[，,（(]", part)[0]
    return names_in(part) or names_in(first) or (part,)


def affiliation_of(remark: str) -> str:
    """Return what a remark says of its author, without the words that introduce it and its brackets."""
    whole = remark.strip()
    body = _WHO.sub("", whole)
    return body[:-1].rstrip() if whole[:1] in _OPENS and body[-1:] in _CLOSES else body


def several(remark: str) -> bool:
    """Return whether a remark speaks of more than one author."""
    return _SEVERAL.search(remark) is not None


def outlet_of(remark: str) -> str | None:
    """Return where a remark says that the article was printed, or None."""
    paper = _PAPER.search(remark)
    if paper:
        return paper[1]
    body = _DATE.sub("", _CREDIT.sub("", remark.strip())).strip(" 　，,；;：:" + _CLOSES)
    return body or None


def date_of(remark: str) -> str | None:
    """Return the date in a remark as ISO text, or None.

    Examples
    --------
    >>> date_of("（原载《河湾日报》2024年3月20日）")
    '2024-03-20'
    """
    match = _DATE.search(remark)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None
