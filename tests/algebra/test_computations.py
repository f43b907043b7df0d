"""Classifications and formulas: equal where they compute the same, and different only where they really do."""

from fractions import Fraction

import naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.algebra import Verdict, formula, partition, relate
from archlint.model.expression import Boolean, Call, Expression, Null, Number, Operation, Ref, Text
from archlint.model.predicate import Partition, Predicate
from archlint.model.rule import Relation

X = Ref("x@1")
GRID = [Fraction(number, 2) for number in range(-30, 31)]


def of(operator: str, *operands: Expression) -> Operation:
    return Operation(operator, operands)


# Classifications ------------------------------------------------------------------------------------------------

Cases = list[tuple[str, int, str]]
cases = st.lists(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(-12, 12), st.sampled_from(["s", "m", "l"])),
    min_size=1,
    max_size=4,
)


def classified(found: Cases, otherwise: str) -> Predicate | None:
    written = [(of(operator, X, Number(str(bound))), Text(name)) for operator, bound, name in found]
    result = partition([*written, (Boolean(True), Text(otherwise))])
    assert result is None or result[0] == X
    return None if result is None else result[1]


def called(found: Cases, otherwise: str, number: Fraction) -> str:
    """The first label whose condition holds."""
    for operator, bound, name in found:
        if {
            "<": number < bound,
            "<=": number <= bound,
            ">": number > bound,
            ">=": number >= bound,
            "=": number == bound,
        }[operator]:
            return name
    return otherwise


@given(cases, st.sampled_from(["s", "xl"]))
def test_a_value_has_the_label_of_the_first_case_that_holds(found: Cases, otherwise: str) -> None:
    predicate = classified(found, otherwise)
    if predicate is None:
        assert len({*(name for _, _, name in found), otherwise}) == 1
        return
    assert isinstance(predicate.form, Partition)
    for number in GRID:
        assert naive.label(predicate.form, number) == called(found, otherwise, number)


@settings(max_examples=400)
@given(cases, cases, st.booleans())
def test_two_classifications(left: Cases, right: Cases, integer: bool) -> None:
    one, other = classified(left, "xl"), classified(right, "xl")
    if one is None or other is None:
        return
    verdict = relate(one, other, integer=integer)
    assert relate(other, one, integer=integer).relation is verdict.relation
    known = [number for number in GRID if not integer or number.denominator == 1]
    differing = [number for number in known if called(left, "xl", number) != called(right, "xl", number)]
    if verdict.relation is Relation.EQUAL:
        assert not differing
    elif verdict.relation is not Relation.UNKNOWN:
        witness = Fraction(verdict.witness)
        assert called(left, "xl", witness) != called(right, "xl", witness)
        assert not integer or witness.denominator == 1


def test_words_are_classified_too() -> None:
    def by_word(*found: tuple[str, str]) -> Predicate:
        result = partition(
            [(of("=", X, Text(word)), Text(name)) for word, name in found] + [(Boolean(True), Text("no"))]
        )
        assert result is not None
        return result[1]

    one = by_word(("gold", "yes"), ("silver", "yes"))
    assert relate(one, by_word(("silver", "yes"), ("gold", "yes"))).relation is Relation.EQUAL
    verdict = relate(one, by_word(("gold", "yes"), ("bronze", "yes")))
    assert (verdict.relation, verdict.witness) == (Relation.OVERLAPPING, "bronze".join('""'))


# Formulas -------------------------------------------------------------------------------------------------------

LEAVES = ("amount", "price", "rate")


def leaf(expression: Expression) -> str:
    return expression.name if isinstance(expression, Ref) else ""


amounts = st.sampled_from(["1", "2", "0.5", "0.19", "100", "3"]).map(Number)
leaves = st.sampled_from(LEAVES).map(Ref)
formulas = st.recursive(
    st.one_of(leaves, leaves, amounts),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner).map(lambda found: of(*found)),
        st.tuples(inner, amounts).map(lambda found: of("/", *found)),
        st.tuples(st.sampled_from(["minimum", "maximum"]), inner, inner).map(lambda f: Call(f[0], (f[1], f[2]))),
        inner.map(lambda item: Call("round", (item, Number("2")))),
        inner.map(lambda item: Call("abs", (item,))),
        st.tuples(inner, inner, inner, inner).map(lambda f: of("if", of("<", f[0], f[1]), f[2], f[3])),
        inner.map(lambda item: of("coalesce", item, Number("0"))),
    ),
    max_leaves=7,
)
values = st.fixed_dictionaries(
    {
        name: st.sampled_from([Fraction(text) for text in ("0", "1", "2.5", "19.99", "-7", "100", "0.005")])
        for name in LEAVES
    }
)


def computed(expression: Expression, point: dict[str, Fraction]) -> Fraction:
    """The value of a formula at a point."""
    if isinstance(expression, Ref):
        return point[expression.name]
    if isinstance(expression, Number):
        return Fraction(expression.value)
    if isinstance(expression, Call):
        found = [computed(item, point) for item in expression.arguments]
        if expression.function == "round":
            cents = abs(found[0]) * 100 + Fraction(1, 2)
            return Fraction(cents.numerator // cents.denominator, 100) * (1 if found[0] >= 0 else -1)
        return {"minimum": min, "maximum": max, "abs": lambda items: abs(items[0])}[expression.function](found)
    assert isinstance(expression, Operation)
    if expression.operator == "if":
        test = expression.operands[0]
        assert isinstance(test, Operation)
        first, second = (computed(item, point) for item in test.operands)
        return computed(expression.operands[1 if first < second else 2], point)
    one, other = (computed(item, point) for item in expression.operands)
    if expression.operator == "coalesce":
        return one
    if expression.operator == "/":
        return one / other
    return one + other if expression.operator == "+" else one - other if expression.operator == "-" else one * other


def rearranged(expression: Expression) -> Expression:
    """The same formula with operands exchanged, products multiplied out and differences written as sums."""
    if isinstance(expression, Call):
        operands = tuple(rearranged(item) for item in expression.arguments)
        return Call(expression.function, operands[::-1] if expression.function != "round" else operands)
    if not isinstance(expression, Operation):
        return expression
    operands = tuple(rearranged(item) for item in expression.operands)
    if expression.operator in ("+", "*"):
        for one, other in (operands, operands[::-1]):
            if expression.operator == "*" and isinstance(one, Operation) and one.operator in ("+", "-"):
                return Operation(one.operator, tuple(of("*", item, other) for item in one.operands))
        return Operation(expression.operator, operands[::-1])
    if expression.operator == "-":
        return of("+", of("*", Number("-1"), operands[1]), operands[0])
    return Operation(expression.operator, operands)


@settings(max_examples=200, deadline=None)
@given(formulas)
def test_a_formula_written_otherwise_is_the_same(expression: Expression) -> None:
    one, other = formula(expression, leaf), formula(rearranged(expression), leaf)
    if one is None or other is None:
        return
    assert relate(one, other).relation is Relation.EQUAL


def relation_of(left: Expression, right: Expression) -> Verdict:
    one, other = formula(left, leaf), formula(right, leaf)
    assert one is not None
    assert other is not None
    return relate(one, other)


@settings(max_examples=300, deadline=None)
@given(formulas, formulas, st.lists(values, min_size=4, max_size=4))
def test_two_formulas(left: Expression, right: Expression, points: list[dict[str, Fraction]]) -> None:
    one, other = formula(left, leaf), formula(right, leaf)
    if one is None or other is None:
        return
    verdict = relate(one, other)
    assert relate(other, one).relation is verdict.relation
    if verdict.relation is Relation.EQUAL:
        for point in points:
            assert abs(computed(left, point) - computed(right, point)) < Fraction(1, 10**6)
    elif verdict.witness:
        place, _, results = verdict.witness.partition(": ")
        shown = dict(item.split("=") for item in place.split(", "))
        if "null" in shown.values() or "null" in results:
            return
        point = {name: Fraction(text) for name, text in shown.items()}
        said = [Fraction(text) for text in results.split(" / ")]
        found = [computed(left, point), computed(right, point)]
        assert found[0] != found[1]
        assert all(abs(one - other) <= abs(other) / 10**4 for one, other in zip(said, found, strict=True))


AMOUNT, RATE = Ref("amount"), Ref("rate")


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        (of("*", AMOUNT, Number("0.19")), of("*", AMOUNT, Number("0.20")), Relation.OVERLAPPING),
        (of("/", of("*", AMOUNT, RATE), Number("100")), of("*", AMOUNT, of("/", RATE, Number("100"))), Relation.EQUAL),
        (Call("abs", (of("+", AMOUNT, Number("0")),)), of("+", AMOUNT, Number("0")), Relation.OVERLAPPING),
        (Call("maximum", (Number("0"), AMOUNT)), of("*", AMOUNT, Number("1")), Relation.OVERLAPPING),
        (of("*", of("coalesce", RATE, Number("3")), AMOUNT), of("*", of("coalesce", RATE, Number("5")), AMOUNT),
         Relation.OVERLAPPING),
        (of("*", of("coalesce", RATE, Number("0")), AMOUNT), of("*", of("fallback", RATE, Number("0")), AMOUNT),
         Relation.EQUAL),
        (of("*", of("coalesce", RATE, Number("3")), AMOUNT), of("*", of("fallback", RATE, Number("3")), AMOUNT),
         Relation.UNKNOWN),
        (of("*", of("fallback", RATE, Number("3")), AMOUNT), of("*", of("fallback", RATE, Number("5")), AMOUNT),
         Relation.OVERLAPPING),
        (of("if", of(">", AMOUNT, Number("10")), Number("5"), Null()),
         of("if", of(">", AMOUNT, Number("10")), Number("5"), Number("0")), Relation.OVERLAPPING),
        (Call("round", (of("*", AMOUNT, RATE), Number("2"))), of("*", Call("round", (AMOUNT, Number("2"))), RATE),
         Relation.OVERLAPPING),
        (of("*", AMOUNT, RATE), of("*", AMOUNT, Ref("price")), Relation.UNKNOWN),
        # What is shown where there is nothing to count with is no other computation; another limit is.
        (of("if", of(">", RATE, Number("0")), of("/", AMOUNT, RATE), Number("0")), of("/", AMOUNT, RATE),
         Relation.UNKNOWN),
        (of("if", of("and", of("not", of("is null", RATE)), of("!=", RATE, Number("0"))), of("/", AMOUNT, RATE),
             Number("0")), of("/", AMOUNT, RATE), Relation.EQUAL),
        (of("if", of(">", AMOUNT, Number("50")), Number("0"), of("*", AMOUNT, RATE)), of("*", AMOUNT, RATE),
         Relation.OVERLAPPING),
        (of("if", of(">", RATE, Number("0")), of("/", AMOUNT, RATE), Number("0")),
         of("/", of("*", AMOUNT, Number("2")), RATE), Relation.OVERLAPPING),
    ],
)  # fmt: skip
def test_known_formulas(left: Expression, right: Expression, relation: Relation) -> None:
    assert relation_of(left, right).relation is relation
    assert relation_of(right, left).relation is relation
