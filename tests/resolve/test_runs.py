"""What one run writes, under which conditions, and which columns it moves on."""

from scenes import resolved

from archlint.model.expression import Ref

SCHEMA = """
create table goods (id bigint primary key, stock int not null, held int);
create table orders (id bigint primary key, goods_id bigint, pieces int, state text);
create function take(p_goods bigint, n int) returns void language plpgsql as $$
begin
  update goods set stock = greatest(0, stock - n), held = n where id = p_goods;
end $$;
create function ordered() returns trigger language plpgsql as $$
begin
  if new.state = 'sold' then
    perform take(new.goods_id, new.pieces);
  end if;
  return new;
end $$;
create trigger ordered after insert on orders for each row when (new.pieces > 0) execute function ordered();
"""
CLIENT = """
import { createClient } from "@supabase/supabase-js";
const supabase = createClient(process.env.URL!, process.env.KEY!);
"""


def runs(code="", schema=SCHEMA):
    found = resolved({"a.sql": schema, "b.ts": CLIENT + code})
    writes = {item.id: item for item in found.writes}
    return {item.symbol: [(writes[act.write], act) for act in item.acts] for item in found.runs}


def entities(acts):
    return [(write.operation, write.entity, act.through) for write, act in acts]


def test_a_trigger_writes_through_the_routines_that_it_calls():
    acts = runs()["ordered"]
    assert entities(acts) == [("update", "goods", ("take",))]
    given = dict(acts[0][1].given)
    assert given["a.sql|p_goods@1"] == Ref("$new", ("goods_id",))
    assert [item.operands[0] for item in acts[0][1].conditions] == [Ref("$new", ("state",))]


def test_a_step_is_told_from_a_result():
    ((write, _),) = runs()["ordered"]
    assert [(item.column, item.sign, item.by) for item in write.counts] == [("stock", "-", Ref("a.sql|n@1"))]


def test_code_runs_over_the_wire_and_through_its_helpers():
    code = """
    async function store(goods: number) {
      await supabase.from("orders").insert({ goods_id: goods, pieces: 2 });
    }
    export async function order(goods: number) {
      const { data } = await supabase.from("goods").select("id, stock").eq("id", goods).single();
      await store(goods);
      const left = (data.stock ?? 0) - 2;
      await Promise.all([1].map(async () => {
        await supabase.from("goods").update({ stock: left }).eq("id", goods);
      }));
      await supabase.rpc("take", { p_goods: goods, n: 2 });
    }
    """
    acts = runs(code)["order"]
    assert entities(acts) == [
        ("insert", "orders", ("store",)), ("update", "goods", ("take",)), ("update", "goods", ()),
    ]  # fmt: skip
    assert [(item.column, item.sign) for item in acts[2][0].counts] == [("stock", "-")]


def test_the_parts_of_a_screen_are_runs_of_their_own():
    code = """
    export function Orders() {
      const store = async () => { await supabase.from("orders").insert({ pieces: 1 }); };
      return <button onClick={async () => { await supabase.from("orders").update({ pieces: 2 }).eq("id", 1); }} />;
    }
    """
    found = resolved({"a.sql": SCHEMA, "b.tsx": CLIENT + code})
    assert [len(item.acts) for item in found.runs if item.path == "b.tsx"] == [1, 1]


def test_code_that_writes_what_no_trigger_looks_at_is_not_followed():
    code = 'export async function clear() { await supabase.from("goods").delete().eq("id", 1); }'
    assert list(runs(code)) == ["ordered"]


def test_an_increment_of_what_was_never_read_is_no_step():
    code = """
    export async function set(stock: number) {
      await supabase.from("orders").insert({ pieces: 1 });
      await supabase.from("goods").update({ stock: stock + 1 }).eq("id", 1);
    }
    """
    assert [write.counts for write, _ in runs(code)["set"]] == [(), ()]
