"""DynamoDB through boto3: what is put, updated and asked for, and the conditions that a write must meet."""

import libcst as cst

from archlint.languages.python.chains import read_all
from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Call, Expression, Opaque, Operation, Ref, Text
from archlint.terms.dynamodb import CONDITIONS, LIBRARY, Request, answer, tested
from archlint.terms.idioms import table
from archlint.terms.neutral import negated
from archlint.terms.scope import Scope


def recognise(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`table.update_item(Key=…, UpdateExpression=…, ConditionExpression=…)`, `dynamodb.Table(name)`."""
    last = name.rsplit(".", 1)[-1]
    if last == "Table" and "." in name and len(node.args) == 1 and b"dynamodb" in reader.source.content.lower():
        return Call("table", tuple(read_all(tuple(node.args), reader, scope)))
    kind = table(LIBRARY)["calls"].get(last)
    if kind is None or not isinstance(node.func, cst.Attribute):
        return None
    names = {item.keyword.value for item in node.args if item.keyword is not None}
    if not any(name[:1].isupper() for name in names) or len(names) != len(node.args):
        return None
    return _told(reader, node, node.func.value, kind, scope)


def _told(reader: Reader, node: cst.Call, holder: cst.BaseExpression, kind: str, scope: Scope) -> Expression:
    """Writes down what the operation does; gives its answer."""
    nodes = {item.keyword.value: item.value for item in node.args if item.keyword is not None}
    held = reader.value(holder, scope)
    values = {name: reader.value(item, scope) for name, item in nodes.items() if name not in CONDITIONS}
    request = Request(values, reader.sheet.known, held)
    asked = [_condition(reader, nodes[name], request, scope) for name in CONDITIONS if name in nodes]
    target = request.target()
    if target is None:
        return Opaque("rows")
    where = request.where([item for item in asked if item is not None])
    payload = request.payload(kind)
    return answer(reader.sheet.access(kind, target, node, scope, payload=payload, where=where, library=LIBRARY))


def _condition(reader: Reader, node: cst.BaseExpression, request: Request, scope: Scope) -> Expression | None:
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.Name)):
        return request.condition(reader.value(node, scope))
    return _attribute(reader, node, scope)


def _attribute(reader: Reader, node: cst.BaseExpression, scope: Scope) -> Expression | None:
    """`Attr("status").eq("open") & Attr("seats").gt(0)`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.BitAnd, cst.BitOr)):
        left, right = _attribute(reader, node.left, scope), _attribute(reader, node.right, scope)
        operator = "and" if isinstance(node.operator, cst.BitAnd) else "or"
        return Operation(operator, (left or Opaque("condition"), right or Opaque("condition")))
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.BitInvert):
        found = _attribute(reader, node.expression, scope)
        return negated(found) if found is not None else None
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        reader.value(node, scope)
        return Opaque("condition")
    holder = node.func.value
    operator = table(LIBRARY)["conditions"].get(node.func.attr.value)
    named = isinstance(holder, cst.Call) and dotted(holder.func).rsplit(".", 1)[-1] in ("Attr", "Key")
    values = read_all(tuple(node.args), reader, scope)
    label = reader.value(holder.args[0].value, scope) if isinstance(holder, cst.Call) and holder.args else None
    if operator is None or not named or not isinstance(label, Text):
        return Opaque("condition")
    return tested(operator, Ref("$row", (label.value,)), values)
