"""`commcoach cases corrections`: from a trainer's correction to an engine that has learned it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commcoach import bootstrap
from commcoach.coaching.house import House
from commcoach.coaching.keeping import forget_learner
from commcoach.coaching.scorer import ScoringTask
from commcoach.content.loading import load_library
from commcoach.domain.cases import Said
from commcoach.domain.dialogue import PracticeSession
from commcoach.domain.language import Language
from commcoach.domain.people import Consent, Learner
from commcoach.domain.score import Override, Scorecard, Scored
from commcoach.settings import Settings
from tests import transcripts
from tests.builders import NOON, days, make_session, make_turn
from tests.casework_content import own_content
from tests.cli.conftest import Cli
from tests.cli.house import Inside, inside
from tests.shipped import CACHE, library

ID = "reflect_feeling"
LINE = "都半夜了，这桩机还没停。"
REPLIES = tuple(f"先把门窗关严，耳塞备着，{number}号楼也这么办。" for number in range(1, 13))


def corrected(
    reply: str, level: int, number: int = 1, learner: str = "learner-7"
) -> PracticeSession:
    override = Override(1, 1, ID, level, "理由", "王老师", days(1))
    card = Scorecard((Scored(ID, 1, 1.0, ()),))
    return make_session(
        make_turn(1, context=LINE, reply=reply, line="嗯。", card=card, overrides=(override,)),
        id=f"{number:012x}",
        learner=learner,
        scenario="night_piling",
        language=Language.ZH,
        release=library().release,
        opening=LINE,
    )


@pytest.fixture
def house(tmp_path: Path) -> Inside:
    return inside(tmp_path / "data")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return own_content(tmp_path / "mine")


def rows(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text("utf-8").splitlines()]


def expected(own: Path, reply: str) -> float:
    """What the embedded engine expects a reply to be worth by this content."""
    found = load_library(own, ("rubrics",))
    scorer = bootstrap.embedded_scorer(Settings(cache_dir=CACHE), found, (ID,))
    task = ScoringTask(reply, (Said("counterpart", LINE),), (ID,), Language.ZH)
    (score,) = scorer.score_now(task).scores
    assert isinstance(score, Scored), score
    return score.expected


def test_the_engine_learns_what_trainers_corrected(
    cli: Cli, house: Inside, own: Path, tmp_path: Path
) -> None:
    house.put(*(corrected(reply, 4, number) for number, reply in enumerate(REPLIES, start=1)))
    similar = "先把门窗关严，耳塞备着，20号楼也这么办。"
    before = expected(own, similar)
    place = tmp_path / "corrected.jsonl"
    made = cli("cases", "corrections", place, "--content", own)
    assert made.code == 0, made.err
    assert "12 条回复，12 个改过的等级" in made.out
    taken = cli("cases", "import", place, "--new-cases", "--content", own)
    assert taken.code == 0, taken.err
    assert cli("rubric", "check", own).code == 0
    after = expected(own, similar)
    assert before < 2
    assert after > before + 0.5


def test_the_file_holds_words_and_levels_and_no_ids(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    house.put(corrected(REPLIES[0], 3))
    place = tmp_path / "corrected.jsonl"
    made = cli("cases", "corrections", place, "--by", "王老师")
    assert made.code == 0, made.err
    (row,) = rows(place)
    assert row["context"] == [{"speaker": "counterpart", "text": LINE}]
    assert row["grades"] == [{"by": "王老师", "kind": "human", "levels": {ID: 3}}]
    assert not {"learner-7", "000000000001"} & set(json.dumps(row).split('"'))
    assert place.stat().st_mode & 0o077 == 0
    assert "文件里有学员的原话" in made.out
    assert house.written() == [("王老师", "exported", "000000000001")]


def test_speakers_and_source_are_kept_when_corrections_are_taken_in(
    cli: Cli, house: Inside, own: Path, tmp_path: Path
) -> None:
    house.put(corrected(REPLIES[0], 3))
    place = tmp_path / "corrected.jsonl"
    cli("cases", "corrections", place, "--content", own)
    renamed = {**rows(place)[0], "id": "shift-own-1"}
    place.write_text(json.dumps(renamed, ensure_ascii=False) + "\n", encoding="utf-8")
    assert renamed["source"] == "correction"
    assert cli("cases", "import", place, "--new-cases", "--content", own).code == 0
    assert rows(own / "rubrics" / "cases" / "corrected.jsonl") == rows(place)
    again = cli("cases", "import", place, "--new-cases", "--content", own)
    assert again.code == 0, again.err
    assert "没有新的评分" in again.out


def known_with(house: Inside, learner: str, *given: Consent) -> None:
    """A learner who gave these consents before anything was practised."""

    async def come(house: House) -> None:
        person = Learner(learner, Language.ZH, NOON)
        await house.people.add(person)
        for one in given:
            await house.people.save(replace(person, consent=one.version, consented_at=one.given_at))

    house.look(come)


def test_whoever_was_deleted_or_has_not_agreed_to_this_is_not_in_it(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    known_with(house, "of-old", Consent("1", NOON))
    known_with(house, "later", Consent("1", NOON), Consent("2", days(3)))
    known_with(house, "local")
    house.put(
        corrected(REPLIES[0], 3, 1, "gone"),
        corrected(REPLIES[1], 3, 2, "of-old"),
        corrected(REPLIES[2], 3, 3, "agreed"),
        corrected(REPLIES[3], 3, 4, "later"),
        corrected(REPLIES[4], 3, 5, "later"),
        corrected(REPLIES[5], 3, 6, "local"),
    )
    house.look(lambda house: forget_learner(house.keeping, "gone", NOON))
    place = tmp_path / "corrected.jsonl"
    made = cli("cases", "corrections", place)
    assert made.code == 0, made.err
    assert [row["reply"] for row in rows(place)] == [REPLIES[2]]
    for left_out in (
        "另有 1 场练习的更正没有导出：是在终端（输入命令的窗口）里练的",
        "另有 1 场练习的更正没有导出：学员还没有同意这样使用",
        "另有 2 场练习的更正没有导出：练习开始的时候，学员还没有同意这样使用",
    ):
        assert left_out in made.out


def test_naming_a_learner_who_was_never_asked_exports_nothing_of_theirs(
    cli: Cli, house: Inside, tmp_path: Path
) -> None:
    known_with(house, "local")
    house.put(corrected(REPLIES[0], 3, 1, "local"))
    place = tmp_path / "corrected.jsonl"
    made = cli("cases", "corrections", place, "--learner", "local")
    assert made.code == 0, made.err
    assert not place.exists()
    assert "1 场练习的更正没有导出：是在终端（输入命令的窗口）里练的" in made.out
    assert house.written() == []


def test_without_corrections_there_is_no_file(cli: Cli, house: Inside, tmp_path: Path) -> None:
    house.put(replace(transcripts.session(), turns=()))
    place = tmp_path / "corrected.jsonl"
    made = cli("cases", "corrections", place)
    assert made.code == 0
    assert "没有可以导出的更正" in made.out
    assert not place.exists()
    assert house.written() == []


def test_what_cannot_be_written_is_one_sentence(cli: Cli, house: Inside, tmp_path: Path) -> None:
    there = tmp_path / "there.jsonl"
    there.write_bytes(b"")
    for place, said in (
        (there, "不会覆盖"),
        (tmp_path / "a.xlsx", "不认识的格式“xlsx”"),
        (tmp_path / "none" / "a.jsonl", "找不到"),
    ):
        made = cli("cases", "corrections", place)
        assert made.code == 2
        assert said in made.err
        assert made.err.count("\n") == 1
