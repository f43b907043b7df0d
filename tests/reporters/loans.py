"""A report made by hand: a lending library whose browser, function and database disagree about the largest loan."""

from archlint.model.finding import Finding, Place, Severity
from archlint.model.predicate import Anything, Predicate
from archlint.model.report import Report, Summary
from archlint.model.rule import BusinessRule, Kind, Site, Subject
from archlint.model.source import Layer, Problem, Span

SOURCES = {
    "web/LoanForm.tsx": (
        "export function validate(amount: number) {",
        "\tif (amount > 10000) return 'Höchstens 10.000 €';",
        "}",
    ),
    "functions/lend.ts": ("  if (body.amount > 10_000) throw new Error('too much');",),
    "db/loans.sql": (
        "create table loans (",
        "  amount numeric check (",
        "    amount <= 5000",
        "    and amount > 0",
        "    -- cents come later",
        "    and amount = round(amount)",
        "    and true",
        "  )",
        ");",
    ),
}

FORM = ("web/LoanForm.tsx", Span(2, 6, 2, 20), Layer.FRONTEND, "amount > 10000", "value <= 10000")
LEND = ("functions/lend.ts", Span(1, 7, 1, 27), Layer.FUNCTION, "body.amount > 10_000", "value <= 10000")
CHECK = ("db/loans.sql", Span(2, 18, 8, 4), Layer.DATABASE, "check ( amount <= 5000 …", "0 < value <= 5000")


def place(where: tuple[str, Span, Layer, str, str], role: str) -> Place:
    path, span, layer, text, normal = where
    return Place(path, span, layer, role, text, normal)


def site(number: int, where: tuple[str, Span, Layer, str, str]) -> Site:
    path, span, layer, text, normal = where
    return Site(
        id=number,
        path=path,
        span=span,
        layer=layer,
        kind=Kind.BOUND,
        subject=Subject("loans", "amount"),
        symbol="validate",
        text=text,
        normal=normal,
        predicate=Predicate(Anything()),
        confidence=0.931,
        evidence=("written to loans.amount",),
    )


RULE = BusinessRule(
    id="loans.amount:bound",
    subject=Subject("loans", "amount"),
    kind=Kind.BOUND,
    sites=(site(0, CHECK), site(1, LEND), site(2, FORM)),
    relation="drifted",
    home="database",
    groups=((1, 2), (0,)),
)

DRIFTED = Finding(
    code="AL201",
    name="drifted-rule",
    severity=Severity.ERROR,
    message="The largest loan is 10000 in the browser and the function, 5000 in the database.",
    rule=RULE.id,
    subject="loans.amount",
    fingerprint="f1",
    confidence=0.9,
    witness="7500",
    witness_words="7500 passes in web/LoanForm.tsx:2 and is refused by the CHECK in db/loans.sql:2",
    fix="Decide which limit is right, keep it in the database and let the others import or quote it.",
    places=(place(FORM, "accepts"), place(LEND, "accepts"), place(CHECK, "refuses")),
)

SCATTERED = Finding(
    code="AL101",
    name="scattered-rule",
    severity=Severity.INFO,
    message="One limit is stated in three places.",
    rule=RULE.id,
    subject="loans.amount",
    fingerprint="f2",
    places=(place(FORM, "states"), place(LEND, "states"), place(CHECK, "states")),
)

UNSAFE = Finding(
    code="AL502",
    name="table-without-row-security",
    severity=Severity.WARNING,
    message="Clients reach the table loans, and no policy protects it.",
    subject="loans",
    fingerprint="f3",
    places=(Place("db/loans.sql", Span(1, 1, 1, 19), Layer.DATABASE, "states", "create table loans"),),
)

REPORT = Report(
    version="1.2.3",
    summary=Summary(
        files=1210,
        lines=250_000,
        rules=1,
        findings=3,
        by_layer={"database": 1, "frontend": 1, "function": 1},
        skipped={"dependency folders": 1, "tests": 41},
        candidates=2,
    ),
    rules=(RULE,),
    findings=(UNSAFE, SCATTERED, DRIFTED),
    problems=(Problem("db/dump.sql", 1, "2.4 MB is over the limit of 2 MB; the file was not read"),),
)
