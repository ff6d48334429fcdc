"""How many tokens a text has, and what a model will have to write: by rule, without a model."""

from __future__ import annotations

from collections.abc import Iterable

from commcoach.coaching.records import ModelCall

ASCII_A_TOKEN = 4.0
OTHERS_A_TOKEN = 1.5
"""Characters of a token. Makers of models for Chinese name 3 to 4 for English and 1.5 to 1.8 for
Chinese; for Chinese the lower end, so that an estimate is rather too high. The tokenizer of SmolLM2
makes 3 % more of the English prompt, and 2.5 times as many of the Chinese one, which it was not
made for."""
ANSWER_A_CRITERION = 40
ANSWER_BESIDES = 20
"""Tokens of an answer: an entry with one or two short quotes, and what stands around them."""
FEWEST_RECORDS = 20
"""Recorded calls below which an estimate does not go by them."""


def tokens_of(text: str) -> float:
    """About how many tokens a text has."""
    plain = sum(character.isascii() for character in text)
    return plain / ASCII_A_TOKEN + (len(text) - plain) / OTHERS_A_TOKEN


def answer_tokens(calls: int, criteria: int, thinking: int) -> float:
    """About how many tokens the answers of so many calls have, about `criteria` in all.

    `thinking` is what a model may spend before each answer.
    """
    return calls * (ANSWER_BESIDES + thinking) + criteria * ANSWER_A_CRITERION


def answered_share(calls: Iterable[ModelCall]) -> float | None:
    """Tokens of an answer by tokens of its prompt in recorded calls; `None` if they are too few."""
    good = [one for one in calls if not one.error and one.completion_tokens]
    prompt = sum(one.prompt_tokens for one in good)
    if len(good) < FEWEST_RECORDS or not prompt:
        return None
    return sum(one.completion_tokens for one in good) / prompt
