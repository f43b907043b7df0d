"""`archlint advise`: which home the logic should have, from evidence and answers."""

import fnmatch
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from archlint import __version__
from archlint.cli.exit import Exit, leave
from archlint.cli.progress import Progress
from archlint.cli.settings import settings
from archlint.model.errors import ArchlintError

FORMATS = ("text", "json", "markdown")


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def checked(value: str) -> str:
        if value and value not in choices:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(choices)}")
        return value

    return checked


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    root: Path
    answers: Path | None = None
    given: tuple[str, ...] = ()
    save: Path | None = None
    accept: bool = False
    no_input: bool = False
    full: bool = False
    only: tuple[str, ...] = ()
    weights: Path | None = None
    what_if: tuple[str, ...] = ()
    compare: Path | None = None
    show_scoring: bool = False
    form: str = "text"
    output: Path | None = None
    adr: bool = False
    adr_dir: str = ""
    adr_template: str = ""
    adr_status: str = "proposed"
    emit_config: bool = False
    no_scan: bool = False
    fresh: bool = False


def advise(
    path: Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)] = Path(),
    answers: Annotated[Path | None, typer.Option(help="Read answers from this file (TOML or JSON).")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="ID=VALUE", help="One answer; repeat. It beats those of files.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write the answers to this file; commit it to decide again.")
    ] = None,
    accept_evidence: Annotated[
        bool, typer.Option("--accept-evidence", help="Let the scan answer where its trust is high and nobody did.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing; what is unanswered stays unknown.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Ask all questions, not only the core ones.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="Ask only a group or questions by id or pattern; repeat.")
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Weights by question, from this file.")] = None,
    show_scoring: Annotated[bool, typer.Option("--show-scoring", help="Show every score and weight.")] = False,
    what_if: Annotated[
        list[str] | None, typer.Option(metavar="ID=VALUE", help="Show what another answer would change; repeat.")
    ] = None,
    compare: Annotated[Path | None, typer.Option(help="Show what changed since these answers.")] = None,
    form: Annotated[
        str, typer.Option("--format", "-f", callback=_one_of(FORMATS), metavar="FORMAT", help=", ".join(FORMATS) + ".")
    ] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the advice to this file.")] = None,
    adr: Annotated[
        bool, typer.Option("--adr", help="Write a decision record into the folder in use for them.")
    ] = False,
    adr_dir: Annotated[str, typer.Option(metavar="DIR", help="Write the record into this folder.")] = "",
    adr_template: Annotated[
        str, typer.Option(callback=_one_of(("madr", "nygard")), metavar="NAME", help="madr or nygard.")
    ] = "",
    adr_status: Annotated[str, typer.Option(metavar="STATUS", help="The status of the record.")] = "proposed",
    emit_config: Annotated[
        bool, typer.Option("--emit-config", help="Write the decision into archlint.toml, for scan to hold to.")
    ] = False,
    list_questions: Annotated[bool, typer.Option("--list-questions", help="List all questions and end.")] = False,
    no_scan: Annotated[bool, typer.Option("--no-scan", help="Use answers only.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not continue with answers of an earlier run.")] = False,
) -> int:
    """Ask where business rules should live: in the database, in services, or in a stable core with dynamic edges.

    The scan answers what it can and shows its evidence; every weight can be seen and changed. Nothing is written into
    the scanned folder unless a flag says so.
    """
    if list_questions:
        return _list(form)
    request = Request(
        root=path,
        answers=answers,
        given=tuple(given or ()),
        save=save,
        accept=accept_evidence,
        no_input=no_input,
        full=full,
        only=tuple(only or ()),
        weights=weights,
        what_if=tuple(what_if or ()),
        compare=compare,
        show_scoring=show_scoring,
        form=form,
        output=output,
        adr=adr or bool(adr_dir),
        adr_dir=adr_dir,
        adr_template=adr_template,
        adr_status=adr_status,
        emit_config=emit_config,
        no_scan=no_scan,
        fresh=fresh,
    )
    return _run(request)


def _run(request: Request) -> int:
    from archlint import advisor

    catalogue, given, earlier, what_if = _inputs(request)
    wanted = _wanted(request, catalogue)
    asking = not request.no_input and not request.what_if
    if asking and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ArchlintError(
            "advise asks questions and needs a terminal; --no-input takes --answers, --set and --accept-evidence"
        )
    seen = None if request.no_scan else _survey(request)
    evidence = advisor.evidence_of(seen, catalogue)
    answers = dict(given)
    if request.accept:
        scanned = advisor.accepted(evidence, catalogue)
        # What a scan said earlier gives way to what it says now; what a person said stays.
        answers = {**scanned, **{key: value for key, value in given.items() if value.source != "scan"}}
    if asking:
        from archlint.cli.interview import interview

        answers = interview(request.root, request.save, request.fresh, catalogue, wanted, evidence, answers)
    advice = advisor.advise(answers, catalogue, __version__, seen, evidence)
    if what_if:
        changed = advisor.advise({**answers, **what_if}, catalogue, __version__, seen, evidence)
        _write(_difference(request, advice, changed), request.output)
        return leave(Exit.CLEAN, f"{advisor.described(changed.verdict)}; nothing was saved")
    files = _files(request, advice, answers)
    _write(_rendered(request, advice, earlier), request.output)
    for file, content in files:
        _put(file, content)
    return leave(Exit.CLEAN, advisor.described(advice.verdict))


def _inputs(request: Request) -> tuple[Any, dict[str, Any], dict[str, Any] | None, dict[str, Any]]:
    """The catalogue with the wanted weights, and all answers that were given; all mistakes are told at once."""
    from archlint import advisor

    catalogue = advisor.load()
    mistakes: list[str] = []

    def read(action: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return action()
        except ArchlintError as error:
            mistakes.append(str(error))
            return otherwise

    def parsed(file: Path | None, parse: Callable[[str, str, Any], Any]) -> Any:
        return read(lambda: parse(_text_of(file), str(file), catalogue), {}) if file else {}

    weights = parsed(request.weights, advisor.parse_weights)
    answers = parsed(request.answers, advisor.parse)
    earlier = parsed(request.compare, advisor.parse) if request.compare else None
    answers |= read(lambda: advisor.settings(request.given, "--set", catalogue), {})
    what_if = read(lambda: advisor.settings(request.what_if, "--what-if", catalogue), {})
    if mistakes:
        raise ArchlintError("; ".join(mistakes))
    return catalogue.weighted(weights), answers, earlier, what_if


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise ArchlintError(f"{file} cannot be read: {(error.strerror or 'error').lower()}") from error
    except UnicodeDecodeError as error:
        raise ArchlintError(f"{file} is not UTF-8") from error


def _wanted(request: Request, catalogue: Any) -> Sequence[Any]:
    """The questions to ask, in order."""
    if not request.only:
        uses = ("core", "gate", "deep", "report") if request.full else ("core", "gate")
        return [question for question in catalogue.questions if question.use in uses]
    patterns = [word.strip().lower() for item in request.only for word in item.split(",") if word.strip()]
    found = [
        question
        for question in catalogue.questions
        if any(fnmatch.fnmatch(word, item) for word in _spellings(question) for item in patterns)
    ]
    if not found:
        groups = ", ".join(dict.fromkeys(question.group for question in catalogue.questions))
        raise ArchlintError(f"no question fits --only {', '.join(patterns)} (groups: {groups})")
    return found


def _spellings(question: Any) -> tuple[str, ...]:
    return question.id.lower(), question.name, question.group


def _survey(request: Request) -> Any:
    from archlint import pipeline
    from archlint.advisor import Seen

    with Progress(enabled=True) as progress:
        configuration = settings(request.root).configuration
        # What is enforced today must not depend on what was decided before.
        configuration = msgspec.structs.replace(configuration, architecture="", homes=())
        options = pipeline.Options(configuration=configuration, watch=progress.show)
        found = pipeline.survey(request.root, options)
    return Seen(request.root, found.graph, found.report.findings, found.files, found.report.summary.skipped)


def _rendered(request: Request, advice: Any, earlier: dict[str, Any] | None) -> str:
    from archlint import advisor

    if request.form == "json":
        tree = advisor.tree(advice)
        if earlier is not None:
            changed = advisor.differences(earlier, advice.answers, advice.catalogue)
            tree["compared"] = [{"question": item.id, "before": was, "after": now} for item, was, now in changed]
        return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    told = "" if earlier is None else advisor.compare(earlier, advice.answers, advice.catalogue, str(request.compare))
    if request.form == "markdown":
        return advisor.markdown(advice) + (f"\n## {told.replace(chr(10), chr(10) * 2, 1)}" if told else "")
    return advisor.text(advice, request.show_scoring, request.full) + (f"\n{told}" if told else "")


def _difference(request: Request, before: Any, after: Any) -> str:
    from archlint import advisor

    if request.form == "json":
        verdicts = {"before": advisor.tree(before)["verdict"], "after": advisor.tree(after)["verdict"]}
        return json.dumps({"schema": 1, **verdicts}, ensure_ascii=False, indent=2) + "\n"
    return advisor.compare(before.answers, after.answers, before.catalogue, "the answers as they are")


def _files(request: Request, advice: Any, answers: dict[str, Any]) -> list[tuple[Path, str]]:
    """All files to write, made before the first is written."""
    from archlint import advisor

    found: list[tuple[Path, str]] = []
    if request.emit_config:
        found.append(_configuration(request.root, advice))
    if request.adr:
        made = advisor.record(advice, request.root, request.adr_dir, request.adr_template, request.adr_status, _today)
        found.append((request.root / made.path, made.text))
        if made.superseded:
            found.append((request.root / made.superseded, made.superseded_text))
    if request.save:
        found.append((request.save, advisor.dump(answers, advice.catalogue, __version__)))
    return found


def _configuration(root: Path, advice: Any) -> tuple[Path, str]:
    from archlint import advisor
    from archlint.config import find_file

    if not advice.verdict.architecture:
        raise ArchlintError(f"--emit-config needs a clear verdict, and it is: {advisor.described(advice.verdict)}")
    file = find_file(root) or root / "archlint.toml"
    if file.name != "archlint.toml":
        raise ArchlintError(f"{file} holds the settings of archlint; write into it: {advisor.snippet(advice)!r}")
    text = file.read_text("utf-8") if file.exists() else ""
    return file, advisor.merged(text, advice, str(file))


def _today() -> str:
    return date.today().strftime("%Y%m%d")


def _put(file: Path, content: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode())
    except OSError as error:
        raise ArchlintError(f"{file} cannot be written: {(error.strerror or 'error').lower()}") from error
    print(f"archlint: wrote {file}", file=sys.stderr)


def _write(text: str, output: Path | None) -> None:
    """Bytes, so that no system changes the line ends."""
    if output is not None:
        _put(output, text)
        return
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def _list(form: str) -> int:
    from archlint import advisor

    catalogue = advisor.load()
    if form == "json":
        _write(advisor.questions_json(catalogue), None)
        return Exit.CLEAN
    lines: list[str] = []
    group = ""
    for question in catalogue.questions:
        if question.group != group:
            group = question.group
            heading = f"## {question.title} ({group})" if form == "markdown" else f"{question.title} ({group})"
            lines += ["", heading, ""] if form == "markdown" else ["", heading]
        weight = f"{question.axis}, weight {question.weight:g}" if question.axis else "not scored"
        lead = "* " if form == "markdown" else "  "
        lines.append(f"{lead}{question.id:<4}{question.ask} [{question.use}; {weight}; {', '.join(question.source)}]")
        lines += [f"{' ' * 6}{choice.id}: {choice.text}" for choice in question.choices]
    _write("\n".join(lines).lstrip("\n") + "\n", None)
    return Exit.CLEAN
