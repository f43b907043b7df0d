"""Answers: reading them from files and flags, naming every mistake at once, and writing them back."""

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import tomli

from archlint.advisor.questions import NOT_APPLICABLE, UNKNOWN, Catalogue, Question
from archlint.model.errors import ArchlintError

SCHEMA = 1
SOURCES = ("scan", "person", "preset", "default")
_TOP = ("schema", "archlint", "model", "answers")
_KEYS = ("value", "source", "trust", "evidence", "note", "na_reason")
_EVIDENCE_KEYS = ("says", "numbers", "places")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered, and by whom.

    `value` is a choice, `unknown` or `not-applicable`. `evidence` says what the scan showed at that time.
    """

    value: str
    source: str = "person"
    trust: str = ""
    note: str = ""
    na_reason: str = ""
    says: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
    places: tuple[str, ...] = ()


Answers = Mapping[str, Answer]


def parse(text: str, name: str, catalogue: Catalogue) -> dict[str, Answer]:
    """The answers of a file; all mistakes are told at once."""
    table = _table(text, name)
    mistakes: list[str] = []
    for key in table:
        if key not in _TOP:
            mistakes.append(f"unknown key {key!r}{_near(key, _TOP)}")
    if "schema" in table and (isinstance(table["schema"], bool) or table["schema"] != SCHEMA):
        mistakes.append(f"schema is {table['schema']!r}; this archlint reads schema {SCHEMA}")
    entries = table.get("answers", {})
    if not isinstance(entries, dict):
        mistakes.append(f"answers is {_kind(entries)}, not a table")
        entries = {}
    answers: dict[str, Answer] = {}
    for key, entry in entries.items():
        question = catalogue.find(key)
        if question is None:
            mistakes.append(f"unknown question {key!r}{_near(key, _spellings(catalogue))}")
            continue
        if question.id in answers:
            mistakes.append(f"{question.id} is answered twice")
            continue
        found = _entry(question, entry, mistakes)
        if found:
            answers[question.id] = found
    complain(name, mistakes)
    return answers


def settings(pairs: Iterable[str], flag: str, catalogue: Catalogue) -> dict[str, Answer]:
    """The answers of `ID=VALUE` flags; `not-applicable: reason` gives a reason."""
    mistakes: list[str] = []
    answers: dict[str, Answer] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        question = catalogue.find(key)
        if not separator:
            mistakes.append(f"{pair!r} is not ID=VALUE")
        elif question is None:
            mistakes.append(f"unknown question {key!r}{_near(key, _spellings(catalogue))}")
        elif question.id in answers and answers[question.id].value != value.strip():
            mistakes.append(f"{question.id} is answered twice")
        else:
            value, _, reason = value.strip().partition(":")
            entry: dict[str, Any] = {"value": value.strip()}
            if reason.strip():
                entry["na_reason"] = reason.strip()
            found = _entry(question, entry, mistakes)
            if found:
                answers[question.id] = found
    complain(flag, mistakes)
    return answers


def parse_weights(text: str, name: str, catalogue: Catalogue) -> dict[str, float]:
    """Weights by question, from a table `weights` or from the top of the file."""
    table = _table(text, name)
    mistakes: list[str] = []
    entries = table.get("weights", {key: value for key, value in table.items() if key != "schema"})
    if not isinstance(entries, dict):
        mistakes.append(f"weights is {_kind(entries)}, not a table")
        entries = {}
    weights: dict[str, float] = {}
    for key, value in entries.items():
        question = catalogue.find(key)
        if question is None:
            mistakes.append(f"unknown question {key!r}{_near(key, _spellings(catalogue))}")
        elif not question.axis:
            mistakes.append(f"{question.id} is not scored, so it has no weight")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            mistakes.append(f"the weight of {question.id} is {_kind(value)}, not a number")
        elif not 0 <= value <= 1000:
            mistakes.append(f"the weight of {question.id} is {value}; it must lie between 0 and 1000")
        else:
            weights[question.id] = float(value)
    complain(name, mistakes)
    return weights


def complain(name: str, mistakes: list[str]) -> None:
    """End with all mistakes, if there are any."""
    if mistakes:
        count = "one mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise ArchlintError(f"{name} has {count}: {'; '.join(mistakes)}")


def dump(answers: Answers, catalogue: Catalogue, version: str) -> str:
    """The answers as TOML, in the order of the questions; the same answers give the same bytes."""
    lines = [f"schema = {SCHEMA}", f"archlint = {_quoted(version)}", f"model = {_quoted(catalogue.version)}"]
    for question in catalogue.questions:
        answer = answers.get(question.id)
        if answer is None:
            continue
        lines += ["", f"# {question.ask}", f"[answers.{question.id}]", f"value = {_quoted(answer.value)}"]
        lines.append(f"source = {_quoted(answer.source)}")
        for key in ("trust", "note", "na_reason"):
            if text := getattr(answer, key):
                lines.append(f"{key} = {_quoted(text)}")
        if answer.says:
            lines += [f"[answers.{question.id}.evidence]", f"says = {_quoted(answer.says)}"]
            numbers = ", ".join(f"{_quoted(key)} = {value:g}" for key, value in answer.numbers)
            lines.append(f"numbers = {{ {numbers} }}" if numbers else "numbers = {}")
            lines.append(f"places = [{', '.join(_quoted(place) for place in answer.places)}]")
    return "\n".join(lines) + "\n"


def with_presets(answers: Answers, catalogue: Catalogue) -> dict[str, Answer]:
    """The answers, with what the chosen kind of product and the defaults fill in."""
    filled = dict(answers)
    for question in catalogue.questions:
        given = answers.get(question.id)
        choice = question.choice(given.value) if given else None
        for key, value in (choice.preset if choice else {}).items():
            filled.setdefault(key, Answer(value=value, source="preset"))
    for question in catalogue.questions:
        if question.default:
            filled.setdefault(question.id, Answer(value=question.default, source="default"))
    return {question.id: filled[question.id] for question in catalogue.questions if question.id in filled}


def _table(text: str, name: str) -> dict[str, Any]:
    """The file as a table: JSON where it opens with a brace, TOML otherwise."""
    if text.lstrip().startswith("{"):
        try:
            table = json.loads(text)
        except ValueError as error:
            raise ArchlintError(f"{name} is not valid JSON: {error}") from error
    else:
        try:
            table = tomli.loads(text)
        except tomli.TOMLDecodeError as error:
            raise ArchlintError(f"{name} is neither JSON nor valid TOML: {error}") from error
    if not isinstance(table, dict):
        raise ArchlintError(f"{name} holds {_kind(table)}, not a table")
    return table


def _entry(question: Question, entry: object, mistakes: list[str]) -> Answer | None:
    before = len(mistakes)
    if isinstance(entry, str):
        entry = {"value": entry}
    if not isinstance(entry, dict):
        mistakes.append(f"the answer to {question.id} is {_kind(entry)}, not a text or a table")
        return None
    for key in entry:
        if key not in _KEYS:
            mistakes.append(f"{question.id} has an unknown key {key!r}{_near(str(key), _KEYS)}")
    texts = {key: _text(question, entry, key, mistakes) for key in _KEYS if key != "evidence"}
    value, source = texts["value"], texts["source"] or "person"
    if "value" not in entry:
        mistakes.append(f"{question.id} has no value")
    elif isinstance(entry["value"], str) and question.choice(value) is None and value not in (UNKNOWN, NOT_APPLICABLE):
        known = [choice.id for choice in question.choices]
        mistakes.append(
            f"{question.id} cannot be {value!r}{_near(value, known)} (known: {', '.join(known)}, {UNKNOWN})"
        )
    if source not in SOURCES:
        mistakes.append(f"the source of {question.id} is {source!r}, not one of {', '.join(SOURCES)}")
    evidence = entry.get("evidence", {})
    says, numbers, places = _evidence(question, evidence, mistakes)
    if len(mistakes) > before:
        return None
    rest = {key: texts[key] for key in ("trust", "note", "na_reason")}
    return Answer(value=value, source=source, says=says, numbers=numbers, places=places, **rest)


def _text(question: Question, entry: Mapping[str, Any], key: str, mistakes: list[str]) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        mistakes.append(f"{key} of {question.id} is {_kind(value)}, not a text")
        return ""
    return value


def _evidence(
    question: Question, evidence: object, mistakes: list[str]
) -> tuple[str, tuple[tuple[str, float], ...], tuple[str, ...]]:
    nothing: tuple[str, tuple[tuple[str, float], ...], tuple[str, ...]] = ("", (), ())
    if not isinstance(evidence, dict):
        mistakes.append(f"the evidence of {question.id} is {_kind(evidence)}, not a table")
        return nothing
    for key in evidence:
        if key not in _EVIDENCE_KEYS:
            mistakes.append(f"the evidence of {question.id} has an unknown key {key!r}")
    says, numbers, places = evidence.get("says", ""), evidence.get("numbers", {}), evidence.get("places", [])
    sound = isinstance(says, str) and isinstance(numbers, dict) and isinstance(places, list)
    if not sound or not all(isinstance(place, str) for place in places):
        mistakes.append(f"the evidence of {question.id} is not says (text), numbers (table), places (list of texts)")
        return nothing
    if not all(isinstance(number, int | float) for number in numbers.values()):
        mistakes.append(f"the numbers of {question.id} are not all numbers")
        return nothing
    return says, tuple((str(key), float(value)) for key, value in numbers.items()), tuple(places)


def _spellings(catalogue: Catalogue) -> list[str]:
    return [word for question in catalogue.questions for word in (question.id, question.name)]


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {near[0]}?)" if near else ""


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "a text"


def _quoted(text: str) -> str:
    """A basic TOML string; JSON's escapes are a subset of TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
