"""Half-written, foreign and mutilated SQL costs only itself."""

import pytest
from telling import read, statements

FIRST = "CREATE TABLE a (x int CHECK (x > 1));\n"
LAST = "CREATE TABLE b (y int CHECK (y > 2));\n"


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE half (x int CHECK (x >\n",
        "CREATE TABLE half (x int CHECK (x > );\n",
        "ALTER TABLE ONLY;\n",
        "CREATE POLICY p ON;\n",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF THEN END $$;\n",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ nonsense $$;\n",
        "SELEKT * FORM t;\n",
        "GRANT ON TO;\n",
        "INSERT INTO t (a, b) VALUES (1;\n",
        "CREATE TYPE t AS ENUM ('a', ;\n",
        "DO $$ BEGIN CREATE TABLE; END $$;\n",
        "\\connect other\n",
        "/* never opened */ */;\n",
        "((((((((;\n",
        "COPY t (a, b) FROM stdin;\n1\t;'\"$$\n\\.\n",
        ";;;\n",
    ],
)
def test_a_broken_statement_costs_only_itself(broken: str):
    found = statements(FIRST + broken + LAST)
    assert found[0] == "require (a.x > 1)"
    assert found[-1] == "require (b.y > 2)"


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE half (x int CHECK (x > );\n",
        "CREATE POLICY p ON;\n",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF THEN END $$;\n",
    ],
)
def test_what_was_not_read_is_told(broken: str):
    (problem, *_) = read(FIRST + broken + LAST).problems
    assert problem.line == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"\x00" * 50,
        b"\xef\xbb\xbfCREATE TABLE a (x int);",
        b"'",
        b"$$",
        b"/*",
        b"--",
        b'"',
    ],
)
def test_no_bytes_are_too_strange(content: bytes):
    from archlint.languages import postgresql

    facts = postgresql.read("x.sql", content)
    assert facts.lines >= 0


def test_an_unclosed_body_ends_with_the_file():
    facts = read(FIRST + "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n" + LAST)
    assert facts.changes[0].table == "a"


def test_windows_line_ends_change_nothing():
    sql = "CREATE TABLE t (\n  a int CHECK (a > 1),\n  b int CHECK (b > 2)\n);\n"
    unix, windows = read(sql), read(sql.replace("\n", "\r\n"))
    assert [item.span for item in unix.statements] == [item.span for item in windows.statements]


def test_deep_nesting_is_no_error():
    depth = 3000
    facts = read(FIRST + f"CREATE TABLE d (x int CHECK ({'(' * depth}x > 1{')' * depth}));\n" + LAST)
    assert facts.changes[0].table == "a"
    assert facts.changes[-1].table == "b"
