"""Access rules of Firestore: who is let in, and what is asked of the documents."""

import pytest

from archlint.algebra import canonical
from archlint.languages import firestore
from archlint.model.facts import FileFacts

RULES = """rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    function isKeeper() {
      return request.auth != null
        && exists(/databases/$(database)/documents/keepers/$(request.auth.uid));
    }
    function shortNote(limit) {
      let note = request.resource.data.get('note', null);
      return note == null || (note is string && note.size() <= limit);
    }
    match /hives/{hive} {
      allow read: if true;
      allow create: if request.auth != null && request.resource.data.owner == request.auth.uid
        && request.resource.data.frames > 0 && shortNote(120);
      allow update: if resource.data.owner == request.auth.uid
        && request.resource.data.diff(resource.data).affectedKeys().hasOnly(['note', 'frames'])
        && request.resource.data.kind in ['wood', 'straw'];
      allow delete: if false;
      match /visits/{visit} {
        allow write: if isKeeper() || request.auth.token.admin == true;
      }
    }
    match /keepers/{uid} {
      allow get, update: if request.auth.uid == uid
        && request.resource.data.role == resource.data.role;
    }
    match /{document=**} { allow read, write: if false; }
  }
}
"""


def read(text: str) -> FileFacts:
    return firestore.read("firestore.rules", text.encode())


def told(facts: FileFacts) -> list[str]:
    return [
        f"{item.span.line} {item.kind} {item.operation} {canonical(item.condition)}"
        for item in facts.statements
        if item.condition is not None
    ]


def test_what_rules_ask_for():
    assert told(read(RULES)) == [
        "14 authorize insert not(is null(current user()))",
        "14 authorize insert (current user() = table:hives.owner)",
        "15 require insert (0 < table:hives.frames)",
        "10 require insert (length(table:hives.note) <= 120)",
        "16 authorize update (current user() = table:hives.owner)",
        "17 require update `hasOnly`",
        '18 require update (table:hives.kind in ["wood", "straw"])',
        '21 authorize any ((current role("admin") = true) or (exists(row#0) and not(is null(current user()))))',
        '21 authorize any ((current role("admin") = true) or (exists(row#0) and not(is null(current user()))))',
        "25 authorize any (current user() = table:keepers.id)",
        "26 require any `kept`",
        "26 require any `kept`",
    ]
    assert read(RULES).problems == ()


def test_each_command_has_a_policy_of_its_own():
    policies = [item for item in read(RULES).changes if item.action == "create policy"]
    assert [(item.table, item.name, item.command, item.permissive) for item in policies] == [
        ("hives", "allow read (select)", "select", True),
        ("hives", "allow create (insert)", "insert", True),
        ("hives", "allow update", "update", True),
        ("hives", "allow delete", "delete", False),
        ("visits", "allow write (insert)", "insert", True),
        ("visits", "allow write (update)", "update", True),
        ("visits", "allow write (delete)", "delete", True),
        ("keepers", "allow get, update (select)", "select", True),
        ("keepers", "allow get, update", "update", True),
    ]


def test_fields_that_nobody_may_change():
    rights = [(item.action, item.table, item.name) for item in read(RULES).changes if item.words == ("update",)]
    assert rights == [
        ("revoke", "hives", ""),
        ("grant", "hives", "frames"),
        ("grant", "hives", "note"),
        ("revoke", "keepers", "role"),
    ]


def test_another_rule_without_a_limit_lifts_it():
    text = RULES.replace("allow delete: if false;", "allow update: if request.auth.token.admin == true;")
    rights = [item.table for item in read(text).changes if item.words == ("update",)]
    assert rights == ["keepers"]


def test_documents_that_are_looked_up_are_read():
    (access,) = read(RULES).accesses
    assert access.where is not None
    assert (access.kind, access.target, canonical(access.where)) == ("select", "keepers", "($row.id = current user())")


def test_columns_count_characters():
    line = "      /* größer */ allow create: if request.resource.data.size_of <= 5;\n"
    facts = read("service cloud.firestore { match /databases/{d}/documents { match /a/{b} {\n" + line + "} } }\n")
    assert (facts.statements[0].span.line, facts.statements[0].span.column) == (2, 37)


@pytest.mark.parametrize("end", range(30, len(RULES), 53))
def test_a_torn_file_is_a_problem_and_no_error(end: int):
    facts = read(RULES[:end])
    assert facts.lines > 0


def test_what_is_broken_costs_itself_only():
    facts = read(RULES.replace("allow read: if true;", "allow read: if (((;"))
    assert len(facts.problems) == 1
    assert [item.command for item in facts.changes if item.table == "hives" and item.action == "create policy"] == [
        "insert",
        "update",
        "delete",
    ]


def test_rules_of_something_else_are_none():
    assert read("alert: HighLoad\nexpr: load > 5\n").changes == ()
