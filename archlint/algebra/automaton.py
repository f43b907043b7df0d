"""Finite automata over pattern trees, stepped lazily so that their size is bounded by what is asked of them."""

from collections import deque
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Ordered

from archlint.algebra import characters
from archlint.algebra.characters import CharSet
from archlint.algebra.regex import Anchor, Chars, Choice, Node, Repeat, Sequence, Unsupported

LARGEST = 4000
MATCHED = -1
_START, _END = 1, 2


class Automaton:
    """Searches one pattern tree in a text.

    A state is a set of positions in the tree as a bit mask (`MATCHED` once found), with whether nothing was read yet.
    """

    def __init__(self, tree: Node) -> None:
        self._jumps: list[list[tuple[int, int]]] = []
        self._reads: list[tuple[CharSet, int] | None] = []
        self._first, self._last = self._state(), self._state()
        self._build(tree, self._first, self._last)
        self.sets = {edge[0] for edge in self._reads if edge is not None}
        self._closures: dict[tuple[int, int], int] = {}
        self._targets: dict[tuple[int, int], int] = {}
        self._restart = self._closure(1 << self._first, 0)
        self.initial = self._closure(1 << self._first, _START), True

    def _state(self) -> int:
        if len(self._reads) >= LARGEST:
            raise Unsupported("too large")
        self._jumps.append([])
        self._reads.append(None)
        return len(self._reads) - 1

    def _build(self, node: Node, start: int, end: int) -> None:
        if isinstance(node, Chars):
            self._jumps[start].append((self._reading(node.chars, end), 0))
        elif isinstance(node, Sequence):
            here = start
            for part in node.parts:
                following = self._state()
                self._build(part, here, following)
                here = following
            self._jumps[here].append((end, 0))
        elif isinstance(node, Choice):
            for part in node.parts:
                self._build(part, start, end)
        elif isinstance(node, Repeat):
            self._repeat(node, start, end)
        elif isinstance(node, Anchor):
            self._jumps[start].append((end, _END if node.end else _START))
        else:
            raise Unsupported("lookahead")

    def _reading(self, chars: CharSet, end: int) -> int:
        state = self._state()
        self._reads[state] = (chars, end)
        return state

    def _repeat(self, node: Repeat, start: int, end: int) -> None:
        here = start
        for _ in range(node.low):
            following = self._state()
            self._build(node.part, here, following)
            here = following
        if node.high is None:
            loop = self._state()
            self._jumps[here].append((loop, 0))
            inner = self._state()
            self._jumps[loop].append((inner, 0))
            self._build(node.part, inner, loop)
            self._jumps[loop].append((end, 0))
            return
        for _ in range(node.high - node.low):
            self._jumps[here].append((end, 0))
            following = self._state()
            self._build(node.part, here, following)
            here = following
        self._jumps[here].append((end, 0))

    def _closure(self, mask: int, guards: int) -> int:
        """All positions reached without reading, where the anchors in `guards` hold."""
        known = self._closures.get((mask, guards))
        if known is not None:
            return known
        seen, queue = mask, list(_bits(mask))
        while queue:
            for target, guard in self._jumps[queue.pop()]:
                if guard & ~guards or seen >> target & 1:
                    continue
                seen |= 1 << target
                queue.append(target)
        result = MATCHED if seen >> self._last & 1 else seen
        self._closures[mask, guards] = result
        return result

    def step(self, state: tuple[int, bool], code: int) -> tuple[int, bool]:
        """The state after reading one character."""
        mask = state[0]
        if mask == MATCHED:
            return state[0], False
        known = self._targets.get((mask, code))
        if known is None:
            reached = 0
            for position in _bits(mask):
                edge = self._reads[position]
                if edge is not None and characters.contains(edge[0], code):
                    reached |= 1 << edge[1]
            known = self._closure(reached, 0) if reached else 0
            if known != MATCHED:
                known = MATCHED if self._restart == MATCHED else known | self._restart
            self._targets[mask, code] = known
        return known, False

    def accepts(self, state: tuple[int, bool]) -> bool:
        """Whether the text may end here."""
        mask, at_start = state
        return mask == MATCHED or self._closure(mask, _END | (_START if at_start else 0)) == MATCHED

    def matches(self, text: str) -> bool:
        """Whether the pattern is found in a text."""
        state = self.initial
        for char in text:
            state = self.step(state, ord(char))
        return self.accepts(state)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


States = tuple[tuple[int, bool], ...]


def explore(
    automata: Ordered[Automaton], alphabet: CharSet, visit: Callable[[Callable[[], str], States], bool]
) -> bool:
    """Visits every reachable combination of states after at least one character, shortest texts first.

    `visit` gets the text (as a function) and the states, and returns True to stop. The answer is whether everything
    was seen or the visitor stopped; False where there was too much to see.
    """
    symbols = characters.classes((chars for item in automata for chars in item.sets), alphabet)
    initial = tuple(item.initial for item in automata)
    origins: dict[States, tuple[States, int] | None] = {initial: None}
    queue = deque([initial])
    steps = 0
    while queue:
        states = queue.popleft()
        for code in symbols:
            steps += 1
            reached = tuple(item.step(state, code) for item, state in zip(automata, states, strict=True))
            if reached in origins:
                continue
            origins[reached] = (states, code)
            if visit(lambda reached=reached: _text(origins, reached), reached):  # type: ignore[misc]
                return True
            queue.append(reached)
        if len(origins) > LARGEST or steps > 20 * LARGEST:
            return False
    return True


def _text(origins: dict[States, tuple[States, int] | None], states: States) -> str:
    result: list[str] = []
    origin = origins[states]
    while origin is not None:
        result.append(chr(origin[1]))
        origin = origins[origin[0]]
    return "".join(reversed(result))
