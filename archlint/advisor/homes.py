"""A home for every rule under a verdict, and the moves that lead there, smallest first."""

from collections.abc import Callable
from functools import cache

import msgspec

from archlint import data
from archlint.advisor.scoring import Verdict
from archlint.advisor.seen import SERVING, STORED, Seen
from archlint.advisor.seen import place as at
from archlint.model.rule import BusinessRule, Kind
from archlint.model.source import TRUSTED, Layer

CODE = "code"
# What only gives a value its shape is worth a move where its copies disagree.
_SHAPE = frozenset({"presence", "default", "length", "size", "pattern"})


class Sort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sort of rules, with its home and the reason under each verdict."""

    id: str
    title: str
    kinds: tuple[str, ...]
    home: dict[str, str]
    why: dict[str, str]
    where: str = ""


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """The proposed home of one rule. `there` says whether the rule is stated in it already; `copies` are elsewhere.

    `screens` are the places in screens that state it for quick feedback.
    """

    rule: str
    kind: str
    sort: str
    home: str
    why: str
    there: bool
    layers: tuple[str, ...]
    relation: str
    places: tuple[str, ...]
    copies: tuple[str, ...]
    screens: tuple[str, ...] = ()


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One step toward the verdict: the files that it touches say how large it is."""

    rule: str
    action: str
    home: str
    files: int
    drifted: bool
    places: tuple[str, ...]


@cache
def sorts() -> tuple[Sort, ...]:
    """All sorts of rules, in the order in which they are tried."""
    return msgspec.convert(data.table("advisor/homes")["sort"], tuple[Sort, ...])


def key_of(verdict: Verdict) -> str:
    """The column of the table of homes; empty where there is no verdict."""
    if verdict.outcome == "no-option" or not verdict.home:
        return ""
    if verdict.architecture == "hybrid" or verdict.split == "yes":
        return f"hybrid-{verdict.home}"
    return "database-first" if verdict.home == "database" else "logic-first"


def code_layer(seen: Seen) -> Layer:
    """Where code of one's own runs in this repository."""
    layers = set(seen.graph.layers.values())
    return Layer.FUNCTION if Layer.FUNCTION in layers and Layer.SERVICE not in layers else Layer.SERVICE


def homes(seen: Seen, verdict: Verdict) -> tuple[Home, ...]:
    """The proposed home of each business rule about stored data, in the order of the rules."""
    key = key_of(verdict)
    if not key:
        return ()
    shared = _shared_tables(seen)
    code = code_layer(seen).value
    return tuple(_home(seen, rule, key, code, shared) for rule in seen.stored_rules if rule.kind is not Kind.WORDS)


def moves(found: tuple[Home, ...]) -> tuple[Move, ...]:
    """What to do, smallest first: copies that disagree before others of the same size."""
    steps = [move for home in found if (move := _move(home))]
    return tuple(sorted(steps, key=lambda move: (move.files, not move.drifted, move.rule)))


def _home(seen: Seen, rule: BusinessRule, key: str, code: str, shared: frozenset[str]) -> Home:
    # What no sort names yet is a fact that holds, which is the last sort.
    sort = next((item for item in sorts() if _fits(item, rule)), sorts()[-1])
    target, why = sort.home[key], sort.why[key]
    exception = data.table("advisor/homes")["exception"]
    if rule.subject.entity in shared and sort.id in exception["sorts"] and target != exception["home"]:
        target, why = exception["home"], exception["why"]
    inside = _inside(code if target == CODE else target)
    there = any(inside(site.layer) for site in rule.sites)
    elsewhere = [site for site in rule.sites if not inside(site.layer) and _counts(site.layer, there)]
    shown = [site for site in rule.sites if not inside(site.layer) and site not in elsewhere]
    first = seen.first_site(rule)
    return Home(
        rule=rule.id,
        kind=rule.kind.value,
        sort=sort.id,
        home=code if target == CODE else target,
        why=why,
        there=there,
        layers=tuple(sorted({site.layer.value for site in rule.sites})),
        relation=rule.relation,
        places=(at(first.path, first.span.line),),
        copies=tuple(dict.fromkeys(at(site.path, site.span.line) for site in elsewhere)),
        screens=tuple(dict.fromkeys(at(site.path, site.span.line) for site in shown)),
    )


def _fits(sort: Sort, rule: BusinessRule) -> bool:
    if sort.where == "screens":
        screens = all(site.layer is Layer.FRONTEND for site in rule.sites)
        return screens and all(site.strength == "soft" for site in rule.sites)
    return rule.kind.value in sort.kinds


def _inside(home: str) -> Callable[[Layer], bool]:
    """Whether a layer belongs to a home; the database's kinds of statements are one home, and so are kinds of code."""
    layer = Layer(home)
    if layer in STORED:
        return lambda other: other in STORED
    return (lambda other: other in SERVING) if layer in SERVING else lambda other: other is layer


def _counts(layer: Layer, there: bool) -> bool:
    """A copy in a screen gives quick feedback; it is only a move where nothing else states the rule."""
    return layer in TRUSTED or not there


def _move(home: Home) -> Move | None:
    drifted = home.relation in ("drifted", "contradicting", "boundary-only")
    if home.home == Layer.FRONTEND.value or (home.kind in _SHAPE and not drifted):
        return None
    if home.there and not home.copies and not drifted:
        return None
    if home.there and drifted and not home.copies:
        action = "let the other copies follow the home"
    elif home.there:
        action = "keep it in its home and let the other copies call it, or make them from it"
    else:
        action = "state it in its home, then let the present places call it"
    places = home.copies or (home.screens if home.there else ()) or home.places
    files = len({place.rpartition(":")[0] for place in places}) + (0 if home.there else 1)
    return Move(rule=home.rule, action=action, home=home.home, files=files, drifted=drifted, places=places)


def _shared_tables(seen: Seen) -> frozenset[str]:
    """Tables that several kinds of programs write."""
    programs: dict[str, set[Layer]] = {}
    for item in seen.graph.writes:
        if item.layer is Layer.FRONTEND or item.layer in SERVING:
            programs.setdefault(item.entity, set()).add(item.layer)
    return frozenset(entity for entity, kinds in programs.items() if len(kinds) > 1)
