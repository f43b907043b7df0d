"""Forms in code: hooks that give one, fields registered with rules, and what is handed to the submit function."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Number,
    Opaque,
    Ref,
    Text,
)
from archlint.terms.clauses import clauses
from archlint.terms.idioms import table, words
from archlint.terms.neutral import within
from archlint.terms.scope import Scope

_SOURCE = "react-hook-form"


@cache
def _resolver() -> re.Pattern[str]:
    return re.compile(table("react_hook_form")["resolvers"])


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call that makes, reads or fills a form; None for every other."""
    last = name.rsplit(".", 1)[-1]
    if node.type == "new_expression":
        return reader.helper(Forms).data(node, scope) if name in ("FormData", "URLSearchParams", "URL") else None
    if last in words("react_hook_form", "hooks"):
        return reader.helper(Forms).hook(node, scope)
    if last in words("react_hook_form", "registering"):
        return reader.helper(Forms).register(node, name, scope)
    if last in words("react_hook_form", "reading"):
        return reader.helper(Forms).read(node, name, scope)
    if last in words("react_hook_form", "writing"):
        return reader.helper(Forms).write(node, name, scope)
    if last in words("react_hook_form", "submitting"):
        return reader.helper(Forms).submit(node, name, scope)
    if last in words("react_hook_form", "watching") or last in words("react_hook_form", "controlling"):
        return reader.helper(Forms).watch(node, last, scope)
    if _resolver().match(last):
        return _resolved(reader, node, scope)
    if last in ("get", "getAll"):
        return reader.helper(Forms).entry(node, scope)
    if last in ("useActionState", "useFormState"):
        return _action(reader, node, scope)
    return None


def _arguments(node: Node) -> list[Node]:
    listed = field(node, "arguments")
    return parts(listed) if listed is not None and listed.type == "arguments" else []


def _searched(reader: Reader, holder: Node) -> bool:
    """`new URL(request.url).searchParams`."""
    inner = field(holder, "object") if holder.type == "member_expression" else None
    name = field(holder, "property")
    return inner is not None and name is not None and reader.source.text(name) == "searchParams"


def _resolved(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`zodResolver(S)`."""
    values = [reader.value(item, scope) for item in _arguments(node)]
    return values[0] if values and isinstance(values[0], Ref) else None


def _action(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`const [state, formAction] = useActionState(createOrder, null)`."""
    values = [reader.value(item, scope) for item in _arguments(node)]
    return Items((Opaque("state"), Call("action", tuple(values[:1])), Boolean(False)))


class Forms:
    """The forms of one file. The name of a form stands for its values."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._made: set[str] = set()
        # Names that hold what the user entered: `new FormData(form)`, `new URL(request.url).searchParams`.
        self._data: set[str] = set()

    # Making ----------------------------------------------------------------------------------------------

    def hook(self, node: Node, scope: Scope) -> Expression:
        """`useForm<T>({ resolver: zodResolver(S), defaultValues: { … } })`."""
        values = self.made(scope)
        kinds = field(node, "type_arguments")
        for kind in parts(kinds)[:1] if kinds is not None else ():
            found = self._reader.typed(kind, scope)
            if found is not None:
                self._reader.sheet.bind(values, found, kind, scope, "type")
        for argument in _arguments(node):
            inner = unwrapped(argument)
            if inner.type == "object":
                self.options(inner, values, scope)
            else:
                self._reader.value(argument, scope)
        members = tuple((name, values) for name in table("react_hook_form")["members"])
        return Fields((*members, ("formState", Opaque("state"))))

    def made(self, scope: Scope) -> Ref:
        """A name for the values of a form."""
        name = f"form@{scope.number}{self._reader.sheet.block()}"
        self._made.add(name)
        return Ref(name)

    def options(self, node: Node, values: Ref, scope: Scope) -> None:
        """The options of a form, as an object."""
        for pair in parts(node):
            key, value = field(pair, "key"), field(pair, "value")
            if pair.type == "method_definition":
                name = field(pair, "name")
                key, value = name, pair
            if key is None or value is None:
                self._reader.value(pair, scope)
                continue
            self.option(self._reader.source.text(key).strip("'\""), value, values, scope)

    def option(self, name: str, node: Node, values: Ref, scope: Scope) -> None:
        """One option of a form, or one property of a form's component."""
        inner = unwrapped(node)
        if name in words("react_hook_form", "initial"):
            self._initial(inner, values, scope)
        elif name == "validate" and inner.type == "object":
            self._validators(inner, values, scope)
        elif inner.type in FUNCTIONS:
            function = self._reader.define(inner, scope, symbol=name if name in ("validate", "onSubmit") else "")
            self._reader.sheet.applied(function, (values,), node, scope)
        else:
            found = self._reader.value(node, scope)
            if isinstance(found, Ref):
                if name in words("react_hook_form", "schemas"):
                    self._reader.sheet.bind(values, Call("validated", (found, values)), node, scope, "form")
                if name in ("onSubmit", "validate"):
                    self._reader.sheet.invoke(found, (values,), node, scope)

    def _validators(self, node: Node, values: Ref, scope: Scope) -> None:
        """`validate: { amount: v => (v > 5 ? 'Too much' : null) }`."""
        for pair in parts(node):
            key, value = field(pair, "key"), field(pair, "value")
            if key is None or value is None:
                continue
            path = (*values.path, self._reader.source.text(key).strip("'\""))
            self._validated(value, Stated(Ref(values.name, path), scope, _SOURCE, (), "reject", "soft"), values)

    def _initial(self, node: Node, values: Ref, scope: Scope) -> None:
        if node.type != "object":
            found = self._reader.value(node, scope)
            self._reader.sheet.bind(values, found, node, scope, "form")
            return
        for pair in parts(node):
            key, value = field(pair, "key"), field(pair, "value")
            if pair.type == "spread_element":
                self._reader.sheet.bind(values, self._reader.value(parts(pair)[0], scope), pair, scope, "form")
            if key is None or value is None:
                continue
            target = Ref(values.name, (*values.path, self._reader.source.text(key).strip("'\"")))
            if unwrapped(value).type == "object":
                self._initial(unwrapped(value), target, scope)
                continue
            found = self._reader.value(value, scope)
            if isinstance(found, (Text, Number)) and found not in (Text(""), Number("0")):
                into = Stated(target, scope, "form", (), "assign", "soft")
                meanings.default(
                    self._reader, found, self._reader.source.span(pair), shown(self._reader, pair, pair), into
                )
            elif not isinstance(found, (Text, Number, Boolean, Opaque, Items)):
                self._reader.sheet.bind(target, found, pair, scope, "form")

    # Fields ----------------------------------------------------------------------------------------------

    def base(self, node: Node, scope: Scope) -> Ref | None:
        """The values of the form that a function like `register` or `form.watch` belongs to."""
        callee = field(node, "function")
        if callee is None:
            return None
        callee = unwrapped(callee)
        if callee.type == "identifier":
            name = self._reader.source.text(callee)
            scoped = scope.lookup(name)
            found = self._reader.sheet.known.get(scoped or "")
            if isinstance(found, Ref):
                # `const methods = useForm(); const { watch } = methods;`
                values = found if self.is_form(found) else self.values_of(found)
                if values is not None and self.is_form(values):
                    return values
            return Ref(scoped) if scoped is not None and found is not None else None
        holder = field(callee, "object")
        if holder is None:
            return None
        holder = unwrapped(holder)
        return self.values_of(self._reader.value(holder, scope))

    def values_of(self, value: Expression) -> Ref | None:
        """The values of what a hook gave, under whatever name it goes."""
        if isinstance(value, Ref) and len(value.path) < 2 and not self.is_form(value):
            found = self._reader.sheet.known.get(value.name)
            if isinstance(found, Fields):
                value = found.get(value.path[0] if value.path else "register") or value
            elif isinstance(found, Ref) and self.is_form(found):
                value = found
        if isinstance(value, Fields):
            value = value.get("register") or value
        return value if isinstance(value, Ref) else None

    # What the user entered -------------------------------------------------------------------------------

    def data(self, node: Node, scope: Scope) -> Expression:
        """`new FormData(form)` and `new URL(request.url)` are read by the names of what they are made from."""
        values = [self._reader.value(item, scope) for item in _arguments(node)]
        if not values or not isinstance(values[0], Ref):
            return Opaque("data")
        outer = node.parent
        name = field(outer, "name") if outer is not None and outer.type == "variable_declarator" else None
        if name is not None and name.type == "identifier":
            self._data.add(scope.declare(self._reader.source.text(name)))
        return values[0]

    def entry(self, node: Node, scope: Scope) -> Expression | None:
        """`data.get('amount')`."""
        callee, given = field(node, "function"), _arguments(node)
        holder = field(callee, "object") if callee is not None and callee.type == "member_expression" else None
        if holder is None or len(given) != 1 or given[0].type != "string":
            return None
        holder = unwrapped(holder)
        name = self._reader.source.text(holder) if holder.type in ("identifier", "member_expression") else ""
        known = scope.lookup(name) in self._data or name.endswith("searchParams")
        if not known and holder.type != "new_expression" and not _searched(self._reader, holder):
            return None
        base = self._reader.value(holder, scope)
        key = self._reader.source.text(given[0])[1:-1]
        return Ref(base.name, (*base.path, key)) if isinstance(base, Ref) else None

    def path(self, node: Node, scope: Scope) -> tuple[str, ...] | None:
        """The members that `items.0.amount` and `items.${index}.amount` name; numbers are left out."""
        inner = unwrapped(node)
        if inner.type == "string":
            text = self._reader.source.text(inner)[1:-1]
        elif inner.type == "template_string":
            text = re.sub(r"\$\{[^}]*\}", "0", self._reader.source.text(inner)[1:-1])
        else:
            return None
        return tuple(part for part in re.split(r"[.\[\]]+", text) if part and not part.isdigit())

    def register(self, node: Node, name: str, scope: Scope) -> Expression | None:
        """`register('amount', { min: 1 })` names a field and says what is allowed in it."""
        given = _arguments(node)
        path = self.path(given[0], scope) if given else None
        if path is None:
            return None
        spread = node.parent is not None and node.parent.type == "spread_element"
        base = self.base(node, scope)
        if base is None or not (spread or self.is_form(base) or "." in name):
            return None
        subject = Ref(base.name, (*base.path, *path))
        for rules in given[1:]:
            inner = unwrapped(rules)
            if inner.type == "object":
                self.rules(inner, subject, base, scope)
            else:
                self._reader.value(rules, scope)
        return subject

    def is_form(self, base: Ref) -> bool:
        """Whether a name surely stands for the values of a form."""
        return base.name in self._made

    def rules(self, node: Node, subject: Ref, values: Ref, scope: Scope) -> None:
        """`{ required: true, min: { value: 1, message: '…' }, validate: v => … }`."""
        rows = table("react_hook_form")["rules"]
        into = Stated(subject, scope, _SOURCE, (), "reject", "soft")
        for pair in parts(node):
            key, value = field(pair, "key"), field(pair, "value")
            if pair.type == "method_definition":
                key, value = field(pair, "name"), pair
            if key is None or value is None:
                self._reader.value(pair, scope)
                continue
            name = self._reader.source.text(key).strip("'\"")
            if name == "validate":
                self._validations(unwrapped(value), into, values)
            elif name in rows:
                self._rule(rows[name], self._reader.value(value, scope), pair, into)
            else:
                self._reader.value(value, scope)

    def rule_list(self, node: Node, subject: Ref, values: Ref, scope: Scope) -> None:
        """`[{ required: true }, { min: 2, message: '…' }, { type: 'email' }]`."""
        knowledge = table("rule_lists")
        for item in parts(node):
            rule = unwrapped(item)
            if rule.type != "object":
                self._reader.value(item, scope)
                continue
            pairs = {self._reader.source.text(key).strip("'\""): pair for pair in parts(rule) if (key := _key(pair))}
            kind = (
                self._reader.source.text(field(pairs["type"], "value") or rule).strip("'\"") if "type" in pairs else ""
            )
            rows = knowledge["numbers"] if kind in knowledge["numeric"] else knowledge["rules"]
            into = Stated(subject, scope, "rules", (), "reject", "soft")
            told = self._told(pairs.get("message"), scope)
            for name, pair in pairs.items():
                value = pair if pair.type == "method_definition" else field(pair, "value")
                if name == "type" and kind in knowledge["types"]:
                    place = self._reader.source.span(pair)
                    text = shown(self._reader, pair, pair)
                    meanings.state(self._reader, clauses(knowledge["types"][kind])[0], told, place, text, into)
                elif name in rows and value is not None:
                    self._rule(rows[name], self._reader.value(value, scope), pair, into)
                elif name not in ("type", "message") and value is not None:
                    self._reader.value(value, scope)

    def _told(self, pair: Node | None, scope: Scope) -> tuple[Expression, ...]:
        value = field(pair, "value") if pair is not None else None
        return (Fields((("message", self._reader.value(value, scope)),)),) if value is not None else ()

    def _rule(self, row: str, value: Expression, pair: Node, into: Stated) -> None:
        message: tuple[Expression, ...] = ()
        if isinstance(value, Fields):
            told = value.get("message")
            message = (Fields((("message", told),)),) if told is not None else ()
            value = value.get("value") or Opaque("value")
        clause = clauses(row)[0]
        if clause[0] == "filled":
            if value == Boolean(False) or (isinstance(value, (Ref, Opaque)) and not message):
                return
            if isinstance(value, Text):
                message = (Fields((("message", value),)),)
            given = message
        else:
            given = (value, *message)
        place = self._reader.source.span(pair)
        meanings.state(self._reader, clause, given, place, shown(self._reader, pair, pair), into)

    def _validations(self, node: Node, into: Stated, values: Ref) -> None:
        if node.type == "object":
            for pair in parts(node):
                inner = pair if pair.type == "method_definition" else field(pair, "value")
                if inner is not None:
                    self._validated(inner, into, values)
        else:
            self._validated(node, into, values)

    def _validated(self, node: Node, into: Stated, values: Ref) -> None:
        """A function that answers whether a value is right, or what is wrong with it."""
        inner = unwrapped(node)
        if inner.type not in FUNCTIONS and inner.type != "identifier":
            self._reader.value(node, into.scope)
            return
        found = meanings.predicate(self._reader, inner, (into.subject, values), into.scope)
        if found is None or not any(isinstance(item, Ref) for item in within(found)):
            return
        body = field(inner, "body") if inner.type in FUNCTIONS else None
        place = unwrapped(body) if body is not None and body.type != "statement_block" else inner
        self._reader.sheet.state(
            "require", self._reader.source.span(place), into.scope, condition=found, effect=into.effect,
            strength=into.strength, source=into.source, text=shown(self._reader, place, place),
        )  # fmt: skip

    # Reading and writing ---------------------------------------------------------------------------------

    def read(self, node: Node, name: str, scope: Scope) -> Expression | None:
        """`watch('amount')`, `getValues()`."""
        base = self.base(node, scope)
        if base is None or not self.is_form(base):
            return None
        given = _arguments(node)
        if not given:
            return base
        inner = unwrapped(given[0])
        if inner.type == "array":
            paths = [self.path(item, scope) for item in parts(inner)]
            return Items(tuple(Ref(base.name, (*base.path, *(path or ("",)))) for path in paths))
        path = self.path(given[0], scope)
        for item in given[1:]:
            self._reader.value(item, scope)
        return Ref(base.name, (*base.path, *path)) if path is not None else None

    def write(self, node: Node, name: str, scope: Scope) -> Expression | None:
        """`setValue('amount', 5)`."""
        base = self.base(node, scope)
        given = _arguments(node)
        path = self.path(given[0], scope) if given else None
        if base is None or path is None or not self.is_form(base):
            return None
        values = [self._reader.value(item, scope) for item in given[1:]]
        if values:
            self._reader.sheet.bind(Ref(base.name, (*base.path, *path)), values[0], node, scope)
        return Opaque("set")

    def submit(self, node: Node, name: str, scope: Scope) -> Expression | None:
        """`handleSubmit(onSubmit)` calls the function with the values."""
        base = self.base(node, scope)
        given = _arguments(node)
        if base is None or not given or not (self.is_form(base) or unwrapped(given[0]).type in FUNCTIONS):
            return None
        if not self.is_form(base) and "." not in name:
            return None
        functions = [self._reader.value(item, scope) for item in given]
        if isinstance(functions[0], (Lambda, Ref)):
            self._reader.sheet.applied(functions[0], (base,), node, scope)
        return functions[0]

    def watch(self, node: Node, last: str, scope: Scope) -> Expression | None:
        """`useWatch({ control, name: 'amount' })`, `useController({ control, name, rules })`."""
        given = _arguments(node)
        inner = unwrapped(given[0]) if given else None
        if inner is None or inner.type != "object":
            return None
        options = {
            self._reader.source.text(key): value
            for pair in parts(inner)
            if (key := field(pair, "key")) is not None and (value := field(pair, "value")) is not None
        }
        base: Expression = Opaque("control")
        for pair in parts(inner):
            if pair.type == "shorthand_property_identifier" and self._reader.source.text(pair) == "control":
                base = self._reader.value(pair, scope)
        if "control" in options:
            base = self._reader.value(options["control"], scope)
        values = self.values_of(base)
        path = self.path(options["name"], scope) if "name" in options else ()
        if values is None or path is None:
            return None
        subject = Ref(values.name, (*values.path, *path))
        if last in words("react_hook_form", "watching"):
            return subject
        if "rules" in options and unwrapped(options["rules"]).type == "object":
            self.rules(unwrapped(options["rules"]), subject, values, scope)
        return Fields(
            (("field", Fields((("value", subject), ("onChange", Opaque("change"))))), ("fieldState", Opaque("state")))
        )


def _key(pair: Node) -> Node | None:
    return field(pair, "name") if pair.type == "method_definition" else field(pair, "key")
