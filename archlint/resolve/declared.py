"""Sites of declarations: domains, defaults, formulas, classifications, transitions, uniqueness, immutability."""

from collections.abc import Iterator

from archlint import algebra
from archlint.model.expression import Call, Expression, Fields, Items, Number, Ref, Text
from archlint.model.facts import ANY_OTHER, Statement
from archlint.model.predicate import Anything, Columns, Constant, Predicate, Steps
from archlint.model.rule import Kind, Subject
from archlint.resolve.context import Context
from archlint.resolve.draft import Draft, about, identifier, moved_constant, nameless, place_of, unresolved
from archlint.resolve.flow import Place
from archlint.resolve.lifetimes import lifetime
from archlint.resolve.names import bare, key
from archlint.resolve.reached import Reached

# How far a name alone can be trusted to mean one parameter, by its number of words.
_BY_WORDS = {1: 0.5, 2: 0.72, 3: 0.82}
# How far the name of a type can be trusted to say which parameter it is whose default is given.
_OF_A_TYPE = 0.7

Edge = tuple[str, str]

# A label of so many words is none.
_SENTENCE = 4


# Languages in which an enum is an object, by whose names code knows its words.
_WITH_ENUMS = frozenset({"typescript", "tsx", "javascript", "jsx"})


def _members(admitted: Expression, statement: Statement) -> Expression:
    """`IsEnum(Rank)` and `z.nativeEnum(Rank)` admit the words of an enum, not the names that code has for them."""
    if not isinstance(admitted, Fields) or admitted.spreads or statement.source == "type":
        return admitted
    words = tuple(value for _, value in admitted.entries)
    return Items(words) if all(isinstance(word, (Text, Number)) for word in words) else admitted


class Declared:
    """Makes drafts of everything that is not a condition."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def drafts(self, path: str, statement: Statement) -> Iterator[Draft]:
        """The drafts of a statement; none for kinds that other makers know."""
        if statement.kind in ("values", "offer"):
            yield from self._values(path, statement)
        elif statement.kind == "default":
            yield from self._default(path, statement)
        elif statement.kind == "derive":
            yield from self._derived(path, statement)
        elif statement.kind == "classify":
            yield from self._classified(path, statement)
        elif statement.kind == "transition":
            yield from self._transition(path, statement)
        elif statement.kind == "unique":
            yield from self._unique(path, statement)
        elif statement.kind in ("immutable", "optional"):
            yield from self._plain(path, statement)

    def _values(self, path: str, statement: Statement) -> Iterator[Draft]:
        if statement.condition is None or statement.subject is None:
            return
        admitted = self._context.conditions.value(path, statement.condition)
        if statement.kind == "values" and self._context.program.files[path].language in _WITH_ENUMS:
            admitted = _members(admitted, statement)
        predicate = algebra.words(admitted)
        origins = [name for name in self._context.conditions.origins if name in self._context.program.declared]
        origin = origins[-1] if len(origins) == 1 else ""
        place, reached = self._context.subjects(path, statement.subject)
        if predicate is None or place is None:
            return
        if place[0].startswith("type:") and self._context.program.files[path].language == "postgresql":
            return
        if not reached and place[0].startswith("bucket:"):
            reached = (Reached(Subject(place[0], ".".join(place[1])), 1.0, True, ("declared",)),)
        factor = 0.97 if statement.kind == "values" else 0.9
        for column in reached[:6]:
            # A type that rows are read as tells above all what the code is ready for.
            stored = column.stored and not (column.read and statement.source == "type")
            yield about(column, Kind.DOMAIN, predicate, place, factor, stored=stored, origin=origin)
        if not reached:
            yield nameless(Kind.DOMAIN, predicate, place, 0.5, origin=origin)

    def _default(self, path: str, statement: Statement) -> Iterator[Draft]:
        if statement.value is None:
            return
        value = self._context.conditions.value(path, statement.value)
        constant = algebra.constant(value)
        if constant is None:
            yield from self._lasting(path, statement, value)
            return
        place, reached = self._context.subjects(path, statement.subject)
        if place is None:
            return
        predicate = Predicate(Constant(constant.value, constant.of, constant.unit))
        origin = self._context.conditions.origins[-1] if self._context.conditions.origins else ""
        for column in reached[:3]:
            if column.offset:
                # What is stored is more or less than what the fallback stands for.
                continue
            share = _OF_A_TYPE if _named_by_type(column.evidence) else 1.0
            shown = moved_constant(predicate, column)
            yield about(column, Kind.DEFAULT, shown, place, share, value=value, origin=origin)
        if not reached:
            words = len(unresolved(place).field.split("_"))
            yield nameless(Kind.DEFAULT, predicate, place, _BY_WORDS[min(words, 3)], value=value, origin=origin)

    def _lasting(self, path: str, statement: Statement, value: Expression) -> Iterator[Draft]:
        """`DEFAULT now() + interval '14 days'`."""
        predicate = lifetime(value, statement.dialect)
        place, reached = self._context.subjects(path, statement.subject)
        if predicate is None or place is None:
            return
        for column in reached[:2]:
            yield about(column, Kind.LIFETIME, predicate, place)

    def _derived(self, path: str, statement: Statement) -> Iterator[Draft]:
        if statement.value is None or statement.subject is None:
            return
        value = self._context.conditions.value(path, statement.value)
        origins = self._context.conditions.origins
        origin = origins[0] if statement.source == "helper" and origins else ""
        predicate = self._context.formula(value)
        if predicate is None:
            return
        place, reached = self._context.subjects(path, statement.subject)
        if place is None:
            return
        reached = reached or self._results(place)
        best = reached[0] if reached and reached[0].stored else None
        subject = best.subject if best else Subject("~", bare(place[1][-1] if place[1] else identifier(place[0])))
        yield Draft(
            kind=Kind.FORMULA,
            subject=subject,
            predicate=predicate,
            confidence=best.confidence * (_OF_A_TYPE if place[1] and _by_name(best.evidence) else 1.0) if best else 0.8,
            evidence=best.evidence if best else ("named",),
            place=place,
            value=value,
            origin=origin,
        )

    def _results(self, place: Place) -> tuple[Reached, ...]:
        """The columns of one name that a function's result goes to; what several fields take has none."""
        reached = self._context.places.columns((f"ret:{place[0]}", place[1]))
        # The way back leads to what the function is asked with.
        found = tuple(
            item for item in reached if item.stored and not any(why.startswith("returned by") for why in item.evidence)
        )
        return found if len({item.subject.field for item in found}) == 1 else ()

    def _classified(self, path: str, statement: Statement) -> Iterator[Draft]:
        cases = [
            (self._context.conditions.value(path, condition), self._context.conditions.value(path, label))
            for condition, label in statement.cases
        ]
        found = algebra.partition(cases)
        if found is None or any(_for_people(label) for _, label in cases):
            return
        subject, predicate = found
        place = place_of(subject)
        if place is None:
            return
        reached = self._context.places.columns(place)
        _, target = self._context.subjects(path, statement.value or statement.subject)
        guard = key(target[0].subject.field) if target else ""
        for column in reached[:2]:
            yield about(column, Kind.CLASSIFICATION, predicate, place)
        if not reached:
            yield nameless(Kind.CLASSIFICATION, predicate, place, 0.55, guard=guard)

    def _transition(self, path: str, statement: Statement) -> Iterator[Draft]:
        if self._context.program.files[path].language != "postgresql" or statement.subject is None:
            return
        place, reached = self._context.subjects(path, statement.subject)
        if place is None or not reached:
            return
        edges = self._written_out(reached[0].subject, statement.edges)
        if edges:
            yield about(reached[0], Kind.TRANSITION, Predicate(Steps(edges)), place, stored=True)

    def _written_out(self, subject: Subject, edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
        """The steps with the states that only the column's declaration names; none where nothing lists its states."""
        named = {state for edge in edges for state in edge}
        if ANY_OTHER not in named:
            return tuple(sorted(edges))
        states = self._context.words_of(subject)
        if states is None:
            return ()
        others = sorted(states - named)
        found: set[Edge] = set()
        for before, after in edges:
            starts, ends = (others if state == ANY_OTHER else [state] for state in (before, after))
            found.update((start, end) for start in starts for end in ends if start != end)
        return tuple(sorted(found))

    def _unique(self, path: str, statement: Statement) -> Iterator[Draft]:
        names: list[str] = []
        table = ""
        for column in statement.columns:
            settled = self._context.program.globalised(path, column)
            lowered = isinstance(settled, Call) and settled.function == "lower"
            inner = settled.arguments[0] if isinstance(settled, Call) and settled.arguments else settled
            if not isinstance(inner, Ref) or not inner.name.startswith("table:") or not inner.path:
                return
            table = inner.name[6:]
            names.append(f"lower({inner.path[0]})" if lowered else inner.path[0])
        if not table:
            return
        partial = (
            self._context.named(self._context.conditions.value(path, statement.condition))
            if statement.condition is not None
            else ""
        )
        field = ", ".join(sorted(name.removeprefix("lower(").removesuffix(")") for name in names))
        yield Draft(
            kind=Kind.UNIQUE,
            subject=Subject(table, field),
            predicate=Predicate(Columns(tuple(sorted(names)), partial)),
            confidence=1.0,
            evidence=("declared",),
            place=(f"table:{table}", ()),
        )

    def _plain(self, path: str, statement: Statement) -> Iterator[Draft]:
        place, reached = self._context.subjects(path, statement.subject)
        if place is None:
            return
        kind = Kind.IMMUTABILITY if statement.kind == "immutable" else Kind.PRESENCE
        predicate = Predicate(Anything(), "pass" if kind is Kind.PRESENCE else "unknown")
        condition = (
            self._context.named(self._context.conditions.value(path, statement.condition))
            if statement.condition is not None
            else ""
        )
        for column in reached[:3]:
            if kind is Kind.PRESENCE and not column.presence:
                continue
            yield about(column, kind, predicate, place, guard=condition)


def _by_name(evidence: tuple[str, ...]) -> bool:
    """Whether nothing but a name says which column a member of something else is."""
    return len(evidence) == 1 and evidence[0].startswith("only column")


def _named_by_type(evidence: tuple[str, ...]) -> bool:
    """Whether nothing but the name of its type says what a value is: what it begins with is its own affair."""
    return len(evidence) > 1 and evidence[-1].startswith("only column") and set(evidence[:-1]) == {"typed"}


def _for_people(label: Expression) -> bool:
    """Whether a label is a sentence or a list of styles: what a screen says to its reader is no kind of a thing."""
    return isinstance(label, Text) and len(label.value.split()) >= _SENTENCE
