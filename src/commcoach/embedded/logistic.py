"""Logistic regression of a few hundred samples with many thousand features, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, hstack

from commcoach.embedded.trees import Array

BALANCE = 0.6
"""The power by which rare levels count for more: 0 not at all, 1 as much as common ones."""
MOST_AT_ONCE = 1200
"""With more samples the table of their likenesses grows too large, and scikit-learn is taken."""
_CLOSE = 1e-4
_MOST_ROUNDS = 40


def fit_steps(
    counts: csr_matrix, numbers: Array, shares_above: Sequence[Array], regularisation: float
) -> Iterator[tuple[Array, float]]:
    """Weights and bias for each step; the weights of the counts come first, then the numbers'.

    `counts` and `numbers` are features with a row per sample, the former mostly 0. `shares_above`
    says for each step how much of each sample lies above it, 0 to 1; less `regularisation` means
    smaller weights. A step on which all samples agree gets a constant.
    """
    few = len(numbers) <= MOST_AT_ONCE
    likeness = (counts @ counts.T).toarray() + numbers @ numbers.T + 1.0 if few else None
    for share_above in shares_above:
        above, below = share_above.sum(), (1 - share_above).sum()
        if above == 0 or below == 0:
            yield np.zeros(counts.shape[1] + numbers.shape[1]), 4.0 if above else -4.0
            continue
        for_it, against = balanced(share_above)
        if likeness is None:
            matrix = hstack([counts, csr_matrix(numbers)]).tocsr()
            yield _fit_many(matrix, for_it, against, regularisation)
        else:
            shares = _fit_few(likeness, for_it * regularisation, against * regularisation)
            yield np.concatenate([counts.T @ shares, numbers.T @ shares]), float(shares.sum())


def balanced(share_above: Array) -> tuple[Array, Array]:
    """How much each sample counts for being above a step, and against it."""
    above, below = share_above.sum(), (1 - share_above).sum()
    if above == 0 or below == 0:
        return share_above, 1 - share_above
    return share_above * (below / above) ** BALANCE, (1 - share_above) * (above / below) ** BALANCE


def _fit_few(likeness: Array, for_it: Array, against: Array) -> Array:
    """How much each sample adds to the weights, by Newton's method with shortened steps.

    The bias is a feature that is 1 everywhere, held small like all others.
    """
    size = len(likeness)
    shares = np.zeros(size)
    rough = likeness.astype(np.float32)
    loss = _loss(likeness, shares, for_it, against)
    for _ in range(_MOST_ROUNDS):
        scores = likeness @ shares
        chance = 1.0 / (1.0 + np.exp(-scores))
        slope = (for_it + against) * chance - for_it
        bend = (for_it + against) * chance * (1 - chance)
        aim = _aim(likeness, rough, bend, bend * scores - slope)
        stride = 1.0
        while True:
            moved = shares + stride * (aim - shares)
            lower = _loss(likeness, moved, for_it, against)
            if lower <= loss or stride < _CLOSE:
                break
            stride /= 2
        gained, shares, loss = loss - lower, moved, lower
        if gained <= _CLOSE * (1.0 + abs(loss)):
            break
    return shares


def _aim(likeness: Array, rough: NDArray[np.float32], bend: Array, pull: Array) -> Array:
    """Solves (1 + bend * likeness) aim = pull as a positive definite system, in half the time.

    Half of it again is saved by solving it roughly: a next round mends what is missing.
    """
    root = np.sqrt(bend)
    small = root.astype(np.float32)
    matrix = small[:, None] * rough * small
    matrix[np.diag_indices_from(matrix)] += 1.0
    factor = cho_factor(matrix.T, overwrite_a=True, check_finite=False)
    return pull - root * cho_solve(factor, root * (likeness @ pull), check_finite=False)


def _loss(likeness: Array, shares: Array, for_it: Array, against: Array) -> float:
    scores = likeness @ shares
    wrong = for_it * np.logaddexp(0.0, -scores) + against * np.logaddexp(0.0, scores)
    return float(shares @ scores / 2 + wrong.sum())


def _fit_many(
    matrix: csr_matrix, for_it: Array, against: Array, regularisation: float
) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression  # takes a second to import

    over, under = np.flatnonzero(for_it > 0), np.flatnonzero(against > 0)
    targets = np.concatenate([np.ones(len(over)), np.zeros(len(under))])
    model = LogisticRegression(C=regularisation, solver="liblinear", random_state=0)
    model.fit(
        matrix[np.concatenate([over, under])],
        targets,
        sample_weight=np.concatenate([for_it[over], against[under]]),
    )
    return model.coef_[0], float(model.intercept_[0])
