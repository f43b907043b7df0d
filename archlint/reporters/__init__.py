"""The formats of a report; adding one is a module here and a row in this table."""

from importlib import import_module
from typing import cast

from archlint.reporters.context import Context, Reporter

# Modules by format: only the one that is asked for is imported.
REPORTERS = {
    "text": "archlint.reporters.text",
    "concise": "archlint.reporters.concise",
    "json": "archlint.reporters.json",
    "jsonl": "archlint.reporters.jsonl",
    "sarif": "archlint.reporters.sarif",
    "github": "archlint.reporters.github",
    "gitlab": "archlint.reporters.gitlab",
    "junit": "archlint.reporters.junit",
    "markdown": "archlint.reporters.markdown",
}


def reporter(name: str) -> Reporter:
    """The reporter of a format of `REPORTERS`."""
    return cast(Reporter, import_module(REPORTERS[name]).render)


__all__ = ["REPORTERS", "Context", "Reporter", "reporter"]
