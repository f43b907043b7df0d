"""The table of languages, and the way from a file's name to a row of it."""

import subprocess
import sys

import pytest

from archlint.languages import LANGUAGES, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("db/001_init.sql", "postgresql"),
        ("db/001_INIT.SQL", "postgresql"),
        ("src/a.ts", "typescript"),
        ("types/a.d.ts", "typescript"),
        ("src/a.mts", "typescript"),
        ("src/Form.tsx", "tsx"),
        ("src/a.cjs", "javascript"),
        ("src/Form.jsx", "jsx"),
        ("README.md", None),
        ("Makefile", None),
        ("v1.2/Makefile", None),
        (".ts", "typescript"),
        ("tsx", None),
    ],
)
def test_the_name_of_a_file_says_its_language(path, language):
    assert language_of(path) == language


def test_each_suffix_that_a_language_claims_leads_to_it():
    for module in {module for module in LANGUAGES.values() if module.SUFFIXES}:
        assert {LANGUAGES[language_of(f"a{suffix}")] for suffix in module.SUFFIXES} == {module}
        assert module.NAME in LANGUAGES


def test_the_table_brings_no_grammar():
    asked = "import sys, archlint.languages; print([name for name in sys.modules if 'tree_sitter' in name])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
