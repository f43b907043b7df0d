"""What an identifier means where it stands, and under which conditions the code there runs."""

from archlint.model.expression import Expression, Ref


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
    enclosing functions too. `holder` is the object of a `with` around it, whose members need no prefix there.
    """

    __slots__ = ("around", "function", "guards", "holder", "names", "parent", "suffix", "within")

    def __init__(self, parent: "Scope | None", function: Function, suffix: str = "") -> None:
        self.parent = parent
        self.function = function
        self.names: dict[str, str] = {}
        self.suffix = suffix
        same = parent is not None and parent.function is function
        self.guards: tuple[Expression, ...] = parent.guards if parent is not None and same else ()
        self.around: tuple[Expression, ...] = parent.around if parent is not None else ()
        self.holder: Ref | None = None
        self.within: Scope | None = parent.within if parent is not None else None

    @property
    def number(self) -> int:
        """The number of the function."""
        return self.function.number

    def declare(self, identifier: str) -> str:
        """A new name of this block, scoped."""
        known = self.names.get(identifier)
        if known is None:
            # Names that begin with a dollar sign are archlint's own, and the same in every file.
            plain = f"_{identifier}" if identifier.startswith("$") else identifier
            known = self.names[identifier] = f"{plain}@{self.function.number}{self.suffix}"
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

    def hold(self, holder: Ref) -> None:
        """Names that the block does not declare are members of the object: those of a class, or of properties."""
        self.holder, self.within = holder, self

    def member(self, identifier: str) -> Ref | None:
        """The member that an identifier means in a `with`; of properties only what nothing else is called."""
        if self.within is None or self.within.holder is None:
            return None
        scope: Scope | None = self
        while scope is not None and scope is not self.within.parent:
            if identifier in scope.names:
                return None
            scope = scope.parent
        holder = self.within.holder
        if not holder.name.endswith("@0") and self.lookup(identifier) is not None:
            return None
        return Ref(holder.name, (*holder.path, identifier))

    def under(self, *conditions: Expression) -> "Scope":
        """A block that runs only where the conditions hold."""
        inner = Scope(self, self.function, self.suffix)
        inner.guards = (*self.guards, *conditions)
        inner.around = (*self.around, *conditions)
        return inner
