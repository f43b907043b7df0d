"""Small repositories given as texts, and the sites that come out of them."""

import textwrap

from archlint import catalog, languages
from archlint.model.resolved import Resolved
from archlint.model.rule import Site
from archlint.model.source import Layer
from archlint.resolve import resolve


def resolved(files: dict[str, str]) -> Resolved:
    """What is resolved of the texts; modules are named by their file without suffix."""
    facts = {
        path: languages.read(languages.language_of(path), path, textwrap.dedent(text).encode())
        for path, text in files.items()
    }
    layers = {path: Layer.DATABASE if path.endswith(".sql") else Layer.SERVICE for path in files}

    def locate(importer, module):
        stem = module.removeprefix("./")
        return next((path for path in files if path.rsplit(".", 1)[0] == stem), None)

    return resolve(facts, catalog.build(facts), layers, locate)


def told(site: Site) -> str:
    """A site as one line: subject, kind, what it admits, and where it applies."""
    said = f"{site.subject} {site.kind.value} {site.normal}"
    return f"{said} [{site.guard}]" if site.guard else said


def sites(files: dict[str, str], path: str = "a.ts") -> list[str]:
    """The sites of one of the texts, surest only."""
    return [told(site) for site in resolved(files).sites if site.path == path and site.confidence >= 0.7]
