"""Sets of words of one field that are nearly the same: the open states here, and the open states but one there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from archlint.model.predicate import Words
from archlint.model.rule import Kind, Site, Subject

Family = tuple[Subject, Kind, str]
NEARLY = "nearly the same words"
_LEAST_WORDS = 3
_LEAST_SHARED = 0.7


def nearly(families: Mapping[Family, list[Site]]) -> Iterator[tuple[Family, list[Site]]]:
    """Families of word sets in several files that share most of their words, one per field and cluster."""
    by_subject: dict[Subject, list[list[Site]]] = defaultdict(list)
    for (subject, kind, _), sites in sorted(families.items(), key=lambda item: item[0]):
        if kind is Kind.WORDS and len(_words(sites[0])) >= _LEAST_WORDS:
            by_subject[subject].append(sites)
    for subject, sets in sorted(by_subject.items()):
        for number, cluster in enumerate(_clusters(sets)):
            sites = [site for group in cluster for site in group]
            if len(cluster) > 1 and len({site.path for site in sites}) > 1:
                yield (subject, Kind.WORDS, f"{NEARLY} {number + 1}" if number else NEARLY), sites


def _clusters(sets: list[list[Site]]) -> list[list[list[Site]]]:
    """Each set joins the first cluster of which it resembles a set, the largest sets first."""
    found: list[list[list[Site]]] = []
    for sites in sorted(sets, key=lambda item: (-len(_words(item[0])), item[0].guard)):
        words = _words(sites[0])
        home = next((cluster for cluster in found if any(_alike(_words(each[0]), words) for each in cluster)), None)
        if home is None:
            found.append([sites])
        else:
            home.append(sites)
    return found


def _words(site: Site) -> frozenset[str]:
    form = site.predicate.form
    return frozenset(form.words) if isinstance(form, Words) else frozenset()


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    return len(left & right) >= _LEAST_SHARED * len(left | right)
