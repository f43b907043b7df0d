"""What a check yields, and how that becomes a finding with a name, a severity, a fingerprint and a weight."""

import hashlib
from collections.abc import Iterable

import msgspec

from archlint.model.finding import COUNT, Check, Finding, Place, Severity
from archlint.model.rule import Kind
from archlint.model.source import TRUSTED, Layer

# What is lost when a rule of the kind fails: access and money first, comfort last.
_STAKES = {
    Kind.AUTHORIZATION: 9.0,
    Kind.FORMULA: 8.0,
    Kind.TRANSITION: 7.5,
    Kind.QUOTA: 7.0,
    Kind.GATE: 7.0,
    Kind.DEFAULT: 6.5,
    Kind.BOUND: 6.0,
    Kind.CLASSIFICATION: 6.0,
    Kind.DOMAIN: 6.0,
    Kind.COMPARISON: 5.5,
    Kind.UNIQUE: 5.5,
    Kind.CONDITIONAL: 5.0,
    Kind.IMMUTABILITY: 5.0,
    Kind.WINDOW: 5.0,
    Kind.LIFETIME: 5.0,
    Kind.SIZE: 4.0,
    Kind.PATTERN: 3.5,
    Kind.LENGTH: 3.0,
    Kind.PRESENCE: 3.0,
}


# As many letters as tell the layers apart.
_OF_LAYER = 3


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A finding before it has what belongs to its check.

    `mark` is what makes it the same finding tomorrow, apart from its subject: contents, never places in a file; `count`
    is how many there are of what it is about.
    `stated` is what of its places' contents belongs to that, where not all does, as `layer:text`.
    `severity` is given only where it differs from that of the check.
    """

    message: str
    places: tuple[Place, ...]
    subject: str = ""
    rule: str = ""
    mark: tuple[str, ...] = ()
    count: int = 0
    stated: tuple[str, ...] = ()
    kind: Kind | None = None
    severity: Severity | None = None
    confidence: float = 1.0
    witness: str = ""
    witness_words: str = ""
    fix: str = ""


def complete(check: Check, found: Found) -> Finding:
    """The finding of a check."""
    confidence = round(min(1.0, max(0.0, found.confidence)), 3)
    return Finding(
        code=check.code,
        name=check.name,
        severity=found.severity or check.severity,
        message=found.message,
        places=_once(found.places),
        rule=found.rule,
        subject=found.subject,
        fingerprint=_fingerprint(check.code, found),
        parts=_parts(found),
        confidence=confidence,
        witness=found.witness,
        witness_words=found.witness_words,
        fix=found.fix or check.fix.strip().partition("\n\n")[0],
        weight=_weight(found, confidence),
    )


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first; equal fingerprints are numbered, so that each can be suppressed on its own."""
    severities = list(Severity)
    ranked = sorted(
        findings,
        key=lambda item: (severities.index(item.severity), -item.weight, item.code, item.subject, item.places),
    )
    seen: dict[str, int] = {}
    result = []
    for item in ranked:
        number = seen[item.fingerprint] = seen.get(item.fingerprint, 0) + 1
        if number > 1:
            item = msgspec.structs.replace(item, fingerprint=f"{item.fingerprint}-{number}")
        result.append(item)
    return tuple(result)


def _once(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place under its first role."""
    first: dict[tuple[object, ...], Place] = {}
    for place in places:
        first.setdefault((place.path, place.span), place)
    return tuple(first.values())


def _fingerprint(code: str, found: Found) -> str:
    """A name made of contents: what is moved, renamed or laid out anew keeps it; another value or layer does not."""
    contents = _contents(found)
    kind = found.kind.value if found.kind else ""
    about = "" if any(place.path == found.subject for place in found.places) else found.subject
    text = "\0".join(" ".join(part.split()) for part in (code, about, kind, *contents))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _contents(found: Found) -> tuple[str, ...]:
    stated = sorted(set(found.stated) or {item for place in found.places for item in _stated(place)})
    counted = (str(found.count),) if found.count else ()
    return (*found.mark, *counted, *stated) or tuple(sorted({f"{place.layer}:{place.text}" for place in found.places}))


def _parts(found: Found) -> tuple[str, ...]:
    """The contents one by one, shortened, each with its layer."""
    stated = [item.partition(":") for item in _contents(msgspec.structs.replace(found, mark=(), count=0))]
    parts = {f"{layer[:_OF_LAYER]}:{_short(text)}" for layer, _, text in stated}
    parts |= {f":{_short(item)}" for item in found.mark}
    return tuple(sorted({*parts, f"{COUNT}{found.count}"} if found.count else parts))


def _short(text: str) -> str:
    return hashlib.blake2b(" ".join(text.split()).encode(), digest_size=3).hexdigest()


def _stated(place: Place) -> list[str]:
    return [f"{place.layer}:{piece}" for piece in place.pieces or (place.normal,) if piece]


def _weight(found: Found, confidence: float) -> float:
    stake = _STAKES.get(found.kind, 5.0) if found.kind else 5.0
    layers = {place.layer for place in found.places}
    trusted = len(layers & TRUSTED)
    across = 1.0 if Layer.FRONTEND in layers and trusted else 0.0
    return round(confidence * (stake + min(trusted, 3) + across), 3)
