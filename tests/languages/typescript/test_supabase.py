"""What supabase-js is asked to do, and whose rights it has."""

import pytest
from accesses import accesses, bound
from reading import facts

from archlint.model.expression import Opaque, Operation, Ref


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (
            "from('orders').insert({ total: t, status: 'draft' }).select('id, total').single()",
            'insert orders | writes {status: "draft", total: t@0} | reads id total',
        ),
        (
            "from('orders').update({ status: 'paid' }).eq('id', id).in('status', ['open', 'sent'])",
            'update orders | writes {status: "paid"} | where (($row.id = id@0) and ($row.status in ["open", "sent"]))',
        ),
        (
            "from('orders').delete().match({ id, kind: 'x' })",
            'delete orders | where (("x" = $row.kind) and ($row.id = id@0))',
        ),
        (
            "from('orders').upsert([{ id, total: t }], { onConflict: 'id' })",
            "upsert orders | writes [{id: id@0, total: t@0}]",
        ),
        (
            "from('orders').select().or('status.eq.open,total.gt.5')",
            'select orders | where (("open" = $row.status) or (5 < $row.total))',
        ),
        (
            "from('orders').select().is('paid_at', null).not('total', 'gt', 5)",
            "select orders | where (is null($row.paid_at) and not((5 < $row.total)))",
        ),
        (
            "from('orders').select('*', { count: 'exact', head: true }).neq('status', 'void')",
            'select orders | where ("void" != $row.status) | count',
        ),
        ("from(TABLE).select('*')", "select TABLE@0"),
        ("rpc('pay_order', { p_id: id })", "rpc pay_order | writes {p_id: id@0}"),
        ("functions.invoke('pay', { body: { id } })", "invoke pay | writes {id: id@0}"),
        ("storage.from('receipts').upload(path, file)", "upload receipts | writes file@0"),
        (
            "auth.signUp({ email, password: p, options: { data: { nickname: n } } })",
            "insert auth.users | writes {email: email@0, password: p@0, raw_user_meta_data: {nickname: n@0}}",
        ),
        ("auth.updateUser({ password: p })", "update auth.users | writes {password: p@0}"),
        (
            "auth.admin.updateUserById(id, { app_metadata: { team } })",
            "update auth.users | writes {raw_app_meta_data: {team: team@0}}",
        ),
    ],
)
def test_a_call_is_an_access(call, wanted):
    assert accesses(f"await supabase.{call}") == [wanted]


def test_a_search_filter_only_restricts_the_rows():
    assert accesses("supabase.from('orders').select().eq('status', filter)") == [
        "select orders | where ($row.status = filter@0)"
    ]


def test_what_is_asked_of_an_embedded_table_says_nothing_about_the_row():
    (access,) = facts("supabase.from('orders').select().eq('customers.status', 'gold').eq('id', id)").accesses
    assert access.where == Operation("and", (Opaque("filter"), Operation("=", (Ref("$row", ("id",)), Ref("id@0")))))


@pytest.mark.parametrize(
    ("call", "columns"),
    [
        ("order('paid_at', { ascending: false }).order('id')", ("paid_at", "id")),
        ("order('name', { referencedTable: 'customers' })", ()),
        ("order('customers(name)')", ()),
        ("order(column)", ()),
    ],
)
def test_what_rows_are_sorted_by(call, columns):
    (access,) = facts(f"supabase.from('orders').select().{call}").accesses
    assert access.order == columns


def test_columns_of_an_embedded_table_are_not_those_of_the_table():
    text = "supabase.from('orders').select('id, total:total_cents, customer:customers(name, status)')"
    assert accesses(text) == ["select orders | reads id total_cents"]


def test_the_answer_holds_the_row_an_error_and_the_number_of_rows():
    text = "const { data, error, count } = await supabase.from('orders').select()"
    assert bound(text, "data") == ["row#0"]
    assert bound(text, "count") == ["count(row#0)"]


def test_answers_that_come_together_are_told_apart():
    text = "const [{ data: a }, { data: b }] = await Promise.all([s.from('x').select(), s.from('y').select()])"
    assert (bound(text, "a"), bound(text, "b")) == (["row#0"], ["row#1"])


def test_the_data_of_a_query_is_what_its_function_gives():
    text = """
        const { data: orders } = useQuery({ queryKey: ['o'], queryFn: async () => {
          const { data, error } = await supabase.from('orders').select()
          if (error) throw error
          return data
        } })
    """
    (name,) = bound(text, "orders")
    assert name.startswith("data@")


@pytest.mark.parametrize(
    ("maker", "wanted"),
    [
        ("createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY)", "service"),
        ("createClient(Deno.env.get('URL'), Deno.env.get('SERVICE_ROLE_KEY')!)", "service"),
        ("createClient(url, import.meta.env.VITE_SUPABASE_ANON_KEY)", "anon"),
        ("createBrowserClient(url, key)", "anon"),
        ("createClient(url, anonKey, { global: { headers: { Authorization: token } } })", "anon"),
    ],
)
def test_the_key_says_whose_rights_a_client_has(maker, wanted):
    (access,) = facts(f"const db = {maker}\nawait db.from('orders').select()").accesses
    assert access.client == wanted


def test_an_imported_client_is_left_to_the_file_that_makes_it():
    (access,) = facts("import { db } from './db'\nawait db.from('orders').select()").accesses
    assert access.client == ""
    assert access.through is not None
    assert access.through.name == "db@0"


@pytest.mark.parametrize(
    "text",
    [
        "Array.from(list).map(x => x)",
        "Buffer.from('select').toString()",
        "cache.delete('x')",
        "map.set('a', 1)",
        "list.filter(x => x.delete())",
        "from(source).select()",
    ],
)
def test_what_only_looks_like_it_is_none(text):
    assert accesses(text) == []
