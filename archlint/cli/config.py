"""`archlint config`: the settings in force and where each comes from, and the schema for editors."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from archlint import data
from archlint.cli.settings import ConfigFlag, settings
from archlint.model.rule import Site

config = typer.Typer(no_args_is_help=True, help="Show the settings in force, or the schema of the file.")
_DEFAULTS = {"fail-on": "warning", "min-confidence": 0.7, "baseline": ".archlint-baseline.json"}
_HIDDEN = frozenset({"prefix"})


@config.command()
def show(
    path: Annotated[Path, typer.Argument(help="The folder that would be scanned.", show_default=False)] = Path(),
    file: ConfigFlag = None,
) -> None:
    """Show each value, and where it comes from: a variable of the environment, a line of a file, or nowhere.

    The command line has the last word, then the environment (ARCHLINT_FAIL_ON=error), then the nearest file, then those
    that it extends. Tables are joined key by key, and lists of what to leave out or to add are put together.
    """
    loaded = settings(path, file)
    print(f"# {loaded.file or 'no archlint.toml, and no [tool.archlint] in a pyproject.toml'}")
    rows = []
    for name, value in msgspec.structs.asdict(loaded.configuration).items():
        key = name.replace("_", "-")
        if key in _HIDDEN:
            continue
        default = _DEFAULTS.get(key)
        if isinstance(value, tuple) and value and isinstance(value[0], tuple):
            rows += [(f"{key}.{_name(item[0])}", _value(item[1]), loaded.origins[f"{key}.{item[0]}"]) for item in value]
        elif value in ("", None, ()):
            rows.append((key, _value(default) if default is not None else "not set", "default"))
        else:
            rows.append((key, _value(value), loaded.origins[key]))
    width = max(len(f"{key} = {value}") for key, value, _ in rows)
    for key, value, origin in rows:
        print(f"{f'{key} = {value}':<{min(width, 60)}}  # {origin}")


@config.command()
def schema() -> None:
    """Print the JSON Schema of archlint.toml, for editors."""
    print((data.folder() / "schemas" / "archlint.schema.json").read_text("utf-8"), end="")


def _name(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() else f'"{key}"'


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, Site):
        return f'"{value.subject}: {value.normal}"'
    return f'"{value}"' if isinstance(value, str) else str(value)
