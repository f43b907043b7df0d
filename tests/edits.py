"""Edits of a small repository that change nothing, and edits that make one of its rules drift.

A repository is a mapping from paths to texts; an edit gives another one. Each edit finds for itself where it applies.
"""

import re
from collections.abc import Callable, Mapping

Files = Mapping[str, str]
Edit = Callable[[Files], dict[str, str]]

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "===": "===", "!==": "!==", "=": "=", "<>": "<>"}
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "===": "!==", "!==": "===", "=": "<>", "<>": "="}
_SIDE = r"[\w.?]+(?:\"\w+\")?|\"\w+\""
_IF = re.compile(rf"(?P<head>if \()(?P<left>{_SIDE}) (?P<operator>[<>=!]+) (?P<right>{_SIDE})(?P<tail>\) \{{)")
_SQL_IF = re.compile(r"(?P<head>\bif )(?P<left>[\w.]+) (?P<operator>[<>=]+) (?P<right>[\w.]+)(?P<tail> then)")
_KEYWORDS = """
    create table type enum function trigger policy view returns language begin end declare if then raise exception
    return not null check in between and or default primary key references generated always as identity alter add
    drop constraint enable row level security for select insert update delete to using with each execute before on
    of where from join value rename coalesce into constant numeric integer bigint text stable
"""


def only(*endings: str) -> Callable[[Callable[[str], str]], Edit]:
    """An edit of every file with one of these endings, from an edit of one text."""

    def made(change: Callable[[str], str]) -> Edit:
        def edit(files: Files) -> dict[str, str]:
            return {path: change(text) if path.endswith(endings) else text for path, text in files.items()}

        edit.__name__ = change.__name__
        return edit

    return made


scripts = only(".ts", ".tsx")
queries = only(".sql")


def replaced(path: str, old: str, new: str) -> Edit:
    """An edit of one place, which must be there."""

    def edit(files: Files) -> dict[str, str]:
        [found] = [name for name in files if name.endswith(path)]
        assert files[found].count(old) == 1, f"{old!r} stands {files[found].count(old)} times in {found}"
        return {**files, found: files[found].replace(old, new)}

    return edit


def both(first: Edit, second: Edit) -> Edit:
    """One edit after the other."""
    return lambda files: second(first(files))


# Edits that change nothing -----------------------------------------------------------------------------------------


def yoda(files: Files) -> dict[str, str]:
    """`if (amount > LIMIT)` as `if (LIMIT < amount)`."""

    def swap(found: re.Match[str]) -> str:
        return f"{found['head']}{found['right']} {_FLIPPED[found['operator']]} {found['left']}{found['tail']}"

    return queries(lambda text: _SQL_IF.sub(swap, text))(scripts(lambda text: _IF.sub(swap, text))(files))


def de_morgan(files: Files) -> dict[str, str]:
    """`if (amount > LIMIT)` as `if (!(amount <= LIMIT))`."""

    def swap(mark: str) -> Callable[[re.Match[str]], str]:
        return lambda found: (
            f"{found['head']}{mark}({found['left']} {_NEGATED[found['operator']]} {found['right']}){found['tail']}"
        )

    return queries(lambda text: _SQL_IF.sub(swap("not "), text))(scripts(lambda text: _IF.sub(swap("!"), text))(files))


def named_condition(files: Files) -> dict[str, str]:
    """`if (amount > LIMIT)` as `const refused = amount > LIMIT; if (refused)`."""

    def change(text: str) -> str:
        count = iter(range(9))

        def swap(found: re.Match[str]) -> str:
            name, space = f"refused{next(count)}", found[1]
            return f"{space}const {name} = {found[2]};\n{space}if ({name}) {{"

        return re.sub(r"(?m)^( +)if \(([\w.?]+ [<>=!]+ [\w.?\"]+)\) \{", swap, text)

    return scripts(change)(files)


@scripts
def renamed_locals(text: str) -> str:
    """Another name for what a function calls its parameter or variable, where no key is named after it."""
    names = re.findall(r"(?m)^ +const (\w+) =", text) + re.findall(r"function \w+\((\w+): [\w<>]+\)", text)
    for name in names:
        if not re.search(rf"[{{,]\s*{name}\s*[,}}]", text):
            text = re.sub(rf"(?<![.\w\"]){name}\b(?!\":|: )", f"{name}Here", text)
            text = re.sub(rf"\b{name}: ([\w<>]+)\)", rf"{name}Here: \1)", text)
    return text


@scripts
def reversed_keys(text: str) -> str:
    """The keys of an object that has one on each line, from the last to the first."""

    def swap(found: re.Match[str]) -> str:
        return found[1] + "".join(line + "\n" for line in reversed(found[2].rstrip("\n").split("\n"))) + found[3]

    return re.sub(r"(\(\{\n)((?: +\w+(?:: [^\n{}]*)?,\n){2,})( *\}\))", swap, text)


@scripts
def named_literals(text: str) -> str:
    """The numbers of a schema as constants of the module."""
    names: dict[str, str] = {}

    def swap(found: re.Match[str]) -> str:
        name = names.setdefault(found[2], f"LIMIT_{found[2].replace('.', '_')}")
        return f"{found[1]}({name})"

    changed = re.sub(r"((?:\.|@)(?:[mM]in|[mM]ax))\((\d[\d.]*)\)", swap, text)
    declared = "".join(f"const {name} = {value};\n" for value, name in names.items())
    end = max((found.end() for found in re.finditer(r"(?m)^import .*\n", changed)), default=0)
    return changed[:end] + ("\n" + declared if declared else "") + changed[end:]


@scripts
def inlined_constants(text: str) -> str:
    """The value of each named number in its place."""
    for name, value in re.findall(r"(?m)^const ([A-Z_]+) = ([\d.]+);$", text):
        text = re.sub(rf"const {name} = .*\n", "", text)
        text = re.sub(rf"\b{name}\b", value, text)
    return text


@scripts
def wide(text: str) -> str:
    """Twice the indentation, and an empty line here and there."""
    return re.sub(r"(?m)^( +)(?=\S)", r"\1\1", text).replace(";\n", ";\n\n")


@scripts
def single_quotes(text: str) -> str:
    return re.sub(r"\"([\w@/. -]*)\"", r"'\1'", text)


@scripts
def separated_thousands(text: str) -> str:
    return re.sub(r"\b(\d{1,3})(\d{3})\b(?=[);])", r"\1_\2", text)


@only(".ts", ".tsx", ".sql")
def windows_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


@queries
def loud(text: str) -> str:
    """Key words in capitals, outside of quotes."""
    pattern = re.compile(r"'[^']*'|\"[^\"]*\"|\b(?:" + "|".join(_KEYWORDS.split()) + r")\b")
    return pattern.sub(lambda found: found[0] if found[0][0] in "'\"" else found[0].upper(), text)


@queries
def qualified(text: str) -> str:
    """Tables with their schema."""
    return re.sub(r"\b(create table|alter table|insert on|update on) (?!if\b)(\w+)", r"\1 public.\2", text)


@queries
def without_between(text: str) -> str:
    return re.sub(r"([\w.]+(?:\(\w+\))?) between (\d+) and (\d+)", r"\1 >= \2 and \1 <= \3", text)


@queries
def with_between(text: str) -> str:
    return re.sub(r"\b(\w+) >= (\d+) and \1 <= (\d+)", r"\1 between \2 and \3", text)


@queries
def later_checks(text: str) -> str:
    """The CHECK of a column in a statement of its own, behind that of the table."""
    column = re.compile(r"(?m)^(  (\w+) (?:text|integer|numeric)\b.*?) check \((.*)\)(,?)$")

    def swap(table: re.Match[str]) -> str:
        checks = "".join(
            f"\nalter table {table[1]} add constraint {table[1]}_{found[2]}_is_fine check ({found[3]});"
            for found in column.finditer(table[0])
        )
        return column.sub(r"\1\4", table[0]) + checks

    return re.sub(r"(?ms)^create table (\w+) \(\n.*?^\);", swap, text)


@scripts
def separate_ifs(text: str) -> str:
    """`if (a || b) {` as an `if` for each."""
    whole = re.compile(r"(?ms)^( *)if \(([^\n()]*(?:\([^()\n]*\))?[^\n()]* \|\| [^\n]*)\) \{\n(.*?)^\1\}\n")
    return whole.sub(
        lambda found: "".join(f"{found[1]}if ({one}) {{\n{found[3]}{found[1]}}}\n" for one in found[2].split(" || ")),
        text,
    )


@queries
def reversed_words(text: str) -> str:
    """The words of a list from the last to the first."""
    listed = re.compile(r"\bin \(('[^()]*')\)")
    return listed.sub(lambda found: f"in ({', '.join(reversed(found[1].split(', ')))})", text)


@queries
def commented(text: str) -> str:
    return re.sub(r"(?m)^(create|alter) ", r"-- who changes this asks Ana; the limit was 77\n\1 ", text)


@queries
def domains(text: str) -> str:
    """The CHECK of a column as that of a domain."""
    column = re.compile(r"(?m)^  (\w+) (text|integer|numeric)((?: not null)?(?: default '?\w+'?)?) check \((.*)\)(,?)$")
    made: list[str] = []

    def swap(found: re.Match[str]) -> str:
        name, kind, rest, condition, comma = found.groups()
        domain = f"{name}_{len(made)}_values"
        about_value = re.sub(rf"\b{name}\b", "value", condition)
        made.append(f"create domain {domain} as {kind} check ({about_value});\n")
        return f"  {name} {domain}{rest}{comma}"

    changed = column.sub(swap, text)
    return "".join(made) + ("\n" if made else "") + changed


@queries
def named_checks(text: str) -> str:
    """Names for the constraints that have none."""
    return re.sub(
        r"(?m)^  (\w+) ((?:text|integer|numeric)\b.*?) check \(", r"  \1 \2 constraint \1_is_fine check (", text
    )


def split_in_two(files: Files) -> dict[str, str]:
    """The last migration as two files, the second one with the next number."""
    path = max((name for name in files if name.endswith(".sql") and files[name].count("\n\n") > 1), default="")
    if not path:
        return dict(files)
    pieces = re.split(r"\n\n(?=create |alter )", files[path])
    half = (len(pieces) + 1) // 2
    start, number, rest = re.split(r"(\d+)(?=_)", path, maxsplit=1)
    later = f"{start}{int(number) + 1:0{len(number)}d}{rest.replace('.sql', '_more.sql')}"
    return {
        **files,
        path: "\n\n".join(pieces[:half]) + "\n",
        later: "\n\n".join(pieces[half:]),
    }


def moved(files: Files) -> dict[str, str]:
    """The screens that nobody imports in a folder next to theirs."""
    changed = dict(files)
    for path in files:
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".tsx")
        imported = any(re.search(rf"from \".*/{stem}\"", text) for text in files.values())
        if name.endswith(".tsx") and not imported and not re.search(r"from \"\./", files[path]):
            target = folder.rpartition("/")[0] if "/" in folder and not folder.endswith("src") else folder
            depth = "components" if target != folder else "."
            new = f"{target}/{depth}/{name}" if depth != "." else f"{folder}/{stem}Page.tsx"
            changed[new] = changed.pop(path)
    return changed


@scripts
def yup_for_zod(text: str) -> str:
    """The same schema in another library."""
    if "z.object" not in text:
        return text
    text = text.replace('import { z } from "zod"', 'import * as yup from "yup"').replace("zodResolver", "yupResolver")
    text = text.replace("resolvers/zod", "resolvers/yup").replace("z.infer<typeof", "yup.InferType<typeof")
    text = re.sub(r"\bz\.(number|string)\(\)", r"yup.\1().required()", text)
    return text.replace("z.object", "yup.object").replace(".int()", ".integer()")


NO_CHANGE: tuple[Edit, ...] = (
    yoda, de_morgan, named_condition, renamed_locals, reversed_keys, named_literals, inlined_constants, wide,
    single_quotes, separated_thousands, windows_line_ends, loud, qualified, without_between, with_between, later_checks,
    separate_ifs, reversed_words, commented, domains, named_checks, split_in_two, moved, yup_for_zod,
)  # fmt: skip
