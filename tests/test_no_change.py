"""What changes nothing changes no finding; what makes a rule drift is found."""

import re
from pathlib import Path

import edits
import pytest
from edits import both, replaced

from archlint.pipeline import Options, scan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SAMPLES = ("tour", "money", "words", "shared_rules", "rights")
# Two comparisons are told one by one, and a range as a range.
REWORDING = ("without_between", "with_between")
FILE = re.compile(r"[\w./-]+\.(?:tsx?|sql)(?::\d+)?")


def files_of(name):
    root = FIXTURES / name
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in (".ts", ".tsx", ".sql", ".json") and path.name != "expected.json"
    }


@pytest.fixture(scope="session")
def found(tmp_path_factory):
    """What archlint finds in files, each tree looked at once."""
    known = {}

    def findings(files):
        mark = tuple(sorted(files.items()))
        if mark not in known:
            root = tmp_path_factory.mktemp("edited")
            for path, text in files.items():
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode())
            report = scan(root, Options(jobs=1, cache=False))
            assert report.problems == ()
            known[mark] = report.findings
        return known[mark]

    return findings


def told(finding):
    """The message without places: neither names of files nor the text that stands there."""
    message = finding.message
    if finding.code == "AL205":
        for place in finding.places:
            message = message.replace(place.text or "?", "TEXT")
    message = re.sub(r"the domain \w+|the CHECK", "the constraint", message)
    return FILE.sub("FILE", message)


def names(findings, rewords):
    """What is to stay the same of findings, in any order."""
    return sorted(
        (item.code, item.subject, item.witness, item.fingerprint, "" if rewords else told(item)) for item in findings
    )


CASES = [
    pytest.param(name, edit, id=f"{name} {edit.__name__}")
    for name in SAMPLES
    for edit in edits.NO_CHANGE
    if edit(files_of(name)) != files_of(name)
]


def test_every_edit_finds_something_to_change():
    assert {case.values[1].__name__ for case in CASES} == {edit.__name__ for edit in edits.NO_CHANGE}
    assert len(CASES) >= 40


@pytest.mark.parametrize(("name", "edit"), CASES)
def test_an_edit_that_changes_nothing(name, edit, found):
    before = files_of(name)
    after = edit(before)
    assert after != before
    rewords = edit.__name__ in REWORDING
    assert names(found(after), rewords) == names(found(before), rewords)


FORM, LATER = "LoanForm.tsx", "smaller_loans.sql"
MENDED_RATE = replaced(LATER, "new.amount * 0.025", "new.amount * 0.02")
DRIFTS = {
    "the form takes one letter more": ("tour", "loans.purpose", replaced(FORM, ".max(200)", ".max(201)")),
    "the form takes one letter less": ("tour", "loans.purpose", replaced(FORM, ".max(200)", ".max(199)")),
    "the table wants one letter more": (
        "tour",
        "loans.purpose",
        replaced("start.sql", "between 3 and 200", "between 4 and 200"),
    ),
    "the function refuses the limit itself": (
        "tour",
        "loans.amount",
        replaced("decide-loan/index.ts", "amount > LARGEST_LOAN", "amount >= LARGEST_LOAN"),
    ),
    "the table refuses the least term": ("tour", "loans.months", replaced("start.sql", "months >= 1", "months > 1")),
    "the limit of the function in cents": (
        "tour",
        "loans.amount",
        replaced("decide-loan/index.ts", "LARGEST_LOAN = 5000", "LARGEST_LOAN = 500000"),
    ),
    "the table loses a word that the function writes": (
        "tour",
        "loans.status",
        replaced("start.sql", "'requested', 'approved', 'rejected'", "'requested', 'rejected'"),
    ),
    "the function writes a new word": (
        "tour",
        "loans.status",
        replaced("decide-loan/index.ts", '{ status: "approved"', '{ status: "granted"'),
    ),
    "everybody may delete loans": (
        "tour",
        "loans",
        replaced(
            "start.sql",
            "on loans for delete to authenticated using (auth.uid() is not null)",
            "on loans for delete using (true)",
        ),
    ),
    "the loans have no row security": (
        "tour",
        "loans",
        replaced("start.sql", "alter table loans enable row level security;\n", ""),
    ),
    "another rate in the form": ("tour", "loans.service_charge", both(MENDED_RATE, replaced(FORM, "0.02", "0.03"))),
    "another rate in the trigger": (
        "tour",
        "loans.service_charge",
        both(MENDED_RATE, replaced(LATER, "new.amount * 0.02", "new.amount * 0.0225")),
    ),
    "another fallback on the page": ("tour", "branches.late_fee", replaced("LoanList.tsx", "?? 3", "?? 4")),
    "the seats may be left out": (
        "shared_rules",
        "rentals.seats",
        replaced("rental.ts", ".max(MAX_SEATS)", ".max(MAX_SEATS).optional()"),
    ),
    "the transfer object takes one more": (
        "money",
        "lines.quantity",
        both(
            replaced("V1__lines.sql", "between 1 and 20", "between 1 and 30"), replaced("dto.ts", "Max(30)", "Max(31)")
        ),
    ),
    "the price is not converted": (
        "money",
        "lines.price_cents",
        replaced("service.ts", "line.price * 100", "line.price"),
    ),
    "the least quantity is left out": (
        "money",
        "lines.quantity",
        replaced("V1__lines.sql", "quantity between 1 and 20", "quantity > 1 and quantity <= 30"),
    ),
    "another tax in the service": (
        "money",
        "lines.total",
        replaced("service.ts", "TAX_RATE = 0.09", "TAX_RATE = 0.08"),
    ),
    "the page makes up an urgency": (
        "words",
        "tickets.urgency",
        replaced("Board.tsx", 'urgency: "high"', 'urgency: "top"'),
    ),
    "the table forgets a state of customers": (
        "words",
        "customers.state",
        replaced("tickets.sql", "'active', 'waiting', 'gone'", "'active', 'gone'"),
    ),
    "the type renames what the function writes": (
        "words",
        "tickets.state",
        replaced(
            "pending.sql", "'pending';", "'pending';\n" + "alter type ticket_state rename value 'closed' to 'done';"
        ),
    ),
    "the office opens its tickets": (
        "words",
        "tickets",
        replaced(
            "tickets.sql",
            "on tickets for all to authenticated using ((auth.jwt() ->> 'office') = 'yes')",
            "on tickets for all using (true)",
        ),
    ),
    "the guard of the deposit goes without the CHECK": (
        "flow",
        "deposits.amount",
        replaced("V2__deposits.sql", "alter table deposits add constraint deposits_smallest check (amount >= 20);", ""),
    ),
    "the rewrite loses the second guard too": (
        "flow",
        "orders.refunded",
        replaced(
            "refunds.sql", "  if p_amount <= 0 then\n    raise exception 'a refund is positive';\n  end if;\n", ""
        ),
    ),
    "the trigger lets one more step through": (
        "flow",
        "orders.status",
        replaced("V3__no_returns.sql", "('printed', 'shipped')", "('printed', 'shipped'), ('shipped', 'paid')"),
    ),
    "the owner of a recording is not asked": (
        "rights",
        "recordings",
        replaced(
            "security.sql",
            "on recordings for update to authenticated\n  using (owner = auth.uid()) with check (owner = auth.uid())",
            "on recordings for update using (true) with check (true)",
        ),
    ),
    "the managers are not asked for": (
        "rights",
        "programmes",
        replaced("security.sql", "using (manages())", "using (auth.uid() is not null)"),
    ),
    "the whole contact may be updated": (
        "rights",
        "contacts.may_announce",
        replaced("security.sql", "grant update (phone)", "grant update"),
    ),
    "the shared limit of seats is raised": (
        "shared_rules",
        "rentals.seats",
        replaced("limits.ts", "SEATS = 9", "SEATS = 10"),
    ),
    "the table shortens the hours": (
        "shared_rules",
        "rentals.hours",
        replaced("rentals.sql", "hours <= 12", "hours < 12"),
    ),
    "the shared words get another one": (
        "shared_rules",
        "rentals.state",
        replaced("words.ts", '"returned", "lost"', '"returned", "sunk", "lost"'),
    ),
}


@pytest.mark.parametrize(("name", "subject", "edit"), DRIFTS.values(), ids=DRIFTS)
def test_an_edit_that_makes_a_rule_drift(name, subject, edit, found):
    before = files_of(name)
    fresh = set(names(found(edit(before)), False)) - set(names(found(before), False))
    about = {item for item in fresh if item[1].partition(":")[0] == subject}
    assert about, sorted(fresh)
