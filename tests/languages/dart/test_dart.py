"""What single files of Dart say: conditions, words, uses of data, and who may do what."""

import pytest
from flutter import conditions, facts

from archlint.algebra import canonical
from archlint.model.expression import Fields, Items, Operation, Ref, Text

# Conditions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "required"),
    [
        ("days > 14", ["not((14 < days))"]),
        ("days > 14 || note.isEmpty", ["not((14 < days))", "not((0 = length(note)))"]),
        ("late && days > 14 || lost", ["not(((14 < days) and late))", "not(lost)"]),
        ("note?.isEmpty ?? true", ["not(((0 = length(note)) or is null(note)))"]),
        ("!['a', 'b'].contains(state)", ['(state in ["a", "b"])']),
        ("!(note ?? '').startsWith('x')", []),
        ("!RegExp(r'^\\d{4}$').hasMatch(code)", ["(code matches /^\\d{4}$/ javascript)"]),
    ],
)
def test_what_a_refusing_branch_requires(test, required):
    read = facts(f"""
        void check(int days, String? note, String state, String code, bool late, bool lost) {{
          if ({test}) {{
            throw StateError('no');
          }}
        }}
    """)
    told = [canonical(item.condition) for item in read.statements if item.kind == "require"]
    assert [text.replace("@1", "") for text in told][: len(required)] == required


def test_conditions_bind_as_the_language_says():
    read = facts("bool open(bool a, bool b, bool c, bool d) => a && b || c ? d : a ?? b == c;")
    assert canonical(read.functions[0].returns[0][1]).replace("@1", "") == canonical_of("a", "b", "c", "d")


def canonical_of(a, b, c, d):
    """`(a and b or c) ? d : a ?? (b == c)`."""
    left = Operation("or", (Operation("and", (Ref(a), Ref(b))), Ref(c)))
    return canonical(Operation("if", (left, Ref(d), Operation("coalesce", (Ref(a), Operation("=", (Ref(b), Ref(c))))))))


def test_a_snack_bar_and_a_return_refuse_softly_and_a_log_does_not():
    text = """
        class Sender {{
          Future<void> send(int days) async {{
            if (days > 14) {{
              {told};
              return;
            }}
            await store(days);
          }}
        }}
    """
    soft = facts(text.format(told="ScaffoldMessenger.of(context).showSnackBar(SnackBar(content: Text('Too long')))"))
    assert [(item.kind, item.effect, item.strength, item.message) for item in soft.statements] == [
        ("require", "reject", "soft", "Too long")
    ]
    logged = facts(text.format(told="logger.warning('Too long')"))
    assert [item.kind for item in logged.statements] == ["compare"]


def test_a_switch_tells_its_words_and_what_falls_through():
    text = """
        String label(String state) {
          switch (state) {
            case 'asked':
            case 'handed_out':
              return 'Open';
            case 'returned':
              return 'Done';
            default:
              throw ArgumentError('no such state');
          }
        }
    """
    assert conditions(text, "require") == ['(state@1 in ["asked", "handed_out", "returned"])']
    assert conditions(text, "compare") == ['("asked" = state@1)', '("handed_out" = state@1)', '("returned" = state@1)']
    other = """
        String label(int days) => switch (days) { < 1 => 'today', >= 1 && < 7 => 'week', _ => 'later' };
    """
    cases = next(item for item in facts(other).statements if item.kind == "classify").cases
    assert [(canonical(test), label.value) for test, label in cases] == [
        ("(days@1 < 1)", "today"),
        ("((1 <= days@1) and (days@1 < 7))", "week"),
        ("true", "later"),
    ]


def test_texts_in_every_dress():
    read = facts("""
        const a = 'it''s';
        const b = "it's \\u0041\\n";
        const c = r'\\d+';
        const d = '''two
        lines''';
        final e = 'days: $days of ${rental.days}';
    """)
    values = {binding.target.name: binding.value for binding in read.bindings}
    assert values["a@0"] == Text("its")
    assert values["b@0"] == Text("it's A\n")
    assert values["c@0"] == Text("\\d+")
    assert values["d@0"] == Text("two\nlines")
    assert canonical(values["e@0"]) == 'concat("days: ", days@0, " of ", rental@0.days)'


def test_a_callback_that_is_called_although_it_may_be_missing_is_legal():
    read = facts("void tap(void Function(int)? done, int days) { if (days > 14) return; done!(days); }")
    assert read.problems == ()
    assert [canonical(item.condition) for item in read.statements] == ["not((14 < days@1))"]


def test_where_things_are_drawn_is_no_formula_of_the_business():
    text = """
        double fee(double amount) => amount * 0.15;
        double turned(int i) => i * math.pi / 2;
        double wide(BoxConstraints constraints) => constraints.maxWidth * 0.6;
    """
    assert [item.subject.name for item in facts(text).statements if item.kind == "derive"] == ["fee@0"]


def test_what_a_call_gives_can_be_called():
    read = facts("""
        class Queue extends Table {
          IntColumn get tries => integer().withDefault(const Constant(0))();
        }

        String? check(String? value, int days) {
          if (days > 14) return 'Two weeks at most';
          return required('Say when')(value);
        }
    """)
    assert read.problems == ()
    assert [canonical(item.condition) for item in read.statements if item.kind == "compare"] == ["(14 < days@2)"]


# Enums -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("asked, handedOut", ["asked", "handed_out"]),
        ("@JsonValue('A') asked, @JsonValue('H') handedOut", ["A", "H"]),
        ("asked('a'), handedOut('h'); const S(this.code); final String code;", ["a", "h"]),
        ("asked('Asked for'), handedOut('Out'); const S(this.label); final String label;", ["asked", "handed_out"]),
        ("asked(1), handedOut(2); const S(this.value); final int value;", ["1", "2"]),
        (
            "asked, handedOut; String toJson() => switch (this) { S.asked => 'ask', S.handedOut => 'out' };",
            ["ask", "out"],
        ),
        ("asked, handedOut, unknown", ["asked", "handed_out"]),
    ],
)
def test_the_words_of_an_enum(body, expected):
    said = [item for item in facts(f"enum S {{ {body} }}").statements if item.kind == "values"]
    assert [item.value for item in said[0].condition.items] == expected
    assert isinstance(said[0].condition, Items)


def test_an_extension_may_say_how_an_enum_is_stored():
    read = facts("""
        enum State { asked, handedOut }

        extension Stored on State {
          String get value {
            switch (this) {
              case State.asked:
                return 'asked';
              case State.handedOut:
                return 'out';
            }
          }
        }
    """)
    said = next(item for item in read.statements if item.kind == "values")
    assert [item.value for item in said.condition.items] == ["asked", "out"]


# Uses of data ------------------------------------------------------------------------------------------------


def uses(text):
    """Kind, target and keys of what is written, of each use of data."""
    return [
        (item.kind, item.target, [key for key, _ in item.payload.entries] if isinstance(item.payload, Fields) else None)
        for item in facts(text).accesses
    ]


def test_tables_procedures_functions_and_buckets():
    text = """
        import 'package:supabase_flutter/supabase_flutter.dart';

        Future<void> all(SupabaseClient db) async {
          await db.from('rentals').upsert({'days': 3}).select();
          await db.from('rentals').delete().eq('state', 'lost').lt('days', 2);
          final rows = await db.from('rentals').select('id, days, tools(name)').inFilter('state', ['asked', 'lost']);
          await db.rpc('renew', params: {'p_days': 3});
          await db.functions.invoke('remind', body: {'rental': 1});
          await db.storage.from('photos').upload('a.png', file);
        }
    """
    assert uses(text) == [
        ("upsert", "rentals", ["days"]),
        ("delete", "rentals", None),
        ("select", "rentals", None),
        ("rpc", "renew", ["p_days"]),
        ("invoke", "remind", ["rental"]),
        ("upload", "photos", None),
    ]
    found = facts(text).accesses
    assert canonical(found[1].where) == '(("lost" = $row.state) and ($row.days < 2))'
    assert found[2].columns == ("id", "days")
    assert {item.client for item in found} == {"anon"}


def test_a_filter_that_is_put_to_a_query_later():
    text = """
        import 'package:supabase_flutter/supabase_flutter.dart';

        Future<List<dynamic>> find(SupabaseClient db, bool all) async {
          var query = db.from('rentals').select();
          if (!all) query = query.eq('state', 'asked');
          return query;
        }
    """
    assert conditions(text, "compare") == ['("asked" = table:rentals.state)']


def test_documents_of_firestore_are_rows():
    text = """
        import 'package:cloud_firestore/cloud_firestore.dart';

        Future<void> all(FirebaseFirestore db, String id) async {
          await db.collection('rentals').add({'days': 3});
          await db.collection('rentals').doc(id).update({'state': 'lost'});
          await FirebaseFirestore.instance.collection('shops/1/tools').doc(id).set({'name': 'saw'});
          final late = db.collection('rentals').where('days', isGreaterThan: 14);
          await db.collection('rentals').where('days', isGreaterThan: 14).where('state', whereIn: ['a']).get();
        }
    """
    assert uses(text) == [
        ("insert", "rentals", ["days"]),
        ("update", "rentals", ["state"]),
        ("upsert", "tools", ["name"]),
        ("select", "rentals", None),
    ]
    assert canonical(facts(text).accesses[3].where) == '(($row.state in ["a"]) and (14 < $row.days))'


def test_a_collection_that_has_a_name():
    text = """
        class Store {
          Store(this._db);
          final FirebaseFirestore _db;
          CollectionReference get _rentals => _db.collection('rentals');
          final _tools = FirebaseFirestore.instance.collection('tools');

          Future<void> all(String id) async {
            final rental = _rentals.doc(id);
            await rental.update({'state': 'lost'});
            await _tools.add({'name': 'saw'});
            await _db.runTransaction((transaction) async {
              transaction.set(rental, {'days': 3});
              transaction.delete(this._tools.doc(id));
            });
          }
        }
    """
    assert uses(text) == [
        ("update", "rentals", ["state"]),
        ("insert", "tools", ["name"]),
        ("upsert", "rentals", ["days"]),
        ("delete", "tools", None),
    ]


def test_a_label_for_each_word_is_a_map_and_draws_no_line():
    text = """
        String label(State state) => switch (state) { State.open => 'Open', State.done => 'Done' };
        int fee(int days) => days > 14 ? 20 : 10;
    """
    assert [item.subject.name for item in facts(text).statements if item.kind == "classify"] == ["fee@0"]


def test_requests_go_to_routes():
    text = """
        Future<void> all(Dio dio, http.Client client, String id) async {
          await dio.post('/rentals', data: {'days': 3});
          final answer = await dio.get('/rentals/$id');
          await http.patch(Uri.parse('$base/rentals/$id'), body: jsonEncode({'state': 'lost'}));
          await dio.request('/rentals', options: Options(method: 'PUT'));
        }
    """
    assert uses(text) == [
        ("http", "POST /rentals", ["days"]),
        ("http", "GET /rentals/${id}", None),
        ("http", "PATCH ${base}/rentals/${id}", ["state"]),
    ]


def handlers(text, path="lib/a.dart"):
    """Route and body of each handler."""
    return [(item.route, item.body) for item in facts(text, path).functions if item.role == "handler"]


def test_handlers_and_where_they_answer():
    text = """
        final router = Router()
          ..get('/rentals', (Request request) => Response.ok('all'))
          ..put('/rentals/<id|[0-9]+>', change);

        void more(Router app) {
          app.post('/tools', add);
        }

        Future<Response> change(Request request, String id) async => Response.ok(await request.readAsString());
        Response add(Request request) => Response.ok('added');

        class Days {
          @Route.delete('/days/<day>')
          Future<Response> drop(Request request, String day) async => Response.ok(day);
        }
    """
    assert handlers(text) == [
        ("GET /rentals", "_body@1"),
        ("PUT /rentals/{id}", "_body@3"),
        ("POST /tools", "_body@4"),
        ("DELETE /days/{day}", "_body@5"),
    ]


def test_handlers_of_dart_frog_answer_by_their_place():
    text = """
        Future<Response> onRequest(RequestContext context, String id) async {
          final body = await context.request.json() as Map<String, dynamic>;
          if (body['days'] > 14) return Response.json(statusCode: HttpStatus.badRequest, body: {});
          return Response.json(body: {});
        }
    """
    assert handlers(text, "routes/rentals/[id].dart") == [("ALL /rentals/[id]", "_body@1")]
    assert handlers(text, "routes/index.dart") == [("ALL /", "_body@1")]
    read = facts(text, "routes/rentals/[id].dart")
    said = [item for item in read.statements if item.kind == "require"]
    assert [(canonical(item.condition), item.strength) for item in said] == [("not((14 < body@1.1.days))", "hard")]
    assert (Ref("body@1.1"), Ref("_body@1")) in [(item.target, item.value) for item in read.bindings]


# Who may -----------------------------------------------------------------------------------------------------


def test_what_only_some_people_see():
    text = """
        class Panel extends ConsumerWidget {
          const Panel({super.key, required this.shown});
          final Person shown;
          @override
          Widget build(BuildContext context, WidgetRef ref) {
            final user = ref.watch(currentUserProvider);
            final session = context.watch<AuthCubit>();
            return Column(children: [
              if (user.isAdmin) DeleteButton(),
              if (shown.role == 'keeper') Text('Keeper'),
              user.role == 'keeper' ? HandOutButton() : const SizedBox(),
              Visibility(visible: session.user.role == 'keeper', child: Text('Stock')),
              IconButton(onPressed: user.role == 'admin' ? _delete : null, icon: const Icon(Icons.delete)),
            ]);
          }
        }
    """
    said = [(canonical(item.condition), item.effect) for item in facts(text).statements if item.kind == "authorize"]
    assert said == [
        ("$caller.isAdmin", "hide"),
        ('("keeper" = $caller.role)', "hide"),
        ('("keeper" = $caller.role)', "hide"),
        ('("admin" = $caller.role)', "disable"),
    ]


def test_a_route_that_sends_strangers_away():
    text = """
        final router = GoRouter(
          redirect: (context, state) {
            final user = Supabase.instance.client.auth.currentUser;
            if (user == null) return '/login';
            return null;
          },
          routes: [],
        );
    """
    said = [(canonical(item.condition), item.effect) for item in facts(text).statements if item.kind == "authorize"]
    assert said == [("not(is null(current user()))", "redirect")]


def test_a_text_that_a_function_gives_back_is_a_refusal_only_where_nothing_accepts():
    validator = """
        String? days(String? value) {
          if (int.parse(value!) > 14) return 'At most two weeks';
          return null;
        }
    """
    assert conditions(validator, "require") == ["not((14 < integer(value@1)))"]
    label = """
        String size(int days) {
          if (days > 14) return 'long';
          return 'short';
        }
    """
    assert conditions(label, "require") == []


# Imports -----------------------------------------------------------------------------------------------------


def test_imports_exports_and_parts():
    read = facts("""
        import 'dart:math' as math;
        import 'package:toolshed/models/rental.dart';
        import '../store.dart' show Store, open;
        export 'src/a.dart' hide B;
        part 'rental.g.dart';

        const limit = 14;
        class Rental {}
    """)
    assert [(item.local, item.module, item.imported) for item in read.imports] == [
        ("math@0", "dart:math", "*"),
        ("*", "package:toolshed/models/rental.dart", "*"),
        ("Store@0", "../store.dart", "Store"),
        ("open@0", "../store.dart", "open"),
        ("*", "./rental.g.dart", "*"),
    ]
    assert {item.exported for item in read.exports} == {"*", "limit", "Rental"}


# What is broken ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "class",
        "enum A {",
        "enum A { b('",
        "final x = a ? b;",
        "final x = a ?? ;",
        "final x = && b || ;",
        "void f() { switch (x) { case } }",
        "final x = switch (y) { => 1 };",
        "final x = 'a ${';",
        "class A { A({this. = 3}); factory A.fromJson( }",
        "void f() { if (a case ) { } }",
        "final x = [if (a) , ...];",
        "final x = {'a': , 'b'};",
        "void f(, {int}) => ;",
        "import ;",
        "final x = db.from('a').insert(",
        "\xff\xfe",
        "(" * 3000,
        "final x = " + "Row(child: " * 800 + "y" + ")" * 800 + ";",
    ],
)
def test_half_written_code_is_no_error(text):
    assert facts(text).path == "lib/a.dart"
