"""Brings the facts that were read from lowered text back to their places in the real file."""

from msgspec.structs import replace

from archlint.languages.templates.draft import Origin
from archlint.model.facts import Access, FileFacts, Statement
from archlint.model.source import Problem


def placed(facts: FileFacts, origin: Origin, language: str, problems: tuple[Problem, ...]) -> FileFacts:
    """The same facts, every position pointing into the real file."""
    span = origin.span
    return replace(
        facts,
        language=language,
        lines=origin.source.count("\n") + (0 if origin.source.endswith("\n") or not origin.source else 1),
        imports=tuple(replace(item, line=origin.line(item.line)) for item in facts.imports),
        bindings=tuple(replace(item, span=span(item.span)) for item in facts.bindings),
        statements=tuple(_statement(item, origin) for item in facts.statements if origin.certain(item.span)),
        accesses=tuple(_access(item, origin) for item in facts.accesses),
        invocations=tuple(replace(item, span=span(item.span)) for item in facts.invocations),
        functions=tuple(replace(item, span=span(item.span)) for item in facts.functions),
        tables=tuple(replace(item, span=span(item.span)) for item in facts.tables),
        foregone=tuple(
            replace(item, span=span(item.span), fallback=span(item.fallback))
            for item in facts.foregone
            if origin.certain(item.span)
        ),
        problems=tuple(sorted({*(replace(item, line=origin.line(item.line)) for item in facts.problems), *problems})),
    )


def _statement(item: Statement, origin: Origin) -> Statement:
    shown = origin.shown(item.span)
    return replace(
        item,
        span=origin.span(item.span),
        text=item.text if shown is None else shown,
        related=tuple(origin.span(place) for place in item.related),
    )


def _access(item: Access, origin: Origin) -> Access:
    # The text of an SQL access is the statement itself, and no piece of the file.
    shown = origin.shown(item.span) if item.kind != "sql" else None
    places = tuple(
        (name, origin.span(place), text if (real := origin.shown(place)) is None else real)
        for name, place, text in item.places
    )
    return replace(item, span=origin.span(item.span), text=item.text if shown is None else shown, places=places)
