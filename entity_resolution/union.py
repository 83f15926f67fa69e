"""A forest of judged entities: joins in order, refuses what a constraint keeps apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Forest:
    """Sets of entities that people joined; few, so plain dictionaries do.

    Args:
        ids: each entity's usable citizen id, None where it has none.
        apart: pairs that must not meet in one set.
    """

    def __init__(self, ids: Mapping[str, str | None], apart: Iterable[tuple[str, str]]) -> None:
        self._ids = ids
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._apart: dict[str, set[str]] = {}
        for a, b in apart:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def _root(self, x: str) -> str:
        while (up := self._parent.get(x, x)) != x:
            x = up
        return x

    def join(self, a: str, b: str) -> str:
        """Join the sets of two entities; return what came of it: merged, two_ids, contradicts."""
        a, b = sorted((self._root(a), self._root(b)))
        if a == b:
            return "merged"
        ours, theirs = self._members.get(a, [a]), self._members.get(b, [b])
        if any(self._apart.get(x, set()) & set(theirs) for x in ours):
            return "contradicts"
        if len({self._ids[x] for x in (*ours, *theirs)} - {None}) > 1:
            return "two_ids"
        self._parent[b] = a
        self._members[a] = ours + theirs
        return "merged"

    def leaders(self) -> dict[str, str]:
        """Return entity -> the entity whose id it takes: the least of its set."""
        return {x: self._root(x) for x in sorted(self._parent)}
