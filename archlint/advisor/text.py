"""The advice as text for a terminal."""

from collections import Counter
from collections.abc import Iterator

from archlint import data
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
    value_words,
    weight_line,
)
from archlint.advisor.advice import Advice, fitting, reasons
from archlint.advisor.homes import Home, sorts
from archlint.advisor.questions import NOT_APPLICABLE, UNKNOWN
from archlint.advisor.seen import many

_SHOWN = 10
_INDENT = " " * 14


def text(advice: Advice, show_scoring: bool = False, full: bool = False) -> str:
    """The whole advice; without `full`, the evidence for questions that are neither core nor answered is left out."""
    blocks = [
        _recommendation(advice),
        _reasons(advice),
        _changes(advice),
        _evidence(advice, full),
        _homes(advice),
        _core(advice),
        _options(),
        _decide(),
        _platforms(advice),
        _blind(advice),
        _scoring(advice) if show_scoring else [],
        _sources(advice),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _field(name: str, lines: list[str]) -> list[str]:
    return [f"{name:<14}{lines[0]}", *(f"{_INDENT}{line}" for line in lines[1:])] if lines else []


def _recommendation(advice: Advice) -> list[str]:
    verdict = advice.verdict
    lines = [headline(verdict), axis_line(verdict.core), axis_line(verdict.edges)]
    for limit in verdict.limits:
        lines.append(f"hard limit: {limit}")
    for condition in verdict.conditions:
        lines.append(f"provided that {condition}")
    found = _field("Verdict", lines)
    if verdict.outcome == "not-enough":
        missing = [
            question.id
            for question in advice.catalogue.questions
            if question.use == "core" and question.axis == "core" and question.id not in advice.answers
        ]
        found += _field("Next", [f"answer {', '.join(missing)}"])
    return found + _field("Confidence", [confidence_line(advice)])


def _reasons(advice: Advice) -> list[str]:
    pro, contra = reasons(advice)
    found: list[str] = []
    for name, items, sign in (("For", pro, 1), ("Against", contra, -1)):
        lines = [f"{points(item, sign):<4}{item.because}  [{origin(item, advice)}]" for item in items]
        found += _field(name, lines or ["nothing that was answered"])
    return found if pro or contra else []


def _changes(advice: Advice) -> list[str]:
    found = advice.sensitivity
    given = [flip for flip in found.flips if flip.answered]
    short = {question.id for question in advice.catalogue.questions if question.use in ("core", "gate")}
    open_ones = [flip for flip in found.flips if not flip.answered and flip.question in short]
    lines = [flip_line(flip, advice) for flip in given[:_SHOWN]]
    lines += [flip_line(flip, advice) for flip in open_ones[: max(0, _SHOWN - len(lines))]]
    if not found.flips:
        lines.append("no single answer changes the verdict")
    more = len(found.flips) - min(len(given) + len(open_ones), _SHOWN)
    if more > 0:
        lines.append(f"and {many(more, 'more single answer')} (--format json lists all)")
    lines += [weight_line(change) for change in found.weights[:3]]
    stable = stability_line(advice)
    return ["What would change this", *(f"  {line}" for line in [*lines, *([stable] if stable else [])])]


def _evidence(advice: Advice, full: bool) -> list[str]:
    if not advice.evidence and not advice.answers:
        return []
    lines = ["Evidence and answers, kept apart"]
    left_out = 0
    for question in advice.catalogue.questions:
        item, answer = advice.evidence.get(question.id), advice.answers.get(question.id)
        if item is None and (answer is None or answer.value == UNKNOWN or answer.source == "default"):
            continue
        if answer is None and question.use != "core" and not full:
            left_out += 1
            continue
        lines.append(f"  {question.id:<4}{question.ask}")
        if item:
            proposal = f" → {value_words(question, item.proposes)}" if item.proposes else ""
            lines.append(f"      scan says   {item.says}{proposal} ({item.trust} trust)")
            if item.places:
                more = f" +{item.total - 3}" if item.total > 3 else ""
                lines.append(f"                  {'  '.join(item.places[:3])}{more}")
            if item.caveat:
                lines.append(f"                  {item.caveat}")
        if answer and answer.value != UNKNOWN:
            who = {"scan": "taken", "person": "you said", "preset": "preset", "default": "default"}[answer.source]
            reason = f" because {answer.na_reason}" if answer.value == NOT_APPLICABLE and answer.na_reason else ""
            conflict = " — CONFLICT with the scan" if any(c.question == question.id for c in advice.conflicts) else ""
            lines.append(f"      {who:<12}{value_words(question, answer.value)}{reason}{conflict}")
    if left_out:
        lines.append(f"  evidence for {left_out} more questions is shown with --full")
    return lines


def _homes(advice: Advice) -> list[str]:
    if not advice.homes:
        return []
    lines = ["A home for every rule (--format json lists all)"]
    for sort in sorts():
        found = [home for home in advice.homes if home.sort == sort.id]
        if found:
            lines += _sort_lines(sort.title, found)
    if advice.moves:
        lines += ["", "Order of moves, smallest first"]
        for number, move in enumerate(advice.moves[:_SHOWN], 1):
            files = "1 file" if move.files == 1 else f"{move.files} files"
            drifted = ", its copies disagree" if move.drifted else ""
            lines.append(f"  {number:>2}. {move.rule} → {layer_words(move.home)} ({files}{drifted})")
            lines.append(f"      {move.action}: {'  '.join(move.places[:3])}")
        if len(advice.moves) > _SHOWN:
            lines.append(f"      and {len(advice.moves) - _SHOWN} more")
    return lines


def _sort_lines(title: str, found: list[Home]) -> list[str]:
    counts = Counter((home.home, home.why) for home in found)
    lines = []
    for (layer, why), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        inside = sum(home.there for home in found if (home.home, home.why) == (layer, why))
        lines.append(f"  {title}: {count} to {layer_words(layer)}, {inside} of them are stated there already. {why}")
    return lines


def _core(advice: Advice) -> list[str]:
    core = advice.core
    if not core.core and not core.edges:
        return []
    lines = ["Stable core and dynamic edges"]
    reasons_of = Counter(item.reason for item in core.core)
    for reason, count in sorted(reasons_of.items()):
        first = [item for item in core.core if item.reason == reason][:3]
        lines.append(f"  must always hold, {reason}: {count}")
        lines += [f"      {item.rule}  {item.path}:{item.line}" for item in first]
    if core.edges:
        listed = ", ".join(f"{edge.part} ({edge.changes:g} changes a file)" for edge in core.edges)
        lines.append(f"  changes most: {listed}")
    if core.edge_commits:
        lines.append(f"  {core.touched} of {core.edge_commits} commits that touch an edge touch the core too")
    if core.history:
        lines.append(f"  which parts churn is not known: {core.history}")
    return lines


def _options() -> list[str]:
    lines = ["Consequences of each option"]
    for option in options().values():
        lines.append(f"  {option['title']}: {option['summary']}")
        lines += [f"    + {line}" for line in lines_of(option["good"])]
        lines += [f"    - {line}" for line in lines_of(option["bad"])]
    return lines


def _decide() -> list[str]:
    decide = texts()["decide"]
    return [
        f"Decide now    {'; '.join(lines_of(decide['now']))}",
        f"May wait      {'; '.join(lines_of(decide['later']))}",
    ]


def _platforms(advice: Advice) -> list[str]:
    read = data.table("advisor/platforms")["read"]
    found: Iterator[str] = (
        f"  {item.name}: {item.rules} Clients: {item.clients}. Source: {item.source}"
        for item in fitting(advice.verdict)
    )
    return [f"Platforms that offer this home (alphabetical, facts read in {read}, no ranking)", *found]


def _blind(advice: Advice) -> list[str]:
    return _field("Blind spots", [spot.text for spot in advice.blind_spots])


def _scoring(advice: Advice) -> list[str]:
    lines = [
        f"Scoring, model {advice.catalogue.version}: score x weight; a mean over the answered weight is the position"
    ]
    for axis in (advice.verdict.core, advice.verdict.edges):
        sides = "+ database, - services" if axis.name == "core" else "+ split off, - one piece"
        lines.append(f"  {axis.name} ({sides})")
        for item in axis.contributions:
            product = f"{item.score:+d} x {item.weight:g} = {item.points:+g}"
            lines.append(f"    {item.question:<4}{item.choice:<18}{product}  ({item.source})")
        total = sum(item.points for item in axis.contributions)
        weight = sum(item.weight for item in axis.contributions)
        lines.append(f"    sum {total:+g} ÷ weight {weight:g} = position {axis.position:+.3f}")
    return lines


def _sources(advice: Advice) -> list[str]:
    lines = [f"{name}: {told}" for name, told in advice.catalogue.sources.items()]
    return ["Where the questions come from", *(f"  {line}" for line in lines)]
