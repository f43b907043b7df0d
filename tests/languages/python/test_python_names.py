"""Constants, enumerations, classes and imports of Python."""

import ast

import libcst as cst
import pytest
import reading
from reading import told

from archlint.algebra import canonical
from archlint.languages.python import literals
from archlint.pipeline import Options, scan


def facts(text):
    return reading.facts(text, "app/orders.py")


def statements(text, *kinds):
    return reading.statements(text, *kinds, path="app/orders.py")


def constants(text):
    return {canonical(item.target): canonical(item.value) for item in facts(text).bindings if item.kind == "constant"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A = 5_000", "5000"),
        ("A = -0.5", "-0.5"),
        ("A: Final = 'x' 'y'", '"xy"'),
        ("A = frozenset({'a', 'b'})", '["a", "b"]'),
        ("A = ('a', *('b', 'c'))", '["a", "b", "c"]'),
        ("A = {'a': 1} | {'b': 2}", "{a: 1, b: 2}"),
        ("A = dict(a=1, b=2)", "{a: 1, b: 2}"),
        ("from types import MappingProxyType\nA = MappingProxyType({'a': 1})", "{a: 1}"),
        ("from decimal import Decimal as D\nA = D('0.190')", "0.19"),
        ("from datetime import timedelta\nA = timedelta(days=2, hours=1)", "duration(0 months, 176400 seconds)"),
        (
            "from dateutil.relativedelta import relativedelta\nA = relativedelta(months=3)",
            "duration(3 months, 0 seconds)",
        ),
        ("import re\nA = re.compile(r'^[a-z]+$', re.I)", "/^[a-z]+$/i python"),
        ("A = 60 * 60", "(60 * 60)"),
    ],
)
def test_a_constant_of_the_module(text, wanted):
    assert constants(text)["A@0"] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "A = 5\nA = 6",
        "A = 5\ndef f():\n    global A\n    A = 6",
        "if flag:\n    A = 5\nelse:\n    A = 6",
        "try:\n    A = 5\nexcept ImportError:\n    A = 6",
        "for A in (1, 2): pass",
    ],
)
def test_what_is_set_twice_is_no_constant(text):
    assert "A@0" not in constants(text)


def test_a_parameter_that_is_set_is_no_constant():
    assert constants("def f(a):\n    a = a or 5\n    return a * 2\n") == {}


DRAFT_OR_PAID = 'values | Status@0 | ["draft", "paid"]'


@pytest.mark.parametrize(
    ("parents", "body", "wanted"),
    [
        ("StrEnum", "DRAFT = 'draft'\n    PAID = 'paid'", [DRAFT_OR_PAID]),
        ("str, enum.Enum", "DRAFT = 'draft'\n    PAID = 'paid'", [DRAFT_OR_PAID]),
        ("StrEnum", "DRAFT = auto()\n    PAID = auto()", [DRAFT_OR_PAID]),
        (
            "models.TextChoices",
            "DRAFT = 'draft', _('Draft')\n    PAID = 'paid'",
            [DRAFT_OR_PAID],
        ),
        ("Enum", "DRAFT = auto()\n    PAID = auto()", []),
        ("IntEnum", "DRAFT = 1\n    PAID = 2", []),
    ],
)
def test_an_enumeration_lists_values(parents, body, wanted):
    text = f"import enum\nfrom enum import *\nclass Status({parents}):\n    {body}\n"
    assert statements(text, "values") == wanted


def test_members_of_an_enumeration_are_keys_and_steps():
    text = """
        from enum import StrEnum

        class Status(StrEnum):
            DRAFT = "draft"
            SENT = "sent"

        NEXT = {Status.DRAFT: {Status.SENT}, Status.SENT: set()}

        def f(order):
            if order.status == Status.SENT.value:
                raise ValueError("x")
    """
    assert statements(text, "transition") == ["transition | NEXT@0 | draft -> sent"]
    assert statements(text, "require") == ["require | not((Status@0.SENT = order@1.status))"]


def test_what_a_method_does_it_does_to_its_class():
    text = """
        class Cart:
            LIMIT = 5

            def __init__(self, size: int):
                self.size = size

            def add(self, count):
                if count > self.LIMIT:
                    raise ValueError("x")

            @staticmethod
            def of(count):
                return count * 2
    """
    found = facts(text)
    assert [told(item) for item in found.statements if item.kind == "require"] == [
        "require | not((Cart@0.LIMIT < count@2))"
    ]
    assert [item.name for item in found.functions] == ["Cart.__init__", "Cart.add", "Cart.of"]
    assert [item.parameters for item in found.functions] == [("size@1",), ("count@2",), ("count@3",)]
    assert ("Cart@0.size", "size@1") in [(canonical(item.target), canonical(item.value)) for item in found.bindings]


def test_arguments_are_handed_on_by_place_and_by_name():
    (call,) = facts("def f(a, b):\n    save(a, days=b)\n").invocations
    assert [canonical(item) for item in call.arguments] == ["a@1"]
    assert [(name, canonical(value)) for name, value in call.named] == [("days", "b@1")]


SCHEMA = "create table loans (id int primary key, hours int check (hours <= 40), kind text check (kind in ('a', 'b')));"
SHOP = {
    "db/001.sql": SCHEMA,
    "api/limits/__init__.py": "from .hours import MOST\n",
    "api/limits/hours.py": "MOST = 60\nLEAST = 1\n",
}


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("from limits.hours import MOST", "MOST"),
        ("from limits import MOST as M", "M"),
        ("from api.limits import hours", "hours.MOST"),
        ("from .limits.hours import MOST", "MOST"),
        ("from . import limits", "limits.MOST"),
        ("import limits.hours", "limits.hours.MOST"),
        ("import limits.hours as of", "of.MOST"),
    ],
)
def test_a_constant_is_found_across_modules(tree, opening, name):
    guard = f"{opening}\n\ndef check(loan):\n    if loan.hours > {name}:\n        raise ValueError('x')\n"
    report = scan(tree(SHOP | {"api/loans.py": guard}), Options(jobs=1, cache=False))
    rules = {rule.id: rule for rule in report.rules}
    assert {site.normal for site in rules["loans.hours:bound"].sites} == {"value <= 40", "value <= 60"}


@pytest.mark.parametrize(
    "written",
    [
        "''",
        '""',
        "''''''",
        "'paid'",
        "'''it's\n late'''",
        '"a\\tb"',
        "r'\\d'",
        "b'paid'",
        "u'paid'",
        "'''a\r\nb'''",
        "'ö'",
    ],
)
def test_a_literal_spells_what_python_says(written):
    assert literals.spelled(cst.SimpleString(written)) == ast.literal_eval(written)


def test_libcst_examines_nodes_again_once_a_file_is_read():
    reading.facts("def f(a):\n    if a > 5: raise ValueError('x')\n", "app/a.py")
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")
