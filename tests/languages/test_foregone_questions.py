"""Questions about a name that fell back to a value of its own before they are asked."""

import pytest

from archlint.languages import python, typescript


def python_tells(body: str) -> list[tuple[str, str, bool, int, int]]:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    facts = python.read("lend.py", f"def lend(reader, loan):\n{lines}".encode())
    return [(item.name, item.never, item.refuses, item.fallback.line, item.span.line) for item in facts.foregone]


def typescript_tells(body: str) -> list[tuple[str, str, bool]]:
    facts = typescript.read("lend.ts", f"export function lend(reader, loan) {{\n{body}\n}}".encode())
    return [(item.name, item.never, item.refuses) for item in facts.foregone]


def test_a_choice_that_was_made_by_the_fallback():
    body = """
reader = reader or "somebody"
state = "lent" if reader else "free"
"""
    assert python_tells(body) == [("reader", "free", False, 2, 3)]


def test_a_choice_that_asks_whether_there_is_nothing():
    body = """
reader = reader or "somebody"
state = "free" if reader is None else "lent"
"""
    assert python_tells(body) == [("reader", "free", False, 2, 3)]


def test_a_guard_behind_the_fallback():
    body = """
reader = reader or "somebody"
if not reader:
    raise ValueError("nobody")
"""
    assert python_tells(body) == [("reader", "", True, 2, 3)]


@pytest.mark.parametrize(
    "body",
    [
        # What a branch can pass by is not for good.
        'if loan:\n    reader = reader or "somebody"\nstate = "lent" if reader else "free"',
        'state = "lent" if reader else "free"\nreader = reader or "somebody"',
        'reader = reader or ""\nstate = "lent" if reader else "free"',
        "reader = reader or loan\nstate = 'lent' if reader else 'free'",
        'reader = reader or "somebody"\nreader = loan.reader\nstate = "lent" if reader else "free"',
        # The second time around, the name holds something else.
        'reader = reader or "a"\nwhile loan:\n    state = "lent" if reader else "free"\n    reader = loan.next()',
        'name = reader or "somebody"\nstate = "lent" if reader else "free"',
        'reader = reader or "somebody"\nstate = "lent" if reader == "ann" else "free"',
    ],
)
def test_what_still_has_two_answers(body):
    assert python_tells(body) == []


def test_the_same_in_typescript():
    chosen = 'const state = title ? "named" : "nameless";'
    assert typescript_tells(f'const title = loan.title || "none"; {chosen}') == [("title", "nameless", False)]
    # An empty text is there, and counts as nothing.
    assert typescript_tells(f'const title = loan.title ?? "none"; {chosen}') == []
    assert typescript_tells(f'let title = loan.title || "none"; if (loan.old) title = loan.before; {chosen}') == []
