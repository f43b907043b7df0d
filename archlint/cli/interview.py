"""The questionnaire in a terminal: evidence first, then the choices, with a way back at every step."""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from archlint import __version__
from archlint.advisor import NOT_APPLICABLE, UNKNOWN, Answer, Catalogue, Evidence, Question, dump, from_scan, parse
from archlint.cache import cache_folder

_BACK, _SKIP, _HELP, _STOP = "<back>", "<skip>", "<help>", "<stop>"


def interview(
    root: Path,
    save: Path | None,
    fresh: bool,
    catalogue: Catalogue,
    wanted: Sequence[Question],
    evidence: Mapping[str, Evidence],
    given: Mapping[str, Answer],
) -> dict[str, Answer]:
    """The given answers with those of a person. An interrupt leaves a file that the next run goes on with."""
    kept = save or _progress_file(root)
    answers = dict(given)
    if kept and kept.is_file() and not fresh:
        answers = {**parse(kept.read_text("utf-8"), str(kept), catalogue), **answers}
        print(f"Continuing with {len(answers)} answers from {kept} (--fresh starts anew).\n")
    asked = _Interview(catalogue, wanted, evidence, answers)
    try:
        asked.run()
    except (KeyboardInterrupt, EOFError):
        _keep(kept, asked.answers, catalogue)
        raise KeyboardInterrupt from None
    if save is None and kept:
        kept.unlink(missing_ok=True)
    return asked.answers


def _keep(kept: Path | None, answers: Mapping[str, Answer], catalogue: Catalogue) -> None:
    if not answers:
        return
    try:
        if kept is None:
            raise OSError
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(dump(answers, catalogue, __version__).encode())
    except OSError:
        flags = " ".join(f"--set {key}={value.value}" for key, value in answers.items())
        print(f"archlint: the answers so far could not be kept; they are {flags}", file=sys.stderr)
        return
    print(f"archlint: the answers so far are in {kept}; the next run goes on with them", file=sys.stderr)


def _progress_file(root: Path) -> Path | None:
    """Where unfinished answers wait: outside of the scanned folder, one file for each."""
    place = root.resolve()
    try:
        folder = cache_folder().resolve()
    except RuntimeError:
        return None
    name = hashlib.blake2b(str(place).encode(), digest_size=8).hexdigest()
    return None if folder.is_relative_to(place) else folder / "advise" / f"{name}.toml"


class _Interview:
    """One run through the questions; `answers` always holds what was answered so far."""

    def __init__(
        self,
        catalogue: Catalogue,
        wanted: Sequence[Question],
        evidence: Mapping[str, Evidence],
        answers: dict[str, Answer],
    ) -> None:
        self._catalogue = catalogue
        self._wanted = [question for question in wanted if question.id not in answers] or list(wanted)
        self._evidence = evidence
        self.answers = answers

    def run(self) -> None:
        """Ask all questions, or as many as the person wants."""
        index = 0
        while index < len(self._wanted):
            question = self._wanted[index]
            self._show(question, index)
            step = self._ask(question, index)
            if step == _STOP:
                return
            index += {_BACK: -1, _HELP: 0}.get(step, 1)

    def _show(self, question: Question, index: int) -> None:
        item = self._evidence.get(question.id)
        print(f"\n{question.title} · {index + 1} of {len(self._wanted)} · {question.id}")
        if item:
            print(f"  scan says: {item.says} ({item.trust} trust)")
            if item.places:
                print(f"             {'  '.join(item.places[:3])}")
            if item.caveat:
                print(f"             {item.caveat}")

    def _ask(self, question: Question, index: int) -> str:
        import questionary

        entries = [questionary.Choice(choice.text, value=choice.id) for choice in question.choices]
        entries += [
            questionary.Separator(),
            questionary.Choice("skip for now", value=_SKIP),
            questionary.Choice("don't know", value=UNKNOWN),
            questionary.Choice("not applicable because …", value=NOT_APPLICABLE),
        ]
        if index:
            entries.append(questionary.Choice("back", value=_BACK))
        entries += [
            questionary.Choice("help: why this is asked", value=_HELP),
            questionary.Choice("stop here and show the advice", value=_STOP),
        ]
        chosen = questionary.select(
            question.ask, choices=entries, default=self._selected(question), instruction="(arrows and Enter)"
        ).unsafe_ask()
        return self._take(question, str(chosen))

    def _selected(self, question: Question) -> str:
        """An earlier answer; the scan's where its trust is high and the question is not on what people want."""
        given = self.answers.get(question.id)
        if given and question.choice(given.value):
            return given.value
        item = self._evidence.get(question.id)
        if item and item.proposes and item.trust == "high" and not question.value_question:
            return item.proposes
        return _SKIP

    def _take(self, question: Question, chosen: str) -> str:
        if chosen == _HELP:
            self._help(question)
        elif chosen == NOT_APPLICABLE:
            import questionary

            reason = questionary.text("Not applicable because").unsafe_ask().strip()
            self.answers[question.id] = Answer(value=NOT_APPLICABLE, na_reason=reason or "no reason given")
        elif chosen not in (_BACK, _SKIP, _STOP):
            self.answers[question.id] = self._answer(question, chosen)
        return chosen

    def _answer(self, question: Question, chosen: str) -> Answer:
        """A person's answer, with what the scan showed beside it."""
        item = self._evidence.get(question.id)
        answer = from_scan(item, chosen) if item else Answer(value=chosen)
        return msgspec.structs.replace(answer, source="person", trust="")

    def _help(self, question: Question) -> None:
        print(f"\n  {question.help}")
        for source in question.source:
            print(f"  Source: {self._catalogue.sources[source]}")
        for choice in question.choices:
            if question.axis and choice.score:
                print(f"  “{choice.text}” counts {choice.score:+d} x {question.weight:g} on {question.axis}")


__all__ = ["interview"]
