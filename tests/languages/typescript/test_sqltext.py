"""SQL in texts and templates, and prose that only sounds like it."""

import pytest
from accesses import accesses, bound
from reading import facts


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "pool.query('INSERT INTO orders (user_id, total) VALUES ($1, $2)', [user, total])",
            "insert orders | writes {total: total@0, user_id: user@0}",
        ),
        (
            "conn.execute('UPDATE orders SET status = ? WHERE id = ?', ['paid', id])",
            'update orders | writes {status: "paid"} | where ($row.id = id@0)',
        ),
        (
            "sql`select o.status from public.orders o where o.id = ${id} and o.status in ('a', 'b')`",
            'select orders | where (($row.id = id@0) and ($row.status in ["a", "b"])) | reads status',
        ),
        ("sql`insert into orders ${sql(order)}`", "insert orders | writes order@0"),
        (
            "sql`update orders set stock = stock - ${n} where id = ${id}`",
            "update orders | writes {stock: (table:orders.stock - n@0)} | where ($row.id = id@0)",
        ),
        ("db.execute(sql`delete from orders where id = ${id}`)", "delete orders | where ($row.id = id@0)"),
        ("db.prepare('SELECT * FROM users WHERE id = ?').get(id)", "select users | where ($row.id = id@0)"),
        ("client.query('select pay_order($1, $2)', [a, b])", "rpc pay_order | writes [a@0, b@0]"),
        (
            "pool.query('insert into t (a) values ($1) on conflict (a) do update set a = 1', [x])",
            "upsert t | writes {a: x@0}",
        ),
        (
            "pool.query('select sum(total) from orders where day = any($1)', [days])",
            "select orders | where ($row.day in days@0) | sum total",
        ),
        (
            "pool.query('INSERT IGNORE INTO fees (code, cents) VALUES (?, ?)', [code, 250])",
            "insert fees | writes {cents: 250, code: code@0}",
        ),
        (
            "pool.query('INSERT INTO fees (code) VALUES (?) ON DUPLICATE KEY UPDATE cents = 250', [code])",
            "upsert fees | writes {code: code@0}",
        ),
        (
            "request.query('SELECT TOP 1 * FROM fees WHERE code = ?', [code])",
            "select fees | where ($row.code = code@0)",
        ),
    ],
)
def test_sql_is_an_access(text, wanted):
    found = facts(f"await {text}").accesses
    assert accesses(f"await {text}") == [wanted]
    assert found[0].library == "sql"


@pytest.mark.parametrize(
    "text",
    [
        "t.query('Select a date from the calendar')",
        "api.query('select a date from the calendar')",
        "show('Delete from the list')",
        "const label = 'Select one from the table'",
        "toast.error('Update your profile set your name')",
        "client.query('BEGIN')",
        "pool.query(`select ${columns} from`)",
        "html`select x from y`",
    ],
)
def test_what_is_no_sql_is_none(text):
    assert accesses(text) == []


def test_the_rows_have_the_names_that_the_query_gives_them():
    text = "const { rows } = await pool.query('select status, total as t from orders')"
    assert bound(text, "rows") == ["{status: row#0.status, t: row#0.total}"]


def test_a_counted_column_is_the_number_of_rows():
    text = "const [row] = await sql`select count(*)::int as n from orders`"
    assert bound(text, "row") == ["{n: count(row#0)}"]


def test_columns_of_a_joined_table_are_its_own():
    text = "sql`select o.id from orders o join users u on u.id = o.user_id where u.role = 'x' and o.total > 5`"
    assert accesses(text) == ['select orders | where (("x" = table:users.role) and (5 < $row.total)) | reads id']


def test_queries_that_a_statement_names_are_read_and_their_names_are_no_tables():
    text = (
        "const { rows } = await pool.query(`with made as (insert into orders (total) values ($1) returning *), "
        "free as (select id from places where taken = false) select made.id from made, free`, [total])"
    )
    assert accesses(text) == [
        "insert orders | writes {total: total@0}",
        "select places | where ($row.taken = false) | reads id",
    ]
    # What the statement gives is put together of both, so it is neither.
    assert bound(text, "rows") == ["`rows`"]
    assert accesses("sql`with a as (select id from orders) update places set taken = true where id = 1`") == [
        "select orders | reads id",
        "update places | writes {taken: true} | where ($row.id = 1)",
    ]
