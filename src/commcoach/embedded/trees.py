"""Many small trees over the features that have names: what is only seen when two of them meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NUMBER = 60
FEWEST_IN_A_LEAF = 3
ASKED_AT_A_FORK = 0.3
"""The share of the features among which each fork chooses."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees as arrays of nodes, readable without the library that grew them.

    At a fork one goes to `left` if the feature is at most the threshold, else to `right`; a leaf
    leads to itself. `shares` has a row per node and a column per step: how much of what was learned
    there lies above it, 0 to 1. `roots` are the nodes to begin with; none means no trees.
    """

    roots: NDArray[np.int32]
    features: NDArray[np.int16]
    thresholds: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    shares: NDArray[np.float32]

    def above(self, features: Array) -> Array:
        """For each step the mean of the trees, never rising from one step to the next."""
        seen = features.astype(np.float32)
        nodes = self.roots
        while True:
            goes_left = seen[self.features[nodes]] <= self.thresholds[nodes]
            reached = np.where(goes_left, self.left[nodes], self.right[nodes])
            if np.array_equal(reached, nodes):
                mean = self.shares[nodes].mean(axis=0, dtype=np.float64)
                return np.minimum.accumulate(mean)
            nodes = reached


def no_trees() -> Trees:
    """Where none were grown."""
    none = np.empty(0, dtype=np.int32)
    return Trees(
        none,
        np.empty(0, dtype=np.int16),
        np.empty(0, dtype=np.float32),
        none,
        none,
        np.empty((0, 0), dtype=np.float32),
    )


def grow(features: Array, above: Array, weights: Array) -> Trees:
    """Trees that say how much lies above each step.

    `features` has a row per sample, `above` too, with a column per step; `weights` says how much
    each sample counts.
    """
    from sklearn.tree import ExtraTreeRegressor  # takes a second to import

    seeds = np.random.RandomState(0).randint(np.iinfo(np.int32).max, size=NUMBER)
    seen, wanted = features.astype(np.float32), np.ascontiguousarray(above)
    trees = [
        ExtraTreeRegressor(
            min_samples_leaf=FEWEST_IN_A_LEAF, max_features=ASKED_AT_A_FORK, random_state=seed
        )
        .fit(seen, wanted, sample_weight=weights, check_input=False)
        .tree_
        for seed in seeds.tolist()
    ]
    sizes = [tree.node_count for tree in trees]
    roots = np.cumsum([0, *sizes[:-1]])
    own = np.arange(sum(sizes))

    def joined(side: str) -> NDArray[np.int32]:
        """Where a fork leads; what is no fork leads to itself."""
        ends = [getattr(tree, side) for tree in trees]
        moved = [np.where(one < 0, -1, one + root) for one, root in zip(ends, roots, strict=True)]
        whole = np.concatenate(moved)
        return np.where(whole < 0, own, whole).astype(np.int32)

    return Trees(
        roots.astype(np.int32),
        np.concatenate([np.maximum(tree.feature, 0) for tree in trees]).astype(np.int16),
        np.concatenate([tree.threshold for tree in trees]).astype(np.float32),
        joined("children_left"),
        joined("children_right"),
        np.concatenate([tree.value[:, :, 0] for tree in trees]).astype(np.float32),
    )
