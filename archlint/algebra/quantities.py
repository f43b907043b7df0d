"""Exact numbers: decimal texts to fractions and back."""

import re
from fractions import Fraction
from functools import lru_cache
from math import gcd

_NUMERAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|[+-]?\d+/[1-9]\d*")


@lru_cache(maxsize=4096)
def parse(text: str) -> Fraction | None:
    """The number a text writes (decimal, exponent or `1/60`); None where it writes none."""
    stripped = text.strip()
    if len(stripped) > 400 or not _NUMERAL.fullmatch(stripped):
        return None
    return Fraction(stripped)


def exact(text: str) -> Fraction:
    """The number of a text that is known to write one."""
    number = parse(text)
    if number is None:
        raise ValueError(f"not a number: {text!r}")
    return number


@lru_cache(maxsize=4096)
def show(number: Fraction) -> str:
    """Plain decimal text without trailing zeros; a fraction where no finite decimal exists."""
    if number.denominator == 1:
        return str(number.numerator)
    digits = decimals(number)
    if digits is None:
        return f"{number.numerator}/{number.denominator}"
    scaled = abs(number.numerator) * 10**digits // number.denominator
    text = str(scaled).rjust(digits + 1, "0")
    return f"{'-' if number < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def decimals(number: Fraction) -> int | None:
    """How many decimal places a number needs; None where no finite number suffices."""
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def common_multiple(left: Fraction, right: Fraction) -> Fraction:
    """The smallest positive number that is a whole multiple of both."""
    top = left.numerator * right.denominator
    other = right.numerator * left.denominator
    return Fraction(abs(top * other) // gcd(top, other), left.denominator * right.denominator)


def floor(number: Fraction) -> int:
    """The largest whole number not above."""
    return number.numerator // number.denominator


def ceil(number: Fraction) -> int:
    """The smallest whole number not below."""
    return -(-number.numerator // number.denominator)


def truncate(number: Fraction) -> int:
    """The whole number next to it towards zero."""
    return floor(number) if number >= 0 else ceil(number)
