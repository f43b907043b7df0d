"""Evidence from around the code: outside systems, queues, messages, tests, and marks of machine-written code."""

import fnmatch
import posixpath
from collections.abc import Callable

from archlint import data
from archlint.advisor.evidence.systems import systems
from archlint.advisor.seen import Evidence, Seen, many, some, words
from archlint.advisor.seen import place as at
from archlint.model.source import Layer


def integrations(seen: Seen) -> Evidence:
    """Distinct outside systems."""
    found = systems(seen)
    places, total = some(at(*spots[0]) for spots in found.values())
    return Evidence(
        measure="integrations",
        value=float(len(found)),
        trust=seen.trust,
        says=f"{many(len(found), 'outside system')} ({', '.join(found) or 'none'})",
        numbers=(("systems", len(found)),),
        places=places,
        total=total,
        caveat="Known packages and called hosts in code; what automation tools or settings connect is not seen.",
    )


def background_work(seen: Seen) -> Evidence:
    """Queues and schedulers: packages, jobs that the database runs, and calls at set times that a platform makes."""
    settings = words()["schedules"]
    calls = tuple(settings["sql"])
    found = [*seen.packages(words()["packages"]["queues"])]
    for path in seen.named((*settings["files"], "*.sql")):
        wanted = calls if path.endswith(".sql") else (f'"{settings["files"][posixpath.basename(path)]}"',)
        found += [at(path, line) for line, text in _lines(seen, path) if any(word in text for word in wanted)]
    places, total = some(found)
    return Evidence(
        measure="background_work",
        trust="medium",
        proposes="yes" if total else "",
        says=f"{many(total, 'place names', 'places name')} a queue or scheduler",
        numbers=(("places", total),),
        places=places,
        total=total,
    )


def _lines(seen: Seen, path: str) -> list[tuple[int, str]]:
    """The numbered lines of a file but for SQL's remarks; none where it cannot be read."""
    try:
        lines = (seen.root / path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [(number, line.partition("--")[0].lower()) for number, line in enumerate(lines, 1)]


def notifications(seen: Seen) -> Evidence:
    """Places that send messages."""
    senders = words()["systems"]["kinds"]["message"]
    found = {name: spots for name, spots in systems(seen).items() if name in senders}
    places, total = some(at(path, line) for spots in found.values() for path, line in spots)
    return Evidence(
        measure="notifications",
        trust="low",
        says=(
            f"{many(total, 'file names', 'files name')} what sends messages, over {many(len(found), 'system')} "
            f"({', '.join(found) or 'none'})"
        ),
        numbers=(("files", total), ("systems", len(found))),
        places=places,
        total=total,
        caveat="Whether a message has conditions is for people to say.",
    )


def automations(seen: Seen) -> Evidence | None:
    """Exported flows of automation tools."""
    found = seen.named(words()["files"]["automations"])
    if not found:
        return None
    places, total = some(at(path, 1) for path in found)
    return Evidence(
        measure="automations",
        trust="medium",
        proposes="some",
        says=f"{many(total, 'exported flow')} of automation tools lie in the repository",
        numbers=(("flows", total),),
        places=places,
        total=total,
    )


def testing(seen: Seen) -> Evidence:
    """Files of tests, and tests of the database among them."""
    tests = _tests(seen)
    database = [path for path in tests if path.endswith(".sql")]
    places, total = some(at(path, 1) for path in (database or tests))
    return Evidence(
        measure="testing",
        trust="low",
        says=f"{many(len(tests), 'file')} of tests, {len(database)} of them in SQL",
        numbers=(("tests", len(tests)), ("in SQL", len(database))),
        places=places,
        total=total,
    )


def database_discipline(seen: Seen) -> Evidence | None:
    """Versioned changes of the schema, and tests of the database."""
    changes = sorted(path for path, facts in seen.files.items() if facts.changes and "migration" in path)
    if not seen.graph.schema.tables:
        return None
    database = [path for path in _tests(seen) if path.endswith(".sql")]
    places, total = some(at(path, 1) for path in (*changes, *database))
    return Evidence(
        measure="database_discipline",
        trust="medium",
        proposes="good" if changes and database else "some" if changes else "",
        says=f"{many(len(changes), 'file')} of versioned changes to the schema, {len(database)} tests in SQL",
        numbers=(("changes", len(changes)), ("tests in SQL", len(database))),
        places=places,
        total=total,
        caveat="Tests of the database that are written in another language are not told apart.",
    )


def _tests(seen: Seen) -> list[str]:
    """Files of tests: those with the name of one; where a language has none, its files in folders of tests."""
    settings = words()["tests"]
    source = [path for path in seen.tree if path.endswith(tuple(settings["endings"])) and "migration" not in path]
    named = {path for path in source if _has_a_tests_name(posixpath.basename(path))}
    told = {posixpath.splitext(path)[1] for path in named}
    return [
        path
        for path in source
        if path in named
        or (posixpath.splitext(path)[1] not in told and set(path.split("/")[:-1]) & set(settings["folders"]))
    ]


def _has_a_tests_name(name: str) -> bool:
    """Whether a scan leaves the file out as a test; what stands beside tests has an entry of its own there."""
    entries = [entry.get("names", ()) for entry in data.table("discover")["skip"] if entry["reason"] == "tests"]
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in entries[0])


def skill(seen: Seen) -> Evidence:
    """Lines of SQL and of other code."""
    read = [facts for path, facts in seen.files.items() if path not in seen.graph.schema.mirrors]
    sql = sum(facts.lines for facts in read if facts.language == "postgresql")
    other = sum(facts.lines for facts in read) - sql
    return Evidence(
        measure="skill",
        trust="low",
        says=f"{sql} lines of SQL and {other} lines of other code were read",
        numbers=(("SQL", sql), ("other", other)),
        caveat="Lines say what was written, not what a team is good at; a dump of the whole schema is left out.",
    )


def machine_share(seen: Seen) -> Evidence:
    """Explicit marks of machine-written code."""
    settings = words()["files"]
    files = [at(path, 1) for path in seen.named(settings["agents"])]
    builders = [
        at(path, 1)
        for path, asked in seen.manifests.items()
        if any(name.startswith(mark) for name in asked for mark in settings["builders"])
    ]
    commits = seen.history.commits
    marked = sum(any(trailer in commit.message for trailer in settings["trailers"]) for commit in commits)
    places, total = some([*files, *builders])
    return Evidence(
        measure="machine_share",
        trust="low",
        says=(
            f"{many(len(files), 'file that instructs', 'files that instruct')} agents, "
            f"{many(len(builders), 'manifest')} with a builder's mark, "
            f"{marked} of {len(commits)} commits with a trailer"
        ),
        numbers=(("files", len(files)), ("builders", len(builders)), ("marked", marked), ("commits", len(commits))),
        places=places,
        total=total,
        caveat="Only explicit marks; people remove them, so absence proves nothing.",
    )


def machine_rules(seen: Seen) -> Evidence | None:
    """Which layers commits with a machine's trailer touch."""
    trailers = words()["files"]["trailers"]
    marked = [commit for commit in seen.history.commits if any(trailer in commit.message for trailer in trailers)]
    if not marked:
        return None
    screens = sum(any(seen.layer(path) is Layer.FRONTEND for path in commit.paths) for commit in marked)
    behind = sum(any(seen.layer(path) not in (None, Layer.FRONTEND) for path in commit.paths) for commit in marked)
    return Evidence(
        measure="machine_rules",
        trust="low",
        says=f"of {len(marked)} commits with a trailer, {screens} touch screens and {behind} touch what is behind them",
        numbers=(("marked", len(marked)), ("screens", screens), ("behind", behind)),
        caveat="Only explicit marks; people remove them, so absence proves nothing.",
    )


def origin(seen: Seen) -> Evidence | None:
    """What a builder's mark says about the start."""
    marks = words()["files"]["builders"]
    found = [
        path for path, asked in seen.manifests.items() if any(name.startswith(mark) for name in asked for mark in marks)
    ]
    if not found:
        return None
    return Evidence(
        measure="origin",
        trust="low",
        says=f"{many(len(found), 'manifest carries', 'manifests carry')} the mark of a builder of screens",
        numbers=(("manifests", len(found)),),
        places=tuple(at(path, 1) for path in sorted(found)),
        total=len(found),
    )


MEASURES: dict[str, Callable[[Seen], Evidence | None]] = {
    "integrations": integrations,
    "background_work": background_work,
    "notifications": notifications,
    "automations": automations,
    "testing": testing,
    "database_discipline": database_discipline,
    "skill": skill,
    "machine_share": machine_share,
    "machine_rules": machine_rules,
    "origin": origin,
}
