"""Where requests come in: handlers by their decorators, by the table of routes, and by how a platform calls them."""

import re
from functools import cache

import libcst as cst

from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Owner, Reader
from archlint.model.expression import Call, Expression, Fields, Items, Lambda, Operation, Ref, Text
from archlint.terms import callers
from archlint.terms.idioms import table, words
from archlint.terms.neutral import CALLER
from archlint.terms.scope import Function, Scope

_PREFIX, _GUARDS = "$prefix", "$guards"
_WRITING = frozenset({"POST", "PUT", "PATCH"})


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("python_web")[name])


# A function is entered -----------------------------------------------------------------------------------


def enter(reader: Reader, node: cst.FunctionDef, function: Function, scope: Scope, owner: Owner | None) -> None:
    """Called with every function before its body is read: what its decorators and its place make of it."""
    for item in node.decorators:
        _decorated(reader, item.decorator, node, function, scope)
    for span, text, condition in owner.guards if owner is not None else ():
        reader.sheet.state("authorize", span, scope, text=text, condition=condition, source="middleware")
    if not function.role:
        _placed(node, function, owner)
    if function.role == "handler":
        _event(reader, node, function, scope)
        _injected_body(reader, node, function, scope)


def _decorated(
    reader: Reader, decorator: cst.BaseExpression, node: cst.FunctionDef, function: Function, scope: Scope
) -> None:
    call = decorator if isinstance(decorator, cst.Call) else None
    name = reader.qualified(call.func if call is not None else decorator, scope)
    last = name.rsplit(".", 1)[-1]
    if (
        call is not None
        and "." in name
        and last in table("python_web")["methods"]
        and _route(reader, call, last, function, scope)
    ):
        return
    if last in words("python_web", "markers"):
        function.role = "handler"
    elif last in words("python_web", "class_guards"):
        for condition in permissions(reader, call.args[0].value, scope) if call is not None and call.args else ():
            guard(reader, decorator, condition, scope)
    elif _pattern("guards").match(last):
        texts = tuple(Text(item) for item in _texts(call)) if call is not None else ()
        guard(reader, decorator, asked(last, texts), scope)
    elif call is not None:
        for argument in call.args:
            reader.value(argument.value, scope.parent or scope)


def _route(reader: Reader, call: cst.Call, last: str, function: Function, scope: Scope) -> bool:
    """`@router.post("/orders/{id}")`, `@app.route("/orders", methods=["POST"])`."""
    url = _argument(call, words("python_web", "paths"), 0)
    if not isinstance(url, cst.SimpleString) or not isinstance(call.func, cst.Attribute):
        return False
    method = table("python_web")["methods"][last] or _method(call)
    holder = dotted(call.func.value)
    known = reader.sheet.known.get(scope.lookup(holder) or "") if holder else None
    prefix = known.get(_PREFIX) if isinstance(known, Fields) else None
    path = f"{prefix.value if isinstance(prefix, Text) else ''}/{str(url.evaluated_value).strip('/')}"
    function.role, function.route = "handler", f"{method} {address(path)}"
    asked_for = known.get(_GUARDS) if isinstance(known, Fields) else None
    for condition in asked_for.items if isinstance(asked_for, Items) else ():
        guard(reader, call, condition, scope)
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "dependencies":
            for condition in dependencies(reader, argument.value, scope):
                guard(reader, argument, condition, scope)
    return True


def address(path: str) -> str:
    """A path with holes as they are written everywhere: `<int:id>` and `{id:path}` are `{id}`."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", path.strip("^$"))
    text = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", text)
    text = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", text)
    return "/" + "/".join(part for part in text.split("/") if part)


def _method(call: cst.Call) -> str:
    """The one method of `methods=[…]`, as far as it is one."""
    listed = _argument(call, frozenset({"methods"}), -1)
    if not isinstance(listed, (cst.List, cst.Tuple, cst.Set)):
        return "GET"
    found = [
        str(item.value.evaluated_value).upper() for item in listed.elements if isinstance(item.value, cst.SimpleString)
    ]
    return found[0] if len(found) == 1 else "ALL"


def _argument(call: cst.Call, names: frozenset[str], index: int) -> cst.BaseExpression | None:
    placed = [item.value for item in call.args if item.keyword is None and not item.star]
    if 0 <= index < len(placed):
        return placed[index]
    named = (item.value for item in call.args if item.keyword is not None and item.keyword.value in names)
    return next(named, None)


def _texts(call: cst.Call | None) -> list[str]:
    """The texts that a call is given, also in lists, and the members of enumerations."""
    found: list[str] = []
    for argument in call.args if call is not None else ():
        value = argument.value
        listed = (
            [item.value for item in value.elements] if isinstance(value, (cst.List, cst.Tuple, cst.Set)) else [value]
        )
        for item in listed:
            if isinstance(item, cst.SimpleString):
                found.append(str(item.evaluated_value))
            elif isinstance(item, cst.Attribute) and item.attr.value.isupper():
                found.append(item.attr.value.lower())
    return found


def _placed(node: cst.FunctionDef, function: Function, owner: Owner | None) -> None:
    """A function that a platform or the class around it makes a handler."""
    name = node.name.value
    params = [param.name.value for param in node.params.params]
    if owner is not None:
        if name in table("python_web")["answering"] and any(_pattern("views").search(base) for base in owner.bases):
            function.role = "handler"
    elif function.parent == 0 and name in words("python_web", "handlers") and params:
        if params[0] in words("python_web", "events" if len(params) == 2 else "requests"):
            function.role = "handler"
    elif function.parent == 0 and params and params[0] == "request" and len(node.params.params[0].name.value) == 7:
        annotated = node.params.params[0].annotation
        if annotated is None or dotted(annotated.annotation).endswith("Request"):
            function.role = "handler"


def _event(reader: Reader, node: cst.FunctionDef, function: Function, scope: Scope) -> None:
    """`event["body"]` is the body of the request."""
    first = function.parameters[0] if function.parameters else ""
    label = first.split("@", 1)[0]
    is_event = label in words("python_web", "events")
    if is_event:
        reader.sheet.hints.append("event handler")
    if is_event or label in words("python_web", "requests"):
        reader.sheet.bind(Ref(first, ("body",)), reader.body(scope), node, scope)


def _injected_body(reader: Reader, node: cst.FunctionDef, function: Function, scope: Scope) -> None:
    """A parameter of a class of the project is the body of a request that writes; several are its members."""
    if function.route.partition(" ")[0] not in (*_WRITING, "ALL"):
        return
    found: list[str] = []
    for param in (*node.params.params, *node.params.kwonly_params):
        default = param.default
        maker = reader.qualified(default.func, scope).rsplit(".", 1)[-1] if isinstance(default, cst.Call) else ""
        typed = reader.sheet.typed_by(scope.lookup(param.name.value) or "")
        if maker in words("python_web", "sent") or (typed and default is None):
            found.append(scope.lookup(param.name.value) or "")
    if len(found) == 1 and not function.body:
        function.body = found[0]
    elif len(found) > 1:
        body = reader.body(scope)
        for name in found:
            if isinstance(body, Ref):
                reader.sheet.bind(Ref(name), Ref(body.name, (name.split("@", 1)[0],)), node, scope)


def guard(
    reader: Reader, node: cst.CSTNode, condition: Expression, scope: Scope, columns: tuple[Expression, ...] = ()
) -> None:
    """Writes down a condition on the caller that stands in front of what follows in the scope."""
    reader.sheet.state("authorize", node, scope, condition=condition, columns=columns, source="middleware")


def asked(name: str, texts: tuple[Text, ...]) -> Expression:
    """What a decorator or dependency of this name asks of the caller."""
    found = callers.asked_by(re.sub(r"(?i)_?(?:required|only|needed|accepted)$", "", name), texts)
    if isinstance(found, Call) and not found.arguments and found.callee is None and _pattern("signed").search(name):
        return found if re.search("(?i)admin|owner|role|permission|staff", name) else Call("current user", ())
    return found


def permissions(reader: Reader, listed: cst.BaseExpression, scope: Scope) -> list[Expression]:
    """`[IsAuthenticated, IsAdminUser]`: what each of these classes asks of the caller."""
    found: list[Expression] = []
    for element in listed.elements if isinstance(listed, (cst.List, cst.Tuple)) else ():
        inner = element.value.func if isinstance(element.value, cst.Call) else element.value
        name = reader.qualified(inner, scope).rsplit(".", 1)[-1]
        if name in words("python_web", "open"):
            continue
        if re.match("(?i)is_?authenticated$|login_?required$", name):
            found.append(Call("current user", ()))
        elif re.match("(?i)is_?(?:super_?)?(?:admin|staff|super)(?:_?user)?$", name):
            found.append(Operation("=", (Call("current role", ()), Text("admin"))))
        elif name and name != "()":
            found.append(Call(name, ()))
    return found


# What is given to a handler ------------------------------------------------------------------------------


def dependencies(reader: Reader, listed: cst.BaseExpression, scope: Scope) -> list[Expression]:
    """`[Depends(require_admin)]`: what is asked of the caller."""
    found: list[Expression] = []
    for element in listed.elements if isinstance(listed, (cst.List, cst.Tuple)) else ():
        if isinstance(element.value, cst.Call):
            condition = _dependency(reader, element.value, scope)[0]
            if condition is not None:
                found.append(condition)
    return found


def _dependency(reader: Reader, call: cst.Call, scope: Scope) -> tuple[Expression | None, bool]:
    """What `Depends(…)` asks of the caller, and whether it gives who that is."""
    first = call.args[0].value if call.args else None
    inner = first if isinstance(first, cst.Call) else None
    name = reader.qualified(inner.func if inner is not None else first, scope) if first is not None else ""
    last = name.rsplit(".", 1)[-1]
    is_caller = bool(_pattern("callers").match(last))
    if is_caller and not re.search("(?i)admin|superuser|staff", last):
        return Call("current user", ()), True
    if is_caller or _pattern("guards").match(last):
        return asked(last, tuple(Text(item) for item in _texts(inner))), is_caller
    return None, False


def injected(reader: Reader, param: cst.Param, name: str, function: Function, scope: Scope) -> bool:
    """`user: User = Depends(get_current_user)`."""
    call = param.default
    if not isinstance(call, cst.Call):
        return False
    if reader.qualified(call.func, scope).rsplit(".", 1)[-1] not in words("python_web", "injected"):
        return False
    condition, is_caller = _dependency(reader, call, scope)
    if condition is not None:
        guard(reader, param, condition, scope)
    given: Expression = Text("")
    for argument in call.args[:1]:
        given = reader.value(argument.value, scope)
    if isinstance(given, Ref):
        reader.sheet.invoke(given, (), call, scope)
    if is_caller:
        reader.sheet.bind(Ref(name), CALLER, param, scope)
    elif isinstance(given, Ref):
        reader.sheet.bind(Ref(name), Call(given.name.split("@", 1)[0], (), given), param, scope)
    return True


# Calls that add routes -----------------------------------------------------------------------------------


def routers(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`APIRouter(prefix="/orders", dependencies=[…])`, `path("orders/", view)`, `router.register("orders", Orders)`."""
    last = name.rsplit(".", 1)[-1]
    if last in words("python_web", "routers"):
        return _router(reader, node, scope)
    if last in words("python_web", "tables") and name.startswith("django."):
        return _tabled(reader, node, scope)
    if last in words("python_web", "registered") and "." in name and len(node.args) >= 2:
        return _registered(reader, node, scope)
    if last in words("python_web", "later") and isinstance(node.func, cst.Attribute) and scope.number:
        return _later(reader, node, scope)
    return None


def _router(reader: Reader, node: cst.Call, scope: Scope) -> Expression:
    prefix, conditions = "", []
    for argument in node.args:
        name = argument.keyword.value if argument.keyword is not None else ""
        if name in words("python_web", "prefixes") and isinstance(argument.value, cst.SimpleString):
            prefix = str(argument.value.evaluated_value)
        elif name == "dependencies":
            conditions = dependencies(reader, argument.value, scope)
        else:
            reader.value(argument.value, scope)
    return Fields(((_PREFIX, Text(address(prefix) if prefix.strip("/") else "")), (_GUARDS, Items(tuple(conditions)))))


def _tabled(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    if len(node.args) < 2 or not isinstance(node.args[0].value, cst.SimpleString):
        return None
    url = address(str(node.args[0].value.evaluated_value))
    view = node.args[1].value
    if isinstance(view, cst.Call) and isinstance(view.func, cst.Attribute) and view.func.attr.value == "as_view":
        target = reader.value(view.func.value, scope)
        return _answers(reader, node, target, [(method, url, name) for name, method in _plain_methods()], scope)
    if isinstance(view, cst.Call):
        return None
    target = reader.value(view, scope)
    return _answers(reader, node, target, [("ALL", url, "")], scope)


def _plain_methods() -> list[tuple[str, str]]:
    return [(name, method) for name, method in table("python_web")["answering"].items() if name == method.lower()]


def _registered(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    if not isinstance(node.args[0].value, cst.SimpleString):
        return None
    target = reader.value(node.args[1].value, scope)
    base = address(str(node.args[0].value.evaluated_value))
    listed = {"list": base, "create": base}
    ways = [
        (method, listed.get(name, f"{base}/{{id}}"), name)
        for name, method in table("python_web")["answering"].items()
        if name != method.lower()
    ]
    return _answers(reader, node, target, ways, scope)


def _answers(
    reader: Reader, node: cst.Call, target: Expression, ways: list[tuple[str, str, str]], scope: Scope
) -> Expression | None:
    """A function around each view, under its method and path."""
    if not isinstance(target, Ref):
        return None
    found: Expression = Call("route", ())
    for method, url, member in ways:
        function = Function(reader.sheet.new_scope(), scope.number, f"{method} {url}", f"{method} {url}")
        function.role, function.route = "handler", f"{method} {url}"
        function.body = f"_body@{function.number}"
        inner = Scope(scope, function)
        callee = Ref(target.name, (*target.path, member)) if member else target
        reader.sheet.invoke(callee, (Fields((("body", Ref(function.body)),)),), node, inner)
        reader.sheet.function(function, node)
        found = Lambda(function.number)
    return found


def _later(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    """`send_invoice.delay(order)` runs the function in a worker."""
    if not isinstance(node.func, cst.Attribute) or not isinstance(node.func.value, cst.Name):
        return None
    target = reader.value(node.func.value, scope)
    if not isinstance(target, Ref) or target.path or not target.name.endswith("@0"):
        return None
    placed = reader.arguments(node, scope)
    if node.func.attr.value == "apply_async" and placed and isinstance(placed[0], Items):
        placed = placed[0].items
    reader.sheet.invoke(target, placed, node, scope)
    return Call("task", ())


def bodies(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`await request.json()`, `request.get_json()`."""
    holder, _, last = name.rpartition(".")
    if last not in words("python_web", "reading") or not scope.number or not isinstance(node.func, cst.Attribute):
        return None
    inner = node.func.value
    parameter = scope.lookup(inner.value) if isinstance(inner, cst.Name) else None
    given = parameter is not None and not parameter.endswith("@0") and holder in words("python_web", "requests")
    if not given and holder not in words("python", "requests"):
        return None
    reader.arguments(node, scope)
    if given and parameter is not None and scope.function.role != "handler":
        return Ref(parameter, ("body",))
    return reader.body(scope)


# Who is calling ------------------------------------------------------------------------------------------


def callers_of(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`get_jwt_identity()`, `get_current_user(request)`: who is calling; `require_role("admin")`: a refusal."""
    last = name.rsplit(".", 1)[-1]
    if _pattern("callers").match(last) and scope.number:
        # What it is given must be the request, or nothing at all: else it looks somebody up.
        if not all(_is_request(argument.value) for argument in node.args):
            return None
        reader.arguments(node, scope)
        return Call("current user", ()) if last.endswith(("identity", "_id")) else CALLER
    return None


def _is_request(node: cst.BaseExpression) -> bool:
    first = dotted(node).split(".", 1)[0] if not isinstance(node, cst.Call) else ""
    return first in words("callers", "requests") or first in ("token", "authorization", "credentials")
