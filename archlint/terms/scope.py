"""What an identifier means where it stands, and under which conditions the code there runs."""

from archlint.model.expression import Expression


class Function:
    """A function while it is being read; becomes a `FunctionFact` at its end."""

    __slots__ = (
        "body", "component", "instance", "name", "number", "parameters", "parent", "returns", "role", "route", "symbol",
    )  # fmt: skip

    def __init__(self, number: int, parent: int, name: str, symbol: str, instance: str = "") -> None:
        self.number = number
        self.parent = parent
        self.name = name
        self.symbol = symbol
        self.instance = instance
        self.parameters: list[str] = []
        self.returns: list[tuple[tuple[Expression, ...], Expression]] = []
        self.role = ""
        self.route = ""
        self.body = ""
        self.component = False


class Scope:
    """A block: its names, the function it belongs to, and the conditions of the branches around it.

    `guards` are the conditions of enclosing branches inside of the function (for its returns), `around` those of the
    enclosing functions too.
    """

    __slots__ = ("around", "function", "guards", "names", "parent", "suffix")

    def __init__(self, parent: "Scope | None", function: Function, suffix: str = "") -> None:
        self.parent = parent
        self.function = function
        self.names: dict[str, str] = {}
        self.suffix = suffix
        same = parent is not None and parent.function is function
        self.guards: tuple[Expression, ...] = parent.guards if parent is not None and same else ()
        self.around: tuple[Expression, ...] = parent.around if parent is not None else ()

    @property
    def number(self) -> int:
        """The number of the function."""
        return self.function.number

    def declare(self, identifier: str) -> str:
        """A new name of this block, scoped."""
        known = self.names.get(identifier)
        if known is None:
            known = self.names[identifier] = f"{identifier}@{self.function.number}{self.suffix}"
        return known

    def lookup(self, identifier: str) -> str | None:
        """The scoped name that an identifier means; None for what no one in the file declares."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(identifier)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def under(self, *conditions: Expression) -> "Scope":
        """A block that runs only where the conditions hold."""
        inner = Scope(self, self.function, self.suffix)
        inner.guards = (*self.guards, *conditions)
        inner.around = (*self.around, *conditions)
        return inner
