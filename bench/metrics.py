"""How well predictions fit labels, each figure with a bootstrap interval over groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties' predictions for the same rows, and the metric and groups they are judged by."""

    metric: Metric
    ours: Judged
    other: Judged
    groups: Array

    def gain(self, rows: Rows) -> float:
        """How much ours is above the other's on these rows."""
        return self.metric(self.ours.at(rows)) - self.metric(self.other.at(rows))


def mean_gain(pairs: Sequence[Pair], seed: int) -> tuple[Interval, Interval]:
    """The mean gain over sets with two 95 % intervals: groups drawn alone, and sets drawn too.

    The first says how sure the mean over these sets is, the second that over sets like these.
    """
    rng = np.random.default_rng(seed)
    whole = float(np.mean([pair.gain(np.arange(len(pair.groups))) for pair in pairs]))
    by_set = np.array([_drawn_gains(pair, rng) for pair in pairs])
    sets = rng.integers(len(pairs), size=(RESAMPLES, len(pairs)))
    with_sets = by_set[sets, np.arange(RESAMPLES)[:, None]].mean(axis=1)
    return tuple(
        Interval(whole, *map(float, np.percentile(means, (2.5, 97.5))))
        for means in (by_set.mean(axis=0), with_sets)
    )


def _drawn_gains(pair: Pair, rng: np.random.Generator) -> Array:
    names = np.unique(pair.groups)
    members = {name: np.flatnonzero(pair.groups == name) for name in names}
    return np.array(
        [
            pair.gain(np.concatenate([members[name] for name in rng.choice(names, len(names))]))
            for _ in range(RESAMPLES)
        ]
    )


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
