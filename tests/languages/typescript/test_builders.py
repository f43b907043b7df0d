"""What query builders and object-relational mappers are asked to do."""

import pytest
from accesses import accesses, bound
from reading import facts, statements

from archlint.model.expression import Text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("knex('orders').insert({ a: x })", "insert orders | writes {a: x@0}"),
        (
            "trx('orders').where({ id }).andWhere('total', '>', 5).update({ status: 'paid' })",
            'update orders | writes {status: "paid"} | where (($row.id = id@0) and (5 < $row.total))',
        ),
        ("knex('orders').where('id', 1).del()", "delete orders | where ($row.id = 1)"),
        (
            "db('orders').whereIn('status', ['a', 'b']).first('total')",
            'select orders | where ($row.status in ["a", "b"]) | reads total',
        ),
        ("knex('orders').where('user_id', u).count('* as n')", "select orders | where ($row.user_id = u@0) | count"),
        (
            "db.insertInto('orders').values({ a: 1 }).execute()",
            "insert orders | writes {a: 1}",
        ),
        (
            "db.updateTable('orders').set({ a: 1 }).where('id', '=', x).execute()",
            "update orders | writes {a: 1} | where ($row.id = x@0)",
        ),
        (
            "db.selectFrom('orders').select(['a']).where('b', 'is', null)",
            "select orders | where is null($row.b) | reads a",
        ),
        ("db.insert(orders).values({ a: 1 })", "insert orders@0 | writes {a: 1}"),
        (
            "db.update(orders).set({ a: 1 }).where(and(eq(orders.id, x), gt(orders.total, 5)))",
            "update orders@0 | writes {a: 1} | where ((5 < orders@0.total) and (orders@0.id = x@0))",
        ),
        ("db.delete(orders).where(eq(orders.id, x))", "delete orders@0 | where (orders@0.id = x@0)"),
        ("db.select().from(orders).where(eq(orders.id, x))", "select orders@0 | where (orders@0.id = x@0)"),
        ("db.query.orders.findFirst({ where: eq(orders.id, x) })", "select orders | where (orders@0.id = x@0)"),
        ("prisma.order.create({ data: { a: x } })", "insert order | writes {a: x@0}"),
        ("prisma.order.create({ data: { payer: { connect: { id: p } } } })", "insert order | writes {payerId: p@0}"),
        ("prisma.order.create({ data: { payer: { connect: { mail: m } } } })", "insert order | writes {: m@0}"),
        (
            "tx.order.update({ where: { id }, data: { total: { increment: 5 }, note: { set: n } } })",
            "update order | writes {note: n@0, total: (5 + table:order.total)} | where ($row.id = id@0)",
        ),
        (
            "prisma.order.findMany({ where: { status: { in: ['a'] }, OR: [{ a: 1 }, { b: 2 }] } })",
            'select order | where (($row.status in ["a"]) and (($row.a = 1) or ($row.b = 2)))',
        ),
        ("prisma.order.deleteMany({ where: { id } })", "delete order | where ($row.id = id@0)"),
        ("getRepository(Order).save({ a: 1 })", "upsert Order@0 | writes {a: 1}"),
        ("dataSource.getRepository(Order).findOneBy({ id })", "select Order@0 | where ($row.id = id@0)"),
        ("manager.update(Order, id, { a: 1 })", "update Order@0 | writes {a: 1} | where ($row.id = id@0)"),
    ],
)
def test_a_call_is_an_access(text, wanted):
    assert accesses(f"await {text}") == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "$('orders').first()",
        "screen.getBy('x').first()",
        "cache.delete(key)",
        "new Set().delete(3)",
        "form.update(values)",
        "users.find(user => user.id === id)",
        "service.order.create(order)",
        "events.insert(event)",
    ],
)
def test_what_only_looks_like_it_is_none(text):
    assert accesses(text) == []


def test_an_upsert_inserts_one_thing_and_updates_another():
    text = "prisma.order.upsert({ where: { id }, create: { a: 1 }, update: { a: 2 } })"
    assert accesses(text) == [
        "insert order | writes {a: 1} | where ($row.id = id@0)",
        "update order | writes {a: 2} | where ($row.id = id@0)",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("const n = await prisma.order.count({ where: { userId } })", "n"),
        ("const [{ n }] = await knex('orders').where({ user_id }).count('* as n')", "n"),
        ("const [{ n }] = await db.select({ n: count() }).from(orders)", "n"),
    ],
)
def test_a_number_of_rows_is_a_count(text, name):
    assert bound(text, name) == ["count(row#0)"]


DRIZZLE = """
    export const stage = pgEnum('order_stage', ['open', 'paid'])
    export const orders = pgTable('orders', {
      total: integer('total_cents').notNull().default(0),
      kind: text('kind', { enum: ['a', 'b'] }),
      stage: stage('stage'),
      code: varchar('code', { length: 20 }),
    }, (t) => ({ positive: check('positive', sql`${t.total} > 0`) }))
"""


def test_a_table_object_names_its_columns():
    (use,) = facts(DRIZZLE).tables
    assert (use.name, use.table) == ("orders@0", "orders")
    assert use.fields == (("total", "total_cents"), ("kind", "kind"), ("stage", "stage"), ("code", "code"))


def test_a_table_object_says_what_its_columns_hold():
    assert statements(DRIZZLE, "values", "require", "default") == [
        'values | type:order_stage | ["open", "paid"]',
        "default | table:orders.total_cents | = 0",
        'values | table:orders.kind | ["a", "b"]',
        "require | (length(table:orders.code) <= 20)",
        "require | (0 < table:orders.total_cents)",
    ]


ENTITY = """
    @Entity('shipments')
    export class Shipment {
      @Column({ name: 'weight_g', length: 5 }) weight: string
      @Column({ default: 'new' }) status: string
    }
    export class Shipping {
      constructor(@InjectRepository(Shipment) private readonly shipments: Repository<Shipment>) {}
      move(id: string, to: string) { return this.shipments.update(id, { status: to }) }
    }
"""


def test_an_entity_class_is_a_table():
    (use,) = facts(ENTITY).tables
    assert (use.table, use.fields) == ("shipments", (("weight", "weight_g"), ("status", "status")))
    assert "require | (length(table:shipments.weight_g) <= 5)" in statements(ENTITY, "require")
    (default,) = [item for item in facts(ENTITY).statements if item.kind == "default"]
    assert default.value == Text("new")


def test_an_injected_repository_holds_its_entity():
    (line,) = accesses(ENTITY)
    assert line.startswith("update Shipment@0 | writes {status: to@")


def columns(text, name):
    (change,) = [item for item in facts(text).changes if item.table == name]
    return [(item.name, item.type, item.required, item.default is not None, item.identity) for item in change.columns]


def test_a_table_of_drizzle_is_a_table_of_the_schema():
    text = """
    export const kites = pgTable('kites', {
      id: serial('id').primaryKey(),
      span: integer('span_cm').notNull(),
      name: varchar('name', { length: 40 }).notNull().default('new'),
      made: timestamp('made').defaultNow(),
      ...stamps,
    });
    """
    assert columns(text, "kites") == [
        ("id", "integer", True, False, True),
        ("span_cm", "integer", True, False, False),
        ("name", "varchar", True, True, False),
        ("made", "timestamp", False, True, False),
    ]
    assert [item.to for item in facts(text).changes] == ["?"]


def test_an_entity_class_is_a_table_of_the_schema():
    text = """
    @Entity('kites')
    export class Kite extends BaseEntity {
      @PrimaryGeneratedColumn() id: number;
      @Column({ type: 'varchar', length: 40 }) name: string;
      @Column({ nullable: true }) span: number;
      @Column({ default: 3 }) tails: number;
      @CreateDateColumn() made: Date;
      plain: string;
    }
    """
    assert columns(text, "kites") == [
        ("id", "integer", True, False, True),
        ("name", "varchar", True, False, False),
        ("span", "integer", False, False, False),
        ("tails", "integer", True, True, False),
        ("made", "timestamp", True, True, False),
    ]
    assert [item.to for item in facts(text).changes] == [""]


def test_relations_and_parents_may_add_columns_of_their_own():
    text = "@Entity('a')\nexport class A extends Base { @Column() x: string }\n"
    assert [item.to for item in facts(text).changes] == ["?"]
    text = "@Entity('a')\nexport class A { @Column() x: string; @ManyToOne(() => B) b: B }\n"
    assert [item.to for item in facts(text).changes] == ["?"]
