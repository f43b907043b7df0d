"""Where requests come in in Python, what they bring, and who may send them."""

import pytest
import reading
from reading import told

from archlint.algebra import canonical


def facts(text):
    return reading.facts(text, "app/views.py")


def handlers(text):
    return [(item.name, item.route) for item in facts(text).functions if item.role == "handler"]


def asked(text):
    return [told(item).removeprefix("authorize | ") for item in facts(text).statements if item.kind == "authorize"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("@app.route('/jars')\ndef f(): pass", [("f", "GET /jars")]),
        ("@app.route('/jars/<int:key>', methods=['PUT'])\ndef f(key): pass", [("f", "PUT /jars/{key}")]),
        ("@app.route('/jars', methods=['PUT', 'POST'])\ndef f(): pass", [("f", "ALL /jars")]),
        (
            "r = APIRouter(prefix='/jars')\n@r.post('/{key:int}/open')\nasync def f(key): pass",
            [("f", "POST /jars/{key}/open")],
        ),
        ("b = Blueprint('b', __name__, url_prefix='/jars')\n@b.get('')\ndef f(): pass", [("f", "GET /jars")]),
        ("@app.get(path='/jars')\ndef f(): pass", [("f", "GET /jars")]),
        ("def lambda_handler(event, context): pass", [("lambda_handler", "")]),
        ("def handler(order): pass", []),
        ("def index(request): pass", [("index", "")]),
        ("class Jars(APIView):\n    def post(self, request): pass\n    def help(self): pass", [("Jars.post", "")]),
        ("class Jars(Shelf):\n    def post(self, letter): pass", []),
        ("@cache.get('/jars')\ndef f(): pass", [("f", "GET /jars")]),
        ("@task\ndef f(): pass", []),
    ],
)
def test_handlers(text, wanted):
    assert handlers(f"from fastapi import APIRouter\nfrom flask import Blueprint\n{text}\n") == wanted


def test_a_table_of_routes_leads_to_views():
    text = """
        from django.urls import path, re_path
        from . import views

        urlpatterns = [
            path("jars/<int:key>/", views.jar),
            re_path(r"^jars/(?P<key>[0-9]+)/open/$", views.Open.as_view()),
        ]
        router.register("shelves", views.Shelves)
    """
    found = facts(text)
    routes = {item.route for item in found.functions}
    assert {"ALL /jars/{key}", "POST /jars/{key}/open", "POST /shelves", "DELETE /shelves/{id}"} <= routes
    called = {canonical(item.callee) for item in found.invocations}
    assert {"views@0.jar", "views@0.Open.post", "views@0.Shelves.destroy"} <= called


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("@app.post('/x')\ndef f():\n    data = request.get_json()", "_body@1"),
        ("@app.post('/x')\ndef f():\n    data = request.json", "_body@1"),
        ("@app.post('/x')\nasync def f(request):\n    data = await request.json()", "_body@1"),
        ("def view(request):\n    data = request.POST", "_body@1"),
        ("def handler(event, context):\n    data = json.loads(event['body'] or '{}')", "event@1.body"),
        ("@app.post('/x')\ndef f(data: Jar): save(data)", ""),
        ("def helper(request):\n    data = request.json", "_body@1"),
    ],
)
def test_what_a_request_brings(text, wanted):
    found = facts(f"import json\nfrom flask import request\nfrom .jars import Jar\n{text}\n")
    bound = [canonical(item.value) for item in found.bindings if canonical(item.target) == "data@1"]
    assert [item for item in bound if item != "Jar@0"] == ([wanted] if wanted else [])
    assert found.functions[0].body == ("data@1" if not wanted else "_body@1")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("@app.get('/x')\n@login_required\ndef f(): pass", ["current user()"]),
        ("@app.get('/x')\n@jwt_required()\ndef f(): pass", ["current user()"]),
        ("@app.get('/x')\n@roles_required('clerk')\ndef f(): pass", ['("clerk" = current role())']),
        ("@app.get('/x')\n@admin_required\ndef f(): pass", ['("admin" = current role())']),
        ("@permission_required('jars.open')\ndef f(request): pass", ['permission("jars.open")']),
        ("@app.get('/x')\ndef f(user=Depends(get_current_user)): pass", ["current user()"]),
        ("@app.get('/x')\ndef f(user=Depends(require_admin)): pass", ['("admin" = current role())']),
        ("@app.get('/x', dependencies=[Depends(require_admin)])\ndef f(): pass", ['("admin" = current role())']),
        ("@app.get('/x')\ndef f(db=Depends(get_db)): pass", []),
        ("@app.get('/x')\n@cached\ndef f(): pass", []),
        ("def f(request):\n    if not request.user.is_staff: raise PermissionDenied()", ["$caller.is_staff"]),
        ("def f(jar):\n    if jar.owner_id != current_user.id: abort(403)",
         ["not((current user() != jar@1.owner_id))"]),
        ("def f(jar):\n    if g.user.role != 'clerk': abort(403)", ['not(("clerk" != $caller.role))']),
        ("def f(jar):\n    if jar.owner_id != session['user_id']: abort(403)",
         ["not((current user() != jar@1.owner_id))"]),
        ("def f(jar):\n    if jar.owner_id != get_jwt_identity(): abort(403)",
         ["not((current user() != jar@1.owner_id))"]),
        ("def f(jar):\n    if jar.owner != jar.guest: abort(403)", []),
    ],
)  # fmt: skip
def test_who_may(text, wanted):
    opening = "from flask import g, session\nfrom flask_login import current_user\nfrom fastapi import Depends\n"
    assert asked(opening + text + "\n") == wanted


def test_what_a_class_asks_it_asks_before_each_of_its_answers():
    text = """
        class Jars(LoginRequiredMixin, ModelViewSet):
            permission_classes = [IsAdminUser]

            def create(self, request):
                return save(request.data)
    """
    assert asked(text) == ["current user()", '("admin" = current role())']
    places = [(item.span.line, item.text) for item in facts(text).statements if item.kind == "authorize"]
    assert places == [(2, "LoginRequiredMixin"), (3, "permission_classes = [IsAdminUser]")]


def test_a_task_runs_later_with_the_same_arguments():
    text = "@shared_task\ndef send(jar): pass\n\ndef f(jar):\n    send.delay(jar)\n    send.apply_async((jar,))\n"
    assert [
        (canonical(item.callee), [canonical(each) for each in item.arguments]) for item in facts(text).invocations
    ] == [
        ("send@0", ["jar@2"]),
        ("send@0", ["jar@2"]),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("requests.post(f'{BASE}/jars/{key}', json=jar)", ("POST ${BASE}/jars/${key}", "jar@1")),
        ("httpx.get('https://x.example/jars/%s' % key)", ("GET https://x.example/jars/${key}", "")),
        ("client.put('/jars/{}'.format(key), data=jar)", ("PUT /jars/${key}", "jar@1")),
        ("cache.get('jars')", None),
        ("session.delete(jar)", None),
    ],
)
def test_requests_that_are_sent(text, wanted):
    found = facts(f"import requests, httpx\n\ndef f(jar, key):\n    answer = {text}\n").accesses
    sent = [(item.target, canonical(item.payload) if item.payload else "") for item in found if item.kind == "http"]
    assert sent == ([wanted] if wanted else [])
