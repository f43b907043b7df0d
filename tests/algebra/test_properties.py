"""Relations and their witnesses hold for any two sets, judged the slow way."""

import itertools
from fractions import Fraction

import naive
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlint.algebra import Verdict, accepts, comparison, conjoin, relate, transform
from archlint.model.predicate import (
    Anything,
    Columns,
    Compared,
    Constant,
    Form,
    Interval,
    Numbers,
    Predicate,
    Shape,
    Steps,
    Words,
)
from archlint.model.rule import Relation

FACTORS = {10, 60, 100, 1000, 1024, 3600, 86400}
# Fine where the ends of intervals lie, and whole beyond: steps of 3 and 5 meet at 15 only.
GRID = sorted(
    {Fraction(number, 20) for number in range(-260, 261)}
    | {Fraction(number) for number in range(-60, 61)}
    | {Fraction(-1000), Fraction(1000)}
)
SIDED = {Relation.STRICTER, Relation.LOOSER, Relation.OVERLAPPING, Relation.DISJOINT, Relation.BOUNDARY, Relation.UNIT}


def decimal(number: Fraction) -> str:
    """Exact decimal text."""
    return f"{float(number):.10f}".rstrip("0").rstrip(".") if number.denominator != 1 else str(number.numerator)


ends = st.sampled_from([Fraction(number, part) for number in range(-12, 13) for part in (1, 2, 10)])


@st.composite
def numbers(draw: st.DrawFn, unit: str = "") -> Numbers:
    """One to three disjoint intervals in order, open or closed, endless or not, perhaps on a step."""
    pieces = draw(st.integers(1, 3))
    points = sorted(draw(st.lists(ends, min_size=2 * pieces, max_size=2 * pieces, unique=True)))
    intervals = []
    for index in range(pieces):
        low: Fraction | None = points[2 * index]
        high: Fraction | None = points[2 * index + 1]
        if draw(st.integers(0, 5)) == 0:
            high = low
        low_open, high_open = (False, False) if low == high else (draw(st.booleans()), draw(st.booleans()))
        if index == 0 and low != high and draw(st.integers(0, 2)) == 0:
            low, low_open = None, False
        if index == pieces - 1 and low != high and draw(st.integers(0, 2)) == 0:
            high, high_open = None, False
        texts = [None if end is None else decimal(end) for end in (low, high)]
        intervals.append(Interval(texts[0], texts[1], low_open, high_open))
    step = draw(st.sampled_from([None, None, None, "1", "0.5", "0.1", "5", "3", "0.05"]))
    return Numbers(tuple(intervals), step, unit)


def judge(verdict: Verdict, memberships: list[tuple[bool, bool]], witness: tuple[bool, bool] | None) -> None:
    """The claim of a verdict against what is known about many values; `witness` says which side accepts it."""
    assert verdict.relation is not Relation.UNKNOWN
    left_only = any(one and not other for one, other in memberships)
    right_only = any(other and not one for one, other in memberships)
    both = any(one and other for one, other in memberships)
    if verdict.relation is Relation.EQUAL:
        assert not left_only
        assert not right_only
        return
    if verdict.relation is Relation.STRICTER:
        assert not left_only
    if verdict.relation is Relation.LOOSER:
        assert not right_only
    if verdict.relation is Relation.DISJOINT:
        assert not both
    if verdict.relation is Relation.OVERLAPPING:
        assert both or not memberships
    assert witness == (verdict.accepted_by == "left", verdict.accepted_by == "right")


@settings(max_examples=250, deadline=None)
@given(numbers(), numbers(), st.sampled_from([None, 0, 1, 2]))
@example(
    Numbers((Interval(None, None, False, False),), "5", ""),
    Numbers((Interval("-12", "-12", False, False), Interval("0.5", None, False, False)), "3", ""),
    0,
)
def test_sets_of_numbers(left: Numbers, right: Numbers, decimals: int | None) -> None:
    one, other = Predicate(left), Predicate(right)
    options = {"integer": True} if decimals == 0 else {"decimals": decimals}
    verdict = relate(one, other, **options)
    assert relate(other, one, **options) == verdict.mirrored()
    assert relate(one, one, **options).relation is Relation.EQUAL
    known = [number for number in GRID if decimals is None or (number * 10**decimals).denominator == 1]
    memberships = [(naive.has_number(left, number), naive.has_number(right, number)) for number in known]
    witness = None
    if verdict.witness:
        number = Fraction(verdict.witness)
        assert decimals is None or (number * 10**decimals).denominator == 1
        witness = naive.has_number(left, number), naive.has_number(right, number)
        value = Constant(verdict.witness, "number")
        assert (accepts(one, value), accepts(other, value)) == witness
    if verdict.relation is Relation.OVERLAPPING and decimals is None:
        # Where two sets overlap, each has what the other lacks; the grid may be too coarse to show it.
        memberships = []
    judge(verdict, memberships, witness)


@given(numbers(), st.sampled_from(GRID))
def test_acceptance_of_numbers(form: Numbers, number: Fraction) -> None:
    assert accepts(Predicate(form), Constant(decimal(number), "number")) == naive.has_number(form, number)


@settings(max_examples=200, deadline=None)
@given(numbers("characters"), numbers("characters"))
def test_lengths(left: Numbers, right: Numbers) -> None:
    verdict = relate(Predicate(left), Predicate(right))
    memberships = [
        (naive.has_number(left, Fraction(size)), naive.has_number(right, Fraction(size))) for size in range(60)
    ]
    witness = None
    if verdict.witness:
        text = Constant("x" * int(verdict.witness), "text")
        witness = bool(accepts(Predicate(left), text)), bool(accepts(Predicate(right), text))
        assert witness == memberships[int(verdict.witness)]
    judge(verdict, memberships, witness)


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.booleans())
def test_a_unit_is_suspected_only_where_the_ratio_is_one_between_units(one: int, other: int, scale: bool) -> None:
    if scale:
        other = one * 100
    verdict = relate(Predicate(Numbers((Interval("0", str(one)),))), Predicate(Numbers((Interval("0", str(other)),))))
    ratio = Fraction(max(one, other), min(one, other))
    assert (verdict.relation is Relation.UNIT) == (ratio in FACTORS)


@settings(max_examples=200)
@given(numbers(), st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_boundary_differs_in_nothing_but_its_ends(form: Numbers, flips: list[bool]) -> None:
    flags = iter(flips)
    turned = tuple(
        Interval(
            item.low,
            item.high,
            item.low_open != (next(flags) and item.low is not None and item.low != item.high),
            item.high_open != (next(flags) and item.high is not None and item.low != item.high),
        )
        for item in form.intervals
    )
    other = Numbers(turned, form.step)
    verdict = relate(Predicate(form), Predicate(other))
    assert verdict.relation in (Relation.EQUAL, Relation.BOUNDARY)
    if verdict.relation is Relation.BOUNDARY:
        edges = {Fraction(end) for item in form.intervals for end in (item.low, item.high) if end is not None}
        assert Fraction(verdict.witness) in edges


words = st.builds(
    Words,
    st.lists(st.sampled_from(["a", "A", "b", "B", "draft", "Draft", "10", "", "other"]), max_size=5, unique=True).map(
        lambda found: tuple(sorted(found))
    ),
    st.booleans(),
    st.booleans(),
)
SPELLINGS = sorted(
    {form(word) for word in ("a", "b", "draft", "other", "zz") for form in (str, str.upper, str.capitalize)}
    | {"", "10"}
)


def word_of(witness: str) -> str:
    """The word that a witness shows."""
    return witness[1:-1] if witness.startswith('"') else witness


@given(words, words)
def test_sets_of_words(left: Words, right: Words) -> None:
    one, other = Predicate(left), Predicate(right)
    verdict = relate(one, other)
    assert relate(other, one) == verdict.mirrored()
    assert relate(one, one).relation is Relation.EQUAL
    if verdict.relation is Relation.UNKNOWN:
        assert left.fold != right.fold
        return
    if verdict.relation is Relation.NULLS:
        raise AssertionError("the empty text is a word like any other here")
    memberships = [(naive.has_word(left, word), naive.has_word(right, word)) for word in SPELLINGS]
    witness = None
    if verdict.witness:
        word = word_of(verdict.witness)
        witness = naive.has_word(left, word), naive.has_word(right, word)
        assert (accepts(one, Constant(word, "text")), accepts(other, Constant(word, "text"))) == witness
    judge(verdict, memberships, witness)


pieces = st.recursive(
    st.sampled_from(["a", "b", "0", "[ab]", "[^a]", "\\d", ".", "[a-c0]"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "{2}", "{2,}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=4,
)
regexes = st.tuples(st.sampled_from(["", "^"]), pieces, st.sampled_from(["", "$"])).map("".join)
likes = st.text("ab0%_", min_size=1, max_size=4)
shapes = st.lists(
    st.one_of(
        st.tuples(regexes, st.sampled_from(["", "i"]), st.sampled_from(["javascript", "postgresql"]), st.booleans()),
        st.tuples(likes, st.sampled_from(["", "i"]), st.just("like"), st.booleans()),
    ),
    min_size=1,
    max_size=2,
).map(lambda found: Shape(tuple(sorted(found))))
TEXTS = ["".join(chars) for size in range(1, 5) for chars in itertools.product("ab0A", repeat=size)]


@settings(max_examples=200, deadline=None)
@given(shapes, st.one_of(shapes, words.filter(lambda form: not form.fold)))
def test_patterns(left: Shape, right: Form) -> None:
    one, other = Predicate(left), Predicate(right)
    verdict = relate(one, other)
    mirrored = relate(other, one)
    assert (mirrored.relation, mirrored.accepted_by) == (verdict.mirrored().relation, verdict.mirrored().accepted_by)
    if verdict.relation in (Relation.UNKNOWN, Relation.NULLS):
        return

    def judged(text: str) -> tuple[bool, bool]:
        second = naive.has_text(right, text) if isinstance(right, Shape) else naive.has_word(right, text)
        return naive.has_text(left, text), second

    memberships = [judged(text) for text in TEXTS]
    witness = None
    if verdict.witness and "…" not in verdict.witness:
        text = word_of(verdict.witness)
        witness = judged(text)
        assert (accepts(one, Constant(text, "text")), accepts(other, Constant(text, "text"))) == witness
    if verdict.relation is Relation.OVERLAPPING:
        memberships = []
    judge(verdict, memberships, witness)


@settings(max_examples=200, deadline=None)
@given(shapes, st.sampled_from([*TEXTS, ""]))
def test_acceptance_of_texts(form: Shape, text: str) -> None:
    assert accepts(Predicate(form), Constant(text, "text")) in (None, naive.has_text(form, text))


comparisons = st.tuples(
    st.sampled_from([("a", "b"), ("b", "a")]),
    st.sampled_from(["<", "<=", "=", ">=", ">", "!="]),
    st.integers(-3, 3),
)


@given(comparisons, comparisons, st.booleans())
def test_comparisons_of_two_fields(left: tuple, right: tuple, integer: bool) -> None:
    forms = [Compared(names[0], operator, names[1], str(offset)) for names, operator, offset in (left, right)]
    one, other = (comparison(form.left, form.operator, form.right, form.offset) for form in forms)
    verdict = relate(one, other, integer=integer)
    assert relate(other, one, integer=integer) == verdict.mirrored()
    assert relate(one, one).relation is Relation.EQUAL

    def judged(a: Fraction, b: Fraction) -> tuple[bool, bool]:
        values = {"a": a, "b": b}
        first, second = (naive.compared(form, values[form.left], values[form.right]) for form in forms)
        return first, second

    steps = [Fraction(number, 1 if integer else 2) for number in range(-12, 13)]
    memberships = [judged(a, Fraction(0)) for a in steps]
    witness = None
    if verdict.witness:
        larger, _, rest = verdict.witness.partition(" = ")
        smaller, _, amount = rest.partition(" + ")
        distance = Fraction(amount or "0")
        assert {larger, smaller} == {"a", "b"}
        witness = judged(distance, Fraction(0)) if larger == "a" else judged(Fraction(0), distance)
    judge(verdict, memberships, witness)


states = st.sampled_from(["draft", "paid", "done", "*"])
steps = st.lists(
    st.tuples(states, states).filter(lambda edge: edge[0] != edge[1] or edge[0] == "*"), min_size=1, max_size=5
)


@given(steps, steps)
def test_steps_of_a_state(left: list, right: list) -> None:
    forms = [Steps(tuple(sorted(set(edges)))) for edges in (left, right)]
    one, other = (Predicate(form) for form in forms)
    verdict = relate(one, other)
    assert relate(other, one) == verdict.mirrored()
    assert relate(one, one).relation is Relation.EQUAL
    named = {state for form in forms for edge in form.edges for state in edge} - {"*"}
    if verdict.relation is Relation.EQUAL:
        named |= {"unheard of"}
    pairs = [(start, end) for start in sorted(named) for end in sorted(named) if start != end]
    memberships = [(naive.has_step(forms[0], *pair), naive.has_step(forms[1], *pair)) for pair in pairs]
    if verdict.relation is Relation.UNKNOWN:
        assert "*" in {state for form in forms for edge in form.edges for state in edge}
        return
    witness = None
    if verdict.witness:
        start, _, end = verdict.witness.partition(" → ")
        witness = naive.has_step(forms[0], start, end), naive.has_step(forms[1], start, end)
    judge(verdict, memberships, witness)


@given(steps, steps)
def test_who_takes_a_step_differs_only_where_it_is_not_allowed(taken: list, allowed: list) -> None:
    taking, allowing = (
        Steps(tuple(sorted(set(edges))), partial) for edges, partial in ((taken, True), (allowed, False))
    )
    verdict = relate(Predicate(taking), Predicate(allowing))
    plain = [edge for edge in taking.edges if "*" not in edge]
    if verdict.relation is Relation.EQUAL:
        assert all(naive.has_step(allowing, *edge) for edge in plain)
    elif verdict.witness:
        start, _, end = verdict.witness.partition(" → ")
        assert verdict.accepted_by == "left"
        assert naive.has_step(taking, start, end)
        assert not naive.has_step(allowing, start, end)


columns = st.tuples(
    st.lists(
        st.sampled_from(["a", "b", "lower(a)", "lower(b)"]),
        min_size=1,
        max_size=2,
        unique_by=lambda name: name[-2:].strip(")"),
    ),
    st.sampled_from(["", "", "c"]),
).map(lambda found: Columns(tuple(sorted(found[0])), found[1]))
ROWS = [
    dict(zip("abc", cells, strict=True)) for cells in itertools.product(("x", "X", "y"), ("x", "X", "y"), ("", "1"))
]


@settings(deadline=None)
@given(columns, columns)
def test_uniqueness(left: Columns, right: Columns) -> None:
    verdict = relate(Predicate(left), Predicate(right))
    assert relate(Predicate(right), Predicate(left)) == verdict.mirrored()
    if verdict.relation is Relation.UNKNOWN:
        return
    memberships = [
        (naive.unique(left, [one, other]), naive.unique(right, [one, other])) for one in ROWS for other in ROWS
    ]
    left_only = any(mine and not theirs for mine, theirs in memberships)
    right_only = any(theirs and not mine for mine, theirs in memberships)
    expected = {
        (False, False): Relation.EQUAL,
        (True, False): Relation.LOOSER,
        (False, True): Relation.STRICTER,
    }[left_only, right_only]
    assert verdict.relation is expected
    assert verdict.accepted_by == {"equal": "", "looser": "left", "stricter": "right"}[expected.value]


forms = st.one_of(numbers(), words.filter(lambda form: not form.fold), st.just(Anything()))


@given(st.lists(forms, min_size=1, max_size=3), st.sampled_from(GRID))
def test_conjoined_sets_admit_what_all_admit(found: list[Form], number: Fraction) -> None:
    value = Constant(decimal(number), "number")
    whole = accepts(conjoin(Predicate(form) for form in found), value)
    assert whole in (None, all(accepts(Predicate(form), value) for form in found))
    if all(isinstance(form, Numbers) for form in found):
        assert whole is not None


@given(st.lists(words, min_size=1, max_size=3), st.sampled_from(SPELLINGS))
def test_conjoined_words_admit_what_all_admit(found: list[Words], word: str) -> None:
    whole = accepts(conjoin(Predicate(form) for form in found), Constant(word, "text"))
    assert whole in (None, all(naive.has_word(form, word) for form in found))


@given(numbers(), st.sampled_from(["100", "0.01", "-1", "2.5", "1"]), st.sampled_from(["0", "0", "5", "-0.5"]), ends)
def test_a_set_in_another_unit(form: Numbers, factor: str, offset: str, number: Fraction) -> None:
    moved = transform(Predicate(form), factor, offset)
    image = number * Fraction(factor) + Fraction(offset)
    accepted = accepts(moved, Constant(decimal(image), "number"))
    assert accepted in (None, naive.has_number(form, number))
    if form.step is None or offset == "0":
        assert accepted is not None
