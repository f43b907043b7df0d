"""Reads templates of SAM and CloudFormation, of the Serverless Framework, and the addresses of hosts."""

import json
import re
from collections.abc import Iterator
from typing import Any

import tomli
import yaml

from archlint.model.facts import Deployed, FileFacts
from archlint.model.source import Problem, Span

_FUNCTION_TYPES = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
_API_TYPES = frozenset({"Api", "HttpApi"})
_PARAMETER = re.compile(r"\{(\w+)\+?\}")
_MOST = 2_000_000


def read(path: str, content: bytes) -> FileFacts:
    """What one file says is live; what is no description of a deployment says nothing."""
    text = content.decode("utf-8-sig", "replace")
    lines = text.count("\n") + (0 if text.endswith("\n") or not text else 1)
    facts = FileFacts(path=path, language="deployment", lines=lines)
    if len(text) > _MOST:
        return facts
    folder, _, name = path.rpartition("/")
    found: tuple[Deployed, ...] = ()
    rewrites: tuple[tuple[str, str], ...] = ()
    try:
        if name.endswith((".yml", ".yaml")):
            found = tuple(_of_yaml(text, folder, name))
        else:
            rewrites = tuple(_addresses(name, text))
    except (yaml.YAMLError, json.JSONDecodeError, tomli.TOMLDecodeError, RecursionError) as error:
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
        return FileFacts(
            path=path,
            language="deployment",
            lines=lines,
            problems=(Problem(path, line, "a description of a deployment is not read (syntax error)"),),
        )
    return FileFacts(path=path, language="deployment", lines=lines, deployed=found, rewrites=rewrites)


# YAML: positions matter, tags of CloudFormation do not ------------------------------------------------------


def _of_yaml(text: str, folder: str, name: str) -> Iterator[Deployed]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(text, Loader=loader)
    if not isinstance(root, yaml.MappingNode):
        return
    if name.startswith("serverless"):
        yield from _serverless(root, folder)
    else:
        yield from _template(root, folder)


def _items(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield str(key.value), value


def _get(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    for key in keys:
        node = next((value for name, value in _items(node) if name == key), None)
    return node


def _text(node: yaml.Node | None) -> str:
    """A plain text; what a tag computes is nobody's business here."""
    if isinstance(node, yaml.ScalarNode) and not node.tag.startswith("!"):
        return str(node.value)
    return ""


def _place(node: yaml.Node) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _joined(folder: str, *pieces: str) -> str:
    """A path below the folder of the description."""
    found: list[str] = []
    for piece in "/".join(part for part in (folder, *pieces) if part).split("/"):
        if piece == ".." and found:
            found.pop()
        elif piece not in ("", ".", ".."):
            found.append(piece)
    return "/".join(found)


def _address(written: str) -> str:
    """`/orders/{id}` as routers write it."""
    return _PARAMETER.sub(r":\1", written)


def _template(root: yaml.MappingNode, folder: str) -> Iterator[Deployed]:
    """`Resources` of SAM and CloudFormation; what is set for all of them may be the folder of their code."""
    common = _text(_get(root, "Globals", "Function", "CodeUri"))
    general = _text(_get(root, "Globals", "Function", "Handler"))
    for name, resource in _items(_get(root, "Resources")):
        if _text(_get(resource, "Type")) not in _FUNCTION_TYPES:
            continue
        properties = _get(resource, "Properties")
        node = _get(properties, "Handler")
        handler = _text(node) or general
        code = _text(_get(properties, "CodeUri")) or common
        if "." not in handler or code.startswith("s3:") or _get(properties, "InlineCode") is not None:
            continue
        file, _, function = handler.rpartition(".")
        routes = [
            f"{_text(_get(event, 'Properties', 'Method')).upper().replace('ANY', 'ALL') or 'ALL'} "
            + _address(_text(_get(event, "Properties", "Path")))
            for _, event in _items(_get(properties, "Events"))
            if _text(_get(event, "Type")) in _API_TYPES and _text(_get(event, "Properties", "Path"))
        ]
        place = _place(node if node is not None else resource)
        yield Deployed(name=name, file=_joined(folder, code, file), function=function, routes=tuple(routes), span=place)


def _serverless(root: yaml.MappingNode, folder: str) -> Iterator[Deployed]:
    functions = _get(root, "functions")
    listed = [functions] if not isinstance(functions, yaml.SequenceNode) else list(functions.value)
    for group in listed:
        for name, described in _items(group):
            node = _get(described, "handler")
            file, _, function = _text(node).rpartition(".")
            if node is None or not file:
                continue
            yield Deployed(
                name=name,
                file=_joined(folder, file),
                function=function,
                routes=tuple(_events(_get(described, "events"))),
                span=_place(node),
            )


def _events(node: yaml.Node | None) -> Iterator[str]:
    """`- http: post orders`, `- httpApi: { method: post, path: /orders }`."""
    for event in node.value if isinstance(node, yaml.SequenceNode) else ():
        for kind, described in _items(event):
            if kind not in ("http", "httpApi"):
                continue
            method, path = _text(_get(described, "method")), _text(_get(described, "path"))
            if isinstance(described, yaml.ScalarNode):
                method, _, path = _text(described).partition(" ")
            if path.strip() not in ("", "*"):
                verb = method.upper().replace("ANY", "ALL").replace("*", "ALL")
                yield f"{verb} /{_address(path.strip().strip('/'))}"


# Addresses of hosts -----------------------------------------------------------------------------------------


def _addresses(name: str, text: str) -> Iterator[tuple[str, str]]:
    """What a host answers under another address: pairs of what is asked for and what answers."""
    settings: Any = tomli.loads(text) if name.endswith(".toml") else json.loads(text)
    if not isinstance(settings, dict):
        return
    rows: list[Any] = []
    if name == "vercel.json":
        rows = [*_listed(settings.get("rewrites")), *_listed(settings.get("routes"))]
    elif name == "netlify.toml":
        rows = _listed(settings.get("redirects"))
    else:
        for host in _listed(settings.get("hosting")):
            rows.extend(_listed(host.get("rewrites")) if isinstance(host, dict) else ())
    for row in rows:
        if not isinstance(row, dict):
            continue
        source = row.get("source") or row.get("src") or row.get("from")
        target = row.get("destination") or row.get("dest") or row.get("to")
        function = row.get("function")
        if isinstance(function, dict):
            function = function.get("functionId")
        if isinstance(source, str) and isinstance(function, str):
            yield source, f"function {function}"
        elif isinstance(source, str) and isinstance(target, str) and target.startswith("/"):
            yield source, target


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []
