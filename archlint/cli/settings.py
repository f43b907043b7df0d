"""What commands share: the settings of the scanned folder, and the flags that choose them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from archlint.config import Instead, Loaded, load
from archlint.model.configuration import Configuration
from archlint.model.errors import ArchlintError

ConfigFlag = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings from this file, not the nearest one; ARCHLINT_CONFIG too.",
        show_default=False,
    ),
]
IsolatedFlag = Annotated[
    bool, typer.Option("--isolated", help="No settings but those of the command line: no file, no environment.")
]


def settings(path: Path, chosen: Path | None = None, isolated: bool = False, instead: Instead | None = None) -> Loaded:
    """The settings for a folder; `instead` are contents that count in place of those on the disk."""
    if isolated and chosen:
        raise ArchlintError("--config and --isolated exclude each other")
    if isolated:
        return Loaded(configuration=Configuration())
    named = os.environ.get("ARCHLINT_CONFIG", "")
    return load(path, check_names, chosen or (Path(named) if named else None), instead)


def check_names() -> Mapping[str, str]:
    """The codes of all checks by every spelling, in lower case."""
    from archlint.ruleset import load_checks

    return {spelling.lower(): check.code for check in load_checks().values() for spelling in (check.code, check.name)}
