"""Plain pages and templates of servers: forms, scripts, and holes where the server puts something in."""

import pytest
from micro import facts, found

PACKAGE = '{"name": "desk", "dependencies": {"express": "4", "pg": "8"}}'
SERVER = """
    import express from 'express'
    import { Pool } from 'pg'
    const pool = new Pool()
    const app = express()
    app.post('/bookings', async (req, res) => {
      const { seats, note, state } = req.body
      await pool.query('insert into bookings (seats, note, state, price) values ($1, $2, $3, 4)', [seats, note, state])
      res.redirect('/')
    })
"""
PAGE = "views/book.html"


def drifts(tree, text, path=PAGE):
    return found(tree, path, text, package=PACKAGE, more={"server.js": SERVER})


def form(fields, script="", attributes='action="/bookings" method="post"'):
    return f"<!doctype html>\n<html><body>\n<form {attributes}>\n{fields}\n</form>\n{script}</body></html>\n"


# Drift -------------------------------------------------------------------------------------------------------


def test_a_form_that_the_browser_sends(tree):
    assert drifts(tree, form('<input type="number" name="seats" min="1" max="12" required>')) == [
        ("AL201", "bookings.seats", "10")
    ]


def test_options_without_end_tags(tree):
    text = form(
        '<select name="state"><option value="open">Open<option value=paid>Paid<option value=refunded>Back</select>'
    )
    assert drifts(tree, text) == [("AL204", "bookings.state", '"refunded"')]


@pytest.mark.parametrize("path", ["views/book.erb", "templates/book.jinja", "views/book.hbs", "views/book.blade.php"])
def test_a_template_of_a_server(tree, path):
    fields = """
        {% if user %}<% if user > 3 %>{{#if user}}<?php if ($a < 3): ?>
        <textarea name="note" maxlength="300" placeholder="{{ hint }}"><%= note %></textarea>
        {{/if}}<% end %>{% endif %}<?php endif; ?>
    """
    assert drifts(tree, form(fields), path) == [("AL201", "bookings.note", "250")]


def test_a_form_that_a_script_checks(tree):
    script = """<script>
      function check(form) { if (form.seats.value > 10) { alert("Too many"); return false } return true }
    </script>"""
    text = form('<input name="seats">', script, 'action="/bookings" method="post" onsubmit="return check(this)"')
    assert drifts(tree, text) == [("AL201", "bookings.seats", "9")]


def test_a_form_that_is_sent_by_its_attributes(tree):
    text = form('<input name="seats" type="number" max="12" min="1">', attributes='hx-post="/bookings"')
    assert drifts(tree, text) == [("AL201", "bookings.seats", "10")]


# Nothing may be said -----------------------------------------------------------------------------------------


def test_the_same_limits(tree):
    assert drifts(tree, form('<input type="number" name="seats" min="1" max="8" required>')) == []


def test_a_limit_that_the_server_puts_in(tree):
    fields = '<input type="number" name="seats" min="{{ least }}" max="<%= most %>2">'
    assert drifts(tree, form(fields)) == []


def test_choices_that_the_server_puts_in(tree):
    fields = '<select name="state">{% for s in states %}<option value="{{ s }}">{{ s }}</option>{% endfor %}</select>'
    assert drifts(tree, form(fields + '<input name="note">')) == []


def test_a_form_that_asks_elsewhere(tree):
    assert drifts(tree, form('<input name="seats" max="12">', attributes='action="/search" method="get"')) == []
    assert drifts(tree, form('<input name="seats" max="12">', attributes='action="/tables" method="post"')) == []


def test_a_form_in_a_comment_and_one_in_a_text_of_a_script(tree):
    hidden = form('<input name="seats" max="12">')
    text = f"<!-- {hidden} -->\n<script>const page = `<p>{hidden}</p>`</script>\n"
    assert drifts(tree, text) == []


def test_words_with_a_hole_are_no_words():
    text = """
        <script>
        if (status === "{{ paid }}") go()
        var most = {{ most }}
        var all = {% all %};
        if (most > 9) throw 1
        </script>
    """
    read = facts(PAGE, text)
    assert [item.text for item in read.statements] == ["most > 9"]
    assert read.problems == ()


def test_a_script_that_ends_early_costs_neither_form_nor_other_scripts():
    text = form(
        '<input name="seats" max="8">',
        "<script>if (a > 3) { throw new Error('a')</script><script>if (b > 4) throw new Error('b')</script>",
    )
    read = facts(PAGE, text)
    assert {"a > 3", "b > 4", 'max="8"'} <= {item.text for item in read.statements}
    assert read.problems


def test_a_page_without_forms_and_scripts_says_nothing():
    assert facts(PAGE, "<p>{% if a > 3 %}Cheap{% endif %} {{ a }}</p>").statements == ()


def test_what_a_server_does_and_puts_into_a_script():
    text = """
        <script>
            @php
                $all = ['most' => config('most'), 'least' => 1];
            @endphp
            const all = @json($all->only(['most']))
            if (all.most > 9) throw new Error('many')
        </script>
        <a href="/list?page=2&sort=price"><input name="seats" pattern="a&b"></a>
    """
    read = facts("views/book.blade.php", text)
    assert read.problems == ()
    assert [item.text for item in read.statements] == ["all.most > 9"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.html", "<form>" + "{{ a " * 20_000 + "<input name='seats' max='8'></form>"),
        ("a.svelte", "<script>if (a > 3) throw new Error('a')</script>" + "<p>{ " * 3_000),
        ("a.vue", "<script setup>if (a > 3) throw new Error('a')</script><template>" + '<p v-if="a">' * 3_000),
        ("a.component.html", "@if (a) { <p *ngIf='b'>" * 1_000),
    ],
)
def test_marks_that_nobody_closes_cost_only_themselves(path, text):
    said = [item.text for item in facts(path, text).statements if item.kind == "require"]
    assert said == {"a.html": ["max='8'"], "a.svelte": ["a > 3"], "a.vue": ["a > 3"]}.get(path, [])
