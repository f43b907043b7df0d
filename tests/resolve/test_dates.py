"""Dates that a form bounds by the present time, or by another date."""

import pytest
from scenes import sites

SQL = "create table visits (id bigint, begins timestamptz not null, ends timestamptz not null);"
FORM = """
import { local } from "./dates";
export function Book() {
  const [begins, setBegins] = useState("");
  const [ends, setEnds] = useState("");
  %s
  const save = () => supabase.from("visits").insert({ begins, ends });
  return <form onSubmit={save}>
    <input type="datetime-local" %s value={begins} onChange={(event) => setBegins(event.target.value)} />
    <input type="date" %s value={ends} onChange={(event) => setEnds(event.target.value)} />
  </form>;
}
"""
DATES = """
export function local(): string { return written(new Date().toISOString()); }
export function written(text: string): string {
  const day = new Date(text);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
"""


def stated(before="", first="", second=""):
    files = {"1.sql": SQL, "dates.ts": DATES, "a.tsx": FORM % (before, first, second)}
    return [line for line in sites(files, "a.tsx") if "presence" not in line]


@pytest.mark.parametrize(
    "now",
    [
        "new Date().toISOString().split('T')[0]",
        "new Date().toISOString().slice(0, 16)",
        "format(new Date(), 'yyyy-MM-dd')",
        "dayjs().format('YYYY-MM-DD')",
        "startOfToday().toISOString()",
        "local()",
    ],
)
def test_the_present_in_many_clothes(now):
    assert stated(f"const today = {now};", "max={today}") == ["visits.begins window value >= 0"]
    assert stated(f"const today = {now};", "min={today}") == ["visits.begins window value <= 0"]


def test_a_helper_that_writes_the_present_out():
    assert stated("", "max={local()}") == ["visits.begins window value >= 0"]


def test_a_date_that_was_moved_is_not_the_present():
    assert stated("const day = new Date(); day.setDate(day.getDate() + 1);", "min={day.toISOString()}") == []


def test_a_day_of_the_calendar_and_a_number_are_no_rule():
    assert stated("", 'min="2020-01-01"') == []
    assert stated("", "min={5}") == []


def test_one_date_bounds_another():
    assert stated("", "", "min={begins}") == ["visits.begins, ends comparison begins <= ends"]
