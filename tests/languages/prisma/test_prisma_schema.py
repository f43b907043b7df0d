"""Prisma's schema: models as tables, enums as types."""

import pytest

from archlint.algebra import canonical
from archlint.languages import prisma
from archlint.model.facts import FileFacts
from archlint.model.schema import SchemaChange

SCHEMA = """datasource db { provider = "postgresql" }

enum LoanState {
  OPEN
  BACK @map("returned")
  // LOST
}

/// What is lent.
model Loan {
  id        Int       @id @default(autoincrement())
  state     LoanState @default(OPEN)
  fine      Decimal   @default(0.5) @db.Decimal(6, 2)
  note      String?   @db.VarChar(80) // a "note" {
  mail      String    @unique @map("e_mail")
  tags      String[]
  readerId  String
  reader    Reader    @relation(fields: [readerId], references: [id], onDelete: Cascade)
  lentAt    DateTime  @default(now())
  changedAt DateTime  @updatedAt
  extra     Json      @default("{}")

  @@unique([readerId, mail], name: "once")
  @@index([state])
  @@map("lib_loans")
}

model Reader {
  id    String @id @default(uuid())
  loans Loan[]
  good  Boolean @default(true)
}
"""


def read(text: str) -> FileFacts:
    return prisma.read("prisma/schema.prisma", text.encode())


def table(facts: FileFacts, name: str) -> SchemaChange:
    return next(change for change in facts.changes if change.table == name)


def told(facts: FileFacts) -> list[str]:
    found = []
    for item in facts.statements:
        parts = (item.subject, item.condition, item.value, *item.columns)
        found.append(" ".join([item.kind, *(canonical(part) for part in parts if part is not None)]))
    return found


def test_what_fields_state():
    assert told(read(SCHEMA))[:9] == [
        "unique table:lib_loans.id",
        "require not(is null(table:lib_loans.id))",
        'default table:lib_loans.state "OPEN"',
        "require not(is null(table:lib_loans.state))",
        "default table:lib_loans.fine 0.5",
        "require not(is null(table:lib_loans.fine))",
        "require (length(table:lib_loans.note) <= 80)",
        "unique table:lib_loans.e_mail",
        "require not(is null(table:lib_loans.e_mail))",
    ]
    assert "unique table:lib_loans.readerId table:lib_loans.e_mail" in told(read(SCHEMA))


def test_columns_and_their_types():
    columns = table(read(SCHEMA), "lib_loans").columns
    assert [(item.name, item.type, item.size, item.required, item.identity, item.array) for item in columns] == [
        ("id", "integer", (), True, True, False),
        ("state", "LoanState", (), True, False, False),
        ("fine", "numeric", (6, 2), True, False, False),
        ("note", "varchar", (80,), False, False, False),
        ("e_mail", "text", (), True, False, False),
        ("tags", "text", (), False, False, True),
        ("readerId", "text", (), True, False, False),
        ("lentAt", "timestamp", (), True, False, False),
        ("changedAt", "timestamp", (), True, False, False),
        ("extra", "jsonb", (), True, False, False),
    ]
    assert all(item.default is not None for item in columns if item.name in ("lentAt", "changedAt", "extra", "id"))


def test_relations_are_keys_and_no_columns():
    facts = read(SCHEMA)
    keys = [(item.columns, item.target) for item in table(facts, "lib_loans").constraints if item.kind == "foreign"]
    assert keys == [(("readerId",), "Reader")]
    assert [column.name for column in table(facts, "Reader").columns] == ["id", "good"]


def test_an_enum_knows_the_words_of_code_and_of_the_database():
    (change,) = [item for item in read(SCHEMA).changes if item.action == "create enum"]
    assert (change.name, change.words) == ("LoanState", ("OPEN", "BACK", "returned"))


def test_code_knows_a_model_by_its_name():
    use = read(SCHEMA).tables[0]
    assert (use.name, use.table, dict(use.fields)["mail"]) == ("Loan", "lib_loans", "e_mail")


def test_places_are_exact():
    facts = read(SCHEMA)
    default = next(item for item in facts.statements if item.kind == "default")
    assert (default.span.line, default.span.column, default.text) == (12, 23, "@default(OPEN)")


@pytest.mark.parametrize("end", range(60, len(SCHEMA), 41))
def test_a_torn_file_is_read_as_far_as_it_goes(end: int):
    facts = read(SCHEMA[:end])
    assert len(facts.problems) <= 1


def test_a_block_that_is_not_closed_is_told():
    facts = read("model A {\n  id Int @id\n\nmodel B {\n  id Int @id\n}\n")
    assert [problem.line for problem in facts.problems] == [1]


def test_what_the_client_fills_and_what_holds_rows_of_others():
    (use,) = (
        item
        for item in read(SCHEMA + "model Note {\n  id String @id @default(cuid())\n}\n").tables
        if item.name == "Note"
    )
    assert use.filled == ("id",)
    (loan,) = (item for item in read(SCHEMA).tables if item.name == "Loan")
    assert loan.filled == ("changedAt",)
    assert [name for name, _ in loan.relations] == ["reader"]
