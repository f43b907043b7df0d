"""Accesses of code across files: whose rights they have, and which table and column they mean."""

import pytest

from archlint import catalog, languages
from archlint.model.source import Layer
from archlint.resolve import resolve

SCHEMA = """
create table customers (id bigint primary key, state text check (state in ('active', 'blocked')));
create table orders (id bigint primary key, customer_id bigint references customers (id), total_cents integer);
"""


def resolved(files):
    """What is resolved of some TypeScript files beside the schema; modules are named by their file without suffix."""
    texts = {"1.sql": SCHEMA, **files}
    facts = {path: languages.read(languages.language_of(path), path, text.encode()) for path, text in texts.items()}
    layers = {path: Layer.DATABASE if path.endswith(".sql") else Layer.SERVICE for path in texts}

    def locate(importer, module):
        name = module.removeprefix("./") + ".ts"
        return name if name in texts else None

    return resolve(facts, catalog.build(facts), layers, locate)


@pytest.mark.parametrize(
    ("client", "wanted"),
    [
        ("export const db = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY)", "service"),
        ("const key = process.env.ANON_KEY\nexport const db = createClient(url, key)", "anon"),
        ("function make() { return createServerClient(url, key, {}) }\nexport const db = make()", "anon"),
        ("export const db = somethingElse()", ""),
    ],
)
def test_an_imported_client_has_the_rights_of_its_key(client, wanted):
    code = "import { db } from './client'\nexport async function f(x) { await db.from('orders').insert({ id: x }) }"
    (write,) = resolved({"client.ts": client, "a.ts": code}).writes
    assert write.client == wanted


def test_a_function_that_makes_the_client_says_whose_rights_it_has():
    maker = "export function make() { return createClient(url, Deno.env.get('SERVICE_ROLE_KEY')) }"
    code = """
        import { make } from './client'
        export async function f(x) { const db = make(); await db.from('orders').insert({ id: x }) }
    """
    (write,) = resolved({"client.ts": maker, "a.ts": code}).writes
    assert write.client == "service"


def test_a_constant_names_the_table():
    code = """
        import { TABLES } from './tables'
        export async function f(x) { await db.from(TABLES.orders).insert({ id: x }) }
    """
    (write,) = resolved({"tables.ts": "export const TABLES = { orders: 'orders' }", "a.ts": code}).writes
    assert write.entity == "orders"


def test_a_table_object_names_the_columns():
    table = "export const orders = pgTable('orders', { amount: integer('total_cents') })"
    code = """
        import { orders } from './schema'
        export async function f(x) { await db.insert(orders).values({ amount: x }) }
    """
    (write,) = resolved({"schema.ts": table, "a.ts": code}).writes
    assert (write.entity, dict(write.columns)) == ("orders", {"total_cents": None})


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("db.schema('billing').from('orders')", "billing.orders"),
        ("db.schema('public').from('orders')", "orders"),
        ("db.schema('archive').from('customers')", "customers"),
        ("db.schema(name).from('orders')", "orders"),
        ("db.schema('billing').from('customers')", "billing.customers"),
    ],
)
def test_a_client_names_the_schema_of_a_table(call, wanted):
    more = "create table billing.orders (id bigint primary key, cents integer);"
    code = f"export async function f(db, x, name) {{ await {call}.insert({{ id: x }}) }}"
    (write,) = resolved({"2.sql": more, "a.ts": code}).writes
    assert write.entity == wanted


def test_a_client_names_the_schema_of_a_routine():
    code = "export async function f(db) { await db.schema('billing').rpc('close', { month: 3 }) }"
    (access,) = languages.read("typescript", "a.ts", code.encode()).accesses
    assert access.target == "billing.close"


def test_an_embedded_row_is_of_its_own_table():
    code = """
        export async function f(id) {
          const { data: order } = await db.from('orders').select('id, customers(state)').eq('id', id).single()
          if (order.customers.state === 'banned') throw new Error('x')
        }
    """
    words = {(str(word.subject), word.word) for word in resolved({"a.ts": code}).words}
    assert words == {("customers.state", "banned")}


@pytest.mark.parametrize("address", ["/api/orders", "${BASE}/orders", "${BASE}/api/orders"])
def test_a_request_meets_its_handler(address):
    route = (
        "export async function POST(req) { const b = await req.json(); await db.from('orders').insert({ id: b.id }) }"
    )
    request = f"fetch(`{address}`, {{ method: 'POST', body: JSON.stringify({{ id: x }}) }})"
    code = f"export async function f(x) {{ await {request} }}"
    found = resolved({"app/api/orders/route.ts": route, "a.ts": code})
    assert ("a.ts:f", "invokes") in {(edge.source, edge.kind) for edge in found.edges}
    (write,) = found.writes
    assert (write.entrance, write.given) == ("POST /api/orders", ("id",))
