"""Reads the schemas of validation libraries: chains of calls, pipes of actions, and functions around a schema."""

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.schema_making import MAKING, around, derived_function, pipe
from archlint.languages.typescript.schema_names import Names
from archlint.languages.typescript.schema_saying import SAYING
from archlint.languages.typescript.schema_state import Link, Root, State, key_of, picked, rows_of, source_of
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Lambda, Ref, Text
from archlint.terms.clauses import clauses
from archlint.terms.idioms import table
from archlint.terms.scope import Scope


class SchemaReading:
    """Reads the schemas of one file."""

    def __init__(self, reader: Reader, names: Names) -> None:
        self.reader = reader
        self.names = names

    def chain(self, node: Node, scope: Scope) -> tuple[Root, list[Link]]:
        """The root of a chain of calls and its links, first to last."""
        links: list[Link] = []
        node = unwrapped(node)
        while node.type == "call_expression":
            callee = unwrapped(field(node, "function") or node)
            known = self.names.constructor(callee, scope)
            if known is not None:
                return Root(*known, node), links[::-1]
            holder, name = field(callee, "object"), field(callee, "property")
            if callee.type != "member_expression" or holder is None or name is None:
                break
            links.append(Link(self.reader.source.text(name), node, name))
            node = unwrapped(holder)
        return Root("", "", node), links[::-1]

    def read(self, node: Node, into: Stated, holder: Ref | None, selves: frozenset[str] = frozenset()) -> State:
        """States what the schema of a node requires of a subject. `selves` are names for the schema read so far."""
        root, links = self.chain(node, into.scope)
        return self.apply(root, links, into, holder, selves)

    def apply(self, root: Root, links: list[Link], into: Stated, holder: Ref | None, selves: frozenset[str]) -> State:
        library = root.library
        if not library:
            library = self.names.library_of(root.node, into.scope) or into.source
        into = into._replace(source=source_of(library, into.source))
        forms = [self._structural(library, root, link) for link in links]
        cut = max((index for index, form in enumerate(forms) if form), default=-1)
        if cut >= 0 and not selves:
            state = self._derived(root, links[:cut], links[cut], forms[cut], into, holder)
            links = links[cut + 1 :]
        else:
            state = self._root(root, library, into, holder, selves)
        self.links(links, state, into, holder)
        return state

    def _structural(self, library: str, root: Root, link: Link) -> str:
        rows = rows_of(library)
        found = rows.get("object", {}).get(link.name) or rows.get("any", {}).get(link.name, "")
        if link.name == "required" and self.reader.source.text(link.call).endswith("required()") and library != "zod":
            return ""
        if link.name == "required" and root.name not in ("", "object", "strictObject"):
            return ""
        return found.split()[1] if found.startswith("derive ") else ""

    def _root(self, root: Root, library: str, into: Stated, holder: Ref | None, selves: frozenset[str]) -> State:
        start = len(self.reader.sheet.statements)
        if not root.library:
            return self._named(root.node, library, into, selves, start)
        row = rows_of(library)["make"].get(root.name, "any")
        state = State(library, row.split(";")[0].split()[0], start)
        given = self.given(root.node)
        for clause in clauses(row):
            self._make(clause, root, given, state, into, holder)
        return state

    def given(self, call: Node) -> list[Node]:
        listed = field(call, "arguments")
        return parts(listed) if listed is not None and listed.type == "arguments" else []

    def _named(self, node: Node, library: str, into: Stated, selves: frozenset[str], start: int) -> State:
        """A schema by its name, or whatever else stands where a schema is wanted."""
        if node.type == "identifier" and self.reader.source.text(node) in selves:
            return State(library, "any", start)
        value = self.names.strip(self.reader.value(node, into.scope))
        state = State(library, "any", start)
        state.absent = True
        if isinstance(value, Ref) and value != into.subject:
            self.reader.sheet.bind(into.subject, value, node, into.scope, "derived")
            known = self.names.known.get(value.name) if not value.path else None
            if known is not None:
                state.kind, state.required, state.absent = known.kind, known.required, known.absent
        return state

    def _make(
        self, clause: tuple[str, ...], root: Root, given: list[Node], state: State, into: Stated, holder: Ref | None
    ) -> None:
        verb = clause[0]
        making = MAKING.get(verb)
        if making is not None:
            nodes = given if clause[-1] == "$*" else picked(given, clause[1:])
            making(self, nodes, state, into, holder, root)
        elif verb == "around" and given:
            around(self, clause[1], given, root, state, into, holder)
        elif verb == "pipe" and given:
            pipe(self, given, state, into, holder)
        elif verb == "derived" and given:
            derived_function(self, clause[1], given, into, state)
        elif verb == "open":
            state.absent = True
        elif verb == "options":
            for node in picked(given, clause[1:]):
                self.options(node, state, into)
        elif clause[-1] == "$2":
            chosen = picked(given, clause[1:])
            if chosen:
                self.say((*clause[:-1], "$1"), chosen, root.node, root.node, state, into, holder)
        elif verb in ("optional", "nullable", "required", "filled", "integer", "format"):
            self.say(clause, [], root.node, root.node, state, into, holder)
        elif len(clause) > 1 or verb in ("refine", "allow", "keep"):
            self.say(clause, given, root.node, root.node, state, into, holder)

    def fields(self, node: Node, library: str, into: Stated) -> None:
        """The fields of an object of schemas."""
        node = unwrapped(node)
        if node.type != "object":
            value = self.names.strip(self.reader.value(node, into.scope))
            if isinstance(value, Ref):
                self.reader.sheet.bind(into.subject, value, node, into.scope, "derived")
            return
        for child in parts(node):
            if child.type == "pair":
                key, value_node = field(child, "key"), field(child, "value")
                if key is not None and value_node is not None:
                    self._field(key_of(self.reader, key), value_node, child, library, into)
            elif child.type == "shorthand_property_identifier":
                member = Ref(into.subject.name, (*into.subject.path, self.reader.source.text(child)))
                self._named(child, library, into._replace(subject=member), frozenset(), 0)
            elif child.type == "spread_element":
                spread = self.names.strip(self.reader.value(parts(child)[0], into.scope))
                if isinstance(spread, Ref):
                    self.reader.sheet.bind(into.subject, spread, child, into.scope, "derived")
            else:
                self.reader.value(child, into.scope)

    def _field(self, key: str, node: Node, pair: Node, library: str, into: Stated) -> None:
        if not key:
            self.reader.value(node, into.scope)
            return
        member = into._replace(subject=Ref(into.subject.name, (*into.subject.path, key)))
        inner = unwrapped(node)
        if inner.type == "object" and library in ("joi",):
            self.fields(inner, library, member)
            return
        state = self.read(node, member, into.subject)
        self._presence(state, inner, member)

    def _presence(self, state: State, node: Node, into: Stated) -> None:
        if state.absent or state.required is not None or state.kind == "nothing":
            return
        root, _ = self.chain(node, into.scope)
        place = self.reader.source.span(root.node)
        text = self.reader.source.snippet(root.node)
        word = "required" if rows_of(state.library).get("fields") == "required" else "optional"
        meanings.state(
            self.reader, (word,), (), place, text, into._replace(source=source_of(state.library, into.source))
        )

    def element(self, node: Node, into: Stated) -> None:
        root, links = self.chain(node, into.scope)
        row = rows_of(root.library).get("make", {}).get(root.name, "") if root.library else ""
        if row.startswith("object") or (not root.library and not links):
            self.read(node, into, None)
        else:
            self.read(node, into._replace(subject=Ref(into.subject.name, (*into.subject.path, "[]"))), None)

    def meaning(self, state: State, name: str) -> str:
        rows = rows_of(state.library)
        own = rows.get(state.kind, {}) if isinstance(rows.get(state.kind), dict) else {}
        return str(own.get(name) or rows.get("any", {}).get(name, ""))

    def links(self, links: list[Link], state: State, into: Stated, holder: Ref | None) -> None:
        defaulted = any(self.meaning(state, link.name).startswith(("default", "catch")) for link in links)
        if any(self.meaning(state, link.name).startswith("catch") for link in links):
            into = into._replace(effect="clamp", strength="soft")
        if any(link.name == "allow" and "''" in self.reader.source.text(link.call) for link in links):
            state.empty = True
        for link in links:
            row = self.meaning(state, link.name)
            given = self.given(link.call)
            if not row or row.startswith("derive "):
                for node in given:
                    self.visit(node, into)
                continue
            for clause in clauses(row):
                if defaulted and clause[0] in ("optional", "nullable"):
                    state.required = False
                    continue
                self.say(clause, given, link.first, link.call, state, into, holder)

    def visit(self, node: Node, into: Stated) -> None:
        """An argument that says nothing here; a function among them gets the value."""
        function = self.reader.value(node, into.scope)
        if isinstance(function, Lambda):
            self.reader.sheet.applied(function, (into.subject,), node, into.scope)

    def say(
        self, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
        holder: Ref | None,
    ) -> None:  # fmt: skip
        """One clause of a link or constructor."""
        verb = clause[0]
        saying = SAYING.get(verb)
        if saying is not None:
            saying(self, clause, given, first, call, state, into, holder)
            return
        if verb == "become":
            for node in picked(given, clause[1:]):
                state.kind = self.read(node, into, holder).kind
            if clause[-1] == "any":
                state.kind = "any"
            return
        if verb == "filled" and state.empty:
            clause = ("required",)
        if verb in ("optional", "nullable"):
            state.required = False
        elif verb in ("required", "filled"):
            state.required, state.absent = True, False
        elif verb in ("default", "catch"):
            state.required = False
        values = tuple(self.argument(node, into, holder) for node in given)
        if verb == "default" and values and isinstance(values[0], Lambda):
            values = (self.reader.sheet.result(values[0]), *values[1:])
        self.write(clause, values, first, call, into)

    def write(
        self, clause: tuple[str, ...], values: tuple[Expression, ...], first: Node, call: Node, into: Stated
    ) -> None:
        place = self.reader.source.span(first, call)
        meanings.state(self.reader, clause, values, place, shown(self.reader, first, call), into)

    def argument(self, node: Node, into: Stated, holder: Ref | None) -> Expression:
        inner = unwrapped(node)
        sibling = self._reference(inner, into, holder)
        if sibling is not None:
            return sibling
        if inner.type == "array":
            return Items(tuple(self.argument(item, into, holder) for item in parts(inner)))
        return self.reader.value(node, into.scope)

    def _reference(self, node: Node, into: Stated, holder: Ref | None) -> Ref | None:
        """`Joi.ref('start')`: another field of the same object."""
        callee = field(node, "function") if node.type == "call_expression" else None
        known = self.names.constructor(unwrapped(callee), into.scope) if callee is not None else None
        if known is None or known[1] not in rows_of(known[0]).get("references", ()):
            return None
        given = self.given(node)
        if holder is None or not given or unwrapped(given[0]).type != "string":
            return None
        name = self.reader.source.text(unwrapped(given[0]))[1:-1].lstrip(".")
        return Ref(holder.name, (*holder.path, *name.split(".")))

    def _derived(
        self, root: Root, before: list[Link], link: Link, form: str, into: Stated, holder: Ref | None
    ) -> State:
        """`S.partial()`, `S.extend({ … })`: another schema whose fields are those of the first, as far as they go."""
        state = State(root.library or self.names.library_of(root.node, into.scope) or into.source, "object", 0)
        state.start = len(self.reader.sheet.statements)
        inner = self._inner_of(root, before, into, holder)
        given = self.given(link.call)
        extended: set[str] = set()
        others: tuple[Expression, ...] = ()
        if form == "extend":
            extended = {
                key_of(self.reader, key)
                for node in given
                for pair in parts(unwrapped(node))
                if (key := field(pair, "key"))
            }
            for node in given[:1]:
                self.fields(node, state.library, into)
            form = "omit" if extended else "extend"
            others = tuple(Text(name) for name in sorted(extended))
        elif form in ("pick", "omit", "partial", "required"):
            others = self.keys(given, into)
        elif form == "merge":
            found = [self.inner(node, into) for node in given[:1]]
            others = tuple(item for item in found if item is not None)
        elif form == "array":
            state.kind = "list"
        if inner is not None:
            value = Call(form, (inner, *others))
            if form == "partial" and others:
                value = Call("omit", (inner, *others))
                self.reader.sheet.bind(into.subject, Call("partial", (inner,)), link.call, into.scope, "derived")
            self.reader.sheet.bind(into.subject, value, link.call, into.scope, "derived")
        return state

    def _inner_of(self, root: Root, links: list[Link], into: Stated, holder: Ref | None) -> Ref | None:
        if not root.library and not links:
            value = self.names.strip(self.reader.value(root.node, into.scope))
            return value if isinstance(value, Ref) else None
        inner = self.names.fresh(into.scope, into.subject)
        self.apply(root, links, into._replace(subject=inner), holder, frozenset())
        return inner

    def inner(self, node: Node, into: Stated) -> Ref | None:
        root, links = self.chain(node, into.scope)
        return self._inner_of(root, links, into, None)

    def keys(self, given: list[Node], into: Stated) -> tuple[Expression, ...]:
        for node in given[:1]:
            value = self.reader.value(node, into.scope)
            if isinstance(value, Fields):
                return tuple(Text(name) for name, _ in value.entries)
            if isinstance(value, Items):
                return tuple(item for item in value.items if isinstance(item, Text))
        return ()

    def options(self, node: Node, state: State, into: Stated) -> None:
        """`{ minimum: 1, maxLength: 40 }`: keywords of JSON Schema."""
        rows = table("typebox_ajv")["options"]
        for pair in parts(unwrapped(node)) if unwrapped(node).type == "object" else ():
            key, value = field(pair, "key"), field(pair, "value")
            if key is None or value is None:
                continue
            row = rows.get(key_of(self.reader, key))
            found = self.reader.value(value, into.scope) if row else None
            if row is None or found is None:
                continue
            clause = clauses(row)[0]
            if clause[0] == "nullable":
                if found != Boolean(True):
                    continue
                state.required = False
            if clause[0] == "default":
                state.required = False
            self.write(clause, (found,), pair, pair, into)
