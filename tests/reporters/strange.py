"""A report that is hard to write down: names and texts full of marks, findings that are accepted, and none at all."""

from loans import DRIFTED, REPORT, SCATTERED, UNSAFE
from msgspec.structs import replace

from archlint.model.finding import Finding, Place, Severity
from archlint.model.report import Accepted
from archlint.model.source import Layer, Span

PATH = "web/[id]/50% off, a:b #1 <é>.tsx"
TEXT = 'a | b\n% of <b> & "c" ]]> `x` ::error::\x1b[31m @everyone #12\r\nend \x00'

STRANGE = Finding(
    code="AL204",
    name="drifted-domain",
    severity=Severity.ERROR,
    message=TEXT,
    subject="orders.state",
    fingerprint="f9",
    confidence=0.5,
    witness="``x`",
    witness_words=TEXT,
    fix=TEXT,
    places=(
        Place(PATH, Span(3, 2, 3, 9), Layer.FRONTEND, "writes", TEXT, "``x`"),
        Place(PATH, Span(3, 12, 3, 14), Layer.FRONTEND, "writes", TEXT, "|"),
        Place("db/t.sql", Span(1, 1, 1, 1), Layer.DATABASE, "unread", TEXT),
    ),
)
NOWHERE = replace(SCATTERED, places=(), fingerprint="f8")
DIFFICULT = replace(REPORT, findings=(STRANGE, NOWHERE))

ACCEPTED = replace(
    REPORT,
    findings=(UNSAFE,),
    accepted=(
        Accepted(finding=DRIFTED, by="comment", reason="until the bank agrees", path="web/LoanForm.tsx", line=1),
        Accepted(finding=SCATTERED, by="baseline", reason="old", owner="lending"),
    ),
    summary=replace(REPORT.summary, findings=1, suppressed=1, known=1, stale=2, unchanged=4),
    base="main",
)
NOTHING = replace(REPORT, findings=(), problems=(), rules=())
ALL = {"plain": REPORT, "strange": DIFFICULT, "accepted": ACCEPTED, "nothing": NOTHING}
