"""What makers of sites share: settled conditions, guards in words of columns, subjects of expressions."""

from collections import defaultdict

from archlint import algebra
from archlint.model.expression import Boolean, Call, Expression, Items, Operation, Ref, Text
from archlint.model.facts import Access, Statement
from archlint.model.predicate import Predicate
from archlint.model.rule import Subject
from archlint.resolve.conditions import Conditions, substitute
from archlint.resolve.draft import identifier, place_of
from archlint.resolve.flow import Place, sources
from archlint.resolve.gates import Gates
from archlint.resolve.names import bare, key
from archlint.resolve.places import Places
from archlint.resolve.reached import Reached
from archlint.resolve.symbols import Program


class Context:
    """The program, and how to ask it about the expressions of a statement."""

    def __init__(self, program: Program, places: Places, conditions: Conditions, gates: Gates) -> None:
        self.program = program
        self.places = places
        self.conditions = conditions
        self.gates = gates
        self._domains = _domain_statements(program)

    def condition(self, path: str, statement: Statement, index: int) -> Expression:
        condition = (
            self.conditions.value(path, statement.condition) if statement.condition is not None else Boolean(True)
        )
        domain = self._domains.get((path, index))
        if domain:
            condition = substitute(condition, {"$value": Ref(f"domain:{domain}")})
        return condition

    def guard(self, path: str, guards: tuple[Expression, ...]) -> str:
        settled = [self.conditions.settle(self.program.globalised(path, guard)) for guard in guards]
        return " and ".join(sorted({*map(self.named, algebra.premises(settled))} - {""}))

    def vague(self, path: str, guards: tuple[Expression, ...]) -> bool:
        """Whether some of the conditions around a statement speak of nothing that is stored."""
        return any(not self.named(self.conditions.settle(self.program.globalised(path, guard))) for guard in guards)

    def named(self, expression: Expression) -> str:
        """A guard's canonical text over columns; empty where it speaks of nothing that is stored."""
        stored = False

        def rename(item: Expression) -> Expression:
            nonlocal stored
            if isinstance(item, Ref):
                reached = self.places.columns((item.name, item.path))
                if reached and reached[0].confidence >= 0.6:
                    stored = True
                    return Ref(str(reached[0].subject))
                return Ref(bare(item.path[-1] if item.path else identifier(item.name)))
            if isinstance(item, Operation):
                return Operation(item.operator, tuple(rename(operand) for operand in item.operands))
            if isinstance(item, Call):
                return Call(item.function, tuple(rename(argument) for argument in item.arguments), None)
            return item

        renamed = rename(expression)
        return algebra.canonical(renamed) if stored else ""

    def subjects(self, path: str, expression: Expression | None) -> tuple[Place | None, tuple[Reached, ...]]:
        """The place that a statement names as its subject, and the columns it stands for."""
        if expression is None:
            return None, ()
        settled = self.program.globalised(path, expression)
        if isinstance(settled, Call) and settled.function == "environment" and settled.arguments:
            name = settled.arguments[0]
            if isinstance(name, Text):
                place = (f"environment:{name.value}", ())
                return place, (
                    Reached(Subject("environment", name.value), 0.95, True, ("environment variable",), place=place),
                )
        for item in sources(settled):
            return item.place, self.places.columns(item.place)
        return None, ()

    def formula(self, value: Expression) -> Predicate | None:
        """The normal form of a computation. Inputs of one name that are not one bear their owner's name as well."""
        meant: dict[str, set[str]] = defaultdict(set)

        def short(expression: Expression) -> str:
            name, full = self._leaf(expression)
            meant[name].add(full)
            return name

        def clear(expression: Expression) -> str:
            name, full = self._leaf(expression)
            return name if len(meant[name]) < 2 else full

        found = algebra.formula(value, short)
        return algebra.formula(value, clear) if any(len(names) > 1 for names in meant.values()) else found

    def _leaf(self, expression: Expression) -> tuple[str, str]:
        """An input's name, alone and with its owner's: that of the column that it stands for, or its own."""
        place = place_of(expression)
        if place is None:
            name = algebra.canonical(expression)
            return name, name
        reached = self.places.columns(place)
        if reached and reached[0].confidence >= 0.7:
            subject = reached[0].subject
            return key(subject.field), key(f"{subject.entity}_{subject.field}")
        owner, members = identifier(place[0]), place[1]
        return bare(members[-1] if members else owner), key("_".join((owner, *members)))

    def type_of(self, subject: Subject) -> str:
        """The declared type of a column; empty where it is not known."""
        table = self.program.schema.tables.get(subject.entity)
        column = table.column(subject.field) if table is not None else None
        return column.type if column is not None and not column.array else ""

    def words_of(self, subject: Subject) -> frozenset[str] | None:
        """The words that the schema lets a column hold; None where it does not list them."""
        schema = self.program.schema
        enum = schema.enums.get(self.type_of(subject))
        if enum is not None:
            return frozenset(enum.words)
        table = schema.tables.get(subject.entity)
        for constraint in table.constraints if table is not None else ():
            facts = self.program.files.get(constraint.path)
            for index in constraint.statements if facts is not None and constraint.columns == (subject.field,) else ():
                condition = facts.statements[index].condition if facts is not None else None
                if condition is not None and (words := _listed(condition)):
                    return words
        return None

    def row_access(self, row: Expression | None) -> tuple[str, Access] | None:
        """The access whose result a (global) reference names."""
        if not isinstance(row, Ref) or "|row:" not in row.name:
            return None
        path, _, number = row.name.partition("|row:")
        facts = self.program.files.get(path)
        if facts is None or int(number) >= len(facts.accesses):
            return None
        return path, facts.accesses[int(number)]


def _listed(condition: Expression) -> frozenset[str]:
    """The words of `status in ('a', 'b')`; none of anything else."""
    if not isinstance(condition, Operation) or condition.operator != "in" or len(condition.operands) != 2:
        return frozenset()
    name, items = condition.operands
    if not isinstance(name, Ref) or not isinstance(items, Items):
        return frozenset()
    words = [item.value for item in items.items if isinstance(item, Text)]
    return frozenset(words) if len(words) == len(items.items) else frozenset()


def _domain_statements(program: Program) -> dict[tuple[str, int], str]:
    return {
        (domain.path, index): name
        for name, domain in program.schema.domains.items()
        for constraint in domain.constraints
        for index in constraint.statements
    }
