"""A password is kept as a hash: what is asked of it is no rule of the column, but of what the column is made from."""

import pytest
from scenes import resolved, sites

from archlint.pipeline import Options, scan

ALL = Options(jobs=1, cache=False)
SQL = "create table members (id bigint, mail text not null, secret_hash varchar(100) not null);"
SCREEN = """
import { useState } from 'react';

export function Join() {
  const [mail, setMail] = useState('');
  const [secret, setSecret] = useState('');
  const send = () => fetch('/api/join', { method: 'POST', body: JSON.stringify({ mail, secret }) });
  return (
    <form onSubmit={send}>
      <input value={mail} onChange={(e) => setMail(e.target.value)} />
      <input type="password" minLength={9} value={secret} onChange={(e) => setSecret(e.target.value)} />
    </form>
  );
}
"""
SERVER = """
import express from 'express';
import bcrypt from 'bcrypt';
import { pool } from './db';
const app = express();
app.post('/api/join', async (req, res) => {
  const { mail, secret } = req.body;
  if (!mail || !secret%s) return res.status(400).json({ error: 'incomplete' });
  const kept = await bcrypt.hash(secret, 10);
  await pool.query('insert into members (mail, secret_hash) values ($1, $2)', [mail, kept]);
  res.json({});
});
"""


def found(tree, more):
    root = tree({"db/1_members.sql": SQL, "web/src/Join.jsx": SCREEN, "server/app.js": SERVER % more})
    return [(finding.code, finding.subject) for finding in scan(root, ALL).findings]


def test_only_the_screen_asks_for_its_length(tree):
    assert ("AL301", "members.secret_hash before hashing") in found(tree, "")


@pytest.mark.parametrize(
    ("more", "code"),
    [(" || secret.length < 9", None), (" || secret.length < 6", "AL201"), (" || secret === mail", "AL301")],
)
def test_a_server_that_asks_for_it_too(tree, more, code):
    about = [each for each, subject in found(tree, more) if "before hashing" in subject]
    assert about == ([code] if code else [])


def test_the_room_of_the_column_is_that_of_the_hash(tree):
    long = SCREEN.replace("minLength={9}", "maxLength={500}")
    root = tree({"db/1_members.sql": SQL, "web/src/Join.jsx": long, "server/app.js": SERVER % ""})
    assert not any(finding.code.startswith("AL2") for finding in scan(root, ALL).findings)


def test_a_hash_through_a_helper_and_a_choice():
    files = {
        "1.sql": SQL,
        "a.ts": """
        import bcrypt from "bcryptjs";
        const scrambled = (text: string) => bcrypt.hash(text, 12);
        export async function change(id: number, fresh: string | null) {
          if (fresh && fresh.length < 7) {
            throw new Error("too short");
          }
          const secret_hash = fresh ? await scrambled(fresh) : undefined;
          await supabase.from("members").update({ secret_hash }).eq("id", id);
        }
        """,
    }
    assert any(told.startswith("members.secret_hash before hashing length length >= 7") for told in sites(files))


def test_python_hashes_too():
    files = {
        "1.sql": SQL,
        "a.py": """
        from passlib.context import CryptContext

        pwd_context = CryptContext(schemes=["bcrypt"])

        def join(connection, mail: str, secret: str):
            if len(secret) < 9:
                raise ValueError("too short")
            kept = pwd_context.hash(secret)
            connection.execute("insert into members (mail, secret_hash) values (%s, %s)", (mail, kept))
        """,
    }
    subjects = {str(site.subject) for site in resolved(files).sites if site.path == "a.py" and site.confidence >= 0.7}
    assert "members.secret_hash before hashing" in subjects
