"""What every keeper of records and releases promises, in memory and in a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from commcoach.coaching.records import Entry, ModelCall
from commcoach.coaching.releasing import TRIED, Release
from tests.store.examples import START
from tests.store.houses import House

DAY = timedelta(days=1)
ENTRY = Entry(START, "chen", "overrode", "s1", "1.1 reflecting 2")
CALL = ModelCall(
    at=START,
    job="scorer",
    provider="openai",
    model="some-model",
    release="r1",
    prompt_hash="abc",
    prompt_tokens=900,
    completion_tokens=120,
    latency=1.25,
    cached_tokens=512,
    cost=0.0031,
    session="s1",
    learner="li",
)
FAILED = ModelCall(START, "voice", "local", "m", "r1", "d", 1, 0, 0.5, error="timeout")
RELEASE = Release(
    "r1",
    {"criteria/reflecting": "h1", "gates/insult": "h2"},
    {"rubrics/练习.yaml": "f1", "rubrics/copy.yaml": "f1", "scenarios/a.yaml": "f2"},
    START,
    "chen",
    "第一版",
)
CONTENTS = {"f1": b"\x00one", "f2": "二".encode()}


async def test_the_trail_is_told_oldest_first(house: House) -> None:
    entries = [ENTRY, replace(ENTRY, at=START - DAY), replace(ENTRY, action="saw", details="")]
    for entry in entries:
        await house.audit.record(entry)
    assert await house.audit.entries() == [entries[1], entries[0], entries[2]]


async def test_the_trail_of_one_subject_is_told(house: House) -> None:
    for subject in ("s1", "s2", "s1"):
        await house.audit.record(replace(ENTRY, subject=subject))
    assert await house.audit.entries("s1") == [ENTRY, ENTRY]
    assert await house.audit.entries("s3") == []


async def test_calls_come_back_as_they_were(house: House) -> None:
    for call in (CALL, FAILED):
        await house.calls.record(call)
    assert await house.calls.since(START) == [CALL, FAILED]


async def test_calls_are_found_by_time_and_learner(house: House) -> None:
    later = replace(CALL, at=START + DAY)
    for call in (later, CALL, FAILED, replace(CALL, learner="wang")):
        await house.calls.record(call)
    assert await house.calls.since(START + timedelta(microseconds=1)) == [later]
    assert await house.calls.since(START, "li") == [CALL, later]


async def test_a_release_comes_back_as_it_was(house: House) -> None:
    assert await house.releases.record(RELEASE, CONTENTS)
    assert await house.releases.get("r1") == RELEASE
    assert await house.releases.contents("r1") == {
        path: CONTENTS[sha256] for path, sha256 in RELEASE.files.items()
    }


async def test_a_known_release_stays_as_it_is(house: House) -> None:
    await house.releases.record(RELEASE, CONTENTS)
    assert not await house.releases.record(replace(RELEASE, note="another"), {})
    assert await house.releases.all() == [RELEASE]


async def test_a_release_that_was_only_tried_is_kept_anew_when_it_comes_in_force(
    house: House,
) -> None:
    tried = replace(RELEASE, author=TRIED, note="", recorded_at=START - DAY)
    assert await house.releases.record(tried, CONTENTS)
    assert not await house.releases.record(RELEASE, CONTENTS)
    assert not await house.releases.record(tried, CONTENTS)
    assert await house.releases.all() == [RELEASE]


async def test_releases_share_the_files_that_did_not_change(house: House) -> None:
    await house.releases.record(RELEASE, CONTENTS)
    files = {"scenarios/a.yaml": "f2", "scenarios/b.yaml": "f3"}
    newer = replace(RELEASE, id="r2", files=files, recorded_at=START + DAY)
    assert await house.releases.record(newer, {"f2": CONTENTS["f2"], "f3": b"new"})
    assert await house.releases.contents("r2") == {
        "scenarios/a.yaml": CONTENTS["f2"],
        "scenarios/b.yaml": b"new",
    }
    assert await house.releases.all() == [RELEASE, newer]


async def test_an_unknown_release_has_no_contents(house: House) -> None:
    assert await house.releases.get("r9") is None
    assert await house.releases.contents("r9") == {}
