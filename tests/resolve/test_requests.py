"""A field that a screen sends and a server asks something of is one thing, also where nobody knows its column."""

import pytest

from archlint.pipeline import Options, scan

ALL = Options(jobs=1, cache=False)
SCREEN = """
import { useState } from 'react';

export function Reserve() {
  const [guests, setGuests] = useState(1);
  const send = () => fetch('/api/tables', { method: 'POST', body: JSON.stringify({ guests }) });
  const set = (e) => setGuests(Number(e.target.value));
  return <input type="number" max={%s} value={guests} onChange={set} onBlur={send} />;
}
"""
SERVER = """
const express = require('express');
const app = express();
app.use(express.json());
app.post('/api/%s', async (req, res) => {
  const { guests } = req.body;
  if (guests > 8) return res.status(400).json({ error: 'eight at most' });
  await notify(guests);
  res.json({});
});
"""


def found(tree, most, route="tables"):
    root = tree({"web/src/Reserve.jsx": SCREEN % most, "server/app.js": SERVER % route})
    return [(finding.code, finding.subject) for finding in scan(root, ALL).findings]


def test_a_screen_that_lets_more_through(tree):
    assert found(tree, 10) == [("AL201", "guests of POST /api/tables")]


@pytest.mark.parametrize(("most", "route"), [(8, "tables"), (10, "benches")])
def test_the_same_or_another_request(tree, most, route):
    assert found(tree, most, route) == []


def test_a_state_that_the_screen_looks_at_is_no_limit(tree):
    screen = (SCREEN % 8).replace("const send = () =>", "const send = () => { if (guests !== 0) return; return")
    screen = screen.replace("JSON.stringify({ guests }) });", "JSON.stringify({ guests }) }); };")
    root = tree(
        {"web/src/Reserve.jsx": screen, "server/app.js": (SERVER % "tables").replace("guests > 8", "guests < 2")}
    )
    assert not any(finding.code in ("AL201", "AL202") for finding in scan(root, ALL).findings)


PLAIN = """
import { createServer } from 'node:http';
import { read, answer } from './wire';

createServer(async (req, res) => {
  if (req.method === 'POST' && req.url === '/api/%s') {
    const { guests } = JSON.parse(await read(req));
    if (guests > 8) {
      answer(res, 400, { error: 'eight at most' });
      return;
    }
    answer(res, 200, await notify(guests));
    return;
  }
  if (req.url === '/api/%s' && req.method === 'POST') {
    const { guests } = JSON.parse(await read(req));
    if (guests > 20) {
      answer(res, 400, { error: 'twenty at most' });
      return;
    }
    answer(res, 200, await invite(guests));
  }
}).listen(80);
"""


@pytest.mark.parametrize(
    ("routes", "codes"),
    [
        (("tables", "parties"), [("AL201", "guests of POST /api/tables")]),
        (("benches", "parties"), []),
        (("parties", "tables"), [("AL201", "guests of POST /api/tables")]),
    ],
)
def test_a_server_that_looks_at_the_address_itself_asks_by_address(tree, routes, codes):
    root = tree({"web/src/Reserve.jsx": SCREEN % 10, "server/app.js": PLAIN % routes})
    assert [(finding.code, finding.subject) for finding in scan(root, ALL).findings] == codes


JOIN = """
import { useState } from 'react';

export function %s() {
  const [word, setWord] = useState('');
  const send = () => fetch('/api/%s', { method: 'POST', body: JSON.stringify({ word }) });
  return <input minLength={9} value={word} onChange={(e) => setWord(e.target.value)} onBlur={send} />;
}
"""
JOINING = """
const express = require('express');
const bcrypt = require('bcrypt');
const app = express();
app.post('/api/join', async (req, res) => {
  const { word } = req.body;
  if (!word%s) return res.status(400).json({ error: 'incomplete' });
  const kept = await bcrypt.hash(word, 10);
  await remote.keep(kept);
  res.json({});
});
app.post('/api/enter', async (req, res) => {
  const { word } = req.body;
  if (!word) return res.status(400).json({ error: 'incomplete' });
  res.json(await bcrypt.compare(word, await remote.kept()));
});
"""


@pytest.mark.parametrize(
    ("more", "codes"), [("", ["AL301"]), (" || word.length < 9", []), (" || word.length < 7", ["AL201"])]
)
def test_a_text_whose_hash_is_kept_has_its_length_asked_for_by_the_server_too(tree, more, codes):
    screens = {f"web/src/{name}.jsx": JOIN % (name, name.lower()) for name in ("Join", "Enter")}
    found = scan(tree({**screens, "server/app.js": JOINING % more}), ALL).findings
    assert [(each.code, each.subject) for each in found] == [(code, "word of POST /api/join") for code in codes]


@pytest.mark.parametrize(("asked", "codes"), [("!guests", ["AL301"]), ("!allowed(guests)", []), ("guests < 1", [])])
def test_a_number_that_the_server_only_wants_to_be_there(tree, asked, codes):
    server = (SERVER % "tables").replace("guests > 8", asked)
    root = tree({"web/src/Reserve.jsx": SCREEN % 10, "server/app.js": server})
    assert [finding.code for finding in scan(root, ALL).findings] == codes


def test_of_a_request_that_only_the_server_speaks_of_nothing_but_the_name_is_known(tree):
    screen = (SCREEN % 10).replace(" max={10}", "")
    rules = scan(tree({"web/src/Reserve.jsx": screen, "server/app.js": SERVER % "tables"}), ALL).rules
    assert [(str(rule.subject), site.confidence) for rule in rules for site in rule.sites] == [("~.guest", 0.5)]
