"""What a platform is told to ask of values, from its files of settings."""

from archlint import languages
from archlint.languages import language_of

FILE = "apps/shop/supabase/config.toml"
TEXT = """
[api]
minimum_password_length = 3

[auth]
# Passwords shorter than this are refused.
minimum_password_length = 12
password_requirements = "letters_digits"

[auth.email]
enable_signup = true
"""


def read(text, path=FILE):
    return languages.read("settings", path, text.encode())


def test_a_file_of_settings_is_known_by_the_end_of_its_path():
    assert language_of(FILE) == "settings"
    assert language_of("supabase/config.toml") == "settings"
    assert language_of("mysupabase/config.toml") is None
    assert language_of("config.toml") is None


def test_the_length_and_the_signs_of_a_password():
    found = read(TEXT).statements
    assert [(item.span.line, item.text) for item in found] == [
        (7, "minimum_password_length = 12"),
        (8, 'password_requirements = "letters_digits"'),
        (8, 'password_requirements = "letters_digits"'),
    ]
    assert "table:auth.users" in str(found[0].condition) and "12" in str(found[0].condition)


def test_what_is_not_set_asks_nothing():
    assert read('[auth]\npassword_requirements = ""\n').statements == ()
    assert read("[auth]\nminimum_password_length = true\n").statements == ()


def test_a_broken_file_is_a_problem():
    facts = read("[auth\nminimum_password_length = 8\n")
    assert facts.statements == ()
    assert [problem.path for problem in facts.problems] == [FILE]
