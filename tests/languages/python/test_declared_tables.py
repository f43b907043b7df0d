"""Tables that classes declare: Django's models, SQLAlchemy's and SQLModel's classes."""

import pytest
from reading import facts, statements

from archlint.algebra import canonical

DJANGO = """
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

class Room(models.Model):
    {field}
"""
ALCHEMY = """
from sqlalchemy import CheckConstraint, Column, Enum, Integer, Numeric, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Room(Base):
    __tablename__ = "rooms"
    {field}
"""


def table(text: str, path: str = "hotel/models.py"):
    """The last table of a text."""
    return facts(text, path).changes[-1]


def column(frame: str, field: str) -> str:
    """The last column of the table, as its type, and what it has beside it."""
    found = table(frame.format(field=field)).columns[-1]
    size = f"({', '.join(map(str, found.size))})" if found.size else ""
    said = [f"{found.name} {found.type}{size}", *(["required"] if found.required else [])]
    if found.default is not None:
        said.append(f"default {canonical(found.default)}")
    return " ".join([*said, *(["provided"] if found.identity else [])])


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("name = models.CharField(max_length=40)", 'name varchar(40) required default ""'),
        ("beds = models.IntegerField()", "beds integer required"),
        ("beds = models.IntegerField(null=True)", "beds integer"),
        ("beds = models.PositiveSmallIntegerField(default=2)", "beds smallint required default 2"),
        ("price = models.DecimalField(max_digits=8, decimal_places=2)", "price numeric(8, 2) required"),
        ("made = models.DateTimeField(auto_now_add=True)", "made timestamptz required provided"),
        ("house = models.ForeignKey('House', models.CASCADE)", "house_id integer required"),
        ("code = models.CharField(max_length=4, db_column='room_code')", 'room_code varchar(4) required default ""'),
        ("id = models.UUIDField(primary_key=True, default=uuid4)", "id uuid required default uuid4@0"),
        ("price = MoneyField(max_digits=8)", "price  required provided"),
    ],
)
def test_columns_of_models(field, wanted):
    assert column(DJANGO, field) == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("name = Column(String(40), nullable=False)", "name varchar(40) required"),
        ("beds = Column(Integer)", "beds integer"),
        ("beds = Column('bed_count', Integer, default=2)", "bed_count integer default 2"),
        ("beds: Mapped[int]", "beds integer required"),
        ("beds: Mapped[int | None]", "beds integer"),
        ("price: Mapped[float] = mapped_column(Numeric(8, 2), server_default='0')",
         "price numeric(8, 2) required default 0 provided"),
        ("id = Column(Integer, primary_key=True)", "id integer required provided"),
        ("state = Column(Enum('free', 'taken'), nullable=False)", "state enum required"),
    ],
)  # fmt: skip
def test_columns_of_sqlalchemy(field, wanted):
    assert column(ALCHEMY, field) == wanted


@pytest.mark.parametrize(
    ("frame", "field", "wanted"),
    [
        (DJANGO, "name = models.CharField(max_length=40)", "(length(table:hotel_room.name) <= 40)"),
        (ALCHEMY, "beds = Column(Integer, CheckConstraint('beds > 0'))", "(0 < table:rooms.beds)"),
        (ALCHEMY, "__table_args__ = (CheckConstraint('beds between 1 and 6', name='few'),)",
         "(1 <= table:rooms.beds)"),
        (DJANGO, "beds = models.IntegerField()\n    class Meta:\n        constraints = ["
         "models.CheckConstraint(condition=Q(beds__gte=1) & ~Q(beds=13), name='few')]",
         "not((13 = table:hotel_room.beds))"),
        (DJANGO, "a = models.IntegerField()\n    b = models.IntegerField()\n    class Meta:\n        constraints = ["
         "models.CheckConstraint(check=Q(b__gt=F('a')), name='order')]",
         "(table:hotel_room.a < table:hotel_room.b)"),
    ],
)  # fmt: skip
def test_the_database_holds_to_it(frame, field, wanted):
    text = frame.format(field=field)
    read = facts(text, "hotel/models.py")
    held = {index for item in (*read.changes[-1].columns, *read.changes[-1].constraints) for index in item.statements}
    assert wanted in {canonical(read.statements[index].condition) for index in held if read.statements[index].condition}


def test_uniqueness_is_told_in_several_ways():
    text = DJANGO.format(
        field="""a = models.IntegerField(unique=True)
    b = models.IntegerField()
    class Meta:
        unique_together = [("a", "b")]
        constraints = [models.UniqueConstraint(fields=["b"], condition=Q(a=1), name="one")]"""
    )
    found = [(item.kind, item.columns) for item in table(text).constraints]
    assert found == [("unique", ("a",)), ("unique", ("a", "b")), ("unique", ("b",))]
    assert statements(text, "unique", path="hotel/models.py")[-1] == ("unique | (1 = table:hotel_room.a)")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("beds = models.IntegerField()", "hotel_room"),
        ("beds = models.IntegerField()\n    class Meta:\n        db_table = 'Rooms'", "rooms"),
        ("beds = models.IntegerField()\n    class Meta:\n        app_label = 'inn'", "inn_room"),
    ],
)
def test_the_name_of_a_table(body, named):
    assert table(DJANGO.format(field=body)).table == named


@pytest.mark.parametrize("path", ["hotel/migrations/0001_initial.py", "alembic/versions/ab12_rooms.py"])
def test_a_step_of_the_history_declares_no_table(path):
    assert facts(DJANGO.format(field="beds = models.IntegerField()"), path).changes == ()


def test_an_abstract_class_hands_its_columns_on():
    text = """
    from django.db import models
    class Dated(models.Model):
        made = models.DateField()
        class Meta:
            abstract = True
    class Room(Dated):
        beds = models.IntegerField()
    """
    read = facts(text, "hotel/models.py")
    assert [(item.table, item.to, [one.name for one in item.columns]) for item in read.changes] == [
        ("hotel_room", "", ["id", "made", "beds"])
    ]


def test_a_parent_from_elsewhere_may_bring_more_columns():
    text = """
    from django.db import models
    from core.models import Dated
    class Room(Dated):
        beds = models.IntegerField()
    """
    assert table(text).to == "?"


def test_a_table_of_sqlmodel_is_not_validated():
    text = """
    from sqlmodel import Field, SQLModel
    class Room(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(max_length=20, unique=True)
        beds: int = Field(ge=1)
    """
    read = facts(text, "a.py")
    assert [(item.name, item.required) for item in read.changes[0].columns] == [
        ("id", True), ("name", True), ("beds", True)
    ]  # fmt: skip
    (beds,) = [
        item
        for item in read.statements
        if item.condition is not None and canonical(item.condition) == "(1 <= Room@0.beds)"
    ]
    assert beds.strength == "hint"


def test_constants_of_a_class_are_no_columns():
    text = """
    from django.db import models
    class Room(models.Model):
        STATES = [("free", "Free"), ("taken", "Taken")]
        class Size(models.TextChoices):
            SMALL = "s", "Small"
        state = models.CharField(max_length=9, choices=STATES)
        size = models.CharField(max_length=1, choices=Size.choices)
    """
    read = facts(text, "hotel/models.py")
    assert [item.name for item in read.changes[0].columns] == ["id", "state", "size"]
    found = [item for item in read.statements if item.kind == "values" and item.source == "django_models"]
    assert [canonical(item.condition) for item in found] == ['["free", "taken"]', "keys(values(Size@0.1))"]


def test_what_saving_gives_a_value_need_not_be_given():
    text = """
    from django.db import models
    class Room(models.Model):
        number = models.IntegerField()
        beds = models.IntegerField()
        def save(self, *args, **more):
            self.number = next_number()
            super().save(*args, **more)
    """
    assert facts(text, "hotel/models.py").tables[0].filled == ("number",)


def test_a_relation_leads_to_its_table():
    text = """
    from django.db import models
    class House(models.Model):
        name = models.CharField(max_length=9)
    class Room(models.Model):
        house = models.ForeignKey(House, models.CASCADE)
    """
    room = facts(text, "hotel/models.py").tables[1]
    assert ("house", "house_id") in room.fields
    assert [(name, ref.name) for name, ref in room.relations] == [("house", "House@0")]
