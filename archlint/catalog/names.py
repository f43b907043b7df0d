"""What the tables and columns that a file speaks of are called after later renames."""


class Names:
    """The later names by file: of tables as `orders`, of columns as `orders.total`, by what the file calls them."""

    def __init__(self) -> None:
        self._later: dict[str, dict[str, str]] = {}
        self._path = ""

    def begin(self, path: str) -> None:
        """A file is being applied; until another name is given, it means what it says."""
        self._path = path
        self._later.setdefault(path, {})

    def made(self, table: str) -> None:
        """A new table takes the name: the current file speaks of this one."""
        later = self._later.get(self._path, {})
        for name in [name for name in later if name == table or name.startswith(f"{table}.")]:
            del later[name]

    def table_renamed(self, before: str, after: str) -> None:
        """All files so far mean the table by its new name."""
        for later in self._later.values():
            for name, value in later.items():
                if value == before:
                    later[name] = after
                elif value.startswith(f"{before}."):
                    later[name] = f"{after}.{value[len(before) + 1 :]}"
            if before not in later and before not in later.values():
                later[before] = after

    def column_renamed(self, table: str, before: str, after: str) -> None:
        """All files so far mean the column by its new name."""
        old, new = f"{table}.{before}", f"{table}.{after}"
        for later in self._later.values():
            called = [name for name, value in later.items() if value == old]
            for name in called:
                later[name] = new
            if not called:
                known_as = next((name for name, value in later.items() if value == table), table)
                later.setdefault(f"{known_as}.{before}", new)

    def all(self) -> dict[str, dict[str, str]]:
        """What is called otherwise in the end."""
        changed = {
            path: {name: value for name, value in sorted(later.items()) if name != value}
            for path, later in sorted(self._later.items())
        }
        return {path: later for path, later in changed.items() if later}
