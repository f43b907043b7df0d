"""Small repositories with a service in Python: what parts is told, and what only looks alike is left alone."""

import pytest

from archlint.pipeline import Options, scan

TABLES = """
create table jars (
  id serial primary key,
  owner_id uuid not null,
  volume_ml integer not null check (volume_ml between 100 and 2000),
  label text check (char_length(label) <= 40),
  stage text not null default 'boiled' check (stage in ('boiled', 'filled', 'sealed', 'opened')),
  price_cents integer not null check (price_cents > 0),
  shelf_days integer not null default 90
);
"""
PAGE = """
export async function fill(jar: { volumeMl: number; label: string }) {
  if (jar.volumeMl > 2000) throw new Error("That jar does not exist");
  await fetch("/jars", { method: "POST", body: JSON.stringify({ volume_ml: jar.volumeMl, label: jar.label }) });
}
"""
FLASK = "from flask import Blueprint, abort, jsonify, request\nbp = Blueprint('jars', __name__)\n\n"
STORE = """
def insert(db, volume_ml, label):
    db.execute("insert into jars (volume_ml, label) values (%s, %s)", (volume_ml, label))
"""


def found(tree, files, tables=TABLES):
    report = scan(
        tree({"db/001.sql": tables, "package.json": '{"dependencies": {"react": "18"}}'} | files),
        Options(jobs=1, cache=False),
    )
    assert not report.problems
    return {(item.code, item.subject) for item in report.findings if item.code not in ("AL101", "AL103", "AL210")}


HANDLER = (
    FLASK
    + """
from .store import insert

@bp.post("/jars")
def fill():
    data = request.get_json()
    {guard}
    insert(db, data["volume_ml"], label=data["label"])
    return jsonify(ok=True), 201
"""
)


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        ("if data['volume_ml'] > 2500: abort(422)", {("AL201", "jars.volume_ml")}),
        ("if data['volume_ml'] > 2000: abort(422)", set()),
        ("if not 100 <= data['volume_ml'] <= 2000: return {'ok': False, 'reason': 'size'}, 400", set()),
        ("if len(data['label']) > 60: return jsonify(error='too long'), 400", {("AL201", "jars.label")}),
        ("if len(data.get('label') or '') > 40: abort(400)", set()),
        # What is logged, sent on or meant for a machine is no rule.
        ("if data['volume_ml'] > 2500: logger.warning('large')", set()),
        ("if request.content_length > 2500: abort(413)", set()),
        ("if data['volume_ml'] > 2500: raise HTTPException(status_code=500)", set()),
        ("assert isinstance(data['volume_ml'], int)", set()),
        # A limit of another unit that is converted on the way is the same limit.
        ("if data['volume_ml'] / 1000 > 2: abort(422)", set()),
    ],
)
def test_a_guard_in_front_of_a_table(tree, guard, wanted):
    files = {"api/jars.py": HANDLER.format(guard=guard), "api/store.py": STORE, "web/src/fill.ts": PAGE}
    assert found(tree, files) == wanted


def test_a_page_that_is_stricter_than_its_service(tree):
    page = PAGE.replace("2000", "1500")
    handler = HANDLER.format(guard="if data['volume_ml'] > 2000: abort(422)")
    files = {"api/jars.py": handler, "api/store.py": STORE, "web/src/fill.ts": page}
    assert ("AL201", "jars.volume_ml") in found(tree, files)


STAGES = """
from enum import StrEnum

class Stage(StrEnum):
    BOILED = "boiled"
    FILLED = "filled"
    SEALED = "{word}"
    OPENED = "opened"
"""
SEAL = """
from .stages import Stage

def seal(db, jar_id):
    db.execute("update jars set stage = %s where id = %s", (Stage.SEALED.value, jar_id))
"""


@pytest.mark.parametrize(("word", "wanted"), [("sealed", set()), ("closed", {("AL204", "jars.stage")})])
def test_a_word_of_an_enumeration_is_written(tree, word, wanted):
    assert found(tree, {"api/stages.py": STAGES.format(word=word), "api/seal.py": SEAL}) == wanted


STEPS = """
from .stages import Stage

NEXT = {Stage.BOILED: [Stage.FILLED], Stage.FILLED: [Stage.SEALED], Stage.SEALED: [Stage.OPENED], Stage.OPENED: []}

def move(db, jar, stage):
    if stage not in NEXT[jar.stage]:
        raise ValueError("not from here")
    db.execute("update jars set stage = %s where id = %s", (stage, jar.id))
"""


def test_steps_between_members_of_an_imported_enumeration(tree):
    files = {"api/stages.py": STAGES.format(word="sealed"), "api/steps.py": STEPS, "db/001.sql": TABLES}
    report = scan(tree(files), Options(jobs=1, cache=False))
    (rule,) = [rule for rule in report.rules if rule.id == "jars.stage:transition"]
    assert [site.normal for site in rule.sites] == ["boiled → filled, filled → sealed, sealed → opened"]


def test_words_of_another_field_are_others(tree):
    other = "def check(tree):\n    if tree.stage not in ('seed', 'sapling'):\n        raise ValueError\n"
    assert found(tree, {"api/trees.py": other}) == set()


@pytest.mark.parametrize(
    ("fallback", "wanted"),
    [
        ("os.environ.get('SHELF_DAYS', '60')", {("AL209", "environment.SHELF_DAYS")}),
        ("os.getenv('SHELF_DAYS') or 90", set()),
        ("int(os.environ.get('SHELF_DAYS', 90))", set()),
        ("os.environ.get('SHELF_HOURS', '60')", set()),
        ("os.environ.get('SHELF_DAYS', '')", set()),
    ],
)
def test_two_fallbacks_of_one_setting(tree, fallback, wanted):
    first = "import os\nDAYS = int(os.environ.get('SHELF_DAYS', '90'))\n"
    assert found(tree, {"api/a.py": first, "jobs/b.py": f"import os\nSHELF = {fallback}\n"}) == wanted


PRICE = """
from decimal import Decimal

DEPOSIT = Decimal("0.25")

def price_cents(volume_ml, count):
    return {formula}
"""
SHOWN = """
export function priceCents(volumeMl: number, count: number) {{
  return {formula};
}}
"""


@pytest.mark.parametrize(
    ("python", "script", "parts"),
    [
        ("volume_ml * count * 3 + 25 * count", "volumeMl * count * 3 + 25 * count", False),
        ("volume_ml * count * 3 + 25 * count", "(volumeMl * 3 + 25) * count", False),
        ("volume_ml * count * 3 + 25 * count", "volumeMl * count * 3 + 20 * count", True),
        ("volume_ml * count * (1 + DEPOSIT)", "volumeMl * count * 1.25", False),
        ("volume_ml * count * (1 + DEPOSIT)", "volumeMl * count * 1.2", True),
    ],
)
def test_one_formula_in_two_languages(tree, python, script, parts):
    files = {
        "api/price.py": PRICE.format(formula=python),
        "web/src/price.tsx": SHOWN.format(formula=script),
    }
    assert bool([code for code, _ in found(tree, files) if code == "AL205"]) == parts


ROW_PAGE = """
import { useUser } from "./session";
export function Row({ id }: { id: string }) {
  const user = useUser();
  const remove = () => fetch(`/jars/${id}`, { method: "DELETE" });
  return <div>{user.role === "cellar" && <button onClick={remove}>Remove</button>}</div>;
}
"""


@pytest.mark.parametrize(
    ("decorator", "opening", "unguarded"),
    [
        ("", "", True),
        ("@roles_required('cellar')", "", False),
        ("", "if current_user.role != 'cellar': abort(403)", False),
        ("", "if g.user.role != 'cellar': return jsonify(error='no'), 403", False),
    ],
)
def test_a_button_for_some_and_a_handler_for_all(tree, decorator, opening, unguarded):
    handler = f"""{FLASK}
from flask import g
from flask_login import current_user

@bp.delete("/jars/<int:jar_id>")
{decorator}
def remove(jar_id):
    {opening or "pass"}
    db.execute("delete from jars where id = %s", (jar_id,))
    return jsonify(ok=True)
"""
    files = {"api/jars.py": handler.replace("\n\ndef", "\ndef"), "web/src/Row.tsx": ROW_PAGE}
    assert bool([code for code, _ in found(tree, files) if code == "AL303"]) == unguarded


def test_a_lambda_answers_what_a_page_sends(tree):
    handler = """
import json

def handler(event, context):
    jar = json.loads(event["body"])
    if jar["volume_ml"] > 2500:
        return {"statusCode": 400, "body": "too large"}
    connection.execute("insert into jars (volume_ml, label) values (%s, %s)", (jar["volume_ml"], jar["label"]))
    return {"statusCode": 201}
"""
    assert found(tree, {"lambdas/fill/app.py": handler}) == {("AL201", "jars.volume_ml")}


def test_steps_in_code_that_is_not_business(tree):
    guard = "def forward(jar):\n    if jar.volume_ml > 5000:\n        raise ValueError('x')\n"
    files = {
        "api/migrations/0002_more.py": guard,
        "alembic/versions/3f.py": f"down_revision = 'a'\n\n{guard}",
        "api/test_jars.py": "def test_it(jar):\n    assert jar.volume_ml > 5000\n",
        "tests/conftest.py": "def jar(jar):\n    assert jar.volume_ml > 5000\n",
    }
    assert found(tree, files) == set()


def test_a_field_that_holds_a_member_of_an_enumeration_is_written_by_its_value(tree):
    root = tree(
        {
            "api/app.py": """
from enum import Enum
from fastapi import FastAPI
from pydantic import BaseModel
from .db import conn


class Stage(str, Enum):
    ASKED = 'asked'
    LENT = 'lent'


class Step(BaseModel):
    stage: Stage


app = FastAPI()


@app.patch('/loans/{loan}')
def move(loan: int, step: Step):
    conn.execute('update loans set stage = %s where id = %s', (step.stage.value, loan))
""",
            "web/loans.ts": """
export type Stage = 'asked' | 'lent' | 'lost';
export async function move(id: number, stage: Stage) {
  await fetch(`/loans/${id}`, { method: 'PATCH', body: JSON.stringify({ stage }) });
}
""",
            "db/1.sql": "create table loans (id serial primary key, stage text not null);",
        }
    )
    found = [(finding.code, finding.subject) for finding in scan(root, Options(jobs=1, cache=False)).findings]
    assert ("AL204", "loans.stage") in found
