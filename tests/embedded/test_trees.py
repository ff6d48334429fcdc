"""Trees as arrays say what the library that grew them says."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor

from commcoach.embedded import trees
from commcoach.embedded.models import model_for
from commcoach.embedded.trees import grow, no_trees
from tests.shipped import library

RNG = np.random.default_rng(5)
FEATURES = RNG.normal(size=(90, 6))
MEET = (FEATURES[:, 0] > 0) & (FEATURES[:, 1] > 0)
ABOVE = np.stack([MEET, MEET & (FEATURES[:, 2] > 0)], axis=1).astype(float)
WEIGHTS = RNG.uniform(0.5, 2.0, size=90)
UNSEEN = RNG.normal(size=(40, 6))


def test_the_arrays_say_what_the_library_says() -> None:
    forest = ExtraTreesRegressor(
        trees.NUMBER,
        min_samples_leaf=trees.FEWEST_IN_A_LEAF,
        max_features=trees.ASKED_AT_A_FORK,
        random_state=0,
    ).fit(FEATURES, ABOVE, sample_weight=WEIGHTS)
    theirs = np.minimum.accumulate(forest.predict(UNSEEN), axis=1)
    grown = grow(FEATURES, ABOVE, WEIGHTS)
    ours = np.array([grown.above(row) for row in UNSEEN])
    assert np.allclose(ours, theirs, atol=1e-5)


def test_trees_see_what_only_two_features_together_tell() -> None:
    features = RNG.normal(size=(300, 2))
    differ = (features[:, 0] > 0) != (features[:, 1] > 0)
    grown = grow(features, differ[:, None].astype(float), np.ones(300))
    for x, y in ((1, 1), (-1, -1)):
        assert grown.above(np.array([x, -y], dtype=float))[0] > 0.55
        assert grown.above(np.array([x, y], dtype=float))[0] < 0.45


def test_one_step_is_enough() -> None:
    grown = grow(FEATURES, ABOVE[:, :1], WEIGHTS)
    assert grown.above(UNSEEN[0]).shape == (1,)


def test_trees_are_the_same_each_time_and_in_the_cache(tmp_path: Path) -> None:
    criterion = library().criteria["open_question"]
    first = model_for(criterion, library(), tmp_path).trees
    kept = model_for(criterion, library(), tmp_path).trees
    again = model_for(criterion, library(), None).trees
    for field in fields(first):
        assert np.array_equal(getattr(first, field.name), getattr(kept, field.name))
        assert np.array_equal(getattr(first, field.name), getattr(again, field.name))
    assert len(first.roots) == trees.NUMBER


def test_no_trees_have_no_roots() -> None:
    assert not len(no_trees().roots)
