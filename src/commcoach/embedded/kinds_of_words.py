"""Kinds of words that any talk has: who is addressed, what is asked, hedged, refused, offered."""

from __future__ import annotations

import re

from commcoach.domain.language import Language

FIRST = {
    Language.ZH: re.compile("我们|咱|我"),
    Language.EN: re.compile(r"\b(?:i|i'm|i'll|i've|i'd|we|we'll|we're|my|our|me|us)\b"),
}
SECOND = {
    Language.ZH: re.compile("您|你"),
    Language.EN: re.compile(r"\b(?:you|your|you're|you've|you'll|yours)\b"),
}
OPEN = {
    Language.ZH: re.compile("什么|怎么|哪|谁|为何|为什么|如何|多久"),
    Language.EN: re.compile(r"\b(?:what|how|who|which|why|where|when)\b"),
}
NEGATION = {
    Language.ZH: re.compile("不|没|别|无法"),
    Language.EN: re.compile(r"\b(?:not|no|never|nothing|nobody|cannot)\b|n't\b"),
}

KINDS_OF_WORDS = {
    "thanks": {
        Language.ZH: re.compile("谢|感激|辛苦"),
        Language.EN: re.compile(r"\b(?:thank\w*|appreciat\w+|grateful)\b"),
    },
    "sorry": {
        Language.ZH: re.compile("对不起|抱歉|不好意思|道歉|我的错|我错"),
        Language.EN: re.compile(
            r"\b(?:sorry|apolog\w+|my (?:bad|fault|mistake)|excuse me|pardon)\b"
        ),
    },
    "hedge": {
        Language.ZH: re.compile("可能|也许|大概|好像|似乎|或许|恐怕|应该是|我觉得|我想|我看|有点"),
        Language.EN: re.compile(
            r"\b(?:maybe|perhaps|might|may|seems?|possibly|probably|i (?:think|guess|believe"
            r"|feel|wonder|suppose)|sort of|kind of|a bit|somewhat|could be|likely)\b"
        ),
    },
    "should": {
        Language.ZH: re.compile(
            "应该|必须|得(?=[^到了很多]{1})|一定要|务必|赶紧|快点|不准|不许|给我|别"
        ),
        Language.EN: re.compile(
            r"\b(?:should|must|have to|need to|ought to|don't|stop|never|had better|got to"
            r"|do not)\b"
        ),
    },
    "ask_kindly": {
        Language.ZH: re.compile(
            "请|麻烦|劳驾|能不能|可不可以|可以.{0,8}吗|能.{0,8}吗|方便|好吗|行吗|好不好|要不要"
        ),
        Language.EN: re.compile(
            r"\b(?:please|could you|would you|can you|can i|could i|may i|would it"
            "|if you (?:could|would|can|like|want|need)|do you mind|would you mind"
            r"|is it possible|feel free)\b"
        ),
    },
    "together": {
        Language.ZH: re.compile("我们|咱|一起|一块|共同|大家"),
        Language.EN: re.compile(
            r"\b(?:we|us|our|together|let's|both|each|share|split|we're|we'll)\b"
        ),
    },
    "suggest": {
        Language.ZH: re.compile("要不|不如|建议|试试|可以|不妨|先.{0,12}再|怎么样|如何"),
        Language.EN: re.compile(
            r"\b(?:how about|what about|what if|let's|try|suggest|consider|instead|maybe you"
            r"|you (?:can|could|might)|why not|would you like|start (?:by|with)|first)\b"
        ),
    },
    "agree": {
        Language.ZH: re.compile(
            "^(?:嗯|是|对|好|行|没错|可以|当然|哎)|是啊|对啊|没错|好的|好啊|有道理|同意|行啊|可不是"
        ),
        Language.EN: re.compile(
            r"\b(?:yes|yeah|yep|right|exactly|agreed?|sure|of course|ok|okay|true|correct"
            "|absolutely|makes sense|sounds good|great|good|nice|perfect|excellent"
            r"|well done|deal)\b"
        ),
    },
    "object": {
        Language.ZH: re.compile(
            "不行|不可以|不是|不要|不能|凭什么|谁说|胡说|瞎|算了|才不|没门|干嘛|干什么|休想|哪有|不用你|少来|至于吗|难道|怎么能|什么意思"
        ),
        Language.EN: re.compile(
            r"\b(?:no|nope|wrong|incorrect|nonsense|disagree|ridiculous|not true|not quite"
            r"|cannot|can't|won't|isn't|doesn't|didn't|wasn't|really\?|seriously)\b"
        ),
    },
    "but": {
        Language.ZH: re.compile("但|可是|不过|然而|却|只是"),
        Language.EN: re.compile(
            r"\b(?:but|however|though|although|yet|unless|except|actually|still)\b"
        ),
    },
    "because": {
        Language.ZH: re.compile("因为|所以|由于|因此|毕竟|既然|的话|如果|要是"),
        Language.EN: re.compile(
            r"\b(?:because|since|so that|therefore|if|as a result|that way|due to|so)\b"
        ),
    },
    "feeling": {
        Language.ZH: re.compile(
            "难过|伤心|开心|高兴|生气|害怕|担心|着急|焦虑|难受|委屈|压力|累|痛|苦|烦|怕|失望|孤独|安慰|心情|感受|感觉|情绪|心疼|不容易|理解"
            "|明白|懂"
        ),
        Language.EN: re.compile(
            r"\b(?:feel\w*|sad\w*|happ(?:y|iness)|angr\w+|anger|afraid|scared?|fear\w*"
            r"|worr\w+|anxi\w+|upset|hurt\w*|hard|difficult|tough|stress\w*|lonel\w+|tired"
            r"|frustrat\w+|pain\w*|understand\w*|hear that|overwhelm\w*|disappoint\w+"
            r"|excit\w+|glad|proud|hope\w*|care|love\w*)\b"
        ),
    },
    "think_back": {
        Language.ZH: re.compile(
            "你(?:是)?(?:说|觉得|想|认为|指)|您(?:是)?(?:说|觉得|想|认为|指)|意思是|听起来|听上去|看来|原来|也就是"
        ),
        Language.EN: re.compile(
            r"\b(?:you (?:said|mean|think|feel|say|mentioned|seem|sound|got|did|have|were"
            "|are|want)|it sounds|sounds like|seems like|so you|in other words|i hear"
            r"|it must|i see|you're|you've)\b"
        ),
    },
    "intense": {
        Language.ZH: re.compile("真|太|很|非常|特别|最|都|全|完全|从来|永远|根本|到底|居然|竟然"),
        Language.EN: re.compile(
            r"\b(?:very|really|so|too|always|never|totally|completely|absolutely|just|even"
            r"|all|any|at all|ever|extremely|clearly|obviously)\b"
        ),
    },
    "greet": {
        Language.ZH: re.compile("你好|您好|嗨|哈喽|早上好|晚上好|再见|拜拜"),
        Language.EN: re.compile(
            r"\b(?:hi|hello|hey|dear|good (?:morning|evening|afternoon|luck)|bye|welcome"
            r"|greetings|cheers)\b"
        ),
    },
    "show": {
        Language.ZH: re.compile("看|想想|注意|比如|例如|像|就是|这里|那里|步|题|算"),
        Language.EN: re.compile(
            r"\b(?:look\w*|check|notice|see|think about|remember|recall|step\w*|example"
            r"|because|means?|here|calculat\w+|where|reread|count|add\w*|subtract\w*"
            r"|multipl\w+|divid\w+)\b"
        ),
    },
    "need": {
        Language.ZH: re.compile("我(?:要|想|需要|得|必须)|我们(?:要|想|需要)"),
        Language.EN: re.compile(
            r"\b(?:i (?:need|want|would like|will|have to|must|really need|prefer|require"
            r"|could use|am)|i'd|i'll|my|mine)\b"
        ),
    },
    "give": {
        Language.ZH: re.compile("给你|帮|替你|陪|让你|送|我来|交给我|随你|都行|听你"),
        Language.EN: re.compile(
            r"\b(?:you can (?:have|take|keep)|i (?:can|could) (?:give|help|let|take|offer)"
            r"|i will (?:give|take|let)|help\w*|give you|willing|happy to|offer|up to you"
            r"|fair|deal|compromise|for you|support)\b"
        ),
    },
    "your_need": {
        Language.ZH: re.compile("你(?:要|想|需要|喜欢|打算)|您(?:要|想|需要|喜欢|打算)"),
        Language.EN: re.compile(
            r"\b(?:(?:do|did|would|are|what|which|how) you|what do you|you (?:need|want"
            r"|prefer|like)|your (?:preference|priority|priorities|needs?|kids|family))\b"
        ),
    },
    "particle": {
        Language.ZH: re.compile("[吧呢啊呀哦嘛啦哈]"),
        Language.EN: re.compile(r"\b(?:well|oh|ah|um|uh|haha|lol|wow|hmm|gee)\b"),
    },
    "rude": {
        Language.ZH: re.compile("滚|闭嘴|笨|傻|蠢|神经|有病|废话|讨厌|混蛋|死|屁|烦死"),
        Language.EN: re.compile(
            r"\b(?:stupid|idiot\w*|shut|dumb|hate|damn|hell|crap|bullshit|fuck\w*|silly|lazy"
            r"|useless|rubbish|wtf|nonsense)\b"
        ),
    },
    "deixis_you_start": {
        Language.ZH: re.compile("^(?:你|您)"),
        Language.EN: re.compile(r"^(?:you|your|why|what)\b"),
    },
    "why": {
        Language.ZH: re.compile("为什么|干嘛|怎么(?:能|会|又|还|不)|凭什么"),
        Language.EN: re.compile(r"\b(?:why|how come|why don't)\b"),
    },
    "what_how": {
        Language.ZH: re.compile("什么|怎么|哪|谁|多少|几"),
        Language.EN: re.compile(r"\b(?:what|how|which|who|where|when|whose)\b"),
    },
    "yesno_q": {
        Language.ZH: re.compile("吗"),
        Language.EN: re.compile(
            r"(?:^|[.!?;,\n]\s*)(?:do|does|did|is|are|was|were|can|could|would|will|have|has"
            r"|should|am)\b"
        ),
    },
}
"""Rough on purpose: a kind only counts together with others, and its weight is learned."""
