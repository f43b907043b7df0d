"""Reads one SQL file: statement by statement, each by who knows its kind."""

import re
from collections.abc import Callable, Iterable
from copy import copy

from archlint.languages.postgresql import kinds, others, policies, remarks, tables
from archlint.languages.postgresql.dialects import foreign
from archlint.languages.postgresql.foreign_routines import read_routines
from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.routines import before_triggers, create_function, read_block
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.slicing import Slice, slices
from archlint.languages.postgresql.source import Source
from archlint.languages.postgresql.tree import parse_sql
from archlint.model.facts import FileFacts

NAME = "postgresql"

_MARK = b"\xef\xbb\xbf"
_SEED_BYTES = 40_000
_DOWN = re.compile(
    r"(?:^|/)(?:down|rollback|revert|undo)/|(?:[._-](?:down|rollback|undo)\.sql$)|(?:^|/)U\d[\w.]*__", re.I
)
_DOWN_TEXT = re.compile(rb"^\s*--\s*(?:rollback|down migration|revert)\b", re.IGNORECASE)
# A statement that begins in the first column although the one before has not ended.
_RESTART = re.compile(rb"\n(?=(?:CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|INSERT INTO)\s)", re.IGNORECASE)
_WANTED = frozenset({"create", "alter", "drop", "grant", "revoke", "insert", "update", "do", "comment"})
_UNWANTED = frozenset(
    {
        "extension", "schema", "sequence", "role", "user", "database", "server", "foreign", "publication",
        "subscription", "cast", "collation", "operator", "aggregate", "statistics", "tablespace", "language", "rule",
        "event", "group", "system", "text", "access", "transform", "conversion", "default",
    }
)  # fmt: skip

_Reader = Callable[[Sheet, Node], None]
_GuardedReader = Callable[[Sheet, Node, bool], None]
_READERS: dict[str, _Reader] = {
    "DropStmt": others.drop,
    "RemoveFuncStmt": others.drop_function,
    "RenameStmt": others.rename,
    "AlterObjectSchemaStmt": others.move,
    "AlterFunctionStmt": others.alter_function,
    "AlterEnumStmt": kinds.alter_enum,
    "AlterDomainStmt": kinds.alter_domain,
    "GrantStmt": policies.grant,
    "RevokeStmt": policies.grant,
    "ViewStmt": others.create_view,
    "CreateMatViewStmt": others.create_view,
    "InsertStmt": others.seed,
    "UpdateStmt": others.seed_again,
    "CommentStmt": remarks.comment,
}
_GUARDED: dict[str, _GuardedReader] = {
    "CreateStmt": tables.create_table,
    "AlterTableStmt": tables.alter_table,
    "DefineStmt": kinds.create_type,
    "CreateDomainStmt": kinds.create_domain,
    "IndexStmt": kinds.create_index,
    "CreatePolicyStmt": policies.create_policy,
    "AlterPolicyStmt": policies.create_policy,
    "CreateTrigStmt": policies.create_trigger,
}


def read(path: str, content: bytes, dialect: str = "") -> FileFacts:
    """The facts of one file; what cannot be read becomes a problem, never an error."""
    if content.startswith(_MARK):
        content = content[len(_MARK) :]
    other = foreign(content, dialect)
    if other is None:
        sheet = Sheet(Source(path, content))
        pieces: Iterable[Slice] = slices(content)
    else:
        sheet = Sheet(Source(path, other.content, content), other)
        pieces = other.pieces
    reader = _File(sheet, sheet.source.content)
    for piece in pieces:
        reader.piece(piece)
    if other is not None:
        read_routines(sheet, other)
    sheet.hints.extend(_hints(path, content))
    return sheet.facts(NAME)


class _File:
    def __init__(self, sheet: Sheet, content: bytes) -> None:
        self._sheet = sheet
        self._content = content
        self._silent = before_triggers(content) if b"rigger" in content or b"RIGGER" in content else frozenset[str]()

    def piece(self, piece: Slice) -> None:
        """Reads a statement; after an error, what begins anew inside of it."""
        if not _interesting(piece):
            return
        text = self._content[piece.start : piece.end]
        try:
            root, error = parse_sql(text, piece.start)
        except RecursionError:
            self._sheet.problem(piece.start, "a statement is not read (nested too deeply)")
            return
        if error is None:
            self._guarded(root, False)
            return
        restart = _RESTART.search(self._content, piece.start, piece.end)
        if restart is not None:
            first = Slice(piece.start, restart.start(), piece.words)
            self.piece(first)
            for part in slices(self._content, restart.end(), piece.end):
                self.piece(part)
            return
        self._sheet.problem(error, f"a statement is not read ({' '.join(piece.words[:3])})")
        if root.find("CreateStmt") is not None:
            # Better some columns than none; but nobody may think that they are all.
            self._sheet.doubtful = True
            self._guarded(root, False)
            self._sheet.doubtful = False

    def _guarded(self, root: Node, absent: bool) -> None:
        try:
            self._statement(root, absent)
        except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
            # The grammar has shapes that no test of ours shows; one of them must not cost the file.
            self._sheet.problem(root.start, f"a statement is not read ({type(error).__name__})")

    def _statement(self, root: Node, absent: bool) -> None:
        for node in root.children if root.kind == "source_file" else [root]:
            if node.kind in _GUARDED:
                _GUARDED[node.kind](self._sheet, node, absent)
            elif node.kind in _READERS:
                _READERS[node.kind](self._sheet, node)
            elif node.kind == "CreateFunctionStmt":
                create_function(self._sheet, node, self._silent, absent)
            elif node.kind == "DoStmt":
                read_block(self._sheet, node, self._inner, self._put_together)

    def _inner(self, text: bytes, start: int, absent: bool) -> None:
        """A statement inside of a DO block."""
        for piece in slices(text):
            if piece.words[:1] in (("insert",), ("update",)) or not _interesting(piece):
                continue
            root, error = parse_sql(text[piece.start : piece.end], start + piece.start)
            if error is None:
                self._guarded(root, absent)
            else:
                self._sheet.problem(error, "a statement in a DO block is not read")

    def _put_together(self, text: str, start: int, absent: bool) -> None:
        """A statement that a DO block puts together; it stands where its EXECUTE does, in one line."""
        whole = self._sheet
        line = text.replace("\n", " ").encode()
        self._sheet = copy(whole)
        self._sheet.source = Source(whole.source.path, whole.source.content[:start] + line)
        try:
            self._inner(line, start, absent)
        finally:
            whole.scopes, self._sheet = self._sheet.scopes, whole


def _interesting(piece: Slice) -> bool:
    words = piece.words
    if not words or words[0] not in _WANTED:
        return False
    if words[0] == "insert":
        return piece.end - piece.start <= _SEED_BYTES
    if words[0] == "comment":
        return words[1:3] == ("on", "column")
    if words[0] == "update":
        return piece.end - piece.start <= _SEED_BYTES
    return len(words) < 2 or words[1] not in _UNWANTED


def _hints(path: str, content: bytes) -> list[str]:
    found = []
    if b"PostgreSQL database dump" in content[:4000]:
        found.append("dump")
    if _DOWN.search(path) or _DOWN_TEXT.match(content):
        found.append("down")
    return found
