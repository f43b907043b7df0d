"""What a branch does: refuse, tell and stop, send away, or nothing of the kind. Judged by its syntax alone."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.dart.literals import string
from archlint.languages.dart.syntax import CALLS, Source, child, descendants, field, parts, unwrapped
from archlint.terms.idioms import table, words
from archlint.terms.outcomes import Outcome

_ENDS = frozenset({"return_statement", "continue_statement", "break_statement"})
_THROWS = frozenset({"throw_expression", "rethrow_expression"})
_AROUND = frozenset({"function_expression", "method_declaration", "function_declaration", "local_function_declaration"})
_FAILING_STATUS = re.compile(r"[45]\d\d|HttpStatus\.(?:badRequest|unauthorized|forbidden|notFound|conflict|gone)")

# `copyWith(error: '…')`, `OrderError('…')`; and names that hold what the user is told.
_TOLD = re.compile(r"(?i)\b(?:\w*error\w*|\w*failure\w*|message)\s*[:(]")
_NAMED_SO = re.compile(r"(?i)(?:error|message|problem|warning)s?(?:text)?$")


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(table("outcomes")[name])


class Outcomes:
    """Judges the branches of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def of(self, branch: Node) -> Outcome:
        """The outcome of a statement or block."""
        statements = parts(branch) if branch.type == "block" else [branch]
        ends = bool(statements) and self._stops(statements[-1])
        kinds = {self._single(statement) for statement in statements}
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
        inner = parts(statement)
        if statement.type == "block":
            return bool(inner) and self._stops(inner[-1])
        if statement.type == "if_statement":
            chosen, other = field(statement, "consequence"), field(statement, "alternative")
            return chosen is not None and other is not None and self._stops(chosen) and self._stops(other)
        return statement.type == "expression_statement" and bool(inner) and unwrapped(inner[0]).type in _THROWS

    def _single(self, statement: Node) -> str:
        inner = parts(statement)
        if not inner:
            return ""
        value = unwrapped(inner[0])
        if statement.type == "return_statement":
            return self._answer(value)
        return self._effect(value) if statement.type == "expression_statement" else ""

    def _answer(self, value: Node) -> str:
        """The outcome of a returned value."""
        if value.type == "throw_expression":
            return "reject"
        label = self._label(value)
        if label in words("dart", "redirects"):
            return "" if value.type == "null_literal" else "away"
        if self.told(value) is not None and self.judges(value):
            return "reject"
        if value.type not in CALLS:
            return ""
        if self._fails(value):
            return "reject"
        if self._away(value):
            return "away"
        return "soft" if self._tells(value) else ""

    def _effect(self, value: Node) -> str:
        if value.type == "throw_expression":
            return "reject"
        if value.type == "assignment_expression":
            return self._assigned(value)
        if value.type not in CALLS:
            return ""
        if self._callee(value) == "setState" and self._shows_error(value):
            return "soft"
        if self._away(value):
            return "away"
        return "soft" if self._tells(value) else ""

    # Validators ------------------------------------------------------------------------------------------

    def judges(self, node: Node) -> bool:
        """Whether the function around refuses with a text and accepts with nothing."""
        around = _around(node)
        if around is None:
            return False
        if self._label(node) in words("dart", "validators"):
            return True
        body = field(around, "body")
        block = _block(body)
        if block is not None:
            final = parts(block)[-1:]
            inner = parts(final[0]) if final and final[0].type == "return_statement" else []
            return bool(inner) and self._ends_in_null(unwrapped(inner[0]))
        inner = parts(body) if body is not None else []
        return bool(inner) and self._ends_in_null(unwrapped(inner[-1]))

    def _ends_in_null(self, value: Node) -> bool:
        while value.type == "conditional_expression":
            other = field(value, "alternative")
            if other is None:
                return False
            value = unwrapped(other)
        return value.type == "null_literal"

    def told(self, value: Node) -> Outcome | None:
        """The refusal that an answer of a validator is; None where it says nothing."""
        value = unwrapped(value)
        if value.type == "string_literal":
            return Outcome("reject", True, self._message(value))
        labelled = self._label(value) in words("dart", "validators")
        silent = value.type in ("null_literal", "conditional_expression", "true", "false")
        return Outcome("reject", True, self._message(value)) if labelled and not silent else None

    def _label(self, node: Node) -> str:
        """Under which name the function around is handed over."""
        around = _around(node)
        if around is None or around.type != "function_expression" or around.parent is None:
            return ""
        label = child(around.parent, "label") if around.parent.type == "named_argument" else None
        return self._source.text(label).rstrip(":").strip() if label is not None else ""

    # Calls -----------------------------------------------------------------------------------------------

    def _callee(self, value: Node) -> str:
        """The dotted name of a call without the arguments in it."""
        callee = field(value, "function")
        if callee is None:
            names = [self._source.text(item) for item in parts(value) if item.type in ("type_identifier", "identifier")]
            return ".".join(names)
        return re.sub(r"\((?:[^()]|\([^()]*\))*\)", "", self._source.text(callee)).replace("?.", ".").replace("!.", ".")

    def _fails(self, value: Node) -> bool:
        name = self._callee(value)
        holder, _, last = name.rpartition(".")
        if name in words("dart", "failing") or last in words("dart", "failing"):
            return True
        if (holder or name).rsplit(".", 1)[-1] in words("dart", "responses"):
            listed = field(value, "arguments") or child(value, "arguments")
            given = self._source.text(listed) if listed is not None else ""
            refused = bool(_compiled("refusing").search(last)) if holder else False
            return refused or bool(re.search(rf"(?:^\(|statusCode:\s*)(?:{_FAILING_STATUS.pattern})\b", given))
        return False

    def _away(self, value: Node) -> bool:
        return self._callee(value).rsplit(".", 1)[-1] in words("dart", "leaving")

    def _tells(self, value: Node) -> bool:
        name = self._callee(value)
        holder, _, last = name.rpartition(".")
        if holder.rsplit(".", 1)[-1].lower() in words("dart", "logging"):
            return False
        if last in words("dart", "telling"):
            return True
        return bool(_compiled("soft").search(last.lstrip("_"))) or bool(_compiled("soft_holders").search(holder))

    def _assigned(self, value: Node) -> str:
        """`_error = 'Too much'` and `state = state.copyWith(error: 'Too much')`."""
        left, right = field(value, "left"), field(value, "right")
        if left is None or right is None:
            return ""
        name = self._source.text(left).rsplit(".", 1)[-1].lstrip("_")
        says = next(descendants(right, frozenset({"string_literal"})), None) or (
            right if right.type == "string_literal" else None
        )
        if says is None:
            return ""
        if right.type in CALLS:
            return (
                "soft"
                if re.search(r"(?i)\b(?:\w*error\w*|\w*failure\w*|message)\s*[:(]", self._source.text(right))
                else ""
            )
        return "soft" if re.search(r"(?i)(?:error|message|problem|warning)s?(?:text)?$", name) else ""

    def _shows_error(self, call: Node) -> bool:
        kinds = frozenset({"assignment_expression"})
        return any(self._assigned(found) == "soft" for found in descendants(call, kinds, frozenset()))

    def _message(self, branch: Node) -> str:
        if branch.type == "string_literal":
            return string(self._source.text(branch))[:160]
        for text in descendants(branch, frozenset({"string_literal"})):
            found = string(self._source.text(text))
            if " " in found or len(found) > 12:
                return found[:160]
        return ""


def _around(node: Node) -> Node | None:
    """The function that a node stands in."""
    around = node.parent
    while around is not None and around.type not in _AROUND:
        around = around.parent
    if around is not None and around.type == "local_function_declaration":
        return child(around, "lambda_expression")
    return around


def _block(body: Node | None) -> Node | None:
    for inner in parts(body) if body is not None else ():
        if inner.type == "block":
            return inner
    return None
