"""Files and flags of answers: what is accepted, what is told, and that saving loses nothing."""

import json

import pytest

from archlint.advisor import Answer, dump, load, parse, parse_weights, settings
from archlint.model.errors import ArchlintError

CATALOGUE = load()


def test_short_and_long_forms_in_toml_and_json():
    short = parse('[answers]\nA1 = "most"\n', "f", CATALOGUE)
    long = parse('schema = 1\n[answers.crud_share]\nvalue = "most"\nnote = "counted"\n', "f", CATALOGUE)
    asjson = parse(json.dumps({"answers": {"a1": {"value": "most", "source": "scan"}}}), "f", CATALOGUE)
    assert short == {"A1": Answer(value="most")}
    assert long == {"A1": Answer(value="most", note="counted")}
    assert asjson == {"A1": Answer(value="most", source="scan")}


def test_what_is_saved_is_read_back_and_saved_to_the_same_bytes():
    answers = {
        "C1": Answer(
            value="many",
            source="scan",
            trust="high",
            says='5 “systems”\t\\ "x"',
            numbers=(("systems", 5.0),),
            places=("a.ts:1",),
        ),
        "A1": Answer(value="unknown", note="line\nbreak"),
        "B8": Answer(value="not-applicable", na_reason="no interface"),
    }
    saved = dump(answers, CATALOGUE, "1.0")
    again = parse(saved, "f", CATALOGUE)
    assert again == answers
    assert dump(dict(reversed(again.items())), CATALOGUE, "1.0") == saved
    assert saved.index("A1") < saved.index("B8") < saved.index("C1")


def test_all_mistakes_of_a_file_are_told_at_once():
    with pytest.raises(ArchlintError) as told:
        parse(
            'schema = 2\nanswrs = 1\n[answers]\nA99 = "most"\nA1 = "mostly"\nA2 = 3\n'
            'B1 = {value = "one", sauce = "x"}\n'
            'B2 = {note = "n"}\nC1 = {value = "few", source = "oracle"}\nC2 = {value = "no", evidence = "much"}\n',
            "answers.toml",
            CATALOGUE,
        )
    message = str(told.value)
    for part in (
        "answers.toml has 9 mistakes",
        "schema is 2",
        "'answrs' (did you mean answers?)",
        "unknown question 'A99'",
        "A1 cannot be 'mostly' (did you mean most?)",
        "A2 is a number",
        "'sauce' (did you mean source?)",
        "B2 has no value",
        "'oracle'",
        "evidence of C2 is a text",
    ):
        assert part in message, part


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not valid JSON"),
        ("a = = 1", "neither JSON nor valid TOML"),
        ("answers = [1]", "answers is a list"),
        ('[answers]\nA1 = "most"\ncrud_share = "half"\n', "A1 is answered twice"),
        ("schema = true", "schema is True"),
        ('schema = "1"', "schema is '1'"),
        ('[answers]\nA1 = {value = ["most"]}\n', "value of A1 is a list"),
    ],
)
def test_a_file_that_is_none(content, told):
    with pytest.raises(ArchlintError, match=told):
        parse(content, "f", CATALOGUE)


def test_flags():
    assert settings(["crud-share=most", "B8=not-applicable: no interface"], "--set", CATALOGUE) == {
        "A1": Answer(value="most"),
        "B8": Answer(value="not-applicable", na_reason="no interface"),
    }
    with pytest.raises(ArchlintError) as told:
        settings(["A1", "Z9=1", "A2=none"], "--set", CATALOGUE)
    assert "3 mistakes" in str(told.value)


def test_weights():
    assert parse_weights("A1 = 0\nrule_complexity = 2.5\n", "w", CATALOGUE) == {"A1": 0, "A2": 2.5}
    assert parse_weights('{"weights": {"A1": 4}}', "w", CATALOGUE) == {"A1": 4}
    with pytest.raises(ArchlintError) as told:
        parse_weights('A1 = -1\nA7 = 2\nZ1 = 1\nA2 = "x"\n', "w", CATALOGUE)
    assert "4 mistakes" in str(told.value)
