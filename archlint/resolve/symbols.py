"""The names of the whole program: what an identifier of one file means in another."""

from collections import defaultdict
from collections.abc import Callable, Mapping

import msgspec

from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
    Fields,
    Items,
    Lambda,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.model.facts import Access, Binding, FileFacts, FunctionFact, Import
from archlint.model.schema import Schema
from archlint.model.source import Span
from archlint.resolve.ambient import Ambient
from archlint.resolve.names import table_key
from archlint.terms.addresses import url
from archlint.terms.neutral import CALLER

Locate = Callable[[str, str], str | None]

GLOBAL = ("table:", "bucket:", "type:", "fn:", "$", "http:", "function:", "domain:")
_LITERALS = (Text, Number, Items, Fields, Pattern, Duration)
_LEAVES = frozenset({Text, Number, Boolean, Null, Opaque, Pattern, Duration})
# Through a hook and its context, a function has eight names.
_DEPTH = 9


class Program:
    """All files together. Global names are `path|identifier@scope`; see `name`."""

    def __init__(self, files: Mapping[str, FileFacts], schema: Schema, locate: Locate) -> None:
        self.files = files
        self.schema = schema
        self._located: dict[tuple[str, str], str | None] = {}
        self._ask = locate
        self._exports: dict[str, dict[str, tuple[str, str]]] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._global_refs: dict[tuple[str, Ref], Ref] = {}
        self._called: dict[Ref, tuple[str, FunctionFact] | None] = {}
        self._settled_constants: dict[str, Expression | None] = {}
        self._anchors = _anchors(files)
        self._ambient = Ambient(files)
        self._bound_in: dict[str, frozenset[str]] = {}
        self._imports = {path: {item.local: item for item in facts.imports} for path, facts in files.items()}
        self._open = {path: found for path, facts in files.items() if (found := _open_imports(facts))}
        self._own: dict[str, frozenset[str]] = {}
        self.functions: dict[str, tuple[str, FunctionFact]] = {}
        self.scopes: dict[tuple[str, int], FunctionFact] = {}
        self.constants: dict[str, tuple[str, Expression]] = {}
        self.declared: dict[str, Span] = {}
        self.tables: dict[str, str] = {}
        self.columns: dict[str, dict[str, str]] = {}
        self.members: dict[str, dict[str, str]] = {}
        self._models: dict[str, list[str]] = defaultdict(list)
        self.filled: dict[str, set[str]] = defaultdict(set)
        self.related: dict[str, set[str]] = defaultdict(set)
        self._classes: dict[str, list[str]] = defaultdict(list)
        self._relations: dict[str, dict[str, Ref]] = {}
        self._by_key = _index_tables(schema)
        self._schemas = frozenset(name.lower().rpartition(".")[0] for name in schema.tables) - {""}
        self._types: dict[tuple[str, tuple[str, ...]], tuple[str, Expression]] = {}
        self._of_contexts: dict[str, tuple[tuple[str, str, Expression], ...]] = {}
        self._index()
        self._provide()
        self.files = {path: self._addressed(path, facts) for path, facts in files.items()}

    def _index(self) -> None:
        written: dict[str, list[Binding]] = defaultdict(list)
        changed: dict[str, set[str]] = defaultdict(set)
        classes: set[str] = set()
        for path, facts in self.files.items():
            live = self.schema.live_scopes.get(path)
            for function in facts.functions:
                self.scopes[path, function.scope] = function
                if live is not None and function.role != "nested" and facts.language == "postgresql":
                    continue
                if function.name:
                    self.functions.setdefault(f"{path}|{function.name}@{function.parent}", (path, function))
                    owner, _, method = function.name.rpartition(".")
                    if owner:
                        classes.add(f"{path}|{owner}@{function.parent}")
                        self.functions.setdefault(f"{path}|{owner}@{function.parent}.{method}", (path, function))
            for use in facts.tables:
                name = f"{path}|{use.name}" if "@" in use.name else f"{path}|{use.name}@0"
                self.tables[name] = self.table(use.table) or use.table
                self.columns[name] = dict(use.fields)
                self.filled[self.tables[name]].update(use.filled)
                self.related[self.tables[name]].update(member for member, _ in use.relations)
                if facts.language == "prisma":
                    self._models[table_key(use.name)].append(self.tables[name])
                    self.members[self.tables[name]] = dict(use.fields)
                self._classes[use.name.split("@", 1)[0]].append(name)
                self._relations[name] = dict(use.relations)
            for binding in facts.bindings:
                if binding.kind == "provided":
                    continue
                if binding.kind == "type":
                    self._types.setdefault(
                        (f"{path}|{binding.target.name}", binding.target.path), (path, binding.value)
                    )
                    continue
                if not binding.target.path:
                    written[f"{path}|{binding.target.name}"].append(binding)
                elif binding.kind == "value" and isinstance(binding.value, _LITERALS):
                    # An object whose members are set later is no constant, though its name is.
                    changed[f"{path}|{binding.target.name}"].add(binding.target.path[0])
                if isinstance(binding.value, Lambda) and not binding.target.path:
                    inner = self.scopes.get((path, binding.value.scope))
                    if inner:
                        self.functions.setdefault(f"{path}|{binding.target.name}", (path, inner))
        for routine in self.schema.routines:
            fact = self.scopes.get((routine.path, routine.scope))
            if fact:
                self.functions.setdefault(f"fn:{routine.name}", (routine.path, fact))
        for name, bindings in written.items():
            if len(bindings) != 1 or bindings[0].kind != "constant":
                continue
            value = bindings[0].value
            if name in changed:
                if name not in classes or not isinstance(value, Fields):
                    continue
                # Of a class, the other members still never change.
                kept = tuple(entry for entry in value.entries if entry[0] not in changed[name])
                value = Fields(kept, value.spreads)
            self.constants[name] = (name.split("|", 1)[0], value)
            self.declared[name] = bindings[0].span

    def _provide(self) -> None:
        """A context is what its only provider hands on; several may hand on different things."""
        provided: dict[str, list[tuple[str, Expression]]] = defaultdict(list)
        for path, facts in self.files.items():
            for binding in facts.bindings:
                if binding.kind == "provided":
                    provided[self.name(path, binding.target.name)].append((path, binding.value))
        members: dict[str, list[tuple[str, str, Expression]]] = defaultdict(list)
        for name, given in provided.items():
            if len(given) != 1:
                continue
            path, value = self.constants[name] = given[0]
            if isinstance(value, Ref):
                _, value = self.constants.get(self.name(path, value.name), (path, value))
            for member, inner in value.entries if isinstance(value, Fields) else ():
                members[member].append((name.split("|", 1)[0], path, inner))
        self._of_contexts = {member: tuple(found) for member, found in members.items()}
        # What was remembered on the way is nothing that work may find there when it begins.
        for memory in (self._named, self._bound_in, self._own):
            memory.clear()

    # Names ---------------------------------------------------------------------------------------------

    def name(self, path: str, local: str) -> str:
        """The global name of a file's name; imports are followed to the declaration."""
        if local.startswith(GLOBAL):
            return self._global(local)
        found = self._named.get((path, local))
        if found is None:
            found = self._resolve(path, local)
            self._named[path, local] = found
        return found

    def _global(self, name: str) -> str:
        if name.startswith("table:"):
            known = self.table(name[6:])
            return f"table:{known}" if known else name
        return name

    def module(self, path: str, name: str) -> str | None:
        """The file that a module's name means in a file."""
        return self._locate(path, name)

    def _locate(self, path: str, module: str) -> str | None:
        key = (path, module)
        if key not in self._located:
            self._located[key] = self._ask(path, module)
        return self._located[key]

    def _resolve(self, path: str, local: str) -> str:
        item = self._imports.get(path, {}).get(local)
        if item is None:
            return self._let_in(path, local) or self._ambient_name(path, local) or f"{path}|{local}"
        if item.module in self._anchors:
            # A template that is found by its mark in the page.
            return self._anchors[item.module]
        target = self._locate(path, item.module)
        if item.imported != "*" and (target is None or self.exported(target, item.imported) is None):
            inner = self._submodule(path, item)
            if inner is not None:
                return f"{inner}|*"
        if target is None:
            return f"{item.module}|{item.imported}"
        if item.imported == "*":
            return f"{target}|*"
        where = self.exported(target, item.imported)
        return f"{where[0]}|{where[1]}" if where else f"{target}|{item.imported}@0"

    def _submodule(self, path: str, item: Import) -> str | None:
        """`from shop import rates`: in Python a module of a package is imported like a name of it."""
        if not path.endswith(".py"):
            return None
        dot = "" if item.module.endswith(".") else "."
        return self._locate(path, f"{item.module}{dot}{item.imported}")

    def _let_in(self, path: str, local: str) -> str | None:
        """A name that nobody in the file declares, among all that its open imports bring."""
        word = local.removesuffix("@0")
        modules = self._open.get(path)
        if modules is None or word == local or word in self._declared_in(path):
            return None
        for module in modules:
            target = self._locate(path, module)
            where = self.exported(target, word) if target is not None and target != path else None
            if where is not None:
                return f"{where[0]}|{where[1]}"
        return None

    def _ambient_name(self, path: str, local: str) -> str | None:
        word = local.removesuffix("@0")
        found = self._ambient.find(path, word) if word != local else None
        return found if found is not None and local not in self._bound(path) else None

    def _bound(self, path: str) -> frozenset[str]:
        """The names that a file declares for itself, exported or not."""
        found = self._bound_in.get(path)
        if found is None:
            facts = self.files[path]
            names = [binding.target.name for binding in facts.bindings]
            names += [f"{function.name}@{function.parent}" for function in facts.functions]
            found = self._bound_in[path] = frozenset(names) | self._declared_in(path)
        return found

    def _declared_in(self, path: str) -> frozenset[str]:
        found = self._own.get(path)
        if found is None:
            names = (export.local.removesuffix("@0") for export in self.files[path].exports if export.local)
            found = self._own[path] = frozenset(names)
        return found

    def exported(self, path: str, name: str, seen: frozenset[str] = frozenset()) -> tuple[str, str] | None:
        """Where an exported name of a module is declared, through barrels."""
        facts = self.files.get(path)
        if facts is None or path in seen:
            return None
        seen = seen | {path}
        stars = []
        for export in facts.exports:
            if export.exported == name:
                if not export.module:
                    return self._through(path, export.local, seen)
                target = self._locate(path, export.module)
                if target:
                    return self.exported(target, export.imported, seen) if export.imported != "*" else (target, "*")
            elif export.exported == "*" and export.module:
                stars.append(export.module)
        for module in stars:
            target = self._locate(path, module)
            found = self.exported(target, name, seen) if target else None
            if found:
                return found
        return None

    def _through(self, path: str, local: str, seen: frozenset[str]) -> tuple[str, str]:
        item = self._imports.get(path, {}).get(local)
        if item is not None:
            target = self._locate(path, item.module)
            found = self.exported(target, item.imported, seen) if target else None
            if found:
                return found
        return path, local

    def place(self, path: str, ref: Ref | Row) -> tuple[str, tuple[str, ...]]:
        """A reference as (global name, member path); namespaces and table objects are looked through."""
        if isinstance(ref, Row):
            return f"{path}|row:{ref.access}", ref.path
        found = self._global_ref(path, ref)
        return found.name, found.path

    def _place(self, path: str, ref: Ref) -> tuple[str, tuple[str, ...]]:
        if path in self.schema.renamed and ref.name.startswith("table:"):
            ref = _by_later_name(ref, self.schema.renamed[path])
        name, members = self.name(path, ref.name), ref.path
        while name.endswith("|*") and members:
            module = name[:-2]
            where = self.exported(module, members[0])
            name = f"{where[0]}|{where[1]}" if where else f"{module}|{members[0]}@0"
            members = members[1:]
        if name in self.tables:
            if members and self._held_by_class(name, members[0]):
                return name, members
            related = self._relations[name].get(members[0]) if len(members) > 1 else None
            if related is not None:
                # Each step takes one member off, so that this ends.
                return self.place(name.split("|", 1)[0], Ref(related.name, (*related.path, *members[1:])))
            fields = self.columns[name]
            if members and members[0] in fields:
                return f"table:{self.tables[name]}", (fields[members[0]], *members[1:])
            return f"table:{self.tables[name]}", members
        if name in self.functions:
            return name, members
        if ref.name in self._imports.get(path, {}):
            return (name, members) if name in self.constants else self._of_class(ref, name, members)
        holder, value = self.constants.get(name, ("", Null()))
        if isinstance(value, Ref) and value.name in self._imports.get(holder, {}):
            # `const { Order } = models`
            known = self._of_class(value, self.name(holder, value.name), (*value.path, *members))
            return known if known[0].startswith("table:") else (name, members)
        return name, members

    def _of_class(self, ref: Ref, name: str, members: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The table of a class that comes out of a module which gathers all models while it runs."""
        label = name.rsplit("|", 1)[-1].split("@", 1)[0]
        own = ref.name.split("@", 1)[0] if label in ("default", "*") else label
        for candidate, rest in ((own, members), *(((members[0], members[1:]),) if members and own != label else ())):
            known = self._classes.get(candidate, ())
            if len(known) == 1 and candidate[:1].isupper():
                fields = self.columns[known[0]]
                inner = (fields.get(rest[0], rest[0]), *rest[1:]) if rest else ()
                return f"table:{self.tables[known[0]]}", inner
        return name, members

    def _held_by_class(self, name: str, member: str) -> bool:
        """Whether a member of a table's class is one of its constants, such as the words of a column."""
        _, value = self.constants.get(name, ("", None))
        return isinstance(value, Fields) and value.get(member) is not None

    # Tables --------------------------------------------------------------------------------------------

    def table(self, name: str) -> str | None:
        """The schema's own name of a table, whatever style or schema prefix it is named in; None if unknown."""
        if name in self.schema.tables:
            return name
        low = name.lower()
        if low in self.schema.tables:
            return low
        found = self._by_key.get(table_key(name), ())
        if found:
            return found[0] if len(found) == 1 and not self._elsewhere(low, found[0]) else None
        models = self._models.get(table_key(name), ())
        return models[0] if len(models) == 1 else None

    def _elsewhere(self, name: str, found: str) -> bool:
        """Whether a name says that its table is in another schema than the one that was found."""
        schema, _, _ = name.rpartition(".")
        other, _, _ = found.lower().rpartition(".")
        return bool(schema) and schema != other and (bool(other) or schema in self._schemas)

    def access_table(self, path: str, access: Access) -> str | None:
        """The table that an access names; an unknown literal name stays as it is, an unknown variable is None."""
        if isinstance(access.target, Ref):
            name, members = self.place(path, access.target)
            if name.startswith("table:"):
                return name[6:]
            written = self._text(name, members)
            return (self.table(written) or written.lower()) if written else None
        return (self.table(access.target) or access.target.lower()) if access.target else None

    def _addressed(self, path: str, facts: FileFacts) -> FileFacts:
        """The file with its requests sent to the addresses that constants of other files spell."""
        if all(access.address is None for access in facts.accesses):
            return facts
        return msgspec.structs.replace(facts, accesses=tuple(self._asked(path, access) for access in facts.accesses))

    def _asked(self, path: str, access: Access) -> Access:
        if access.address is None:
            return access
        where = url(self._spelt(path, access.address))
        return msgspec.structs.replace(access, target=f"{access.target} {where}" if where else "")

    def _spelt(self, path: str, value: Expression) -> Expression:
        """An address with the texts of constants in the place of their names."""
        if isinstance(value, Operation) and value.operator == "concat":
            return Operation("concat", tuple(self._spelt(path, item) for item in value.operands))
        written = self._text(*self.place(path, value)) if isinstance(value, Ref) else ""
        return Text(written) if written else value

    def _text(self, name: str, members: tuple[str, ...]) -> str:
        """The text of a constant, or of a member of one."""
        _, value = self.constants.get(name, ("", None))
        for key in members:
            value = value.get(key) if isinstance(value, Fields) else None
        return value.value if isinstance(value, Text) else ""

    # Values --------------------------------------------------------------------------------------------

    def globalised(self, path: str, expression: Expression) -> Expression:
        """The expression with every name made global, so that it means the same in any file."""
        kind = type(expression)
        if kind is Ref:
            return self._global_ref(path, expression)  # type: ignore[arg-type]
        if kind in _LEAVES:
            return expression
        if kind is Row:
            return Ref(f"{path}|row:{expression.access}", expression.path)  # type: ignore[union-attr]
        globalised = self.globalised
        if isinstance(expression, Operation):
            return Operation(expression.operator, tuple([globalised(path, item) for item in expression.operands]))
        if isinstance(expression, Call):
            callee = expression.callee
            if callee is not None:
                callee = self._global_ref(path, callee)
            return Call(expression.function, tuple([globalised(path, item) for item in expression.arguments]), callee)
        if isinstance(expression, Items):
            return Items(tuple([globalised(path, item) for item in expression.items]))
        if isinstance(expression, Fields):
            return Fields(
                tuple([(name, globalised(path, value)) for name, value in expression.entries]),
                tuple([globalised(path, item) for item in expression.spreads]),
            )
        if isinstance(expression, Lambda):
            return Call("lambda", (Text(path), Number(str(expression.scope))))
        return expression

    def _global_ref(self, path: str, ref: Ref) -> Ref:
        key = (path, ref)
        found = self._global_refs.get(key)
        if found is None:
            found = self._global_refs[key] = Ref(*self._place(path, ref))
        return found

    def constant(self, ref: Ref) -> Expression | None:
        """The value of a name that is bound once to something that can stand in its place."""
        if ref.name not in self.constants:
            return None
        if ref.name not in self._settled_constants:
            self._settled_constants[ref.name] = self._constant(*self.constants[ref.name])
        return self._settled_constants[ref.name]

    def _constant(self, path: str, value: Expression) -> Expression | None:
        if isinstance(value, _LITERALS) or (isinstance(value, Operation) and value.operator != "lookup"):
            return self.globalised(path, value)
        if isinstance(value, Call) and value.callee is None and value.function not in _NOT_INLINED:
            return self.globalised(path, value)
        return None

    def function(self, callee: Ref) -> tuple[str, FunctionFact] | None:
        """The function that a (global) reference names: by itself, as a member of a class or object, or as a result."""
        if callee not in self._called:
            self._called[callee] = self._function(callee, _DEPTH)
        return self._called[callee]

    def _function(self, callee: Ref, depth: int) -> tuple[str, FunctionFact] | None:
        if not callee.path:
            return self.functions.get(callee.name) or self._settled(callee.name, (), depth)
        found = self.functions.get(f"{callee.name}.{'.'.join(callee.path)}")
        if found is not None or depth <= 0:
            return found
        for cut in range(len(callee.path)):
            kind = self._types.get((callee.name, callee.path[:cut]))
            if kind is not None:
                owner = self.globalised(*kind)
                if isinstance(owner, Ref):
                    found = self._function(Ref(owner.name, (*owner.path, *callee.path[cut:])), depth - 1)
                    if found is not None:
                        return found
        return self._settled(callee.name, callee.path, depth)

    def _settled(self, name: str, members: tuple[str, ...], depth: int) -> tuple[str, FunctionFact] | None:
        """A function that a constant holds, under some members of it."""
        value = self.constants.get(name)
        return self._held(value[0], value[1], members, depth) if value is not None and depth > 0 else None

    def held(self, path: str, value: Expression) -> tuple[str, FunctionFact] | None:
        """The function that a value in a file is."""
        return self._held(path, value, (), _DEPTH)

    def _of_caller(self, path: str, members: tuple[str, ...], depth: int) -> tuple[str, FunctionFact] | None:
        """`const { signOut } = useAuth()`: a function that a context gives beside the caller to files that ask it."""
        found = self._of_contexts.get(members[0], ()) if members and depth > 0 else ()
        sources = {self.name(path, local).split("|", 1)[0] for local in self._imports.get(path, {})} if found else set()
        known = [(where, value) for owner, where, value in found if {owner, where} & sources]
        return self._held(*known[0], members[1:], depth - 1) if len(known) == 1 else None

    def _held(
        self, path: str, value: Expression, members: tuple[str, ...], depth: int
    ) -> tuple[str, FunctionFact] | None:
        if isinstance(value, Lambda):
            fact = self.scopes.get((path, value.scope))
            return (path, fact) if fact is not None and not members else None
        if depth <= 0:
            # A method that returns its own object leads round in circles.
            return None
        if isinstance(value, Ref):
            if value.name == CALLER.name:
                return self._of_caller(path, (*value.path, *members), depth)
            target, inner = self.place(path, value)
            return self._function(Ref(target, (*inner, *members)), depth - 1)
        if isinstance(value, Fields) and members:
            held = value.get(members[0])
            return self._held(path, held, members[1:], depth) if held is not None else None
        if isinstance(value, Call) and value.callee is not None and members:
            target, inner = self.place(path, value.callee)
            maker = self._function(Ref(target, inner), depth - 1)
            if maker is not None:
                for _, result in maker[1].returns:
                    found = self._held(maker[0], result, members, depth - 1)
                    if found is not None:
                        return found
        return None


def _anchors(files: Mapping[str, FileFacts]) -> dict[str, str]:
    """What is exported under a mark of the page, where only one file does."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, facts in files.items():
        for export in facts.exports:
            if export.exported.startswith("#"):
                found[export.exported].append(f"{path}|{export.local}")
    return {mark: names[0] for mark, names in found.items() if len(names) == 1}


_NOT_INLINED = frozenset(
    {"validated", "client", "environment", "random", "element", "partial", "pick", "omit", "extend"}
)


def _open_imports(facts: FileFacts) -> tuple[str, ...]:
    """The modules all of whose names a file takes for its own."""
    return tuple(item.module for item in facts.imports if item.local == item.imported == "*")


def _index_tables(schema: Schema) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for name in schema.tables:
        index[table_key(name)].append(name)
    return index


def _by_later_name(ref: Ref, later: Mapping[str, str]) -> Ref:
    """A table or column as it is called after the renames that followed."""
    table = ref.name.removeprefix("table:")
    renamed = later.get(f"{table}.{ref.path[0]}") if ref.path else None
    if renamed is not None:
        table, _, column = renamed.rpartition(".")
        return Ref(f"table:{table}", (column, *ref.path[1:]))
    return Ref(f"table:{later.get(table, table)}", ref.path)


def is_opaque(expression: Expression) -> bool:
    """Whether nothing can be said of a value."""
    return isinstance(expression, Opaque)
