"""What changed between two sets of answers, and in the verdict."""

from archlint.advisor._words import value_words
from archlint.advisor.answers import Answers, with_presets
from archlint.advisor.questions import UNKNOWN, Catalogue, Question
from archlint.advisor.scoring import judge
from archlint.advisor.sensitivity import described


def differences(before: Answers, after: Answers, catalogue: Catalogue) -> list[tuple[Question, str, str]]:
    """The questions whose answers differ, with both values."""
    found: list[tuple[Question, str, str]] = []
    for question in catalogue.questions:
        first, second = before.get(question.id), after.get(question.id)
        was, now = (item.value if item else UNKNOWN for item in (first, second))
        if was != now:
            found.append((question, was, now))
    return found


def compare(before: Answers, after: Answers, catalogue: Catalogue, name: str) -> str:
    """The answers that differ, and the verdicts."""
    old, new = with_presets(before, catalogue), with_presets(after, catalogue)
    lines = [f"Compared with {name}"]
    for question, was, now in differences(old, new, catalogue):
        lines.append(f"  {question.id:<4}{question.ask}")
        lines.append(f"      {value_words(question, was)} → {value_words(question, now)}")
    if len(lines) == 1:
        lines.append("  no answer differs")
    first_verdict, second_verdict = judge(old, catalogue), judge(new, catalogue)
    was, now = described(first_verdict), described(second_verdict)
    lines.append(f"  verdict: {was} → {now}" if was != now else f"  verdict: {now}, as before")
    for axis in ("core", "edges"):
        left, right = getattr(first_verdict, axis).position, getattr(second_verdict, axis).position
        lines.append(f"  {axis}: {left:+.2f} → {right:+.2f}")
    return "\n".join(lines) + "\n"
