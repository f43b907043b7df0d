"""What a branch does: refuse, tell and stop, send away, or nothing of the kind. Judged by its syntax alone."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.syntax import FUNCTIONS, Source, descendants, field, parts, unwrapped
from archlint.terms.idioms import table, words
from archlint.terms.outcomes import Outcome

_ENDS = frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"})
_CALLS = frozenset({"call_expression", "new_expression"})
_SETTER = re.compile(r"set[A-Z]|on[A-Z]?\w*(?:Error|Fail|Invalid|Reject|Message|Problem)")
_STATUS = re.compile(r"(?i)(?:status|statuscode|code)$")


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(table("outcomes")[name])


class Outcomes:
    """Judges the branches of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.refusers: set[str] = set()

    def learn(self, root: Node) -> None:
        """Finds the helpers of the file that do nothing but refuse."""
        for node in root.named_children:
            inner = field(node, "declaration") if node.type == "export_statement" else node
            if inner is None:
                continue
            if inner.type in FUNCTIONS:
                name, body = field(inner, "name"), field(inner, "body")
                if name is not None and body is not None and self._refuses(body):
                    self.refusers.add(self._source.text(name))
            elif inner.type == "lexical_declaration":
                for declarator in inner.named_children:
                    name, value = field(declarator, "name"), field(declarator, "value")
                    if name is None or value is None or unwrapped(value).type not in FUNCTIONS:
                        continue
                    body = field(unwrapped(value), "body")
                    if body is not None and self._refuses(body):
                        self.refusers.add(self._source.text(name))

    def _refuses(self, body: Node) -> bool:
        if body.type != "statement_block":
            return unwrapped(body).type in _CALLS and self._failing_call(unwrapped(body))
        statements = parts(body)
        if not statements or any(item.type in ("if_statement", "switch_statement") for item in statements):
            return False
        return self.of(statements[-1]).kind == "reject"

    def of(self, branch: Node) -> Outcome:
        """The outcome of a statement or block."""
        statements = parts(branch) if branch.type == "statement_block" else [branch]
        ends = bool(statements) and self._stops(statements[-1])
        kinds: set[str] = set()
        for statement in statements:
            kinds.add(self._single(statement))
        for kind in ("reject", "away"):
            if kind in kinds:
                return Outcome(kind, ends, self._message(branch))
        if "soft" in kinds:
            return Outcome("soft" if ends else "", ends, self._message(branch))
        bare = ends and len(statements) == 1 and statements[0].type == "return_statement" and not parts(statements[0])
        return Outcome("skip" if bare else "", ends)

    def _stops(self, statement: Node) -> bool:
        if statement.type in _ENDS:
            return True
        if statement.type == "statement_block":
            inner = parts(statement)
            return bool(inner) and self._stops(inner[-1])
        if statement.type == "if_statement":
            chosen, other = field(statement, "consequence"), field(statement, "alternative")
            if chosen is None or other is None:
                return False
            otherwise = parts(other)
            return self._stops(chosen) and bool(otherwise) and self._stops(otherwise[-1])
        if statement.type == "expression_statement":
            inner = parts(statement)
            return bool(inner) and self._failing_statement(unwrapped(inner[0]))
        return False

    def _single(self, statement: Node) -> str:
        if statement.type == "throw_statement":
            return "reject"
        inner = parts(statement)
        if statement.type == "return_statement":
            return self.answer(unwrapped(inner[0])) if inner else ""
        if statement.type == "expression_statement" and inner:
            return self._effect(unwrapped(inner[0]))
        return ""

    def answer(self, value: Node) -> str:
        """The outcome of a returned value."""
        if value.type in _CALLS:
            if self._away(value):
                return "away"
            if self._failing_call(value):
                return "reject"
            return "soft" if self._tells(value) else ""
        if value.type == "object":
            return "reject" if self._failing_object(value) else ""
        if value.type == "array":
            return ""
        if value.type in ("jsx_element", "jsx_self_closing_element"):
            opening = value if value.type == "jsx_self_closing_element" else value.named_children[0]
            name = field(opening, "name")
            return (
                "away"
                if name is not None and self._source.text(name) in words("outcomes", "redirecting_elements")
                else ""
            )
        if value.type == "sequence_expression":
            kinds = [self._effect(unwrapped(child)) for child in parts(value)]
            return next((kind for kind in ("reject", "soft") if kind in kinds), "")
        return ""

    def _effect(self, value: Node) -> str:
        if value.type == "assignment_expression":
            left, right = field(value, "left"), field(value, "right")
            if left is None or right is None:
                return ""
            if self._collects(left) or self._answers(left, unwrapped(right)):
                return "reject"
            return "soft" if self._shows(left, unwrapped(right)) else ""
        if value.type in _CALLS:
            if self._failing_statement(value):
                return "reject"
            if self._away(value):
                return "away"
            if self._tells(value):
                return "soft"
        return ""

    def _collects(self, left: Node) -> bool:
        """`errors.amount = …`, `errors['amount'] = …`."""
        holder = field(left, "object") if left.type in ("member_expression", "subscript_expression") else None
        if holder is None:
            return left.type == "identifier" and bool(_compiled("collected").search(self._source.text(left)))
        return bool(_compiled("collected").search(self._source.text(holder).rsplit(".", 1)[-1]))

    def _answers(self, left: Node, right: Node) -> bool:
        """`ctx.status = 400`."""
        name = field(left, "property") if left.type == "member_expression" else None
        known = name is not None and _STATUS.search(self._source.text(name)) is not None
        return known and self._is_error_status(right, "")

    def _shows(self, left: Node, right: Node) -> bool:
        """`line.textContent = 'too short'`: an element tells the user."""
        name = field(left, "property") if left.type == "member_expression" else None
        if name is None or self._source.text(name) not in words("outcomes", "shown"):
            return False
        return self._source.text(right) not in ('""', "''", "``", "null", "undefined")

    def _callee(self, value: Node) -> str:
        callee = field(value, "function") or field(value, "constructor")
        return self._source.text(unwrapped(callee)) if callee is not None else ""

    def _failing_statement(self, value: Node) -> bool:
        """A call that refuses by itself: `ctx.addIssue(…)`, `res.status(400).json(…)`, `errors.push(…)`, `fail(…)`."""
        if value.type not in _CALLS:
            return False
        name = self._callee(value)
        last = name.rsplit(".", 1)[-1]
        if last in words("outcomes", "hard") or name in self.refusers:
            return True
        if last == "push" and "." in name:
            return bool(_compiled("collected").search(name.rsplit(".", 2)[-2]))
        if last == "next" or last == "callback" or last == "cb" or last == "done":
            listed = field(value, "arguments")
            given = parts(listed) if listed is not None else []
            return bool(given) and unwrapped(given[0]).type == "new_expression"
        if last in ("json", "send", "end", "sendStatus", "status"):
            return self._error_status(value)
        return self._answered(value)

    def _answered(self, value: Node) -> bool:
        """`answer(res, 400, …)`: a helper that is given the response and a number of an error."""
        listed = field(value, "arguments")
        given = parts(listed) if listed is not None else []
        if len(given) < 2 or self._source.text(given[0]) not in words("outcomes", "responses"):
            return False
        return any(item.type == "number" and self._is_error_status(item, "") for item in given[1:3])

    def _failing_call(self, value: Node) -> bool:
        if self._failing_statement(value) or self._error_status(value):
            return True
        last = re.sub(r"\(.*", "", self._callee(value)).rsplit(".", 1)[-1]
        if last in ("json", "Response"):
            return False
        return bool(_compiled("refusing").search(last)) and "." not in re.sub(r"^(?:\w+)\.", "", self._callee(value))

    def _error_status(self, value: Node) -> bool:
        """A number from 400 on as an argument or under a key like `status`, anywhere in a chain of calls."""
        node: Node | None = value
        while node is not None and node.type in _CALLS:
            listed = field(node, "arguments")
            name = self._callee(node).rsplit(".", 1)[-1]
            for argument in parts(listed) if listed is not None else ():
                if self._is_error_status(unwrapped(argument), name):
                    return True
            callee = field(node, "function")
            node = (
                unwrapped(field(callee, "object") or callee)
                if callee is not None and callee.type == "member_expression"
                else None
            )
        return False

    def _is_error_status(self, argument: Node, callee: str) -> bool:
        if argument.type == "number":
            text = self._source.text(argument)
            return text.isdigit() and 400 <= int(text) < 600
        if argument.type == "member_expression":
            name = self._source.text(argument)
            return bool(re.search(r"(?i)(?:status|http)", name)) and bool(
                re.search(
                    r"(?:BAD_REQUEST|FORBIDDEN|UNAUTHORIZED|NOT_FOUND|CONFLICT|UNPROCESSABLE|BadRequest|Forbidden|Unauthorized|NotFound|Conflict)",
                    name,
                )
            )
        if argument.type == "object":
            for pair in parts(argument):
                key, inner = field(pair, "key"), field(pair, "value")
                if key is not None and inner is not None and _STATUS.search(self._source.text(key)):
                    return self._is_error_status(unwrapped(inner), callee)
        return False

    def _failing_object(self, value: Node) -> bool:
        failing = dict(table("outcomes")["failing"])
        found = False
        for pair in parts(value):
            key, inner = field(pair, "key"), field(pair, "value")
            if key is None or inner is None:
                continue
            name = self._source.text(key).strip("'\"").lower()
            text = self._source.text(inner)
            if _STATUS.search(name) and self._is_error_status(unwrapped(inner), ""):
                return True
            if name in ("success", "ok", "valid", "isvalid") and text == "true":
                return False
            if (
                name in failing
                and (not failing[name] or failing[name] == text)
                and text not in ("null", "undefined", "''", '""', "false" if not failing[name] else "")
            ):
                found = True
        return found

    def _tells(self, value: Node) -> bool:
        name = re.sub(r"\([^.]*\)", "", self._callee(value))
        last = name.rsplit(".", 1)[-1]
        holder = name.rsplit(".", 2)[-2] if "." in name else ""
        if holder in ("console", "logger", "log", "Sentry"):
            return False
        if not holder:
            told = bool(_compiled("soft").search(last)) or (_SETTER.match(last) is not None and self._says(value))
            return told and not self._clears(value)
        return (
            bool(_compiled("soft_holders").search(holder))
            or (
                bool(_compiled("soft").search(last))
                and holder in ("this", "window", "form", "Alert", "ElMessage", "props")
            )
            or last in ("setError", "setErrors", "showError")
        )

    def _says(self, value: Node) -> bool:
        """Whether a sentence is given, for somebody to read."""
        listed = field(value, "arguments")
        given = parts(listed) if listed is not None else []
        return bool(given) and given[0].type in ("string", "template_string") and " " in self._source.text(given[0])

    def _clears(self, value: Node) -> bool:
        """`setError(null)` takes a message away."""
        listed = field(value, "arguments")
        given = parts(listed) if listed is not None else []
        return len(given) == 1 and self._source.text(given[0]) in ("null", "undefined", "''", '""', "false", "[]", "{}")

    def _away(self, value: Node) -> bool:
        name = self._callee(value)
        return name.rsplit(".", 1)[-1] in words("outcomes", "redirecting") and not name.startswith(
            ("history.replaceState", "errors.", "array.", "list.")
        )

    def _message(self, branch: Node) -> str:
        if branch.type == "string":
            return self._source.text(branch)[1:-1]
        for text in descendants(branch, frozenset({"string", "template_string"})):
            found = self._source.text(text)[1:-1]
            if " " in found or len(found) > 12:
                return found[:160]
        return ""
