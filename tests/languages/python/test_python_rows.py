"""What Python does with rows: Django, SQLAlchemy, SQL in texts, supabase-py, DynamoDB."""

import pytest
from reading import facts

from archlint.algebra import canonical
from archlint.model.expression import Ref


def told(text: str, path: str = "app/a.py") -> list[str]:
    """The accesses of a text, one in a line."""
    found = []
    for item in facts(text, path).accesses:
        said = [f"{item.kind} {item.target.name if isinstance(item.target, Ref) else item.target}"]
        said += [f"writes {canonical(item.payload)}"] if item.payload is not None else []
        said += [f"where {canonical(item.where)}"] if item.where is not None else []
        said += [f"reads {' '.join(item.columns)}"] if item.columns else []
        found.append(" | ".join([*said, *([item.aggregate] if item.aggregate else [])]))
    return found


DJANGO = """
from django.db.models import F, Q, Sum
from django.shortcuts import get_object_or_404
from hotel import Room
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Room.objects.filter(beds__gte=2, state='free').update(state='taken')",
            'update Room@0 | writes {state: "taken"} | where (("free" = $row.state) and (2 <= $row.beds))',
        ),
        ("Room.objects.create(beds=2)", "insert Room@0 | writes {beds: 2}"),
        ("Room.objects.get(pk=key)", "select Room@0 | where ($row.id = key@0)"),
        ("Room.objects.exclude(state__in=['lost']).delete()", 'delete Room@0 | where not(($row.state in ["lost"]))'),
        ("Room.objects.filter(Q(beds=1) | Q(beds=2)).count()",
         "select Room@0 | where (($row.beds = 1) or ($row.beds = 2)) | count"),
        ("Room.objects.filter(beds__range=(1, 3)).values_list('state')",
         "select Room@0 | where (($row.beds <= 3) and (1 <= $row.beds)) | reads state"),
        ("Room.objects.filter(house__name='x')", "select Room@0 | where `house__name`"),
        ("Room.objects.filter(beds=F('spare')).update(beds=F('beds') - 1)",
         "update Room@0 | writes {beds: (Room@0.beds - 1)} | where ($row.beds = $row.spare)"),
        ("Room.objects.update_or_create(code=c, defaults={'beds': 2})",
         "upsert Room@0 | writes {beds: 2, code: c@0}"),
        ("Room.objects.aggregate(total=Sum('beds'))", "select Room@0 | sum beds"),
        ("get_object_or_404(Room, code=c)", "select Room@0 | where ($row.code = c@0)"),
    ],
)  # fmt: skip
def test_managers(text, wanted):
    assert told(f"{DJANGO}x = {text}\n") == [wanted]


def test_rows_that_were_asked_for_before():
    text = """
    from hotel import Room
    def close(code):
        rooms = Room.objects.filter(code=code)
        rooms.filter(state="free").update(state="shut")
    """
    assert (
        told(text)[1]
        == 'update Room@0 | writes {state: "shut"} | where (("free" = $row.state) and ($row.code = code@1))'
    )


def test_what_was_given_to_an_object_is_saved():
    text = """
    from hotel import Room
    def take(code):
        room = Room.objects.get(code=code)
        room.state = "taken"
        room.save()
    def make():
        room = Room(state="free", beds=2)
        room.save()
    def other(paint):
        paint.colour = "red"
        paint.save()
    """
    found = told(text)
    assert found[1:] == ['update Room@0 | writes {state: "taken"}', "insert Room@0 | writes _value1@2"]
    assert all(item.loose for item in facts(text, "a.py").accesses[1:])


ALCHEMY = "from sqlalchemy import and_, delete, func, insert, or_, select, text, update\nfrom hotel import Room\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("session.execute(select(Room).where(Room.state == 'free', Room.beds > 1))",
         'select Room@0 | where (("free" = $row.state) and (1 < $row.beds))'),
        ("session.query(Room).filter_by(state='free').first()", 'select Room@0 | where ("free" = $row.state)'),
        ("session.query(Room).filter(Room.code.in_(codes)).update({'state': 'shut'})",
         'update Room@0 | writes {state: "shut"} | where ($row.code in codes@0)'),
        ("session.query(Room).filter(or_(Room.beds == 1, Room.note.is_(None))).delete()",
         "delete Room@0 | where (($row.beds = 1) or is null($row.note))"),
        ("session.execute(update(Room).where(Room.id == key).values(state='shut'))",
         'update Room@0 | writes {state: "shut"} | where ($row.id = key@0)'),
        ("session.execute(insert(Room).values(state='free'))", 'insert Room@0 | writes {state: "free"}'),
        ("session.execute(select(func.count(Room.id)).where(Room.state == 'free')).scalar()",
         'select Room@0 | where ("free" = $row.state) | count'),
        ("session.get(Room, key)", "select Room@0 | where ($row.id = key@0)"),
        ("Room.query.filter_by(code=c).first_or_404()", "select Room@0 | where ($row.code = c@0)"),
        ("session.execute(select(Room).where(and_()))", "select Room@0 | where `where`"),
    ],
)  # fmt: skip
def test_statements_of_sqlalchemy(text, wanted):
    assert told(f"{ALCHEMY}x = {text}\n") == [wanted]


def test_a_session_stores_what_it_is_given():
    text = """
    from hotel import Room
    def make(session, beds):
        session.add(Room(beds=beds, state="free"))
        room = session.get(Room, 7)
        room.state = "shut"
        session.commit()
        names = set()
        names.add("x")
    """
    assert told(text) == [
        "insert Room@0 | writes _value1@1",
        "select Room@0",
        'update Room@0 | writes {state: "shut"}',
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cursor.execute('INSERT INTO rooms (code, beds) VALUES (%s, %s)', (code, 2))",
         "insert rooms | writes {beds: 2, code: code@0}"),
        ("cursor.execute('UPDATE rooms SET state = %(s)s WHERE id = %(i)s', {'s': 'shut', 'i': key})",
         'update rooms | writes {state: "shut"} | where ($row.id = key@0)'),
        ("await conn.fetch('SELECT state FROM rooms WHERE code = $1', code)",
         "select rooms | where ($row.code = code@0) | reads state"),
        ("db.execute('DELETE FROM rooms WHERE code = ?', [code])", "delete rooms | where ($row.code = code@0)"),
        ("db.execute(f'SELECT id FROM rooms WHERE code = {code}')",
         "select rooms | where ($row.code = code@0) | reads id"),
        ("db.execute(text('UPDATE rooms SET beds = :beds'), {'beds': beds})", "update rooms | writes {beds: beds@0}"),
        ("db.execute('UPDATE rooms '\n    'SET beds = :beds', values)", "update rooms | writes {beds: values@0.beds}"),
        ("db.executemany('INSERT INTO rooms (code) VALUES (?)', [(a,), (b,)])", "insert rooms | writes {code: a@0}"),
    ],
)  # fmt: skip
def test_sql_in_texts(text, wanted):
    assert told(f"from sqlalchemy import text\nx = {text}\n") == [wanted]
    assert facts(f"x = {text}\n", "a.py").accesses[0].library == "sql"


@pytest.mark.parametrize(
    "text",
    [
        "parser.execute('Select a room from the list')",
        "log.query('select a room from the list')",
        "cursor.execute('CREATE TABLE rooms (id int)')",
        "cursor.execute(f'SELECT id FROM {table}')",
    ],
)
def test_what_is_no_query(text):
    assert told(f"x = {text}\n") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("supabase.table('rooms').update({'state': 'shut'}).eq('id', key).execute()",
         'update rooms | writes {state: "shut"} | where ($row.id = key@0)'),
        ("supabase.from_('rooms').select('id, state').in_('state', ['free']).is_('note', 'null').execute()",
         'select rooms | where (($row.state in ["free"]) and is null($row.note)) | reads id state'),
        ("supabase.table('rooms').select('*').not_.is_('note', 'null').execute()",
         "select rooms | where not(is null($row.note))"),
        ("supabase.rpc('take_room', {'p_id': key}).execute()", "rpc take_room | writes {p_id: key@0}"),
    ],
)  # fmt: skip
def test_tables_over_postgrest(text, wanted):
    assert told(f"x = {text}\n") == [wanted]


DYNAMO = """
import os, boto3
from boto3.dynamodb.conditions import Attr
table = boto3.resource("dynamodb").Table(os.environ["ROOM_TABLE_NAME"])
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("table.update_item(Key={'id': key}, UpdateExpression='SET #s = :new, beds = beds - :one',"
         " ConditionExpression='#s = :old AND beds > :zero', ExpressionAttributeNames={'#s': 'state'},"
         " ExpressionAttributeValues={':new': 'taken', ':old': 'free', ':zero': 0, ':one': 1})",
         'update room | writes {beds: (table:room.beds - 1), state: "taken"} | where '
         '(("free" = $row.state) and ($row.id = key@0) and (0 < $row.beds))'),
        ("table.put_item(Item={'id': key}, ConditionExpression=Attr('id').not_exists())",
         "insert room | writes {id: key@0} | where is null($row.id)"),
        ("table.scan(FilterExpression=Attr('state').eq('free') & Attr('beds').gt(1))",
         'select room | where (("free" = $row.state) and (1 < $row.beds))'),
        ("client.put_item(TableName='rooms', Item={'state': {'S': 'free'}, 'beds': {'N': '2'}})",
         'insert rooms | writes {beds: 2, state: "free"}'),
        ("table.update_item(Key={'id': key}, UpdateExpression='REMOVE note ADD beds :one',"
         " ExpressionAttributeValues={':one': 1})",
         "update room | writes {beds: (1 + table:room.beds), note: null} | where ($row.id = key@0)"),
    ],
)  # fmt: skip
def test_items_of_dynamodb(text, wanted):
    assert told(f"{DYNAMO}x = {text}\n") == [wanted]


def test_what_the_parser_does_not_know_is_told_to_nobody(capfd):
    assert told("cursor.execute(f\"CALL system.kill(query_id => '{key}', message => 'gone')\")\n") == []
    assert capfd.readouterr().err == ""


def test_keys_that_are_columns_of_a_class():
    text = """
    from hotel import Room
    from sqlalchemy import insert
    def make(session, code):
        values = {Room.code: code, Room.state: "free"}
        session.execute(insert(Room).values(values))
    """
    assert told(text) == ["insert Room@0 | writes values@1"]
    assert [key for key, _ in facts(text, "a.py").bindings[0].value.entries] == ["code", "state"]
