"""Small repositories whose rules stand in classes of Python's libraries: what is found in them, and what is not."""

import textwrap

import pytest

from archlint.pipeline import Options, scan

# That one rule stands in several places is true of all of these.
SCATTERED = "AL101"
OPTIONS = Options(jobs=1, cache=False)

SQL = """
create table bookings (
  id bigint generated always as identity primary key,
  guest text not null check (length(guest) <= 40),
  nights integer not null check (nights between 1 and 30),
  state text not null default 'held' check (state in ('held', 'paid', 'gone'))
);
"""
API = """
import asyncpg
from fastapi import APIRouter, Depends
from .database import connect
from pydantic import BaseModel, Field
router = APIRouter()

class BookingIn(BaseModel):
    guest: str = Field(max_length={guest})
    nights: int = Field(ge=1, le={nights})

@router.post("/bookings")
async def book(body: BookingIn, connection: asyncpg.Connection = Depends(connect)):
    await connection.execute(
        "INSERT INTO bookings (guest, nights, state) VALUES ($1, $2, {state})", body.guest, body.nights
    )
"""
SCREEN = """
export function BookingForm() {{
  const [nights, setNights] = useState(1)
  const send = async () => {{
    if (nights > {nights}) {{ alert('Too many nights'); return }}
    await fetch('/bookings', {{ method: 'POST', body: JSON.stringify({{ nights, guest: 'x' }}) }})
  }}
  return <button onClick={{send}}>Book</button>
}}
"""
MODELS = """
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

class Booking(models.Model):
    class State(models.TextChoices):
        HELD = "held", "Held"
        PAID = "paid", "Paid"

    guest = models.CharField(max_length=40)
    nights = models.IntegerField(validators=[MaxValueValidator(30)])
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    rooms = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(check=Q(rooms__gte=1) & Q(rooms__lte=9), name="some_rooms")]

    def clean(self):
        if self.rooms > {rooms}:
            raise ValidationError("Ask for a group")
"""
SERIALIZER = """
from rest_framework import serializers
from .models import Booking

class BookingSerializer(serializers.ModelSerializer):
    nights = serializers.IntegerField(max_value={nights}{more})

    class Meta:
        model = Booking
        fields = ["guest", "nights"]
"""
FORM = """
from django import forms
from .models import Booking

class BookingForm(forms.ModelForm):
    state = forms.ChoiceField(choices=[{words}])

    class Meta:
        model = Booking
        fields = ["state"]
"""
VIEWS = """
from .models import Booking

def change(request, key):
    {act}
"""
TABLES = """
from sqlalchemy import CheckConstraint, Column, Integer, String
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

class Booking(Base):
    __tablename__ = "bookings"
    __table_args__ = (CheckConstraint("state in ('held', 'paid')", name="states"),)
    id = Column(Integer, primary_key=True)
    guest = Column(String(40), nullable=False)
    nights = Column(Integer, CheckConstraint("nights > 0 and nights <= 30"), nullable=False)
    state = Column(String(8), nullable=False, server_default="held")
"""
SCHEMA = """
from marshmallow import Schema, fields, validate
from .tables import Booking

class BookingSchema(Schema):
    guest = fields.Str(required=True, validate=validate.Length(max=40))
    nights = fields.Int(required=True, validate=validate.Range(min=1, max={nights}))

def book(session, request):
    sent = BookingSchema().load(request.json)
    session.add(Booking(guest=sent["guest"], nights=sent["nights"]))
    session.commit()
"""
WTFORM = """
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length
from .tables import Booking

class BookingForm(FlaskForm):
    guest = StringField("Guest", validators=[DataRequired(), Length(max={guest})])

def book(session):
    form = BookingForm()
    session.add(Booking(guest=form.guest.data, nights=1))
    session.commit()
"""
LISTENER = """
from supabase import create_client
supabase = create_client(URL, KEY)

def leave(key):
    supabase.table("bookings").update({{"state": "{word}"}}).eq("id", key).execute()
"""


def found(tree, files: dict[str, str]) -> set[str]:
    """The codes of all findings that a scan shows by itself."""
    root = tree({path: textwrap.dedent(text) for path, text in files.items()})
    return {item.code for item in scan(root, OPTIONS).findings if item.confidence >= 0.6} - {SCATTERED}


def api(guest=40, nights=30, state="'held'", **more: str) -> dict[str, str]:
    return {"db/schema.sql": SQL, "api/bookings.py": API.format(guest=guest, nights=nights, state=state), **more}


def hotel(rooms=9, **more: str) -> dict[str, str]:
    return {"hotel/models.py": MODELS.format(rooms=rooms), **{f"hotel/{name}.py": text for name, text in more.items()}}


def shop(**more: str) -> dict[str, str]:
    return {"shop/tables.py": TABLES, **{f"shop/{name}.py": text for name, text in more.items()}}


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        # A model of pydantic and the CHECK of the column that it ends in.
        (api(), set()),
        (api(nights=31), {"AL201"}),
        (api(guest=50), {"AL201"}),
        (api(state="'open'"), {"AL204"}),
        # A form in the browser against the model behind its route.
        (api(**{"web/src/BookingForm.tsx": SCREEN.format(nights=30)}), set()),
        (api(**{"web/src/BookingForm.tsx": SCREEN.format(nights=60)}), {"AL201"}),
        # A serializer against its model.
        (hotel(serializers=SERIALIZER.format(nights=30, more="")), set()),
        (hotel(serializers=SERIALIZER.format(nights=28, more="")), {"AL201"}),
        (hotel(serializers=SERIALIZER.format(nights=28, more=", read_only=True")), set()),
        # A check of the model in its own code against the constraint of its table.
        (hotel(), set()),
        (hotel(rooms=12), {"AL201"}),
        # What a form offers against the choices of the model.
        (hotel(forms=FORM.format(words="('held', 'Held')")), set()),
        (hotel(forms=FORM.format(words="('held', 'Held'), ('lost', 'Lost')")), {"AL204"}),
        # What views store.
        (hotel(views=VIEWS.format(act="Booking.objects.filter(pk=key).update(state=Booking.State.PAID)")), set()),
        (hotel(views=VIEWS.format(act="Booking.objects.filter(pk=key).update(state='lost')")), {"AL204"}),
        (hotel(views=VIEWS.format(act="Booking.objects.update(floor=2)")), {"AL210"}),
        # Any member can be set on an object; only columns are stored.
        (hotel(views=VIEWS.format(
            act="row = Booking.objects.get(pk=key); row.seen = True; row.state = 'paid'; row.save()")), set()),
        (hotel(views=VIEWS.format(
            act="row = Booking.objects.get(pk=key); row.seen = True; row.state = 'lost'; row.save()")), {"AL204"}),
        # A schema of marshmallow and a form of Flask against tables of SQLAlchemy.
        (shop(schemas=SCHEMA.format(nights=30)), set()),
        (shop(schemas=SCHEMA.format(nights=14)), {"AL201"}),
        (shop(forms=WTFORM.format(guest=40)), set()),
        (shop(forms=WTFORM.format(guest=60)), {"AL201"}),
        # A client of PostgREST against the CHECK.
        ({"db/schema.sql": SQL, "jobs/leave.py": LISTENER.format(word="gone")}, set()),
        ({"db/schema.sql": SQL, "jobs/leave.py": LISTENER.format(word="left")}, {"AL204"}),
    ],
)  # fmt: skip
def test_a_small_repository(tree, files, wanted):
    assert found(tree, files) == wanted


SHELF = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

class Booking(Base):
    __tablename__ = "bookings"
    id = Column(Integer, primary_key=True)
    guest = Column(String({guest}), nullable=False)
"""
LOOSE = """
from pydantic import BaseModel

class BookingFilter(BaseModel):
    guest: str | None = None

class BookingIn(BaseModel):
    guest: str
"""
LISTED = """
def check(guests):
    if len(guests) > 12:
        raise ValueError("too many")
"""


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        # A filter lets everything be absent, and stores nothing.
        ({"a/tables.py": SHELF.format(guest=40), "a/schemas.py": LOOSE}, set()),
        # The number of guests is not the length of a guest's name.
        ({"a/tables.py": SHELF.format(guest=40), "a/checks.py": LISTED}, set()),
        # An older picture of the tables beside those in use.
        ({"a/first.py": SHELF.format(guest=30), "a/tables.py": SHELF.format(guest=40) + "\nclass More(Base):\n"
          "    __tablename__ = 'more'\n    id = Column(Integer, primary_key=True)\n",
          "a/forms.py": WTFORM.format(guest=40)}, set()),
    ],
)  # fmt: skip
def test_what_only_sounds_alike(tree, files, wanted):
    assert found(tree, files) == wanted
