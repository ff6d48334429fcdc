"""What a good model would answer to a coach's prompts, read off the prompts themselves."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Work(StrEnum):
    """What a prompt asks for, by the form of the answer and by how the prompt begins."""

    READ = "reader"
    SCORE = "scorer"
    SPEAK = "voice"
    LOOK_BACK = "debrief"


_REPLY = re.compile(r"<(reply-[0-9a-f]+)>(.*?)</\1>", re.DOTALL)
_TELL_NOW = re.compile(r"^(?:Tell now: |要讲出来的事：)(.+)$", re.MULTILINE)
_THE_END = re.compile(r"^(?:The end, |收尾·)", re.MULTILINE)
_CLAUSES = re.compile(r"[^。！？；，、,.;:!?\n“”\"…—（）()]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")

_OPENERS = {
    True: (
        "话别绕，",
        "我先问一句，",
        "您听我讲，",
        "实话跟您说，",
        "我也琢磨过，",
        "换个说法吧，",
        "不是我计较，",
        "说到底，",
        "您也看见了，",
        "再往前想，",
        "我把话放这儿，",
        "还有一样，",
    ),
    False: (
        "Look, ",
        "Here is my trouble: ",
        "Put yourself here: ",
        "From where I stand, ",
        "To be plain, ",
        "One more thing: ",
        "I have thought about it, and ",
        "You may not like it, but ",
        "As I see it, ",
        "Before we go on, ",
        "That may be, yet ",
        "Think it through: ",
    ),
}
_REMARKS = {
    True: (
        "我要听的是您打算怎么走下一步？",
        "这里头的难处您想过没有？",
        "光表态可落不到地上。",
        "您那边到底卡在谁手里？",
        "我手头压着的事也不少呢。",
        "时间拖长了谁都不好看。",
        "您这句话能管几天用？",
        "我还没看出哪里跟先前不一样。",
        "您总得给我个能掂量的说法。",
        "换成是您坐我这儿又会怎么想？",
        "这中间的过程您讲得太快了。",
        "先别急着往结果上跳。",
    ),
    False: (
        "what would the next step look like on your side?",
        "I still cannot see who would carry the load.",
        "words are cheap when the work lands elsewhere.",
        "how long would a plan like yours hold up?",
        "the pile in front of me has not got any smaller.",
        "nobody has walked me through the middle part.",
        "which piece of it worries you most?",
        "it looks rather different from this chair.",
        "you are jumping to the finish a bit early.",
        "what happens the first time it goes wrong?",
        "there are other people who would ask me the same.",
        "have you asked anyone else about it yet?",
    ),
}
_PARTING = {
    True: ("今天先聊到这里，我回去再想想。", "我还有别的事，改天再说吧。"),
    False: ("I have to get back to my desk; another day.", "Enough for today; I will think on it."),
}


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a request asks for.

    `replies` are the learner's words, oldest first; `growing` is the part of the prompt that grows
    from turn to turn.
    """

    work: Work
    schema: Mapping[str, Any]
    growing: str
    replies: tuple[str, ...]
    chinese: bool

    @property
    def reply(self) -> str:
        """What the learner said last."""
        return self.replies[-1] if self.replies else ""


def prompted(request: Mapping[str, Any]) -> Prompted:
    """What a request asks for, as far as its words tell."""
    stable, growing = (str(one["content"]) for one in request["messages"][:2])
    schema = _schema(request, stable)
    return Prompted(
        work=_work(schema, stable),
        schema=schema,
        growing=growing,
        replies=tuple(found[2] for found in _REPLY.finditer(growing)),
        chinese=bool(_CHINESE.match(stable)),
    )


def _schema(request: Mapping[str, Any], stable: str) -> Mapping[str, Any]:
    """The form of the answer, wherever it is told; nothing for words."""
    described = request.get("response_format", {}).get("json_schema", {})
    _, told, by_prompt = stable.partition("JSON Schema:\n")
    schema: Mapping[str, Any] = described.get("schema") or (json.loads(by_prompt) if told else {})
    return schema


def _work(schema: Mapping[str, Any], stable: str) -> Work:
    if schema:
        return Work.READ if "moves" in schema["properties"] else Work.SCORE
    looks_back = stable.startswith(("A learner has just finished", "学员刚练完"))
    return Work.LOOK_BACK if looks_back else Work.SPEAK


def answer(asked: Prompted, chance: random.Random) -> str:
    """An answer that fits the prompt: in its form, with true quotes, of the length of a model's."""
    match asked.work:
        case Work.READ:
            return _dumped(_reading(asked, chance))
        case Work.SCORE:
            return _dumped(_levels(asked, chance))
        case Work.LOOK_BACK:
            return _looking_back(asked)
        case Work.SPEAK:
            return _line(asked, chance)


def with_invented_quotes(asked: Prompted, chance: random.Random) -> str:
    """An object in the right form whose quotes stand nowhere."""
    invented = "您先消消气这事包在我身上" if asked.chinese else "leave the whole of it to me"
    return (
        answer(asked, chance) if not asked.schema else _dumped(_requoted(asked, chance, invented))
    )


def _requoted(asked: Prompted, chance: random.Random, words: str) -> Mapping[str, Any]:
    if asked.work is Work.READ:
        moves = _reading(asked, chance)["moves"]
        return {"moves": [one | {"quote": words} for one in moves], "points": []}
    return {
        name: entry if name == "gates" else entry | {"quotes": [words]}
        for name, entry in _levels(asked, chance).items()
    }


def _dumped(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _quotes(asked: Prompted) -> list[str]:
    """Pieces of the last reply that can prove something."""
    clauses = (one.strip() for one in _CLAUSES.findall(asked.reply))
    return [one for one in clauses if sum(map(str.isalnum, one)) > 1] or [asked.reply]


def _reading(asked: Prompted, chance: random.Random) -> dict[str, Any]:
    listed = asked.schema["properties"]
    of_move = listed["moves"]["items"]["properties"]
    of_point = listed["points"]["items"].get("properties")
    quotes = _quotes(asked)
    moves = [
        {
            "quote": chance.choice(quotes),
            "move": chance.choice(of_move["move"]["enum"]),
            "topic": chance.choice(["none", *of_move["topic"]["enum"]]),
        }
        for _ in range(chance.randint(1, 3))
    ]
    points = []
    if of_point is not None and chance.random() < 0.5:
        points = [
            {"quote": chance.choice(quotes), "point": chance.choice(of_point["point"]["enum"])}
        ]
    return {"moves": moves, "points": points}


def _levels(asked: Prompted, chance: random.Random) -> dict[str, Any]:
    quotes = _quotes(asked)
    found: dict[str, Any] = {}
    for name, form in asked.schema["properties"].items():
        if name == "gates":
            found[name] = []
            continue
        numbers = [one for one in form["properties"]["level"]["enum"] if one is not None]
        if chance.random() < 0.15:
            found[name] = {"quotes": [], "applicable": False, "level": None}
        else:
            proof = chance.sample(quotes, min(len(quotes), chance.randint(1, 2)))
            found[name] = {"quotes": proof, "applicable": True, "level": chance.choice(numbers)}
    return found


def _looking_back(asked: Prompted) -> str:
    said = _quotes(asked)[0]
    if asked.chinese:
        return f"“{said}”这句之后，对方的话短了下来。往下可以先问清对方那边的难处，再说自己的打算。"
    return f"After “{said}” the answers grew shorter. From there, ask first what is in their way."


def _line(asked: Prompted, chance: random.Random) -> str:
    """What has to be told now, else a remark that was not made before."""
    if (to_tell := _TELL_NOW.search(asked.growing)) is not None:
        return to_tell[1].strip()
    if _THE_END.search(asked.growing):
        return chance.choice(_PARTING[asked.chinese])
    opener = chance.choice(_fresh(_OPENERS[asked.chinese], asked.growing))
    return opener + chance.choice(_fresh(_REMARKS[asked.chinese], asked.growing))


def _fresh(wordings: Sequence[str], before: str) -> Sequence[str]:
    return [one for one in wordings if one.strip() not in before] or wordings
