"""Whole scans of small Flutter applications in front of one table."""

import textwrap

from archlint import languages
from archlint.algebra import canonical
from archlint.pipeline import Options, scan

TABLE = """
    create table public.rentals (
      id uuid primary key default gen_random_uuid(),
      borrower_id uuid not null,
      days integer not null check (days >= 1 and days <= 14),
      state text not null default 'asked' check (state in ('asked', 'handed_out', 'returned', 'lost')),
      deposit numeric not null check (deposit > 0),
      note text check (char_length(note) <= 200)
    );
    alter table public.rentals enable row level security;
    create policy "read" on public.rentals for select to authenticated using (borrower_id = auth.uid());
    create policy "ask" on public.rentals for insert to authenticated with check (borrower_id = auth.uid());
"""
PUBSPEC = """
    name: toolshed
    # A shed of tools.
    environment:
      sdk: ^3.5.0
    dependencies:
      flutter:
        sdk: flutter
      supabase_flutter: ^2.8.0
    dev_dependencies:
      shelf: any
"""
STORE = """
    import 'package:supabase_flutter/supabase_flutter.dart';

    class RentalStore {
      final SupabaseClient _db;
      RentalStore(this._db);

      Future<void> ask({required int days, required double deposit, String? note}) async {
        final user = _db.auth.currentUser;
        if (user == null) throw StateError('Sign in first');
        await _db.from('rentals').insert({
          'borrower_id': user.id,
          'days': days,
          'deposit': deposit,
          'note': note,
          'state': 'asked',
        });
      }
    }
"""


def report(tree, files, sql=TABLE, pubspec=PUBSPEC):
    """The whole report on files below `app/lib`, and the table; a path with a slash in front is one of the root."""
    written = {
        path[1:] if path.startswith("/") else f"app/lib/{path}": textwrap.dedent(text) for path, text in files.items()
    }
    root = tree(
        {
            "app/pubspec.yaml": textwrap.dedent(pubspec),
            "supabase/migrations/1_rentals.sql": textwrap.dedent(sql),
            **written,
        }
    )
    return scan(root, Options(jobs=1, cache=False))


def found(tree, files, sql=TABLE, pubspec=PUBSPEC):
    """What a scan finds, as (code, subject, witness)."""
    return [(item.code, item.subject, item.witness) for item in report(tree, files, sql, pubspec).findings]


def facts(text, path="lib/a.dart"):
    """The facts of a text."""
    return languages.read("dart", path, textwrap.dedent(text).lstrip("\n").encode())


def conditions(text, *kinds):
    """What statements of some kinds ask for, as lines."""
    return [canonical(item.condition) for item in facts(text).statements if item.kind in kinds and item.condition]
