"""The same reply with more office courtesy, and with less: what should change no level."""

from __future__ import annotations

import re

from commcoach.domain.language import Language

_BEFORE = {
    Language.ZH: "您好，感谢您抽出时间。",
    Language.EN: "Hello, and thank you for your time. ",
}
_AFTER = {
    Language.ZH: "非常感谢您，祝您一切顺利，工作愉快。",
    Language.EN: " Thank you very much, and all the best for the rest of your day.",
}
_ENDED = {Language.ZH: "。", Language.EN: "."}
_SENTENCE_MARKS = "。！？!?.…；;~～"
_COURTESIES = {
    Language.ZH: r"""(?:
        (?:您好|你好|各位好|大家好|喂)(?:啊|呀)?
        |(?:非常|十分|衷心|再次)?(?:感谢|谢谢)(?:您|你|大家|各位)?们?
            (?:的?(?:来电|来信|理解|支持|配合|关心|信任|反映|耐心|等待|时间|抽出时间|抽时间沟通
            |百忙之中抽空沟通|对我们工作|与|和|及|、))*
        |辛苦(?:您|你)?了|打扰(?:您|你)?了
        |祝(?:您|你|大家)?(?:[，、]?(?:一切|工作|生活|身体)?(?:顺利|愉快|健康))+
    )""",
    Language.EN: r"""(?:
        (?:hello|hi|dear\ all|good\ (?:morning|afternoon|evening))(?:\ (?:there|all|everyone))?
        |(?:and\ |many\ |kind\ )?thank(?:s|\ you)(?:\ (?:so|very)\ much|\ a\ lot)?
            (?:\ (?:for|and|your|the|contacting\ us|calling|ringing|getting\ in\ touch|call
            |patience|cooperation|understanding|support|time|taking|making|to\ talk
            |raising\ this))*
        |(?:with\ )?(?:kind|best|warm)\ regards
        |(?:and\ )?all\ the\ best(?:\ for\ the\ rest\ of\ your\ day)?
        |have\ a\ (?:good|nice|lovely)\ day
    )""",
}
_FLAGS = re.IGNORECASE | re.VERBOSE
_TRIM = {
    language: (
        re.compile(rf"^\s*(?:{courtesy}\s*[,，、。.!！~～]+\s*)+", _FLAGS),
        re.compile(rf"(?<=[\s,，、。.!！?？；;])(?:{courtesy}\s*[,，、。.!！~～]*\s*)+$", _FLAGS),
    )
    for language, courtesy in _COURTESIES.items()
}


def padded(reply: str, language: Language) -> str:
    """The reply between a greeting and a farewell that say nothing to the matter."""
    reply = reply.strip()
    if reply and reply[-1] not in _SENTENCE_MARKS:
        reply += _ENDED[language]
    return f"{_BEFORE[language]}{reply}{_AFTER[language]}"


def trimmed(reply: str, language: Language) -> str | None:
    """The reply without its opening and closing courtesies.

    `None` if it has none, or nothing else.
    """
    opening, closing = _TRIM[language]
    rest = closing.sub("", opening.sub("", reply)).strip()
    if rest.endswith((",", "，", "、")):
        rest = rest[:-1] + _ENDED[language]
    rest = rest[:1].upper() + rest[1:]
    if rest == reply.strip() or not any(character.isalnum() for character in rest):
        return None
    return rest
