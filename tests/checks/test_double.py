"""AL403: effects that happen twice."""

import msgspec
import pytest
from fired import FIVE, NEW, ROW, Story, column, done, equals, moved, picked
from graphs import FUNCTION, SQL, judge, places, span, table

from archlint.model.expression import Call, Number, Ref, Text
from archlint.model.schema import Constraint
from archlint.pipeline import Options, scan

ARTICLE, PIECES, SELLER = Ref("f|article@1"), Ref("f|pieces@1"), Ref("f|seller@1")


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL403"]


def ordered(*more, line=5, **values):
    """The function that stores an order, and what else it writes."""
    values = values or {"article_id": ARTICLE, "pieces": PIECES}
    return done("orders", "insert", line, path=FUNCTION, **values), *more


def shop(*more, when=None, condition=None, by=None, **values):
    """A trigger on new orders that takes the pieces off the stock, and a function that stores an order."""
    step = moved("articles", "stock", "-", by or column(NEW, "pieces"))
    effect = done("articles", "update", 3, picked("id", "article_id"), **step)
    pair = (effect, condition) if condition else effect
    return (
        Story("orders", "articles")
        .trigger("take", "orders", "insert", pair, when=when)
        .code(FUNCTION, *ordered(*more, **values))
    )


def taken(of=ARTICLE, by=PIECES, sign="-", line=6, name="stock", entity="articles"):
    return done(entity, "update", line, equals(column(ROW, "id"), of), path=FUNCTION, **moved(entity, name, sign, by))


def test_the_trigger_and_the_function_both_take_the_pieces():
    found = told(shop(taken()).graph())
    assert [item.confidence for item in found] == [0.92]
    assert places(found[0]) == {
        (SQL, 119): "fires", (SQL, 3): "writes", (FUNCTION, 5): "sets off", (FUNCTION, 6): "writes again",
    }  # fmt: skip
    assert "the trigger take and index.ts both lower articles.stock" in found[0].message.replace("lend/", "")


@pytest.mark.parametrize(
    "story",
    [
        shop(),
        shop(taken(sign="+")),
        shop(taken(name="sold")),
        shop(taken(entity="gifts")),
        shop(done("articles", "update", 6, equals(column(ROW, "id"), ARTICLE), path=FUNCTION, stock=FIVE)),
        shop(taken(by=Number("3")), by=Number("1")),
        shop(taken(of=SELLER), article_id=ARTICLE, seller_id=SELLER, pieces=PIECES),
        shop(taken(of=Number("7")), article_id=Number("8"), pieces=PIECES),
        shop((taken(), equals(PIECES, FIVE)), article_id=ARTICLE, pieces=PIECES, state=Text("draft"),
             when=equals(column(NEW, "state"), Text("sold"))),
    ],
    ids=[
        "once", "the other way", "another column", "another table", "a result", "another number", "another row",
        "another row by number", "not on this event",
    ],
)  # fmt: skip
def test_what_is_not_done_twice(story):
    assert told(story.graph(), 0) == []


def test_branches_that_exclude_each_other_are_two_runs():
    kind = Ref("f|kind@1")
    event = done("orders", "insert", 5, path=FUNCTION, article_id=ARTICLE, pieces=PIECES)
    effect = done("articles", "update", 3, picked("id", "article_id"), **moved("articles", "stock", "-", FIVE))
    story = Story("orders", "articles").trigger("take", "orders", "insert", effect)
    story.code(FUNCTION, (event, equals(kind, Text("new"))), (taken(), equals(kind, Text("correction"))))
    assert told(story.graph(), 0) == []


def test_what_decides_about_one_decides_about_the_other():
    kind = equals(Ref("f|kind@1"), Text("new"))
    event = done("orders", "insert", 5, path=FUNCTION, article_id=ARTICLE, pieces=PIECES)
    effect = done("articles", "update", 3, picked("id", "article_id"), **moved("articles", "stock", "-", FIVE))
    story = Story("orders", "articles").trigger("take", "orders", "insert", effect)
    story.code(FUNCTION, event, (taken(), kind))
    assert len(told(story.graph())) == 1


def test_how_sure_it_is_follows_from_what_is_known():
    unknown = shop(taken(of=Ref("f|other@1")), article_id=Call("random", ()), pieces=PIECES)
    perhaps = equals(column(NEW, "state"), Text("sold"))
    assert [item.confidence for item in told(unknown.graph())] == [0.76]
    assert [item.confidence for item in told(shop(taken(), condition=perhaps).graph())] == [0.782]
    assert told(shop(taken(of=Ref("f|other@1")), article_id=Call("random", ()), when=perhaps).graph()) == []


def notes(*columns, unique=(), **values):
    """A trigger that adds a row for the owner of a new order, and a function that adds one."""
    note = done("notes", "insert", 3, person=column(NEW, "person"), kind=Text("ordered"), order=column(NEW, "id"))
    constraints = tuple(Constraint(kind="unique", name="once", span=span(9), columns=item) for item in unique)
    values = {"person": Ref("f|person@1"), "kind": Text("ordered"), "order": Ref("f|made@1", ("id",)), **values}
    again = done("notes", "insert", 6, path=FUNCTION, **values)
    return (
        Story("orders", table("notes", constraints=constraints))
        .trigger("note", "orders", "insert", note)
        .code(FUNCTION, *ordered(again, person=Ref("f|person@1")))
    )


def test_one_notice_is_written_twice():
    found = told(notes().graph())
    assert [item.subject for item in found] == ["notes"]
    assert "both add the row to notes" in found[0].message


@pytest.mark.parametrize(
    "story",
    [
        notes(kind=Text("new order")),
        notes(person=SELLER),
        notes(unique=(("person", "kind"),)),
    ],
    ids=["another notice", "to somebody else", "the table takes it once"],
)
def test_notices_that_are_two(story):
    assert told(story.graph(), 0) == []


def test_a_notice_that_leaves_the_first_alone():
    known = notes().graph()
    writes = tuple(msgspec.structs.replace(item, sparing=item.entity == "notes") for item in known.writes)
    assert told(msgspec.structs.replace(known, writes=writes), 0) == []


def pair(first, second, events=("insert", "insert"), **more):
    return (
        Story("orders", "notes", "articles")
        .trigger("one", "orders", events[0], first, **more)
        .trigger("two", "orders", events[1], second)
    )


def note(line, **values):
    return done("notes", "insert", line, order=column(NEW, "id"), **values)


def test_two_triggers_add_the_same_row():
    found = told(pair(note(3), note(4), ("insert update", "update delete")).graph())
    assert [places(item) for item in found] == [{(SQL, 119): "fires", (SQL, 129): "fires", (SQL, 3): "writes"}]
    assert "on an update, the triggers one and two both add the row to notes" in found[0].message


@pytest.mark.parametrize(
    "story",
    [
        pair(note(3), note(4), ("insert", "update")),
        pair(note(3), note(4, text=Text("more"))),
        pair(note(3), note(4), when=equals(column(NEW, "state"), Text("paid"))),
        pair(note(3, by=Ref("row:2")), note(4, by=Ref("row:2"))),
        pair(note(3, at=Call("now", ())), done("articles", "insert", 4, order=column(NEW, "id"))),
    ],
    ids=["other events", "other rows", "under a condition", "by a query", "elsewhere"],
)
def test_two_triggers_that_do_two_things(story):
    assert told(story.graph(), 0) == []


SHOP = """
create table articles (id bigint primary key, stock int not null, seen_at timestamptz);
create table orders (id bigint primary key, article_id bigint not null, pieces int not null, state text not null);
create function take(article bigint, n int) returns void language sql as $$
  update articles set stock = greatest(stock - n, 0) where id = article;
$$;
create function ordered() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or (new.state = 'sold' and old.state <> 'sold') then
    perform take(new.article_id, new.pieces);
  end if;
  return new;
end $$;
create trigger ordered after insert or update of state on orders for each row execute function ordered();
create function place(article bigint, n int) returns bigint language plpgsql as $$
declare made bigint;
begin
  insert into orders (article_id, pieces, state) values (article, n, 'new') returning id into made;
  {inside}
  return made;
end $$;
"""
CODE = """
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (request) => {
  const { article, pieces, id } = await request.json();
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  %s
  return new Response("done");
});
"""
STORE = 'await supabase.from("orders").insert({ article_id: article, pieces, state: "new" });'
TAKE = 'await supabase.rpc("take", { article, n: pieces });'
SELL = 'await supabase.from("orders").update({ state: "%s" }).eq("id", id);'
READ = 'const { data } = await supabase.from("articles").select("stock").eq("id", article).single();'
LESS = 'await supabase.from("articles").update({ stock: data.stock - pieces }).eq("id", article);'


@pytest.mark.parametrize(
    ("inside", "code", "count"),
    [
        ("", STORE, 0),
        ("", STORE + TAKE, 1),
        ("", READ + STORE + LESS, 1),
        ("", SELL % "sold" + TAKE, 1),
        ("", SELL % "lost" + TAKE, 0),
        ("perform take(article, n);", "", 1),
        ("update articles set seen_at = now() where id = article;", "", 0),
        ("", 'await supabase.rpc("place", { article, n: pieces });' + TAKE, 1),
        ("", f"if (pieces > 0) {{ {STORE} }} else {{ {TAKE} }}", 0),
    ],
)
def test_a_repository(inside, code, count, tree):
    files = {"supabase/migrations/1.sql": SHOP.replace("{inside}", inside)}
    files["supabase/functions/order/index.ts"] = CODE % code.replace("; ", ";\n  ")
    report = scan(tree(files), Options(jobs=1, cache=False))
    assert len([item for item in report.findings if item.code == "AL403"]) == count, report.findings
