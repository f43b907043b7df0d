"""Svelte components and the pages of SvelteKit: blocks, bindings, runes, and the actions behind a form."""

import textwrap

import pytest
from micro import conditions, facts, found, report

from archlint import languages

PACKAGE = '{"name": "desk", "dependencies": {"@sveltejs/kit": "2", "svelte": "5", "@supabase/supabase-js": "2"}}'
FORM = "src/lib/Seats.svelte"
PAGE = "src/routes/(desk)/bookings/+page.svelte"
SERVER = "src/routes/(desk)/bookings/+page.server.ts"


def drifts(tree, text, path=FORM, **files):
    return found(tree, path, text, package=PACKAGE, **files)


def component(markup, script="", payload="seats, note"):
    return f"""
        <script lang="ts">
          import {{ supabase }} from '$lib/supabase'
          let seats = $state(1)
          let note = $state('')
          {script}
          const save = () => supabase.from('bookings').insert({{ {payload}, price: 4 }})
        </script>
        {markup}
        <button onclick={{save}}>Go</button>
    """


def action(check=""):
    return f"""
        import {{ fail }} from '@sveltejs/kit'
        import {{ supabase }} from '$lib/supabase'
        export const actions = {{
          create: async ({{ request, locals }}) => {{
            const data = await request.formData()
            const seats = Number(data.get('seats'))
            {check}
            await supabase.from('bookings').insert({{ seats, note: data.get('note'), price: 4 }})
          }},
        }} satisfies Actions
    """


# Places ------------------------------------------------------------------------------------------------------


def test_places_are_those_of_the_real_file():
    text = textwrap.dedent("""\
        {#if state === 'void'}<p>Größe</p>{:else if state === 'open' && seats > 3}<b>{note ?? 'none'}</b>{/if}
        <script>
          export let most = 8
          $: if (seats > most) { throw new Error('no') }
        </script>
        <input bind:value={seats}
               max={most}>
    """)
    lines = text.split("\n")
    read = languages.read("svelte", "src/A.svelte", text.encode())
    assert [item.text for item in read.statements] == [
        "most = 8",
        "seats > most",
        "state === 'void'",
        "state === 'open' && seats > 3",
        "note ?? 'none'",
        "max={most}",
    ]
    for item in read.statements:
        span = item.span
        assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == item.text


def test_blocks_stand_around_what_they_show():
    text = """
        {#each orders as { id, state: now }, i (id)}
          {@const left = 8 - i}
          {#if now === 'open'}<b>{left > 3}</b>{/if}
        {:else}<p>{none === 'yes'}</p>{/each}
        {#await load() then rows}<i>{rows.kind === 'a'}</i>{:catch e}<i>{e.kind === 'b'}</i>{/await}
        {#snippet row(order)}<td>{order.kind === 'c'}</td>{/snippet}
        {#key seats}<u>{seats === 4}</u>{/key}
    """
    said = conditions("src/A.svelte", text, "compare")
    assert [line.split("@")[0] for line in said[:1]] == ['("open" = now']
    assert [item.text for item in facts("src/A.svelte", text).statements] == [
        "now === 'open'",
        "left > 3",
        "none === 'yes'",
        "rows.kind === 'a'",
        "e.kind === 'b'",
        "order.kind === 'c'",
        "seats === 4",
    ]


@pytest.mark.parametrize("half", ["{#if seats > }<p>x</p>{/if}", "<p title={a +}>x</p>", "{#each as x}<p>x</p>{/each}"])
def test_half_written_markup_costs_neither_script_nor_rest(half):
    text = f"""
        <script>
          if (seats > 9) throw new Error('many')
        </script>
        {{#if state === 'open'}}<p>Open</p>{{/if}}
        {half}
        {{#if state === 'paid'}}<p>Paid</p>{{/if}}
    """
    said = [item.text for item in facts("src/A.svelte", text).statements]
    assert {"seats > 9", "state === 'open'", "state === 'paid'"} <= set(said)


def test_a_block_that_is_not_closed_leaves_the_script():
    text = "<script>\nif (seats > 9) throw new Error('many')\n</script>\n{#if state === 'open'}<p>Open\n{#each a as b"
    assert "seats > 9" in [item.text for item in facts("src/A.svelte", text).statements]


def test_properties_over_two_lines_and_modules_that_are_loaded_later():
    text = """
        <script>
          export let most =
            limits.most
          export let url;

          async function load() {
            const [one] = await Promise.all([
              import('$lib/one.js'),
              import('$lib/two.js')
            ])
            if (one.count > 3) throw new Error('many')
          }
        </script>
    """
    read = facts("src/A.svelte", text)
    assert read.problems == ()
    assert [item.text for item in read.statements if item.kind == "require"] == ["one.count > 3"]


# Drift -------------------------------------------------------------------------------------------------------


def test_a_bound_field(tree):
    text = component('<input type="number" bind:value={seats} min="1" max={12}>')
    assert drifts(tree, text) == [("AL201", "bookings.seats", "10")]


def test_a_button_that_stops(tree):
    text = component("<input bind:value={seats}><button disabled={full} onclick={() => save()}>Book</button>").replace(
        "const save", "const full = $derived(seats > 9)\n          const save"
    )
    assert [line[:2] for line in drifts(tree, text)] == [("AL201", "bookings.seats")]


def test_a_property_that_is_handed_in(tree):
    text = """
        <script>
          import { supabase } from '$lib/supabase'
          export let state = 'open'
          const save = () => supabase.from('bookings').update({ state }).eq('id', 1)
        </script>
        <select bind:value={state} on:change={save}>
          {#each ['open', 'paid', 'refunded'] as one}<option value={one}>{one}</option>{/each}
        </select>
    """
    assert drifts(tree, text) == [("AL204", "bookings.state", '"refunded"')]


def test_a_form_of_a_page_and_the_action_behind_it(tree):
    page = '<form method="POST" action="?/create"><input type="number" name="seats" min="1" max="12"></form>'
    server = action("if (seats > 10) return fail(400, { seats, tooMany: true })")
    assert drifts(tree, page, PAGE, more={SERVER: server}) == [("AL201", "bookings.seats", "9")]


def test_an_action_alone_refuses(tree):
    server = action("if (seats > 10) return fail(400, { seats, tooMany: true })")
    assert drifts(tree, "<p>Hello</p>", PAGE, more={SERVER: server}) == [("AL201", "bookings.seats", "9")]


REMOTE = """
    import * as z from 'zod'
    import { command, form } from '$app/server'
    import { supabase } from '$lib/supabase'
    export const book = %s(z.object({ seats: z.coerce.number().max(10) }), async ({ seats }) => {
      await supabase.from('bookings').insert({ seats, price: 4 })
    })
"""


@pytest.mark.parametrize(
    ("kind", "markup"),
    [
        ("form", '<form {...book}><input type="number" name="seats" max="12"></form>'),
        (
            "command",
            '<input type="number" bind:value={seats} max="12"><button onclick={() => book({ seats })}>x</button>',
        ),
    ],
)
def test_a_function_of_the_server_that_a_page_calls(tree, kind, markup):
    page = f"<script>\nimport {{ book }} from './book.remote'\nlet seats = $state(1)\n</script>\n{markup}"
    told = report(
        tree, PAGE, page, package=PACKAGE, more={"src/routes/(desk)/bookings/book.remote.ts": REMOTE % kind}
    ).findings
    assert [(item.code, item.subject) for item in told] == [("AL201", "bookings.seats")]
    assert {place.path.rsplit("/", 1)[-1] for place in told[0].places} >= {"+page.svelte", "book.remote.ts"}


def test_what_a_page_shows(tree):
    text = """
        <script>
          import { supabase } from '$lib/supabase'
          let bookings = $state([])
          async function load() {
            const { data } = await supabase.from('bookings').select('*')
            bookings = data
          }
        </script>
        {#each bookings as booking}
          <p class:done={booking.state === 'settled'}>{booking.price}</p>
        {/each}
    """
    assert drifts(tree, text) == [("AL204", "bookings.state", '"settled"')]


# Nothing may be said -----------------------------------------------------------------------------------------


def test_the_same_limits(tree):
    text = component(
        '<input type="number" bind:value={seats} min="1" max={8}><textarea bind:value={note} maxlength="200" />'
    )
    assert drifts(tree, text) == []


def test_a_state_that_only_the_screen_has(tree):
    text = component(
        "{#if page > 12 || tab === 'settled'}<p>{page}</p>{/if}", "let page = $state(1); let tab = $state('a')"
    )
    assert drifts(tree, text) == []


def test_what_a_state_begins_with_is_no_limit(tree):
    text = component('<input type="number" bind:value={seats} max={most}>', "let most = $state(3)")
    assert drifts(tree, text) == []


def test_an_action_of_another_name(tree):
    page = '<form method="POST" action="?/search"><input type="number" name="seats" max="12"></form>'
    assert drifts(tree, page, PAGE, more={SERVER: action()}) == []


def test_a_field_of_another_form(tree):
    text = component(
        '<input bind:value={filter.seats} max="40"><input bind:value={seats} max="8" min="1">',
        "let filter = $state({})",
    )
    assert drifts(tree, text) == []


def test_code_in_a_text_and_in_a_comment(tree):
    text = component('<!-- {#if seats > 12}<input bind:value={seats} max="12">{/if} --><p>{"{#if seats > 12}"}</p>')
    assert drifts(tree, text) == []
