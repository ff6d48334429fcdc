"""Near-twins: what must not be divided between training and test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


def linked(marks: Sequence[Sequence[str]]) -> list[int]:
    """A group number for each item: items that share a mark, also by way of others, share it."""
    names = dict.fromkeys(mark for item in marks for mark in item)
    nodes = {mark: len(marks) + number for number, mark in enumerate(names)}
    edges = np.array([(row, nodes[mark]) for row, item in enumerate(marks) for mark in item])
    size = len(marks) + len(nodes)
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(size, size))
    return [int(number) for number in connected_components(graph, directed=False)[1][: len(marks)]]
