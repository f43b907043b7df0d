"""The inputs of computations: what bears one name is not always one thing."""

from scenes import resolved

from archlint.model.predicate import Formula
from archlint.model.rule import Kind

WAY = """
export function delivery(depot, shop) {
  const lat = (depot.latitude - shop.latitude) * Math.PI / 180;
  const lng = (depot.longitude - shop.longitude) * Math.PI / 180;
  const half = Math.sin(lat / 2) * Math.sin(lat / 2)
    + Math.cos(shop.latitude * Math.PI / 180) * Math.cos(depot.latitude * Math.PI / 180)
    * Math.sin(lng / 2) * Math.sin(lng / 2);
  const deliveryCharge = Math.round(6371 * 2 * Math.atan2(Math.sqrt(half), Math.sqrt(1 - half)) * 1.4);
  return deliveryCharge;
}
"""


def formulas(text, name="a.ts"):
    found = resolved({name: text}).sites
    return {site.subject.field: site.predicate.form for site in found if site.kind is Kind.FORMULA}


def test_a_difference_of_two_of_one_name_is_not_nothing():
    body = "const refundDue = (old.price - next.price) * old.nights; return refundDue;"
    text = f"export function refund(old, next) {{ {body} }}"
    form = formulas(text)["refund_due"]
    assert isinstance(form, Formula)
    assert form.leaves == ("next_price", "night", "old_price")
    assert form.canonical == "-next_price*night + night*old_price"


def test_one_input_bears_its_own_name():
    text = "export function due(order) { const amountDue = order.price * 3 - order.price; return amountDue; }"
    assert formulas(text)["amount_due"].canonical == "2*price"


def test_ways_between_places_are_computed():
    form = formulas(WAY)["delivery_charge"]
    assert "arctangent(sqrt(" in form.canonical
    assert set(form.leaves) == {
        "depot_latitude", "depot_longitude", "pi", "shop_latitude", "shop_longitude",
    }  # fmt: skip


def test_ways_in_python_are_those_in_typescript():
    text = """
    import math

    def delivery(depot, shop):
        lat = (depot.latitude - shop.latitude) * math.pi / 180
        lng = (depot.longitude - shop.longitude) * math.pi / 180
        half = (math.sin(lat / 2) * math.sin(lat / 2) + math.cos(shop.latitude * math.pi / 180)
                * math.cos(depot.latitude * math.pi / 180) * math.sin(lng / 2) * math.sin(lng / 2))
        delivery_charge = round(6371 * 2 * math.atan2(math.sqrt(half), math.sqrt(1 - half)) * 1.4)
        return delivery_charge
    """
    theirs = formulas(WAY)["delivery_charge"]
    assert formulas(text, "a.py")["delivery_charge"].canonical == theirs.canonical
