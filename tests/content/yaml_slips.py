"""Slips that keep a file from being read as it was meant, each in a right file."""

from __future__ import annotations

from tests.content.builders import CASE, CASES, CRITERION, RUBRIC
from tests.content.mistakes import Mistake

WIDE_ID = "\uff49\uff44"
TITLE = 'title: {zh: "倾听", en: "Listening"}'

IN_YAML = [
    Mistake("colon_inside", RUBRIC, "id: listening", "id: listening ▶: yes"),
    Mistake(
        "open_bracket",
        RUBRIC,
        '{zh: "让对方被听懂。", en: "Let people be heard."}',
        '▶{zh: "让"',
        {"sign": "{", "close": "}"},
    ),
    Mistake("text_after_quote", RUBRIC, '"倾听", en: "Listening"', '"倾听, en: "▶Listening"'),
    Mistake("special_start", RUBRIC, '"倾听"', "▶!text 倾听", {"sign": "!"}),
    Mistake("special_start", RUBRIC, "id: listening", "id: ▶&good listening", {"sign": "&"}),
    Mistake("special_start", RUBRIC, TITLE, "title:\n  zh: ▶@倾听", {"sign": "@"}),
    Mistake("after_bracket", RUBRIC, 'en: "Listening"}', 'en: "Listening"} ▶well'),
    Mistake("wide_comma", RUBRIC, '"倾听", en', '"倾听"▶，en', {"sign": "，"}),
    Mistake("no_space", RUBRIC, "id: listening", "id▶:listening", {"key": "id"}),
    Mistake("no_space_dash", CRITERION, "- level: 0", "▶-level: 0"),
    Mistake("indent", RUBRIC, "title:", " ▶title:", {"given": "1", "wanted": "0"}),
    Mistake("list_indent", CRITERION, "- level: 1", " ▶- level: 1", {"given": "3", "wanted": "2"}),
    Mistake("no_colon", RUBRIC, TITLE, 'title▶\n  zh: "倾听"'),
    Mistake("no_colon", RUBRIC, TITLE, f"{TITLE}\n▶and more"),
    Mistake("several_documents", RUBRIC, "title:", "▶---\ntitle:"),
    Mistake("backslash", RUBRIC, '"倾听"', '"▶\\听"', {"sign": "\\听"}),
    Mistake("backslash", RUBRIC, '"倾听"', '"C:▶\\Users"', {"sign": "\\U"}),
    Mistake("open_quote", RUBRIC, TITLE, 'title:\n  zh: ▶"倾听\n  en: "Listening"', {"sign": '"'}),
    Mistake("open_quote", RUBRIC, TITLE, "title:\n  zh: ▶'倾听", {"sign": "'"}),
    Mistake("wide_space", RUBRIC, TITLE, 'title:\n▶\u3000zh: "倾听"'),
    Mistake("wide_space", RUBRIC, TITLE, 'title:\n ▶\u00a0zh: "倾听"'),
    Mistake("hash_cut", RUBRIC, TITLE, "title:\n  zh: 请到 ▶#1 窗口", {"lost": "1 窗口"}),
    Mistake("hash_cut", RUBRIC, TITLE, "title:\n  zh: ▶#1 窗口", {"lost": "1 窗口"}),
    Mistake(
        "quoted_together", CRITERION, '["对吗"]', "[▶“对吗”，“是吗”]", {"text": "“对吗”，“是吗”"}
    ),
    Mistake("several_in_one", CRITERION, '["对吗"]', "[▶对吗，是吗]", {"sign": "，"}),
    Mistake("wide_key", RUBRIC, "id:", f"▶{WIDE_ID}:", {"near": "id"}),
    Mistake("unseen_in_key", RUBRIC, "id:", "▶i\u200bd:", {"key": "id"}),
    Mistake("syntax", RUBRIC, "id: listening", "id: listen▶\0ing", {"said": "character U+0000"}),
    Mistake("syntax", RUBRIC, f"id: listening\n{TITLE}", "▶id: listening\ntitle: &me {zh: *me}"),
    Mistake("not_a_mapping", RUBRIC, "", ""),
    Mistake("not_a_mapping", RUBRIC, "", "# nothing but a comment\n"),
    Mistake("not_a_mapping", RUBRIC, "", "- id: listening\n"),
    Mistake("tab", RUBRIC, 'title: {zh: "倾听"', 'title:\n  ▶\tzh: "倾听"\n  #{zh: "倾听"'),
    Mistake("tab", RUBRIC, "id: listening\n", "id: listening\n▶\t\n"),
    Mistake("doubled_key", RUBRIC, "title:", "▶id: listening\ntitle:"),
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
    Mistake("utf16", RUBRIC, "id:", "▶id:", encoding="utf-16"),
    Mistake("utf16", RUBRIC, "", "▶id: x", encoding="utf-16-be"),
    Mistake("utf16", CASES, CASE, f"▶{CASE}", encoding="utf-16"),
    Mistake(
        "wide_bracket", RUBRIC, TITLE, 'title: ▶｛zh: "倾听", en: "Listening"｝', {"narrow": "{"}
    ),
    Mistake("wide_bracket", RUBRIC, 'en: "Listening"}', 'en: "Listening"▶｝', {"narrow": "}"}),
    Mistake("wide_bracket", RUBRIC, 'en: "Listening"}', "en: Listening▶｝", {"narrow": "}"}),
    Mistake("wide_bracket", CRITERION, '["对吗"]', '▶［"对吗"，"是吗"］', {"narrow": "["}),
    Mistake("wide_bracket", CRITERION, '["对吗"]', '▶【"对吗"】', {"sign": "【"}),
    Mistake("wide_dash", CRITERION, "- level: 0", "▶—level: 0", {"sign": "—"}),
    Mistake("wide_dash", CRITERION, "- level: 1", "▶－ level: 1", {"sign": "－"}),
    Mistake("wide_dash", RUBRIC, TITLE, 'title:\n  ▶•zh: "倾听"', {"sign": "•"}),
    Mistake("wide_colon", RUBRIC, TITLE, 'title:\n  ▶zh ："倾听"', {"key": "zh"}),
    Mistake("wide_colon", RUBRIC, TITLE, "▶Title：倾听", {"key": "Title"}),
    Mistake("smart_quotes", RUBRIC, TITLE, "title:\n  zh: ▶＂倾听: 好＂"),
    Mistake("open_quote", RUBRIC, '"倾听", en', '▶"倾听”, en', {"sign": '"'}),
]
