"""Libraries of dates."""

import pytest
import reading

from archlint.algebra import canonical

NAMES = "declare const day: Date, other: Date, a: Date, b: Date, n: number;\n"
FNS = "import { addDays, addMonths, subYears, sub, isAfter, isBefore, isPast, differenceInHours } from 'date-fns';\n"
DAYJS = "import dayjs from 'dayjs';\n"
LUXON = "import { DateTime } from 'luxon';\n"


def value(text):
    found = reading.facts(text + "\n" + NAMES, "src/times.ts").bindings
    return next(canonical(item.value) for item in found if item.target.name == "found@0")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (FNS + "const found = addDays(day, 3);", "((3 * duration(0 months, 86400 seconds)) + day@0)"),
        (FNS + "const found = addMonths(day, n);", "((duration(1 months, 0 seconds) * n@0) + day@0)"),
        (FNS + "const found = subYears(new Date(), 1);", "(now() - duration(12 months, 0 seconds))"),
        (FNS + "const found = isAfter(day, other);", "(other@0 < day@0)"),
        (FNS + "const found = isPast(day);", "(day@0 < now())"),
        (FNS + "const found = differenceInHours(a, b);", "hours between(a@0, b@0)"),
        (DAYJS + "const found = dayjs().add(1, 'week');", "(duration(0 months, 604800 seconds) + now())"),
        (DAYJS + "const found = dayjs(day).subtract(1, 'M');", "(date(day@0) - duration(1 months, 0 seconds))"),
        (DAYJS + "const found = dayjs(day).diff(dayjs(), 'minutes');", "minutes between(date(day@0), now())"),
    ],
)
def test_a_date(text, wanted):
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "const found = addDays(day, 3);",
        DAYJS + "const found = cart.add(3, 'day');",
        DAYJS + "const found = dayjs(day).diff(dayjs());",
        FNS + "const found = addMoons(day, 3);",
    ],
)
def test_what_is_none(text):
    assert "duration" not in value(text) and "between" not in value(text)
