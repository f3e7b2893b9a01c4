"""How many more steps a path needs at least: what keeps the search from dead ends.

Breadth-first from the targets backwards, no further than a path may be long. Where a sign
is wanted, distances are kept for each sign that the rest of a path may have.
"""

from __future__ import annotations

from collections.abc import Collection

from kras_graph.model.terms import Sign
from kras_graph.network.search import Search
from kras_graph.network.view import View

FAR = 10**6
_SIGNS = (Sign.POSITIVE, Sign.NEGATIVE, Sign.UNKNOWN)


class Guide:
    """Lower bounds for one search; with `targets` None any node may be the end."""

    def __init__(self, view: View, targets: Collection[str] | None, search: Search) -> None:
        self._view, self._search = view, search
        self._wanted = search.sign
        self._rest: dict[Sign, dict[str, int]] | None = None
        if targets is not None:
            self._rest = self._signed(targets) if search.sign else self._plain(targets)
        self._via = {name: self._plain([name])[Sign.POSITIVE] for name in sorted(search.via)}

    def starts(self) -> list[str]:
        """Nodes from which a target can be reached at all, by id."""
        if self._rest is None:
            return self._view.names()
        return sorted({name for far in self._rest.values() for name in far})

    def least(self, name: str, sign: Sign, missing: Collection[str]) -> int:
        """Fewest further steps to an end; `FAR` or more where there is none within reach.

        Args:
            name: where the path stands.
            sign: its sign so far.
            missing: nodes it still has to touch.
        """
        steps = max(1, self._to_end(name, sign))
        for other in missing:
            onward = 0 if self._rest is None else self._to_end(other, None)
            steps = max(steps, self._via[other].get(name, FAR) + onward)
        return steps

    def _to_end(self, name: str, sign: Sign | None) -> int:
        if self._rest is None:
            return 1
        if self._wanted is None:
            return self._rest[Sign.POSITIVE].get(name, FAR)
        return min(
            (
                self._rest[rest].get(name, FAR)
                for rest in _SIGNS
                if sign is None or sign.then(rest) is self._wanted
            ),
            default=FAR,
        )

    def _plain(self, targets: Collection[str]) -> dict[Sign, dict[str, int]]:
        """Distances to the targets, whatever the sign, under the key of a positive one."""
        far = {name: 0 for name in sorted(targets) if name not in self._search.avoid}
        front = list(far)
        for steps in range(1, self._search.max_length + 1):
            behind = []
            for node in front:
                for name, _ in self._view.before(node):
                    if name not in far and name not in self._search.avoid:
                        far[name] = steps
                        behind.append(name)
            front = behind
        return {Sign.POSITIVE: far}

    def _signed(self, targets: Collection[str]) -> dict[Sign, dict[str, int]]:
        """Distances to the targets by the sign of the walk there."""
        far: dict[Sign, dict[str, int]] = {sign: {} for sign in _SIGNS}
        front = [(name, Sign.POSITIVE) for name in sorted(targets)]
        front = [pair for pair in front if pair[0] not in self._search.avoid]
        far[Sign.POSITIVE].update((name, 0) for name, _ in front)
        for steps in range(1, self._search.max_length + 1):
            behind = []
            for node, rest in front:
                for name, sign in self._view.before(node):
                    whole = sign.then(rest)
                    if name not in far[whole] and name not in self._search.avoid:
                        far[whole][name] = steps
                        behind.append((name, whole))
            front = behind
        return far
