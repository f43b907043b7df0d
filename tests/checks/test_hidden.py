"""AL401: decisions in triggers and procedures, where the services should decide."""

import msgspec
import pytest
from fired import Story
from graphs import SQL, bound, default, formula, graph, judge, places, present, steps
from guarded import routine

from archlint.model.expression import Operation, Ref
from archlint.model.finding import Severity
from archlint.model.source import Layer

HERE = {"path": SQL, "layer": Layer.TRIGGER, "library": "trigger"}


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL401"]


def decided(*sites, home="service", architecture="logic-first"):
    """What a trigger function on loans, and a routine, decide; each spans some lines."""
    story = Story("loans").trigger("check", "loans", "insert update").graph(architecture)
    known = msgspec.structs.replace(graph(*sites), schema=story.schema, architecture=architecture)
    lend = routine("lend", path=SQL, line=200)
    rules = tuple(msgspec.structs.replace(rule, home=home) for rule in known.rules)
    schema = msgspec.structs.replace(known.schema, routines=(*known.schema.routines, lend))
    return msgspec.structs.replace(known, rules=rules, schema=schema)


def limit(line=112, symbol="check_function", **more):
    return bound("0", "5", line=line, symbol=symbol, text="new.amount > 5", **HERE, **more)


def test_a_trigger_function_that_decides_is_one_finding():
    found = told(decided(limit(), steps(("open", "closed"), line=114, symbol="check_function", **HERE)))
    assert [(item.severity, item.subject) for item in found] == [(Severity.WARNING, "check_function")]
    assert places(found[0]) == {
        (SQL, 112): "decides", (SQL, 114): "decides", (SQL, 119): "fires", (SQL, 110): "holds",
    }  # fmt: skip
    assert found[0].message == (
        "the trigger function check_function, on loans, decides “new.amount > 5” and the steps of loans.state; "
        "by this architecture the service layer should"
    )


def test_a_procedure_decides_as_well():
    found = told(decided(limit(202, "lend"), home="function"))
    assert [item.message for item in found] == [
        "the routine lend decides “new.amount > 5”; by this architecture the function layer should"
    ]


def test_a_computation_is_a_decision():
    total = formula(Operation("*", (Ref("a"), Ref("b"))), line=112, symbol="check_function", **HERE)
    assert "how loans.total is computed" in told(decided(total))[0].message


@pytest.mark.parametrize("architecture", ["", "database-first", "hybrid"])
def test_without_that_choice_a_trigger_is_a_good_home(architecture):
    assert told(decided(limit(), architecture=architecture), 0) == []


@pytest.mark.parametrize("home", ["database", "trigger", "policy"])
def test_a_rule_that_shall_stay(home):
    assert told(decided(limit(), home=home), 0) == []


def test_what_decides_nothing():
    here = {"symbol": "check_function", **HERE}
    fallback, needed = default("3", line=112, **here), present("fail", line=113, **here)
    assert told(decided(fallback, needed, limit(strength="soft")), 0) == []


def test_a_body_that_no_longer_lives():
    assert told(decided(limit(line=50)), 0) == []
