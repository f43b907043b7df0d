"""Numbers that several modules name alike, and maps of them."""

from scenes import resolved

from archlint.model.rule import Kind


def constants(*texts):
    found = resolved({f"{name}.ts": text for name, text in zip("ab", texts, strict=True)})
    return sorted(f"{site.subject} {site.path} {site.normal}" for site in found.sites if site.kind is Kind.CONSTANT)


def test_a_number_has_one_value_however_it_is_written():
    assert constants(
        "export const DAILY_RATE = { bike: 58, car: 45.50 };", "export const dailyRate = { bike: 58.0, car: 45.5 };"
    ) == ["~.daily_rate.bike a.ts 58", "~.daily_rate.bike b.ts 58", "~.daily_rate.car a.ts 45.5",
          "~.daily_rate.car b.ts 45.5"]  # fmt: skip
    assert constants("const LATE_FEE_RATE = 2.50;", "const lateFeeRate = 2.5;") == [
        "~.late_fee_rate a.ts 2.5", "~.late_fee_rate b.ts 2.5",
    ]  # fmt: skip


def test_a_setting_inside_of_a_function_is_one():
    inside = "export function late(days: number) { const MAX_LATE_DAYS = 12; return days > MAX_LATE_DAYS; }"
    assert constants("const MAX_LATE_DAYS = 12;", inside) == [
        "~.maximum_late_day a.ts 12",
        "~.maximum_late_day b.ts 12",
    ]


def test_other_names_inside_of_functions_are_of_the_moment():
    inside = "export function late(days: number) { const maxLateDays = 12; return days > maxLateDays; }"
    assert constants("const MAX_LATE_DAYS = 12;", inside) == []
