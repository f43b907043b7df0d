"""Conditions under which something is required, in one way of writing."""

from collections.abc import Iterable

from archlint.algebra.canonical import canonical
from archlint.algebra.connectives import Signed, bare, conjuncts, signed
from archlint.algebra.normalising import piece
from archlint.model.expression import Expression, Items, Operation, Text
from archlint.model.predicate import Words
from archlint.model.rule import Kind


def premises(conditions: Iterable[Expression]) -> tuple[Expression, ...]:
    """The conditions taken apart, each once and in order, so that equal ones have equal texts in every language.

    What they do with missing values is left out: it does not make another rule of what they guard.
    """
    found = {canonical(item): item for each in conditions for item in map(_uniform, conjuncts(each, True))}
    return tuple(found[text] for text in sorted(found))


def _uniform(part: Signed) -> Expression:
    plain = bare(*part)
    draft = piece(plain)
    if draft is None or draft.folded or draft.trimmed or not isinstance(draft.form, Words):
        return signed(plain)
    if draft.kind is Kind.PRESENCE:
        return Operation("is null", (draft.subject,))
    words, excluded = draft.form.words, draft.form.excluded
    if words in (("true",), ("false",)):
        return draft.subject if (words == ("true",)) != excluded else Operation("not", (draft.subject,))
    if len(words) == 1:
        return Operation("!=" if excluded else "=", (draft.subject, Text(words[0])))
    listed = Operation("in", (draft.subject, Items(tuple(map(Text, words)))))
    return Operation("not", (listed,)) if excluded else listed
