"""Forms of vee-validate that are held to a typed schema."""

import pytest

from archlint.pipeline import Options, scan

FORM = """<script setup lang="ts">
import { useForm } from 'vee-validate'
import { toTypedSchema } from '@vee-validate/zod'
import { z } from 'zod'
import { supabase } from './supabase'
%s
const save = handleSubmit(async (values) => {
  await supabase.from('berths').insert({ metres: values.metres })
})
</script>
<template><form @submit="save"></form></template>
"""
SCHEMA = "toTypedSchema(z.object({ metres: z.number().min(4).max(%s) }))"
CLIENT = "import { createClient } from '@supabase/supabase-js'\nexport const supabase = createClient('u', 'k')\n"
SQL = "create table berths (id serial primary key, metres int not null check (metres between 4 and 30));"


@pytest.mark.parametrize(
    "made",
    [
        f"const {{ handleSubmit }} = useForm({{ validationSchema: {SCHEMA} }})",
        f"const schema = {SCHEMA}\nconst {{ handleSubmit }} = useForm({{ validationSchema: schema }})",
    ],
)
@pytest.mark.parametrize(("most", "count"), [("40", 1), ("30", 0)])
def test_a_form_that_lets_more_through(tree, made, most, count):
    root = tree({"src/Form.vue": FORM % (made % most), "src/supabase.ts": CLIENT, "db/1.sql": SQL})
    found = [item.subject for item in scan(root, Options(jobs=1, cache=False)).findings if item.code == "AL201"]
    assert found == ["berths.metres"] * count
