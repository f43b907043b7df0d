"""What the branches of TypeScript and JavaScript refuse, and what they only ask."""

import pytest
from reading import facts, statements

from archlint.model.expression import Operation


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("if (a <= 0 || a > 5000) throw new Error('x')", ["not((a@1 <= 0))", "not((5000 < a@1))"]),
        ("if (!(a > 0 && a <= 5000)) throw new Error('x')", ["((0 < a@1) and (a@1 <= 5000))"]),
        ("if (a.length < 8) return res.status(400).json({ error: 'x' })", ["not((length(a@1) < 8))"]),
        ("if (a > 5) return new Response('no', { status: 422 })", ["not((5 < a@1))"]),
        ("if (a > 5) return NextResponse.json({}, { status: 400 })", ["not((5 < a@1))"]),
        ("if (a > 5) return { success: false, message: 'x' }", ["not((5 < a@1))"]),
        ("if (!a?.trim()) return badRequest('x')", ["trim(a@1)"]),
        ("if (!['draft', 'paid'].includes(a)) throw new Error('x')", ['(a@1 in ["draft", "paid"])']),
        ("if (!/^[a-z]+$/.test(a)) throw new Error('x')", ["(a@1 matches /^[a-z]+$/ javascript)"]),
        ("if (a > 5) { errors.a = 'x' }", ["not((5 < a@1))"]),
        ("if (a > 5) { errors.push('x') }", ["not((5 < a@1))"]),
        ("if (a > 5) ctx.addIssue({ code: 'custom' })", ["not((5 < a@1))"]),
        ("if (a <= 5) { save(a) } else { throw new Error('x') }", ["(a@1 <= 5)"]),
    ],
)
def test_a_refusal_is_a_requirement(text, wanted):
    found = statements(f"function f(a, res, ctx, errors) {{ {text} }}", "require")
    assert found == [f"require | {condition}" for condition in wanted]


def test_a_message_with_a_return_behind_it_refuses_softly():
    (found,) = [
        item
        for item in facts("function f(a) { if (a > 5) { toast.error('Too much'); return } }").statements
        if item.kind == "require"
    ]
    assert (found.strength, found.message) == ("soft", "Too much")
    assert facts("function f(a) { if (a > 5) { toast.error('Too much') } }").statements[0].kind == "compare"


@pytest.mark.parametrize(
    "text",
    [
        "const { error } = await g(a); if (error) throw error",
        "if (response.status !== 200) throw new Error('x')",
        "if (loading) throw new Error('x')",
        "try { g() } catch (e) { if (e.code === '23505') throw new Error('x') }",
        "if (a > 5) console.error('x')",
        "if (a > 5) setError(null)",
    ],
)
def test_the_machinery_states_no_rule(text):
    assert statements(f"async function f(a, response, loading) {{ {text} }}", "require") == []


def test_an_enclosing_condition_is_a_guard_and_a_presence_is_none():
    text = "function f(u) { if (u.kind === 'card') { if (u.amount > 5) throw new Error('x') } }"
    assert statements(text, "require") == ['require | not((5 < u@1.amount)) | where ("card" = u@1.kind)']
    text = "function f(u) { if (u.amount) { if (u.amount > 5) throw new Error('x') } }"
    assert statements(text, "require") == ["require | not((5 < u@1.amount))"]


def test_a_switch_that_refuses_the_rest_lists_a_domain():
    text = "function f(o) { switch (o.kind) { case 'a': case 'b': return 1; default: throw new Error('x') } }"
    assert statements(text, "require") == ['require | (o@1.kind in ["a", "b"])']


def test_a_validator_answers_with_a_text_where_something_is_wrong():
    text = "function v(p) { if (p.length < 8) return 'Too short for us'; return null }"
    assert statements(text, "require") == ["require | not((length(p@1) < 8))"]
    assert statements("function label(p) { if (p > 8) return 'Large'; return 'Small' }", "require") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("const fee = a.fee ?? 3.5", ["default | a@1.fee | = 3.5"]),
        ("const fee = Number(a.fee) || 367", ["default | a@1.fee | = 367"]),
        ("const port = process.env.FEE || '3'", ['default | environment("FEE") | = "3"']),
        ("const days = read(a)('MOST_DAYS', 14)", []),
        ("const days = wanted('MOST_DAYS', 14)", ['default | environment("MOST_DAYS") | = 14']),
        # Nobody wants the answer: a store is told something.
        ("commit('SET_READY', 14)", []),
        ("const { fee = 2 } = a", ["default | fee@1.1 | = 2"]),
        ("const name = a.name ?? ''", []),
    ],
)
def test_a_fallback_is_a_default(text, wanted):
    assert statements(f"import {{ wanted, commit }} from 'b'; function f(a) {{ {text} }}", "default") == wanted


def test_a_number_forced_between_two_is_a_clamp():
    assert statements("const f = (a) => Math.max(0, Math.min(90, a))", "clamp") == [
        "clamp | a@1 | ((0 <= a@1) and (a@1 <= 90))"
    ]


def test_returned_literals_classify():
    text = "function g(n) { if (n >= 90) return 'A'; if (n >= 80) return 'B'; return 'C' }"
    assert statements(text, "classify") == ['classify | g@0 | (90 <= n@1) -> "A" | (80 <= n@1) -> "B" | true -> "C"']
    text = "const g = (n) => n >= 90 ? 'A' : 'B'"
    assert statements(text, "classify") == ['classify | g@0 | (90 <= n@1) -> "A" | true -> "B"']


def test_a_map_of_lists_of_its_own_keys_is_a_flow_of_states():
    assert statements("const F = { draft: ['paid'], paid: ['sent'], sent: [] }", "transition") == [
        "transition | F@0 | draft -> paid | paid -> sent"
    ]
    assert statements("const F = { fruit: ['apple'], nuts: ['almond'] }", "transition") == []


def test_unions_enums_and_lists_are_domains():
    text = """
        type A = 'a' | 'b' | null
        enum B { X = 'x', Y = 'y' }
        const LIST = ['m', 'n'] as const
        type C = (typeof LIST)[number]
        interface D { kind: 'p' | 'q'; size: number }
    """
    assert statements(text, "values") == [
        'values | A@0 | ["a", "b"]',
        'values | B@0 | ["x", "y"]',
        "values | C@0 | LIST@0",
        'values | D@0.kind | ["p", "q"]',
    ]


def test_a_syntax_error_costs_only_its_own_piece():
    found = facts("""\
        function f(a) { if (a > 5) throw new Error('x') }
        const = ;
        function g(b) { if (b > 6) throw new Error('x') }
    """)
    assert [item.text for item in found.statements] == ["a > 5", "b > 6"]
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (2, "a piece of code is not read (syntax error)")
    ]


def test_an_ampersand_between_tags_is_text():
    code = """
        export const Links = () => <p>
          <b>Terms & Conditions</b>
          <i>Check-in & Check-out</i>
        </p>
    """
    assert facts(code, "src/Links.tsx").problems == ()
    (problem,) = facts(code.replace("Terms &", "{&}"), "src/Links.tsx").problems
    assert problem.line == 3


def test_an_ampersand_in_an_attribute_is_text():
    code = """
        export const Photo = ({ size }) => <img src="https://photos.example/a?q=80&w=1974&fit=crop" max={size & 7} />
    """
    assert facts(code, "src/Photo.tsx").problems == ()


@pytest.mark.parametrize("path", ["src/Links.tsx", "src/Links.jsx"])
def test_several_ampersands_in_one_text_cost_nothing_around_them(path):
    code = """
        export function Order({ order }) {
          const mask = order.flags & 4;
          if (order.total < 1 && mask) throw new Error("nothing");
          return <p>Terms & conditions & more, R &D &amp; fees {order.total > 9 && <b>Q & A</b>} a & b & c</p>
        }
        export const check = (order) => { if (order.total > 5) throw new Error("too much"); };
    """
    found = facts(code, path)
    assert found.problems == ()
    assert not any(isinstance(item.value, Operation) for item in found.bindings if item.target.name.startswith("mask"))
    assert [item.text for item in found.statements if item.kind == "require"] == [
        "order.total < 1 && mask", "order.total > 5",
    ]  # fmt: skip


def test_what_was_not_closed_is_told_where_it_breaks_off_and_not_where_it_spoils_the_file():
    problems = facts("export function hide(id) {\n  run({ hidden: true ).eq('id', id\n}\n").problems
    assert [problem.line for problem in problems] == [2]


def test_what_is_computed_under_a_key_is_stated_as_under_a_name():
    text = """
        function save(order) {
          insert('orders', { total: order.net * 1.2, note: order.note, lines: [{ charge: order.net * 0.03 }] })
        }
    """
    said = statements(text, "derive")
    assert [line.split("@")[0] for line in said] == ["derive | total", "derive | charge"]
    assert all("*" in line for line in said)


def test_the_size_of_what_is_drawn_is_no_computation_of_the_business():
    assert statements("const A = ({ width }) => <b style={{ left: width * 2 }} />", "derive", path="src/a.tsx") == []


def test_a_switch_over_true_tries_its_cases_as_conditions():
    text = """
    const rank = (points) => {
      switch (true) {
        case points >= 100: return 'gold';
        case points >= 50 && points < 100: return 'silver';
        default: return 'bronze';
      }
    };
    """
    (line,) = statements(text, "classify")
    assert line.startswith(
        'classify | rank@0 | (100 <= points@1) -> "gold" | ((50 <= points@1) and (points@1 < 100)) ->'
    )


FALLBACKS = """
const LEAST = 2;
const DEFAULT_DAYS = 14;
export function days(raw) {
  const n = Math.round(raw.days);
  if (!Number.isInteger(n) || n < LEAST || n > 90) return DEFAULT_DAYS;
  return n;
}
export function hours(n) {
  if (n < 1) return 1;
  if (n > 24) { return 24; }
  return settled(n);
}
export function limit(raw) {
  let most = 5;
  const asked = Number(raw.most);
  if (asked >= 1 && asked <= 50) most = asked;
  return most;
}
"""


def test_what_lies_outside_of_a_range_is_replaced():
    assert statements(FALLBACKS, "clamp") == [
        "clamp | n@1.1 | not((n@1.1 < LEAST@0))",
        "clamp | n@1.1 | not((90 < n@1.1))",
        "clamp | n@2 | not((n@2 < 1))",
        "clamp | n@2 | not((24 < n@2))",
        "clamp | asked@3.4 | ((1 <= asked@3.4) and (asked@3.4 <= 50))",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "function f(n) { if (n > 9) return 'many'; return n; }",
        "function f(n, m) { if (m > 9) return 0; return n; }",
        "function f(n, m) { if (n > m) return 0; return n; }",
        "function f(n) { if (n > 9) return next(n); return n; }",
        "function f(n) { if (n > 9) return 9; return n * 2; }",
        "function f(n) { let m = 1; if (n > 9) m = 3; return m; }",
    ],
)
def test_a_branch_that_decides_something_else_is_no_range(text):
    assert statements(text, "clamp") == []


def test_a_rounded_value_is_held_to_its_limits():
    assert statements("const n = Math.min(50, Math.round(input));", "clamp") == ["clamp | input@0 | (input@0 <= 50)"]
