"""How patterns and sets of words lie to each other, decided on finite automata."""

from collections.abc import Callable
from functools import lru_cache

from archlint.algebra import characters
from archlint.algebra.automaton import Automaton, States, explore
from archlint.algebra.regex import Choice, Node, Regex, Unsupported, literal, read
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict, by_witnesses
from archlint.model.predicate import Shape, Words

Language = tuple[tuple[tuple[tuple[Node, bool], ...], bool], ...]
_MANY_WORDS = 200
_LONG = 60


def relate_shapes(left: Shape | Words, right: Shape | Words) -> Verdict:
    """The verdict over printable texts that are not empty; unknown where a pattern is not regular or too large."""
    formats = [form.format if isinstance(form, Shape) else "" for form in (left, right)]
    if formats[0] != formats[1]:
        return UNKNOWN
    if formats[0]:
        return EQUAL if left == right else UNKNOWN
    return _relate(left, right)


@lru_cache(maxsize=512)
def _relate(left: Shape | Words, right: Shape | Words) -> Verdict:
    try:
        mine, plain = _language(left)
        theirs, also_plain = _language(right)
        product = _Product(mine, theirs)
        alphabet = characters.ASCII if plain or also_plain else characters.PRINTABLE
        complete = explore(product.automata, alphabet, product.visit)
    except Unsupported:
        return UNKNOWN
    if not complete:
        return UNKNOWN
    return by_witnesses(product.left_only, product.right_only, not product.common)


class _Product:
    """Both languages run side by side."""

    def __init__(self, left: Language, right: Language) -> None:
        self.automata: list[Automaton] = []
        self._left, self._right = self._add(left), self._add(right)
        self.left_only: str | None = None
        self.right_only: str | None = None
        self.common = False

    def _add(self, language: Language) -> list[tuple[list[tuple[int, bool]], bool]]:
        result = []
        for trees, negated in language:
            places = []
            for tree, inverted in trees:
                places.append((len(self.automata), inverted))
                self.automata.append(_automaton(tree))
            result.append((places, negated))
        return result

    def _admits(self, side: list[tuple[list[tuple[int, bool]], bool]], states: States) -> bool:
        for places, negated in side:
            matched = all(self.automata[at].accepts(states[at]) != inverted for at, inverted in places)
            if matched == negated:
                return False
        return True

    def visit(self, text: Callable[[], str], states: States) -> bool:
        """Remembers the first text of each kind; stops when all kinds are known."""
        one, other = self._admits(self._left, states), self._admits(self._right, states)
        if one and other:
            self.common = True
        elif one and self.left_only is None:
            self.left_only = _shown(text())
        elif other and self.right_only is None:
            self.right_only = _shown(text())
        return self.common and self.left_only is not None and self.right_only is not None


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= _LONG else f'"{text[:20]}…" ({len(text)} characters)'


@lru_cache(maxsize=256)
def _automaton(tree: Node) -> Automaton:
    return Automaton(tree)


@lru_cache(maxsize=1024)
def _read(source: str, flags: str, dialect: str) -> Regex:
    return read(source, flags, dialect)


def _language(form: Shape | Words) -> tuple[Language, bool]:
    """The trees of a form, and whether it is to be compared over ASCII only."""
    if isinstance(form, Words):
        if len(form.words) > _MANY_WORDS:
            raise Unsupported("many words")
        trees = tuple(literal(word, form.fold) for word in form.words)
        return (((((Choice(trees), False),), form.excluded),), form.fold)
    patterns = [(_read(source, flags, dialect), negated) for source, flags, dialect, negated in form.patterns]
    return tuple((pattern.parts, negated) for pattern, negated in patterns), any(p.ascii_only for p, _ in patterns)


def shape_accepts(form: Shape, text: str) -> bool | None:
    """Whether a text satisfies every pattern; None where that cannot be told."""
    if any(ord(char) > 0xFFFF or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        return None
    result: bool | None = None if form.format else True
    for source, flags, dialect, negated in form.patterns:
        found = _found(source, flags, dialect, text)
        if found is None:
            result = None
        elif found == negated:
            return False
    return result


def _found(source: str, flags: str, dialect: str, text: str) -> bool | None:
    try:
        pattern = _read(source, flags, dialect)
        if (pattern.ascii_only and not text.isascii()) or ("\n" in text and set(flags) & set("mn")):
            return None
        return all(_automaton(tree).matches(text) != inverted for tree, inverted in pattern.parts)
    except Unsupported:
        return None


def shape_empty(form: Shape | Words) -> bool | None:
    """Whether no text at all satisfies the patterns."""
    if isinstance(form, Shape) and (form.format or shape_accepts(form, "")):
        return None if form.format else False
    verdict = relate_shapes(form, Words(()))
    if verdict is UNKNOWN:
        return None
    return verdict.relation == EQUAL.relation
