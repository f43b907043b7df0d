"""What a component hands to a property or takes from a context is followed to the server that it reaches."""

import pytest

from archlint.pipeline import Options, scan

ALL = Options(jobs=1, cache=False)
CONTEXT = """
import { createContext, useCallback, useContext, useMemo } from 'react';
import { shelves } from './client';

const ShelfContext = createContext(null);

export function ShelfProvider({ children }) {
  const keep = useCallback(async (entry) => { await shelves.keep(entry); }, []);
  const value = useMemo(() => ({ keep, open: true }), [keep]);
  return <ShelfContext.Provider value={value}>{children}</ShelfContext.Provider>;
}

export function useShelf() {
  const found = useContext(ShelfContext);
  if (!found) throw new Error('outside of the provider');
  return found;
}
"""
CLIENT = """
import axios from 'axios';

const http = axios.create({ baseURL: process.env.API_URL });

export const shelves = {
  keep: async (entry) => (await http.post('/books', entry)).data,
};
"""
PAGE = """
import { useShelf } from './shelf';
import { BookForm } from './BookForm';

export function Page() {
  const { keep } = useShelf();
  const save = async (entry) => { await keep(entry); };
  return <BookForm onSave={save} onClose={() => {}} />;
}
"""
FORM = """
import { useState } from 'react';

export function BookForm({ onSave, onClose }) {
  const [pages, setPages] = useState(0);
  const send = async () => {
    if (pages > 900) { setError('too thick'); return; }
    await onSave({ pages });
    onClose();
  };
  return <input value={pages} onChange={(e) => setPages(Number(e.target.value))} onBlur={send} />;
}
"""
SERVER = """
const express = require('express');
const app = express();
app.use(express.json());
app.post('/api/books', async (req, res) => {
  const { pages } = req.body;
  if (pages > 800) return res.status(400).json({ error: 'too thick' });
  await bind(pages);
  res.json({});
});
"""
FILES = {
    "web/src/shelf.jsx": CONTEXT,
    "web/src/client.js": CLIENT,
    "web/src/Page.jsx": PAGE,
    "web/src/BookForm.jsx": FORM,
    "server/app.js": SERVER,
}
MET = ["pages of POST /api/books"]


def found(tree, **changed):
    files = dict(FILES)
    for name, text in changed.items():
        path = next(path for path in files if path.rsplit("/", 1)[-1].split(".")[0] == name)
        files[path] = text
    return met(scan(tree(files), ALL))


def met(report):
    """The subjects of which a form and a server do not say the same."""
    return [str(rule.subject) for rule in report.rules if rule.subject.of_request and rule.relation == "drifted"]


def test_a_form_that_hands_its_values_up_and_a_page_that_takes_its_function_from_a_context(tree):
    assert found(tree) == MET


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("const { keep } = useShelf();", "const shelf = useShelf();").replace(
            "await keep", "await shelf.keep"
        ),
        PAGE.replace("onSave={save}", "onSave={keep}"),
        PAGE.replace("onSave={save}", "onSave={(entry) => keep(entry)}"),
    ],
)
def test_ways_to_hand_a_function_down(tree, page):
    assert found(tree, Page=page) == MET


def test_properties_that_are_not_taken_apart(tree):
    form = (
        FORM.replace("{ onSave, onClose }", "props")
        .replace("onSave(", "props.onSave(")
        .replace("onClose(", "props.onClose(")
    )
    assert found(tree, BookForm=form) == MET


def test_a_context_that_holds_who_is_signed_in_as_well(tree):
    context = CONTEXT.replace("useShelf", "useAuth")
    assert found(tree, shelf=context, Page=PAGE.replace("useShelf", "useAuth")) == MET


def test_a_context_of_another_file_than_the_hook_that_was_asked(tree):
    page = PAGE.replace("import { useShelf } from './shelf'", "import { useAuth } from 'somewhere'").replace(
        "useShelf", "useAuth"
    )
    assert found(tree, Page=page) == []


def test_two_providers_may_give_different_things(tree):
    context = (
        CONTEXT
        + """
export const Empty = ({ children }) => (
  <ShelfContext.Provider value={{ keep: async () => {} }}>{children}</ShelfContext.Provider>
);
"""
    )
    assert found(tree, shelf=context) == []


def test_a_property_that_many_hand_something_in_for_serves_none_of_them(tree):
    pages = "".join(
        f"\nexport const Page{number} = () => <BookForm onSave={{async (entry) => note{number}(entry)}} />;"
        for number in range(5)
    )
    assert found(tree, Page=PAGE + pages) == []


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (SERVER.replace("/api/books", "/books"), ["pages of POST /books"]),
        (SERVER.replace("/api/books", "/api/v1/books"), ["pages of POST /api/v1/books"]),
        (SERVER.replace("/api/books", "/api/:shelf/books"), []),
        (SERVER + SERVER.split("app.use(express.json());")[1].replace("/api/books", "/old/books"), []),
    ],
)
def test_a_client_whose_addresses_begin_all_alike(tree, server, expected):
    assert found(tree, app=server) == expected


def test_one_form_that_is_sent_to_two_handlers(tree):
    """What one of them asks for is none of the other's business."""
    client = CLIENT.replace(
        "(await http.post('/books', entry)).data",
        "{ await http.post('/books', entry); await http.post('/prints', entry); }",
    )
    second = SERVER.split("app.use(express.json());")[1].replace("/api/books", "/api/prints").replace("800", "700")
    report = scan(tree({**FILES, "web/src/client.js": client, "server/app.js": SERVER + second}), ALL)
    told = {
        str(rule.subject): [site.normal for site in rule.sites if site.path == "server/app.js"] for rule in report.rules
    }
    assert told["pages of POST /api/books"] == ["value <= 800"]
    assert not any({"value <= 800", "value <= 700"} <= set(said) for said in told.values())


VUE_PAGE = """
<script setup>
import BookForm from './BookForm.vue';
import { shelves } from './client';
const keep = async (entry) => { await shelves.keep(entry); };
</script>
<template>
  <BookForm @save-book="keep" @close="leave" />
</template>
"""
SETUP = """
<script setup>
import { ref } from 'vue';
const emit = defineEmits(['save-book', 'close']);
const pages = ref(0);
function send() {
  if (pages.value > 900) { alert('too thick'); return; }
  emit('save-book', { pages: pages.value });
}
</script>
<template>
  <input v-model.number="pages" @blur="send" />
</template>
"""
IN_TEMPLATE = """
<script setup>
import { ref } from 'vue';
defineEmits(['save-book', 'close']);
const pages = ref(0);
</script>
<template>
  <input v-model.number="pages" max="900" @blur="$emit('save-book', { pages })" />
</template>
"""
OPTIONS = """
<template>
  <input v-model.number="pages" @blur="send" />
</template>
<script>
export default {
  emits: ['save-book'],
  data() { return { pages: 0 }; },
  methods: {
    send() {
      if (this.pages > 900) { alert('too thick'); return; }
      this.$emit('save-book', { pages: this.pages });
    },
  },
};
</script>
"""


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (SETUP, MET),
        (SETUP.replace("emit('save-book'", "emit('saveBook'"), MET),
        (SETUP.replace("emit('save-book'", "emit('keep'"), []),
        (SETUP.replace("defineEmits", "useChannel"), []),
        (IN_TEMPLATE, MET),
        (OPTIONS, MET),
    ],
)
def test_events_of_vue_components(tree, form, expected):
    files = {
        "web/src/Page.vue": VUE_PAGE,
        "web/src/BookForm.vue": form,
        "web/src/client.js": CLIENT,
        "server/app.js": SERVER,
    }
    assert met(scan(tree(files), ALL)) == expected
