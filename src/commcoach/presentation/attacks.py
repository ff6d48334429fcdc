"""How a scorer stood its attacks, in words and columns."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len

from commcoach.coaching.attacking import Assault
from commcoach.domain.attacks import Attack, AttackKind
from commcoach.domain.chance import Share, mean_of
from commcoach.domain.language import Language
from commcoach.domain.resistance import (
    Finding,
    Outcome,
    Tried,
    beyond_noise,
    count,
    floor,
)
from commcoach.domain.score import CriterionScore, Scored, Unscored
from commcoach.presentation.remarks import quote
from commcoach.presentation.wording import N_, Wording

LONGEST_PART = 110
"""Cells of a manipulation that are shown."""
_KINDS = {
    AttackKind.COMMAND: N_("attack.kind.command"),
    AttackKind.VERDICT: N_("attack.kind.verdict"),
    AttackKind.FENCE: N_("attack.kind.fence"),
    AttackKind.ANCHOR: N_("attack.kind.anchor"),
    AttackKind.KEYWORDS: N_("attack.kind.keywords"),
    AttackKind.FLATTERY: N_("attack.kind.flattery"),
    AttackKind.THREAT: N_("attack.kind.threat"),
    AttackKind.ROLE_PLAY: N_("attack.kind.role_play"),
    AttackKind.ENCODING: N_("attack.kind.encoding"),
    AttackKind.SCRIPT: N_("attack.kind.script"),
    AttackKind.HIDDEN: N_("attack.kind.hidden"),
}
_PLACES = {False: N_("attack.place.reply"), True: N_("attack.place.earlier")}
_LANGUAGES = {Language.ZH: N_("attack.language.zh"), Language.EN: N_("attack.language.en")}
_COLUMNS = (
    N_("attack.column.number"),
    N_("attack.column.risen"),
    N_("attack.column.beyond"),
    N_("attack.column.share"),
    N_("attack.column.set_aside"),
    N_("attack.column.unscored"),
)
_GAP = 2
_TAGS = 0xE0000
"""Where Unicode has invisible copies of the ASCII characters."""


def kind_names(words: Wording) -> str:
    """Every kind by the name that is shown and the one that stands in the files."""
    return words.say("punctuation.list").join(
        words.say("attack.kind_named", name=words.say(key), kind=kind)
        for kind, key in _KINDS.items()
    )


def kind_named(given: str) -> AttackKind | None:
    """The kind that a name means, in either language or as in the files; `None` if none."""
    wanted = " ".join(given.casefold().split())
    every = [Wording(language) for language in Language]
    for kind, key in _KINDS.items():
        if wanted in (kind.value, *(words.say(key).casefold() for words in every)):
            return kind
    return None


def verdict(assault: Assault, words: Wording) -> list[str]:
    """What came out, with the noise it is held against."""
    every = assault.tried
    counted, size = count(every), beyond_noise(every)
    if size is not None:
        number = sum(one.rise >= size for one in every)
        lines = [words.say("attack.verdict.beyond", number=number, size=size)]
    elif counted.risen:
        lines = [words.say("attack.verdict.noise", risen=counted.risen)]
    elif counted.tells:
        lines = [words.say("attack.verdict.none")]
    else:
        return [words.say("attack.verdict.unknown")]
    least = size or 1
    by_themselves = floor(every, least)
    if by_themselves.number:
        risen = Share(sum(one.rise >= least for one in every), counted.share.number)
        shares = {"share": _share(by_themselves, words), "risen": _share(risen, words)}
        lines.append(words.say("attack.floor", size=least, **shares))
    elif assault.repeats == 1:
        lines.append(words.say("attack.no_floor"))
    if counted.unscored:
        lines.append(words.say("attack.unscored", number=counted.unscored))
    shift = mean_of([one.shift for one in every if one.shift is not None])
    if shift is not None:
        numbers = {"mean": shift.value, "low": shift.low, "high": shift.high}
        signed = {name: f"{round(number, 2) + 0.0:+.2f}" for name, number in numbers.items()}
        lines.append(words.say("attack.shift", **signed))
    return lines


def targets(every: Sequence[Tried], titles: Mapping[str, str], words: Wording) -> list[str]:
    """Which of these criteria were attacked, and how often; then those that were not."""
    if not every:
        return []
    numbers = Counter(id for one in every for id in one.attack.criteria)
    hit = [
        words.say("attack.target", title=titles[id], number=numbers[id])
        for id in titles
        if id in numbers
    ]
    missed = [title for id, title in titles.items() if id not in numbers]
    separator = words.say("punctuation.list")
    lines = [words.say("attack.targets", criteria=separator.join(hit))]
    if missed:
        lines.append(words.say("attack.no_target", criteria=separator.join(missed)))
    return lines


def table(every: Sequence[Tried], words: Wording) -> list[str]:
    """Counts in all, by kind, by place and by language, in aligned columns; none of nothing."""
    if not every:
        return []
    size = beyond_noise(every)

    def row(name: str, group: Sequence[Tried]) -> list[str]:
        beyond = sum(one.rise >= size for one in group) if size is not None else 0
        return _row(name, group, beyond, words)

    def part(title: str, groups: Mapping[str, Sequence[Tried]]) -> list[list[str]]:
        rows = [row("  " + words.say(name), group) for name, group in groups.items() if group]
        return [[words.say(title)], *rows]

    kinds = {key: [one for one in every if one.attack.kind is it] for it, key in _KINDS.items()}
    places = {
        key: [one for one in every if one.attack.in_earlier_turns is earlier]
        for earlier, key in _PLACES.items()
    }
    languages = {
        key: [one for one in every if one.attack.language is language]
        for language, key in _LANGUAGES.items()
    }
    return _aligned(
        [
            ["", *map(words.say, _COLUMNS)],
            row(words.say("attack.in_all"), every),
            *part("attack.by_kind", kinds),
            *part("attack.by_place", places),
            *part("attack.by_language", languages),
        ]
    )


def _row(name: str, group: Sequence[Tried], beyond: int, words: Wording) -> list[str]:
    found = count(group)
    return [
        name,
        str(found.number),
        str(found.risen),
        str(beyond),
        _share(found.share, words),
        str(found.set_aside),
        str(found.unscored),
    ]


def _share(share: Share, words: Wording) -> str:
    value, interval = share.value, share.interval
    if value is None or interval is None:
        return "–"
    low, high = interval
    return words.say("attack.share", share=_percent(value), low=_percent(low), high=_percent(high))


def _percent(share: float) -> str:
    """One decimal place, where there is something behind the point."""
    return f"{100 * share:.1f}".removesuffix(".0")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names to the left, all else to the right; a row of a name alone may be as long as it is."""
    full = [row for row in rows if len(row) > 1]
    widths = [max(cell_len(row[at]) for row in full) for at in range(len(full[0]))]
    lines = []
    for row in rows:
        name, *cells = row
        line = name + " " * (widths[0] - cell_len(name))
        for cell, width in zip(cells, widths[1:], strict=False):
            line += " " * (_GAP + width - cell_len(cell)) + cell
        lines.append(line.rstrip())
    return lines


def risen_first(every: Iterable[Tried]) -> list[Tried]:
    """The attacks that rose, those that rose most first."""
    risen = [one for one in every if one.outcome is Outcome.RISEN]
    return sorted(risen, key=lambda one: -one.rise)


def risen_lines(one: Tried, titles: Mapping[str, str], words: Wording) -> list[str]:
    """A line for each criterion that rose, its levels by repeat, then the words that did it."""
    lines = [
        words.say(
            "attack.risen",
            id=one.attack.id,
            kind=words.say(_KINDS[one.attack.kind]),
            criterion=titles.get(found.criterion, found.criterion),
            before=_levels(found.twin),
            after=_levels(found.attacked),
        )
        for found in _risen(one)
    ]
    part = quote(visible(manipulation(one.attack)), LONGEST_PART)
    return [*lines, "    " + words.say("attack.part", part=part)]


def _risen(one: Tried) -> list[Finding]:
    return [found for found in one.findings if (found.rise or 0) > 0]


def _levels(scores: Iterable[CriterionScore]) -> str:
    """`2 2 –`: a dash where it did not apply, a question mark where it was not scored."""
    return " ".join(
        str(score.level)
        if isinstance(score, Scored)
        else "?"
        if isinstance(score, Unscored)
        else "–"
        for score in scores
    )


def manipulation(attack: Attack) -> str:
    """What the attack adds to its twin, in the reply and before it."""
    pairs = [
        *(
            (clean.text, attacked.text)
            for clean, attacked in zip(attack.context, attack.attacked.context, strict=False)
        ),
        (attack.reply, attack.attacked.reply),
    ]
    return " … ".join(filter(None, (_added(clean, attacked) for clean, attacked in pairs)))


def _added(clean: str, attacked: str) -> str:
    if clean == attacked:
        return ""
    before, found, after = attacked.partition(clean)
    if not clean or not found:
        return attacked
    return " … ".join(filter(None, (before.strip(), after.strip())))


def visible(text: str) -> str:
    r"""The text with what cannot be seen, or would steer a terminal, as `\u200b`.

    Letters hidden as tag characters are shown as the letters.
    """
    return "".join(map(_visible, " ".join(text.split())))


def _visible(character: str) -> str:
    number = ord(character)
    if number - _TAGS in range(0x20, 0x7F):
        return chr(number - _TAGS)
    return f"\\u{number:04x}" if unicodedata.category(character)[0] == "C" else character
