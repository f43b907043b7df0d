"""Who is calling, and what a condition asks of them: the same words in every language."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from archlint.model.expression import Boolean, Call, Expression, Items, Number, Operation, Ref, Row, Text
from archlint.model.facts import Access
from archlint.terms.idioms import table, words
from archlint.terms.neutral import CALLER, within

_CONNECTIVES = frozenset({"and", "or", "not", "truthy"})
_USER = Call("current user", ())


class Told(Protocol):
    """What has been read of a file so far: what names hold, and its uses of data."""

    @property
    def known(self) -> Mapping[str, Expression]:
        """By scoped name, the value that it was given last."""

    @property
    def accesses(self) -> Sequence[Access]:
        """The uses of data, in order."""


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("callers")[name])


def about_caller(expression: Expression, sheet: Told) -> bool:
    """Whether a condition asks of nothing but who is calling."""
    if isinstance(expression, Operation):
        if expression.operator in _CONNECTIVES:
            return bool(expression.operands) and all(about_caller(item, sheet) for item in expression.operands)
        if expression.operator == "is null":
            return _is_caller(expression.operands[0], sheet)
        if expression.operator in ("=", "!=", "in") and len(expression.operands) == 2:
            return _compared(*expression.operands, sheet) or _compared(*expression.operands[::-1], sheet)
        if expression.operator in ("coalesce", "fallback", "lookup"):
            return about_caller(expression.operands[0], sheet)
        if expression.operator == "exists":
            return _looked_up(expression.operands[0], sheet)
        if expression.operator in (">", ">=", "<", "<="):
            return _role(expression.operands[0], sheet) and _plain(expression.operands[1])
        return False
    if isinstance(expression, Call):
        return _asking(expression, sheet)
    if isinstance(expression, Row):
        return False
    if not isinstance(expression, Ref):
        return False
    return _is_caller(expression, sheet) or _flag(expression, sheet) or _named_question(expression, sheet)


def _named_question(name: Ref, sheet: Told) -> bool:
    """`const refused = user.role !== 'admin'`."""
    known = None if name.path else sheet.known.get(name.name)
    return isinstance(known, Operation) and name not in within(known) and about_caller(known, sheet)


def _asking(call: Call, sheet: Told) -> bool:
    """`hasRole('admin')`, `can('update', order)`, `user.roles.includes('admin')`."""
    if call.function in ("current user", "current role"):
        return True
    if call.function in ("contains", "some", "boolean", "truthy") and call.callee is None:
        return bool(call.arguments) and _role(call.arguments[0], sheet)
    last = call.function.rsplit(".", 1)[-1]
    return call.callee is not None and bool(_pattern("asking").match(last)) and bool(_pattern("asked").search(last))


def _compared(left: Expression, right: Expression, sheet: Told) -> bool:
    if _plain(right):
        return _role(left, sheet)
    if isinstance(left, Text) and _role(right, sheet):
        return True
    if _caller_id(right, sheet):
        name = _last(left)
        return bool(_pattern("owners").match(name)) or _caller_id(left, sheet) or name == "id"
    if isinstance(right, Ref) and not right.path and _pattern("own_ids").match(_first(right)):
        return isinstance(left, (Ref, Row)) and bool(left.path) and bool(_pattern("owners").match(left.path[-1]))
    # `ALLOWED_ROLES.includes(user.role)`
    return isinstance(right, Ref) and _role(left, sheet) and not isinstance(left, Text)


def _plain(value: Expression) -> bool:
    if isinstance(value, Items):
        return all(_plain(item) for item in value.items)
    return isinstance(value, (Text, Boolean, Number))


def _caller_id(value: Expression, sheet: Told) -> bool:
    if value == _USER:
        return True
    if isinstance(value, Ref) and value.path and value.path[-1] in words("callers", "ids"):
        return _is_caller(Ref(value.name, value.path[:-1]), sheet)
    return False


def _role(value: Expression, sheet: Told) -> bool:
    """What the caller is allowed to be: `user.role`, `profile.is_admin`, `role` out of a hook."""
    if isinstance(value, Call):
        if value.function in ("current role", "current user"):
            return True
        return value.function in ("text", "lower", "upper", "trim") and any(_role(i, sheet) for i in value.arguments)
    if isinstance(value, Operation) and value.operator in ("coalesce", "fallback", "lookup"):
        return _role(value.operands[0], sheet)
    if isinstance(value, Row):
        return bool(value.path) and bool(_pattern("roles").match(value.path[-1])) and _looked_up(value, sheet)
    if not isinstance(value, Ref):
        return False
    name = _last(value)
    if not (_pattern("roles").match(name) or _pattern("flags").match(name)):
        # `user.app_metadata.tier`: whatever it is called, it is a claim of the caller.
        claimed = len(value.path) > 1 and _pattern("roles").match(value.path[-2])
        return bool(claimed) and _is_caller(Ref(value.name, value.path[:-2]), sheet)
    if not value.path:
        known = sheet.known.get(value.name)
        if known is not None and not isinstance(known, (Ref, Row)):
            return _of_caller(known, sheet)
        return known is None or _role(known, sheet)
    return _is_caller(Ref(value.name, value.path[:-1]), sheet)


def _of_caller(value: Expression, sheet: Told) -> bool:
    """Whether a computed value takes a role of the caller, or asks for one."""
    return any(
        item == _USER or (isinstance(item, (Ref, Row)) and item.path and _role(item, sheet)) for item in within(value)
    )


def _flag(value: Ref, sheet: Told) -> bool:
    """`isAdmin`, `can_edit`."""
    if not _pattern("flags").match(_last(value)):
        return False
    if value.path:
        holder = value.path[-2] if len(value.path) > 1 else _first(value)
        return _is_caller(Ref(value.name, value.path[:-1]), sheet) or bool(_pattern("words").match(holder))
    known = sheet.known.get(value.name)
    if known is None or isinstance(known, Ref):
        return known is None or known.name == CALLER.name or _flag(known, sheet)
    return about_caller(known, sheet)


def _is_caller(value: Expression, sheet: Told) -> bool:
    """Whether a value is the caller, its session or the row that was looked up for it."""
    if value == _USER:
        return True
    if isinstance(value, Row):
        return _looked_up(value, sheet)
    if not isinstance(value, Ref):
        return False
    if value.name == CALLER.name:
        return True
    if not value.path:
        known = sheet.known.get(value.name)
        if known == _USER:
            # `const id = request.auth?.uid`: who has none is not signed in.
            return True
        if isinstance(known, Row):
            return _looked_up(known, sheet)
        if isinstance(known, Ref) and known.name == value.name:
            return False
        if isinstance(known, Ref) and known.path:
            return _is_caller(known, sheet) and bool(_pattern("words").match(_first(value)))
        if known is not None and not (isinstance(known, Call) and known.callee is not None):
            return False
        return bool(_pattern("words").match(_first(value)))
    known = sheet.known.get(value.name)
    if isinstance(known, Row) and not _looked_up(known, sheet):
        return False
    return bool(_pattern("words").match(value.path[-1])) and (
        _first(value) in words("callers", "requests") or bool(_pattern("words").match(_first(value)))
    )


def _looked_up(value: Expression, sheet: Told) -> bool:
    """Whether a row was looked up by the caller's own id."""
    if not isinstance(value, Row) or value.access >= len(sheet.accesses):
        return False
    where = sheet.accesses[value.access].where
    return where is not None and any(
        item == _USER or (isinstance(item, Ref) and not item.path and sheet.known.get(item.name) == _USER)
        for item in within(where)
    )


def _first(ref: Ref) -> str:
    return ref.name.split("@", 1)[0]


def _last(value: Expression) -> str:
    if isinstance(value, (Ref, Row)) and value.path:
        return value.path[-1]
    return _first(value) if isinstance(value, Ref) else ""


def normal(expression: Expression, sheet: Told) -> Expression:
    """A condition about the caller in which the caller, and its id, are called so."""
    if isinstance(expression, Operation):
        if expression.operator == "is null" and _bare(expression.operands[0], sheet):
            return Operation("is null", (_USER,))
        if expression.operator in ("=", "!=") and len(expression.operands) == 2:
            left, right = (_named(item, sheet) for item in expression.operands)
            if isinstance(left, Ref) and _pattern("own_ids").match(_first(left)) and not left.path:
                left, right = right, left
            own = isinstance(right, Ref) and not right.path and _pattern("own_ids").match(_first(right))
            if own and isinstance(left, (Ref, Row)) and left.path and _pattern("owners").match(left.path[-1]):
                right = _USER
            return Operation(expression.operator, (left, right))
        return Operation(expression.operator, tuple(normal(item, sheet) for item in expression.operands))
    if isinstance(expression, Ref) and not expression.path:
        taken_apart = sheet.known.get(expression.name)
        if isinstance(taken_apart, Ref) and taken_apart.path and _flag(taken_apart, sheet):
            # `const { isAdmin } = useUser()`
            return taken_apart
    return _USER if _bare(expression, sheet) else expression


def _named(value: Expression, sheet: Told) -> Expression:
    return _USER if _caller_id(value, sheet) else value


def _bare(value: Expression, sheet: Told) -> bool:
    """The caller itself rather than something about it."""
    if (
        isinstance(value, Ref)
        and value.path
        and (_pattern("roles").match(value.path[-1]) or _pattern("flags").match(value.path[-1]))
    ):
        return False
    return isinstance(value, Ref) and (_caller_id(value, sheet) or _is_caller(value, sheet))


def demands_by_name(name: str) -> bool:
    """Whether a function of this name refuses unless the caller may do something."""
    return bool(_pattern("demanding").match(name)) and bool(_pattern("demanded").search(name))


def demand(name: str, arguments: tuple[Expression, ...]) -> Expression | None:
    """The condition that a function of this name puts on the caller."""
    last = name.rsplit(".", 1)[-1]
    if not demands_by_name(last):
        return None
    listed = [item for value in arguments for item in (value.items if isinstance(value, Items) else (value,))]
    asked = [item for item in listed if isinstance(item, Text)]
    role = Call("current role", ())
    if asked and re.search("(?i)role", last):
        tests = tuple(Operation("=", (role, item)) for item in asked)
        return tests[0] if len(tests) == 1 else Operation("or", tests)
    if asked:
        return Call(last, tuple(asked))
    if re.search("(?i)admin$", last):
        return Operation("=", (role, Text("admin")))
    signed = re.search("(?i)(?:auth\\w*|user|login|logged_?in|session|signed_?in|token)$", last)
    return _USER if signed else Call(last, ())


def callers_mean(name: str) -> bool:
    """Whether a function of this name may have to do with who is calling."""
    return is_wrapper(name) or bool(_pattern("demanding").match(name))


def is_wrapper(name: str) -> bool:
    """Whether a function around a handler asks who is calling."""
    return bool(_pattern("wrappers").match(name))


def is_middleware(name: str) -> bool:
    """Whether a function in front of a handler does."""
    return bool(_pattern("middleware").match(name))


def asked_by(name: str, texts: tuple[Text, ...]) -> Expression:
    """What a wrapper or middleware of this name asks, given these texts."""
    role = Call("current role", ())
    if (
        texts
        and not re.search("(?i)permission|access|^can$", name)
        and re.search("(?i)role|admin|auth|allow|permit", name)
    ):
        tests = tuple(Operation("=", (role, item)) for item in texts)
        return tests[0] if len(tests) == 1 else Operation("or", tests)
    if texts:
        return Call(name, texts)
    if re.search("(?i)admin(?:_?only|s)?$", name):
        return Operation("=", (role, Text("admin")))
    return _USER if _pattern("signed").search(name) else Call(name, ())
