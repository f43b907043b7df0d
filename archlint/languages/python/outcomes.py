"""What a branch does: refuse, tell and stop, send away, or nothing of the kind. Judged by its syntax alone."""

import re
from collections.abc import Sequence
from functools import cache

import libcst as cst

from archlint.languages.python.literals import dotted, spelled
from archlint.terms.idioms import table, words
from archlint.terms.outcomes import NOTHING, Outcome

Branch = cst.BaseSuite | Sequence[cst.CSTNode]
_ENDS = (cst.Return, cst.Raise, cst.Continue, cst.Break)


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(table("python")["outcomes"][name])


class Outcomes:
    """Judges the branches of one file. `refusers` are its helpers that do nothing but refuse."""

    def __init__(self) -> None:
        self.refusers: set[str] = set()

    def of(self, branch: Branch) -> Outcome:
        """The outcome of a block."""
        listed = flat(branch)
        if not listed:
            return NOTHING
        ends = self._stops(listed[-1])
        kinds = {self._single(item) for item in listed}
        for kind in ("reject", "away"):
            if kind in kinds and not (kind == "away" and "soft" in kinds):
                return Outcome(kind, ends, _message(listed))
        if "soft" in kinds:
            return Outcome("soft" if ends else "", ends, _message(listed))
        last = listed[-1]
        bare = len(listed) == 1 and isinstance(last, cst.Return) and last.value is None
        return Outcome("skip" if bare else "", ends)

    def _stops(self, item: cst.CSTNode) -> bool:
        if isinstance(item, _ENDS):
            return True
        if isinstance(item, cst.If):
            otherwise = item.orelse
            if otherwise is None:
                return False
            other = self._stops(otherwise) if isinstance(otherwise, cst.If) else self._stops_block(otherwise.body)
            return self._stops_block(item.body) and other
        if isinstance(item, cst.With):
            return self._stops_block(item.body)
        return isinstance(item, cst.Expr) and self._ends_by_itself(item.value)

    def _stops_block(self, body: cst.BaseSuite) -> bool:
        inner = flat(body)
        return bool(inner) and self._stops(inner[-1])

    def _ends_by_itself(self, value: cst.BaseExpression) -> bool:
        return isinstance(value, cst.Call) and (
            _last(value) in words("python", "outcomes", "ending") or dotted(value.func) in self.refusers
        )

    def _single(self, item: cst.CSTNode) -> str:
        if isinstance(item, cst.Raise):
            return "reject" if self.raises(item) else ""
        if isinstance(item, cst.Return):
            return self.answer(item.value) if item.value is not None else ""
        if isinstance(item, cst.Expr):
            return self._effect(item.value)
        if isinstance(item, cst.Assign) and len(item.targets) == 1:
            return "reject" if self._collects(item.targets[0].target) else ""
        return ""

    def raises(self, item: cst.Raise) -> bool:
        """Whether an exception refuses: not one that is handed on, ends the program or says that code is missing."""
        if item.exc is None:
            return False
        value = item.exc.func if isinstance(item.exc, cst.Call) else item.exc
        name = dotted(value).rsplit(".", 1)[-1]
        if name in words("python", "outcomes", "no_refusals") or (isinstance(item.exc, cst.Name) and name.islower()):
            return False
        return not (isinstance(item.exc, cst.Call) and _status(item.exc) >= 500)

    def answer(self, value: cst.BaseExpression) -> str:
        """The outcome of a returned value."""
        if isinstance(value, cst.Await):
            return self.answer(value.expression)
        if isinstance(value, cst.Call):
            return self._answered(value)
        if isinstance(value, cst.Dict):
            return "reject" if _failing(value) else ""
        if isinstance(value, cst.Tuple) and len(value.elements) in (2, 3):
            first, second = value.elements[0].value, value.elements[1].value
            if 400 <= _code(second) < 500:
                return "reject"
            if _is_name(first, "False") and isinstance(second, (cst.SimpleString, cst.FormattedString)):
                return "reject"
            return ""
        return ""

    def _answered(self, value: cst.Call) -> str:
        last = _last(value)
        if last in words("python", "outcomes", "redirecting"):
            return "away"
        if 400 <= _status(value) < 500 or _compiled("refusing").search(last):
            return "reject"
        if (
            value.args
            and isinstance(value.args[0].value, cst.Dict)
            and last in words("python", "outcomes", "answering")
        ):
            return "reject" if _failing(value.args[0].value) else ""
        return "reject" if dotted(value.func) in self.refusers else ""

    def _effect(self, value: cst.BaseExpression) -> str:
        if isinstance(value, cst.Await):
            value = value.expression
        if not isinstance(value, cst.Call):
            return ""
        name, last = dotted(value.func), _last(value)
        holder = name.rsplit(".", 2)[-2] if "." in name else ""
        if last in words("python", "outcomes", "hard") or name in self.refusers:
            status = _status(value)
            return "reject" if not status or status < 500 else ""
        if last in ("append", "add", "extend", "setdefault") and holder:
            return "reject" if _compiled("collected").search(holder) else ""
        if name in words("python", "outcomes", "soft") or last in words("python", "outcomes", "soft"):
            return "soft"
        return ""

    def _collects(self, target: cst.BaseExpression) -> bool:
        """`errors["amount"] = …`."""
        if not isinstance(target, cst.Subscript):
            return False
        return bool(_compiled("collected").search(dotted(target.value).rsplit(".", 1)[-1]))

    def refuses(self, body: cst.BaseSuite) -> bool:
        """Whether a function does nothing but refuse."""
        listed = [item for item in flat(body) if not _is_docstring(item)]
        if not listed or any(isinstance(item, (cst.If, cst.Match, cst.Try, cst.For, cst.While)) for item in listed):
            return False
        return self.of(listed).kind == "reject"


def flat(branch: Branch) -> list[cst.CSTNode]:
    """The statements of a block, those that share a line apart."""
    found: list[cst.CSTNode] = []
    for item in branch.body if isinstance(branch, cst.BaseSuite) else branch:
        if isinstance(item, cst.SimpleStatementLine):
            found.extend(item.body)
        else:
            found.append(item)
    return found


def _is_docstring(item: cst.CSTNode) -> bool:
    return isinstance(item, cst.Expr) and isinstance(item.value, (cst.SimpleString, cst.ConcatenatedString))


def _is_name(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _last(value: cst.Call) -> str:
    func = value.func
    return func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""


def _status(value: cst.Call) -> int:
    """The HTTP status among the arguments of a call: by its name, or as the first plain number."""
    for index, argument in enumerate(value.args):
        name = argument.keyword.value if argument.keyword is not None else ""
        if name in words("python", "outcomes", "statuses") or (not name and index < 3):
            found = _code(argument.value)
            if found:
                return found
    return 0


def _code(node: cst.BaseExpression) -> int:
    """A status: `404`, `"404"`, `HTTPStatus.NOT_FOUND`, `status.HTTP_404_NOT_FOUND`."""
    if isinstance(node, cst.Integer):
        number = int(node.value) if node.value.isdigit() else 0
        return number if 100 <= number < 600 else 0
    if isinstance(node, cst.Attribute):
        if node.attr.value in ("value", "real") and isinstance(node.value, cst.Attribute):
            node = node.value
        found = re.search(r"HTTP_(\d{3})_", node.attr.value)
        if found:
            return int(found.group(1))
        if dotted(node.value).rsplit(".", 1)[-1] in ("HTTPStatus", "status", "codes"):
            return int(table("python")["outcomes"]["codes"].get(node.attr.value.upper(), 0))
    return 0


def _failing(value: cst.Dict) -> bool:
    """Whether an answer says that it failed: `{"statusCode": 400}`, `{"ok": False}`, `{"error": "…"}`."""
    failing = dict(table("outcomes")["failing"])
    found = False
    for element in value.elements:
        if not isinstance(element, cst.DictElement) or not isinstance(element.key, cst.SimpleString):
            continue
        name = str(spelled(element.key)).lower()
        inner = element.value
        if name in ("statuscode", "status", "status_code", "code"):
            code = _code(inner)
            if code:
                return 400 <= code < 500
        text = inner.value.lower() if isinstance(inner, cst.Name) else ""
        if name in ("success", "ok", "valid", "is_valid") and text == "true":
            return False
        wanted = failing.get(name)
        empty = text in ("none", "false") or (isinstance(inner, cst.SimpleString) and len(inner.value) <= 2)
        if wanted is not None and (text == wanted if wanted else not empty):
            found = True
    return found


def _message(listed: Sequence[cst.CSTNode]) -> str:
    for item in listed:
        for found in _texts(item):
            if " " in found or len(found) > 12:
                return found[:160]
    return ""


def _texts(node: cst.CSTNode) -> list[str]:
    """The texts that a statement is given, for somebody to read."""
    stack: list[cst.CSTNode | None] = [node]
    found: list[str] = []
    while stack:
        item = stack.pop(0)
        if isinstance(item, cst.Raise):
            stack.append(item.exc)
        elif isinstance(item, (cst.Return, cst.Expr, cst.Assign, cst.Arg)):
            stack.append(item.value)
        elif isinstance(item, cst.Call):
            stack.extend(item.args)
        elif isinstance(item, (cst.Dict, cst.Tuple)):
            stack.extend(element.value for element in item.elements)
        elif isinstance(item, cst.SimpleString):
            found.append(item.raw_value)
        elif isinstance(item, cst.FormattedString):
            pieces = (part.value if isinstance(part, cst.FormattedStringText) else "…" for part in item.parts)
            found.append("".join(pieces))
        elif isinstance(item, cst.ConcatenatedString):
            stack[:0] = [item.left, item.right]
    return found
