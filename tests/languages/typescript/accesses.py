"""Shows what code does with data, and where requests come in, as short lines."""

from reading import facts

from archlint.algebra import canonical
from archlint.model.expression import Ref
from archlint.model.facts import Access


def told(access: Access) -> str:
    """An access in one line: kind, target, and what of the rest is there."""
    said = [f"{access.kind} {access.target.name if isinstance(access.target, Ref) else access.target}"]
    if access.payload is not None:
        said.append(f"writes {canonical(access.payload)}")
    if access.where is not None:
        said.append(f"where {canonical(access.where)}")
    if access.columns:
        said.append(f"reads {' '.join(access.columns)}")
    if access.aggregate:
        said.append(access.aggregate)
    return " | ".join(said)


def accesses(text: str, path: str = "src/orders.ts") -> list[str]:
    """All accesses of a text."""
    return [told(item) for item in facts(text, path).accesses]


def bound(text: str, name: str, path: str = "src/orders.ts") -> list[str]:
    """What the names of an identifier are bound to."""
    return [
        canonical(item.value)
        for item in facts(text, path).bindings
        if item.target.name.split("@")[0] == name and not item.target.path
    ]


def handlers(text: str, path: str) -> list[tuple[str, str]]:
    """Name and route of each handler."""
    return [(item.name, item.route) for item in facts(text, path).functions if item.role == "handler"]
