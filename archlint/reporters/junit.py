"""JUnit XML: every finding is a test case, for servers that show test results and nothing else."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archlint.model.finding import Finding
from archlint.model.report import Accepted, Report
from archlint.reporters._saying import flat, part, where
from archlint.reporters.context import Context


def render(report: Report, context: Context) -> str:
    """A suite for each check. Findings that fail the run are failures; accepted ones are skipped; the rest pass."""
    root = Element("testsuites", name="archlint")
    for code in sorted({item.code for item in (*report.findings, *(item.finding for item in report.accepted))}):
        shown = [finding for finding in report.findings if finding.code == code]
        accepted = [item for item in report.accepted if item.finding.code == code]
        _suite(root, shown, accepted, context)
    if not len(root):
        # A file without a single test is an error to most servers.
        suite = SubElement(root, "testsuite", name="archlint", tests="1", failures="0", errors="0", skipped="0")
        SubElement(suite, "testcase", name="no findings", classname="archlint", time="0")
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, shown: list[Finding], accepted: list[Accepted], context: Context) -> None:
    sample = shown[0] if shown else accepted[0].finding
    suite = SubElement(root, "testsuite", name=f"{sample.code} {sample.name}")
    for finding in shown:
        case = _case(suite, finding, context.prefix)
        if finding.severity in context.failing:
            failure = SubElement(case, "failure", message=flat(finding.message), type=finding.severity.value)
            failure.text = _details(finding, context.prefix)
        else:
            SubElement(case, "system-out").text = _details(finding, context.prefix)
    for item in accepted:
        reason = f": {flat(item.reason)}" if item.reason else ""
        SubElement(_case(suite, item.finding, context.prefix), "skipped", message=f"accepted by {item.by}{reason}")
    suite.set("tests", str(len(shown) + len(accepted)))
    suite.set("failures", str(sum(finding.severity in context.failing for finding in shown)))
    suite.set("errors", "0")
    suite.set("skipped", str(len(accepted)))


def _case(suite: Element, finding: Finding, prefix: str) -> Element:
    """A name that stays when lines move, so that a server can follow it: the subject and the fingerprint."""
    name = f"{flat(finding.subject or finding.message)} ({finding.fingerprint})"
    case = SubElement(suite, "testcase", name=name, classname=f"archlint.{finding.code}", time="0")
    if finding.places:
        case.set("file", flat(prefix + finding.places[0].path))
        case.set("line", str(finding.places[0].span.line))
    return case


def _details(finding: Finding, prefix: str) -> str:
    lines = [flat(finding.message), *(f"{where(place, prefix)}: {part(place)}" for place in finding.places)]
    lines += [f"witness: {flat(finding.witness_words or finding.witness)}"] if finding.witness else []
    lines += [f"fix: {flat(finding.fix)}"] if finding.fix else []
    return "\n".join(["", *lines, ""])
