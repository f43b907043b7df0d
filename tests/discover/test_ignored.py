"""One pattern for all of an ignore file answers no path that the file itself has an opinion on."""

import random

from pathspec import GitIgnoreSpec

from archlint.discover.tree import _any_of, _ignored

PATTERNS = (
    *("node_modules", "/dist", "*.log", "!keep.log", "a/**/b", "**/x", "x/", "/a/*", "!/a/b", "*.ts", "b?", "[ab]c"),
    *("foo/bar", "\\#x", "# c", "", "!x/", "**/", "a/**", "*"),
)
NAMES = ("a", "b", "x", "dist", "node_modules", "keep.log", "foo", "bar", "ac", "bc", "b1", "k.ts", "#x", "c.log")


def test_nobody_is_answered_otherwise():
    chance = random.Random(7)
    answers = set()
    for _ in range(1500):
        spec = GitIgnoreSpec.from_lines(chance.sample(PATTERNS, chance.randint(1, 6)))
        path = "/".join(chance.choice(NAMES) for _ in range(chance.randint(1, 4))) + chance.choice(("", "/"))
        answer = _ignored(path, (("", spec, _any_of(spec.patterns)),))
        assert answer == _ignored(path, (("", spec, None),)), (path, spec)
        answers.add(answer)
    assert answers == {True, False}
