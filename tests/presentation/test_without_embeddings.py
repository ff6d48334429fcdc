"""Where a reply was scored without the embeddings that are set, that is said."""

from __future__ import annotations

import pytest

from commcoach.coaching.arms import Taken
from commcoach.coaching.embedding import WITHOUT_EMBEDDINGS
from commcoach.domain.feedback import Advice
from commcoach.domain.language import Language
from commcoach.domain.score import Scorecard
from commcoach.presentation.engines import stand_in_lines, stand_in_notice
from commcoach.presentation.wording import Wording
from tests.builders import make_session, make_turn

CARD = Scorecard(stand_in=WITHOUT_EMBEDDINGS)


@pytest.mark.parametrize(
    ("language", "said"),
    [(Language.ZH, "没有取到句向量"), (Language.EN, "scored without them")],
)
def test_a_turn_scored_without_embeddings_says_so_and_speaks_of_no_model(
    language: Language, said: str
) -> None:
    [line] = stand_in_lines(make_turn(1, card=CARD), Wording(language))
    assert said in line
    assert "模型" not in line


def test_the_learner_is_told_on_the_first_such_turn_alone() -> None:
    first, second = make_turn(1, card=CARD), make_turn(2, card=CARD)
    told = [
        stand_in_notice(
            Taken(make_session(*turns), turns[-1], Advice(), (), None), Wording(Language.ZH)
        )
        for turns in ([first], [first, second])
    ]
    assert told == ["（这一轮没有取到句向量，内置引擎照常评分，只是不用它。）", ""]
