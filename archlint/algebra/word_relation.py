"""How two sets of literals lie to each other."""

from archlint.algebra.canonical import numeral
from archlint.algebra.forms import word_set
from archlint.algebra.quantities import parse
from archlint.algebra.verdict import UNKNOWN, Verdict, by_witnesses
from archlint.model.predicate import Words

_FRESH = ("other", "another", "something else", "x")


def relate_words(left: Words, right: Words) -> Verdict:
    """The verdict; a word that belongs to neither list stands for all the others."""
    universe = [*left.words, *right.words, *_fresh(left, right)]
    if left.fold != right.fold:
        universe += [variant for word in universe for variant in _spellings(word)]
        if _exhausted(left, right):
            return UNKNOWN
    admitted = [(word, has_word(left, word), has_word(right, word)) for word in sorted(set(universe))]
    left_only = _shown([word for word, one, other in admitted if one and not other])
    right_only = _shown([word for word, one, other in admitted if other and not one])
    disjoint = not any(one and other for _, one, other in admitted)
    return by_witnesses(left_only, right_only, disjoint)


def _spellings(word: str) -> tuple[str, ...]:
    return word.upper(), word.lower(), word.capitalize(), word.swapcase()


def _exhausted(left: Words, right: Words) -> bool:
    """Whether the exact side lists every spelling that would be tried, so that the trial proves nothing."""
    folded, exact = (left, right) if left.fold else (right, left)
    cased = [word for word in folded.words if word.lower() != word.upper()]
    return any(all(spelling in exact.words for spelling in _spellings(word)) for word in cased)


def _fresh(left: Words, right: Words) -> list[str]:
    known = {word.lower() for word in (*left.words, *right.words)}
    return [next(word for word in (*_FRESH, "x" * (1 + max(map(len, known), default=0))) if word not in known)]


def _shown(words: list[str]) -> str | None:
    filled = [word for word in words if word]
    if filled:
        return shown_word(min(filled, key=lambda word: (word in _FRESH, word)))
    return '""' if words else None


def has_word(form: Words, word: str) -> bool:
    """Whether a set of literals admits a word."""
    known = word_set(form)
    return ((word.lower() if form.fold else word) in known) != form.excluded


def shown_word(word: str) -> str:
    """A literal as a witness shows it; numbers and truth values without quotes."""
    return word if word in ("true", "false") or (numeral(word) == word and parse(word) is not None) else f'"{word}"'
