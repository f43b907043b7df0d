"""AL204: code writes, compares, offers or declares a word that the field's own domain does not know."""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from archlint.checks._common import TYPES, by_name_only, certainty, layers_of, place, trusted, written
from archlint.checks._found import Found
from archlint.checks._sentinels import sentinels
from archlint.checks._vocabulary import words
from archlint.checks._words import at, listed, quoted, short, who
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph, Word
from archlint.model.predicate import Words
from archlint.model.rule import BusinessRule, Kind, Site, Subject
from archlint.model.source import TRUSTED, Layer

_LEAST = 0.7
_SWITCHES = words("switches")
_ON_ITS_WAY = 0.7
_DECLARED = frozenset({Layer.DATABASE, Layer.TRIGGER, Layer.POLICY})
# So many words in common are no chance.
_IN_COMMON = 2
# Of shorter lists a word is left out on purpose.
_LONG = 5
_ON_PURPOSE = 0.85
_PASSIVE = frozenset({"compares", "filters", "offers", "reads"})
_USES = {"writes": "is written", "compares": "is compared", "filters": "is asked for", "offers": "is offered"}
# One act may admit fewer words than the field: what asks for a word declares none.
_ASKING = frozenset({"", "guard", "routine", "trigger", "policy"})
# A policy or a trigger asks for some of the words; it does not say which there are.
_DECIDING = TRUSTED - {Layer.POLICY, Layer.TRIGGER} | {Layer.CONTRACT}
_DATABASE = frozenset({Layer.DATABASE, Layer.TRIGGER})


class _Domain(msgspec.Struct, frozen=True):
    """The words a field may hold, and who says so."""

    words: tuple[str, ...]
    sites: tuple[Site, ...]
    fold: bool
    stored: bool  # the database says so
    named: bool = False  # a declaration with a name of its own says so, and what is sent is held to it
    replaced: frozenset[str] = frozenset()  # words that never arrive, as something else is written in their place

    def knows(self, word: str) -> bool:
        if word in self.words or word in self.replaced:
            return True
        return self.fold and word.lower() in {item.lower() for item in self.words}


class _Stray(msgspec.Struct, frozen=True):
    """A word outside the domain, where it stands, and how sure that is."""

    word: str
    use: str
    place: Place
    confidence: float
    trusted: bool


def drifted(graph: Graph) -> Iterator[Found]:
    """AL204, one finding per field."""
    words: dict[Subject, list[Word]] = defaultdict(list)
    for word in graph.words:
        words[word.subject].append(word)
    rules: dict[Subject, list[BusinessRule]] = defaultdict(list)
    replaced = sentinels(graph)
    for rule in graph.rules:
        if rule.kind is Kind.DOMAIN:
            rules[rule.subject].append(rule)
    for subject in sorted(rules):
        sites = [site for rule in rules[subject] for site in rule.sites if isinstance(site.predicate.form, Words)]
        domain = _authority(sites)
        if domain is None:
            yield from _beyond_remarks(subject, rules[subject][0], sites)
        else:
            domain = msgspec.structs.replace(domain, replaced=replaced.get(subject, frozenset()))
            yield from _judge(subject, rules[subject][0], domain, sites, words.get(subject, []))


def _authority(sites: Sequence[Site]) -> _Domain | None:
    """The database where it has a word in it, else the column's declaration in code, else one that all agree with."""
    declared = [site for site in sites if site.strength == "hard" and site.effect != "clamp" and not site.guard]
    stored = [site for site in declared if site.layer is Layer.DATABASE and _closed(site)]
    if stored:
        common = [word for word in _words(stored[0]) if all(word in _words(site) for site in stored)]
        fold = all(_form(site).fold for site in stored)
        return _Domain(tuple(common), tuple(stored), fold, True)
    closed = [
        site
        for site in declared
        if _closed(site)
        and site.stored
        and layers_of(site) & _DECIDING
        and len(_words(site)) > 1
        and site.library not in _ASKING
    ]
    own = [site for site in closed if _of_column(site)]
    if own and len({_words(site) for site in own}) == 1:
        return _Domain(_words(own[0]), tuple(own), _form(own[0]).fold, False)
    shared = len({site.path for site in closed}) > 1 or any(site.layer is Layer.CONTRACT for site in closed)
    # An enumeration with a name of its own is there for more than one act.
    named = {_words(site) for site in sites if site.effect == "hint" and layers_of(site) & _DECIDING and _closed(site)}
    if closed and (shared or _words(closed[0]) in named) and len({_words(site) for site in closed}) == 1:
        declared_words = _words(closed[0])
        return _Domain(declared_words, tuple(closed), _form(closed[0]).fold, False, declared_words in named)
    return None


def _beyond_remarks(subject: Subject, rule: BusinessRule, sites: Sequence[Site]) -> Iterator[Found]:
    """Words of lists in code that the remark on the column leaves out, where the two have most in common.

    Nothing holds the column to a remark, so only lists that are plainly about the same words are held against it.
    """
    remarks = [site for site in sites if _remark(site)]
    if len({_words(site) for site in remarks}) != 1:
        return
    domain = _Domain(_words(remarks[0]), tuple(remarks), False, False)
    lists = [site for site in sites if _closed(site) and len(set(_words(site)) & set(domain.words)) >= _IN_COMMON]
    strays = _from_sites(domain, lists, max(certainty(site) for site in remarks))
    sure = [stray for stray in strays if stray.confidence >= _LEAST]
    if sure:
        yield _told(subject, rule, domain, sure)


def _remark(site: Site) -> bool:
    return site.layer is Layer.DATABASE and site.library == "comment"


def _of_column(site: Site) -> bool:
    """Whether a site is part of the declaration of a table: the words that its own class gives a column."""
    return site.place.startswith("table:") and site.evidence == ("declared",)


def _form(site: Site) -> Words:
    form = site.predicate.form
    return form if isinstance(form, Words) else Words(())


def _words(site: Site) -> tuple[str, ...]:
    return _form(site).words


def _closed(site: Site) -> bool:
    return bool(_words(site)) and not _form(site).excluded


def _judge(
    subject: Subject, rule: BusinessRule, domain: _Domain, sites: list[Site], words: list[Word]
) -> Iterator[Found]:
    base = max(certainty(site) for site in domain.sites) * (1.0 if domain.stored or domain.named else 0.9)
    strays = [*_from_words(domain, words, base), *_from_sites(domain, sites, base)]
    sure = [stray for stray in strays if stray.confidence >= _LEAST]
    missing = [] if sure else _missing(domain, sites, base)
    if strays and (sure or not missing):
        yield _told(subject, rule, domain, sure or strays)
    elif missing:
        yield _incomplete(subject, rule, domain, missing)
    behind = _behind(domain, sites)
    if behind:
        yield _left_out(subject, rule, domain, behind, base)


def _from_words(domain: _Domain, words: list[Word], base: float) -> Iterator[_Stray]:
    folded = {known.lower() for known in domain.words}
    corroborated = {word.path for word in words if by_name_only(word.evidence) and domain.knows(word.word)}
    for word in words:
        if domain.knows(word.word) or (word.word.lower() in _SWITCHES and word.use != "writes"):
            continue
        doubt = _direction(word)
        if word.use in _PASSIVE and word.word.lower() in folded:
            # Most code that knows a word in another case has changed the case itself.
            doubt *= 0.7
        if by_name_only(word.evidence) and word.path not in corroborated:
            # Words of which none is known are more likely about another field of that name.
            doubt *= 0.75
        if word.use in _PASSIVE and word.layer is Layer.FRONTEND:
            doubt *= 0.9
        if not domain.stored and word.use != "writes":
            doubt *= 0.8
        if word.use == "writes" and word.word == "":
            # Mostly the last resort of a fallback that never happens.
            doubt *= 0.7
        yield _Stray(word.word, word.use, written(word), base * word.confidence * doubt, word.layer in TRUSTED)


def _direction(word: Word) -> float:
    """A value on its way in may be compared with anything before it is stored; one that was read back may not."""
    if word.use != "compares" or by_name_only(word.evidence):
        return 1.0
    if word.layer in _DECLARED or {"read", "declared"} & set(word.evidence):
        return 1.0
    return _ON_ITS_WAY


def _from_sites(domain: _Domain, sites: list[Site], base: float) -> Iterator[_Stray]:
    """Declarations of the field's words outside the database that have a word too many."""
    typed = any(site.library in TYPES and set(_words(site)) == set(domain.words) for site in sites)
    for site in sites:
        if site in domain.sites or not _closed(site) or (domain.stored and site.layer is Layer.DATABASE):
            continue
        extra = [word for word in _words(site) if not domain.knows(word) and word.lower() not in _SWITCHES]
        if not extra:
            continue
        # Lists without a word in common are more likely about two fields than about one.
        known = sum(domain.knows(word) for word in _words(site))
        doubt = 1.0 if known or (site.library in TYPES and _spelt_otherwise(domain, site)) else 0.75
        if typed and site.library in TYPES and 2 * known < len(domain.words):
            # Beside a type that has the very words of the column, one that lacks most of them has a task of its own.
            doubt *= 0.75
        use = "offers" if site.strength != "hard" else "states"
        for word in extra:
            yield _Stray(word, use, place(site, use), base * certainty(site) * doubt, trusted(site))


def _spelt_otherwise(domain: _Domain, site: Site) -> bool:
    folded = {word.lower() for word in domain.words}
    return all(word.lower() in folded for word in _words(site))


def _missing(domain: _Domain, sites: list[Site], base: float) -> list[tuple[Site, tuple[str, ...], float]]:
    """Declarations that rows are read with and that lack a word which rows may hold."""
    found = []
    for site in sites:
        if site in domain.sites or site.stored or not _closed(site) or site.layer in _DATABASE:
            continue
        if not (site.strength == "hard" or site.library == "type") or not domain.stored:
            continue
        if site.operation not in ("any", "select", ""):
            continue
        if site.library == "type" and len(_words(site)) == 1:
            # One word in a type tells one sort of rows from others; whoever asked for them saw to it.
            continue
        lacking = tuple(word for word in domain.words if word not in _words(site))
        if lacking and len(lacking) < len(domain.words):
            found.append((site, lacking, base * certainty(site)))
    return found


def _behind(domain: _Domain, sites: list[Site]) -> list[Site]:
    """Lists of what may be written that lack one word of many, where code elsewhere writes the whole list down."""
    if not domain.stored or len(domain.words) < _LONG:
        return []
    taking = [site for site in sites if site not in domain.sites and _takes(site)]
    whole = {site.path for site in taking if all(word in _words(site) for word in domain.words)}
    found = [site for site in taking if len([word for word in domain.words if word not in _words(site)]) == 1]
    return [site for site in found if whole - {site.path} and all(domain.knows(word) for word in _words(site))]


def _takes(site: Site) -> bool:
    """Whether trusted code refuses everything else on its way in, whatever the case."""
    return (
        trusted(site)
        and site.layer not in _DATABASE
        and site.stored
        and _closed(site)
        and not site.guard
        and (site.strength, site.effect) == ("hard", "reject")
        and site.library != "type"
    )


def _left_out(subject: Subject, rule: BusinessRule, domain: _Domain, behind: list[Site], base: float) -> Found:
    first = max(behind, key=lambda site: (certainty(site), -site.id))
    (lacking,) = [word for word in domain.words if word not in _words(first)]
    home = domain.sites[0]
    return Found(
        message=(
            f"{subject}: {who(first)} refuses {quoted((lacking,))}, the one word of {len(domain.words)} "
            f"that {who(home)} and code elsewhere know beside its own"
        ),
        places=(*(place(site, "states") for site in domain.sites), *(place(site, "refuses") for site in behind)),
        subject=str(subject),
        rule=rule.id,
        mark=("left out", lacking),
        kind=Kind.DOMAIN,
        severity=Severity.WARNING,
        confidence=base * certainty(first) * _ON_PURPOSE,
        witness=f'"{lacking}"',
        witness_words=f'"{lacking}" is held by {who(home)} and refused at {at(first.path, first.span.line)}',
        fix=_fix(subject, domain),
    )


def _told(subject: Subject, rule: BusinessRule, domain: _Domain, strays: list[_Stray]) -> Found:
    strays = sorted(strays, key=lambda item: (-item.confidence, item.word, item.place))
    unknown = list(dict.fromkeys(stray.word for stray in strays))
    uses = {use for stray in strays if (use := stray.use)}
    writes = any(stray.use in ("writes", "states") for stray in strays)
    verbs = listed([verb for use, verb in _USES.items() if use in uses]) or "is named"
    verbs = verbs if len(unknown) == 1 else verbs.replace("is ", "are ")
    if "states" in uses and verbs not in ("is named", "are named"):
        verbs = f"{verbs} and named"
    near = _near(unknown, domain)
    where = listed(dict.fromkeys(short(stray.place.path) for stray in strays[:3]))
    return Found(
        message=(
            f"{subject}: {quoted(unknown)} {verbs} ({where}), "
            f"but {who(domain.sites[0])} knows {quoted(domain.words)} only{near}"
        ),
        places=(*(place(site, "states") for site in domain.sites), *(stray.place for stray in strays)),
        subject=str(subject),
        rule=rule.id,
        mark=tuple(sorted(unknown)),
        kind=Kind.DOMAIN,
        severity=_severity(domain, strays, writes),
        confidence=strays[0].confidence,
        witness=", ".join(f'"{word}"' for word in unknown),
        witness_words=_shown(strays[0], domain),
        fix=_fix(subject, domain),
    )


def _severity(domain: _Domain, strays: list[_Stray], writes: bool) -> Severity | None:
    """None for the usual one. What a remark leaves out harms nobody at once."""
    serious = not _remark(domain.sites[0]) and (writes or any(stray.trusted for stray in strays))
    return None if serious else Severity.WARNING


def _shown(stray: _Stray, domain: _Domain) -> str:
    site = domain.sites[0]
    here, there = at(stray.place.path, stray.place.span.line), at(site.path, site.span.line)
    if _remark(site):
        return f'"{stray.word}" ({here}) is not among the words that {who(site)} ({there}) lists'
    if stray.use in ("writes", "states", "offers"):
        return f'"{stray.word}" ({here}) is refused by {who(site)} ({there})'
    return f'no row can hold "{stray.word}" ({here}): {who(site)} ({there}) does not know it'


def _near(unknown: list[str], domain: _Domain) -> str:
    for word in unknown:
        close = difflib.get_close_matches(word, [item for item in domain.words if item not in unknown], 1, 0.75)
        if close:
            return f'; "{word}" looks like "{close[0]}"'
    return ""


def _fix(subject: Subject, domain: _Domain) -> str:
    if domain.stored:
        return (
            f"Decide which words {subject} may hold, change the constraint or the code, "
            "and let the code take the list from one module or from generated types."
        )
    return f"State the words of {subject} once, as an enum or a CHECK, and let the code import the list."


def _incomplete(
    subject: Subject, rule: BusinessRule, domain: _Domain, missing: list[tuple[Site, tuple[str, ...], float]]
) -> Found:
    site, lacking, confidence = max(missing, key=lambda item: item[2])
    home = domain.sites[0]
    typed = site.library in ("", "type")
    return Found(
        message=(
            f"{subject}: rows may hold {quoted(lacking)} ({who(home)}), "
            f"but {short(site.path)} reads them as {quoted(_words(site))} only"
        ),
        places=(*(place(item, "states") for item in domain.sites), *(place(item[0], "reads") for item in missing)),
        subject=str(subject),
        rule=rule.id,
        mark=("missing", *lacking),
        kind=Kind.DOMAIN,
        severity=Severity.WARNING if typed else None,
        confidence=confidence * (0.9 if typed else 1.0),
        witness=", ".join(f'"{word}"' for word in lacking),
        witness_words=(
            f'a row with "{lacking[0]}" ({at(home.path, home.span.line)}) '
            f"does not fit what reads it ({at(site.path, site.span.line)})"
        ),
        fix=_fix(subject, domain),
    )
