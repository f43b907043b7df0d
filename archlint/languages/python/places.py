"""Where the nodes of libcst stand: it tells when it writes a tree out again, which takes long."""

from types import TracebackType

import libcst as cst


def offsets(module: cst.Module) -> dict[int, tuple[int, int]]:
    """By the identity of each node, where it begins and ends in the module's text, white space around it left out."""
    recorder = Recorder(module.default_indent, module.default_newline)
    module._codegen(recorder)  # type: ignore[arg-type]
    return recorder.found


class Recorder:
    """Stands in for the state in which libcst writes a tree, and keeps lengths instead of texts."""

    def __init__(self, indent: str, newline: str) -> None:
        self.default_indent = indent
        self.default_newline = newline
        self.indent_tokens: list[str] = []
        self.tokens: list[str] = []
        self.offset = 0
        self.found: dict[int, tuple[int, int]] = {}
        self._begun: list[int] = []

    def increase_indent(self, value: str) -> None:
        self.indent_tokens.append(value)

    def decrease_indent(self) -> None:
        self.indent_tokens.pop()

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def pop_trailing_newline(self) -> None:
        """The end of a file is no place that is asked for."""

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._begun.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._begun.pop()
        if id(node) not in self.found:
            self.found[id(node)] = (start, self.offset)

    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> "_Position":
        return _Position(self, node, start_node, end_node)


class _Position:
    """Measures what is written while it is open."""

    __slots__ = ("_end", "_node", "_recorder", "_start", "_started")

    def __init__(
        self, recorder: Recorder, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None
    ) -> None:
        self._recorder = recorder
        self._node = node
        self._start = start
        self._end = end
        self._started = 0

    def __enter__(self) -> None:
        self._started = self._recorder.offset

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        found = self._recorder.found
        start = found[id(self._start)][0] if self._start is not None else self._started
        end = found[id(self._end)][1] if self._end is not None else self._recorder.offset
        found[id(self._node)] = (start, end)
