"""Every call first comes by here: which library's knowledge it needs, decided by its name."""

from tree_sitter import Node

from archlint.languages.dart.firestore import firestore
from archlint.languages.dart.http import http
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.routes import routes
from archlint.languages.dart.supabase import supabase
from archlint.languages.dart.widgets import widgets
from archlint.model.expression import Expression
from archlint.terms.scope import Scope

_READERS = (supabase, firestore, routes, http, widgets)


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """What a call of a library means; None where it is none that we know."""
    for read in _READERS:
        found = read(reader, node, name, scope)
        if found is not None:
            return found
    return None
