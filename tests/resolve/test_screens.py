"""What a screen hides: the question, the action behind it, and who answers that action."""

import msgspec

from archlint import catalog
from archlint.languages.postgresql import read
from archlint.model.expression import Call, Fields, Lambda, Operation, Ref, Text
from archlint.model.facts import Access, Binding, FileFacts, FunctionFact, Import, Invocation, Statement
from archlint.model.source import Layer, Span
from archlint.resolve import resolve

PANEL, SERVED, HELP = "src/Panel.tsx", "functions/refund/index.ts", "functions/shared/ask.ts"
SQL = "create table orders (id bigint, refunded boolean, amount integer);"
MANAGER = Operation("=", (Ref("user@1", ("role",)), Text("manager")))
CHEF = Operation("=", (Ref("who@1", ("role",)), Text("chef")))


def span(line):
    return Span(line, 1, line, 30)


def resolved(**changed):
    files = {"1.sql": read("1.sql", SQL.encode())} | {facts.path: facts for facts in changed.values()}
    layers = {"1.sql": Layer.DATABASE, PANEL: Layer.FRONTEND, SERVED: Layer.FUNCTION, HELP: Layer.FUNCTION}
    places = {"../shared/ask": HELP}
    return resolve(files, catalog.build(files), layers, lambda importer, module: places.get(module))


def panel(statement, access):
    component = FunctionFact(scope=1, parent=0, name="Panel", span=span(1), role="component")
    action = FunctionFact(scope=2, parent=1, name="", span=span(4))
    bound = Binding(Ref("run@1"), Lambda(2), span(4), "constant", 1)
    return FileFacts(
        path=PANEL,
        language="tsx",
        functions=(component, action),
        bindings=(bound,),
        statements=(statement,),
        accesses=(access,),
    )


def question(line=3, **more):
    return Statement(
        kind="authorize", span=span(line), text="role", scope=1, condition=MANAGER, strength="soft", **more
    )


def served(*statements, invocations=(), imports=()):
    handler = FunctionFact(
        scope=1, parent=0, name="", span=span(2), role="handler", route="function refund", body="b@1"
    )
    write = Access(
        kind="update",
        target="orders",
        span=span(9),
        scope=1,
        payload=Fields((("refunded", Text("yes")), ("amount", Ref("b@1", ("amount",))))),
        client="service",
    )
    return FileFacts(
        path=SERVED,
        language="typescript",
        functions=(handler,),
        statements=statements,
        accesses=(write,),
        invocations=invocations,
        imports=imports,
    )


INVOKED = Access(kind="invoke", target="refund", span=span(5), scope=2, client="anon")
DELETED = Access(kind="delete", target="orders", span=span(5), scope=2, client="anon")


def guards(found, path):
    return [(item.guards, item.soft, item.clauses) for item in found.access_guards if item.path == path]


def test_a_screen_that_gives_nothing_to_others_stands_before_its_actions():
    found = resolved(panel=panel(question(), INVOKED), served=served())
    assert guards(found, PANEL) == [(("function refund",), True, (("role=manager",),))]


def test_a_button_stands_before_what_it_runs():
    found = resolved(panel=panel(question(11, columns=(Ref("run@1"),)), DELETED))
    assert guards(found, PANEL) == [(("orders:delete",), True, (("role=manager",),))]
    placed = resolved(panel=panel(question(11, columns=(Lambda(2),)), DELETED))
    assert guards(placed, PANEL) == guards(found, PANEL)


def test_a_button_stands_before_what_its_action_calls():
    before = panel(question(11, columns=(Lambda(3),)), DELETED)
    clicked = FunctionFact(scope=3, parent=1, name="", span=span(11))
    call = Invocation(callee=Ref("run@1"), arguments=(), span=span(11), scope=3)
    after = msgspec.structs.replace(before, functions=(*before.functions, clicked), invocations=(call,))
    assert guards(resolved(panel=after), PANEL) == [(("orders:delete",), True, (("role=manager",),))]
    idle = msgspec.structs.replace(before, functions=(*before.functions, clicked))
    assert guards(resolved(panel=idle), PANEL) == [((), True, (("role=manager",),))]


def test_the_write_behind_a_function_and_what_its_caller_gives():
    write = next(path for path in resolved(served=served()).writes)
    assert (write.entrance, write.client, write.given) == ("function refund", "service", ("amount",))


def test_a_question_in_a_shared_helper_stands_before_the_functions_that_call_it():
    asked = Statement(kind="authorize", span=span(3), text="role", scope=1, condition=CHEF)
    helper = FileFacts(
        path=HELP,
        language="typescript",
        functions=(FunctionFact(scope=1, parent=0, name="ask", span=span(1), parameters=("who@1",)),),
        statements=(asked,),
    )
    imports = (Import("ask@0", "../shared/ask", "ask", 1),)
    call = Invocation(callee=Ref("ask@0"), arguments=(Call("current user", ()),), span=span(4), scope=1)
    found = resolved(helper=helper, served=served(invocations=(call,), imports=imports))
    assert "function refund" in guards(found, HELP)[0][0]
    alone = resolved(helper=helper, served=served(imports=imports))
    assert "function refund" not in guards(alone, HELP)[0][0]
