"""How long something lasts where a parameter or a fallback says so."""

import pytest
from scenes import sites

TABLE = "create table vouchers (id bigint, ends timestamptz not null, days int);"
CALL = "await supabase.from('vouchers').insert({ ends: new Date(Date.now() + days * 86400000).toISOString() })"


@pytest.mark.parametrize(
    "code",
    [
        f"const USUAL = 30\nexport async function give(guest: string, days = USUAL) {{ {CALL} }}",
        f"export async function give(body: any) {{ const days = body.days ?? 30; {CALL} }}",
        f"export async function give(body: any) {{ const days = Number(body.days) || 30; {CALL} }}",
    ],
)
def test_it_lasts_as_long_as_nobody_says_otherwise(code):
    assert "vouchers.ends lifetime 2592000 seconds" in sites({"1.sql": TABLE, "a.ts": code})


def test_a_parameter_that_must_be_given_says_nothing():
    code = f"const USUAL = 30\nexport async function give(days: number, other = USUAL) {{ {CALL} }}"
    assert not [line for line in sites({"1.sql": TABLE, "a.ts": code}) if "lifetime" in line]


def test_it_is_stated_where_the_number_has_its_name():
    code = f"const USUAL = 30\nconst OTHER = 4\nexport async function give(days = USUAL, most = OTHER) {{ {CALL} }}"
    assert sites({"1.sql": TABLE, "a.ts": code}).count("vouchers.ends lifetime 2592000 seconds") == 2


def test_python_says_the_same():
    code = """
    from datetime import datetime, timedelta
    def give(days: int = 30):
        supabase.table("vouchers").insert({"ends": datetime.now() + timedelta(days=days)}).execute()
    """
    assert "vouchers.ends lifetime 2592000 seconds" in sites({"1.sql": TABLE, "a.py": code}, "a.py")
