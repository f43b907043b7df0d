"""The archlint settings that enforce a decision, and how they get into a file that has others."""

import re

import tomli

from archlint.advisor.advice import Advice
from archlint.advisor.homes import CODE, key_of, sorts
from archlint.model.errors import ArchlintError
from archlint.model.rule import Kind


def snippet(advice: Advice) -> str:
    """The settings as TOML: the architecture, and the home of each kind of rule."""
    lines = [f'architecture = "{advice.verdict.architecture}"', "", "[homes]"]
    return "\n".join([*lines, *(f'{kind} = "{home}"' for kind, home in homes_by_kind(advice))]) + "\n"


def homes_by_kind(advice: Advice) -> list[tuple[str, str]]:
    """The home of each kind of rule under the verdict, by kind."""
    key = key_of(advice.verdict)
    known = {kind.value for kind in Kind} - {Kind.WORDS.value}
    found: dict[str, str] = {}
    for sort in sorts():
        home = sort.home[key]
        for kind in sort.kinds:
            if kind in known:
                found.setdefault(kind, advice.code_layer if home == CODE else home)
    return sorted(found.items())


def merged(text: str, advice: Advice, name: str) -> str:
    """A settings file with the decision in it. What else stands there, and homes of single things, stay as they are."""
    try:
        before = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ArchlintError(f"{name} is not valid TOML: {error}") from error
    architecture = f'architecture = "{advice.verdict.architecture}"'
    wanted = dict(homes_by_kind(advice))
    if not isinstance(before.get("homes", {}), dict) or ("homes" in before and not _HOMES.search(text)):
        raise ArchlintError(
            f"{name} writes its homes in a form that archlint does not change; write [homes] as a table"
        )
    if "architecture" in before:
        text = re.sub(r"^architecture\s*=.*$", architecture, text, count=1, flags=re.MULTILINE)
    else:
        text = _at_the_top(text, architecture)
    lines = [f'{kind} = "{home}"' for kind, home in wanted.items()]
    if "homes" not in before:
        text = text.rstrip("\n") + ("\n\n" if text.strip() else "") + "\n".join(["[homes]", *lines]) + "\n"
    else:
        text = _in_homes(text, wanted)
    after = tomli.loads(text)
    if after.get("architecture") != advice.verdict.architecture or not wanted.items() <= after["homes"].items():
        raise ArchlintError(f"{name} could not be changed without risk; write {architecture} into it by hand")
    return text


_HOMES = re.compile(r"^\[homes\][^\n]*\n?", re.MULTILINE)


def _at_the_top(text: str, line: str) -> str:
    """Before the first table, after the comments that open the file."""
    match = re.search(r"^\s*\[", text, re.MULTILINE)
    cut = match.start() if match else len(text)
    head, tail = text[:cut].rstrip("\n"), text[cut:].lstrip("\n")
    return "\n".join([*([head] if head else []), line]) + "\n" + (f"\n{tail}" if tail else "")


def _in_homes(text: str, wanted: dict[str, str]) -> str:
    """The table of homes with the wanted kinds in it, its other entries kept."""
    match = _HOMES.search(text)
    if match is None:
        return text
    rest = text[match.end() :]
    following = re.search(r"^\[", rest, re.MULTILINE)
    cut = following.start() if following else len(rest)
    kept = [line for line in rest[:cut].splitlines() if line.partition("=")[0].strip().strip('"') not in wanted]
    while kept and not kept[-1].strip():
        kept.pop()
    lines = [*kept, *(f'{kind} = "{home}"' for kind, home in wanted.items())]
    tail = rest[cut:]
    return text[: match.start()] + "[homes]\n" + "\n".join(lines) + "\n" + (f"\n{tail}" if tail else "")
