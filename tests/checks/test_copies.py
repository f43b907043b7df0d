"""AL101, AL102, AL103: what agrees today and shares no source."""

import pytest
from graphs import (
    FORM,
    FUNCTION,
    SERVICE,
    SQL,
    bound,
    codes,
    default,
    domain,
    formula,
    graph,
    only,
    places,
    site,
    tiers,
    word,
)

from archlint.model.expression import Call, Number, Operation, Ref
from archlint.model.finding import Severity
from archlint.model.predicate import Constant
from archlint.model.rule import Kind
from archlint.model.source import Layer

OTHER_FORM = "src/components/QuickLoan.tsx"
TYPE = "src/types/loan.ts"
QUOTE = "server/quote.ts"
RATE = "shared/rates.ts|RATE"


def test_two_trusted_layers():
    found = only(graph(bound("15", path=FUNCTION, line=6), bound("15", line=10)), "AL101")
    assert found.message == (
        "loans.amount: at least 15 is stated in 2 places that share no source: lend/index.ts and the CHECK"
    )
    assert places(found) == {(FUNCTION, 6): "states", (SQL, 10): "states"}
    assert found.severity is Severity.INFO


def test_three_places():
    forms = (bound("15", path=path, strength="soft") for path in (FORM, OTHER_FORM))
    found = only(graph(*forms, bound("15")), "AL101")
    assert set(places(found)) == {(FORM, 1), (OTHER_FORM, 1), (SQL, 1)}


def test_a_form_and_what_is_behind_it_are_normal():
    assert codes(graph(bound("15", path=FORM), bound("15"))) == []
    assert codes(graph(bound("15", path=FORM), bound("15", path=FUNCTION))) == []


def test_a_schema_that_the_form_shares_with_its_server_is_the_form_s_copy():
    shared = {"path": "packages/rules/loan.ts", "layer": Layer.CONTRACT}
    both = (Layer.FRONTEND, Layer.SERVICE)
    assert codes(graph(bound("15", enforced=both, **shared), bound("15"))) == []
    assert codes(graph(bound("15", enforced=(Layer.SERVICE,), **shared), bound("15"))) == ["AL101"]


def test_one_file_is_one_place():
    assert codes(graph(bound("15", path=FORM, line=3), bound("15", path=FORM, line=9, place="b"), bound("15"))) == []


def test_a_file_that_names_its_numbers_is_one_place():
    named = [bound("15", path=FUNCTION, origin=f"{FUNCTION}|LEAST"), bound("15", path=FUNCTION, place="b")]
    assert codes(graph(*named, bound("15", path=FORM))) == []


def test_an_upper_limit_is_no_common_knowledge_though_the_lower_one_is():
    limits = [bound("0", path=FUNCTION), bound(high="500", path=FUNCTION), bound("0"), bound(high="500")]
    assert codes(graph(*limits)) == ["AL101"]


def test_bringing_a_value_into_a_range_states_the_range():
    kept = {"effect": "clamp", "strength": "soft", "high": "50"}
    places_of = [bound("2", path=path, **kept) for path in (FORM, OTHER_FORM, FUNCTION)]
    assert "2 to 50 is stated in 3 places" in only(graph(*places_of), "AL101").message
    assert codes(graph(*places_of[:2])) == []


def test_only_the_end_that_others_state_too_is_scattered():
    upper = bound(high="1000", path=FUNCTION)
    limits = [bound("15", path=path, strength="soft") for path in (FORM, OTHER_FORM)]
    found = only(graph(bound("15", path=FUNCTION), upper, *limits), "AL101")
    assert "loans.amount: at least 15 is stated in 3 places" in found.message


def test_what_is_imported_is_no_copy():
    shared = [bound("15", path=path, origin="shared/limits.ts|LEAST") for path in (FORM, FUNCTION, SERVICE)]
    assert codes(graph(*shared)) == []


def test_a_drifted_rule_is_not_scattered_as_well():
    sites = bound("15", path=FUNCTION), bound("15", path=SERVICE), bound("15", path=FORM), bound("20")
    assert codes(graph(*sites)) == ["AL201"]


def test_hints_and_types_state_nothing():
    hints = bound("15", path=FORM, strength="hint"), bound("15", path=OTHER_FORM, effect="clamp")
    assert codes(graph(*hints, bound("15"))) == []
    types = [domain("open", "lent", path=path, library="type") for path in (FORM, FUNCTION, SERVICE)]
    assert codes(graph(*types)) == []


def test_that_an_amount_is_positive_is_common_knowledge():
    assert codes(graph(bound("0", path=FUNCTION, is_open=True), bound("0", is_open=True))) == []


def test_sites_that_may_be_about_another_field_do_not_count():
    assert codes(graph(bound("15", path=FUNCTION, confidence=0.6), bound("15"))) == []


def total(path, name="~.rent_total", line=1, **more):
    rent = Operation("*", (Ref("days"), Ref("rate"), Number("1.19")))
    return formula(Operation("+", (rent, Ref("deposit"))), path, line, about=name, confidence=0.8, **more)


def test_a_computation_written_again():
    found = only(graph(total(FORM, line=4), total(FUNCTION, line=3)), "AL102")
    assert found.message == ("rent_total is computed in 2 places that share no code: LoanForm.tsx and lend/index.ts")
    assert places(found) == {(FORM, 4): "computes", (FUNCTION, 3): "computes"}
    assert found.severity is Severity.INFO


def test_a_computation_written_again_under_another_name():
    found = only(graph(total(FORM), total(FUNCTION, name="rentals.total")), "AL102")
    assert set(places(found)) == {(FORM, 1), (FUNCTION, 1)}


def test_copies_under_several_names_are_told_once():
    sites = total(FORM), total(FUNCTION), total(SERVICE, name="rentals.total")
    assert set(places(only(graph(*sites), "AL102"))) == {(FORM, 1), (FUNCTION, 1), (SERVICE, 1)}


def test_one_function_called_from_everywhere_is_no_copy():
    origin = "shared/rent.ts|rentTotal"
    assert codes(graph(total(FORM, origin=origin), total(FUNCTION, origin=origin))) == []


def test_copies_within_a_layer_are_left_to_others():
    assert codes(graph(total(FORM), total(OTHER_FORM))) == []


def test_copies_in_packages_that_are_delivered_apart():
    found = graph(total("apps/shop/Rent.tsx"), total("apps/desk/Rent.tsx"))
    assert codes(found) == ["AL102"]


def test_quantity_times_price_is_everybodys():
    sites = [formula(Operation("*", (Ref("quantity"), Ref("price"))), path) for path in (FORM, FUNCTION)]
    assert codes(graph(*sites)) == []


def test_other_inputs_are_no_copy():
    other = formula(
        Operation("+", (Operation("*", (Ref("weeks"), Ref("wage"), Number("1.19"))), Ref("bonus"))), FUNCTION,
        about="~.pay", confidence=0.8,
    )  # fmt: skip
    assert codes(graph(total(FORM), other)) == []


def test_a_classification_written_again():
    cuts = ((None, "100", "small"), ("100", "500", "middle"), ("500", None, "large"))
    found = only(graph(tiers(*cuts, path=FORM), tiers(*cuts, path=FUNCTION)), "AL102")
    assert places(found) == {(FORM, 1): "classifies", (FUNCTION, 1): "classifies"}
    two = ((None, "100", "small"), ("100", None, "large"))
    assert codes(graph(tiers(*two, path=FORM), tiers(*two, path=FUNCTION))) == []


def number(value, path, name="late_fee", **more):
    return site(Kind.CONSTANT, f"~.{name}", Constant(value, "number"), path, confidence=0.8, **more)


def test_a_constant_under_the_same_name():
    found = only(graph(number("2.75", FORM), number("2.75", FUNCTION)), "AL103")
    assert found.message == "late_fee is written as 2.75 in 2 places: LoanForm.tsx and lend/index.ts"
    assert found.severity is Severity.INFO


@pytest.mark.parametrize(
    "sites",
    [
        (number("2.75", FORM), number("3.5", FUNCTION)),
        (number("2.75", FORM), number("2.75", FUNCTION, name="early_discount")),
        (number("2.75", FORM, origin=RATE), number("2.75", FUNCTION, origin=RATE)),
        (number("2.75", FORM), number("2.75", OTHER_FORM)),
        (number("30", FORM), number("30", FUNCTION)),
        (number("2.75", FORM, name="fee"), number("2.75", FUNCTION, name="fee")),
        (number("1234", FORM, name="poll_interval"), number("1234", FUNCTION, name="poll_interval")),
    ],
)
def test_an_equal_number_alone_proves_nothing(sites):
    assert codes(graph(*sites)) == []


def test_a_fallback_that_three_places_know():
    here, there = default("425", FORM, 5, about="loans.late_fee"), default("425", FUNCTION, 6, about="loans.late_fee")
    third = default("425", SERVICE, 7, about="loans.late_fee")
    found = only(graph(here, there, third), "AL103")
    assert found.message == "late_fee is written as 425 in 3 places: lend.ts, LoanForm.tsx and lend/index.ts"
    assert places(found) == {(FORM, 5): "states", (FUNCTION, 6): "states", (SERVICE, 7): "states"}
    assert codes(graph(here, there)) == []
    common = [default("30", path, about="loans.late_fee") for path in (FORM, FUNCTION, SERVICE)]
    assert codes(graph(*common)) == []


def applied(path, rate, *leaves, about="~.fee", plus="tip"):
    product = Operation("*", (*(Ref(leaf) for leaf in leaves), Number(rate)))
    return formula(Operation("+", (product, Ref(plus))) if plus else product, path, about=about, confidence=0.9)


def test_a_rate_applied_to_the_same_inputs_for_other_results():
    card = applied(FORM, "0.029", "amount", "tip", about="~.card_fee", plus="")
    net = formula(Operation("-", (Ref("amount"), Operation("*", (Ref("tip"), Number("0.029"))))), FUNCTION,
                  about="~.net", confidence=0.9)  # fmt: skip
    found = only(graph(card, net), "AL103")
    assert found.message == "0.029 is applied to amount and tip in 2 places: LoanForm.tsx and lend/index.ts"


def test_a_rate_applied_to_other_inputs_is_another_rate():
    here = applied(FORM, "0.029", "trays", about="~.eggs")
    there = applied(FUNCTION, "0.029", "nights", about="~.allowance")
    assert codes(graph(here, there)) == []


def test_schema_and_policy_are_two_statements():
    policy = bound("15", layer=Layer.POLICY, library="policy", symbol="own loans", line=9)
    assert codes(graph(bound("15"), policy)) == ["AL101"]


def test_what_the_same_files_repeat_of_each_other_is_one_finding():
    def tax(path):
        rest = Operation("-", (Ref("gross"), Operation("*", (Ref("net"), Number("1.07")))))
        return formula(rest, path, 9, about="~.tax_rest", confidence=0.8)

    found = only(graph(total(FORM), total(FUNCTION), tax(FORM), tax(FUNCTION)), "AL102")
    assert found.message.startswith("rent_total and tax_rest are computed in 2 places")
    assert set(places(found)) == {(FORM, 1), (FUNCTION, 1), (FORM, 9), (FUNCTION, 9)}


def test_paging_is_no_knowledge_of_the_business():
    product = Operation("*", (Operation("-", (Ref("page"), Number("1"))), Ref("limit")))
    assert codes(graph(*(formula(product, path, about="~.offset", confidence=0.8) for path in (FORM, FUNCTION)))) == []


def test_words_that_code_writes_beside_the_set_make_it_no_rule_of_the_column():
    asked = [domain("a", "b", path=SERVICE), domain("a", "b", path=FUNCTION)]
    assert codes(graph(*asked)) == ["AL101"]
    assert codes(graph(*asked, words=(word("c", "writes", SERVICE),))) == []


def test_a_name_of_three_words_says_whose_an_everyday_number_is():
    def twice(value, name):
        return codes(graph(number(value, FORM, name=name), number(value, FUNCTION, name=name)))

    assert twice("2", "bookings_per_day") == ["AL103"]
    assert twice("24", "hours_per_day") == []
    assert twice("2", "bookings") == []


def way(path, number="1.3", steps=4, **more):
    """A long computation over places; four steps have nine operands and the number."""
    legs = [
        Operation("*", (Ref("latitude"), Operation("-", (Ref("longitude"), Number(str(turn))))))
        for turn in range(2, 2 + steps)
    ]
    total = Operation("+", tuple(Call("sine", (leg,)) for leg in legs))
    return formula(Operation("*", (total, Number(number))), path, about="~.road_length", **more)


def test_a_long_copy_beside_its_twin():
    found = only(graph(way(SERVICE), way(QUOTE, layer=Layer.SERVICE)), "AL102")
    assert "road_length is computed in 2 places" in found.message


def test_places_on_a_screen_and_pure_geometry_are_no_knowledge_of_the_business():
    assert codes(graph(way(FORM), way(OTHER_FORM))) == []
    assert codes(graph(way(SERVICE, number="6371"), way(QUOTE, layer=Layer.SERVICE, number="6371"))) == []


def test_a_short_copy_in_the_same_layer_may_be_chance():
    assert codes(graph(way(SERVICE, steps=1), way(QUOTE, layer=Layer.SERVICE, steps=1))) == []


def lasting(path, value="1209600", **more):
    return site(Kind.LIFETIME, "loans.ends_on", Constant(value, "duration", "seconds"), path, effect="assign", **more)


def test_a_time_that_a_screen_and_a_function_write():
    found = only(graph(lasting(FORM), lasting(FUNCTION)), "AL101")
    assert found.message.startswith("loans.ends_on: ")


def test_a_time_that_two_screens_write():
    assert codes(graph(lasting(FORM), lasting(OTHER_FORM))) == []


def vocabulary(*paths, words=("due", "lent", "lost")):
    offered = {"strength": "soft", "effect": "offer"}
    return [
        domain(
            *words,
            path=path,
            **({} if path in (SERVICE, SQL) else offered),
            **({"library": "type"} if path == TYPE else {}),
        )
        for path in paths
    ]


def test_words_that_a_service_a_choice_and_a_type_write_down():
    found = only(graph(*vocabulary(SERVICE, FORM, TYPE)), "AL101")
    assert 'loans.state: "due", "lent", "lost" is stated in 3 places' in found.message


def test_words_that_the_column_holds_to_are_offered_and_typed_without_harm():
    assert codes(graph(*vocabulary(SQL, SERVICE, FORM, TYPE))) == ["AL101"]
    assert codes(graph(*vocabulary(SQL, FORM, TYPE))) == []


def test_words_that_nothing_holds_to_are_only_shown():
    assert codes(graph(*vocabulary(OTHER_FORM, FORM, TYPE))) == []
