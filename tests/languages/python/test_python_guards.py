"""What the branches of Python refuse, and what they only ask."""

import pytest
import reading
from reading import told

PATH = "app/orders.py"


def facts(text):
    return reading.facts(text, PATH)


def statements(text, *kinds):
    return reading.statements(text, *kinds, path=PATH)


def required(text, parameters="a, errors, form"):
    body = "\n".join(f"    {line}" for line in text.split("\n"))
    return [line.removeprefix("require | ") for line in statements(f"def f({parameters}):\n{body}\n", "require")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("if a <= 0 or a > 5000: raise ValueError('x')", ["not((a@1 <= 0))", "not((5000 < a@1))"]),
        ("if not (a > 0 and a <= 5000): raise ValueError('x')", ["((0 < a@1) and (a@1 <= 5000))"]),
        ("if not 0 < a <= 5000: raise ValueError('x')", ["((0 < a@1) and (a@1 <= 5000))"]),
        ("if len(a) < 8: return {'statusCode': 400, 'body': 'x'}", ["not((length(a@1) < 8))"]),
        ("if a > 5: return jsonify(error='x'), 400", ["not((5 < a@1))"]),
        ("if a > 5: return JSONResponse({'detail': 'x'}, status_code=422)", ["not((5 < a@1))"]),
        ("if a > 5: return Response({'a': 'x'}, status=status.HTTP_400_BAD_REQUEST)", ["not((5 < a@1))"]),
        ("if a > 5: raise HTTPException(HTTPStatus.CONFLICT, 'x')", ["not((5 < a@1))"]),
        ("if a > 5: return HttpResponseBadRequest('x')", ["not((5 < a@1))"]),
        ("if a > 5: abort(400)", ["not((5 < a@1))"]),
        ("if a > 5: return {'ok': False, 'reason': 'x'}", ["not((5 < a@1))"]),
        ("if a > 5: return False, 'x'", ["not((5 < a@1))"]),
        ("if len(a.encode()) > 9: raise ValueError('x')", ["not((9 < size(a@1)))"]),
        ("if not a.strip(): raise ValueError('x')", ["trim(a@1)"]),
        ("if a not in ('draft', 'paid'): raise ValueError('x')", ['(a@1 in ["draft", "paid"])']),
        ("if not re.match(r'^[a-z]+$', a): raise ValueError('x')", ["(a@1 matches /^[a-z]+$/ python)"]),
        ("if not re.fullmatch('[a-z]+', a): raise ValueError('x')", ["(a@1 matches /^[a-z]+$/ python)"]),
        ("if re.fullmatch('[a-z]+', a) is None: raise ValueError('x')", ["(a@1 matches /^[a-z]+$/ python)"]),
        ("if not re.search('[0-9]|x', a): raise ValueError('x')", ["(a@1 matches /[0-9]|x/ python)"]),
        ("if not re.match('a|b', a, re.I): raise ValueError('x')", ["(a@1 matches /^(?:a|b)/i python)"]),
        ("if a > 5: errors['a'] = 'x'", ["not((5 < a@1))"]),
        ("if a > 5: errors.append('x')", ["not((5 < a@1))"]),
        ("if a > 5: form.add_error('a', 'x')", ["not((5 < a@1))"]),
        ("assert 1 <= a < 9, 'x'", ["((1 <= a@1) and (a@1 < 9))"]),
        ("if a <= 5:\n    save(a)\nelse:\n    raise ValueError('x')", ["(a@1 <= 5)"]),
        ("if 'total' not in a: raise ValueError('x')\nreturn a['total']", ["not(is null(a@1.total))"]),
        ("if a is None: raise ValueError('x')", ["not(is null(a@1))"]),
    ],
)
def test_a_refusal_is_a_requirement(text, wanted):
    assert required(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "if error: raise error",
        "if response.status_code != 200: raise ValueError('x')",
        "if a > 5: raise NotImplementedError('x')",
        "if a > 5: raise HTTPException(status_code=503)",
        "if a > 5: logger.error('too much')",
        "if a > 5: return {'statusCode': 200}",
        "if a > 5: return {'error': None}",
        "if a > 5: return a, 201",
        "try:\n    g()\nexcept KeyError as e:\n    raise",
        "if isinstance(a, Order): return None",
    ],
)
def test_the_machinery_states_no_rule(text):
    assert required(text, "a, error, response") == []


def test_a_message_with_a_way_back_behind_it_refuses_softly():
    text = "def f(a):\n    if a > 5:\n        flash('Too much for us')\n        return redirect('/orders')\n"
    (found,) = [item for item in facts(text).statements if item.kind == "require"]
    assert (found.strength, found.message) == ("soft", "Too much for us")


def test_a_helper_that_only_refuses_is_known_in_its_file():
    text = "def bad(text):\n    raise ValueError(text)\n\ndef f(a):\n    if a > 5:\n        bad('x')\n"
    assert statements(text, "require") == ["require | not((5 < a@2))"]


def test_a_match_that_refuses_the_rest_lists_a_domain():
    text = """
        def f(o):
            match o.kind:
                case "a" | "b":
                    return 1
                case _:
                    raise E("x")
    """
    assert statements(text, "require") == ['require | (o@1.kind in ["a", "b"])']
    open_ended = text.replace("case _:", "case Other():")
    assert statements(open_ended, "require") == []


def test_an_enclosing_condition_is_a_guard():
    text = "def f(u):\n    if u.kind == 'card':\n        if u.amount > 5:\n            raise ValueError('x')\n"
    assert statements(text, "require") == ['require | not((5 < u@1.amount)) | where ("card" = u@1.kind)']


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fee = a.fee or 3.5", ["default | a@1.fee | = 3.5"]),
        ("fee = a.get('fee', 3)", ["default | a@1.fee | = 3"]),
        ("fee = a.get('fee') or 3", ["default | a@1.fee | = 3"]),
        ("fee = a.pop('fee')", []),
        ("fee = float(os.environ.get('FEE', '5'))", ['default | environment("FEE") | = "5"']),
        ("fee = os.getenv('FEE') or 5", ['default | environment("FEE") | = 5']),
        ("fee = setting('FEE_PERCENT', 5)", ['default | environment("FEE_PERCENT") | = 5']),
        ("name = a.name or ''", []),
        ("fee = client.get('/fees', 3)", []),
    ],
)
def test_a_fallback_is_a_default(text, wanted):
    assert statements(f"import os\n\ndef f(a, client):\n    {text}\n", "default") == wanted


def test_parameters_have_defaults_and_types_have_values():
    text = """
        from typing import Literal

        def f(a, days: int = 14, *, mode: Literal["fast", "slow"] = "fast"):
            return a * days
    """
    assert statements(text, "default") == ["default | days@1 | = 14", 'default | mode@1 | = "fast"']
    assert statements(text, "values") == ['values | mode@1 | ["fast", "slow"]']


def test_a_value_that_is_forced_between_two_numbers():
    text = "def f(a):\n    return max(0, min(100, a.percent))\n"
    assert statements(text, "clamp") == ["clamp | a@1.percent | ((0 <= a@1.percent) and (a@1.percent <= 100))"]


def test_a_formula_and_its_rate():
    text = """
        from decimal import Decimal
        VAT = Decimal("0.19")

        def total(order):
            net = order.price * order.count
            return (net * (1 + VAT)).quantize(Decimal("0.01"))
    """
    assert statements(text, "derive") == [
        "derive | net@1 | = (order@1.count * order@1.price)",
        "derive | total@0 | = round(((1 + VAT@0) * net@1), 2)",
    ]


def test_places_are_those_of_the_file_and_count_characters():
    text = (
        'class A:\n    def f(self, a):\n        "Größe"\n        if a.größe > 5 or a.x > 7:\n            raise E("ü")\n'
    )
    found = [item for item in facts(text).statements if item.kind == "require"]
    assert [(item.span.line, item.span.column, item.span.end_column) for item in found] == [(4, 12, 23), (4, 27, 34)]
    assert [item.text for item in found] == ["a.größe > 5", "a.x > 7"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(a):\n    print 'hello', a\n    return a * 2\n", 2),
        ("def f(a:\n    return 5\n", 1),
        ("x = " + "(" * 3000 + "1" + ")" * 3000 + "\n", 1),
        ("x = a" + ".f()" * 6000 + "\n", 1),
    ],
    ids=["Python 2", "half-written", "brackets", "chain"],
)
def test_what_cannot_be_read_is_a_problem_and_costs_nothing_else(text, line):
    rest = "\ndef g(a):\n    if a > 5:\n        raise ValueError('x')\n"
    for whole in (text + rest, rest + text):
        found = facts(whole)
        assert [told(item) for item in found.statements if item.kind == "require"], whole[:20]
        assert found.problems
    assert facts(text + rest).problems[0].line == line


def test_what_a_session_holds_is_no_part_of_a_text():
    code = "def finish(request):\n    if 'add_key' not in request.session:\n        return HttpResponseForbidden()\n"
    assert not any(
        "contains" in line for line in statements("from django.http import HttpResponseForbidden\n" + code, "require")
    )


def test_what_libcst_refuses_is_a_problem_and_costs_nothing_else():
    """Bytes put next to a text can be parsed, and are no Python."""
    found = facts("def f(a):\n    if a > 5 and g(b'a' 'c'): return 4\n\ndef g(a):\n    if a > 7: abort(400)\n")
    assert [(problem.line, problem.reason) for problem in found.problems] == [(2, "a piece of code is not read")]
    assert [site.kind for site in found.statements] == ["require"]


def test_places_hold_whatever_stands_around_a_piece_of_code():
    """Code is read in pieces: without its depth, without what is read on its own, from the middle of a line."""
    text = """from pydantic import BaseModel, Field
class Order:
    def pay(self, a):
        print('''one
            line'''); b = a.total or 25
        if a.total > 5:
            raise ValueError('x')
        for item in a.items:
            try:
                self.hand(item)
                self.hand(
                    item,
                )
            except KeyError:
                raise ValueError('y')
            self.check(item.fee > 7)
        else:
            assert a.total >= 9

    def hand(self, item):
        if item.fee > 11: return 4
        return None

class Fee(BaseModel):
    def hand(self):
        return (1,
            2)

    rate: int = Field(ge=13)
"""
    found = facts(text).statements
    lines = text.split("\n")
    cut = [
        (item.span.line, lines[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1]) for item in found
    ]
    assert cut == [
        (5, "a.total or 25"),
        (6, "a.total > 5"),
        (16, "item.fee > 7"),
        (18, "a.total >= 9"),
        (21, "item.fee > 11"),
        (29, "ge=13"),
        (29, "rate: int = Field(ge=13)"),
    ]
    assert all(
        item.span.line == item.span.end_line and item.text == place[1] for item, place in zip(found, cut, strict=True)
    )
