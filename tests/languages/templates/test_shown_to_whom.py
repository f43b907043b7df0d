"""Buttons that only some see, in every kind of template, before a policy that lets more people through."""

import pytest
from micro import found

SQL = """
    create table public.teams (id uuid primary key, name text);
    create table public.members (
      team_id uuid references teams (id), user_id uuid references auth.users (id),
      role text not null check (role in ('owner', 'staff'))
    );
    create table public.recipes (
      id uuid primary key default gen_random_uuid(), team_id uuid not null references teams (id), title text
    );
    alter table public.recipes enable row level security;
    create policy "members delete" on public.recipes for delete to authenticated using (
      exists (select 1 from members m where m.team_id = recipes.team_id and m.user_id = auth.uid())
    );
"""
VUE = """
    <script setup>
    import {{ supabase }} from './supabase'
    const props = defineProps(['recipe'])
    const {{ user }} = useAuth()
    const remove = (id) => supabase.from('recipes').delete().eq('id', id)
    </script>
    <template>
      <div>
        <p v-if="recipe.title">{{{{ recipe.title }}}}</p>
        <button v-if="{asked}" @click="remove(recipe.id)">x</button>
      </div>
    </template>
"""
SVELTE = """
    <script>
      import {{ supabase }} from './supabase'
      import {{ user }} from './session'
      export let recipe
      const remove = (id) => supabase.from('recipes').delete().eq('id', id)
    </script>
    {{#if {asked}}}<button on:click={{() => remove(recipe.id)}}>x</button>{{/if}}
"""
ANGULAR = """
    import {{ Component, inject }} from '@angular/core'
    import {{ AuthService }} from './auth.service'
    import {{ supabase }} from './supabase'
    @Component({{
      selector: 'app-recipe',
      template: `@if ({asked}) {{ <button (click)="remove(recipe.id)">x</button> }}`,
    }})
    export class RecipeComponent {{
      readonly auth = inject(AuthService)
      recipe: any
      async remove(id: string) {{ await supabase.from('recipes').delete().eq('id', id) }}
    }}
"""
KINDS = {"src/R.vue": VUE, "src/R.svelte": SVELTE, "src/r.component.ts": ANGULAR}


def told(tree, path, asked):
    return [item[:2] for item in found(tree, path, KINDS[path].format(asked=asked), sql=SQL)]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("src/R.vue", "user.role === 'owner'"),
        ("src/R.svelte", "$user.role === 'owner'"),
        ("src/r.component.ts", "auth.user()?.role === 'owner'"),
    ],
)
def test_only_owners_see_a_button_that_works_for_all(tree, path, asked):
    assert told(tree, path, asked) == [("AL303", "recipes:delete")]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("src/R.vue", "recipe.kind === 'owner'"),
        ("src/R.vue", "user"),
        ("src/R.svelte", "opened === 'owner'"),
        ("src/R.svelte", "$tab.role === 'owner'"),
        ("src/r.component.ts", "recipe.role === 'owner'"),
        ("src/r.component.ts", "mode() === 'owner'"),
    ],
)
def test_what_is_no_question_about_the_caller(tree, path, asked):
    assert told(tree, path, asked) == []
