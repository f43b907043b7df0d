"""AL204: words that a field does not know, and lists that only use some of those it does."""

import pytest
from graphs import FORM, FUNCTION, SERVICE, SQL, codes, domain, graph, judge, only, places, site, word

from archlint.model.finding import Severity
from archlint.model.predicate import Words
from archlint.model.rule import Kind
from archlint.model.source import Layer

STATES = domain("open", "lent", "cancelled", line=3)


def test_a_word_with_one_letter_too_few():
    found = only(graph(STATES, words=(word("canceled", line=8),)), "AL204")
    assert found.witness == '"canceled"'
    assert found.message == (
        'loans.state: "canceled" is written (LoanForm.tsx), but the CHECK knows "cancelled", "lent", "open" only; '
        '"canceled" looks like "cancelled"'
    )
    assert places(found) == {(SQL, 3): "states", (FORM, 8): "writes"}
    assert found.severity is Severity.ERROR


def test_all_strangers_of_a_field_are_one_finding():
    strange = (word("gone", line=2), word("gone", "compares", FUNCTION, 3), word("lost", "compares", FUNCTION, 4))
    found = only(graph(STATES, words=(*strange, word("open"))), "AL204")
    assert found.witness == '"gone", "lost"'
    assert set(places(found)) == {(SQL, 3), (FORM, 2), (FUNCTION, 3), (FUNCTION, 4)}


def test_a_comparison_that_is_never_true_is_a_warning_in_the_browser():
    found = only(graph(STATES, words=(word("gone", "compares"),)), "AL204")
    assert found.severity is Severity.WARNING
    assert found.witness_words == f'no row can hold "gone" ({FORM}:1): the CHECK ({SQL}:3) does not know it'


@pytest.mark.parametrize("use", ["filters", "compares", "offers"])
@pytest.mark.parametrize("text", ["all", "", "Todos"])
def test_a_word_that_switches_a_filter_off_never_reaches_the_field(use, text):
    assert codes(graph(STATES, words=(word(text, use),))) == []


def test_writing_such_a_word_does():
    assert codes(graph(STATES, words=(word("all"),))) == ["AL204"]


def test_a_list_of_some_words_picks_rows():
    some = site(Kind.WORDS, "loans.state", Words(("lent", "open")), FORM, guard="lent open", stored=False)
    assert codes(graph(STATES, some, words=(word("open", "filters"), word("lent", "filters")))) == []


def test_a_form_that_offers_some_of_the_words():
    offered = domain("open", "lent", path=FORM, strength="soft")
    assert codes(graph(STATES, offered)) == []


def test_a_form_that_offers_a_word_too_many():
    offered = domain("open", "lost", path=FORM, strength="soft", line=5)
    found = only(graph(STATES, offered), "AL204")
    assert found.witness == '"lost"'
    assert places(found) == {(SQL, 3): "states", (FORM, 5): "offers"}


def test_a_declaration_with_a_word_too_many():
    declared = domain("open", "lent", "cancelled", "void", path=FUNCTION, line=7)
    found = only(graph(STATES, declared), "AL204")
    assert found.witness == '"void"'
    assert found.severity is Severity.ERROR


def test_equal_domains_in_both_places_are_silent():
    assert codes(graph(STATES, domain("cancelled", "lent", "open", path=FORM))) == []


def test_rows_read_with_a_list_that_lacks_a_word():
    reading = domain("open", "lent", path=SERVICE, line=4, stored=False, library="zod")
    found = only(graph(STATES, reading), "AL204")
    assert found.witness == '"cancelled"'
    assert places(found) == {(SQL, 3): "states", (SERVICE, 4): "reads"}


def test_a_list_that_guards_a_write_may_be_smaller():
    assert codes(graph(STATES, domain("open", "lent", path=SERVICE, library="zod"))) == []


def test_case_does_not_matter_where_the_constraint_folds_it():
    folded = site(Kind.DOMAIN, "loans.state", Words(("lent", "open"), fold=True))
    assert codes(graph(folded, words=(word("OPEN"),))) == []
    assert codes(graph(STATES, words=(word("OPEN"),))) == ["AL204"]


def test_an_open_domain_knows_everything_but():
    but = site(Kind.DOMAIN, "loans.state", Words(("gone",), excluded=True))
    assert codes(graph(but, words=(word("open"),))) == []


def test_a_domain_under_a_condition_is_no_authority():
    guarded = domain("open", "lent", guard="kind = book")
    assert codes(graph(guarded, words=(word("lost"),))) == []


def test_a_guess_about_the_field_stays_a_candidate():
    unsure = graph(STATES, words=(word("gone", "compares", confidence=0.5),))
    assert codes(unsure) == []
    assert codes(unsure, floor=0.3) == ["AL204"]


def test_without_a_database_the_one_declaration_of_a_trusted_layer_decides():
    declared = domain("open", "lent", path="shared/state.ts", layer=Layer.CONTRACT, library="zod")
    assert codes(graph(declared, words=(word("gone"),))) == ["AL204"]
    other = domain("open", "gone", path=FUNCTION, library="zod")
    assert "AL204" not in codes(graph(declared, other, words=(word("lost"),)))


def test_a_policy_that_waits_for_an_unknown_word():
    waiting = word("published", "compares", SQL, 9, layer=Layer.POLICY)
    found = only(graph(STATES, words=(waiting,)), "AL204")
    assert found.severity is Severity.ERROR


def test_a_word_linked_by_its_name_alone_wants_company():
    name_only = ("only column of that name",)
    strange = word("refund_done", "compares", SERVICE, 2, evidence=name_only, confidence=0.85)
    known = word("open", "compares", SERVICE, 3, evidence=name_only, confidence=0.85)
    assert codes(graph(STATES, words=(strange,))) == []
    assert codes(graph(STATES, words=(strange, known))) == ["AL204"]


def test_a_policy_that_asks_for_a_word_declares_no_domain():
    asks = domain("open", "lent", layer=Layer.POLICY, library="policy")
    for library in ("guard", "zod"):
        act = domain("lent", "lost", path=SERVICE, library=library)
        assert codes(graph(act, words=(word("open", path=FUNCTION),))) == []
    assert codes(graph(asks, words=(word("gone", path=FUNCTION),))) == []


def test_a_value_on_its_way_in_may_be_translated_first():
    incoming = word("refund_done", "compares", SERVICE, evidence=("returned by translate", "written"))
    back = word("refund_done", "compares", SERVICE, evidence=("assigned", "read"))
    assert codes(graph(STATES, words=(incoming,))) == []
    assert codes(graph(STATES, words=(back,))) == ["AL204"]


def test_a_word_in_another_case_is_compared_after_changing_it_and_written_by_mistake():
    assert codes(graph(STATES, words=(word("Open", "compares", evidence=("read",)),))) == []
    assert codes(graph(STATES, words=(word("Open"),))) == ["AL204"]


MANY = ("open", "lent", "late", "lost", "cancelled")


def listing(*words, path, line=4, **more):
    return domain(*words, path=path, line=line, **more)


def test_one_of_two_lists_lacks_a_single_word_of_many():
    whole = listing(*MANY, path=SERVICE)
    part = listing(*MANY[:-1], path=FUNCTION, line=7)
    found = only(graph(domain(*MANY, line=3), whole, part), "AL204")
    assert found.witness == '"cancelled"'
    assert places(found) == {(SQL, 3): "states", (FUNCTION, 7): "refuses"}
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "sites",
    [
        (listing(*MANY[:-1], path=FUNCTION, line=7),),
        (listing(*MANY, path=SERVICE), listing(*MANY[:-2], path=FUNCTION, line=7)),
        (listing(*MANY, path=SERVICE), listing(*MANY[:-1], path=FUNCTION, line=7, guard="kind = book")),
        (listing(*MANY, path=SERVICE), listing(*MANY[:-1], path=FUNCTION, line=7, strength="soft")),
        (listing(*MANY, path=FORM), listing(*MANY[:-1], path=FUNCTION, line=7)),
    ],
    ids=[
        "nobody writes the whole list",
        "two words less",
        "in some cases only",
        "an offer",
        "the whole in the browser",
    ],
)
def test_a_shorter_list_may_be_meant(sites):
    assert "AL204" not in codes(graph(domain(*MANY, line=3), *sites))


def test_a_word_of_few_is_left_out_on_purpose():
    whole = listing("open", "lent", "cancelled", path=SERVICE)
    assert codes(graph(STATES, whole, listing("open", "lent", path=FUNCTION, line=7))) == []


@pytest.mark.parametrize(("beside", "count"), [(True, 0), (False, 1)])
def test_a_type_with_a_task_of_its_own_beside_that_of_the_column(beside, count):
    stored = domain("held", "kept", "lent", "lost", "sold", line=3)
    own = domain("lent", "sold", "nothing", path=SERVICE, strength="hint", library="type", line=5)
    same = domain("held", "kept", "lent", "lost", "sold", path=FUNCTION, strength="hint", library="type", line=6)
    assert codes(graph(stored, own, *([same] if beside else []))).count("AL204") == count


def test_a_type_that_knows_most_of_the_column_and_a_word_more():
    same = domain("open", "lent", "cancelled", path=FUNCTION, strength="hint", library="type", line=6)
    more = domain("open", "lent", "gone", path=SERVICE, strength="hint", library="type", line=5)
    assert codes(graph(STATES, same, more)).count("AL204") == 1


REMARK = domain("open", "lent", line=3, library="comment", strength="hint", effect="hint")


def test_a_choice_with_a_word_that_the_comment_of_the_column_leaves_out():
    offered = domain("open", "lent", "lost", path=FORM, strength="soft", line=5)
    found = only(graph(REMARK, offered), "AL204")
    assert found.witness_words == (
        f'"lost" ({FORM}:5) is not among the words that the comment of the column ({SQL}:3) lists'
    )
    assert found.severity is Severity.WARNING


def test_a_comment_is_no_authority():
    one_in_common = domain("open", "lost", path=FORM, strength="soft")
    assert codes(graph(REMARK, one_in_common)) == []
    assert codes(graph(REMARK, words=(word("lost"),))) == []
    held = domain("open", "lent", "lost", line=7)
    assert codes(graph(REMARK, held, domain("open", "lent", "lost", path=FORM, strength="soft"))) == []


@pytest.mark.parametrize(("library", "sure"), [("type", True), ("guard", False)])
def test_a_type_that_spells_all_words_otherwise(library, sure):
    spelt = domain("Open", "Lent", path=SERVICE, strength="hint", library=library, line=5)
    confident = {item.code for item in judge(graph(STATES, spelt), 0.9)}
    assert ("AL204" in confident) == sure
