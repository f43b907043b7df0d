"""Code frames: the source of a place with the stated range marked."""

from collections.abc import Callable

from archlint.model.finding import Place
from archlint.reporters._paint import Line, Piece, cells, cut, shown

_LINES_AT_MOST = 4
_INDENT = "  "


def frame(place: Place, source: Callable[[str], tuple[str, ...]], style: str, width: int) -> list[Line]:
    """The heading of a place and its lines of code, the range marked in `style`."""
    span = place.span
    lines = source(place.path)[span.line - 1 : min(span.end_line, span.line + _LINES_AT_MOST - 1)]
    if not lines:
        return [heading(place), *([(_indented("", f"  {shown(place.text)}"))] if place.text else [])]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    gutter = len(str(span.line + len(lines) - 1))
    room = max(width - gutter - len(_INDENT) - 5, 20) if width else 0
    drawn = [heading(place)]
    if span.end_line == span.line:
        drawn += _single(place, lines[0], margin, gutter, style, room)
    else:
        for number, line in enumerate(lines, span.line):
            code = cut(shown(line[margin:]), room)
            drawn.append(_numbered(number, gutter, (("┃ ", style), (code, ""))))
        missing = span.end_line - span.line + 1 - len(lines)
        if missing:
            drawn.append(
                _numbered("", gutter, (("┃ ", style), (f"… {missing} more line{'s' * (missing > 1)}", "faint")))
            )
        if place.normal:
            drawn.append(_numbered("", gutter, (("┗ ", style), (cut(place.normal, room), style))))
    return drawn


def heading(place: Place) -> Line:
    """Layer, place and part of a site."""
    where = f"{shown(place.path)}:{place.span.line}:{place.span.column}"
    return (
        (_INDENT, ""),
        (f"{place.layer.value:<8} ", place.layer.value),
        (where, "path"),
        (f"  {place.role}" if place.role else "", "faint"),
    )


def _single(place: Place, line: str, margin: int, gutter: int, style: str, room: int) -> list[Line]:
    start, end = place.span.column - 1, place.span.end_column - 1
    before, marked = shown(line[margin:start]), shown(line[start:end])
    after = shown(line[max(end, start) :].rstrip())
    if room and cells(before) + cells(marked) > room:
        # The range must be seen; what stands left of it may give way.
        keep = max(room - cells(marked) - 1, 0)
        before = "…" + before[len(before) - keep :] if keep else "…"
        marked = cut(marked, room - 1)
    code = cut(before + marked + after, room)
    carets = " " * cells(before) + "^" * max(cells(marked), 1)
    drawn = [_numbered(place.span.line, gutter, ((code, ""),))]
    normal = shown(place.normal)
    if not normal or not room or cells(carets) + 1 + cells(normal) <= room:
        return [*drawn, _numbered("", gutter, ((f"{carets} {normal}".rstrip(), style),))]
    # What the range says is worth a line of its own where it does not fit behind the mark.
    indent = " " * max(min(cells(before), room - cells(normal)), 0)
    return [
        *drawn,
        _numbered("", gutter, ((carets, style),)),
        _numbered("", gutter, ((indent + cut(normal, room), style),)),
    ]


def _numbered(number: int | str, gutter: int, pieces: tuple[Piece, ...]) -> Line:
    return ((f"{_INDENT}{number:>{gutter + 1}} │ ", "faint"), *pieces)


def _indented(number: str, text: str) -> Line:
    return ((f"{_INDENT}{number}", "faint"), (text, ""))
