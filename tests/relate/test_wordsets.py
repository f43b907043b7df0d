"""Sets of words that are nearly the same are one rule; those that only overlap are not."""

from archlint.model.predicate import Predicate, Words
from archlint.model.rule import Kind, Site, Subject
from archlint.model.source import Layer, Span
from archlint.relate.wordsets import NEARLY, nearly

STATUS = Subject("orders", "status")


def family(number, words, path):
    site = Site(
        id=number,
        path=path,
        span=Span(1, 1, 1, 9),
        layer=Layer.SERVICE,
        kind=Kind.WORDS,
        subject=STATUS,
        symbol="",
        text="",
        normal="",
        predicate=Predicate(Words(tuple(sorted(words.split())))),
        guard=words,
    )
    return (STATUS, Kind.WORDS, words), [site]


def found(*families):
    return [(name[2], [site.id for site in sites]) for name, sites in nearly(dict(families))]


def test_one_word_more_is_the_same_set_elsewhere():
    families = family(1, "new paid late", "a.ts"), family(2, "new paid late sent", "b.sql")
    assert found(*families) == [(NEARLY, [2, 1])]


def test_sets_of_one_file_few_words_or_little_in_common_stay_apart():
    assert found(family(1, "new paid late", "a.ts"), family(2, "new paid late sent", "a.ts")) == []
    assert found(family(1, "new paid", "a.ts"), family(2, "new paid", "b.ts")) == []
    assert found(family(1, "new paid late", "a.ts"), family(2, "late gone lost", "b.ts")) == []
