"""AL201: a value that is saved past the one limit a form asks for, and that its reader replaces by another."""

from graphs import FORM, FUNCTION, SQL, bound, codes, graph, only, places

READ = {"effect": "clamp", "strength": "soft", "stored": False, "evidence": ("assigned", "read")}


def reader(low="2", high="90", path=FUNCTION, **more):
    return bound(low, high, path=path, line=4, **(READ | more))


def saver(low="2", high=None, path=FORM, **more):
    return bound(low, high, path=path, line=9, **({"evidence": ("written",), "strength": "soft"} | more))


def test_what_the_form_saves_and_the_function_does_not_heed():
    found = only(graph(reader(), saver()), "AL201")
    assert found.witness == "91"
    assert "LoanForm.tsx asks for at least 2 only and saves 91" in found.message
    assert places(found) == {(FUNCTION, 4): "refuses", (FORM, 9): "accepts"}


def test_the_lower_end():
    assert only(graph(reader(), saver(low=None, high="90")), "AL201").witness == "1"


def test_who_states_both_ends_or_none_has_nothing_of_the_kind():
    assert codes(graph(reader(), saver(high="90"))) == []
    assert codes(graph(reader(), saver(low=None))) == []


def test_a_constraint_or_a_field_states_the_other_end():
    assert codes(graph(reader(), saver(), bound(None, "90", path=SQL, line=2))) == []
    assert codes(graph(reader(), saver(), bound(None, "90", path=FORM, effect="clamp", strength="soft"))) == []


def test_what_is_cut_for_show_and_before_it_is_saved():
    assert codes(graph(reader(path="src/components/List.tsx"), saver())) == []
    assert codes(graph(reader(evidence=("written",)), saver())) == []
