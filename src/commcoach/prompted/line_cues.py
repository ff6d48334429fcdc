"""How a counterpart sounds that gives in, or falls out of its part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from commcoach.domain.language import Language
from commcoach.domain.wording import Folded


def _any_of(*wordings: str) -> re.Pattern[str]:
    """One of these; they are matched against folded text: lower case, ASCII punctuation."""
    return re.compile("|".join(f"(?:{wording})" for wording in wordings))


_YOU = "(?:您|你|你们|您们)"

_CONSENT: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        "就这么(?:定|办|说定)(?:了|吧)?",
        f"(?:就|那)(?:按|照|依)(?:着)?{_YOU}(?:说|讲|定|提)的(?:办|来|做|走)",
        f"^(?:行|好|成|嗯|那)?[,]?(?:那)?就(?:按|照|依)(?:着)?(?:{_YOU}|咱|咱们|刚才)(?:说|讲|说好|商量)的",
        f"^(?:行|好|成|嗯|那|可以)[^。?!]{{0,14}}我等(?:着)?{_YOU}(?:的)?(?:电话|信儿?|消息)",
        f"我(?:就)?(?:先)?信{_YOU}(?:这)?一回",
        "(?:心里|这下|我)(?:就|也|可)?踏实(?:点|些|多)?了|话说开了就好|说到(?:一块|一起)儿?(?:去)?了?。?$",
        "^(?:行|好|成)[,]?(?:就|那就|咱就|咱们就)?(?:先)?试(?:这|起来|一块|一小)",
        f"(?:都|全|就)听{_YOU}的",
        f"(?:我|我们|我这边|咱)(?:完全|当然|就)?同意(?:了|{_YOU}|这|,|$)",
        f"(?:我|我们)(?:就|都)?答应(?:了|{_YOU})",
        "成交(?!量)",
        "一言为定|说定了|合作愉快|达成(?:一致|共识)|皆大欢喜",
        "(?:完全|当然|我这边|我这儿|那就)(?:没问题|没意见)",
        "^(?:好|行|可以|嗯)?[,。]?没问题",
        f"(?:我|我们)(?:就|都)?(?:认可|接受)(?:了|{_YOU}|这)",
        f"(?:我|我们|一定|全力)(?:会|都|就)?(?:支持|配合){_YOU}",
        f"(?:数据|原始数据|全量|接口)(?:我)?(?:就|都|马上|现在|明天)?(?:给{_YOU}|开给{_YOU}|发给{_YOU})",
        "我(?:这就|马上|现在就|今天就|明天就)(?:签|盖章|给您办|给你办|开接口)",
        "(?:问题|事情|事儿|这事)(?:总算|就|都|算是)?(?:解决|办妥|处理好)了",
        "我(?:这下|就|也就)?(?:满意|放心|没气)了",
        "不(?:再)?投诉了",
    ),
    Language.EN: _any_of(
        r"\b(?:it's|that's|we have|we've got|you've got|you have) (?:a |yourself a )?deal\b",
        r"\b(?:i|we)(?: fully| completely| totally| happily)? agree"
        r"(?: to| with| on)? (?!to differ|to disagree)",
        r"^(?:i|we)(?: fully| completely| totally)? agree[,.]?$",
        r"\b(?:that's|it's|consider it) (?:all )?(?:settled|agreed|sorted)\b",
        r"^(?:right|good|fine|all right|ok|okay)?,? ?agreed\b",
        r"\b(?:let's|we'll|we can) (?:do|leave) it (?:your way|like that|that way)\b",
        r"\b(?:we'll|let's) (?:do|leave) (?:it |as |that )*"
        r"(?:your way|as agreed|(?:as )?(?:you|we) sa|you suggest)",
        r"^(?:right|good|fine|all right|ok|okay)\b[^.?!]*[.,]? ?i'll (?:be waiting|wait) for your",
        r"\bi'll take your word for it\b|\bglad we cleared (?:that|this) up\b",
        r"\b(?:easier|at ease|reassured) (?:in my mind|now)\b|\bpoint taken\b",
        r"\bthat was worth the time\b|\blet's (?:try|start with) (?:this|that)\b",
        r"\bwhatever you say\b",
        r"\bcount me in\b",
        r"\bi'm (?:completely |perfectly |quite )?(?:happy|satisfied)"
        r" (?:now|with that|with this|to go along)",
        r"\byou (?:can|may) have (?:the |all the |our )?(?:raw )?(?:data|figures|feed)\b",
        r"\b(?:i'll|we'll|i will) (?:gladly |just )?(?:sign|hand)"
        r" (?:it|them|that|the data|everything)\b",
        r"\bproblem solved\b",
        r"\bthat (?:solves|settles) (?:it|everything|the matter)\b",
        r"\b(?:you have|you've got) my (?:full )?(?:support|word|agreement|blessing)\b",
        r"\bi'm (?:fully |completely )?on board\b",
        r"\b(?:i|we) (?:gladly )?accept (?:your|that|this)\b",
        r"\bno (?:further|more) complaints from me\b",
        r"\bworks for me\b",
    ),
}
_NO_CONSENT: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        r"\?|吗|凭什么|怎么|难道|哪能|谁(?:能|敢|会)",
        "(?:不|没|别|未|难)(?:是|能|会|敢|想|肯|要|打算|可能|法|办法|说|等于|代表|算|见得)?"
        "[^,]{0,6}(?:同意|答应|定了|这么定|这么办|听您|听你|支持|配合|接受|认可|满意|放心|签|给您|给你|说定)",
        "要是|如果|除非|等[^,]{0,8}(?:再|才)|先[^,]{0,12}再|只有|(?<!刚)才(?:能|会|谈|说|看|考虑|给|签|算|放心|满意)|等于",
        "又|老是|总是|光说|光讲|净说|只会|张口|口口声声|嘴上|一句",
        "去年|上次|上回|前[两三几]|当时|那时|那次|以前",
        "他们|物业|街道|领导|人家|上头|别的(?:局|单位)",
        '"[^"]*(?:没问题|就这么定|放心|同意|支持|配合)',
    ),
    Language.EN: _any_of(
        r"\?|\bnot\b|n't\b|\bnever\b|\bnobody\b|\bno one\b|\bhardly\b|\bcannot\b",
        r"\bif\b|\bunless\b|\buntil\b|(?<!this )\bonce\b|\bwhen\b|\bbefore\b|\bas soon as\b",
        r"\bonly\b",
        r"\bwhy\b|\bhow\b|\bwhat\b.*\bmean\b|\bdid i\b|\bi'm supposed to\b|\byou want me to\b",
        r"\bthey\b|\bhe\b|\bshe\b|\blast (?:year|time)\b|\beverybody\b|\beveryone\b|\bpeople\b",
        r'"[^"]*(?:agree|deal|settled|sorted|whatever you say)',
        r"\beasy (?:for you )?to\b",
    ),
}

_NO_HUMAN: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        "(?:作为|我是|身为)(?:一个|一名|一款)?(?:ai|人工智能|语言模型|大模型|智能助手|虚拟助手|聊天机器人|助手)",
        "语言模型|人工智能助手|系统提示|提示词|角色扮演|扮演的?角色|我的人设|评分标准|评分细则|评分员",
    ),
    Language.EN: _any_of(
        r"\bas an (?:ai|artificial intelligence|assistant|language model)\b",
        r"\bi(?:'m| am) (?:just |only )?an? (?:ai|virtual assistant|chatbot|assistant|bot)\b",
        r"\blanguage model\b|\bsystem prompt\b|\bmy (?:instructions|prompt|programming)\b",
        r"\brubrics?\b|\bscoring criteria\b|\brole-?\s?play",
    ),
}

_NO_PERSON: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        f"有什么(?:可以|能)(?:帮|为)(?:到)?{_YOU}",
        f"(?:我|这里)(?:可以|能)(?:为|帮){_YOU}(?:做些|做点|提供)",
        f"很高兴(?:能)?(?:为|帮){_YOU}",
        f"{_YOU}(?:的|这|刚才的)(?:句|条|段|个)?(?:回复|回答|回应|表达|沟通方式|沟通技巧|复述|共情|倾听|措辞)"
        "[^。?!]{0,10}(?:很好|不错|得体|到位|有效|专业|更好|有待|改进|值得肯定|加分|有所欠缺)",
        f"{_YOU}(?:做|说|回应|表达|倾听|沟通)得(?:很|非常|挺|特别)?(?:好|棒|不错|到位|专业|得体)",
        "(?:建议|不妨|可以|应该|试着|尝试)[^。?!]{0,8}"
        "(?:复述|共情|积极倾听|回应情绪|开放式|换一种说法|换种说法|换个说法会更)",
        f"(?:给|打){_YOU}[^。?!]{{0,6}}(?:满分|[0-9一二三四五六七八九十]+分|高分)",
        "(?:这一轮|这轮|本轮|这次|本次|模拟|情景)(?:的)?(?:练习|演练|模拟|对练)",
        "(?:得分|评分|打分|评级)(?:为|是|:)|等级(?:为|是|:)?[0-4]",
        "(?:沟通|倾听|共情)(?:技巧|能力)(?:很|还|有|需要|值得|不错)",
        "以下是(?:我的|对您|对你|几点|一些)",
    ),
    Language.EN: _any_of(
        r"\bhow (?:can|may) i (?:help|assist) you\b|\b(?:happy|glad) to (?:help|assist)\b",
        r"\banything else i can (?:help|assist|do for you)",
        r"\byour (?:\w+ )?(?:reply|response|answer|communication|wording|phrasing|empathy|listening"
        r"|paraphrase) (?:is|was|shows|could|demonstrates|needs)\b[^.?!]{0,40}"
        r"(?:good|great|excellent|effective|improve|better|clear|empath|professional|stronger)",
        r"\b(?:good|great|nice|excellent) "
        r"(?:job|use of|paraphras\w+|listening|empathy|open question|reflection)\b",
        r"\b(?:you could|you might|try to|you should|i suggest|consider|next time)\b[^.?!]{0,30}"
        r"(?:paraphras|empathi[sz]|active listening|open question|open-ended|reflect back|rephras)",
        r"\b(?:i'd|i would|i'll) (?:give|score|rate) (?:you|that|this)\b[^.?!]{0,30}"
        r"(?:\d|full marks|top marks|score)",
        r"\b(?:score|level|rating)(?: of|:)? ?[0-9]\b",
        r"\b(?:this|the|our|next) (?:exercise|simulation|practice session|training session)\b",
        r"\bhere (?:are|is) (?:my|some|a few) (?:feedback|tips|suggestions)",
        r"\b(?:communication|listening) skills\b",
    ),
}


def consents(folded: Folded, language: Language) -> bool:
    """Whether a sentence of the line gives in; asking back, conditions and quotations do not."""
    return any(
        _CONSENT[language].search(sentence) and not _NO_CONSENT[language].search(sentence)
        for sentence in _with_end_marks(folded)
    )


def falls_out_of_character(folded: Folded, language: Language) -> bool:
    """Whether it is assistants' or coaches' talk, gives marks, or speaks of the exercise."""
    return is_no_human(folded, language) or bool(_NO_PERSON[language].search(folded.text))


def is_no_human(folded: Folded, language: Language) -> bool:
    """Whether a machine speaks of itself, of its part, or of what it is to go by."""
    return bool(_NO_HUMAN[language].search(folded.text))


def _with_end_marks(folded: Folded) -> Sequence[str]:
    return [folded.text[one.start : one.end + 1].strip() for one in folded.sentences]
