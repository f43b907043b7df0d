"""Rules that stand outside of the repository, such as the settings of a service: `[[declared]]`."""

from collections.abc import Mapping
from typing import Any

from archlint import algebra
from archlint.config.mistakes import Source
from archlint.model.predicate import Anything, Form, Interval, Numbers, Predicate, Shape, Words
from archlint.model.rule import Kind, Site, Subject
from archlint.model.source import Layer, Span

_RANGE = ("minimum", "maximum", "above", "below")
# What each kind of rule may say; the first that is given decides.
_SAYS = {
    Kind.BOUND: _RANGE,
    Kind.LENGTH: _RANGE,
    Kind.SIZE: _RANGE,
    Kind.DOMAIN: ("values",),
    Kind.PATTERN: ("pattern",),
    Kind.PRESENCE: (),
}
_ALWAYS = ("subject", "kind", "layer", "where")
_KNOWN = (*_ALWAYS, *_RANGE, "values", "pattern")


def declared_sites(source: Source, value: Any, path: str, layers: Mapping[str, Layer]) -> tuple[Site, ...]:
    """The sites of all declared rules; each stands in the file of settings."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        source.wrong(("declared",), "declared is a list of tables: [[declared]]")
        return ()
    found = [_site(source, number, row, path, layers) for number, row in enumerate(value)]
    return tuple(site for site in found if site is not None)


def _site(source: Source, number: int, row: dict[str, Any], path: str, layers: Mapping[str, Layer]) -> Site | None:
    before = len(source.mistakes)
    for key in row:
        if key not in _KNOWN:
            source.unknown(("declared", number, key), "declared: the key", key, _KNOWN)
    subject, kind, layer = row.get("subject"), row.get("kind"), row.get("layer", Layer.SERVICE.value)
    kinds = {item.value: item for item in _SAYS}
    if not isinstance(subject, str) or not all(subject.partition(".")[::2]):
        source.wrong(("declared", number, "subject"), "declared: subject is a text like 'orders.discount'")
    if kind not in kinds:
        source.unknown(("declared", number, "kind"), "declared: the kind", str(kind), kinds)
    if layer not in layers:
        source.unknown(("declared", number, "layer"), "declared: the layer", str(layer), layers)
    form = _form(source, number, row, kinds[str(kind)]) if kind in kinds else None
    if form is None or len(source.mistakes) > before:
        return None
    predicate = Predicate(form, "fail" if kind == Kind.PRESENCE.value else "pass")
    line = source.line(("declared", number))
    entity, _, field = str(subject).partition(".")
    where = row.get("where") or "outside of the repository"
    normal = algebra.describe(predicate, "length" if kind == Kind.LENGTH.value else "value")
    return Site(
        id=0,
        path=path,
        span=Span(line, 1, line, 1),
        layer=layers[layer],
        kind=kinds[str(kind)],
        subject=Subject(entity, field),
        symbol=str(where),
        text=f"{where}: {normal}",
        normal=normal,
        predicate=predicate,
        confidence=1.0,
        evidence=("declared in the configuration",),
        library="declared",
        place=f"declared:{subject}",
    )


def _form(source: Source, number: int, row: dict[str, Any], kind: Kind) -> Form | None:
    said = [key for key in (*_RANGE, "values", "pattern") if key in row]
    for key in said:
        if key not in _SAYS[kind]:
            source.wrong(("declared", number, key), f"declared: a rule of kind {kind.value} has no {key}")
    if not said and _SAYS[kind]:
        source.wrong(("declared", number), f"declared: a rule of kind {kind.value} says {' or '.join(_SAYS[kind])}")
        return None
    if _SAYS[kind] == _RANGE:
        return _numbers(source, number, row)
    if kind is Kind.DOMAIN:
        return _words(source, number, row["values"])
    if kind is Kind.PATTERN:
        return Shape(((str(row["pattern"]), "", "postgresql", False),))
    return Anything()


def _numbers(source: Source, number: int, row: dict[str, Any]) -> Form | None:
    ends: dict[str, str] = {}
    for key in _RANGE:
        if key in row:
            value = row[key]
            if isinstance(value, bool) or not isinstance(value, int | float):
                source.wrong(("declared", number, key), f"declared: {key} is a number, not {value!r}")
                return None
            ends[key] = str(value) if isinstance(value, int) else f"{value:f}".rstrip("0").rstrip(".")
    for closed, opened in (("minimum", "above"), ("maximum", "below")):
        if closed in ends and opened in ends:
            source.wrong(("declared", number, opened), f"declared: either {closed} or {opened}, not both")
            return None
    low, high = ends.get("minimum", ends.get("above")), ends.get("maximum", ends.get("below"))
    return Numbers((Interval(low, high, "above" in ends, "below" in ends),))


def _words(source: Source, number: int, value: Any) -> Form | None:
    if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        return Words(tuple(sorted(set(value))))
    source.wrong(("declared", number, "values"), "declared: values is a list of texts")
    return None
