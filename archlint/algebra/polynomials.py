"""Sums of products with exact coefficients: one form for all ways of multiplying out."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from archlint.algebra.quantities import show

_HIGHEST_POWER = 6
_LARGEST = 80


class Factor(NamedTuple):
    """A named quantity of a product: its text, its text without constants, and its constants."""

    text: str
    shape: str
    constants: tuple[str, ...]


Product = tuple[tuple[Factor, int], ...]
Sum = dict[Product, Fraction]


def of_constant(number: Fraction | int) -> Sum:
    """A plain number."""
    return {(): Fraction(number)} if number else {}


def of_name(text: str, shape: str | None = None, constants: Sequence[str] = ()) -> Sum:
    """A named quantity."""
    return {((Factor(text, text if shape is None else shape, tuple(constants)), 1),): Fraction(1)}


def total(left: Sum, right: Sum) -> Sum:
    """The sum of two."""
    result = dict(left)
    for key, coefficient in right.items():
        result[key] = result.get(key, Fraction(0)) + coefficient
        if not result[key]:
            del result[key]
    return result


def product(left: Sum, right: Sum) -> Sum:
    """The product, multiplied out unless that would be too large."""
    if len(left) * len(right) > _LARGEST:
        return {_times(_atom(left), _atom(right)): Fraction(1)}
    result: Sum = {}
    for one, first in left.items():
        for other, second in right.items():
            result = total(result, {_times(one, other): first * second})
    return result


def _atom(value: Sum) -> Product:
    text, shape, constants = written(value)
    return ((Factor(f"({text})", f"({shape})", tuple(constants)), 1),)


def _times(one: Product, other: Product) -> Product:
    powers: dict[Factor, int] = dict(one)
    for factor, exponent in other:
        powers[factor] = powers.get(factor, 0) + exponent
    return tuple(sorted((factor, exponent) for factor, exponent in powers.items() if exponent))


def quotient(left: Sum, right: Sum) -> Sum:
    """The quotient; a sum below the line becomes one factor."""
    if len(right) == 1:
        [(key, coefficient)] = right.items()
        return product(left, {tuple((factor, -exponent) for factor, exponent in key): 1 / coefficient})
    inverse = tuple((factor, -exponent) for factor, exponent in _atom(right))
    return product(left, {inverse: Fraction(1)})


def power(base: Sum, exponent: Sum) -> Sum | None:
    """A small whole power, multiplied out; None for any other."""
    if set(exponent) - {()}:
        return None
    number = exponent.get((), Fraction(0))
    if number.denominator != 1 or not 0 <= number <= _HIGHEST_POWER or len(base) ** int(number) > _LARGEST:
        return None
    result = of_constant(1)
    for _ in range(int(number)):
        result = product(result, base)
    return result


def written(value: Sum) -> tuple[str, str, list[str]]:
    """The text of a sum, the text with its constants as `#`, and these constants in order."""
    pieces = sorted((_product(key), coefficient) for key, coefficient in value.items())
    texts, shapes, constants = [], [], []
    for (text, shape, inner), coefficient in pieces:
        plain = not text
        number = show(coefficient)
        if plain:
            texts.append(number)
            shapes.append("#")
        else:
            sign = "-" if coefficient < 0 else ""
            unit = abs(coefficient) == 1
            texts.append(f"{sign}{text}" if unit else f"{number}*{text}")
            shapes.append(f"{sign}{shape}" if unit else f"#*{shape}")
        if plain or abs(coefficient) != 1:
            constants.append(number)
        constants.extend(inner)
    return " + ".join(texts) or "0", " + ".join(shapes) or "#", constants


def _product(key: Product) -> tuple[str, str, tuple[str, ...]]:
    texts: list[str] = []
    shapes: list[str] = []
    constants: list[str] = []
    for factor, exponent in key:
        suffix = "" if exponent == 1 else f"^{exponent}"
        texts.append(factor.text + suffix)
        shapes.append(factor.shape + suffix)
        constants.extend(factor.constants)
    return "*".join(texts), "*".join(shapes), tuple(constants)
