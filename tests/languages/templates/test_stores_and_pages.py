"""Values that travel: through stores, from a component to the one inside, from a page's server to the page."""

import pytest
from micro import found

FORM = "src/pages/Book.vue"
OBJECT = """
    import { defineStore } from 'pinia'
    import { supabase } from '../supabase'
    export const useBooking = defineStore('booking', {
      state: () => ({ draft: { seats: 1, note: '' } }),
      getters: { full: (state) => state.draft.seats > 7 },
      actions: {
        async save() {
          await supabase.from('bookings').insert({ seats: this.draft.seats, note: this.draft.note, price: 4 })
        },
      },
    })
"""
FUNCTION = """
    import { defineStore } from 'pinia'
    import { supabase } from '../supabase'
    export const useBooking = defineStore('booking', () => {
      const draft = reactive({ seats: 1, note: '' })
      async function save() {
        await supabase.from('bookings').insert({ seats: draft.seats, note: draft.note, price: 4 })
      }
      return { draft, save }
    })
"""
PAGE = """
    <script setup>
    import { storeToRefs } from 'pinia'
    import { useBooking } from '../stores/booking'
    const booking = useBooking()
    const { draft } = storeToRefs(booking)
    </script>
    <template>
      <textarea v-model="draft.note" maxlength="300" />
      <input v-model="booking.draft.seats" type="number" max="8">
      <button @click="booking.save()">Book</button>
    </template>
"""


@pytest.mark.parametrize("store", [OBJECT, FUNCTION])
def test_a_store_between_a_field_and_a_table(tree, store):
    assert found(tree, FORM, PAGE, more={"src/stores/booking.js": store}) == [("AL201", "bookings.note", "250")]


def test_another_store(tree):
    more = {"src/stores/booking.js": OBJECT, "src/stores/filter.js": OBJECT.replace("useBooking", "useFilter")}
    page = PAGE.replace("useBooking", "useSearch").replace("../stores/booking", "../stores/search")
    assert found(tree, FORM, page, more=more) == []


def test_a_component_that_edits_what_its_parent_binds(tree):
    page = """
        <script setup>
        import { supabase } from '../supabase'
        import SeatInput from '../SeatInput.vue'
        const form = reactive({ seats: 1 })
        const save = () => supabase.from('bookings').insert({ seats: form.seats, price: 4 })
        </script>
        <template><SeatInput v-model="form.seats" /><button @click="save">Book</button></template>
    """
    field = """
        <script setup>
        const seats = defineModel()
        </script>
        <template><input v-model="seats" type="number" :max="12" :min="1"></template>
    """
    assert found(tree, FORM, page, more={"src/SeatInput.vue": field}) == [("AL201", "bookings.seats", "10")]


LOAD = """
    import { supabase } from '$lib/supabase'
    export async function load() {
      const { data: bookings } = await supabase.from('bookings').select('*')
      return { bookings, tab: 'all' }
    }
"""


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("booking.state === 'settled'", [("AL204", "bookings.state", '"settled"')]),
        ("booking.state === 'paid'", []),
        ("data.tab === 'settled'", []),
    ],
)
def test_a_page_shows_what_its_server_loads(tree, test, expected):
    page = f"""
        <script>
          let {{ data }} = $props()
        </script>
        {{#each data.bookings as booking}}{{#if {test}}}<b>{{booking.price}}</b>{{/if}}{{/each}}
    """
    more = {"src/routes/list/+page.server.js": LOAD}
    assert (
        found(tree, "src/routes/list/+page.svelte", page, package='{"dependencies": {"@sveltejs/kit": "2"}}', more=more)
        == expected
    )
