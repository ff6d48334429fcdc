"""How well predictions fit labels, each figure with a bootstrap interval over groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from floors import Array
from numpy.typing import NDArray
from scipy.stats import bootstrap, linregress, pearsonr, rankdata, spearmanr
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from tables import Interval

RESAMPLES = 1000
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Judged:
    """Labels and predictions side by side; `value` is the finer label, `length` in characters."""

    truth: Array
    value: Array
    level: Array
    expected: Array
    length: Array

    def at(self, rows: Rows) -> Judged:
        """These rows only, as often as they are named."""
        return Judged(
            self.truth[rows],
            self.value[rows],
            self.level[rows],
            self.expected[rows],
            self.length[rows],
        )


Metric = Callable[[Judged], float]


def _kappa(judged: Judged) -> float:
    return float(cohen_kappa_score(judged.truth.astype(int), judged.level.astype(int)))


def _weighted_kappa(judged: Judged) -> float:
    truth, level = judged.truth.astype(int), judged.level.astype(int)
    return float(cohen_kappa_score(truth, level, weights="quadratic"))


def _auc(judged: Judged) -> float:
    return float(roc_auc_score(judged.truth > 0, judged.expected))


def _auc_of_ends(judged: Judged) -> float:
    """The top level against the bottom one; what lies between is left out."""
    ends = (judged.truth == 0) | (judged.truth == 3)
    return float(roc_auc_score(judged.truth[ends] == 3, judged.expected[ends]))


def _spearman(judged: Judged) -> float:
    return float(spearmanr(judged.value, judged.expected).statistic)


def _spearman_given_length(judged: Judged) -> float:
    """Rank correlation of what length does not explain."""
    length = rankdata(judged.length)
    left = []
    for figures in (judged.truth, judged.expected):
        ranks = rankdata(figures)
        line = linregress(length, ranks)
        left.append(ranks - line.intercept - line.slope * length)
    return float(pearsonr(*left).statistic)


METRICS: Mapping[str, Metric] = {
    "kappa": _kappa,
    "QWK": _weighted_kappa,
    "AUC": _auc,
    "AUC lowest / highest": _auc_of_ends,
    "Spearman": _spearman,
    "rho given length": _spearman_given_length,
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric of ours, and how much it is above another party's, on the same rows."""

    own: Interval
    gain: Interval


def compare(metric: Metric, ours: Judged, other: Judged, groups: Array, seed: int) -> Compared:
    """Both figures with intervals; the same groups are drawn for ours and the other's."""

    def own(rows: Rows) -> float:
        return metric(ours.at(rows))

    def gain(rows: Rows) -> float:
        return metric(ours.at(rows)) - metric(other.at(rows))

    return Compared(with_interval(own, groups, seed), with_interval(gain, groups, seed))


def with_interval(statistic: Callable[[Rows], float], groups: Array, seed: int) -> Interval:
    """A statistic of rows with its 95 % interval: whole groups are drawn, percentiles taken."""
    names = np.unique(groups)
    members = {name: np.flatnonzero(groups == name) for name in names}

    def of_drawn(drawn: Array) -> float:
        return statistic(np.concatenate([members[name] for name in drawn]))

    found = bootstrap(
        (names,),
        of_drawn,
        n_resamples=RESAMPLES,
        vectorized=False,
        method="percentile",
        rng=seed,
    ).confidence_interval
    return Interval(statistic(np.arange(len(groups))), float(found.low), float(found.high))
