"""Which findings belong to a change: those with a place in it, and those that were not there before it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec

from archlint.model.configuration import Changes
from archlint.model.finding import Finding, Place
from archlint.model.report import Report
from archlint.model.rule import BusinessRule, Site, Subject

# Checks about copies that disagree.
_DRIFT = "AL2"
_TOLD = 3


def narrowed(
    findings: Sequence[Finding], changes: Changes, now: Report, before: Callable[[], Report] | None
) -> tuple[Finding, ...]:
    """The findings that belong to a change, saying what of a rule was changed and what was left.

    What a change takes away leaves no place behind: then a finding is there that the state before did not have.
    `before` gives the report of that state, which costs a scan.
    """
    touched = {index for index, finding in enumerate(findings) if any(map(changes.touch, finding.places))}
    if not findings or before is None or changes.whole:
        return tuple(_told(findings[index], changes, ()) for index in sorted(touched))
    earlier = before()
    fresh = _fresh(findings, touched, earlier.findings)
    taken = _taken(changes, now.rules, earlier.rules)
    belonging = []
    for index in sorted(touched | fresh):
        gone = [site for subject, site in taken if _about(findings[index], subject, index in fresh)]
        told = _told(findings[index], changes, gone)
        if index in fresh and told == findings[index]:
            told = msgspec.structs.replace(told, message=f"{told.message}; it was not there before this change")
        belonging.append(told)
    return tuple(belonging)


def _about(finding: Finding, subject: Subject, fresh: bool) -> bool:
    """Whether a statement that is gone has to do with a finding; one about a table is about each of its fields."""
    return finding.subject == str(subject) or (fresh and finding.subject == subject.entity)


def _fresh(findings: Sequence[Finding], touched: set[int], earlier: Iterable[Finding]) -> set[int]:
    """The findings that a change brought about without a place in it, by their numbers."""
    room = Counter(_name(finding) for finding in earlier)
    wider: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for finding in earlier:
        wider[finding.code, finding.subject].append(finding.parts)
    fresh = set()
    for index, finding in enumerate(findings):
        if index in touched:
            continue
        room[_name(finding)] -= 1
        # What is left of a finding when one of its places is gone is not a new one.
        if room[_name(finding)] < 0 and not any(map(finding.less_than, wider[finding.code, finding.subject])):
            fresh.add(index)
    return fresh


def _name(finding: Finding) -> str:
    """What makes it the same finding, without the number that tells equal ones apart."""
    return finding.fingerprint.partition("-")[0]


def _taken(
    changes: Changes, now: Sequence[BusinessRule], before: Iterable[BusinessRule]
) -> tuple[tuple[Subject, Site], ...]:
    """The sites that a change took away; what says the same in another place, or something else there, is not gone."""
    left = Counter(_statement(rule, site) for rule in now for site in rule.sites)
    rewritten = {(rule.id, site.path) for rule in now for site in rule.sites if changes.touch(site)}
    found = []
    for rule in before:
        # What the change did not touch is still there, and takes its place first.
        for site in sorted(rule.sites, key=lambda site: changes.took(site.path, site.span)):
            left[_statement(rule, site)] -= 1
            if left[_statement(rule, site)] < 0 and (rule.id, site.path) not in rewritten:
                found.append((rule.subject, site))
    return tuple(found)


def _statement(rule: BusinessRule, site: Site) -> tuple[str, ...]:
    return (rule.id, site.layer.value, site.normal)


def _told(finding: Finding, changes: Changes, taken: Sequence[Site]) -> Finding:
    """A finding that says which copies the change touches or takes away, and which it leaves."""
    if changes.whole:
        return finding
    stated = [place for place in finding.places if place.normal]
    touched = [place for place in stated if changes.touch(place)] if finding.code.startswith(_DRIFT) else []
    left = [place for place in stated if not changes.touch(place)]
    done = [f"touches {_at(touched)}"] if touched and left else []
    if taken:
        done.append(f"takes away {_where(taken)}")
    if not done:
        return finding
    were = "as it was" if len(left) == 1 else "as they were"
    kept = f" and leaves {_at(left)} {were}" if left else ""
    return msgspec.structs.replace(finding, message=f"{finding.message}; this change {', '.join(done)}{kept}")


def _at(places: Sequence[Place]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{places[0].path}:{places[0].span.line}{more}"


def _where(sites: Sequence[Site]) -> str:
    """Where the sites were, with what they said."""
    said = list(dict.fromkeys(f"{site.path}:{site.span.line} ({site.normal})" for site in sites))
    more = f" and {len(said) - _TOLD} more" if len(said) > _TOLD else ""
    return ", ".join(said[:_TOLD]) + more
