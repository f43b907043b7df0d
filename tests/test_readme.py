"""The README shows what the program prints, names what there is, and sets up in two commands.

`pytest tests/test_readme.py --regenerate` writes the outputs and tables anew; a reviewer reads the difference.
"""

import re

from readme import PARTS, README, commands, generated


def test_outputs_and_tables_are_those_of_this_program(request):
    text = README.read_text("utf-8")
    fresh = generated(text)
    if request.config.getoption("regenerate"):
        README.write_text(fresh, "utf-8")
        return
    assert fresh == text


def test_every_part_that_can_be_made_is_there():
    text = README.read_text("utf-8")
    assert {name for name in PARTS if f"<!-- {name}: begin -->" in text} == set(PARTS)
    assert any(command.startswith("archlint scan fixtures/tour") for command in commands(text))


def test_setting_up_takes_two_commands():
    section = README.read_text("utf-8").partition("## Set up")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert blocks == [
        "python -m pip install . && archlint scan fixtures/tour\n",
        "python -m pip install '.[dev]' && python -m pytest\n",
    ]
