"""The addresses that requests are sent to."""

import re

from archlint.model.expression import Expression, Operation, Ref, Text
from archlint.terms.neutral import within

_ADDRESS = re.compile(r"^(?:https?:|/|\$\{|[\w-]+(?:/|$))")


def url(value: Expression) -> str:
    """An address with a hole for whatever is put into it; `` where it is none."""
    pieces: list[str] = []
    for part in value.operands if isinstance(value, Operation) and value.operator == "concat" else (value,):
        if isinstance(part, Operation) and part.operator == "concat":
            pieces.append(url(part))
        elif isinstance(part, Text):
            pieces.append(part.value)
        elif isinstance(part, Ref):
            pieces.append("${" + (part.path[-1] if part.path else part.name.split("@", 1)[0]) + "}")
        else:
            pieces.append("${value}")
    text = "".join(pieces)
    plain = any(isinstance(item, Text) and item.value.strip("/") for item in within(value))
    return text if plain and _ADDRESS.match(text) and " " not in text.split("?", 1)[0] else ""
