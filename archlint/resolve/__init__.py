"""From facts to sites: whose rule each statement is, by following values through the whole program."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TypeVar

from archlint.model.expression import Boolean, Call, Expression, Lambda, Null, Number, Opaque, Pattern, Ref, Row, Text
from archlint.model.facts import FileFacts
from archlint.model.memory import Memory
from archlint.model.resolved import Resolved
from archlint.model.schema import Schema
from archlint.model.source import Layer, Problem
from archlint.resolve.authorization import Guards
from archlint.resolve.callables import with_callables
from archlint.resolve.calls import Calls, by_function
from archlint.resolve.claims import Claims
from archlint.resolve.conditions import Conditions, walk
from archlint.resolve.corroboration import corroborated, with_partners
from archlint.resolve.deployment import live
from archlint.resolve.flow import FlowGraph, Place
from archlint.resolve.gates import Gates
from archlint.resolve.handed import Handed
from archlint.resolve.mounts import with_mounts
from archlint.resolve.names import learn
from archlint.resolve.places import Places
from archlint.resolve.routes import Routes
from archlint.resolve.runs import Runs
from archlint.resolve.sites import SiteBuilder
from archlint.resolve.symbols import Locate, Program
from archlint.resolve.told import LOST, SAID, TOLD, Numbered, Said, Told
from archlint.resolve.watching import Tables
from archlint.resolve.work import Work
from archlint.resolve.writes import Accesses, distinct, schema_members

Holder = TypeVar("Holder")

# Most values; no schema is in them.
_HOLDING_NOTHING = frozenset({Boolean, Lambda, Null, Number, Opaque, Pattern, Ref, Row, Text})


def resolve(
    files: Mapping[str, FileFacts],
    schema: Schema,
    layers: Mapping[str, Layer],
    locate: Locate,
    memory: Memory | None = None,
) -> Resolved:
    """Sites with subjects, and who reads, writes and guards what. `locate(importer, module)` names a scanned file.

    `memory` is what an earlier run worked out: what nothing has changed for is not worked out again.
    """
    work = Work(memory)
    program, problems, tables = _program(files, schema, locate, work.keeping)
    settled = _settled_layers(program, layers)
    uses = _uses(program, settled)
    world = _World(program, settled, uses, tables)
    if work.keeping:
        work.begin(tables, world.flow.asked, _before(work, world, files, locate))
    files = program.files
    flow, accesses, builder, calls = world.flow, world.accesses, world.builder, world.calls
    flow.draw(work)
    said = [work.piece("said", path, partial(_said, world, path, facts), SAID) for path, facts in files.items()]
    numbered = Numbered()
    sites = numbered.sites(told for item in said for told in item.told)
    sites += numbered.sites(work.piece("program", "", builder.of_program, TOLD))
    sites = corroborated(with_partners(sites, numbered.places_of))
    lost = numbered.sites(_lost(world, work, schema))
    work.keep(settled, uses)
    guards = Guards(program, world.conditions, accesses, world.routes, world.places, calls)
    by_place: dict[Place, list[int]] = defaultdict(list)
    for site in sites:
        by_place[numbered.places_of[site.id]].append(site.id)
    writes = accesses.writes(by_place, by_function(numbered.statement_of, files))
    return Resolved(
        sites=tuple(sites),
        lost=(*lost, *guards.lost(len(sites) + len(lost) + 1)),
        writes=tuple(writes),
        reads=tuple(accesses.reads()),
        words=tuple(distinct(word for item in said for word in item.words)),
        access_guards=tuple(guards.all()),
        claims=tuple(Claims(program, world.conditions, settled).all()),
        edges=tuple(accesses.edges()),
        runs=tuple(Runs(program, calls, world.conditions, accesses, writes).all()),
        sql=tuple(accesses.sql()),
        layers=settled,
        problems=problems,
    )


class _World:
    """All that is asked about the program, before an arrow is drawn."""

    def __init__(
        self,
        program: Program,
        layers: dict[str, Layer],
        uses: dict[str, frozenset[Layer]],
        tables: Tables,
        calls: Calls | None = None,
    ) -> None:
        self._tables = tables
        self.program = program
        self.conditions = self._told("conditions", Conditions(program))
        self.routes = self._told("routes", Routes(program))
        handed = self._told("handed", Handed(program))
        self.flow = self._told("flow", FlowGraph(program, self.routes, handed, self.conditions.settle))
        self.places = self._told("places", Places(program, self.flow))
        self.calls = calls or Calls(program, self.routes, handed)
        accesses = Accesses(program, self.flow, self.places, self.conditions, self.routes, layers, self.calls)
        accesses.schema_members = schema_members(program)
        self.accesses = self._told("accesses", accesses)
        gates = self._told("gates", Gates(program, self.conditions, self.routes))
        builder = SiteBuilder(program, self.places, self.conditions, gates, layers, uses)
        self.builder = self._told("builder", builder)

    def _told(self, name: str, holder: Holder) -> Holder:
        self._tables.add(name, holder)
        return holder


def _program(
    files: Mapping[str, FileFacts], schema: Schema, locate: Locate, watch: bool
) -> tuple[Program, tuple[Problem, ...], Tables]:
    """The program of what is in force, with what files tell about one another added to their facts, and its tables."""
    problems: tuple[Problem, ...] = ()
    program, tables = _known(files, schema, locate, watch)
    if deployed := live(program):
        files, problems = deployed
        program, tables = _known(files, schema, locate, watch)
    if mounted := with_mounts(program):
        files = {**files, **mounted}
        program, tables = _known(files, schema, locate, watch)
    if called := with_callables(program):
        program, tables = _known({**files, **called}, schema, locate, watch)
    return program, problems, tables


def _known(files: Mapping[str, FileFacts], schema: Schema, locate: Locate, watch: bool) -> tuple[Program, Tables]:
    """A program, and its tables before anybody has asked it for anything."""
    program = Program(files, schema, locate)
    # Who calls whom is asked only when all pieces of work are done.
    tables = Tables((Calls,), watch)
    tables.add("program", program)
    return program, tables


def _before(work: Work, world: _World, files: Mapping[str, FileFacts], locate: Locate) -> Tables | None:
    """The tables as they were when what is kept was worked out."""
    schema = world.program.schema
    past = work.past(files, world.program.files, schema)
    if past is None:
        return None
    program, _, tables = _program(past.files, schema, locate, watch=False)
    _World(program, past.layers, past.uses, tables, world.calls)
    return tables


def _said(world: _World, path: str, facts: FileFacts) -> Said:
    return Said(world.builder.of_file(path, facts), world.accesses.words(path, facts))


def _lost(world: _World, work: Work, schema: Schema) -> Iterator[Told]:
    """The sites of superseded changes, in the order in which they were superseded."""
    found: dict[str, Iterator[list[Told]]] = {}
    for gone in schema.superseded:
        facts = world.program.files.get(gone.path)
        if facts is None:
            continue
        if gone.path not in found:
            piece = partial(world.builder.lost, gone.path, facts)
            found[gone.path] = iter(work.piece("lost", gone.path, piece, LOST))
        yield from next(found[gone.path], [])


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
            value = binding.value
            if type(value) not in _HOLDING_NOTHING:
                for name in _validated(program, path, value):
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
