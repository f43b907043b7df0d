"""Vue components: what their templates say, where, and what is left of half-written ones."""

import textwrap

import pytest
from micro import conditions, facts, found, report

from archlint import languages
from archlint.model.rule import Kind

FORM = "src/SeatForm.vue"


def seats(template, script="", tail=""):
    """A form that books seats; `template` edits `form.seats`."""
    return f"""
        <script setup lang="ts">
        import {{ reactive, ref, computed }} from 'vue'
        import {{ supabase }} from './supabase'
        const form = reactive({{ seats: 1, note: '' }})
        {script}
        const save = () => supabase.from('bookings').insert({{ seats: form.seats, note: form.note, price: 4 }})
        </script>
        <template>
          <form @submit.prevent="save">{template}</form>
        </template>
        {tail}
    """


# Places ------------------------------------------------------------------------------------------------------


def test_places_are_those_of_the_real_file():
    text = textwrap.dedent("""\
        <template>
          <p>Größe</p>
          <input v-model.number="seats" type="number"
                 :max="LIMIT" />
          <b v-if="state === 'void'">-</b><i v-else-if="state === 'open'">{{ note ?? 'none' }}</i>
        </template>
        <script setup>
        const LIMIT = 8
        if (seats > LIMIT) throw new Error('no')
        </script>
    """)
    lines = text.split("\n")
    found = languages.read("vue", "src/A.vue", text.encode())
    for item in found.statements:
        span = item.span
        assert span.line == span.end_line
        assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == item.text
    assert {item.text for item in found.statements} == {
        ':max="LIMIT"',
        "state === 'void'",
        "state === 'open'",
        "note ?? 'none'",
        "seats > LIMIT",
    }
    assert found.lines == 10
    assert found.language == "vue"


def test_what_markup_escapes_is_read_as_it_is_meant():
    text = """
        <template><p v-if="a &lt; 3 &amp;&amp; b === &quot;x&quot;">1</p></template>
        <script setup>
        const a = 1
        </script>
    """
    said = facts("src/A.vue", text).statements
    assert [item.text for item in said] == ["a &lt; 3 &amp;&amp; b === &quot;x&quot;"]
    assert conditions("src/A.vue", text, "compare") == ['(("x" = b@0) and (a@1.1 < 3))']


@pytest.mark.parametrize(
    "attribute",
    [':disabled="seats < 1 || (seats > 8"', '@click="seats ="', 'v-if="seats === \'"', ':max="8 +"', 'v-for="x in"'],
)
def test_a_half_written_expression_costs_nothing_else(attribute):
    text = f"""
        <script setup>
        const seats = 1
        if (seats > 9) throw new Error('many')
        </script>
        <template>
          <p v-if="state === 'open'">Open</p>
          <button {attribute}>Go</button>
          <p v-if="state === 'paid'">Paid</p>
        </template>
    """
    found = facts("src/A.vue", text)
    assert [item.text for item in found.statements] == ["seats > 9", "state === 'open'", "state === 'paid'"]
    assert {item.line for item in found.problems} <= {7}


def test_a_template_that_ends_early_leaves_the_script():
    found = facts(
        "src/A.vue",
        """
        <template>
          <form><div v-if="state === 'open'"><input v-model="seats" max="8"
        <script setup>
        if (seats > 9) throw new Error('many')
        </script>
        """,
    )
    assert [item.text for item in found.statements if item.kind == "require"][:1] == ["seats > 9"]
    assert found.problems


def test_a_script_that_ends_early_leaves_what_it_says_before():
    found = facts(
        "src/A.vue",
        """
        <script setup>
        if (seats > 9) throw new Error('many')
        function half() {
        </script>
        <template><p v-if="state === 'open'">Open</p></template>
        """,
    )
    assert "seats > 9" in [item.text for item in found.statements]
    assert found.problems


def test_a_template_in_another_language_is_said_to_be_unread():
    found = facts(
        "src/A.vue", "<template lang='pug'>\np(v-if='a')\n</template>\n<script setup>\nconst a = 1\n</script>"
    )
    assert [(item.line, item.reason) for item in found.problems] == [
        (1, "a template in another language than HTML is not read")
    ]


# Drift -------------------------------------------------------------------------------------------------------


def test_a_field_admits_more_than_the_column(tree):
    text = seats('<input v-model.number="form.seats" type="number" :min="1" max="12">')
    assert found(tree, FORM, text) == [("AL201", "bookings.seats", "10")]


def test_a_component_of_the_team_around_the_field(tree):
    text = seats('<BaseInput v-model="form.note" :maxlength="300" />', "import BaseInput from './BaseInput.vue'")
    assert found(tree, FORM, text) == [("AL201", "bookings.note", "250")]


def test_a_choice_that_the_column_does_not_know(tree):
    text = """
        <template>
          <q-select v-model="state" :options="states" @update:model-value="save" />
        </template>
        <script setup>
        import { ref } from 'vue'
        import { supabase } from './supabase'
        const props = defineProps({ id: String })
        const states = ['open', 'paid', 'refunded']
        const state = ref('open')
        const save = () => supabase.from('bookings').update({ state: state.value }).eq('id', props.id)
        </script>
    """
    assert found(tree, FORM, text) == [("AL204", "bookings.state", '"refunded"')]


def test_options_drawn_one_by_one(tree):
    text = """
        <template>
          <select v-model="state"><option v-for="one in states" :key="one" :value="one">{{ one }}</option></select>
          <button @click="save()">Save</button>
        </template>
        <script setup>
        const states = ['open', 'paid', 'refunded']
        const state = ref('open')
        const save = () => useSupabaseClient().from('bookings').update({ state: state.value }).eq('id', 1)
        </script>
    """
    assert found(tree, FORM, text) == [("AL204", "bookings.state", '"refunded"')]


def test_a_component_of_options(tree):
    text = """
        <template>
          <div><input v-model.number="seats" type="number" /><button @click="save">Book</button></div>
        </template>
        <script>
        import { supabase } from './supabase'
        export default {
          data() { return { seats: 1 } },
          methods: {
            async save() {
              if (this.seats > 10) throw new Error('too many')
              await supabase.from('bookings').insert({ seats: this.seats, price: 3 })
            },
          },
        }
        </script>
    """
    assert found(tree, FORM, text) == [("AL201", "bookings.seats", "9")]


def test_a_component_that_is_set_up(tree):
    text = """
        <template><input v-model.number="seats" type="number" max="12" /><button @click="save">Book</button></template>
        <script lang="ts">
        import { defineComponent, ref } from 'vue'
        import { supabase } from './supabase'
        export default defineComponent({
          setup(props) {
            const seats = ref(1)
            const save = async () => { await supabase.from('bookings').insert({ seats: seats.value, price: 3 }) }
            return { seats, save }
          },
        })
        </script>
    """
    assert found(tree, FORM, text) == [("AL201", "bookings.seats", "10")]


def test_a_word_that_no_row_has_is_shown(tree):
    text = """
        <template>
          <tr v-for="{ state, price } in bookings" :key="id">
            <td v-if="state === 'settled'">Done</td><td v-else>{{ price }}</td>
          </tr>
        </template>
        <script setup>
        const bookings = ref([])
        onMounted(async () => {
          const { data } = await useSupabaseClient().from('bookings').select('*')
          bookings.value = data
        })
        </script>
    """
    assert found(tree, FORM, text) == [("AL204", "bookings.state", '"settled"')]


# Nothing may be said -----------------------------------------------------------------------------------------


def test_the_same_limits(tree):
    text = seats(
        '<input v-model.number="form.seats" type="number" min="1" max="8">'
        '<textarea v-model="form.note" maxlength="200" />'
    )
    assert found(tree, FORM, text) == []


def test_limits_of_what_is_only_shown(tree):
    text = seats(
        '<input v-model="form.seats" min="1" max="8"><p v-if="page > 12 || form.note.length > 300">{{ page }}</p>',
        "const page = ref(1)",
    )
    assert found(tree, FORM, text) == []


def test_a_value_of_an_option_is_no_box(tree):
    text = seats(
        '<select v-model="kind"><option v-for="o in kinds" :value="o.value">{{ o.label }}</option></select>',
        "const kind = ref('a'); const kinds = [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }]",
    )
    assert found(tree, FORM, text) == []


def test_what_stands_in_a_comment(tree):
    text = seats('<!-- <input v-model="form.seats" max="12"> -->', "", "<!-- <template><input max='99'></template> -->")
    assert found(tree, FORM, text) == []


def test_a_field_of_another_form(tree):
    text = seats(
        '<input v-model="form.seats" max="8" min="1"><input v-model="filter.seats" max="40" />',
        "const filter = reactive({ seats: 0 })",
    )
    assert found(tree, FORM, text) == []


def test_events_of_two_components_are_two_things(tree):
    login = """
        <script setup>
        const secret = ref('')
        const enter = () => { if (secret.value.length < 6) throw new Error('short') }
        </script>
        <template><input v-model="secret" /><button @click="enter">Enter</button></template>
    """
    text = seats('<input v-model="form.note" maxlength="200" />')
    assert report(tree, FORM, text, more={"src/Enter.vue": login}).findings == ()


def test_what_two_screens_tell_about_a_state(tree):
    screen = """
        <script setup>
        const booking = ref(null)
        const state = computed(() => booking.value?.state || 'open')
        onMounted(async () => {{
          const {{ data }} = await useSupabaseClient().from('bookings').select('*').single()
          booking.value = data
        }})
        const told = computed(() => {{
          if (state.value === 'open') return '{first}'
          if (state.value === 'paid') return '{second}'
          return ''
        }})
        </script>
        <template><p>{{{{ told }}}}</p></template>
    """
    more = "if (state.value === 'void') return '{}'\n          return ''"
    one = screen.format(first="This booking waits for its payment.", second="All is paid and done, see you soon.")
    other = one.replace("return ''", more.format("This one was called off by you."))
    short = screen.format(first="waiting", second="done")
    assert classes(tree, one, other) == []
    assert classes(tree, short, short.replace("return ''", more.format("off"))) == ["drifted"]


def classes(tree, one, other):
    """How the classes that two screens make of a state lie to each other."""
    rules = report(tree, FORM, one, more={"src/Other.vue": other}).rules
    return [rule.relation for rule in rules if rule.kind is Kind.CLASSIFICATION]
