"""Facts as short texts, so that a test can say what it expects in one line."""

from archlint.languages import postgresql
from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.model.facts import FileFacts, Statement


def read(sql: str, path: str = "schema.sql") -> FileFacts:
    return postgresql.read(path, sql.encode())


def statements(sql: str, *kinds: str) -> list[str]:
    """The statements of some kinds (all but comparisons, if none is given)."""
    return [told(item) for item in read(sql).statements if (item.kind in kinds if kinds else item.kind != "compare")]


def told(item: Statement) -> str:
    """Kind, subject, condition, value and all else that is not as usual."""
    parts = [item.kind]
    if item.subject is not None:
        parts.append(shown(item.subject))
    if item.condition is not None:
        parts.append(f"({shown(item.condition)})")
    if item.value is not None:
        parts.append(f"= {shown(item.value)}")
    if item.columns:
        parts.append(", ".join(map(shown, item.columns)))
    parts.extend(f"{shown(condition)} -> {shown(value)}" for condition, value in item.cases)
    if item.edges:
        parts.append(" ".join(f"{before}>{after}" for before, after in item.edges))
    if item.guards:
        parts.append("if " + " and ".join(map(shown, item.guards)))
    return " ".join(parts)


def shown(item: Expression) -> str:
    """An expression; double negations are left out, and names lose their scope and the word `table`."""
    if isinstance(item, Operation):
        return _operation(item)
    if isinstance(item, Call):
        return f"{item.function}({', '.join(map(shown, item.arguments))})"
    if isinstance(item, Ref):
        return ".".join([item.name.partition("@")[0].removeprefix("table:"), *item.path])
    if isinstance(item, Row):
        return ".".join([f"row{item.access}", *item.path])
    if isinstance(item, Text):
        return repr(item.value)
    if isinstance(item, (Number, Boolean)):
        return str(item.value).lower()
    if isinstance(item, Items):
        return f"[{', '.join(map(shown, item.items))}]"
    if isinstance(item, Fields):
        return f"{{{', '.join(f'{key}: {shown(value)}' for key, value in item.entries)}}}"
    if isinstance(item, Pattern):
        return f"/{item.source}/{item.flags}{' whole' if item.whole else ''}"
    if isinstance(item, Duration):
        return f"{item.months} months {item.seconds} s"
    if isinstance(item, Opaque):
        return f"?{item.text}?"
    return "null" if isinstance(item, Null) else repr(item)


def _operation(item: Operation) -> str:
    if item.operator == "not":
        inner = item.operands[0]
        if isinstance(inner, Operation) and inner.operator == "not":
            return shown(inner.operands[0])
        return f"not ({shown(inner)})"
    if len(item.operands) == 1:
        return f"{item.operator}({shown(item.operands[0])})"
    if item.operator in ("if", "case", "coalesce", "lookup"):
        return f"{item.operator}({', '.join(map(shown, item.operands))})"
    parts = [f"({shown(each)})" if _compound(each) else shown(each) for each in item.operands]
    return f" {item.operator} ".join(parts)


def _compound(item: Expression) -> bool:
    return isinstance(item, Operation) and len(item.operands) > 1 and item.operator not in ("case", "coalesce")
