"""Mistakes that authors make, each in a content folder that is right but for this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from commcoach.content.loading import find_problems
from commcoach.domain.language import Language
from commcoach.domain.problems import Problem
from commcoach.presentation.problems import how_to_mend, what_is_wrong
from commcoach.presentation.wording import Wording
from tests.content.builders import (
    CASE,
    CASES,
    CRITERION,
    GATE,
    MOVES,
    RUBRIC,
    SCENARIO,
    SCENARIO_FILES,
    text_of,
    write,
    write_content,
    write_rubrics,
    write_scenarios,
)

HERE = "▶"
"""Stands before the place that the problem must point to; not part of the file."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A change to a right file, with the one problem that it must lead to.

    `old` is what `new` replaces, the whole file if empty; a file whose `new` is `None` is absent.
    `details` are some of the problem's; `folder` writes what the mistake is put into.
    """

    code: str
    file: str
    old: str
    new: str | None
    details: dict[str, str] = field(default_factory=dict)
    folder: Callable[[Path], object] | None = None
    encoding: str = "utf-8"

    def make(self, root: Path) -> Problem:
        """Write the folder with the mistake in it; returns the problem to be expected."""
        build = self.folder or (write_scenarios if self.file in SCENARIO_FILES else write_rubrics)
        build(root)
        if self.new is None:
            (root / self.file).unlink()
            return Problem(self.file, 1, 1, self.code, self.details)
        text = text_of(self.file) if self.old else ""
        assert self.old in text, f"{self.old!r} is not in {self.file}"
        changed = text.replace(self.old, self.new, 1)
        before, _, after = changed.partition(HERE) if HERE in changed else ("", "", changed)
        write(root, self.file, (before + after).encode(self.encoding))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Problem(self.file, line, column, self.code, self.details)


def check(mistake: Mistake, root: Path) -> None:
    """The mistake is found where it stands, told once, and told in both languages."""
    expected = mistake.make(root)
    problems = find_problems(root)
    assert problems == (expected,), problems
    assert problems[0].details.items() >= expected.details.items()
    assert_told(problems[0])


def assert_told(problem: Problem) -> None:
    """Both languages have a sentence and a cure, with everything filled in."""
    for language in Language:
        words = Wording(language)
        for kind, said in (
            ("problem", what_is_wrong(problem, words)),
            ("cure", how_to_mend(problem, words)),
        ):
            assert said != f"{kind}.{problem.code}", f"not in the catalogue of {language}"
            assert len(said) > 3
            assert ("。" in said or "：" in said or "？" in said) == (language is Language.ZH)


TITLE = 'title: {zh: "倾听", en: "Listening"}'
ANCHOR = 'anchor: {zh: "没有核实。", en: "Does not check."}'
KEY = "{move: ask_openly, topic: workload}"
GATE_OR_NOT = "expect: gate_insult"

IN_YAML = [
    Mistake("syntax", RUBRIC, "id: listening", "id: listening ▶: yes"),
    Mistake("syntax", RUBRIC, 'purpose: {zh: "让对方被听懂。"', "purpose: ▶{zh: 让对方被听懂。"),
    Mistake("syntax", RUBRIC, '"倾听"', '▶"倾听'),
    Mistake("syntax", RUBRIC, '"倾听"', "▶!text 倾听"),
    Mistake("syntax", RUBRIC, "id: listening", "id: listen▶\0ing", {"said": "character U+0000"}),
    Mistake("syntax", RUBRIC, f"id: listening\n{TITLE}", "▶id: listening\ntitle: &me {zh: *me}"),
    Mistake("not_a_mapping", RUBRIC, "", ""),
    Mistake("not_a_mapping", RUBRIC, "", "# nothing but a comment\n"),
    Mistake("not_a_mapping", RUBRIC, "", "- id: listening\n"),
    Mistake("tab", RUBRIC, 'title: {zh: "倾听"', 'title:\n  ▶\tzh: "倾听"\n  #{zh: "倾听"'),
    Mistake("tab", RUBRIC, "id: listening\n", "id: listening\n▶\t\n"),
    Mistake("doubled_key", RUBRIC, "title:", "id: listening\ntitle:"),
    Mistake("odd_key", CRITERION, '"补上“{missing_point}”。"', "{▶{missing_point}}"),
    Mistake(
        "comma",
        RUBRIC,
        'zh: "让对方被听懂。"',
        "zh: 先听,▶再说",
        {"before": "先听", "after": "再说"},
    ),
    Mistake("comma", CRITERION, '["对吗"]', "[先听,▶再问]", {"before": "先听", "after": "再问"}),
    Mistake("comma", CRITERION, '["对吗"]', "[“先听, ▶再问”]"),
    Mistake("comma", RUBRIC, 'en: "Listening"', "en: Look, ▶then listen"),
    Mistake("comma", RUBRIC, 'zh: "倾听"', "zh: 先听,▶注意: 别急"),
    Mistake("smart_quotes", RUBRIC, '"倾听"', "▶“倾听”"),
    Mistake("smart_quotes", CRITERION, '["对吗"]', "[▶”对吗”]"),
    Mistake("wide_colon", RUBRIC, 'zh: "倾听"', '▶zh："倾听"', {"key": "zh"}),
    Mistake("wide_colon", RUBRIC, "id: listening", "▶id：listening", {"key": "id"}),
    Mistake("not_utf8", RUBRIC, '"倾听"', '"▶倾听"', encoding="gbk"),
    Mistake("not_utf8", RUBRIC, "id:", "▶id:", encoding="utf-16"),
]

IN_SHAPES = [
    Mistake("unknown_key_near", RUBRIC, "title:", "▶titel:", {"key": "titel", "near": "title"}),
    Mistake("unknown_key_near", RUBRIC, "title:", "▶Title:", {"near": "title"}),
    Mistake("unknown_key_near", CRITERION, "keep:", "▶keeps:", {"near": "keep"}),
    Mistake("unknown_key_near", MOVES, "delta: 1", "▶detla: 1", {"near": "delta"}),
    Mistake(
        "unknown_key", RUBRIC, "id:", "▶colour: red\nid:", {"key": "colour", "known": "id, title, purpose"}
    ),
    Mistake("unknown_key", RUBRIC, 'en: "Listening"', 'en: "Listening", ▶1: "Eins"', {"key": "1"}),
    Mistake("unknown_key", MOVES, 'en: ["what"]', 'en: ["what"], ▶fr: ["quoi"]'),
    Mistake("missing_key", RUBRIC, f"id: listening\n{TITLE}", "▶id: listening", {"key": "title"}),
    Mistake("missing_key", CRITERION, f"level: 0\n    {ANCHOR}", "▶level: 0", {"key": "anchor"}),
    Mistake("wants_string", RUBRIC, '"Listening"', "▶12", {"key": "en"}),
    Mistake("wants_string", RUBRIC, '"Listening"', "▶2024-01-01", {"key": "en"}),
    Mistake("wants_int", GATE, "order: 1", 'order: ▶"1"', {"key": "order"}),
    Mistake("wants_int", GATE, "order: 1", "order: ▶1.5", {"key": "order"}),
    Mistake("wants_int", CRITERION, "expect: 0", "expect: ▶0.5", {"key": "expect"}),
    Mistake("wants_int", CRITERION, "expect: 0", "expect: ▶true", {"key": "expect"}),
    Mistake("wants_number", GATE, "cap: 1", "cap: ▶low", {"key": "cap"}),
    Mistake("wants_bool", GATE, "cap:", 'needs_authority: ▶"no"\ncap:', {"key": "needs_authority"}),
    Mistake("wants_list", CRITERION, '["对吗"]', "▶对吗", {"key": "zh"}),
    Mistake("wants_list", CRITERION, "related: [open_question]", "▶related:", {"key": "related"}),
    Mistake("wants_mapping", RUBRIC, '{zh: "倾听", en: "Listening"}', "▶倾听", {"key": "title"}),
    Mistake("wants_mapping", RUBRIC, 'title: {zh: "倾听", en: "Listening"}', "▶title: []"),
    Mistake("bad_id", CRITERION, "stimulus: late", "stimulus: ▶Late", {"given": "Late"}),
    Mistake("bad_id", CRITERION, "expect: gate_insult", "expect: ▶no gate", {"key": "expect"}),
    Mistake("bad_id", SCENARIO, "{checks_back: 4", "{▶Checks: 4", {"key": "id", "given": "Checks"}),
    Mistake("bad_number", SCENARIO, "S01", "▶1S", {"given": "1S"}),
    Mistake("empty_text", RUBRIC, 'en: "Listening"', '▶en: ""', {"key": "en"}),
    Mistake("empty_text", RUBRIC, '"Listening"', '▶"  "', {"key": "en"}),
    Mistake("not_allowed", GATE, "none", "▶lost", {"given": "lost", "key": "session"}),
    Mistake("not_allowed", CRITERION, "[zh, en]", "[zh, ▶fr]", {"key": "languages", "wanted": "zh, en"}),
    Mistake("out_of_range", MOVES, "delta: 1", "delta: ▶3", {"given": "3", "wanted": "2"}),
    Mistake("out_of_range", GATE, "within_turns: 1", "within_turns: ▶0", {"wanted": "1"}),
    Mistake("too_few", CRITERION, "[0, 1]", "▶[0]", {"key": "between", "wanted": "2"}),
    Mistake("too_few", SCENARIO, 'may: [{en: "Ask"}]', "▶may: []", {"wanted": "1"}),
    Mistake("too_many", CRITERION, "between: [0, 1]", "▶between: [0, 1, 1]", {"key": "between"}),
    Mistake("misfit", RUBRIC, '"Listening"', '▶"\\ud800"', {"key": "en"}),
    Mistake("one_kind_of_key", SCENARIO, "unlock: {", "▶unlock: {tension_at_most: 3, "),
    Mistake("one_kind_of_key", SCENARIO, f"unlock: {KEY}", "▶unlock: {}"),
    Mistake("topic_without_move", SCENARIO, "unlock: {move: ask_openly,", "▶unlock: {any_of: [],"),
    Mistake("empty_key", SCENARIO, f"unlock: {KEY}", "▶unlock: {any_of: []}"),
    Mistake("one_judge", SCENARIO, "judge: {", "▶judge: {tension_at_most: 3, "),
    Mistake("one_judge", SCENARIO, "judge: {fact: night_work}", "▶judge: {checklist: []}"),
]

REPLY = '"reply": "Why?"'
SECOND = f"{CASE}\n"

IN_CASES = [
    Mistake("not_json", CASES, '"one", ', '"one" ▶'),
    Mistake("not_json", CASES, CASE, "▶id: one"),
    Mistake("not_json", CASES, CASE, f"▶{'[' * 100_000}"),
    Mistake("not_utf8", CASES, "It came late.", "▶晚了。", encoding="gbk"),
    Mistake("doubled_key", CASES, REPLY, f'{REPLY}, ▶"reply": "What?"', {"key": "reply"}),
    Mistake("wants_mapping", CASES, CASE, '▶["one"]'),
    Mistake("wants_string", CASES, '"Why?"', "▶7", {"key": "reply"}),
    Mistake("wants_string", CASES, '"It came late."', "▶7", {"key": "context"}),
    Mistake("wants_number", CASES, '"levels": {"checks_back": 1}', '"levels": {"checks_back": ▶"x"}'),
    Mistake("empty_text", CASES, '"id": "one"', '▶"id": ""', {"key": "id"}),
    Mistake("missing_key", CASES, f'"It came late.", {REPLY}', '"It came late."', {"key": "reply"}),
    Mistake("missing_key", CASES, '"It came late."', '[▶{"speaker": "Lin"}]', {"key": "text"}),
    Mistake("unknown_key_near", CASES, '"lang"', '▶"language"', {"near": "lang"}),
    Mistake("unknown_key", CASES, '"lang"', '▶"colour": "red", "lang"', {"key": "colour"}),
    Mistake("not_allowed", CASES, '"lang": "en"', '"lang": ▶"fr"', {"wanted": "zh, en"}),
    Mistake("bad_id", CASES, '"checks_back": 1', '▶"Checks": 1', {"given": "Checks"}),
    Mistake("doubled_case", CASES, f"{CASE}\n", f"{CASE}\n▶{CASE}\n", {"other": f"{CASES}:1"}),
    Mistake("unknown_criterion", CASES, "checks_back", "checks_bakc", {"id": "checks_bakc"}),
    Mistake("level_out_of_range", CASES, ": 1}", ": 1.5}", {"level": "1.5", "range": "0-1"}),
    Mistake("level_out_of_range", CASES, ": 1}", ": NaN}", {"level": "nan"}),
    Mistake("unknown_scenario", CASES, '"lang"', '"scenario": "gone", "lang"', folder=write_content),
]

EXAMPLE = '      - {stimulus: late, zh: "知道了。", en: "Noted."}'
SAME_SIGNAL = 'id: asks, title: {zh: "问", en: "Asks"}, toward: up, cues: {zh: ["吗"]}'
SAME_ELSEWHERE = "rubrics/expression/checks_back.yaml"


def _with_criterion_elsewhere(root: Path) -> None:
    write_rubrics(root)
    write(root, SAME_ELSEWHERE, text_of(CRITERION))
    write(root, RUBRIC.replace("listening", "expression"), text_of(RUBRIC).replace("listening", "expression"))


def _with_folder_for_a_file(root: Path) -> None:
    write_rubrics(root)
    (root / "rubrics/listening/notes.yaml").mkdir()


IN_RUBRICS = [
    Mistake("id_is_not_name", RUBRIC, "listening", "▶listenning", {"name": "listening"}),
    Mistake("id_is_not_name", CRITERION, "checks_back", "▶checks_bakc", {"id": "checks_bakc"}),
    Mistake("id_is_not_name", GATE, "gate_insult", "▶gate_insults", {"name": "gate_insult"}),
    Mistake("missing_rubric", RUBRIC, "", None, {"folder": "listening"}),
    Mistake("missing_language", RUBRIC, TITLE, "▶title: {}", {"where": "title"}),
    Mistake("missing_language", CRITERION, 'anchor: {zh: "没有核实。", ', "▶anchor: {", {"language": "zh"}),
    Mistake("missing_language", CRITERION, EXAMPLE, f"{EXAMPLE}\n      - ▶{{stimulus: late}}"),
    Mistake("missing_language", GATE, 'rule: {zh: "不羞辱人。", ', "▶rule: {", {"language": "zh"}),
    Mistake("doubled_level", CRITERION, "- level: 1", "- level: 0\n    anchor: {}\n  - level: 1"),
    Mistake("missing_level", CRITERION, "levels:", "▶levels:", {"level": "1"}),
    Mistake("missing_example", CRITERION, 'zh: "知道了。", ', "", {"level": "0", "language": "zh"}),
    Mistake("not_a_level", CRITERION, "embedded_max: 1", "embedded_max: ▶2", {"level": "2"}),
    Mistake("not_a_level", CRITERION, "embedded_max: 1", "absence_up_to: ▶2", {"level": "2"}),
    Mistake("not_a_level", CRITERION, "level: 0, because", "level: ▶7, because", {"level": "7"}),
    Mistake("not_a_level", CRITERION, "[0, 1]", "[0, ▶2]", {"level": "2"}),
    Mistake("not_a_level", CRITERION, "expect: 0", "expect: ▶4", {"level": "4"}),
    Mistake("unknown_gate", CRITERION, GATE_OR_NOT, "expect: ▶gate_wrong", {"id": "gate_wrong"}),
    Mistake("unknown_stimulus", CRITERION, "stimulus: late", "stimulus: ▶early", {"id": "early"}),
    Mistake("unknown_stimulus", CRITERION, '{zh: "对吧', '{stimulus: ▶early, zh: "对吧'),
    Mistake("unknown_placeholder", CRITERION, '"Good: {evidence}."', '▶"Good: {quote}."', {"name": "quote"}),
    Mistake("unknown_placeholder", CRITERION, '"You asked {evidence}."', '▶"You {did}."', {"name": "did"}),
    Mistake("unknown_placeholder", GATE, '"You said {evidence}."', '▶"{missing_point}"', {"known": "{evidence}"}),
    Mistake("unknown_placeholder", GATE, '"It hurts."', '▶"{evidence} hurts."', {"known": "-"}),
    Mistake("bad_cue", CRITERION, '["is that right"]', '["right", ▶"(is that"]', {"cue": "(is that"}),
    Mistake("bad_cue", GATE, 'en: ["fool"]', 'en: ["fool"], unless: {en: [▶"{name}"]}'),
    Mistake("refers_to_itself", CRITERION, "[open_question]", "[▶checks_back]", {"id": "checks_back"}),
    Mistake("doubled_id", CRITERION, "signals:\n", f"signals:\n  - {{{SAME_SIGNAL}}}\n", {"other": "signals"}),
    Mistake(
        "doubled_id",
        CRITERION,
        "id: checks_back",
        "id: ▶checks_back",
        {"other": SAME_ELSEWHERE},
        _with_criterion_elsewhere,
    ),
    Mistake("out_of_range", GATE, "cap: 1", "cap: ▶4.5", {"wanted": "0-4", "given": "4.5"}),
    Mistake("out_of_range", GATE, "lifts_to: 2", "lifts_to: ▶-1", {"key": "lifts_to"}),
    Mistake("not_read", "rubrics/listening/other.yml", "", "id: other\n"),
    Mistake("not_read", "rubrics/other.yaml", "", "id: other\n"),
    Mistake("not_read", "rubrics/cases/other.yaml", "", "id: other\n"),
    Mistake("not_read", "rubrics/other.jsonl", "", "{}\n"),
    Mistake("unreadable", "rubrics/listening/notes.yaml", "", "", {}, _with_folder_for_a_file),
]
