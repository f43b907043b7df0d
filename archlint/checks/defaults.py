"""AL209: one parameter that falls back to different values in different places."""

import re
from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._columns import column_of
from archlint.checks._common import advice, by_name_only, certainty, layers_of, on_trial, place, within
from archlint.checks._found import Found
from archlint.checks._vocabulary import words
from archlint.checks._words import at, constant, listed, short
from archlint.model.finding import Severity
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Constant, Words
from archlint.model.rule import BusinessRule, Kind, Site, Subject
from archlint.model.source import TRUSTED, Layer, Span

_EMPTY = frozenset({"", "0", "0.0", "0.00", "false", "null", "[]", "{}"})
_LEAST = 0.6
_CODE = re.compile(r"-?[\w.+-]{1,32}( [a-z]+)?")
# `row?.state`, `row?['state']`: the row may be missing.
_MISSING = re.compile(r"\?\.|\?\[")
_PLACEHOLDERS = words("placeholders")
_NOTHING = words("saying_nothing_is_there")
_SUGGESTED = 0.7
# Nothing but a name links any of the places to the parameter.
_BY_NAME = 0.9
_TECHNICAL = words("technical_settings")
_SORTS = words("sorts")
# A function that knows so many values for one field tells cases apart.
_CASES = 3
# Two sorts of rows in one table may begin in different ways on purpose.
_OTHER_SORT = 0.6


def drifted(graph: Graph) -> Iterator[Found]:
    """AL209."""
    domains = _domains(graph)
    served = _served(graph)
    for rule in graph.rules:
        if rule.kind is not Kind.DEFAULT or _technical(rule.subject):
            continue
        sites = [site for site in rule.sites if isinstance(site.predicate.form, Constant) and site.confidence >= _LEAST]
        own = {_value(site) for site in sites if site.layer is Layer.DATABASE}
        sites = [
            site
            for site in sites
            # Who serves several tables, and falls back to what another one of them does, speaks of that one.
            if not _dead(graph, site, rule.subject in domains)
            if not own or _value(site) in own or not served.get((site.path, site.span), set()) - {rule.subject.entity}
        ]
        closed = domains.get(rule.subject)
        sites = [site for site in sites if closed is None or _kept_there(site, closed)]
        told = _judge(rule, _without_cases(sites), closed is not None, graph)
        if told:
            yield told


def _domains(graph: Graph) -> dict[Subject, frozenset[str]]:
    """The words that columns may hold, where the database closes them."""
    found: dict[Subject, set[str]] = defaultdict(set)
    for rule in graph.rules:
        if rule.kind is not Kind.DOMAIN:
            continue
        for site in rule.sites:
            form = site.predicate.form
            if isinstance(form, Words) and site.layer is Layer.DATABASE and site.strength == "hard":
                found[rule.subject].update(() if form.excluded else (word.casefold() for word in form.words))
    return {subject: frozenset(words) for subject, words in found.items()}


def _kept_there(site: Site, words: frozenset[str]) -> bool:
    """Whether a text can be what the column holds: any other is shown, or names something beside it."""
    return not words or _numeric(site) or _value(site) in _EMPTY or _value(site).casefold() in words


def _without_cases(sites: list[Site]) -> list[Site]:
    """Without the functions that have a value for each of several cases."""
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for site in sites:
        values[site.path, site.symbol].add(_value(site))
    return [site for site in sites if not site.symbol or len(values[site.path, site.symbol]) < _CASES]


def _served(graph: Graph) -> dict[tuple[str, Span], set[str]]:
    """By place, the tables whose column has the very default in the database that code falls back to there."""
    found: dict[tuple[str, Span], set[str]] = defaultdict(set)
    for rule in graph.rules:
        if rule.kind is Kind.DEFAULT:
            declared = {_value(site) for site in rule.sites if site.layer is Layer.DATABASE}
            for site in rule.sites:
                if site.layer is not Layer.DATABASE and _value(site) in declared:
                    found[site.path, site.span].add(rule.subject.entity)
    return found


def _dead(graph: Graph, site: Site, closed: bool) -> bool:
    """`row.state ?? 'open'` of a row that is there, where the column always has a value.

    Where the row may be missing, a word of a closed list says in which state one is without any row.
    """
    column = column_of(graph, site.subject.entity, site.subject.field)
    known = column is not None and column.required and site.layer is not Layer.DATABASE
    return known and not site.stored and site.library == "fallback" and (closed or not _MISSING.search(site.text))


def _technical(subject: Subject) -> bool:
    return subject.entity == "environment" and bool(_TECHNICAL & set(subject.field.lower().split("_")))


def _judge(rule: BusinessRule, sites: list[Site], closed: bool, graph: Graph) -> Found | None:
    """A finding where two real values differ, or where a real one that several places know is replaced by nothing."""
    versions: dict[str, list[Site]] = {}
    for site in sites:
        versions.setdefault(_value(site), []).append(site)
    if len(versions) < 2 or len({(site.path, site.layer) for site in sites}) < 2 or not _one_origin_each(versions):
        return None
    real = {
        value: found
        for value, found in versions.items()
        if value not in _EMPTY and not _shown_only(value, rule) and not _says_nothing(value, found)
    }
    if any(_numeric(site) for found in real.values() for site in found):
        # A text in the place of a number is what people are shown instead.
        real = {value: found for value, found in real.items() if all(_numeric(site) for site in found)}
    if len(real) >= 2:
        confidence = _pair(real) * _trust(real, closed) * (_OTHER_SORT if _sorts_apart(real, graph) else 1.0)
        versions = real
    elif real and len(versions) >= 2 and _replaced(next(iter(real.values())), versions):
        confidence = _pair(versions) * 0.9
    else:
        return None
    return _told(rule, versions, real, confidence)


def _value(site: Site) -> str:
    form = site.predicate.form
    if not isinstance(form, Constant):
        return ""
    if form.of in ("number", "text"):
        try:
            number = float(form.value)
        except ValueError:
            # Who writes EUR and who writes eur mean one value and convert it.
            return form.value.casefold()
        return repr(number).removesuffix(".0") + (f" {form.unit}" if form.unit else "")
    return f"{form.value} {form.unit}".strip()


def _numeric(site: Site) -> bool:
    form = site.predicate.form
    if not isinstance(form, Constant) or form.of not in ("number", "text", "duration"):
        return False
    try:
        float(form.value)
    except ValueError:
        return form.of == "duration"
    return True


def _one_origin_each(versions: dict[str, list[Site]]) -> bool:
    """Values of one declaration (a map by plan, a choice) are not several opinions."""
    origins = [{site.origin for site in found} for found in versions.values()]
    return not (
        len(origins) > 1
        and all(len(item) == 1 and "" not in item for item in origins)
        and len(set.union(*origins)) == 1
    )


def _pair(versions: dict[str, list[Site]]) -> float:
    """How sure it is that the two surest values are about one parameter."""
    best = sorted((max(_weight(site) for site in found) for found in versions.values()), reverse=True)
    by_name = all(by_name_only(site.evidence) for found in versions.values() for site in found)
    return best[0] * best[1] * (_BY_NAME if by_name else 1.0)


def _weight(site: Site) -> float:
    """What a screen shows before anybody has typed is a suggestion, no parameter."""
    return certainty(site) * (_SUGGESTED if site.strength == "hint" or on_trial(site) else 1.0)


def _shown_only(value: str, rule: BusinessRule) -> bool:
    """Texts for people, words for "we do not know" and the field's own name in its place are no parameters."""
    if value.replace(" ", "_") in (rule.subject.field.casefold(), rule.subject.entity.casefold()):
        return True
    return value.lower() in _PLACEHOLDERS or not _CODE.fullmatch(value)


def _says_nothing(value: str, sites: list[Site]) -> bool:
    """`No currency`: what people read where there is no value, unless the table keeps just that."""
    if any(site.layer is Layer.DATABASE for site in sites):
        return False
    return " " in value and not _NOTHING.isdisjoint(value.lower().split(" "))


def _trust(real: dict[str, list[Site]], closed: bool) -> float:
    """Numbers are parameters; words are so where the schema has a word in it, and not where they are only shown."""
    sites = [site for found in real.values() for site in found]
    if all(_numeric(site) for site in sites):
        return 1.0
    deciding = [value for value, found in real.items() if any(_decides(site) for site in found)]
    declared = closed or any(site.layer is Layer.DATABASE and site.strength == "hard" for site in sites)
    if not declared or not deciding:
        return 0.5
    return 1.0 if len(deciding) >= 2 else 0.9


def _decides(site: Site) -> bool:
    return bool(layers_of(site) & TRUSTED)


def _sorts_apart(real: dict[str, list[Site]], graph: Graph) -> bool:
    """Whether each value is given by writes of another sort of rows, by a literal in the column that tells them apart.

    The column's own default is for whoever writes none.
    """
    sorts: list[set[tuple[str, str]]] = []
    for found in real.values():
        written = [site for site in found if site.layer is not Layer.DATABASE]
        ways = [_around(site, graph) for site in written]
        if not written:
            continue
        if not all(ways):
            return False
        sorts.append({(name, word) for way in ways if way for name, word in way.columns if word and _sort(name)})
    columns = [{name for name, _ in found} for found in sorts]
    shared = set.intersection(*columns) if len(columns) > 1 else set()
    return any(
        sum(len({word for known, word in found if known == name}) for found in sorts)
        == len({word for found in sorts for known, word in found if known == name})
        for name in shared
    )


def _sort(name: str) -> bool:
    return name.rsplit("_", 1)[-1] in _SORTS


def _around(site: Site, graph: Graph) -> WritePath | None:
    """The write in whose text a value stands."""
    return next((way for way in graph.writes if way.path == site.path and within(site.span, way.span)), None)


def _replaced(known: list[Site], versions: dict[str, list[Site]]) -> bool:
    """The real value stands in several files, one of them trusted, and several places take nothing for it."""
    empty = [site for value, found in versions.items() if value in _EMPTY for site in found]
    code = [site for site in known if site.layer not in (Layer.DATABASE,)]
    return (
        all(_numeric(site) for site in known)
        and len({site.path for site in code}) >= 2
        and any(_decides(site) for site in known)
        and len({site.path for site in empty}) >= 2
    )


def _told(rule: BusinessRule, versions: dict[str, list[Site]], real: dict[str, list[Site]], confidence: float) -> Found:
    groups = sorted(versions.items(), key=lambda item: (item[0] not in real, -len(item[1]), item[0]))
    parts = [
        f"{_shown(sites[0])} in {listed(dict.fromkeys(short(site.path) for site in sites))}" for _, sites in groups
    ]
    name = rule.subject.field if rule.subject.entity.startswith("~") else str(rule.subject)
    first, second = groups[0], groups[1]
    values = " / ".join(_shown(sites[0]) for _, sites in groups)
    return Found(
        message=f"{name} falls back to {len(groups)} different values: {'; '.join(parts)}",
        places=tuple(place(site, f"takes {_shown(site)}") for _, sites in groups for site in sites),
        subject=str(rule.subject),
        rule=rule.id,
        kind=Kind.DEFAULT,
        mark=tuple(sorted(versions)),
        severity=None if any(_decides(site) for found in versions.values() for site in found) else Severity.WARNING,
        confidence=confidence,
        witness=values,
        witness_words=(
            f"where {name} is missing, {at(first[1][0].path, first[1][0].span.line)} takes {_shown(first[1][0])} "
            f"and {at(second[1][0].path, second[1][0].span.line)} takes {_shown(second[1][0])}"
        ),
        fix=advice(rule),
    )


def _shown(site: Site) -> str:
    form = site.predicate.form
    return constant(form) if isinstance(form, Constant) else site.normal
