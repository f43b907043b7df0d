"""The advice as Markdown, for a pull request or a wiki."""

from archlint.advisor._words import (
    axis_line,
    confidence_line,
    flip_line,
    headline,
    layer_words,
    lines_of,
    options,
    origin,
    points,
    stability_line,
    texts,
    weight_line,
)
from archlint.advisor.advice import Advice, fitting, reasons

_SHOWN = 10


def markdown(advice: Advice) -> str:
    """The whole advice."""
    parts = [
        [f"# Where business rules live: {headline(advice.verdict)}"],
        bullets([axis_line(advice.verdict.core), axis_line(advice.verdict.edges), *_conditions(advice)]),
        [f"Confidence: {confidence_line(advice)}"],
        *reason_parts(advice, "##"),
        ["## What would change this", "", *bullets(changes(advice))],
        *home_parts(advice, "##"),
        *_options("##"),
        ["## Decide now, and later", "", *bullets(_decide())],
        ["## Platforms that offer this home", "", "Alphabetical; facts, no ranking.", "", *platform_rows(advice)],
    ]
    if advice.blind_spots:
        parts.append(["## Blind spots", "", *bullets([spot.text for spot in advice.blind_spots])])
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def bullets(lines: list[str]) -> list[str]:
    """Lines as a list."""
    return [f"* {line}" for line in lines]


def reason_parts(advice: Advice, level: str) -> list[list[str]]:
    """The strongest reasons each way."""
    pro, contra = reasons(advice)
    found = []
    for title, items, sign in (("Reasons for it", pro, 1), ("Reasons against it", contra, -1)):
        if items:
            lines = [f"{points(item, sign)} {item.because} ({origin(item, advice)})" for item in items]
            found.append([f"{level} {title}", "", *bullets(lines)])
    return found


def changes(advice: Advice) -> list[str]:
    """What would change the verdict."""
    found = advice.sensitivity
    lines = [flip_line(flip, advice) for flip in found.flips[:_SHOWN]] or ["no single answer changes the verdict"]
    lines += [weight_line(change) for change in found.weights[:3]]
    stable = stability_line(advice)
    return [*lines, stable] if stable else lines


def home_parts(advice: Advice, level: str) -> list[list[str]]:
    """The homes by rule as a table, and the order of moves."""
    if not advice.homes:
        return []
    rows = [
        f"{level} A home for each rule",
        "",
        "| rule | home | stated there | stated in | why |",
        "|---|---|---|---|---|",
    ]
    for home in sorted(advice.homes, key=lambda item: (item.there and not item.copies, item.rule))[:50]:
        there = "yes" if home.there else "no"
        rows.append(f"| `{cell(home.rule)}` | {home.home} | {there} | {', '.join(home.layers)} | {home.why} |")
    if len(advice.homes) > 50:
        rows += ["", f"{len(advice.homes) - 50} more are in `archlint advise --format json`."]
    parts = [rows]
    if advice.moves:
        lines = [
            f"{number}. `{cell(move.rule)}` → {layer_words(move.home)}: {move.action} ({', '.join(move.places[:3])})"
            for number, move in enumerate(advice.moves[:_SHOWN], 1)
        ]
        parts.append([f"{level} Order of moves, smallest first", "", *lines])
    return parts


def platform_rows(advice: Advice) -> list[str]:
    """The neutral table of facts."""
    rows = ["| platform | where rules can live | how clients reach data | source |", "|---|---|---|---|"]
    for item in fitting(advice.verdict):
        rows.append(f"| {item.name} | {cell(item.rules)} | {item.clients} | {item.source} |")
    return rows


def cell(value: str) -> str:
    """A text that does not break a table."""
    return value.replace("|", "\\|").replace("\n", " ")


def _options(level: str) -> list[list[str]]:
    found = []
    for option in options().values():
        good = [f"Good: {line}" for line in lines_of(option["good"])]
        bad = [f"Bad: {line}" for line in lines_of(option["bad"])]
        found.append([f"{level} {option['title']}", "", str(option["summary"]), "", *bullets([*good, *bad])])
    return found


def _conditions(advice: Advice) -> list[str]:
    verdict = advice.verdict
    return [*(f"Hard limit: {limit}" for limit in verdict.limits), *(f"Provided that {c}" for c in verdict.conditions)]


def _decide() -> list[str]:
    decide = texts()["decide"]
    return [f"now: {'; '.join(lines_of(decide['now']))}", f"may wait: {'; '.join(lines_of(decide['later']))}"]
