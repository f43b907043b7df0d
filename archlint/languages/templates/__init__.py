"""The reader of components and pages: markup with code in it, written as code for the reader of that code."""

import msgspec

from archlint.languages.templates.draft import Draft, Origin
from archlint.languages.templates.placing import placed
from archlint.model.facts import FileFacts
from archlint.model.source import Problem

NAME = "vue"
SUFFIXES = {
    ".vue": "vue", ".svelte": "svelte", ".html": "html", ".htm": "html", ".xhtml": "html", ".jinja": "html",
    ".jinja2": "html", ".njk": "html", ".twig": "html", ".liquid": "html", ".hbs": "html", ".handlebars": "html",
    ".mustache": "html", ".erb": "html", ".ejs": "html", ".cshtml": "html", ".jsp": "html",
}  # fmt: skip
_KINDS = frozenset(SUFFIXES.values())
_LEFT_OUT = "the template is not read, as the script cannot be read with elements in it"
_UNREAD = "an expression of the template is not read (syntax error)"


class Lowered(msgspec.Struct, frozen=True):
    """What a file says as TypeScript with JSX, and the way back into the file."""

    language: str
    path: str
    grammar: str
    origin: Origin
    problems: tuple[Problem, ...]
    expressions: tuple[tuple[int, int], ...]

    @property
    def source(self) -> bytes:
        """The lowered text."""
        return self.origin.text.encode()

    def placed(self, facts: FileFacts) -> FileFacts:
        """Facts that were read from the lowered text, with all places in the real file."""
        return placed(facts, self.origin, self.language, self.problems)

    def given_up(self, facts: FileFacts) -> FileFacts:
        """The facts of a script without those of its template."""
        start = min((start for start, _ in self.expressions), default=0)
        told = Problem(self.path, self.origin.real_line(start), _LEFT_OUT)
        return msgspec.structs.replace(facts, problems=(*facts.problems, told))

    def mended(self) -> "Lowered | None":
        """The same without what is no code; None where all is.

        What is half-written in a template must not tear down what is around it.
        """
        # Only a text that was not read whole needs the grammar.
        from archlint.languages.templates.grammar import is_code

        source = self.origin.source
        spoiled = [start for start, end in dict.fromkeys(self.expressions) if not is_code(source[start:end])]
        if not spoiled:
            return None
        again = _lowered(self.language, self.path, source, frozenset(spoiled))
        told = tuple(Problem(self.path, self.origin.real_line(start), _UNREAD) for start in spoiled)
        return msgspec.structs.replace(again, problems=(*again.problems, *told))


def holds(language: str, source: bytes) -> bool:
    """Whether a file is to be lowered before it is read: a component, or a script with templates in it."""
    return language in _KINDS or (language == "typescript" and b"@Component" in source and b"template:" in source)


def lower(language: str, path: str, content: bytes) -> Lowered:
    """A component as code."""
    return _lowered(language, path, content.decode("utf-8", "replace"), frozenset())


def _lowered(language: str, path: str, source: str, dropped: frozenset[int]) -> Lowered:
    from archlint.languages.templates import angular, pages, svelte, vue

    draft = Draft(source, dropped)
    if language == "typescript":
        grammar = angular.lower_script(draft)
    else:
        grammar = {"vue": vue.lower, "svelte": svelte.lower}.get(language, pages.lower)(path, draft)
    origin = draft.finished()
    problems = tuple(Problem(path, origin.real_line(start), reason) for start, reason in dict.fromkeys(draft.broken))
    return Lowered(language, path, grammar, origin, problems, tuple(draft.expressions))


__all__ = ["NAME", "SUFFIXES", "Lowered", "holds", "lower"]
