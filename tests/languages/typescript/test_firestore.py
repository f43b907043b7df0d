"""Firestore, MongoDB's own driver, Cloud Functions and the accounts of Firebase."""

import pytest
from accesses import accesses, handlers
from reading import facts, statements

CLIENT = "import { doc, collection, query, where, getDoc, getDocs, setDoc } from 'firebase/firestore';\n"
ADMIN = "import { getFirestore, FieldValue } from 'firebase-admin/firestore';\nconst db = getFirestore();\n"
CALLED = "import { onCall, HttpsError } from 'firebase-functions/v2/https';\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("setDoc(doc(db, 'jars', id), { fill: n }, { merge: true })", "upsert jars | writes {fill: n@0}"),
        (
            "updateDoc(doc(db, `rooms/${r}/jars/${id}`), { seen: serverTimestamp(), fill: increment(2) })",
            "update jars | writes {fill: (2 + table:jars.fill), seen: now()}",
        ),
        ("addDoc(collection(db, 'rooms', r, 'notes'), { text })", "insert notes | writes {text: text@0}"),
        (
            "getDocs(query(collection(db, 'jars'), where('state', 'in', ['a', 'b']), where('fill', '>=', 5)))",
            'select jars | where (($row.state in ["a", "b"]) and (5 <= $row.fill))',
        ),
    ],
)
def test_a_call_of_the_client(text, wanted):
    assert accesses(f"{CLIENT}await {text}") == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("await db.collection('jars').doc(id).set({ fill: 3 });", ["upsert jars | writes {fill: 3}"]),
        ("await db.collection('jars').add({ fill: 3 });", ["insert jars | writes {fill: 3}"]),
        ("await db.doc('rooms/x/jars/y').update('fill', 3);", ["update jars | writes {fill: 3}"]),
        (
            "await db.collection('jars').where('state', '==', 'open').orderBy('at').get();",
            ['select jars | where ("open" = $row.state)'],
        ),
        (
            "const ref = db.collection('jars').doc(id);\n"
            "await db.runTransaction(async (tx) => { const jar = await tx.get(ref); tx.update(ref, { fill: 1 }); });",
            ["select jars", "update jars | writes {fill: 1}"],
        ),
        ("const store = new Map(); store.set(key, { fill: 3 }); store.delete(key);", []),
    ],
)
def test_a_method_of_a_reference(text, wanted):
    assert accesses(ADMIN + text) == wanted


def test_whose_rights_a_file_has():
    assert [item.client for item in facts(f"{CLIENT}getDoc(doc(db, 'jars', id))").accesses] == ["anon"]
    assert [item.client for item in facts(f"{ADMIN}db.collection('jars').get()").accesses] == ["service"]


def test_what_comes_out_of_a_document_is_its_row():
    text = (
        ADMIN
        + "const jar = await db.collection('jars').doc(id).get();\n"
        + "if (jar.data().state !== 'open') throw new Error('shut');"
    )
    assert statements(text, "require") == ['require | not(("open" != row#0.state))']


def test_mongodb_speaks_of_collections_too():
    text = (
        "await db.collection('jars').updateOne({ _id: id, state: 'a' }, { $set: { state: 'b' }, $inc: { fill: 1 } });"
    )
    assert accesses(text) == [
        'update jars | writes {fill: (1 + table:jars.fill), state: "b"}'
        ' | where (("a" = $row.state) and ($row._id = id@0))'
    ]


def test_a_callable_function_has_a_name_and_a_body():
    text = CALLED + (
        "export const fill = onCall({ region: 'x' }, async (request) => {\n"
        "  const uid = request.auth?.uid;\n"
        "  if (!uid) throw new HttpsError('unauthenticated', 'sign in');\n"
        "  const note = typeof request.data?.note === 'string' ? request.data.note.trim() : '';\n"
        "  if (note.length < 3) throw new HttpsError('invalid-argument', 'say more');\n"
        "});"
    )
    assert handlers(text, "src/index.ts") == [("fill", "function fill")]
    assert [item.kind for item in facts(text).statements] == ["authorize", "require"]
    assert statements(text, "require") == ["require | not((length(note@2.1) < 3))"]


def test_older_callables_are_given_data_and_context():
    text = (
        "const functions = require('firebase-functions');\n"
        "exports.fill = functions.region('x').https.onCall(async (data, context) => {\n"
        "  if (data.n > 9) throw new Error('x'); });"
    )
    assert handlers(text, "index.js") == [("fill", "function fill")]


def test_who_calls_a_function_by_name_sends_it_something():
    text = (
        "import { httpsCallable } from 'firebase/functions';\n"
        "const fill = httpsCallable(fns, 'fill');\nawait fill({ n });"
    )
    assert accesses(text) == ["invoke fill | writes {n: n@0}"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "import { createUserWithEmailAndPassword } from 'firebase/auth';\n"
            "createUserWithEmailAndPassword(auth, mail, word);",
            ["insert auth.users | writes {email: mail@0, password: word@0}"],
        ),
        (
            "import { getAuth } from 'firebase-admin/auth';\ngetAuth().createUser({ email: mail, password: word });",
            ["insert auth.users | writes {email: mail@0, password: word@0}"],
        ),
        ("api.createUser({ email: mail, password: word });", []),
    ],
)
def test_accounts(text, wanted):
    assert accesses(text) == wanted
