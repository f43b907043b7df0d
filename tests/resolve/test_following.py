"""Rules whose subject is found by following values: through classes, types, schemas, maps, names and time."""

import pytest
from scenes import resolved, sites

from archlint.model.rule import Kind

ORDERS = (
    "create table orders (id bigint, amount integer, status text, due timestamptz, fee numeric, day date, back date);"
)
WRITE = "await supabase.from('orders')"


def test_a_method_is_followed_through_what_is_injected_and_what_is_declared():
    service = f"""
        export class OrderService {{
          async create(amount: number) {{ {WRITE}.insert({{ amount }}) }}
        }}
    """
    for member in ("private readonly orders = inject(OrderService)", "constructor(private orders: OrderService) {}"):
        page = f"""
            import {{ OrderService }} from './orders'
            class Page {{
              {member}
              async save(n: number) {{ if (n > 7) throw new Error('x'); await this.orders.create(n) }}
            }}
        """
        assert sites({"1.sql": ORDERS, "orders.ts": service, "a.ts": page}) == ["orders.amount bound value <= 7"]


def test_what_a_hook_gives_back_is_called_by_another_name():
    hook = f"""
        export function useOrders() {{
          const save = async (amount: number) => {{ {WRITE}.insert({{ amount }}) }}
          return {{ save }}
        }}
    """
    page = """
        import { useOrders } from './hook'
        export function Page() {
          const { save } = useOrders()
          const submit = (n: number) => { if (n > 7) throw new Error('x'); save(n) }
        }
    """
    assert sites({"1.sql": ORDERS, "hook.ts": hook, "a.ts": page}) == ["orders.amount bound value <= 7"]


def test_what_strangers_functions_give_back_is_not_one_value():
    first = f"""
        import {{ ref }} from 'vue'
        const form = ref(null)
        export async function save() {{ {WRITE}.insert({{ amount: form.value.amount }}) }}
    """
    other = """
        import { ref } from 'vue'
        const search = ref(null)
        export function find() { if (search.value.amount > 9) throw new Error('x') }
    """
    assert sites({"1.sql": ORDERS, "first.ts": first, "a.ts": other}) == []


def test_an_object_whose_members_change_is_no_constant():
    code = f"""
        const form = {{ amount: 3 }}
        export async function save(n: number) {{
          form.amount = 5
          if (form.amount > n) throw new Error('x')
          {WRITE}.insert({{ amount: form.amount }})
        }}
    """
    assert "3" not in " ".join(sites({"1.sql": ORDERS, "a.ts": code}))


def test_a_schema_is_about_the_rows_that_it_is_applied_to():
    code = """
        const row = z.object({ status: z.enum(['new', 'paid']) })
        export async function load() {
          const { data } = await supabase.from('orders').select('status')
          return z.array(row).parse(data)
        }
    """
    (site,) = [site for site in resolved({"1.sql": ORDERS, "a.ts": code}).sites if site.kind == "domain"]
    assert (str(site.subject), site.stored) == ("orders.status", False)


def test_a_type_is_about_the_values_that_are_of_it():
    code = """
        interface Order { status: 'new' | 'paid' }
        export async function load() {
          const { data } = await supabase.from('orders').select('status').single()
          return data as Order
        }
    """
    (site,) = [site for site in resolved({"1.sql": ORDERS, "a.ts": code}).sites if site.kind == "domain"]
    assert str(site.subject) == "orders.status"


def test_a_limit_that_is_looked_up_is_one_limit_for_each_word():
    code = f"""
        const LIMIT = {{ new: 3, paid: 9 }}
        export async function save(status: string, amount: number) {{
          if (amount > LIMIT[status]) throw new Error('x')
          {WRITE}.insert({{ status, amount }})
        }}
    """
    assert sites({"1.sql": ORDERS, "a.ts": code}) == [
        'orders.amount bound value <= 3 [("new" = orders.status)]',
        'orders.amount bound value <= 9 [("paid" = orders.status)]',
    ]


def test_a_number_added_to_a_date_is_days():
    table = "create table stays (day date, back date, check (back >= day + 2));"
    code = """
        export async function save(day: string, back: string) {
          if (differenceInDays(parseISO(back), parseISO(day)) < 2) throw new Error('x')
          await supabase.from('stays').insert({ day, back })
        }
    """
    assert sites({"1.sql": table, "a.ts": code}) == ["stays.back, day comparison back >= day + 2 days"]
    assert sites({"1.sql": table, "a.ts": code}, "1.sql") == ["stays.back, day comparison back >= day + 2 days"]


def test_a_time_that_is_written_says_how_long_something_lasts():
    table = "create table links (due timestamptz default now() + interval '15 minutes');"
    code = """
        const MINUTES = 15
        export async function save() {
          await supabase.from('links').insert({ due: new Date(Date.now() + MINUTES * 60 * 1000).toISOString() })
        }
    """
    assert sites({"1.sql": table, "a.ts": code}, "1.sql") == ["links.due lifetime 900 seconds"]
    # Once where it is written, once where the number has its name.
    assert sites({"1.sql": table, "a.ts": code}) == ["links.due lifetime 900 seconds"] * 2


def test_a_value_held_to_a_computation_states_it():
    code = f"""
        export async function save(body: any) {{
          const expected = body.price * body.count + 5
          if (Math.abs(expected - body.amount) > 0.01) throw new Error('x')
          {WRITE}.insert({{ amount: body.amount }})
        }}
    """
    assert "orders.amount formula 5 + count*price" in sites({"1.sql": ORDERS, "a.ts": code})


def test_a_value_that_is_computed_anew_instead_of_stored_belongs_to_the_table_of_its_siblings():
    def code(written):
        return f"""
        export async function save(body: any) {{
          const expected = body.price * body.count + 5
          if (Math.abs(expected - body.amount) > 0.01) throw new Error('x')
          {WRITE}.insert({{ {written} }})
        }}
        """

    both = sites({"1.sql": ORDERS, "a.ts": code("count: body.count, amount: expected")}, "a.ts")
    assert both.count("orders.amount formula 5 + count*price") == 2
    # Without a sibling that is written, `amount` may be anything.
    alone = sites({"1.sql": ORDERS, "a.ts": code("amount: expected")}, "a.ts")
    assert alone.count("orders.amount formula 5 + count*price") == 1


def test_a_field_is_not_compared_with_itself():
    code = f"""
        function within(value: number, most: number) {{
          if (value > most) throw new Error('x')
        }}
        export async function save(body: any) {{
          within(body.amount, body.amount)
          {WRITE}.insert({{ amount: body.amount }})
        }}
    """
    kinds = {site.kind for site in resolved({"1.sql": ORDERS, "a.ts": code}).sites if site.path == "a.ts"}
    assert Kind.COMPARISON not in kinds
    old = """
        create function keep() returns trigger language plpgsql as $$ begin
          if new.amount < old.amount then raise exception 'x'; end if; return new;
        end $$;
        create trigger keep before update on orders for each row execute function keep();
    """
    assert [line for line in sites({"1.sql": ORDERS, "2.sql": old}, "2.sql") if "comparison" in line]


def test_a_name_that_repeats_two_odd_limits_is_believed():
    table = "create table users (username text check (length(username) >= 3 and length(username) <= 24));"
    alone = "export function check(username: string) { if (username.length > 24) throw new Error('x') }"
    both = """
        export function check(username: string) {
          if (username.length < 3 || username.length > 24) throw new Error('x')
        }
    """
    assert sites({"1.sql": table, "a.ts": alone}) == []
    assert sites({"1.sql": table, "a.ts": both}) == [
        "users.username length length >= 3",
        "users.username length length <= 24",
    ]


def test_what_stands_in_for_a_missing_value_is_another_thing():
    code = f"""
        export async function save(cost: number | null, price: number) {{
          if (price < 2) throw new Error('x')
          {WRITE}.insert({{ amount: price, fee: cost ?? price }})
        }}
    """
    assert sites({"1.sql": ORDERS, "a.ts": code}) == ["orders.amount bound value >= 2"]


def test_sets_of_words_bear_the_name_of_their_constant():
    code = """
        const OPEN: readonly string[] = ['new', 'late']
        const CLOSED = new Set(['paid', 'gone'])
        export async function find(row: any) {
          const { data } = await supabase.from('orders').select('status').in('status', OPEN)
          if (CLOSED.has(data.status)) console.log('x')
        }
    """
    found = resolved({"1.sql": ORDERS, "a.ts": code}).sites
    assert {(site.text, site.span.line) for site in found if site.kind == "words"} == {("OPEN", 2), ("CLOSED", 3)}


def test_a_class_of_a_library_does_not_tie_all_that_is_made_from_it():
    files = {
        "1.sql": "create table parcels (id bigint, label varchar(500)); create table shelves (label text);",
        "a.py": """
        from django import forms
        class ParcelForm(forms.Form):
            label = forms.CharField(max_length=500)
        class TopicForm(forms.Form):
            label = forms.CharField(max_length=60)
        """,
    }
    found = [str(site.subject) for site in resolved(files).sites if site.path == "a.py" and site.kind.value == "length"]
    assert found == ["parcels.label", "~topic.label"]


@pytest.mark.parametrize(
    ("table", "also", "told"),
    [
        ("loan_logs", "", False),
        ("loans", "", True),
        ("loan_logs", "await pool.query('update loan_logs set kind = $1', ['done']);", True),
    ],
)
def test_what_also_lands_in_a_log_is_no_rule_of_the_log(table, also, told):
    files = {
        "a.ts": f"""
            import {{ pool }} from './pool';
            async function record(kind: string) {{
              await pool.query('insert into {table} (kind) values ($1)', [kind]);
              {also}
            }}
            export async function lend(kind: string) {{
              if (kind.length > 12) throw new Error('long');
              await record(kind);
            }}
        """,
        "1.sql": f"create table {table} (id serial primary key, kind text not null);",
    }
    assert (f"{table}.kind length length <= 12" in sites(files)) == told
