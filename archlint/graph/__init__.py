"""One graph of everything that a check may ask about."""

from collections.abc import Mapping

from archlint.model.facts import HIDDEN_SECURITY, FileFacts
from archlint.model.graph import Graph
from archlint.model.resolved import Resolved
from archlint.model.rule import BusinessRule
from archlint.model.schema import Schema
from archlint.model.source import Problem


def build(
    files: Mapping[str, FileFacts],
    schema: Schema,
    resolved: Resolved,
    rules: tuple[BusinessRule, ...],
    problems: tuple[Problem, ...] = (),
    architecture: str = "",
) -> Graph:
    """The graph of one repository."""
    unread = [*problems, *resolved.problems, *(problem for facts in files.values() for problem in facts.problems)]
    return Graph(
        rules=rules,
        schema=schema,
        writes=resolved.writes,
        reads=resolved.reads,
        words=resolved.words,
        access_guards=resolved.access_guards,
        claims=resolved.claims,
        edges=resolved.edges,
        runs=resolved.runs,
        lost=resolved.lost,
        foregone=tuple((path, item) for path, facts in sorted(files.items()) for item in facts.foregone),
        sql=resolved.sql,
        problems=tuple(sorted(set(unread))),
        layers=resolved.layers,
        files=len(files),
        lines=sum(facts.lines for facts in files.values()),
        architecture=architecture,
        row_security_expected=any(table.security for table in schema.tables.values()),
        row_security_hidden=any(HIDDEN_SECURITY in facts.hints for facts in files.values()),
    )


__all__ = ["build"]
