"""Guards that say the same have the same texts, whatever language wrote them."""

import pytest

from archlint.algebra import canonical, premises
from archlint.model.expression import Boolean, Expression, Items, Null, Operation, Ref, Text

X, F = Ref("status"), Ref("active")


def of(operator: str, *operands: Expression) -> Operation:
    return Operation(operator, operands)


PAID = of("=", X, Text("paid"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([PAID], [of("in", X, Items((Text("paid"),)))]),
        ([PAID], [of("=", Text("paid"), X)]),
        ([PAID], [of("not", of("!=", X, Text("paid")))]),
        ([PAID], [of("not", of("distinct", X, Text("paid")))]),
        ([PAID, F], [of("and", F, PAID)]),
        ([PAID, F], [F, PAID, PAID]),
        ([F], [of("=", F, Boolean(True))]),
        ([F], [of("coalesce", F, Boolean(False))]),
        ([of("not", F)], [of("!=", F, Boolean(True))]),
        ([of("in", X, Items((Text("a"), Text("b"))))], [of("or", of("=", X, Text("b")), of("=", X, Text("a")))]),
        ([of("not", of("is null", X))], [of("not", of("is null", of("coalesce", X, X)))]),
    ],
)
def test_equal_guards(one: list[Expression], other: list[Expression]) -> None:
    assert list(map(canonical, premises(one))) == list(map(canonical, premises(other)))


def test_other_guards_stay_apart() -> None:
    texts = [canonical(item) for item in premises([PAID, of("!=", X, Text("paid")), of("=", X, Null()), of(">", X, F)])]
    assert len(set(texts)) == 4
