"""Admissible sets judged the slow and obvious way, to hold the algebra against."""

import re
from fractions import Fraction

from archlint.model.predicate import Columns, Compared, Numbers, Partition, Shape, Steps, Words

INTEGRAL = frozenset({"characters", "bytes", "elements", "rows"})


def has_number(form: Numbers, number: Fraction) -> bool:
    """Whether a number lies in one of the intervals and on the step."""
    if form.unit in INTEGRAL and (number < 0 or number.denominator != 1):
        return False
    if form.step is not None and (number / Fraction(form.step)).denominator != 1:
        return False
    for item in form.intervals:
        above = item.low is None or number > Fraction(item.low) or (number == Fraction(item.low) and not item.low_open)
        below = (
            item.high is None or number < Fraction(item.high) or (number == Fraction(item.high) and not item.high_open)
        )
        if above and below:
            return True
    return False


def has_word(form: Words, word: str) -> bool:
    """Whether a word is in a list, or not in the list of those that are excluded."""
    listed = any(word == item or (form.fold and word.lower() == item.lower()) for item in form.words)
    return listed != form.excluded


def has_text(form: Shape, text: str) -> bool:
    """Whether a text matches, with Python's own `re` as the judge."""
    for source, flags, dialect, negated in form.patterns:
        if dialect == "like":
            source = (
                "^" + "".join({"%": "(?:.|\n)*", "_": "(?:.|\n)"}.get(char, re.escape(char)) for char in source) + "\\Z"
            )
        source = re.sub(r"(?<!\\)\$", r"\\Z", source)
        found = re.search(source, text, re.IGNORECASE if "i" in flags else 0)
        if (found is not None) == negated:
            return False
    return True


def compared(form: Compared, left: Fraction, right: Fraction) -> bool:
    """Whether two numbers stand in the demanded relation."""
    other = right + Fraction(form.offset)
    signs = {"<": (-1,), "<=": (-1, 0), "=": (0,), ">=": (0, 1), ">": (1,), "!=": (-1, 1)}[form.operator]
    return (left > other) - (left < other) in signs


def has_step(form: Steps, start: str, end: str) -> bool:
    """Whether a step is allowed; any state but the same one stands for a star."""
    for before, after in form.edges:
        if before in (start, "*") and after in (end, "*") and ("*" not in (before, after) or start != end):
            return True
    return False


def unique(form: Columns, rows: list[dict[str, str]]) -> bool:
    """Whether no two rows agree in all columns; a condition is the name of a column that must not be empty."""
    kept = [row for row in rows if not form.condition or row[form.condition]]
    seen = [tuple(_cell(row, column) for column in form.columns) for row in kept]
    return len(set(seen)) == len(seen)


def _cell(row: dict[str, str], column: str) -> str:
    folded = re.fullmatch(r"lower\((.+)\)", column)
    return row[folded[1]].lower() if folded else row[column]


def label(form: Partition, number: Fraction) -> str | None:
    """What a classification calls a number."""
    return next((name for case, name in form.cases if isinstance(case, Numbers) and has_number(case, number)), None)
