"""Whole scans of a few files: a form of some kind in front of one table."""

import textwrap

from archlint import languages
from archlint.algebra import canonical
from archlint.pipeline import Options, scan

TABLE = """
    create table public.bookings (
      id uuid primary key default gen_random_uuid(),
      seats integer not null check (seats >= 1 and seats <= 8),
      state text not null default 'open' check (state in ('open', 'paid', 'void')),
      note text check (char_length(note) <= 200),
      price numeric not null check (price > 0)
    );
    alter table public.bookings enable row level security;
    create policy "insert" on public.bookings for insert to authenticated with check (true);
"""
PACKAGE = '{"name": "desk", "dependencies": {"vue": "3", "@supabase/supabase-js": "2"}}'


def found(tree, path, text, sql=TABLE, package=PACKAGE, **files):
    """What a scan of one component and the table finds, as (code, subject, witness)."""
    told = report(tree, path, text, sql, package, **files)
    return [(item.code, item.subject, item.witness) for item in told.findings]


def report(tree, path, text, sql=TABLE, package=PACKAGE, **files):
    """The whole report on one component, the table, and further files by path."""
    root = tree(
        {
            "package.json": package,
            "supabase/migrations/1_bookings.sql": textwrap.dedent(sql),
            path: textwrap.dedent(text).lstrip("\n"),
            **{name: textwrap.dedent(content) for name, content in files.get("more", {}).items()},
        }
    )
    return scan(root, Options(jobs=1, cache=False))


def facts(path, text):
    """The facts of a text; its file name says its language."""
    return languages.read(languages.language_of(path), path, textwrap.dedent(text).lstrip("\n").encode())


def conditions(path, text, *kinds):
    """What statements of some kinds ask for, as lines."""
    return [canonical(item.condition) for item in facts(path, text).statements if item.kind in kinds]
