"""Schemas, forms and data classes of Python: what the fields of each library's classes demand."""

import pytest
from reading import facts, statements

PYDANTIC = """
from typing import Annotated, Literal, Optional
from annotated_types import Ge, Le
from pydantic import BaseModel, Field, NonNegativeInt, conint, constr
class Booking(BaseModel):
    {field}
"""
MARSHMALLOW = """
from marshmallow import Schema, fields, validate
class Booking(Schema):
    {field}
"""
REST = """
from rest_framework import serializers
class Booking(serializers.Serializer):
    {field}
"""
FORM = """
from django import forms
from django.core.validators import MaxValueValidator, RegexValidator
class Booking(forms.Form):
    {field}
"""
WTFORMS = """
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, NumberRange, Optional
class Booking(FlaskForm):
    {field}
"""
ATTRS = """
import attr
from attrs import define, field, validators
@define
class Booking:
    {field}
"""


def said(frame: str, field: str, *kinds: str) -> list[str]:
    """What a field says, under the name of its class."""
    found = statements(frame.format(field=field), *(kinds or ("require", "values", "default")), path="app/a.py")
    return [item.replace("Booking@0.", "").replace(" | ", " ") for item in found]


PRESENT = "require not(is null({}))"


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (
            "guests: int = Field(gt=0, le=12)",
            ["require (0 < guests)", "require (guests <= 12)", PRESENT.format("guests")],
        ),
        ("guests: int = Field(2, ge=1)", ["default guests = 2", "require (1 <= guests)"]),
        ("guests: int = Field(default=2, lt=9)", ["default guests = 2", "require (guests < 9)"]),
        (
            "guests: Annotated[int, Ge(1), Le(6)]",
            ["require (1 <= guests)", "require (guests <= 6)", PRESENT.format("guests")],
        ),
        (
            "guests: conint(ge=1, multiple_of=2) = 4",
            ["require (1 <= guests)", "require ((guests % 2) = 0)", "default guests = 4"],
        ),
        ("guests: Optional[NonNegativeInt] = None", ["require (0 <= guests)"]),
        (
            "name: constr(min_length=2, max_length=30) = 'x'",
            ["require (2 <= length(name))", "require (length(name) <= 30)", 'default name = "x"'],
        ),
        ("tags: list[str] = Field(default_factory=list, max_length=5)", ["require (count(tags) <= 5)"]),
        ("state: Literal['held', 'paid'] = 'held'", ['values state ["held", "paid"]', 'default state = "held"']),
        ("note: str | None", []),
        ("note: str = Field(...)", [PRESENT.format("note")]),
        (
            "code: str = Field('A', pattern='^[A-Z]$')",
            ['default code = "A"', "require (code matches /^[A-Z]$/ python)"],
        ),
        ("code: str = Field('A', regex='[A-Z]')", ['default code = "A"', "require (code matches /^(?:[A-Z])/ python)"]),
    ],
)
def test_fields_of_pydantic(field, wanted):
    assert said(PYDANTIC, field) == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (
            "guests = fields.Int(required=True, validate=validate.Range(min=1, max=9))",
            [PRESENT.format("guests"), "require (1 <= guests)", "require (guests <= 9)"],
        ),
        ("guests = fields.Int(validate=validate.Range(min=0, min_inclusive=False))", ["require (0 < guests)"]),
        (
            "guests = fields.Int(validate=[validate.Range(1), validate.NoneOf([13])])",
            ["require (1 <= guests)", "require not((guests in [13]))"],
        ),
        (
            "state = fields.Str(load_default='held', validate=validate.OneOf(['held', 'paid']))",
            ['default state = "held"', 'values state ["held", "paid"]'],
        ),
        ("name = fields.Str(validate=validate.Length(equal=4))", ["require (4 = length(name))"]),
        ("tags = fields.List(fields.Str(), validate=validate.Length(max=3))", ["require (count(tags) <= 3)"]),
    ],
)
def test_fields_of_marshmallow(field, wanted):
    assert said(MARSHMALLOW, field) == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (
            "guests = serializers.IntegerField(min_value=1, max_value=8)",
            ["require (1 <= guests)", "require (guests <= 8)", PRESENT.format("guests")],
        ),
        (
            "state = serializers.ChoiceField(choices=[('held', 'Held'), ('paid', 'Paid')], default='held')",
            ['values state ["held", "paid"]', 'default state = "held"'],
        ),
        (
            "name = serializers.CharField(max_length=40)",
            ["require (length(name) <= 40)", 'require (("" != name) and not(is null(name)))'],
        ),
        ("name = serializers.CharField(allow_blank=True)", [PRESENT.format("name")]),
        ("name = serializers.CharField(read_only=True)", []),
        ("name = serializers.CharField(required=False)", []),
        ("total = serializers.SerializerMethodField()", []),
    ],
)
def test_fields_of_serializers(field, wanted):
    assert said(REST, field) == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (
            "guests = forms.IntegerField(min_value=2, validators=[MaxValueValidator(5)])",
            ["require (2 <= guests)", "require (guests <= 5)", PRESENT.format("guests")],
        ),
        (
            "code = forms.CharField(required=False, validators=[RegexValidator(r'^[A-Z]+$')])",
            ["require (code matches /^[A-Z]+$/ python)"],
        ),
        ("code = forms.CharField(required=False, validators=[RegexValidator('x', inverse_match=True)])", []),
        (
            "state = forms.ChoiceField(required=False, choices=(('', '---'), ('held', 'Held')))",
            ['values state ["held"]'],
        ),
    ],
)
def test_fields_of_forms(field, wanted):
    assert said(FORM, field) == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (
            "name = StringField('Name', validators=[DataRequired(), Length(max=20)])",
            ['require (("" != name) and not(is null(name)))', "require (length(name) <= 20)"],
        ),
        (
            "guests = IntegerField('Guests', [DataRequired(), NumberRange(1, 6)])",
            [PRESENT.format("guests"), "require (1 <= guests)", "require (guests <= 6)"],
        ),
        ("state = SelectField(choices=[('held', 'Held'), ('paid', 'Paid')])", ['values state ["held", "paid"]']),
        ("again = StringField(validators=[EqualTo('password')])", ["require (again = password)"]),
    ],
)
def test_fields_of_wtforms(field, wanted):
    assert said(WTFORMS, field) == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("guests: int = field(default=1, validator=validators.ge(1))", ["default guests = 1", "require (1 <= guests)"]),
        ("guests = attr.ib(validator=[attr.validators.in_([2, 4])])", ["values guests [2, 4]"]),
        ("guests = attr.ib(factory=list)", []),
    ],
)
def test_fields_of_attrs(field, wanted):
    assert said(ATTRS, field) == wanted


def test_a_class_that_only_looks_like_one_says_nothing():
    text = """
    class BaseModel: ...
    class Booking:
        guests = IntegerField(min_value=1)
    """
    assert statements(text, "require", "values", path="a.py") == []


def test_a_parameter_of_a_handler_is_a_field():
    text = """
    from fastapi import Query
    def listed(limit: int = Query(20, ge=1, le=100)):
        return limit
    """
    assert statements(text, "require", "default", path="a.py") == [
        "default | limit@1 | = 20",
        "require | (1 <= limit@1)",
        "require | (limit@1 <= 100)",
    ]


@pytest.mark.parametrize(
    ("library", "method"),
    [
        ("pydantic", "@field_validator('guests')\n    @classmethod\n    def check(cls, value):"),
        ("pydantic", "@validator('guests')\n    def check(cls, value):"),
        ("marshmallow", "@validates('guests')\n    def check(self, value, **more):"),
        ("rest", "def validate_guests(self, value):"),
        ("attrs", "@guests.validator\n    def check(self, attribute, value):"),
    ],
)
def test_a_validator_speaks_of_its_field(library, method):
    frames = {"pydantic": PYDANTIC, "marshmallow": MARSHMALLOW, "rest": REST, "attrs": ATTRS}
    fields = {
        "pydantic": "guests: int = 1",
        "marshmallow": "guests = fields.Int()",
        "rest": "guests = serializers.IntegerField()",
        "attrs": "guests = attr.ib()",
    }
    text = frames[library].format(field=fields[library]) + f"\n    {method}\n        if value > 9:\n"
    text += "            raise ValueError('too many')\n"
    text = text.replace("import BaseModel", "import BaseModel, field_validator, validator")
    text = text.replace("import Schema", "import Schema, validates")
    said_ = statements(text, "require", path="a.py")
    assert any("(value@1 <= 9)" in item or "(9 < value@1)" in item for item in said_)
    assert ("Booking@0", ("guests",), "value@1") in {
        (item.target.name, item.target.path, getattr(item.value, "name", "")) for item in facts(text, "a.py").bindings
    }
