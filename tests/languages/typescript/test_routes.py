"""Where requests come in, what they bring, and who is asked before."""

import pytest
from accesses import accesses, bound, handlers
from reading import facts, statements


@pytest.mark.parametrize(
    ("path", "text", "route"),
    [
        ("app/api/orders/route.ts", "export async function POST(request) {}", "POST /api/orders"),
        ("src/app/(shop)/api/orders/[id]/route.ts", "export const PATCH = async (req) => {}", "PATCH /api/orders/[id]"),
        ("app/api/x/route.ts", "export const GET = withAuth(async (req) => {})", "GET /api/x"),
        ("pages/api/orders/index.ts", "export default async function handler(req, res) {}", "ALL /api/orders"),
        ("src/routes/api/x/+server.ts", "export async function POST({ request }) {}", "POST /api/x"),
        ("supabase/functions/pay/index.ts", "Deno.serve(async (req) => {})", "function pay"),
        ("supabase/functions/pay/index.ts", "serve(handler)\nasync function handler(req) {}", "function pay"),
        ("server/api/orders.post.ts", "export default defineEventHandler(async (event) => {})", "POST /api/orders"),
        ("netlify/functions/pay.ts", "export const handler = async (event) => {}", "ALL /.netlify/functions/pay"),
        ("src/a.ts", "router.post('/orders', async (req, res) => {})", "POST /orders"),
        ("src/a.ts", "router.route('/orders').put(create)", "PUT /orders"),
        ("src/a.ts", "new Hono().delete('/orders/:id', async (c) => {})", "DELETE /orders/:id"),
        ("src/a.ts", "app.get('/orders', asyncHandler(controller.list))", "GET /orders"),
    ],
)
def test_a_handler_has_a_route(path, text, route):
    assert [item[1] for item in handlers(text, path)] == [route]


def test_controllers_have_routes_and_bodies():
    text = """
        @Controller('orders') @UseGuards(JwtAuthGuard)
        export class Orders {
          @Post(':id/pay') @Roles('admin') pay(@Param('id') id: string, @Body() dto: PayDto) {}
          helper(dto: PayDto) {}
        }
    """
    (handler,) = [item for item in facts(text).functions if item.role == "handler"]
    assert (handler.route, handler.body) == ("POST /orders/:id/pay", handler.parameters[1])
    assert statements(text, "authorize") == ["authorize | current user()", 'authorize | ("admin" = current role())']


def test_server_actions_are_handlers():
    text = "'use server'\nexport async function save(form: FormData) { const total = form.get('total') }"
    assert handlers(text, "app/actions.ts") == [("save", "")]
    assert bound(text, "total") == ["form@1.total"]
    assert handlers("export async function save(form) { 'use server'; go(form) }", "app/page.ts") == [("save", "")]
    assert handlers("export async function save(form) { go(form) }", "app/page.ts") == []


@pytest.mark.parametrize(
    "body",
    [
        "const x = await req.json()",
        "const x = await req.formData()",
        "const x = JSON.parse(await req.text())",
    ],
)
def test_what_a_request_brings_is_its_body(body):
    text = f"export async function POST(req) {{ {body} }}"
    assert bound(text, "x", "app/api/o/route.ts") == ["_body@1"]
    (handler,) = facts(text, "app/api/o/route.ts").functions
    assert handler.body == "_body@1"


def test_a_router_hands_its_body_to_the_handler():
    text = "router.post('/o', validate(schema), async (req, res) => { const { a } = req.body })"
    assert bound(text, "_body", "src/a.ts") == ["validated(schema@0, _body@1)", "_body@1"]
    targets = [item.target for item in facts(text).bindings]
    assert [target.path for target in targets if target.name.startswith("req@")] == [("body",)]


def test_the_answer_of_another_service_is_no_body():
    text = "export async function POST(req) { const res = await fetch('/api/x'); const x = await res.json() }"
    assert bound(text, "x", "app/api/o/route.ts") == ["row#0"]


def test_middleware_stands_before_its_handler():
    text = "router.post('/o', requireAuth, requireRole('manager'), async (req, res) => { prisma.order.deleteMany() })"
    assert statements(text, "authorize") == ["authorize | current user()", 'authorize | ("manager" = current role())']
    found = facts(text)
    (guard, _) = [item for item in found.statements if item.kind == "authorize"]
    inner = next(item for item in found.functions if item.scope == found.accesses[0].scope)
    assert inner.parent == guard.scope


def test_a_wrapper_asks_for_its_roles():
    text = "export const POST = withRole(['admin', 'clerk'], async (req) => {})"
    assert statements(text, "authorize", path="app/api/o/route.ts") == [
        'authorize | (("admin" = current role()) or ("clerk" = current role()))'
    ]


def test_procedures_know_their_callers_and_their_input():
    text = "export const r = router({ save: adminProcedure.input(schema).mutation(async ({ input }) => {}) })"
    assert statements(text, "authorize") == ['authorize | ("admin" = current role())']
    assert handlers(text, "src/a.ts") == [("procedure", "")]


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (
            "fetch(`/api/orders/${id}`, { method: 'PATCH', body: JSON.stringify({ a: 5 }) })",
            "http PATCH /api/orders/${id} | writes {a: 5}",
        ),
        ("axios.post('/api/orders', { a: 3 })", "http POST /api/orders | writes {a: 3}"),
        ("api.delete(`/orders/${id}`)", "http DELETE /orders/${id}"),
        ("$fetch('/api/x', { method: 'POST', body: { a } })", "http POST /api/x | writes {a: a@0}"),
        ("fetch(`${BASE}/functions/v1/pay`, { method: 'POST' })", "http POST ${BASE}/functions/v1/pay"),
        ("ky.post('/x', { json: { a: 1 } })", "http POST /x | writes {a: 1}"),
    ],
)
def test_a_request_goes_to_a_route(call, wanted):
    assert accesses(f"await {call}") == [wanted]


@pytest.mark.parametrize(
    "text", ["map.get('a')", "fetch(url)", "app.get('port')", "cookies().get('a')", "api.get(key)"]
)
def test_what_names_no_address_is_no_request(text):
    assert accesses(text) == []


def test_the_answer_of_a_request_is_its_row():
    text = "const x = await fetch('/api/x').then((r) => r.json())"
    (name,) = bound(text, "x")
    assert name.startswith("r@")
    assert bound(text, "r") == ["row#0"]


@pytest.mark.parametrize(
    ("text", "mounts"),
    [
        ("const a = require('./a');\napp.use('/boats', auth, a);", [("/boats", "a@0")]),
        ("app.use('/boats', require('./a'));", [("/boats", "_mounted0@0")]),
        ("import { api } from './api';\napp.route('/v1', api);", [("/v1", "api@0")]),
        ("app.use(cors());\napp.use('/x', (req, res) => {});\napp.use('/files', express.static('public'));", []),
    ],
)
def test_a_router_of_another_file_is_put_under_an_address(text, mounts):
    assert [(prefix, router.name) for prefix, router in facts(text).mounts] == mounts
