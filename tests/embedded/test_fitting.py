"""What is learned at once for all samples is what is read one reply at a time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from commcoach.embedded import fitting
from commcoach.embedded.fitting import fit
from commcoach.embedded.logistic import fit_steps
from commcoach.embedded.ngrams import FAMILIES
from commcoach.embedded.ordinal import OrdinalModel, Sample, families_of
from commcoach.embedded.trees import Array, Trees, no_trees

RNG = np.random.default_rng(7)
GRAMS = [f"{family}{letter}" for family in FAMILIES for letter in "abcdef"]


def drawn(number: int) -> list[Sample]:
    levels = RNG.integers(0, 3, size=number)
    return [
        Sample(
            Counter(RNG.choice(GRAMS, size=9).tolist()),
            ((float(level + RNG.normal()), 1.0), (float(RNG.normal()),), (0.5,), (0.0,)),
            float(RNG.uniform(2, 5)),
            float(level),
        )
        for level in levels
    ]


@pytest.mark.parametrize("number", [40, fitting.RARE_FROM])
def test_counts_made_at_once_are_those_a_model_reads(number: int) -> None:
    samples = [*drawn(number - 1), Sample(Counter({"rare": 2, "a": 1}), ((), (), (), ()), 1.0, 0.0)]
    vocabulary, idf, counted = fitting._counted(samples)
    none = np.empty(0)
    reader = OrdinalModel((), vocabulary, idf, none, none, none)
    for row, sample in enumerate(samples):
        columns, values = reader.gram_values(sample.grams)
        expected = np.zeros(len(vocabulary))
        expected[columns] = values
        assert np.allclose(counted[[row]].toarray()[0], expected)
    assert ("rare" in vocabulary) is (number < fitting.RARE_FROM)


def test_families_are_told_by_the_first_character() -> None:
    names = {gram: column for column, gram in enumerate([*GRAMS, "我", "~", " the"])}
    numbers = [*(number for number in range(len(FAMILIES)) for _ in "abcdef"), 0, 0, 0]
    assert families_of(names).tolist() == numbers
    assert families_of({}).tolist() == []


def test_few_samples_and_many_are_fitted_to_the_same_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, _, counts = fitting._counted(drawn(120))
    numbers = RNG.normal(size=(120, 3))
    above = [np.clip(numbers[:, 0] + RNG.normal(size=120), 0, 1)]
    [few] = fit_steps(counts, numbers, above, 1.0)
    monkeypatch.setattr("commcoach.embedded.logistic.MOST_AT_ONCE", 0)
    [many] = fit_steps(counts, numbers, above, 1.0)
    assert np.allclose(few[0], many[0], atol=0.02)
    assert few[1] == pytest.approx(many[1], abs=0.02)


def test_a_model_is_learned_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def grow(_features: Array, _above: Array, _weights: Array) -> Trees:
        info = [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]
        threads.extend(info)
        return no_trees()

    monkeypatch.setattr(fitting, "grow", grow)
    fit(drawn(40), (0, 1, 2))
    assert set(threads) == {1}


def test_the_same_samples_make_the_same_model() -> None:
    samples = drawn(60)
    one, other = fit(samples, (0, 1, 2)), fit(samples, (0, 1, 2))
    assert one.grams == other.grams
    assert np.array_equal(one.gram_weights, other.gram_weights)
    assert np.array_equal(one.trees.shares, other.trees.shares)
