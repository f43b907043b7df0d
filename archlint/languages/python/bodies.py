"""What is written in the body of a class: fields, plain assignments and settings."""

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from archlint.terms.idioms import words


class Member(NamedTuple):
    """A field as it is written."""

    name: str
    annotation: cst.BaseExpression | None
    value: cst.BaseExpression | None
    node: cst.CSTNode


def members(node: cst.ClassDef) -> Iterator[Member]:
    """The fields of a class, private names and settings left out."""
    for item in _small(node):
        if isinstance(item, cst.AnnAssign) and isinstance(item.target, cst.Name):
            found = Member(item.target.value, item.annotation.annotation, item.value, item)
        elif isinstance(item, cst.Assign) and len(item.targets) == 1 and isinstance(item.targets[0].target, cst.Name):
            found = Member(item.targets[0].target.value, None, item.value, item)
        else:
            continue
        if found.annotation is None and found.name.isupper():
            # A constant of the class.
            continue
        if not found.name.startswith("_") and found.name not in words("python_models", "settings"):
            yield found


def assignments(node: cst.ClassDef) -> Iterator[tuple[str, cst.BaseExpression]]:
    """What a class gives names to, private ones too."""
    for item in _small(node):
        if isinstance(item, cst.Assign) and len(item.targets) == 1 and isinstance(item.targets[0].target, cst.Name):
            yield item.targets[0].target.value, item.value
        elif isinstance(item, cst.AnnAssign) and isinstance(item.target, cst.Name) and item.value is not None:
            yield item.target.value, item.value


def meta(node: cst.ClassDef) -> Iterator[tuple[str, cst.BaseExpression]]:
    """What stands in `class Meta`."""
    for statement in node.body.body:
        if isinstance(statement, cst.ClassDef) and statement.name.value == "Meta":
            yield from assignments(statement)


def last(name: str) -> str:
    """The last word of a dotted name."""
    return name.rsplit(".", 1)[-1]


def called(node: cst.BaseExpression) -> cst.BaseExpression:
    """What is called, or what stands without a call."""
    return node.func if isinstance(node, cst.Call) else node


def _small(node: cst.ClassDef) -> Iterator[cst.BaseSmallStatement]:
    for statement in node.body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        elif isinstance(statement, cst.BaseSmallStatement):
            yield statement
