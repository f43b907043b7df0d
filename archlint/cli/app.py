"""The Typer application, and the one place where errors end."""

import contextlib
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from archlint import __version__
from archlint.cli.advise import advise
from archlint.cli.baseline import baseline
from archlint.cli.checks import checks, explain
from archlint.cli.ci import ci
from archlint.cli.config import config
from archlint.cli.doctor import doctor
from archlint.cli.exit import Exit, leave
from archlint.cli.init import HOOKS, init
from archlint.cli.scan import scan
from archlint.model.errors import ArchlintError

# Plain help: the formatted kind costs more time than some whole scans.
app = typer.Typer(
    name="archlint",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command()(scan)
app.command()(ci)
app.command()(checks)
app.command()(explain)
app.command()(advise)
app.command()(init)
app.command()(doctor)
app.add_typer(config, name="config")
app.add_typer(baseline, name="baseline")

# Typer keeps the class of all usage errors to itself; a public one is derived from it.
_UsageError: type[Exception] = typer.BadParameter.__mro__[2]


def _version(asked: bool) -> None:
    if asked:
        print(f"archlint {__version__}")
        raise typer.Exit()


@app.callback()
def archlint(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Where does this business rule actually live? archlint finds each copy, and says which copies disagree."""


def run(arguments: Sequence[str]) -> int:
    """Run a command; the answer is the exit code."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return leave(Exit.INTERRUPTED, "interrupted")
    except ArchlintError as error:
        for line in error.details:
            print(line, file=sys.stderr)
        return leave(Exit.FAILED, str(error))
    except BrokenPipeError:
        # Whoever read the report has seen enough; closing quietly is what other tools do.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except Exception:
        print(_for_an_issue(), file=sys.stderr)
        return leave(Exit.FAILED, "internal error; this is a bug in archlint")


def _run(arguments: Sequence[str]) -> int:
    try:
        answer = app(_with_value(arguments) or ["--help"], standalone_mode=False, prog_name="archlint")
    except typer.Exit as left:
        answer = left.exit_code
    except typer.Abort:
        return leave(Exit.INTERRUPTED, "interrupted")
    except _UsageError as error:
        told = getattr(error, "format_message", error.__str__)()
        return leave(Exit.FAILED, f"{told.rstrip('.')}; see archlint --help") if told else Exit.CLEAN
    if answer == Exit.INTERRUPTED:
        # Some releases of Typer turn an interrupt into this code and say nothing.
        return leave(Exit.INTERRUPTED, "interrupted")
    return answer if isinstance(answer, int) else Exit.CLEAN


def _with_value(arguments: Sequence[str]) -> list[str]:
    """`--changed` and `--hook` may stand alone: then they get an empty value, which leaves the choice to archlint."""
    given = list(arguments)
    for index, word in enumerate(given):
        following = given[index + 1 : index + 2]
        if word == "--":
            break
        if word == "--changed" and (not following or following[0].startswith("-") or Path(following[0]).exists()):
            given[index] = "--changed="
        elif word == "--hook" and not (following and following[0] in HOOKS):
            given[index] = "--hook="
    return given


def _for_an_issue() -> str:
    system = f"archlint {__version__}, Python {platform.python_version()}, {sys.platform}"
    return f"Please report this with the lines below.\n\n{system}\n{traceback.format_exc()}"
