"""What becomes of all that is found: order, weight, names and fingerprints."""

from graphs import FORM, FUNCTION, SQL, bound, graph, judge, pattern, place_of, table, word, write

from archlint.checks import CHECKS, run
from archlint.checks._found import Found, complete, ordered
from archlint.model.finding import Severity
from archlint.model.rule import Kind
from archlint.model.source import Layer
from archlint.ruleset import load_checks

CHECK = load_checks()["AL201"]


def found(**more):
    return Found(message="m", places=(place_of(FORM, Layer.FRONTEND),), **more)


def test_what_loses_most_comes_first():
    knowledge = graph(
        bound(high="9", path=FORM),
        bound(high="8"),
        pattern("^a$", path=FORM),
        pattern("^[ab]$"),
    )
    assert [(item.severity, item.subject) for item in judge(knowledge)] == [
        (Severity.ERROR, "loans.amount"),
        (Severity.INFO, "loans.zip"),
    ]


def test_trusted_places_and_access_weigh_more():
    money = complete(CHECK, found(kind=Kind.FORMULA))
    access = complete(CHECK, found(kind=Kind.AUTHORIZATION))
    text = complete(CHECK, found(kind=Kind.LENGTH))
    assert access.weight > money.weight > text.weight
    both = Found(message="m", places=(place_of(FORM, Layer.FRONTEND), place_of(SQL, Layer.DATABASE)), kind=Kind.LENGTH)
    assert complete(CHECK, both).weight > text.weight
    assert complete(CHECK, found(confidence=0.5)).weight < complete(CHECK, found()).weight


def test_a_finding_takes_name_severity_and_advice_from_its_check():
    told = complete(CHECK, found())
    assert (told.code, told.name, told.severity) == ("AL201", "drifted-rule", Severity.ERROR)
    assert told.fix
    assert told.fix in CHECK.fix
    assert complete(CHECK, found(severity=Severity.INFO, fix="so")).severity is Severity.INFO
    assert complete(CHECK, found(fix="so")).fix == "so"
    assert complete(CHECK, found(confidence=1.4)).confidence == 1.0


def test_a_fingerprint_is_of_contents_and_equal_ones_are_numbered():
    first, moved = (
        complete(CHECK, Found(message="m", places=(place_of(FORM, Layer.FRONTEND, line),), subject="a.b", mark=("x",)))
        for line in (3, 90)
    )
    other = complete(CHECK, found(subject="a.b", mark=("y",)))
    assert first.fingerprint == moved.fingerprint != other.fingerprint
    names = [item.fingerprint for item in ordered((moved, first))]
    assert names == [first.fingerprint, f"{first.fingerprint}-2"]
    assert ordered((moved, first)) == ordered((first, moved))


def test_a_place_is_named_once():
    twice = Found(message="m", places=(place_of(FORM, Layer.FRONTEND), place_of(FORM, Layer.FRONTEND)))
    assert len(complete(CHECK, twice).places) == 1


def test_the_order_does_not_depend_on_the_order_of_sites():
    sites = [bound(high="9", path=FORM), bound(high="8"), bound(high="7", path=FUNCTION)]
    more = {"words": (word("x"),), "writes": (write("loans", "y"),), "tables": (table("loans"),)}
    assert judge(graph(*sites, **more)) == judge(graph(*reversed(sites), **more))


def test_an_empty_graph_keeps_every_check():
    assert run(graph(), load_checks()) == ()
    assert CHECKS
