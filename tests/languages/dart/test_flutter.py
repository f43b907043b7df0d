"""Small Flutter applications in front of one table: what is found in them, and what must not be."""

from flutter import STORE, TABLE, facts, found, report

FORM = """
    import 'package:flutter/material.dart';
    import '../data/rental_store.dart';

    class RentalForm extends StatefulWidget {{
      const RentalForm({{super.key, required this.store}});
      final RentalStore store;
      @override
      State<RentalForm> createState() => _RentalFormState();
    }}

    class _RentalFormState extends State<RentalForm> {{
      final _days = TextEditingController();
      final _note = TextEditingController();
      int _count = 1;

      Future<void> _send() async {{
        await widget.store.ask(days: {days}, deposit: 20.0, note: _note.text.trim());
      }}

      @override
      Widget build(BuildContext context) => Form(
            child: Column(children: [
              {fields}
              TextButton(onPressed: _send, child: const Text('Ask')),
            ]),
          );
    }}
"""


def form(fields, days="int.parse(_days.text)"):
    """A form that asks for a tool, with some fields."""
    return {"ui/rental_form.dart": FORM.format(fields=fields, days=days), "data/rental_store.dart": STORE}


# Fields ------------------------------------------------------------------------------------------------------


def test_a_validator_that_lets_more_through_than_the_table(tree):
    fields = """
        TextFormField(
          controller: _days,
          validator: (value) {
            final days = int.tryParse(value ?? '');
            if (days == null || days < 1 || days > 21) {
              return 'One day to three weeks';
            }
            return null;
          },
        ),
    """
    assert found(tree, form(fields)) == [("AL201", "rentals.days", "17")]


def test_the_same_limit_in_other_words_is_no_drift(tree):
    fields = """
        TextFormField(
          controller: _days,
          validator: (value) {
            final days = int.tryParse(value ?? '') ?? 0;
            return days <= 0 || 14 < days ? 'At most two weeks' : null;
          },
        ),
    """
    assert found(tree, form(fields)) == []


def test_validators_of_a_package_and_the_length_of_a_field(tree):
    fields = """
        FormBuilderTextField(
          name: 'days',
          controller: _days,
          validator: FormBuilderValidators.compose([
            FormBuilderValidators.required(),
            FormBuilderValidators.max(30),
          ]),
        ),
        TextField(controller: _note, maxLength: 500),
    """
    assert found(tree, form(fields)) == [
        ("AL201", "rentals.days", "22"),
        ("AL201", "rentals.note", "350"),
    ]


def test_a_validator_that_has_a_name_elsewhere(tree):
    files = form("TextFormField(controller: _note, validator: Checks.note),")
    files["ui/rental_form.dart"] = "import 'package:toolshed/ui/checks.dart';\n" + files["ui/rental_form.dart"]
    files["ui/checks.dart"] = """
        class Checks {
          static const int longest = 250;
          static String? note(String? value) {
            if (value != null && value.length > longest) {
              return 'Too long a story';
            }
            return null;
          }
        }
    """
    assert found(tree, files) == [("AL201", "rentals.note", "225")]


def test_steps_that_a_button_stops_at(tree):
    step = """
        IconButton(
          onPressed: _count < {limit} ? () => setState(() => _count++) : null,
          icon: const Icon(Icons.add),
        ),
    """
    assert found(tree, form(step.replace("{limit}", "20"), "_count")) == [("AL201", "rentals.days", "17")]
    assert found(tree, form(step.replace("{limit}", "14"), "_count")) == []


def test_choices_that_the_column_does_not_know(tree):
    files = {
        "ui/state_picker.dart": """
            import 'package:flutter/material.dart';
            import 'package:supabase_flutter/supabase_flutter.dart';

            class StatePicker extends StatefulWidget {
              const StatePicker({super.key, required this.id});
              final String id;
              @override
              State<StatePicker> createState() => _StatePickerState();
            }

            class _StatePickerState extends State<StatePicker> {
              String _state = 'returned';

              Future<void> _save() =>
                  Supabase.instance.client.from('rentals').update({'state': _state}).eq('id', widget.id);

              @override
              Widget build(BuildContext context) => DropdownButtonFormField<String>(
                    value: _state,
                    items: ['returned', 'broken'].map((s) => DropdownMenuItem(value: s, child: Text(s))).toList(),
                    onChanged: (value) => setState(() => _state = value!),
                  );
            }
        """
    }
    assert ("AL204", "rentals.state", '"broken"') in found(tree, files)
    files = {path: text.replace("'broken'", "'lost'") for path, text in files.items()}
    assert not [item for item in found(tree, files) if item[0] == "AL204"]


# Words -------------------------------------------------------------------------------------------------------

MODEL = """
    import 'rental_state.dart';

    class Rental {
      const Rental({required this.id, required this.state, this.days = 1});
      final String id;
      final RentalState state;
      final int days;

      factory Rental.fromJson(Map<String, dynamic> json) => Rental(
            id: json['id'] as String,
            state: RentalState.of(json['state'] as String),
            days: json['days'] as int,
          );
    }
"""
LIST = """
    import 'package:supabase_flutter/supabase_flutter.dart';
    import 'package:toolshed/models/models.dart';

    Future<List<Rental>> openRentals(SupabaseClient db) async {
      final rows = await db.from('rentals').select('id, state, days');
      return rows.map(Rental.fromJson).where((rental) => rental.state != RentalState.returned).toList();
    }
"""
BARREL = "export 'rental.dart';\nexport 'rental_state.dart' show RentalState;\n"
STATES = """
    enum RentalState {
      asked('asked'),
      handedOut('handed_out'),
      returned('returned'),
      lost('lost'){more};

      const RentalState(this.code);
      final String code;
      static RentalState of(String code) => values.firstWhere((state) => state.code == code, orElse: () => asked);
    }
"""


def words(more):
    """An application whose enum has a constant more."""
    return {
        "models/rental.dart": MODEL,
        "models/rental_state.dart": STATES.replace("{more}", more),
        "models/models.dart": BARREL,
        "data/open_rentals.dart": LIST,
    }


def test_a_word_of_an_enum_that_the_table_does_not_know(tree):
    assert found(tree, words(",\n      stolen('stolen')")) == [("AL204", "rentals.state", '"stolen"')]


def test_an_enum_with_the_words_of_the_table(tree):
    assert found(tree, words("")) == []


def test_a_constant_for_what_a_newer_server_sends_is_no_word(tree):
    assert found(tree, words(",\n      unknown('unknown')")) == []


def test_names_of_constants_are_stored_in_snake_case(tree):
    files = words("")
    files["models/rental_state.dart"] = """
        enum RentalState {
          asked, handedOut, returned, lost;

          static RentalState of(String code) => values.byName(code);
        }
    """
    assert found(tree, files) == []


def test_a_misspelt_word_in_a_filter(tree):
    files = words("")
    files["data/open_rentals.dart"] = LIST.replace(
        ".select('id, state, days')", ".select('id, state, days').eq('state', 'handed-out')"
    )
    assert found(tree, files) == [("AL204", "rentals.state", '"handed-out"')]


def test_the_words_of_another_thing_are_its_own(tree):
    files = words("")
    files["models/tool.dart"] = """
        enum ToolState { fine, broken }

        class Tool {
          const Tool({required this.state});
          final ToolState state;
          bool get usable => state == ToolState.fine;
        }
    """
    assert found(tree, files) == []


# Stored forms ------------------------------------------------------------------------------------------------


def test_a_fallback_that_is_another_than_the_column_takes(tree):
    text = """
        import 'package:supabase_flutter/supabase_flutter.dart';

        Future<String> stateOf(SupabaseClient db, String id) async {
          final row = await db.from('rentals').select('state').eq('id', id).maybeSingle();
          return row?['state'] as String? ?? '{word}';
        }
    """
    free = TABLE.replace(" check (state in ('asked', 'handed_out', 'returned', 'lost'))", "")
    lost, asked = ({"a.dart": text.replace("{word}", word)} for word in ("lost", "asked"))
    assert found(tree, lost, sql=free) == [("AL209", "rentals.state", '"asked" / "lost"')]
    assert found(tree, asked, sql=free) == []
    # A word of a closed list says in which state one is without any row.
    assert found(tree, lost) == []


def test_a_key_that_is_no_column(tree):
    files = {"data/rental_store.dart": STORE.replace("'deposit': deposit", "'pledge': deposit")}
    assert [item[:2] for item in found(tree, files)] == [("AL210", "rentals")]


def test_a_generated_stored_form_goes_by_its_own_names(tree):
    files = {
        "rental_draft.dart": """
            import 'package:freezed_annotation/freezed_annotation.dart';
            import 'package:supabase_flutter/supabase_flutter.dart';
            part 'rental_draft.freezed.dart';
            part 'rental_draft.g.dart';

            @freezed
            class RentalDraft with _$RentalDraft {
              const factory RentalDraft({
                @JsonKey(name: 'borrower_id') required String borrower,
                required int days,
                required double deposit,
                @Default('lost') String state,
              }) = _RentalDraft;

              factory RentalDraft.fromJson(Map<String, dynamic> json) => _$RentalDraftFromJson(json);
            }

            Future<void> store(SupabaseClient db, RentalDraft draft) async {
              if (draft.days > 10) throw ArgumentError('Too long');
              await db.from('rentals').insert(draft.toJson());
            }
        """,
        "rental_draft.g.dart": "// GENERATED CODE - DO NOT MODIFY BY HAND\nint days(int x) => x > 99 ? 1 : 2;\n",
    }
    told = report(tree, files)
    assert [(item.code, item.subject) for item in told.findings] == [
        ("AL209", "rentals.state"),
        ("AL201", "rentals.days"),
    ]
    assert told.summary.skipped == {"generated": 1}


# What is computed --------------------------------------------------------------------------------------------

FEES = """
    import 'package:supabase_flutter/supabase_flutter.dart';

    class Quote {
      const Quote(this.days, this.rate);
      final int days;
      final double rate;
      double get deposit => days * rate * {factor};
    }

    Future<void> store(SupabaseClient db, Quote quote, String me) =>
        db.from('rentals').insert({'borrower_id': me, 'days': quote.days, 'deposit': quote.deposit});
"""
PROCEDURE = """
    create function public.renew(p_borrower uuid, p_days integer, p_rate numeric) returns void language plpgsql as $$
    begin
      insert into public.rentals (borrower_id, days, deposit) values (p_borrower, p_days, p_days * p_rate * 0.3);
    end $$;
"""


def test_a_getter_that_computes_what_a_procedure_computes_otherwise(tree):
    sql = TABLE + PROCEDURE
    codes = [item[:2] for item in found(tree, {"quote.dart": FEES.replace("{factor}", "0.25")}, sql)]
    assert ("AL205", "rentals.deposit") in codes
    codes = [item[:2] for item in found(tree, {"quote.dart": FEES.replace("{factor}", "3 / 10")}, sql)]
    assert ("AL205", "rentals.deposit") not in codes


def test_a_page_of_a_list_is_no_limit_of_the_business(tree):
    text = """
        import 'package:supabase_flutter/supabase_flutter.dart';

        Future<List<dynamic>> page(SupabaseClient db, {int limit = 20}) async {
          if (limit < 1 || limit > 100) {
            throw RangeError('1 to 100');
          }
          return db.from('rentals').select('id').limit(limit.clamp(1, 100));
        }
    """
    assert found(tree, {"page.dart": text}) == []


# State that is handed on -------------------------------------------------------------------------------------


def test_a_value_is_followed_through_providers(tree):
    files = {
        "state.dart": """
            import 'package:flutter_riverpod/flutter_riverpod.dart';
            import 'data/rental_store.dart';

            final storeProvider = Provider<RentalStore>((ref) => RentalStore(ref.watch(clientProvider)));
            final draftProvider = StateNotifierProvider<DraftNotifier, Draft>((ref) => DraftNotifier(ref));

            class Draft {
              const Draft({this.days = 1});
              final int days;
              Draft copyWith({int? days}) => Draft(days: days ?? this.days);
            }

            class DraftNotifier extends StateNotifier<Draft> {
              DraftNotifier(this._ref) : super(const Draft());
              final Ref _ref;
              void setDays(int days) => state = state.copyWith(days: days);
              Future<void> send() => _ref.read(storeProvider).ask(days: state.days, deposit: 20.0);
            }
        """,
        "days_field.dart": """
            import 'package:flutter/material.dart';
            import 'package:flutter_riverpod/flutter_riverpod.dart';
            import 'package:toolshed/state.dart';

            class DaysField extends ConsumerWidget {
              const DaysField({super.key});
              @override
              Widget build(BuildContext context, WidgetRef ref) => Slider(
                    value: ref.watch(draftProvider).days.toDouble(),
                    min: 1,
                    max: 28,
                    onChanged: (value) => ref.read(draftProvider.notifier).setDays(value.round()),
                  );
            }
        """,
        "data/rental_store.dart": STORE,
    }
    assert ("AL201", "rentals.days", "21") in found(tree, files)


def test_a_value_is_followed_through_events(tree):
    files = {
        "rental_bloc.dart": """
            import 'package:flutter_bloc/flutter_bloc.dart';
            import 'data/rental_store.dart';

            class RentalAsked {
              const RentalAsked({required this.days});
              final int days;
            }

            class RentalBloc extends Bloc<RentalAsked, bool> {
              RentalBloc(this._store) : super(false) {
                on<RentalAsked>((event, emit) async {
                  await _store.ask(days: event.days, deposit: 20.0);
                  emit(true);
                });
              }
              final RentalStore _store;
            }
        """,
        "days_field.dart": """
            import 'package:flutter/material.dart';
            import 'package:toolshed/rental_bloc.dart';

            class DaysField extends HookWidget {
              const DaysField({super.key});
              @override
              Widget build(BuildContext context) {
                final days = useTextEditingController();
                return Column(children: [
                  TextFormField(
                    controller: days,
                    validator: (value) => int.parse(value!) > 30 ? 'A month at most' : null,
                  ),
                  TextButton(
                    onPressed: () => context.read<RentalBloc>().add(RentalAsked(days: int.parse(days.text))),
                    child: const Text('Ask'),
                  ),
                ]);
              }
            }
        """,
        "data/rental_store.dart": STORE,
    }
    assert found(tree, files) == [("AL201", "rentals.days", "22")]
    files["days_field.dart"] = files["days_field.dart"].replace("> 30", "> 14")
    assert found(tree, files) == []


PANEL = """
    import 'package:flutter/material.dart';
    import 'package:flutter_riverpod/flutter_riverpod.dart';
    import 'package:supabase_flutter/supabase_flutter.dart';

    class RentalPanel extends ConsumerWidget {
      const RentalPanel({super.key, required this.id});
      final String id;

      Future<void> _remove() => Supabase.instance.client.from('rentals').delete().eq('id', id);

      @override
      Widget build(BuildContext context, WidgetRef ref) {
        final user = ref.watch(currentUserProvider);
        return Column(children: [
          if (user.role == 'keeper') IconButton(onPressed: _remove, icon: const Icon(Icons.delete)),
        ]);
      }
    }
"""
REMOVING = """
    create policy "remove" on public.rentals for delete to authenticated using ({test});
"""


def test_a_role_that_only_hides_a_button(tree):
    open_to_all = TABLE + REMOVING.format(test="true")
    assert ("AL303", "rentals:delete", "") in found(tree, {"panel.dart": PANEL}, open_to_all)
    disabled = PANEL.replace("if (user.role == 'keeper') IconButton(onPressed: _remove", "IconButton(onPressed: {}")
    disabled = disabled.replace("{}", "user.role == 'keeper' ? _remove : null")
    assert ("AL303", "rentals:delete", "") in found(tree, {"panel.dart": disabled}, open_to_all)


def test_a_role_that_the_policy_asks_for_as_well(tree):
    asked = TABLE + REMOVING.format(test="(auth.jwt() -> 'app_metadata' ->> 'role') = 'keeper'")
    assert found(tree, {"panel.dart": PANEL}, asked) == []


# Servers ----------------------------------------------------------------------------------------------------

DESK = """
    import 'dart:convert';
    import 'package:shelf/shelf.dart';
    import 'package:shelf_router/shelf_router.dart';
    import 'package:supabase/supabase.dart';

    class Desk {{
      Desk(this._db);
      final SupabaseClient _db;

      Handler get handler => (Router()
        ..post('/rentals', _ask)
        ..delete('/rentals/<id>', _forget))
          .call;

      Future<Response> _ask(Request request) async {{
        final body = jsonDecode(await request.readAsString()) as Map<String, dynamic>;
        if (body['days'] > {limit}) {{
          return Response(422, body: 'Too long');
        }}
        await _db.from('rentals').insert({{'days': body['days'], 'deposit': 20, 'borrower_id': body['borrower']}});
        return Response.ok('asked');
      }}

      Future<Response> _forget(Request request, String id) async {{
        if (request.context['user'] == null) return Response.forbidden('Sign in');
        await _db.from('rentals').delete().eq('id', id);
        return Response.ok('gone');
      }}
    }}
"""
SERVER = "name: desk\ndependencies:\n  shelf: ^1.4.0\n"
ASKING = """
    import 'package:dio/dio.dart';

    Future<void> ask(Dio dio, int days) async {
      if (days > 20) throw StateError('Too long');
      await dio.post('/rentals', data: {'days': days});
    }
"""


def test_a_server_lets_more_through_than_its_table(tree):
    files = {"desk.dart": DESK.format(limit=30)}
    assert found(tree, files, pubspec=SERVER) == [("AL201", "rentals.days", "22")]
    # The same limit in two trusted layers is one rule too often, and no drift.
    same = found(tree, {"desk.dart": DESK.format(limit=14)}, pubspec=SERVER)
    assert same == [("AL101", "rentals.days", "")]


def test_an_application_is_held_to_the_server_that_it_asks(tree):
    files = {
        "/desk/pubspec.yaml": SERVER,
        "/desk/lib/desk.dart": DESK.format(limit=14),
        "asking.dart": ASKING,
    }
    assert found(tree, files) == [("AL201", "rentals.days", "17")]
    files["asking.dart"] = ASKING.replace("/rentals", "/tools")
    assert found(tree, files) == []
    files["asking.dart"] = "import 'package:toolshed/api.dart';" + ASKING.replace("'/rentals'", "Api.rentals")
    files["api.dart"] = "class Api { static const rentals = '/rentals'; static const tools = '/tools'; }"
    assert found(tree, files) == [("AL201", "rentals.days", "17")]
    files["asking.dart"] = files["asking.dart"].replace("Api.rentals", "Api.tools")
    assert found(tree, files) == []


# What is not read --------------------------------------------------------------------------------------------


def test_broken_code_costs_a_line_and_nothing_else(tree):
    files = words(",\n      stolen('stolen')")
    files["ui/broken.dart"] = "class Half extends StatelessWidget {\n  Widget build(BuildContext context => Text('x'\n"
    told = report(tree, files)
    assert [(item.code, item.subject) for item in told.findings] == [("AL204", "rentals.state"), ("AL902", "")]
    assert [(item.path, item.reason) for item in told.problems] == [
        ("app/lib/ui/broken.dart", "a piece of code is not read (syntax error)")
    ]


def test_whole_declarations_beside_a_broken_one_are_read():
    read = facts("""
        class Before { bool late(int days) { if (days > 14) throw StateError('late'); return false; } }
        class Broken { void half( { if }
        enum After { a, b }
    """)
    assert read.problems
    assert [item.kind for item in read.statements][:1] == ["require"]


def test_tests_and_what_runs_them_are_left_out(tree):
    files = {
        "/app/test/rental_test.dart": "void main() {}",
        "/app/integration_test/app.dart": "void main() {}",
        "/app/lib/rental.mocks.dart": "class MockStore {}",
        "/app/android/app/src/main/kotlin/MainActivity.kt": "class MainActivity",
        "/app/ios/Runner/AppDelegate.swift": "class AppDelegate {}",
        "a.dart": "const limit = 4;",
    }
    told = report(tree, files)
    assert told.summary.skipped == {"mocks": 1, "no reader for .kt": 1, "no reader for .swift": 1, "tests": 2}


def test_an_application_is_a_client_and_a_server_is_none(tree):
    text = """
        import 'package:supabase/supabase.dart';

        Future<void> close(SupabaseClient db, String id, int days) async {
          if (days > 10) throw StateError('Too long');
          await db.from('rentals').update({'days': days}).eq('id', id);
        }
    """
    client = report(tree, {"close.dart": text})
    server = report(tree, {"close.dart": text}, pubspec="name: desk\ndependencies:\n  shelf: ^1.4.0\n")
    layers = [
        {site.layer.value for rule in told.rules for site in rule.sites if site.path.endswith(".dart")}
        for told in (client, server)
    ]
    assert layers == [{"frontend"}, {"service"}]
