"""AL402: triggers that fire each other."""

import msgspec
import pytest
from fired import DEPTH, FIVE, NEW, OLD, ROW, Story, column, done, equals, moved, picked
from graphs import SQL, judge, places

from archlint.model.expression import Null, Number, Opaque, Operation, Ref, Text
from archlint.model.finding import Severity
from archlint.pipeline import Options, scan


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL402"]


def touching(when=None, columns=(), condition=None, **more):
    """A trigger on updates of `jobs` that updates the row that fired it."""
    settings = {"where": picked("id", "id"), "note": Text("seen"), **more}
    step = done("jobs", "update", 3, **settings)
    return Story("jobs").trigger(
        "touch", "jobs", "update", (step, condition) if condition else step, when=when, columns=columns
    )


def test_a_trigger_that_updates_its_own_row_fires_itself():
    found = told(touching().graph())
    assert [(item.severity, places(item)) for item in found] == [
        (Severity.ERROR, {(SQL, 119): "fires", (SQL, 3): "writes"})
    ]
    assert "touch fires itself without end" in found[0].message


OTHERS = equals(column(ROW, "id"), column(NEW, "id"), "!=")
CHANGED = equals(column(OLD, "state"), column(NEW, "state"), "distinct")


@pytest.mark.parametrize(
    "story",
    [
        touching(columns=("state",)),
        touching(when=CHANGED),
        touching(condition=CHANGED),
        touching(when=equals(DEPTH, Number("0"))),
        touching(condition=equals(DEPTH, Number("2"), "<")),
        touching(condition=equals(Number("1"), DEPTH)),
        touching(condition=Operation("not", (equals(DEPTH, Number("1"), ">"),))),
        touching(condition=equals(column(NEW, "note"), Text("seen"), "!=")),
        touching(when=Operation("is null", (column(NEW, "note"),))),
        touching(condition=equals(Ref("$operation"), Text("INSERT"))),
        touching(where=picked("parent", "id")),
        touching(where=picked("id", "parent")),
    ],
    ids=[
        "other columns", "when it changes", "if it changes", "at depth 0", "below depth 2", "at depth 1",
        "not deeper than 1", "unless seen", "while empty", "on insert", "the children", "the parent",
    ],
)  # fmt: skip
def test_what_cuts_a_circle_leaves_nothing_to_tell(story):
    assert told(story.graph(), floor=0) == []


@pytest.mark.parametrize(
    "story",
    [
        touching(when=equals(column(NEW, "note"), Text("seen"))),
        touching(when=Operation("in", (Ref("$operation"), Opaque("?"))), where=None),
        touching(where=Operation("and", (picked("owner", "owner"), OTHERS))),
        touching(condition=Operation("or", (equals(DEPTH, Number("0"), ">"), CHANGED))),
    ],
    ids=["it says so itself", "every row", "the others of the owner", "always deep enough"],
)
def test_what_cuts_nothing(story):
    assert [item.code for item in told(story.graph(), floor=0)] == ["AL402"]


def test_a_condition_that_nobody_knows_is_kept_for_those_who_ask():
    story = touching(condition=equals(column(NEW, "pieces"), FIVE, ">"))
    assert told(story.graph()) == []
    assert [(item.severity, item.confidence) for item in told(story.graph(), 0)] == [(Severity.WARNING, 0.55)]


def ring(to_items, to_orders, **more):
    orders = done("orders", "update", 3, to_orders, changed=Text("now"))
    items = done("items", "update", 4, to_items, currency=column(NEW, "currency"))
    return (
        Story("orders", "items")
        .trigger("item", "items", "update", orders)
        .trigger("order", "orders", "update", items, **more)
    )


def test_two_tables_keep_each_other_up_to_date_for_ever():
    found = told(ring(picked("order_id", "id"), picked("id", "order_id")).graph())
    assert [item.severity for item in found] == [Severity.ERROR]
    assert places(found[0]) == {(SQL, 119): "fires", (SQL, 3): "writes", (SQL, 129): "fires", (SQL, 4): "writes"}


def test_other_rows_of_two_tables_do_not_come_round():
    assert told(ring(picked("order_id", "id"), picked("id", "replaces_id")).graph(), 0) == []


def test_the_second_of_two_waits_for_a_column_that_the_first_does_not_write():
    story = ring(picked("order_id", "id"), picked("id", "order_id"), columns=("currency",))
    assert told(story.graph(), 0) == []


@pytest.mark.parametrize(("sparing", "count"), [(False, 1), (True, 0)])
def test_rows_that_add_rows_without_end(sparing, count):
    more = done("notes", "insert", 3, text=column(NEW, "text"))
    if sparing:
        more = msgspec.structs.replace(more, sparing=True)
    assert len(told(Story("notes").trigger("copy", "notes", "insert", more).graph())) == count


def test_deleting_ends_by_itself():
    gone = done("notes", "delete", 3, picked("thread", "thread"))
    assert told(Story("notes").trigger("clear", "notes", "delete", gone).graph(), 0) == []


def chain(length, **more):
    """Each table adds a row to the next."""
    story = Story(*(f"t{number}" for number in range(length + 1)))
    for number in range(length):
        step = done(f"t{number + 1}", "insert", number + 1, text=column(NEW, "text"))
        story.trigger(f"r{number}", f"t{number}", "insert", step, **(more if number else {}))
    return story


@pytest.mark.parametrize(
    ("length", "architecture", "severity"),
    [(3, "", Severity.INFO), (4, "database-first", Severity.INFO), (3, "hybrid", Severity.WARNING),
     (3, "logic-first", Severity.WARNING)],
)  # fmt: skip
def test_a_long_chain_is_told_once(length, architecture, severity):
    found = told(chain(length).graph(architecture))
    assert [item.severity for item in found] == [severity]
    assert f"sets off {length} triggers in a row, t0 → t1 → t2" in found[0].message


def test_a_chain_that_perhaps_comes_round_is_told_as_a_chain():
    back = done("t0", "insert", 9, text=column(NEW, "text"))
    story = chain(3).trigger("r3", "t3", "insert", (back, equals(column(NEW, "text"), Text("again"))))
    assert [item.severity for item in told(story.graph())] == [Severity.INFO]
    assert sorted(item.confidence for item in told(story.graph(), 0)) == [0.55, 0.85]


def test_of_circles_through_one_trigger_the_surest_is_told():
    story = chain(2).trigger("r2", "t2", "insert", done("t0", "insert", 9, text=column(NEW, "text")))
    story.trigger("side", "t2", "insert", (done("t1", "insert", 10, text=Text("x")), equals(DEPTH, column(NEW, "n"))))
    assert [(item.severity, item.confidence) for item in told(story.graph())] == [(Severity.ERROR, 0.9)]
    assert [item.confidence for item in told(story.graph(), 0)] == [0.9, 0.55]


def test_two_in_a_row_are_what_triggers_are_for():
    assert told(chain(2).graph("logic-first"), 0) == []


def test_a_chain_ends_where_a_condition_says_so():
    assert told(chain(3, when=equals(column(NEW, "text"), Null(), "distinct")).graph())
    assert told(chain(3, when=equals(DEPTH, Number("1"), "<")).graph(), 0) == []


def test_a_trigger_that_writes_nothing_makes_no_chain_longer():
    story = chain(2).trigger("stamp", "t2", "insert")
    assert told(story.graph(), 0) == []


def test_a_step_on_another_column_does_not_fire():
    story = (
        Story("goods", "sales", "log")
        .trigger("sold", "sales", "insert", done("goods", "update", 2, picked("id", "goods_id"),
                                               **moved("goods", "stock", "-", column(NEW, "pieces"))))
        .trigger("priced", "goods", "update", done("log", "insert", 3, text=column(NEW, "price")), columns=("price",))
        .trigger("logged", "log", "insert", done("goods", "update", 4, picked("id", "id"), seen=Text("yes")))
    )  # fmt: skip
    assert told(story.graph(), 0) == []


# What the server does ---------------------------------------------------------------------------------------------

TABLES = """
create table boxes (
  id int primary key, owner int not null default 1, parent int, pieces int not null default 0, main boolean not null
  default false, label text
);
create function boxes_changed() returns trigger language plpgsql as $$
begin
  {body}
  return new;
end $$;
create trigger changed {when} execute function boxes_changed();
"""
UPDATED = "after update on boxes for each row"
CASES = {
    "its own row": ("update boxes set label = 'x' where id = new.id;", UPDATED, True),
    "only another column": (
        "update boxes set label = 'x' where id = new.id;", "after update of pieces on boxes for each row", False
    ),
    "only a real change": (
        "update boxes set pieces = new.pieces where id = new.id;",
        f"{UPDATED} when (new.pieces is distinct from old.pieces)", False,
    ),
    "not below itself": (
        "if pg_trigger_depth() = 1 then update boxes set label = 'x' where id = new.id; end if;", UPDATED, False
    ),
    "not below itself, asked before": (
        "update boxes set label = 'x' where id = new.id;", f"{UPDATED} when (pg_trigger_depth() = 0)", False
    ),
    "an early return": (
        "if pg_trigger_depth() > 1 then return new; end if; update boxes set label = 'x' where id = new.id;", UPDATED,
        False,
    ),
    "one main box for each owner": (
        "if new.main then update boxes set main = false where owner = new.owner and id <> new.id; end if;", UPDATED,
        False,
    ),
    "the children of a tree": ("update boxes set label = new.label where parent = new.id;", UPDATED, False),
    "all others": ("update boxes set label = 'x' where owner = new.owner and id <> new.id;", UPDATED, True),
    "every row": ("update boxes set label = 'x';", UPDATED, True),
    "through a routine": ("perform relabel(new.id);", UPDATED, True),
    "one more row for each row": (
        "insert into boxes (id, label) values (new.id + 1, 'x');", "after insert on boxes for each row", True
    ),
    "one more row while there are few": (
        "if new.id < 5 then insert into boxes (id) values (new.id + 1); end if;", "after insert on boxes for each row",
        False,
    ),
}  # fmt: skip
# Nothing fires while the boxes are put there.
CHANGE = """
set local session_replication_role = replica;
insert into boxes (id, parent) values (1, null), (2, 1), (3, 2);
set local session_replication_role = origin;
update boxes set pieces = 1, main = true where id = 1
"""
RELABEL = """
create function relabel(box int) returns void language sql as $$ update boxes set label = 'x' where id = box; $$;
"""


@pytest.mark.parametrize("name", CASES)
def test_what_is_called_endless_is_what_the_server_stops(name, tree, postgresql):
    body, when, endless = CASES[name]
    sql = TABLES.format(body=body, when=when) + RELABEL
    report = scan(tree({"db/1_boxes.sql": sql}), Options(jobs=1, cache=False))
    assert [item.severity for item in report.findings if item.code == "AL402"] == [Severity.ERROR] * endless
    database = f"boxes_{list(CASES).index(name)}"
    postgresql(f"create database {database}")
    act = "insert into boxes (id) values (1)" if "after insert" in when else CHANGE
    asked = (
        f"do $do$ begin {act}; "
        "exception when statement_too_complex then perform set_config('archlint.stopped', 'yes', false); end $do$; "
        "select coalesce(current_setting('archlint.stopped', true), 'no')"
    )
    postgresql(sql, database=database)
    assert postgresql(asked, database=database) == [("yes" if endless else "no",)]
