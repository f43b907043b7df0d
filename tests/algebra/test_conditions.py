"""Conditions that say the same have the same normal form, and the normal form says what the condition says."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from predicting import Logic, Unknown, Value, predicted

from archlint import algebra
from archlint.algebra import Requirement, conjoin, fold, relate, requirements
from archlint.model.expression import Call, Expression, Items, Null, Number, Operation, Ref, Text
from archlint.model.predicate import Interval, Numbers, Predicate, Words
from archlint.model.rule import Kind, Relation

X, Y, WORD = Ref("x@1"), Ref("y@1"), Ref("word@1")
NAMES = {X: "x", Y: "y", WORD: "word"}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


def name_of(expression: Expression) -> str | None:
    return NAMES.get(expression) if isinstance(expression, Ref) else None  # type: ignore[call-overload]


def of(operator: str, *operands: Expression) -> Operation:
    return Operation(operator, operands)


def number(value: object) -> Number:
    return Number(str(value))


bounds = st.sampled_from(["-3", "0", "1", "2", "2.5", "5", "7"])
compared = st.tuples(st.sampled_from(sorted(FLIPPED)), st.sampled_from([X, Y]), bounds).map(
    lambda found: of(found[0], found[1], number(found[2]))
)
listed = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True).map(
    lambda found: of("in", WORD, Items(tuple(map(Text, found))))
)
spelled = st.sampled_from(["a", "b", ""]).flatmap(
    lambda word: st.sampled_from(
        [of("=", WORD, Text(word)), of("!=", WORD, Text(word)), of("distinct", WORD, Text(word))]
    )
)
absent = st.sampled_from([X, Y, WORD]).map(lambda ref: of("is null", ref))
between = st.tuples(bounds, bounds).map(
    lambda found: of("and", of(">=", X, number(found[0])), of("<=", X, number(found[1])))
)
fields = st.sampled_from(sorted(FLIPPED)).map(lambda operator: of(operator, X, Y))
atoms = st.one_of(compared, compared, listed, spelled, absent, between, fields)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map(lambda item: of("not", item)),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: Operation("and", tuple(found))),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: Operation("or", tuple(found))),
        st.tuples(inner, inner, inner).map(lambda found: Operation("if", found)),
    ),
    max_leaves=6,
)
numeric: list[Value] = [None, *map(Decimal, ("-3", "-1", "0", "0.5", "1", "2", "2.5", "3", "5", "6", "7", "9"))]
rows = st.fixed_dictionaries(
    {
        "x": st.sampled_from(numeric),
        "y": st.sampled_from(numeric),
        "word": st.sampled_from([None, "", "a", "b", "c", "d"]),
    }
)


@settings(max_examples=300, deadline=None)
@given(conditions, st.lists(rows, min_size=8, max_size=8), st.booleans())
def test_the_normal_form_says_what_the_condition_says(
    condition: Expression, found: list[dict[str, Value]], unknown_passes: bool
) -> None:
    normal = requirements(condition, "postgresql", unknown_passes)
    for row in found:
        truth = Logic(row, name_of, coerces=False).truth(condition)
        guess = predicted(normal, row, name_of, unknown_passes)
        if guess is not None and normal:
            assert guess == (truth or (truth is None and unknown_passes)), (row, normal)


@settings(max_examples=300, deadline=None)
@given(conditions, st.lists(rows, min_size=8, max_size=8))
def test_the_normal_form_says_what_javascript_says(condition: Expression, found: list[dict[str, Value]]) -> None:
    normal = requirements(condition, "javascript")
    for row in found:
        try:
            truth = Logic(row, name_of, coerces=True).truth(condition)
        except Unknown:
            continue
        guess = predicted(normal, row, name_of, coerces=True)
        if guess is not None and normal:
            assert guess == truth, (row, normal)


def negated(expression: Expression) -> Expression:
    """The negation, pushed inwards by hand."""
    if isinstance(expression, Operation):
        if expression.operator in NEGATED:
            return Operation(NEGATED[expression.operator], expression.operands)
        if expression.operator in ("and", "or"):
            swapped = "or" if expression.operator == "and" else "and"
            return Operation(swapped, tuple(negated(item) for item in expression.operands))
        if expression.operator == "not":
            return expression.operands[0]
    return of("not", expression)


def turned(expression: Expression) -> Expression:
    """Every comparison read from the other side, every list of operands in reverse."""
    if not isinstance(expression, Operation):
        return expression
    operands = tuple(turned(item) for item in expression.operands)
    if expression.operator in FLIPPED:
        return Operation(FLIPPED[expression.operator], operands[::-1])
    return Operation(expression.operator, operands[::-1] if expression.operator in ("and", "or") else operands)


def twice_negated(expression: Expression) -> Expression:
    """The negation of the negation pushed inwards."""
    return of("not", negated(expression))


def spread(expression: Expression) -> Expression:
    """Constants calculated where they stood written."""
    if isinstance(expression, Number):
        return of("+", number(Decimal(expression.value) - 2), number(2))
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(spread(item) for item in expression.operands))
    return expression


def told(found: tuple[Requirement, ...], nulls: bool) -> list[str]:
    """What is required of which subject; an empty text means nothing to a number."""
    result = []
    for item in found:
        predicate = item.predicate
        missing = (predicate.nulls, predicate.empty if item.subject == WORD else "") if nulls else ()
        guards = [algebra.canonical(guard) for guard in item.guards]
        result.append(repr((item.subject, item.aspect, item.kind, predicate.form, missing, guards)))
    return sorted(result)


@pytest.mark.parametrize("dialect", ["postgresql", "javascript"])
@pytest.mark.parametrize(
    "rewrite",
    [lambda item: of("not", of("not", item)), twice_negated, turned, lambda item: fold(spread(item))],
    ids=["double negation", "De Morgan", "Yoda and order", "calculated constants"],
)
@settings(max_examples=60, deadline=None)
@given(condition=conditions)
def test_ways_of_writing_do_not_matter(condition: Expression, rewrite, dialect: str) -> None:
    one, other = requirements(condition, dialect), requirements(rewrite(condition), dialect)
    assume(all(item.exact for item in (*one, *other)))
    # `!(x >= 5)` and `x < 5` differ for what is undefined.
    nulls = dialect == "postgresql" or rewrite is not twice_negated
    assert told(one, nulls) == told(other, nulls)


@settings(max_examples=200, deadline=None)
@given(st.lists(compared, min_size=2, max_size=4))
def test_a_condition_in_one_piece_or_in_several(parts: list[Operation]) -> None:
    whole = requirements(Operation("and", tuple(parts)), "postgresql")
    for subject in (X, Y):
        pieces = [
            item.predicate for part in parts for item in requirements(part, "postgresql") if item.subject == subject
        ]
        together = [item.predicate for item in whole if item.subject == subject]
        if pieces:
            assert relate(conjoin(pieces), conjoin(together)).relation is Relation.EQUAL


@given(st.lists(compared, min_size=1, max_size=3))
def test_a_constant_with_a_name(parts: list[Operation]) -> None:
    condition = Operation("and", tuple(parts))
    names = {f"LIMIT_{part.operands[1].value}": part.operands[1] for part in parts}  # type: ignore[union-attr]
    hidden = Operation(
        "and",
        tuple(of(part.operator, part.operands[0], Ref(f"LIMIT_{part.operands[1].value}")) for part in parts),  # type: ignore[union-attr]
    )
    assert requirements(fold(hidden, lambda ref: names.get(ref.name))) == requirements(condition)


def only(condition: Expression, dialect: str = "postgresql") -> Predicate:
    found = requirements(condition, dialect)
    assert len(found) == 1
    return found[0].predicate


def test_outside_a_range() -> None:
    inside = of("and", of(">=", X, number(5)), of("<=", X, number(10)))
    outside = of("or", of("<", X, number(5)), of(">", X, number(10)))
    assert only(of("not", inside)) == only(outside)
    assert relate(only(inside), only(outside)).relation is Relation.DISJOINT


def test_more_than_none_is_at_least_one_of_whole_numbers_only() -> None:
    more, least = only(of(">", X, number(0))), only(of(">=", X, number(1)))
    assert relate(more, least, integer=True).relation is Relation.EQUAL
    assert relate(more, least).relation is Relation.LOOSER
    cents = relate(only(of("<", X, number(100))), only(of("<=", X, number("99.99"))), decimals=2)
    assert cents.relation is Relation.EQUAL


def test_what_null_does_depends_on_who_asks() -> None:
    bound = of("<=", X, number(5000))
    assert only(bound).nulls == "pass"
    assert requirements(bound, "postgresql", unknown_passes=False)[0].predicate.nulls == "fail"
    assert only(bound, "javascript").nulls == "unknown"
    assert only(of("not", of(">", X, number(5000))), "javascript").nulls == "pass"
    assert only(of("or", of("is null", X), bound)).nulls == "pass"
    both = requirements(of("and", of("not", of("is null", X)), bound), "postgresql")
    assert {item.predicate.nulls for item in both} == {"fail"}


def test_zero_is_as_good_as_missing_to_javascript() -> None:
    condition = of("or", of("not", X), of(">=", X, number(5)))
    assert only(condition, "javascript").form == Numbers((Interval("0", "0"), Interval("5")))
    fallback = of("fallback", X, number(7))
    assert requirements(of(">", fallback, number(5)), "javascript")[0].kind is Kind.CONDITIONAL
    assert only(of(">", of("coalesce", X, number(7)), number(5)), "javascript").form == Numbers(
        (Interval("5", None, True),)
    )


@pytest.mark.parametrize(
    ("function", "words"),
    [("lower", ("draft",)), ("upper", ())],
)
def test_a_word_in_a_case_that_is_never_met(function: str, words: tuple[str, ...]) -> None:
    form = only(of("in", Call(function, (WORD,)), Items((Text("draft"), Text("Paid"))))).form
    assert form == Words(words, False, bool(words))


@given(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), bounds, st.sampled_from(numeric[1:]))
def test_distance_from_zero(operator: str, bound: str, value: Decimal) -> None:
    found = requirements(of(operator, Call("abs", (X,)), number(bound)), "postgresql")
    expected = Logic({"x": abs(value)}, name_of, coerces=False).truth(of(operator, X, number(bound)))
    assert predicted(found, {"x": value}, name_of) is expected


@settings(max_examples=300)
@given(
    st.sampled_from(["floor", "ceil", "truncate", "round"]),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.sampled_from(["-2", "-0.5", "0", "0.5", "1", "3"]),
    st.integers(-80, 80),
)
def test_rounded_values(function: str, operator: str, bound: str, twentieths: int) -> None:
    value = Decimal(twentieths) / 20
    guess = predicted(requirements(of(operator, Call(function, (X,)), number(bound))), {"x": value}, name_of)
    rounding = {"floor": "ROUND_FLOOR", "ceil": "ROUND_CEILING", "truncate": "ROUND_DOWN", "round": "ROUND_HALF_UP"}
    rounded = value.quantize(Decimal(1), rounding[function])
    expected = Logic({"x": rounded}, name_of, coerces=False).truth(of(operator, X, number(bound)))
    assume(guess is not None)
    assert guess is expected


def test_null_is_no_number() -> None:
    assert requirements(of(">", X, Null()), "postgresql")[0].kind is Kind.CONDITIONAL
