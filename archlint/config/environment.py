"""Settings from the environment: `ARCHLINT_FAIL_ON=error` says what `fail-on = "error"` says in a file."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from archlint.config.lines import Path as Keys
from archlint.config.mistakes import Source

PREFIX = "ARCHLINT_"
# What the environment says beside settings.
OTHERS = ("CONFIG", "CACHE_DIR")
_NEAR = 0.8
_LISTS = frozenset({"select", "ignore", "exclude", "idioms"})
_TABLES = frozenset({"layers", "dialects", "homes", "severity", "aliases"})
_NUMBERS = frozenset({"min-confidence"})
# A list of rules does not fit into a variable.
_NOT_HERE = frozenset({"declared"})


class Variables(Source):
    """The environment as one more file of settings; the place of a key is its variable."""

    def __init__(self, environment: Mapping[str, str], keys: Collection[str]) -> None:
        # Files that it names are relative to where the command is started.
        super().__init__(Path.cwd() / "environment", "", (), "environment")
        self._keys = tuple(keys)
        self._names = {name: value for name, value in environment.items() if name.startswith(PREFIX) and value.strip()}

    def where(self, keys: Keys) -> str:
        """The variable of a key."""
        return variable(str(keys[0]))

    def settings(self) -> Iterator[tuple[str, Any]]:
        """Each key that is set, with its value as a file would give it."""
        names = {variable(key): key for key in self._keys}
        for name, text in sorted(self._names.items()):
            if name not in names:
                self._unknown(name, names)
            elif names[name] in _NOT_HERE:
                self.wrong((names[name],), f"{names[name]} can only be set in a file")
            else:
                yield names[name], self._value(names[name], text.strip())

    def _unknown(self, name: str, names: Mapping[str, str]) -> None:
        """Other programs may have variables of that sort; only what looks like a slip is told."""
        known = [*(known.removeprefix(PREFIX) for known in names), *OTHERS]
        word = name.removeprefix(PREFIX)
        near = difflib.get_close_matches(word, known, 1, _NEAR)
        if near and word not in known:
            self.mistakes.append((1, f"{name}: the variable is not known; did you mean {PREFIX + near[0]!r}?"))

    def _value(self, key: str, text: str) -> Any:
        if key in _LISTS:
            return _pieces(text)
        if key in _TABLES:
            pairs = [piece.partition("=") for piece in _pieces(text)]
            if any(not name.strip() or not value.strip() for name, _, value in pairs):
                self.wrong((key,), f"{key} is written as name=value, with commas between")
                return {}
            return {name.strip(): value.strip() for name, _, value in pairs}
        return _number(text) if key in _NUMBERS else text


def variable(key: str) -> str:
    """The variable that sets a key."""
    return PREFIX + key.upper().replace("-", "_")


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"[,\n]", text) if piece.strip()]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
