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
        f"(?:都|全)(?:依|由)(?:着)?{_YOU}|依{_YOU}(?=[,.。!]|吧|$)",
        f"{_YOU}(?:怎么|咋)(?:安排|说|定)[,]?我(?:们)?就(?:怎么|咋)",
        f"{_YOU}说(?:什么时候|几点|哪天|多少)[^,]{{0,6}}就(?:什么时候|几点|哪天|多少)",
        f"(?:就|那|都)(?:按|照|依)(?:着)?{_YOU}(?:的(?:意思|意见|安排|办法|方案)|定的)",
        "(?:我(?:们)?|我这边)(?:就|可|也)?没(?:有)?(?:什么)?意见了|(?:我)?照办(?:就是|就行|吧|$|[.,。])",
        "我(?:们|这边)?(?:一定|肯定|就|全力|积极)?配合(?=[.,。!]|$)",
        f"(?:^|[,])我(?:就|都)?听{_YOU}的(?=[.,。!]|$)",
        "我(?:全|都|全都|就|统统)+答应(?!吗)",
        "(?:是我|我)(?:真|也)?(?:想窄|想岔|想通|想明白|错)了",
        "我(?:这就|马上|立刻|回去就|今后|以后)[^,]{0,4}(?:改|照做|整理好|发过去|交给)",
        "我保证(?:以后|今后|下次|下回|一定|每次)|(?:以后|今后|下回|下次)(?:我)?(?:一定|都)(?:按|准时|提前)",
        f"(?:接口|数据|权限)[^,]{{0,6}}就给{_YOU}(?:开|发|送)",
        "(?:心里的)?气(?:全|都|也)?消了",
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
        r"\b(?:i'll|i will|we'll) (?:do|give you|agree to) "
        r"(?:everything|anything|all|whatever) you\b",
        r"\b(?:i'll|i will|we'll) (?:do|be doing) (?:it your way|as you (?:say|ask|wish))",
        r"\byou win\b|\byou(?:'ve| have) (?:convinced|persuaded|won) me\b"
        r"|\bi'm (?:convinced|persuaded|sold)\b",
        r"\b(?:let's|we'll|i'll) go (?:ahead )?with (?:your|that|this)\b",
        r"^(?:sure|yes|of course|absolutely|certainly|ok|okay)\b[, ]+"
        r"(?:no problem|i'll do|of course|consider)",
        r"\bconsider it done\b|\b(?:that's|it's) fine by me\b|\bhappy to go along\b",
        r"\bi promise (?:i'll|i will|to|you)\b",
        r"\b(?:i|we) have no (?:more |further )?objections?\b",
        r"\bput my mind at (?:rest|ease)\b|\bi(?:'ll| will)? withdraw my complaint\b",
        r"\bmy full (?:cooperation|co-operation|support)\b|\bwe're (?:all )?agreed\b",
    ),
}
_NO_CONSENT: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        r"\?|吗|凭什么|(?<!就)怎么(?!(?:安排|说|定)[,]?我)|难道|哪能|谁(?:能|敢|会)",
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
        f"{_YOU}(?:做|说|回应|表达|倾听|沟通)得(?:很|非常|挺|特别)?(?:好(?!听|像)|棒|不错|到位|专业|得体)",
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

_PRAISE: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        f"(?:给|为){_YOU}(?:点(?:个|一个)?赞|竖(?:个|起)?大拇指|鼓掌)|继续(?:保持|加油)|值得(?:学习|肯定)",
        f"{_YOU}[^,]{{0,8}}(?:很|真|非常|特别)(?:有)?(?:同理心|共情|善于|懂得|会(?:沟通|倾听|安抚))",
        "(?:很|真|非常|特别|既有|又有|富有)(?:有)?(?:同理心|共情(?:力|能力)|温度)",
        f"{_YOU}[^,]{{0,6}}(?:共情|倾听|提问|沟通|表达|安抚|处理情绪)[^,]{{0,8}}"
        "(?:很强|很好|到位|非常棒|专业|成熟|很高|出色|简洁|清晰|清楚|被尊重|被理解)",
        "(?:话|句|番话)?(?:说|讲|问|回应|表达|沟通)得(?:真|太|很|非常|特别)(?:好|棒|到位|专业|得体)(?!听|像)",
        "(?:安抚|共情|倾听|沟通|表达)得(?:很|非常|真|特别)?(?:专业|到位|好|棒)|这个问题问得(?:真|很|太)?好",
        "(?:沟通方式|表达方式|说话方式)[^,]{0,6}(?:很|让我|让人)(?:好|舒服|觉得被|感到被|感觉被|专业)",
        "这样(?:回应|说|表达|沟通)(?:就)?(?:很|非常)(?:好|到位|专业)",
        "(?:语气|语调|措辞|分寸)[^,]{0,4}(?:恰到好处|恰当|得体|很好)",
    ),
    Language.EN: _any_of(
        r"\b(?:very|so|such|real|truly|a lot of|great) (?:empath\w+|good listener|great listener"
        r"|patience and understanding)",
        r"\bhow (?:empath\w+|well you|clearly you|patient and)",
        r"\b(?:you are|you're) (?:\w+ ){0,2}(?:good|great|wonderful|excellent) listener\b",
        r"\byou(?:'ve|'re| have| are)? (?:\w+ ){0,2}"
        r"(?:handled|explained|phrased|expressed?|communicated?"
        r"|listen(?:ed)?)\b[^,]{0,20}\b(?:(?:really|very|so) (?:well|clearly|effectively)"
        r"|beautifully|effectively)",
        r"\b(?:what a|that's a|that is a|that was a|a) (?:\w+ )?"
        r"(?:great|excellent|perfect|thoughtful|wonderful|brilliant)"
        r" (?:question|response|reply|summary|answer)",
        r"\b(?:excellent|great|good) question!",
        r"\b(?:validat|acknowledg)(?:ing|ed) my (?:feelings|emotions|concerns)\b",
        r"\byour (?:tone|manner|approach|words|delivery) (?:is|was|are|were)\b[^.?!]{0,30}"
        r"(?:calm|respect|excellent|professional|empath)",
        r"\bkeep it up\b|\bkudos\b|\bknow how to communicate\b",
        r"\b(?:wonderful|great|good|amazing|excellent) job (?:of|at|with) "
        r"(?:listening|explaining|understanding|handling|acknowledging|communicating)\b",
        r"\b(?:like|love|appreciate) the way you (?:\w+ )?"
        r"(?:phrased|put|said|asked|expressed|worded)",
        r"\b(?:beautifully|wonderfully|perfectly|brilliantly) (?:put|said|phrased)\b",
    ),
}
_NO_PRAISE: Mapping[Language, re.Pattern[str]] = {
    Language.ZH: _any_of(
        r"\?|吗|谁|别跟|少跟|要是|如果|倒是|倒挺|再(?:有|会|好)|光(?:说|会)|只会|就会",
        "(?:可|但|不过|就是)(?:我|孩子|事|老|日子|这|那|是)|有什么用|顶什么用|管什么用|(?:一[件次]|也|都|还是|就是)[不没]",
        '"[^"]*"',
    ),
    Language.EN: _any_of(
        r"\?|n't\b|\bnot\b|\bnever\b|\bif\b|\bbut\b|\bstill\b|\bthem\b|\bthey\b|\bhe\b|\bshe\b",
        r'"[^"]*"',
    ),
}


def consents(folded: Folded, language: Language) -> bool:
    """Whether a sentence of the line gives in; asking back, conditions and quotations do not."""
    return any(
        _CONSENT[language].search(sentence) and not _NO_CONSENT[language].search(sentence)
        for sentence in _with_end_marks(folded)
    )


def falls_out_of_character(folded: Folded, language: Language) -> bool:
    """Whether it is assistants' or coaches' talk, gives marks, or speaks of the exercise.

    So is praise of how somebody speaks; mockery of it is a person's.
    """
    if is_no_human(folded, language) or _NO_PERSON[language].search(folded.text):
        return True
    return any(
        _PRAISE[language].search(sentence) and not _NO_PRAISE[language].search(sentence)
        for sentence in _with_end_marks(folded)
    )


def is_no_human(folded: Folded, language: Language) -> bool:
    """Whether a machine speaks of itself, of its part, or of what it is to go by."""
    return bool(_NO_HUMAN[language].search(folded.text))


def _with_end_marks(folded: Folded) -> Sequence[str]:
    return [folded.text[one.start : one.end + 1].strip() for one in folded.sentences]
