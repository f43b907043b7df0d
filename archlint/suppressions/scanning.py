"""Finds ignore comments in the bytes of a file, in the form of comments of any language."""

import re

from archlint.model.facts import Suppression

_MARK = b"archlint:"
_COMMENT = re.compile(
    r"""(?P<open>\{?/\*+|//+|--|\#|<!--)[ \t]*archlint:[ \t]*ignore(?P<scope>-[\w-]+)?
        [ \t]*(?:\[(?P<codes>[^\]\n]*)\])?(?P<rest>[^\n]*)""",
    re.VERBOSE,
)
_UNTIL = re.compile(r"(?:^|\s)until\s*=\s*(\S*)")
_CLOSING = re.compile(r"\s*(?:\*/\s*\}?|-->).*$")
# A line that holds nothing but a comment, or nothing at all; the code that a comment is about stands after it.
_BARE = re.compile(r"^\s*(?:(?:\{?/\*|//|--|\#|<!--).*)?$")
_SCOPES = {"": "line", "-line": "line", "-next": "next", "-next-line": "next", "-file": "file"}


def find(source: bytes) -> tuple[Suppression, ...]:
    """The ignore comments of a file, in their order."""
    if _MARK not in source:
        return ()
    lines = source.decode("utf-8", "replace").split("\n")
    found = []
    for number, line in enumerate(lines, 1):
        if "archlint:" not in line:
            continue
        match = _COMMENT.search(line)
        if match and not _quoted(line[: match.start()]):
            found.append(_suppression(match, number, lines))
    return tuple(found)


def _suppression(match: re.Match[str], number: int, lines: list[str]) -> Suppression:
    rest = _CLOSING.sub("", match["rest"]) if match["open"] in ("<!--",) or "/*" in match["open"] else match["rest"]
    until = _UNTIL.search(rest)
    codes = tuple(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
    scope = _SCOPES.get(match["scope"] or "", "?")
    alone = not match.string[: match.start()].strip()
    target = number if scope == "line" and not alone else _next_code(lines, number)
    return Suppression(
        line=number,
        codes=codes,
        reason=" ".join(_UNTIL.sub(" ", rest).split()).lstrip(":- ").strip(),
        scope=scope if scope in ("file", "?") else "line",
        until=until[1] if until else "",
        target=target,
        column=match.start() + 1,
    )


def _next_code(lines: list[str], number: int) -> int:
    """The next line with code behind a comment; a comment over several lines counts as one."""
    inside = "/*" in lines[number - 1] and "*/" not in lines[number - 1]
    for after in range(number, len(lines)):
        line = lines[after]
        if inside:
            inside = "*/" not in line
        elif "/*" in line and "*/" not in line and _BARE.match(line):
            inside = True
        elif not _BARE.match(line):
            return after + 1
    return number


def _quoted(before: str) -> bool:
    """Whether a text literal is open where the comment seems to begin."""
    return before.count('"') % 2 == 1 or before.count("`") % 2 == 1
