"""Rules of form libraries around Vue: functions, objects, texts, validators, and templates that stand apart."""

import pytest
from micro import facts, found

FORM = "src/SeatForm.vue"
LONG = ("AL201", "bookings.note", "250")


def form(template, script=""):
    return f"""
        <script setup lang="ts">
        import {{ reactive }} from 'vue'
        import {{ useVuelidate }} from '@vuelidate/core'
        import {{ required, maxLength, maxValue, helpers }} from '@vuelidate/validators'
        import {{ supabase }} from './supabase'
        const form = reactive({{ seats: 1, note: '' }})
        {script}
        const save = () => supabase.from('bookings').insert({{ seats: form.seats, note: form.note, price: 4 }})
        </script>
        <template><v-form @submit.prevent="save">{template}</v-form></template>
    """


@pytest.mark.parametrize(
    ("template", "script"),
    [
        (
            """<v-field v-model="form.note" :rules="[v => !!v || 'Say it', v => v.length <= 300 || $t('long')]" />""",
            "",
        ),
        (
            '<q-input v-model="form.note" :rules="noteRules" />',
            "const noteRules = [(v: string) => !v || v.length <= 300 || 'long']",
        ),
        (
            '<v-textarea v-model="form.note" :rules="[rules.short]" />',
            "const rules = { short: v => v.length > 300 ? 'long' : true }",
        ),
        (
            '<el-form :model="form" :rules="rules"><el-input v-model="form.note" /></el-form>',
            "const rules = reactive({ note: [{ required: true }, { max: 300, message: 'long', trigger: 'blur' }] })",
        ),
        ('<Field name="note" v-model="form.note" rules="required|max:300" />', ""),
        (
            '<input v-model="form.note">',
            "const v$ = useVuelidate({ note: { required, most: helpers.withMessage('long', maxLength(300)) } }, form)",
        ),
        (
            '<input v-model="form.note">',
            "const rules = computed(() => ({ note: { m: maxLength(300) } }))\nconst v$ = useVuelidate(rules, form)",
        ),
    ],
)
def test_a_note_may_be_longer_here(tree, template, script):
    assert found(tree, FORM, form(template, script)) == [LONG]


def test_rules_of_a_component_of_options(tree):
    text = """
        <template><input v-model="note" /><button :disabled="$v.note.$invalid" @click="save">Go</button></template>
        <script>
        import { required, maxLength } from 'vuelidate/lib/validators'
        export default {
          data: () => ({ note: '' }),
          validations: { note: { required, maxLength: maxLength(300) } },
          methods: { save() { return supabase.from('bookings').insert({ seats: 1, note: this.note, price: 4 }) } },
        }
        </script>
    """
    assert found(tree, FORM, text) == [LONG]


def test_a_template_that_is_found_by_its_mark(tree):
    page = """
        <template id="page-book"><input v-model="dialog.data.note" maxlength="300"></template>
        <template id="page-other"><p v-if="dialog.data.note.length > 400">Long</p></template>
    """
    script = """
        window.PageBook = {
          template: '#page-book',
          data() { return { dialog: { show: false, data: {} } } },
          methods: {
            save() { return supabase.from('bookings').insert({ seats: 1, note: this.dialog.data.note, price: 4 }) },
          },
        }
    """
    assert found(tree, "pages/book.vue", page, more={"static/book.js": script}) == [LONG]


# Nothing may be said -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "script"),
    [
        ("""<q-input v-model="form.note" :rules="[v => v.length <= 200 || 'long']" />""", ""),
        ("""<q-input v-model="other" :rules="[v => v.length <= 300 || 'long']" />""", "const other = ref('')"),
        ("""<q-input v-model="form.note" :rules="[v => longest(form, 300) || 'long']" />""", ""),
        ('<q-input v-model="form.note" :rules="rules" />', "const rules = makeRules(300)"),
        ('<Field name="note" v-model="form.note" rules="required|max:limit" />', ""),
        ('<input v-model="form.note">', "const v$ = useVuelidate({ note: { most: maxLength(limit) } }, form)"),
        ('<el-form :model="filter" :rules="{ note: [{ max: 300 }] }"></el-form>', "const filter = reactive({})"),
    ],
)
def test_the_same_or_another_thing(tree, template, script):
    assert found(tree, FORM, form(template, script)) == []


def test_a_rule_is_said_once_where_it_stands():
    text = form(
        '<q-input v-model="form.note" :rules="noteRules" />', "const noteRules = [v => v.length <= 300 || 'long']"
    )
    said = [(item.text, item.span.line) for item in facts(FORM, text).statements]
    assert said == [("v => v.length <= 300 || 'long'", 7)]
