"""A content folder with one criterion, small enough to be learned in no time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

RUBRIC = """\
id: listening
title: {zh: "倾听"}
purpose: {zh: "先听明白。"}
"""

CRITERION = """\
id: open_question
version: 1
tier: core
languages: [zh]
title: {zh: "开放提问"}
summary: {zh: "问一个开放的问题。"}
why_it_matters: {zh: "原因要对方自己讲出来。"}
evidence_rule: {zh: "引用问句。"}
applies_when:
  - when: {zh: "对方话说了一半。"}
    cues: {zh: ["回头", "没办法"]}
not_applicable_when:
  - when: {zh: "对方在道谢。"}
    cues: {zh: ["谢谢"]}
stimuli:
  - id: late
    text: {zh: "哎呀，晚两天嘛，回头我补给你。"}
signals:
  - id: open_form
    title: {zh: "开放的问法"}
    toward: up
    cues: {zh: ["什么", "怎么"]}
  - id: blame
    title: {zh: "责备"}
    toward: down
    cues: {zh: ["凭什么", "每次都"]}
absence_up_to: 1
embedded_max: 2
levels:
  - level: 0
    label: {zh: "责备"}
    anchor: {zh: "用问句责备对方。"}
    why: {zh: "对方只能辩解。"}
    change: {zh: "换成“当时遇到了什么”。"}
    examples:
      - {zh: "凭什么又晚？", stimulus: late}
      - {zh: "你每次都这样，凭什么？", stimulus: late}
  - level: 1
    label: {zh: "没有问"}
    anchor: {zh: "没有问，或者只问是与否。"}
    why: {zh: "原因还是不知道。"}
    change: {zh: "问一个开放的问题。"}
    examples:
      - {zh: "好的，我先用旧的。", stimulus: late}
      - {zh: "行，那就这样吧。", stimulus: late}
  - level: 2
    label: {zh: "问了"}
    anchor: {zh: "问了一个开放的问题。"}
    why: {zh: "对方可以讲了。"}
    change: {zh: "接着听。"}
    examples:
      - {zh: "最近遇到什么难处了？", stimulus: late}
      - {zh: "写纪要是怎么安排的？", stimulus: late}
boundaries:
  - between: [1, 2]
    question: {zh: "是开放的问题吗？"}
look_alikes:
  - {zh: "有什么好说的。", level: 1, stimulus: late, because: {zh: "不是问句。"}}
feedback:
  keep: {zh: "问得开。"}
  change: {zh: "问开一点。"}
if_then: {zh: "如果对方话说一半，我就问一句怎么了。"}
practice_prompt: {zh: "试着只问一个问题。"}
"""

GATE = """\
id: gate_insult
title: {zh: "不骂人", en: "No insults"}
rule: {zh: "不用侮辱的话。", en: "No insulting words."}
order: 1
cap: 1.0
session: none
cues: {zh: ["笨蛋"], en: ["idiot"]}
feedback:
  said: {zh: "说了“{evidence}”。", en: "You said “{evidence}”."}
  why: {zh: "伤人。", en: "It hurts."}
  instead: {zh: "说事情。", en: "Speak of the matter."}
"""

CONTEXTS = (
    "材料还没好，回头再说。",
    "系统坏了，没办法。",
    "人手不够，没办法。",
    "他出差了，回头说。",
)
NAMES = ("老王", "小李", "赵姐", "陈工")
REPLIES: Sequence[tuple[str, int]] = (
    ("凭什么总是你们？", 0),
    ("每次都这样，凭什么？", 0),
    ("好的，我等着。", 1),
    ("行，我知道了。", 1),
    ("最难的是什么？", 2),
    ("后来怎么处理的？", 2),
)


def small_content(folder: Path) -> Path:
    """The folder, with rubrics in it."""
    module = folder / "rubrics" / "listening"
    module.mkdir(parents=True)
    (module / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    (module / "open_question.yaml").write_text(CRITERION, encoding="utf-8")
    gates = folder / "rubrics" / "gates"
    gates.mkdir()
    (gates / "gate_insult.yaml").write_text(GATE, encoding="utf-8")
    cases = folder / "rubrics" / "cases"
    cases.mkdir()
    rows = [
        {
            "id": f"case-{at}-{number}",
            "context": context,
            # No two contexts share a reply: they are to be held out one by one.
            "reply": f"{NAMES[at]}，{reply}",
            "lang": "zh",
            "grades": [{"by": "author", "kind": "author", "levels": {"open_question": level}}],
        }
        for at, context in enumerate(CONTEXTS)
        for number, (reply, level) in enumerate(REPLIES)
    ]
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (cases / "some.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def edit(folder: Path, before: str, after: str, name: str = "listening/open_question.yaml") -> None:
    """Replace words in a file of `rubrics/` that has them once."""
    place = folder / "rubrics" / name
    text = place.read_text(encoding="utf-8")
    assert text.count(before) == 1, (before, text.count(before))
    place.write_text(text.replace(before, after), encoding="utf-8")
