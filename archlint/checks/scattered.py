"""AL101, AL102, AL103: one rule, one computation or one number, written again where it could have been shared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from archlint.checks._common import TYPES, certainty, counts_on, homes, layers_of, place
from archlint.checks._copies import agreeing, apart, least_certain, reach, statements, trusted_layers
from archlint.checks._enforcement import trivial
from archlint.checks._found import Found
from archlint.checks._vocabulary import words
from archlint.checks._words import admits, constant, listed, short, speakers
from archlint.model.graph import Graph
from archlint.model.predicate import Constant, Formula, Numbers, Partition, Shape, Steps, Words
from archlint.model.rule import BusinessRule, Kind, Site, Subject
from archlint.model.source import TRUSTED, Layer

_STATED = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.DOMAIN, Kind.PATTERN, Kind.COMPARISON, Kind.WINDOW, Kind.LIFETIME,
        Kind.QUOTA,
        Kind.TRANSITION, Kind.CONDITIONAL,
    }
)  # fmt: skip
_COMPUTED = frozenset({Kind.FORMULA, Kind.CLASSIFICATION, Kind.WORDS})
_LEAST_SURE = 0.7
_MANY = 3
_LEAST_OPERANDS = 3
_LEAST_CASES = 3
# From here on nobody writes the same twice without having the other before them.
_LONG = 10
# What everybody says about every amount; a copy of it is no knowledge of the business.
_COMMON_ENDS = frozenset({"0", "1"})
_COMMON_DOUBT = 0.6
_CONTRACT_DOUBT = 0.75
# Types are derived from what they describe, or vanish before anything is decided.
_DECIDING = frozenset({"reject", "deny", "assign", "clamp"})
_PLUMBING = words("plumbing")
_RANKING = words("ranking")
_STORED = frozenset({Layer.DATABASE, Layer.TRIGGER, Layer.POLICY})
_DONE = {Kind.FORMULA: "computed", Kind.CLASSIFICATION: "classified", Kind.WORDS: "listed"}
_ROLES = {Kind.FORMULA: "computes", Kind.CLASSIFICATION: "classifies", Kind.WORDS: "lists"}
_COMMON = words("everyday_numbers")
_TECHNICAL = words("technical_constants")
_UNITS = words("units_of_time")


def scattered(graph: Graph) -> Iterator[Found]:
    """AL101: places that agree and share no source. A drifted rule is told as drift, not again as scattered."""
    written = _written(graph)
    for rule in graph.rules:
        if rule.kind not in _STATED:
            continue
        sites = [site for site in agreeing(rule) if site.confidence >= _LEAST_SURE and _states(site)]
        groups = _common(statements(sites))
        if groups and len(groups) < _MANY and (spread := _vocabulary(rule)):
            groups = spread
        if groups and _open(groups[0][0], written):
            continue
        several = len(groups) >= 2 and trusted_layers(_firm(groups)) >= 2
        if several or len(groups) >= _MANY or (rule.kind is Kind.LIFETIME and _written_apart(groups)):
            yield _scattered(rule, groups)


def _common(groups: list[list[Site]]) -> list[list[Site]]:
    """What others say too: who alone states an upper limit shares only the lower one."""
    stated = [{end for site in group for end in _ends(site)} for group in groups]
    found = []
    for number, group in enumerate(groups):
        elsewhere = set[tuple[str, str]]().union(*stated[:number], *stated[number + 1 :])
        kept = [site for site in group if not _ends(site) or _ends(site) & elsewhere]
        if any(_ends(site) for site in kept) or not stated[number]:
            found.append(kept)
    return found


def _ends(site: Site) -> set[tuple[str, str]]:
    """The limits of a range of numbers; none of anything else."""
    form = site.predicate.form
    intervals = form.intervals if isinstance(form, Numbers) else ()
    found = {("low", item.low) for item in intervals} | {("high", item.high) for item in intervals}
    return {(side, value) for side, value in found if value is not None}


def _written_apart(groups: list[list[Site]]) -> bool:
    """Whether layers write the same time each for itself: a screen that writes decides, and repeats nothing to help."""
    return len(groups) >= 2 and len(reach(groups)) >= 2 and all(site.effect == "assign" for site, *_ in groups)


def _vocabulary(rule: BusinessRule) -> list[list[Site]]:
    """All who write down the words of a column, where some code holds to them and the column itself to none.

    Then a choice and a type are no copies of what is stored, but the only other places that know it.
    """
    sites = [site for site in agreeing(rule) if site.confidence >= _LEAST_SURE]
    known = all(isinstance(form := site.predicate.form, Words) and not form.excluded for site in sites)
    if (
        rule.kind is not Kind.DOMAIN
        or not known
        or any(site.layer in _STORED and site.strength == "hard" for site in sites)
    ):
        return []
    groups = statements(sites)
    return groups if len(groups) >= _MANY and len(reach(groups)) >= 2 else []


def _written(graph: Graph) -> dict[Subject, set[str]]:
    """The words that code writes, by column."""
    found: dict[Subject, set[str]] = defaultdict(set)
    for word in graph.words:
        if word.use == "writes":
            found[word.subject].add(word.word)
    return found


def _open(site: Site, written: dict[Subject, set[str]]) -> bool:
    """Whether some code writes a word outside of the set: then it was asked of a value that only also lands there."""
    form = site.predicate.form
    if not isinstance(form, Words) or form.excluded or site.layer is Layer.DATABASE:
        return False
    return not written.get(site.subject, set()) <= set(form.words)


def _states(site: Site) -> bool:
    """A choice on a screen or a type alone decides nothing; a site that narrows the value only offers it."""
    form = site.predicate.form
    if isinstance(form, Steps) and form.partial:
        return False
    if site.kind is Kind.DOMAIN and site.strength != "hard":
        return False
    return site.strength != "hint" and site.effect in _DECIDING and site.library not in TYPES


def _firm(groups: list[list[Site]]) -> list[list[Site]]:
    """What no screen says or imports: a schema that a form shares with its server is a copy for quick feedback."""
    return [group for group in groups if all(Layer.FRONTEND not in layers_of(site) for site in group)]


def _scattered(rule: BusinessRule, groups: list[list[Site]]) -> Found:
    sites = [site for group in groups for site in group]
    telling = [site for site in groups[0] if not trivial(site)] or groups[0]
    said = listed(dict.fromkeys(admits(site) for site in telling))
    return Found(
        message=(
            f"{rule.subject}: {said} is stated in {len(groups)} places that share no source: "
            f"{speakers(group[0] for group in groups)}"
        ),
        places=tuple(place(site) for site in sites),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        count=len(groups),
        confidence=least_certain(groups) * _doubt(rule, groups[0]),
        fix=f"Keep it in {homes(rule)}, and let the other places import it, read it from there, or go.",
    )


def _doubt(rule: BusinessRule, sites: Iterable[Site]) -> float:
    if rule.subject.of_request:
        # Who asks and who answers know the fields of a request; that is their contract, as long as they agree.
        return _CONTRACT_DOUBT
    return _COMMON_DOUBT if all(map(_common_rule, sites)) else 1.0


def _common_rule(site: Site) -> bool:
    form = site.predicate.form
    if isinstance(form, Shape) and form.format:
        return True
    if not isinstance(form, Numbers) or len(form.intervals) != 1 or form.intervals[0].high is not None:
        return False
    return form.intervals[0].low in _COMMON_ENDS


def duplicated(graph: Graph) -> Iterator[Found]:
    """AL102: a computation or classification written again. The widest family of copies is told once."""
    told: set[int] = set()
    found: dict[tuple[str, ...], list[tuple[BusinessRule, list[list[Site]]]]] = defaultdict(list)
    rules = [rule for rule in graph.rules if rule.kind in _COMPUTED]
    for rule in sorted(rules, key=lambda rule: (-len(rule.sites), rule.id)):
        for sites in _versions(rule):
            groups = statements(site for site in sites if site.confidence >= _LEAST_SURE)
            ids = {site.id for group in groups for site in group}
            if len(groups) < 2 or ids <= told or not (apart(groups) or _long(groups)):
                continue
            told |= ids
            found[tuple(sorted({group[0].path for group in groups}))].append((rule, groups))
    for paths in sorted(found):
        yield _duplicated(sorted(found[paths], key=lambda item: item[0].id), paths)


def _versions(rule: BusinessRule) -> Iterator[list[Site]]:
    """Sites of equal meaning that are large enough for a copy to be more than chance."""
    sites = {site.id: site for site in rule.sites}
    for group in rule.groups:
        # Where a helper is called, its computation is used and not written again.
        found = [sites[number] for number in group if number in sites and sites[number].library != "helper"]
        if len(found) > 1 and all(_sizeable(site) for site in found):
            yield found


def _sizeable(site: Site) -> bool:
    form = site.predicate.form
    if isinstance(form, Formula):
        words = {word for name in form.leaves for word in name.split("_")}
        if counts_on(site) or _ranks(site):
            return False
        if (words & _PLUMBING or site.subject.field in _PLUMBING) and not _own_number(site, form):
            return False
        return _operands(form) >= _LEAST_OPERANDS and len(set(form.leaves)) > 1
    if isinstance(form, Words):
        return len(form.words) >= _LEAST_CASES
    return isinstance(form, Partition) and len(form.cases) >= _LEAST_CASES


def _long(groups: list[list[Site]]) -> bool:
    """Whether a copy is too long for chance even side by side, in files of one layer that decides something."""
    firsts = [group[0] for group in groups]
    form = firsts[0].predicate.form
    if not isinstance(form, Formula) or len({site.path for site in firsts}) < 2:
        return False
    return _operands(form) >= _LONG and all(layers_of(site) & TRUSTED for site in firsts)


def _own_number(site: Site, form: Formula) -> bool:
    """Whether something that decides puts a number of its own to places and times: a road is 1.3 times the way."""
    numbers = {value.removeprefix("-").removeprefix("1/") for value in form.constants}
    return bool(layers_of(site) & TRUSTED) and any(map(_telling, numbers))


def _operands(form: Formula) -> int:
    return form.tree.count('["v"') + form.tree.count('["n"')


def _ranks(site: Site) -> bool:
    return bool(_RANKING & set(site.subject.field.split("_")))


def _duplicated(copies: list[tuple[BusinessRule, list[list[Site]]]], paths: tuple[str, ...]) -> Found:
    """All that the same files repeat of each other, as one finding."""
    names = list(dict.fromkeys(_name(rule) for rule, _ in copies))
    rule = copies[0][0]
    verbs = listed(dict.fromkeys(_DONE[item.kind] for item, _ in copies))
    return Found(
        message=(
            f"{listed(names)} {'is' if len(names) == 1 else 'are'} {verbs} in {len(paths)} places that share no code: "
            f"{listed(short(path) for path in paths)}"
        ),
        places=tuple(place(site, _ROLES[item.kind]) for item, stated in copies for group in stated for site in group),
        subject=", ".join(names),
        rule=rule.id if len(copies) == 1 else "",
        kind=rule.kind,
        count=len(paths),
        mark=("copied", *sorted(stated[0][0].normal for _, stated in copies)),
        confidence=max(least_certain(stated) for _, stated in copies),
        fix=f"Keep {listed(names)} in {homes(rule)}.",
    )


def _name(rule: BusinessRule) -> str:
    return rule.subject.field if rule.subject.entity.startswith("~") else str(rule.subject)


def constants(graph: Graph) -> Iterator[Found]:
    """AL103: a number of the business that several layers write down. An equal number alone proves nothing."""
    yield from _tables(graph)
    for rule in graph.rules:
        if rule.kind is Kind.CONSTANT and not _technical(rule.subject.field) and not _of_table(rule):
            groups = statements(agreeing(rule))
            value = _value(groups[0][0]) if groups else ""
            if len(groups) > 1 and apart(groups) and (_telling(value) or _own_name(rule.subject.field, value)):
                yield _named(rule, groups)
        elif rule.kind is Kind.DEFAULT and not _technical(rule.subject.field):
            # Two that fall back alike are a column and its reader; from three on it is a number of its own.
            groups = statements(site for site in agreeing(rule) if site.confidence >= _LEAST_SURE)
            if len(groups) >= _MANY and apart(groups) and _telling(_value(groups[0][0])):
                yield _named(rule, groups)
    yield from _in_formulas(graph)


def _own_name(name: str, value: str) -> bool:
    """Whether a name of three words and more says whose number it is, though the number itself is an everyday one."""
    words = set(name.split("_"))
    return len(name.split("_")) >= _MANY and bool(words - _UNITS) and bool(value) and value not in _COMMON_ENDS


def _of_table(rule: BusinessRule) -> bool:
    return any("table" in site.evidence for site in rule.sites)


def _tables(graph: Graph) -> Iterator[Found]:
    """Tables of numbers that several files write down row by row."""
    found: dict[str, list[BusinessRule]] = defaultdict(list)
    for rule in graph.rules:
        if rule.kind is Kind.CONSTANT and _of_table(rule):
            found[rule.subject.field.rpartition(".")[0]].append(rule)
    for name, rules in sorted(found.items()):
        equal = [rule for rule in rules if not rule.differences and len({site.path for site in rule.sites}) > 1]
        sites = [site for rule in equal for site in rule.sites]
        if not sites or any(rule.differences for rule in rules):
            # Where rows differ, that is the finding.
            continue
        paths = sorted({site.path for site in sites})
        yield Found(
            message=f"{name}: {len(equal)} rows of one table of numbers are written down in "
            f"{len(paths)} files: {listed([short(path) for path in paths])}",
            places=tuple(place(site) for site in sorted(sites, key=lambda site: (site.path, site.span))),
            subject=name,
            rule=equal[0].id,
            kind=Kind.CONSTANT,
            count=len(paths),
            mark=("table", *sorted(_value(rule.sites[0]) for rule in equal)),
            confidence=min(certainty(site) for site in sites),
        )


def _technical(name: str) -> bool:
    words = name.split("_")
    return len(words) < 2 or bool(_TECHNICAL & set(words))


def _value(site: Site) -> str:
    form = site.predicate.form
    return form.value if isinstance(form, Constant) and form.of == "number" else ""


def _telling(value: str) -> bool:
    """Whether a number is peculiar enough to be one decision and not two."""
    return bool(value) and value not in _COMMON


def _named(rule: BusinessRule, groups: list[list[Site]]) -> Found:
    first = groups[0][0]
    form = first.predicate.form
    value = constant(form) if isinstance(form, Constant) else first.normal
    return Found(
        message=(
            f"{rule.subject.field} is written as {value} in {len(groups)} places: "
            f"{listed(dict.fromkeys(short(group[0].path) for group in groups))}"
        ),
        places=tuple(place(site) for group in groups for site in group),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        count=len(groups),
        mark=(value,),
        confidence=least_certain(groups),
    )


def _in_formulas(graph: Graph) -> Iterator[Found]:
    """The same peculiar number applied to inputs of the same names by different computations of different layers."""
    found: dict[tuple[str, tuple[str, ...]], list[tuple[BusinessRule, Site]]] = defaultdict(list)
    for rule in graph.rules:
        if rule.kind is not Kind.FORMULA:
            continue
        for site in rule.sites:
            form = site.predicate.form
            if isinstance(form, Formula) and site.confidence >= _LEAST_SURE:
                for value in sorted({value.removeprefix("-") for value in form.constants}):
                    if _telling(value):
                        found[value, tuple(sorted(set(form.leaves)))].append((rule, site))
    for (value, leaves), stated in sorted(found.items()):
        sites = list({site.id: site for _, site in stated}.values())
        groups = statements(sites)
        if len(groups) > 1 and apart(groups) and not _copies(sites):
            yield _applied(value, leaves, groups)


def _copies(sites: Iterable[Site]) -> bool:
    """Whole copies, and versions of one result, are told by other checks."""
    found = list(sites)
    return len({site.normal for site in found}) < len(found) or len({site.subject for site in found}) < len(found)


def _applied(value: str, leaves: tuple[str, ...], groups: list[list[Site]]) -> Found:
    inputs = listed(leaves)
    return Found(
        message=(
            f"{value} is applied to {inputs} in {len(groups)} places: "
            f"{listed(dict.fromkeys(short(group[0].path) for group in groups))}"
        ),
        places=tuple(place(site, "computes") for group in groups for site in group),
        subject=", ".join(leaves),
        kind=Kind.CONSTANT,
        count=len(groups),
        mark=(value, *leaves),
        confidence=least_certain(groups) * (0.9 if len(leaves) > 1 else 0.75),
    )
