"""Office courtesies that say nothing to the matter: what they are, and a reply without them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commcoach.domain.cues import find_cues
from commcoach.domain.language import Language
from commcoach.domain.scenario import Move
from commcoach.domain.wording import Folded, Span
from commcoach.embedded.cutting import without
from commcoach.embedded.kinds_of_words import SECOND
from commcoach.embedded.units import content_units

_CLAUSE = re.compile(r"[^,、。.!?;~\n]+[,、。.!?;~\n]*\s*")
_BY_CHANCE = 0.15
"""The share of its units that a sentence may have in common with any context."""
_MARKS = " ,、。.!;~\n"
_EMPTY = {
    Language.ZH: re.compile(
        r"""(?:
            (?:您好|你好|您们好|你们好|各位好|大家好|早上好|上午好|下午好|晚上好|喂)(?:啊|呀)?
            |(?:也|再次|非常|十分|衷心|真的|很)*(?:感谢|谢谢|多谢|感激)(?:您|你|大家|各位)?们?
                (?:的|对|来电|来信|致电|理解|支持|配合|关心|关注|信任|反映|耐心|等待|宝贵|时间
                |抽出|抽空|抽时间|百忙之中|沟通|我们|工作|与|和|及|了|啦)*
            |(?:您|你|大家)?辛苦(?:您|你|大家)?(?:了|啦)|打扰(?:您|你)?(?:了|啦)
            |(?:也)?(?:祝|祝愿)?(?:您|你|大家|各位)?
                (?:一切|工作|生活|身体|全家|阖家|周末|节日|假期|天天)?
                (?:顺利|愉快|健康|安康|开心|幸福|快乐)
            |再见|拜拜|此致|敬礼
        )""",
        re.VERBOSE,
    ),
    Language.EN: re.compile(
        r"""(?:and\ |so\ |well\ )?(?:
            (?:hello|hi|hey|dear\ all|good\ (?:morning|afternoon|evening))
                (?:\ (?:there|all|everyone|everybody|again))?
            |(?:many\ |kind\ )?(?:thanks|thank\ you)(?:\ (?:so|very)\ much|\ a\ lot|\ again)?
                (?:\ (?:for|and|your|the|contacting\ us|calling|ringing|writing|getting\ in\ touch
                |call|patience|cooperation|understanding|support|time|taking|making|to\ talk
                |raising\ this|in\ advance))*
            |(?:with\ )?(?:kind|best|warm)\ (?:regards|wishes)
            |(?:i\ wish\ you\ )?all\ the\ best(?:\ for\ the\ rest\ of\ (?:your|the)\ day)?
            |(?:have|enjoy)\ (?:a|the|your)
                \ (?:rest\ of\ (?:your|the)\ |good\ |nice\ |lovely\ |great\ )*
                (?:day|evening|weekend|week)
            |take\ care|goodbye|bye|cheers|yours\ (?:sincerely|faithfully|truly)
        )""",
        re.VERBOSE,
    ),
}
_PRAISE = {
    Language.ZH: re.compile(
        "英明|佩服|敬佩|敬仰|仰慕|崇拜|荣幸|享受|享福|厉害|水平高|有水平|高人|高明|有格局|讲道理|通情达理"
        "|明事理|善解人意|如沐春风|声音(?:真|很|特别|最)?好听|亲和力|站得高,?看得远|伟大|楷模|榜样|偶像|教科书|受益匪浅|收获满满"
        "|(?:向|跟)您(?:们)?(?:多)?学习|[全都]听您的|您说了算|最(?:专业|优秀|聪明|善良|明白|好的)|难得的好"
    ),
    Language.EN: re.compile(
        r"\b(?:brilliant|hono(?:u)?r(?:ed)?|admir(?:e|able|ation)|amazing|awesome|wonderful|fantastic"
        r"|privilege|genius|wis(?:e|er|est|dom)|look(?:s|ed)? up to|inspir(?:ing|ation)|finest"
        r"|outstanding|remarkable|exceptional|extraordinary|impress(?:ed|ive)|charming|visionary"
        r"|best (?:\w+ )?(?:i|we)(?:'ve| have) ever|ever (?:met|spoken|dealt)"
        r"|you see (?:so much |much )?further|follow you (?:in everything|anywhere)"
        r"|(?:such|what) (?:a |an )?(?:\w+ )?(?:pleasure|joy|vision|voice)"
        r"|pleasure (?:talking|speaking|dealing|to))\b"
    ),
}


def without_flattery(
    reply: Folded, context: str, language: Language, moves: Sequence[Move] = ()
) -> Folded:
    """The reply without sentences that praise the other person and say nothing to the matter.

    Praise that hurts, as one of the moves that raise tension does, is no flattery. All of it if
    nothing else is said.
    """
    if not _PRAISE[language].search(reply.text):
        return reply
    asked = content_units(context, language)
    cuts = [one for one in reply.sentences if _flatters(reply, one, asked, language)]
    hurting = [move for move in moves if move.delta > 0] if cuts else []
    hurts = {hit.sentence for move in hurting for hit in find_cues(move.cues, reply, language)}
    rest = without(reply, [one for one in cuts if one not in hurts])
    return rest if any(character.isalnum() for character in rest.text) else reply


def _flatters(reply: Folded, sentence: Span, context: set[str], language: Language) -> bool:
    text = reply.text[sentence.start : sentence.end]
    if reply.text[sentence.end : sentence.end + 1] == "?":
        return False
    said = content_units(text, language)
    return (
        bool(_PRAISE[language].search(text))
        and bool(SECOND[language].search(text))
        and not any(character.isdigit() for character in text)
        and len(said & context) <= _BY_CHANCE * len(said)
    )


def without_courtesies(text: str, language: Language) -> str:
    """A folded text without clauses of greeting, thanks and good wishes alone.

    All of it if nothing else is said: then the courtesy is the reply.
    """
    empty = _EMPTY[language]
    kept = [
        clause
        for clause in _CLAUSE.findall(text)
        if "?" in clause or not empty.fullmatch(clause.strip(_MARKS))
    ]
    rest = "".join(kept).rstrip(" ,、\n")
    return rest if any(character.isalnum() for character in rest) else text
