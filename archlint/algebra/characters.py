"""Sets of characters as ordered ranges of code points, and the alphabet in which patterns are compared."""

from collections.abc import Iterable

CharSet = tuple[tuple[int, int], ...]
LAST = 0x10FFFF
ANY: CharSet = ((0, LAST),)
NO_LINE_END: CharSet

# Control characters, line ends and halves of surrogate pairs are left out: there languages differ in ways that no
# rule means, and a witness would not be printable.
PRINTABLE: CharSet = ((0x20, 0x7E), (0xA0, 0x2027), (0x202A, 0xD7FF), (0xE000, 0xFEFE), (0xFF00, 0xFFFD))
ASCII: CharSet = ((0x20, 0x7E),)
_PREFERRED = "a0A1bB- _.@x"


def normal(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """Ranges in order, without overlaps."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


def of(text: str) -> CharSet:
    """The characters of a text."""
    return normal((ord(char), ord(char)) for char in text)


def inverse(chars: CharSet) -> CharSet:
    """All other characters."""
    result, next_low = [], 0
    for low, high in chars:
        if low > next_low:
            result.append((next_low, low - 1))
        next_low = high + 1
    if next_low <= LAST:
        result.append((next_low, LAST))
    return tuple(result)


def contains(chars: CharSet, code: int) -> bool:
    """Whether a code point belongs to a set."""
    return any(low <= code <= high for low, high in chars)


def any_case(chars: CharSet) -> CharSet:
    """The set with every letter in both cases (letters of large ranges beyond Latin are left as they are)."""
    added = []
    for low, high in chars:
        for code in range(low, min(high, 0x24F) + 1):
            char = chr(code)
            for variant in (char.lower(), char.upper()):
                if len(variant) == 1 and variant != char:
                    added.append((ord(variant), ord(variant)))
    return normal((*chars, *added))


def classes(sets: Iterable[CharSet], alphabet: CharSet) -> list[int]:
    """One telling character of the alphabet for every way in which the sets can be told apart."""
    known = list(dict.fromkeys(sets))
    cuts = {low for low, _ in alphabet} | {high + 1 for _, high in alphabet}
    for chars in known:
        for low, high in chars:
            cuts.update((low, high + 1))
    wanted = [*(ord(char) for char in _PREFERRED), *sorted(cuts)]
    found: dict[tuple[bool, ...], int] = {}
    for code in wanted:
        if contains(alphabet, code):
            found.setdefault(tuple(contains(chars, code) for chars in known), code)
    return list(found.values())


DIGITS = of("0123456789")
WORD = normal([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACE = normal(
    [(9, 13), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
     (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)]
)  # fmt: skip
NO_LINE_END = inverse(of("\n\r\u2028\u2029"))
POSIX = {
    "alpha": normal([(0x41, 0x5A), (0x61, 0x7A)]),
    "digit": DIGITS,
    "alnum": normal([(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)]),
    "upper": ((0x41, 0x5A),),
    "lower": ((0x61, 0x7A),),
    "space": normal([(9, 13), (0x20, 0x20)]),
    "blank": of(" \t"),
    "punct": normal([(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
    "xdigit": of("0123456789abcdefABCDEF"),
    "print": ((0x20, 0x7E),),
    "graph": ((0x21, 0x7E),),
    "word": WORD,
}
