"""What a state gate lets happen: the step that follows the guard in the same function."""

from archlint.model.expression import Fields, Text
from archlint.model.facts import Access
from archlint.model.rule import Subject
from archlint.model.source import Span
from archlint.resolve.conditions import Conditions
from archlint.resolve.routes import Routes
from archlint.resolve.symbols import Program


class Gates:
    """Finds the effects that stand behind a guard."""

    def __init__(self, program: Program, conditions: Conditions, routes: Routes) -> None:
        self._program = program
        self._conditions = conditions
        self._routes = routes

    def effect(self, path: str, scope: int, span: Span, subject: Subject) -> str:
        """The literal that the guarded code writes to the subject's field (`→ cancelled`), or ``."""
        words = set()
        for access in self._program.files[path].accesses:
            if access.span >= span and self.within(path, access.scope, scope):
                words |= self._words(path, access, subject, depth=2)
        return f"→ {', '.join(sorted(words))}" if words else ""

    def within(self, path: str, scope: int, outer: int) -> bool:
        """Whether a scope is another one or stands inside it."""
        for _ in range(16):
            if scope == outer:
                return True
            function = self._program.scopes.get((path, scope))
            if function is None or function.parent == scope:
                return False
            scope = function.parent
        return False

    def _words(self, path: str, access: Access, subject: Subject, depth: int) -> set[str]:
        if access.kind in ("update", "upsert", "insert"):
            table = self._program.access_table(path, access)
            if table != subject.entity or access.payload is None:
                return set()
            payload = self._conditions.value(path, access.payload)
            value = payload.get(subject.field) if isinstance(payload, Fields) else None
            return {value.value} if isinstance(value, Text) else set()
        found: set[str] = set()
        if depth and access.kind == "rpc" and isinstance(access.target, str):
            for where, function in self._routes.routines(access.target, ()):
                for inner in self._program.files[where].accesses:
                    if self.within(where, inner.scope, function.scope):
                        found |= self._words(where, inner, subject, depth - 1)
        elif depth and access.kind in ("invoke", "http") and isinstance(access.target, str):
            for handler in self._routes.handlers(access.kind, access.target):
                for inner in self._program.files[handler.path].accesses:
                    if self.within(handler.path, inner.scope, handler.scope):
                        found |= self._words(handler.path, inner, subject, depth - 1)
        return found
