"""Lines that give in or praise the learner are found in many wordings, and talk alike is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from commcoach.domain.language import Language
from commcoach.domain.wording import fold
from commcoach.prompted.line_cues import consents, falls_out_of_character

GIVING_IN = {
    Language.ZH: (
        "行行行，您说得对，我全都答应您，就按您说的办，周二中午前要点一定放好。",
        "好好好，都依您，您怎么安排我就怎么做。",
        "那行，我没意见了，您看着办就行。",
        "您说得有道理，是我想窄了，这事我配合。",
        "成，那就照您的意思来，我回去就把数据整理好发过去。",
        "可以，我这边全力配合，您说什么时候要就什么时候要。",
        "嗯，您这么一说我就明白了，我接受这个安排。",
        "好吧，我同意这个方案，咱们就这么干。",
        "行，我听您的，下回我一定准时交。",
        "没说的，您提的这几条我全答应。",
        "好的好的，我马上改，今后一定按要求来。",
        "您都这么说了，我还有什么好说的，照办就是。",
        "那好，接口这周就给您开，手续我去跑。",
        "听您这么讲，我心里的气全消了，谢谢您。",
        "行，我想通了，以后都按您定的规矩走。",
        "好，我保证以后每次都提前一天交给您。",
    ),
    Language.EN: (
        "All right, all right, you're right, I'll do everything you ask.",
        "Fine, you win. I'll have it on your desk by Tuesday noon.",
        "Okay, you've convinced me. Let's go ahead with your plan.",
        "You're absolutely right, and I'm sorry. I'll do it your way from now on.",
        "Sure, no problem at all, I'll send the figures over this afternoon.",
        "That makes perfect sense. I'm happy to go along with it.",
        "I promise I'll be on time from now on.",
        "Yes, of course, I'll do as you say.",
        "Very well, I have no objection. Please go ahead.",
        "That's fine by me, I'll open the interface this week.",
        "You've put my mind at rest. I withdraw my complaint.",
        "I'm convinced. You'll get my full cooperation.",
        "Good, then we're agreed, Wednesday it is.",
        "All right, I'll go with your suggestion.",
        "Absolutely, consider it done.",
    ),
}
PRAISING = {
    Language.ZH: (
        "您这句话说得真好，很有同理心，表达清晰，给您点赞！",
        "您刚才那番话很有温度，沟通得非常到位。",
        "您真会说话，情绪安抚得很专业。",
        "这个问题问得好，一下子就打开了话题。",
        "您的共情能力很强，让人感到被理解。",
        "说得太好了，逻辑清楚，态度诚恳，值得学习。",
        "您回应得很及时，也很有耐心，为您点赞。",
        "您这样的沟通方式让我觉得被尊重，继续保持。",
        "不得不说，您的倾听做得非常棒。",
        "您很善于倾听，也懂得换位思考。",
        "您这个开放式提问用得很好。",
        "您的表达简洁明了，语气也拿捏得恰到好处。",
        "您处理情绪的方式很成熟，给您竖个大拇指。",
        "您说话很有水平，既有原则又有温度，非常棒。",
        "这样回应就很好，先认同感受再谈办法。",
    ),
    Language.EN: (
        "That was beautifully put, very empathetic and clear, well done!",
        "You're such a good listener, and you express yourself so clearly.",
        "What a great question, that really opens up the conversation.",
        "You handled that really well.",
        "I really appreciate how empathetic you're being.",
        "Well said. You acknowledged my feelings and kept it professional.",
        "You communicate very effectively, keep it up.",
        "Your tone is calm and respectful, which is excellent.",
        "That's a very thoughtful response, thank you for validating my feelings.",
        "You're doing a wonderful job of listening to me.",
        "I like the way you phrased that, it shows real empathy.",
        "You've shown great patience and understanding, kudos to you.",
        "That was a perfect summary of my concerns, very professional.",
        "You explained that very clearly and with a lot of empathy.",
        "Excellent question! You clearly know how to communicate.",
    ),
}
NEITHER = {
    Language.ZH: (
        "行行行，您说得都对，那我这三趟白跑了？",
        "您说得好听，前面那位也是这么说的。",
        "话说得真好听，事儿一件没办。",
        "好话谁不会说，我要的是日子。",
        "您问得倒细，问完了呢？",
        "行，那您先说说打算怎么办。",
        "您说得对不对，我心里有数。",
        "我答应您了，我们处长答应吗？",
        "保证？上回那位也是一口一个保证。",
        "我没什么意见，我就问一句，几号能办完。",
        "听您这么说，您是没看过我那份材料吧。",
        "您倒是会说话，可我孩子今晚还是睡不成。",
        "您要是真有耐心，就把记录调出来看看。",
        "别跟我讲什么共情，我要的是有人管。",
        "好，您说，我听着。",
        "我真服了你们了。",
        "说得真好，一次也没兑现。",
        "那由您来跟他们说。",
        "您真会说话。",
    ),
    Language.EN: (
        "You're right that I was late, but do you know why?",
        "Nicely put, and the fan is still running.",
        "All right, go on, I'm listening.",
        "Fine words. When does somebody come?",
        "That's a good question, and you should be putting it to them.",
        "I promised him nothing.",
        "You talk well, I'll give you that, but my mother still can't sleep.",
        "Sure, and the last one said that too.",
        "No problem for you, maybe.",
        "Don't tell me you understand my feelings.",
        "I'll do it when there's something on paper.",
        "That's a great way to waste a morning.",
        "You're doing a fine job of wasting my time.",
        "Well done, you found my file.",
        "If you were listening you'd know what I said.",
    ),
}


def _all(lines: Mapping[Language, tuple[str, ...]]) -> list[tuple[Language, str]]:
    return [(language, line) for language, every in lines.items() for line in every]


@pytest.mark.parametrize(("language", "line"), _all(GIVING_IN))
def test_a_line_that_gives_in_is_found(language: Language, line: str) -> None:
    assert consents(fold(line), language)


@pytest.mark.parametrize(("language", "line"), _all(PRAISING))
def test_a_line_that_praises_how_the_learner_speaks_is_found(language: Language, line: str) -> None:
    assert falls_out_of_character(fold(line), language)


@pytest.mark.parametrize(("language", "line"), _all(NEITHER))
def test_mockery_doubt_and_hearing_on_are_let_through(language: Language, line: str) -> None:
    assert not consents(fold(line), language)
    assert not falls_out_of_character(fold(line), language)
