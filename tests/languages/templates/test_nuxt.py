"""Applications of Nuxt: what their folders let in everywhere, and the routes of their servers."""

import textwrap

import pytest
from micro import found

PACKAGE = '{"name": "desk", "dependencies": {"nuxt": "3", "@nuxtjs/supabase": "1"}}'
CONFIG = {"nuxt.config.ts": "export default defineNuxtConfig({ modules: ['@nuxtjs/supabase'] })"}
COMPOSABLE = """
    export function useBooking() {
      const seats = ref(1)
      const note = ref('')
      const client = useSupabaseClient()
      const save = () => client.from('bookings').insert({ seats: seats.value, note: note.value, price: 4 })
      return { seats, note, save }
    }
"""
PAGE = """
    <script setup lang="ts">
    const { seats, note, save } = useBooking()
    </script>
    <template>
      <form @submit.prevent="save"><textarea v-model="note" maxlength="300" /><button>Go</button></form>
    </template>
"""


def drifts(tree, text, more, path="pages/book.vue"):
    return found(tree, path, text, package=PACKAGE, more={**CONFIG, **more})


def test_a_page_edits_what_a_composable_writes(tree):
    assert drifts(tree, PAGE, {"composables/useBooking.ts": COMPOSABLE}) == [("AL201", "bookings.note", "250")]


def test_a_component_that_is_known_by_its_folder(tree):
    field = """
        <script setup>
        const props = defineProps({ modelValue: Number })
        </script>
        <template><input type="number" :value="props.modelValue" min="1" max="12"></template>
    """
    page = PAGE.replace('<textarea v-model="note" maxlength="300" />', '<FormSeats :model-value="seats" />')
    more = {"composables/useBooking.ts": COMPOSABLE, "components/form/Seats.vue": field}
    assert drifts(tree, page, more) == [("AL201", "bookings.seats", "10")]


def test_a_form_is_sent_to_a_route_of_the_server(tree):
    page = """
        <script setup lang="ts">
        const form = reactive({ seats: 1 })
        const save = () => $fetch('/api/bookings', { method: 'POST', body: form })
        </script>
        <template>
          <form @submit.prevent="save"><input v-model.number="form.seats" type="number" min="1" max="12"></form>
        </template>
    """
    route = """
        import { serverSupabaseClient } from '#supabase/server'
        export default defineEventHandler(async (event) => {
          const { seats } = await readBody(event)
          if (seats > 10) throw createError({ statusCode: 400, statusMessage: 'Too many' })
          const client = await serverSupabaseClient(event)
          return client.from('bookings').insert({ seats, price: 4 })
        })
    """
    assert drifts(tree, page, {"server/api/bookings.post.ts": route}) == [("AL201", "bookings.seats", "9")]


# Nothing may be said -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ({"composables/useBooking.ts": COMPOSABLE, "composables/other.ts": "export const useBooking = () => 1"}, ""),
        ({"lib/useBooking.ts": COMPOSABLE}, ""),
        (
            {"composables/useBooking.ts": COMPOSABLE},
            "const useBooking = () => ({ seats: ref(0), note: ref(''), save })",
        ),
    ],
)
def test_a_name_that_may_be_another(tree, more, change):
    assert drifts(tree, PAGE.replace("const {", f"{change}\n    const {{"), more) == []


def test_without_the_framework_a_name_is_only_a_name(tree):
    more = {"composables/useBooking.ts": textwrap.dedent(COMPOSABLE)}
    assert found(tree, "pages/book.vue", PAGE, package=PACKAGE, more=more) == []
