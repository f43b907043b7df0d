"""From facts to sites: whose rule each statement is, by following values through the whole program."""

from collections import defaultdict
from collections.abc import Mapping

from archlint.model.expression import Call, Expression, Ref
from archlint.model.facts import FileFacts
from archlint.model.resolved import Resolved
from archlint.model.schema import Schema
from archlint.model.source import Layer, Problem
from archlint.resolve.authorization import Guards
from archlint.resolve.callables import with_callables
from archlint.resolve.calls import Calls, by_function
from archlint.resolve.conditions import Conditions, walk
from archlint.resolve.deployment import live
from archlint.resolve.flow import FlowGraph, Place
from archlint.resolve.gates import Gates
from archlint.resolve.mounts import with_mounts
from archlint.resolve.names import learn
from archlint.resolve.places import Places
from archlint.resolve.routes import Routes
from archlint.resolve.runs import Runs
from archlint.resolve.sites import SiteBuilder
from archlint.resolve.symbols import Locate, Program
from archlint.resolve.writes import Accesses, schema_members


def resolve(files: Mapping[str, FileFacts], schema: Schema, layers: Mapping[str, Layer], locate: Locate) -> Resolved:
    """Sites with subjects, and who reads, writes and guards what. `locate(importer, module)` names a scanned file."""
    program = Program(files, schema, locate)
    problems: tuple[Problem, ...] = ()
    if deployed := live(program):
        files, problems = deployed
        program = Program(files, schema, locate)
    if mounted := with_mounts(program):
        files = {**files, **mounted}
        program = Program(files, schema, locate)
    if called := with_callables(program):
        files = {**files, **called}
        program = Program(files, schema, locate)
    layers = _settled_layers(program, layers)
    conditions = Conditions(program)
    routes = Routes(program)
    flow = FlowGraph(program, routes, conditions.settle)
    places = Places(program, flow)
    calls = Calls(program, routes)
    accesses = Accesses(program, flow, places, conditions, routes, layers, calls)
    accesses.schema_members = schema_members(program)
    builder = SiteBuilder(
        program, places, conditions, Gates(program, conditions, routes), layers, _uses(program, layers)
    )
    sites, lost = builder.build()
    guards = Guards(program, conditions, accesses, routes, places, calls)
    by_place: dict[Place, list[int]] = defaultdict(list)
    for site in sites:
        by_place[builder.places_of[site.id]].append(site.id)
    writes = accesses.writes(by_place, by_function(builder.statement_of, files))
    return Resolved(
        sites=tuple(sites),
        lost=(*lost, *guards.lost(len(sites) + len(lost) + 1)),
        writes=tuple(writes),
        reads=tuple(accesses.reads()),
        words=tuple(accesses.words()),
        access_guards=tuple(guards.all()),
        edges=tuple(accesses.edges()),
        runs=tuple(Runs(program, calls, conditions, accesses, writes).all()),
        sql=tuple(accesses.sql()),
        layers=dict(layers),
        problems=problems,
    )


def _settled_layers(program: Program, layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Shared files take the layer of the only layer that imports them."""
    settled = dict(layers)
    for _ in range(3):
        importers: dict[str, set[Layer]] = defaultdict(set)
        for path, facts in program.files.items():
            for item in facts.imports:
                target = program.name(path, item.local).split("|", 1)[0]
                if target in settled and target != path:
                    importers[target].add(settled.get(path, Layer.SHARED))
        changed = False
        for path, layer in settled.items():
            found = importers.get(path, set()) - {Layer.SHARED}
            if layer is Layer.SHARED and found:
                settled[path] = next(iter(found)) if len(found) == 1 else Layer.CONTRACT
                changed = True
        if not changed:
            break
    return settled


def _uses(program: Program, layers: Mapping[str, Layer]) -> dict[str, frozenset[Layer]]:
    """By declared name, the layers of the files that validate with it, call it or import it."""
    found: dict[str, set[Layer]] = defaultdict(set)
    for path, facts in program.files.items():
        layer = layers.get(path, Layer.SHARED)
        if layer is Layer.SHARED:
            continue
        for item in facts.imports:
            name = program.name(path, item.local)
            found[name].add(layer)
            found[f"file:{name.split('|', 1)[0]}"].add(layer)
        for binding in facts.bindings:
            for name in _validated(program, path, binding.value):
                found[name].add(layer)
    return {name: frozenset(values) for name, values in found.items()}


def _validated(program: Program, path: str, value: Expression) -> list[str]:
    names: list[str] = []

    def visit(node: Expression) -> None:
        if (
            isinstance(node, Call)
            and node.function == "validated"
            and node.arguments
            and isinstance(node.arguments[0], Ref)
        ):
            names.append(program.name(path, node.arguments[0].name))

    walk(value, visit)
    return names


__all__ = ["learn", "resolve"]
