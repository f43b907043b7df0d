"""Which words the comment of a column lists, and when it lists none."""

import pytest
from telling import statements

TABLE = "CREATE TABLE loans (state text);"


@pytest.mark.parametrize(
    "remark",
    [
        "State of the loan (open, lent, back)",
        "State of the loan: open | lent | back",
        "状態 (open/lent/back)",
        'One of ("open", "lent", "back"), set by the desk.',
        "Where it is: 'open', 'lent', 'back'.",
    ],
)
def test_a_list_of_words(remark):
    quoted = remark.replace("'", "''")
    said = statements(f"{TABLE} COMMENT ON COLUMN public.loans.state IS '{quoted}';", "values")
    assert [item.split(" |")[0] for item in said] == [said[0]]
    assert said[0].startswith("values loans.state (['open', 'lent', 'back'])")


@pytest.mark.parametrize(
    "remark",
    [
        "State (e.g. open, lent)",
        "State (open, lent, etc.)",
        "Price of the provider (Duff/MystiFly)",
        "List with the data of guests (name, date of birth)",
        "State of the loan (open)",
        "Amount (total, net) and fees (fixed, share)",
        "State of the loan",
    ],
)
def test_what_lists_no_words_or_only_some(remark):
    assert statements(f"{TABLE} COMMENT ON COLUMN loans.state IS '{remark}';", "values") == []


def test_a_comment_on_something_else():
    assert statements("COMMENT ON TABLE loans IS 'Things (open, lent)';", "values") == []
