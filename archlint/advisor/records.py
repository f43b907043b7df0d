"""Decision records: MADR 4 or Nygard, in the folder that the repository already uses, superseding an earlier one."""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import msgspec

from archlint.advisor._words import axis_line, confidence_line, headline, lines_of, options, origin, points, texts
from archlint.advisor.advice import Advice, reasons
from archlint.advisor.markdown import bullets, changes, home_parts
from archlint.advisor.settings_file import snippet
from archlint.model.errors import ArchlintError

TEMPLATES = ("madr", "nygard")
MARK = "<!-- written by archlint advise -->"
_TITLE = "Where business rules live"
_SLUG = "where-business-rules-live"
# Where decision records usually lie, most telling first.
_FOLDERS = (
    "docs/decisions", "doc/decisions", "docs/adr", "docs/adrs", "doc/adr", "docs/architecture/decisions",
    "doc/architecture/decisions", "docs/architecture/adr", "architecture/decisions", "adr", "adrs", "decisions",
)  # fmt: skip
_NUMBERED = re.compile(r"^(\d{3,5})-.+\.md$")
_DATED = re.compile(r"^\d{8}-.+\.md$")


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Files to write: the record, and an earlier one whose status changes. Both relative to the root."""

    path: str
    text: str
    superseded: str = ""
    superseded_text: str = ""


def folder_of(root: Path, chosen: str, template: str) -> str:
    """The folder for records: the chosen one, the configured one, the one in use, or the template's own."""
    if chosen:
        return _inside(root, chosen)
    pointer = root / ".adr-dir"
    if pointer.is_file():
        return _inside(root, pointer.read_text("utf-8", "replace").strip())
    settings = root / ".log4brains.yml"
    if settings.is_file():
        match = re.search(r"^\s*adrFolder:\s*['\"]?([^'\"\n#]+)", settings.read_text("utf-8", "replace"), re.MULTILINE)
        if match:
            return _inside(root, match.group(1).strip())
    used = next((folder for folder in _FOLDERS if any(_is_record(file) for file in (root / folder).glob("*.md"))), "")
    there = next((folder for folder in _FOLDERS if (root / folder).is_dir()), "")
    return used or there or ("docs/decisions" if template == "madr" else "doc/adr")


def template_of(root: Path, folder: str) -> str:
    """The template that the records of a folder follow."""
    for file in sorted((root / folder).glob("*.md")):
        text = file.read_text("utf-8", "replace")
        if re.search(r"^## (Decision Outcome|Considered Options)", text, re.MULTILINE):
            return "madr"
        if re.search(r"^## Decision$", text, re.MULTILINE):
            return "nygard"
    return "nygard" if (root / ".adr-dir").is_file() else "madr"


def record(advice: Advice, root: Path, chosen: str, template: str, status: str, today: Callable[[], str]) -> Record:
    """The record of some advice. One that says the same already is written again, not superseded."""
    folder = folder_of(root, chosen, template or "madr")
    template = template or template_of(root, folder)
    write = madr if template == "madr" else nygard
    there = sorted(file.name for file in (root / folder).glob("*.md"))
    mine = [name for name in there if _is_mine(root / folder / name)]
    old = next((name for name in reversed(mine) if not _is_superseded(root / folder / name)), "")
    old_text = (root / folder / old).read_text("utf-8") if old else ""
    number = _number_of(old) if old else ""
    if old and write(advice, status, number, "") == _without_predecessor(old_text):
        return Record(path=f"{folder}/{old}", text=old_text)
    name = _next_name(there, today)
    text = write(advice, status, _number_of(name), f"[{old}]({old})" if old else "")
    if not old:
        return Record(path=f"{folder}/{name}", text=text)
    return Record(
        path=f"{folder}/{name}",
        text=text,
        superseded=f"{folder}/{old}",
        superseded_text=_superseded(old_text, name),
    )


def madr(advice: Advice, status: str, number: str, supersedes: str) -> str:
    """A record after MADR 4."""
    pro, contra = reasons(advice)
    listed = [str(option["title"]) for option in options().values()]
    chosen = _chosen_title(advice)
    outcome = f"Chosen option: “{chosen}”, because {_because(advice)}." if chosen else f"{headline(advice.verdict)}."
    parts = [
        [f"---\nstatus: {status}\n---\n{MARK}"],
        [f"# {_TITLE}"],
        ["## Context and Problem Statement", "", *_context(advice)],
        ["## Decision Drivers", "", *bullets([_driver(item.because) for item in (*pro, *contra)] or ["None yet"])],
        ["## Considered Options", "", *bullets(listed)],
        [
            "## Decision Outcome",
            "",
            outcome,
            "",
            axis_line(advice.verdict.core) + ".",
            axis_line(advice.verdict.edges) + ".",
        ],
        ["### Consequences", "", *bullets(_consequences(advice))],
        ["### Confirmation", "", *_confirmation(advice)],
        ["## Pros and Cons of the Options", *_pros_and_cons()],
        ["## More Information", "", *_more(advice, supersedes)],
        *home_parts(advice, "###"),
    ]
    return _joined(parts)


def nygard(advice: Advice, status: str, number: str, supersedes: str) -> str:
    """A record after Michael Nygard."""
    chosen = _chosen_title(advice)
    decision = f"We choose “{chosen}”, because {_because(advice)}." if chosen else f"{headline(advice.verdict)}."
    title = f"# {int(number)}. {_TITLE}" if number else f"# {_TITLE}"
    state = [status.capitalize(), *(["", f"Supersedes {supersedes}"] if supersedes else [])]
    parts = [
        [f"{title}\n{MARK}"],
        ["## Status", "", *state],
        ["## Context", "", *_context(advice)],
        ["## Decision", "", decision, "", *_axes(advice)],
        ["## Consequences", "", *bullets(_consequences(advice)), "", *_confirmation(advice), "", *_more(advice, "")],
        *home_parts(advice, "###"),
    ]
    return _joined(parts)


def _context(advice: Advice) -> list[str]:
    found = [
        "Business rules can be decided in the database, in services, or in a stable core.",
        "Which of these fits this system was answered with `archlint advise`.",
    ]
    scanned = [item for item in advice.answers.values() if item.source == "scan"]
    if scanned:
        found += ["", "What the scan showed:", "", *bullets([item.says for item in scanned])]
    return found


def _chosen_title(advice: Advice) -> str:
    if not advice.verdict.architecture:
        return ""
    title = str(options()[advice.verdict.architecture]["title"])
    where = {"database": "the database", "services": "services"}[advice.verdict.home]
    return f"{title}, its core in {where}" if advice.verdict.architecture == "hybrid" else title


def _because(advice: Advice) -> str:
    pro, _ = reasons(advice)
    limits = list(advice.verdict.limits)
    return "; ".join(limits or [item.because for item in pro[:3]]) or "it was decided so"


def _axes(advice: Advice) -> list[str]:
    return [f"{axis_line(axis)}." for axis in (advice.verdict.core, advice.verdict.edges)]


def _driver(because: str) -> str:
    return because[0].upper() + because[1:]


def _consequences(advice: Advice) -> list[str]:
    option = options().get(advice.verdict.architecture)
    if option is None:
        return ["Neutral, because nothing is decided yet."]
    good = [f"Good: {line}" for line in lines_of(option["good"])]
    return [*good, *(f"Bad: {line}" for line in lines_of(option["bad"]))]


def _pros_and_cons() -> list[str]:
    found: list[str] = []
    for option in options().values():
        found += ["", f"### {option['title']}", "", str(option["summary"]), ""]
        found += bullets([f"Good, because: {line}" for line in lines_of(option["good"])])
        found += bullets([f"Bad, because: {line}" for line in lines_of(option["bad"])])
    return found


def _confirmation(advice: Advice) -> list[str]:
    if not advice.verdict.architecture:
        return ["Nothing is enforced until a decision is made."]
    checks = texts()["checks"][advice.verdict.architecture]
    return [
        "`archlint scan` confirms this decision in continuous integration, with these settings in `archlint.toml`:",
        "",
        "```toml",
        snippet(advice).rstrip("\n"),
        "```",
        "",
        f"The checks that matter most for it: {', '.join(lines_of(checks))}.",
    ]


def _more(advice: Advice, supersedes: str) -> list[str]:
    lines = [
        f"Confidence: {confidence_line(advice)}",
        *(f"What would change it: {line}" for line in changes(advice)[:5]),
    ]
    pro, contra = reasons(advice)
    lines += [f"{points(item)} {item.because} ({origin(item, advice)})" for item in pro]
    lines += [f"{points(item, -1)} {item.because} ({origin(item, advice)})" for item in contra]
    if advice.blind_spots:
        lines.append(f"Not seen by the scan: {'; '.join(spot.text for spot in advice.blind_spots)}")
    decide = texts()["decide"]
    lines.append(f"Decide now: {'; '.join(lines_of(decide['now']))}")
    lines.append(f"May wait: {'; '.join(lines_of(decide['later']))}")
    lines.append("Look at this again when an answer changes; `archlint advise --compare` tells what did.")
    if supersedes:
        lines.append(f"Supersedes {supersedes}")
    return bullets(lines)


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _without_predecessor(text: str) -> str:
    """A record without the line that names the one before it."""
    text = re.sub(r"^\* Supersedes \[.*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"\n\nSupersedes \[.*(?=\n)", "", text)


def _superseded(text: str, by: str) -> str:
    """The earlier record with its status changed and nothing else."""
    told = f"superseded by [{by}]({by})"
    if re.search(r"^status: .*$", text, re.MULTILINE):
        return re.sub(r"^status: .*$", f'status: "{told}"', text, count=1, flags=re.MULTILINE)
    return re.sub(r"(^## Status\n\n).*$", lambda match: match.group(1) + told.capitalize(), text, count=1, flags=re.M)


def _is_superseded(file: Path) -> bool:
    text = file.read_text("utf-8", "replace")
    return bool(re.search(r"^(status: )?\W?superseded by", text, re.MULTILINE | re.IGNORECASE))


def _is_mine(file: Path) -> bool:
    return MARK in file.read_text("utf-8", "replace")[:500]


def _is_record(file: Path) -> bool:
    return bool(_NUMBERED.match(file.name) or _DATED.match(file.name))


def _number_of(name: str) -> str:
    match = _NUMBERED.match(name)
    return match.group(1) if match else ""


def _next_name(there: list[str], today: Callable[[], str]) -> str:
    """The next number in as many digits as the folder uses; a date where the folder uses dates."""
    numbers = [match.group(1) for name in there if (match := _NUMBERED.match(name))]
    if not numbers and any(_DATED.match(name) for name in there):
        stem = f"{today()}-{_SLUG}"
        free = (f"{stem}{suffix}.md" for suffix in ("", *(f"-{count}" for count in range(2, 100))))
        return next(name for name in free if name not in there)
    width = len(numbers[-1]) if numbers else 4
    return f"{max((int(number) for number in numbers), default=0) + 1:0{width}}-{_SLUG}.md"


def _inside(root: Path, folder: str) -> str:
    """A folder relative to the root; records are never written outside of it."""
    path = PurePosixPath(folder.replace("\\", "/"))
    try:
        inside = (root / path).resolve().relative_to(root.resolve())
    except ValueError as error:
        raise ArchlintError(f"the folder for records, {folder}, lies outside of {root}") from error
    return inside.as_posix()
