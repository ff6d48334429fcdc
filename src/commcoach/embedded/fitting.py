"""Fitting an ordinal model; the only module that needs scikit-learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from commcoach.embedded.ordinal import Array, OrdinalModel, Sample

GRAM_SHARE = 2.6
KNOWN_SHARE = 0.15
GENERAL_SHARE = 0.6
"""How strongly each kind of feature may speak; the n-grams are many and weak each.

Chosen by cross-validation over graded cases by other authors than the examples' and over public
sets (`bench/`). Change one, and raise `features.VERSION`.
"""
REGULARISATION = 3.0
LENGTH_SHARE = 0.25
"""The control takes the part of a level that only length explains, not what length stands for."""
BALANCE = 0.6
"""The power by which rare levels count for more: 0 not at all, 1 as much as common ones."""
RARE_FROM = 150
"""From this many samples on, n-grams that occur in one sample only are left out."""


def fit(samples: Sequence[Sample], levels: Sequence[int]) -> OrdinalModel:
    """One logistic regression per step between neighbouring levels.

    A real-valued grade counts for both neighbours, each by its share. Rare levels are
    lifted by `BALANCE`. A step on which all samples agree gets a constant score.
    """
    vocabulary, idf = _vocabulary(samples)
    grams = _gram_matrix(samples, vocabulary, idf)
    features = np.array([(*sample.known, *sample.general) for sample in samples], dtype=float)
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread[spread == 0] = 1.0
    shares = np.repeat(
        (KNOWN_SHARE, GENERAL_SHARE), (len(samples[0].known), len(samples[0].general))
    )
    length = np.array([sample.length for sample in samples])
    length = (length - length.mean()) / (length.std() or 1.0)
    matrix = hstack(
        [
            grams * GRAM_SHARE,
            csr_matrix((features - mean) / spread * shares),
            length[:, None] * LENGTH_SHARE,
        ]
    ).tocsr()

    steps = len(levels) - 1
    gram_weights = np.zeros((steps, len(vocabulary)))
    feature_weights = np.zeros((steps, features.shape[1]))
    biases = np.zeros(steps)
    for step in range(steps):
        share_above = _share_above(samples, levels, step)
        weights, bias = _fit_step(matrix, share_above)
        gram_weights[step] = weights[: len(vocabulary)] * GRAM_SHARE
        scaled = weights[len(vocabulary) : -1] * shares / spread
        feature_weights[step] = scaled
        biases[step] = bias - float(scaled @ mean)
    return OrdinalModel(tuple(levels), vocabulary, idf, gram_weights, feature_weights, biases)


def _vocabulary(samples: Sequence[Sample]) -> tuple[dict[str, int], Array]:
    documents = Counter(gram for sample in samples for gram in sample.grams)
    fewest = 2 if len(samples) >= RARE_FROM else 1
    kept = sorted(gram for gram, number in documents.items() if number >= fewest)
    frequency = np.array([documents[gram] for gram in kept], dtype=float)
    idf = np.log((1 + len(samples)) / (1 + frequency)) + 1
    return {gram: column for column, gram in enumerate(kept)}, idf


def _gram_matrix(samples: Sequence[Sample], grams: dict[str, int], idf: Array) -> csr_matrix:
    reader = OrdinalModel((), grams, idf, np.empty(0), np.empty(0), np.empty(0))
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, sample in enumerate(samples):
        found, weight = reader.gram_values(sample.grams)
        rows.extend([row] * len(found))
        columns.extend(found)
        values.extend(weight)
    return csr_matrix((values, (rows, columns)), shape=(len(samples), len(grams)))


def _share_above(samples: Sequence[Sample], levels: Sequence[int], step: int) -> Array:
    """How much of each sample lies above the step: 0, 1, or between for real-valued grades."""
    low, high = levels[step], levels[step + 1]
    grades = np.array([sample.level for sample in samples])
    return np.clip((grades - low) / (high - low), 0.0, 1.0)


def _fit_step(matrix: csr_matrix, share_above: Array) -> tuple[Array, float]:
    above, below = share_above.sum(), (1 - share_above).sum()
    if above == 0 or below == 0:
        return np.zeros(matrix.shape[1]), 4.0 if above else -4.0
    balance_above, balance_below = (below / above) ** BALANCE, (above / below) ** BALANCE
    rows = np.concatenate([np.flatnonzero(share_above > 0), np.flatnonzero(share_above < 1)])
    targets = np.concatenate(
        [np.ones(int((share_above > 0).sum())), np.zeros(int((share_above < 1).sum()))]
    )
    shares = np.where(
        targets == 1, share_above[rows] * balance_above, (1 - share_above[rows]) * balance_below
    )
    model = LogisticRegression(C=REGULARISATION, solver="liblinear", random_state=0)
    model.fit(matrix[rows], targets, sample_weight=shares)
    return model.coef_[0], float(model.intercept_[0])
