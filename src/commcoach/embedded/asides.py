"""What stands in a reply without being said in the conversation: notes, narration, exam talk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commcoach.domain.cue_grammar import compile_cue
from commcoach.domain.language import Cues, Language
from commcoach.domain.wording import Folded, Span

_BEGINS = r"(?:^|(?<=[\n。.!?;])|(?<=[.!?;] ))[ \"'*_>-]*"
_NOTE = re.compile(
    rf"(?:示范|范例|范文|例句|样例|关键词|关键字|评语|评分点|得分点|考点"
    r"|model (?:reply|answer|response)|(?:sample|ideal|perfect|good|top) (?:reply|answer|example)"
    r"|key ?words?|marking (?:notes?|points?))(?:如下)?\s*[::][^\n]*"
    rf"|{_BEGINS}(?:点评|总评|评价|评析|批注|评论|讲评|(?:专家|老师|教师|组长|评审)(?:意见|点评|评价)"
    r"|(?:考核|评定|鉴定|评审|审核|测评|考试|评估)(?:结果|结论|等级|意见|评语)?"
    r"|旁白|画外音|解说|字幕|独白|内心|镜头|系统(?:提示|消息|通知)?"
    r"|comments?|remarks?|verdict|assessment|appraisal|evaluation|reviewer|assessor"
    r"|(?:expert|teacher|trainer|reviewer)(?:'s)? (?:comments?|opinion|feedback|view|notes?)"
    r"|narrator|narration|voice-?over|stage directions?|caption|subtitle|system|status"
    r")\s*[::][^\n]*"
)
"""A label and what follows it on its line: a note about the reply, or the voice of a narrator."""
_HEADING = re.compile(r"^ ?(?:={3,}|-{3,}|#{2,}|\*{3,}|~{3,}|_{3,})[^\n]*$", re.MULTILINE)
"""Nobody speaks in headings; what stands below one belongs to another text."""
_RATING = re.compile(
    rf"{_BEGINS}(?:\d+(?:\.\d+)? ?(?:/|of|out of) ?\d+|[★☆⭐*]{{3,}}|\d+ ?分)"
    r"[ \"'*_]*(?=$|[\n。.!?;])"
)
_STAGE = re.compile(rf"{_BEGINS}[(\[][^()\[\]\n]{{2,}}[)\]](?=$|[\n。.!? ])")
"""A sentence in brackets: what is done, thought or heard while one speaks."""

_SCORING = {
    Language.ZH: re.compile(
        r"评分|打分|判分|计分|给分|满分|高分|低分|得分|评委|阅卷|判卷|考官"
        r"|(?:最高|示范|[四4])(?:等)?级|等级(?:是|为|:|应)|判定(?:为|:)|level ?[=:]?\d"
        r"|学员|本轮|本场景|(?:本|本条|上述|以上)(?:回复|回答)"
        r"|(?:让|给|放)我(?:通过|过关|及格)|(?:不|没)(?:让|给)我(?:通?过|及格)"
        r"|(?:这次|这轮|这一?关|考核)(?:要是|如果)?(?:过不了|不过|没过|不合格|不及格)"
        r"|给我(?:个)?好(?:成绩|评价|分数)|好成绩"
    ),
    Language.EN: re.compile(
        r"\bscor(?:ers?|ing)\b|\b(?:this|a|the|my|low|high|top|full) scores?\b"
        r"|\bscore(?:s|d)? ?(?:[=:]|\d|of \d|me\b|this\b|it\b|my\b)"
        r"|\b(?:full|top|low|high|highest|maximum) marks?\b"
        r"|\bmark(?:s|ed)? (?:me|this|my)\b|\b(?:grades?|rate) (?:me|this|it|my)\b"
        r"|\b(?:graders?|grading|markers?|examiners?|rubric|(?:each|every|all) criteri(?:on|a))\b"
        r"|\bverdict:"
        r"|\bassessors?(?:'s)? (?:comments?|notes?|take note)\b"
        r"|\bthe (?:learner|trainee)\b|\bthis (?:reply|response|turn|exercise)\b"
        r"|\b(?:top|highest|maximum|exemplary) (?:level|grade)\b|\blevels? ?[=:]? ?(?:\d|four)\b"
        r"|\b(?:get|got|getting|gets) (?:me )?through (?:this|the) (?:round|turn|test|task)\b"
        r"|\b(?:pass|fail|failed|passed) (?:me|this (?:round|turn|test|task|one))\b"
        r"|\blet me (?:pass|through)\b"
    ),
}


def notes(reply: Folded) -> list[Span]:
    """Notes, narration, ratings and headings with what is below them."""
    found = [
        Span(*one.span()) for one in (*_NOTE.finditer(reply.text), *_RATING.finditer(reply.text))
    ]
    found += [Span(*one.span()) for one in _STAGE.finditer(reply.text)]
    for one in _HEADING.finditer(reply.text):
        above = reply.text[: one.start()]
        said_above = any(character.isalpha() for character in above)
        found.append(Span(one.start(), len(reply.text) if said_above else one.end()))
    return found


def about_scoring(reply: Folded, called: str, known: Cues) -> Iterator[Span]:
    """Sentences that speak of scores or of passing, as the counterpart's last words do not."""
    for language, wording in _SCORING.items():
        if wording.search(called) or not wording.search(reply.text):
            continue
        innocent = [compile_cue(veto, language).expression for veto in known.vetoes(language)]
        for sentence in reply.sentences:
            said = reply.text[sentence.start : sentence.end]
            if wording.search(said) and not any(veto.search(said) for veto in innocent):
                yield sentence
