"""Words of messages: who says something, what it admits, what a witness means."""

import posixpath
from collections.abc import Iterable

from archlint.checks._vocabulary import words
from archlint.model.predicate import Columns, Constant, Interval, Numbers, Predicate, Words
from archlint.model.rule import Kind, Site
from archlint.model.source import Layer

_NAMELESS = words("nameless_files")
_DECLARED = {
    "check": "the CHECK",
    "enum": "the enum type",
    "domain": "the domain type",
    "type": "the column type",
    "comment": "the comment of the column",
}
_BY_KIND = {
    Kind.DEFAULT: "the column default",
    Kind.UNIQUE: "the unique constraint",
    Kind.PRESENCE: "NOT NULL",
    Kind.FORMULA: "the generated column",
}
_MOST_WORDS = 6
_UNITS = {"bytes": 1024 * 1024, "seconds": 3600}


def short(path: str) -> str:
    """A file as people name it: the last part of its path, with its folder where the name alone says nothing."""
    folder, name = posixpath.split(path)
    stem = name.split(".", 1)[0]
    if stem in _NAMELESS and folder:
        return f"{posixpath.basename(folder)}/{name}"
    return name


def at(path: str, line: int) -> str:
    """A place as text."""
    return f"{path}:{line}"


def who(site: Site) -> str:
    """The speaker of a site: `the CHECK`, `the policy “own rows”`, `LoanForm.tsx`."""
    if site.layer is Layer.POLICY:
        return f"the policy “{site.symbol}”" if site.symbol else "the policy"
    if site.layer is Layer.TRIGGER:
        return f"the routine {site.symbol}" if site.symbol else "the routine"
    if site.layer is Layer.DATABASE:
        if site.kind in (Kind.DEFAULT, Kind.UNIQUE, Kind.PRESENCE, Kind.FORMULA):
            return _BY_KIND[site.kind]
        if site.path.endswith(".sql"):
            return _DECLARED.get(site.library, "the CHECK" if site.library == "" else "the database")
    return short(site.path)


def speakers(sites: Iterable[Site], most: int = 3) -> str:
    """Who says so, as a list."""
    return counted(dict.fromkeys(who(site) for site in sites), most)


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Words as an English list."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def an(noun: str) -> str:
    """A noun with its article."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def counted(words: Iterable[str], most: int) -> str:
    """Words as an English list, cut where there are many."""
    items = list(words)
    return f"{', '.join(items[:most])} and {len(items) - most} more" if len(items) > most else listed(items)


def quoted(words: Iterable[str], most: int = _MOST_WORDS) -> str:
    """Literals in quotes, cut where there are many."""
    items = list(words)
    told = ", ".join(f'"{word}"' for word in items[:most])
    return f"{told}, … ({len(items)})" if len(items) > most else told


def admits(site: Site) -> str:
    """What a site admits, in words."""
    told = phrase(site.predicate, site.kind)
    return told or site.normal or site.text


def phrase(predicate: Predicate, kind: Kind) -> str:
    """A predicate in words, or `` where its normal form says it best."""
    form = predicate.form
    if isinstance(form, Numbers):
        if len(form.intervals) != 1:
            return ""
        if kind is Kind.WINDOW:
            return _age(form.intervals[0], form.unit)
        unit = form.unit or ("characters" if kind is Kind.LENGTH else "")
        return _interval(form.intervals[0], unit, form.step)
    if isinstance(form, Words):
        told = quoted(form.words)
        return f"anything but {told}" if form.excluded else told
    if isinstance(form, Constant):
        return constant(form)
    if isinstance(form, Columns):
        return f"unique ({', '.join(form.columns)})" + (f" where {form.condition}" if form.condition else "")
    if predicate.nulls == "fail":
        return "a value"
    return ""


def _age(interval: Interval, unit: str) -> str:
    """What is said of a time by how long ago it was; a negative age lies ahead."""
    low, high = interval.low, interval.high
    told = []
    if low is not None:
        told.append("not in the future" if low == "0" else _moment(low, unit, "at least", "at most"))
    if high is not None:
        told.append("not in the past" if high == "0" else _moment(high, unit, "at most", "at least"))
    return listed(told) or "any time"


def _moment(value: str, unit: str, back: str, ahead: str) -> str:
    if value.startswith("-"):
        return f"{ahead} {measured(value[1:], unit)} ahead"
    return f"{back} {measured(value, unit)} ago"


def constant(form: Constant) -> str:
    """One value as a reader expects it."""
    if form.of == "text":
        return f'"{form.value}"'
    return measured(form.value, form.unit) if form.of in ("number", "duration") else form.value


def measured(value: str, unit: str) -> str:
    """A number with its unit, in the largest unit that keeps it whole."""
    if not unit:
        return value
    try:
        number = int(value)
    except ValueError:
        return f"{value} {unit}"
    if unit == "bytes":
        for size, name in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
            if number and number % size == 0:
                return f"{number // size} {name}"
    if unit == "seconds":
        for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
            if number and number % size == 0:
                return _counted(number // size, name)
    if unit == "months" and number and number % 12 == 0:
        return _counted(number // 12, "year")
    return _counted(number, unit.removesuffix("s"))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _interval(interval: Interval, unit: str, step: str | None) -> str:
    low, high = interval.low, interval.high
    steps = f" in steps of {step}" if step not in (None, "1") else ""
    if low is not None and low == high:
        return f"exactly {measured(low, unit)}"
    if low is None and high is None:
        return f"multiples of {step}" if steps else "any number"
    if high is None:
        return f"{'more than' if interval.low_open else 'at least'} {measured(low or '', unit)}{steps}"
    if low is None:
        return f"{'less than' if interval.high_open else 'at most'} {measured(high, unit)}{steps}"
    if interval.low_open or interval.high_open:
        first = f"{'more than' if interval.low_open else 'at least'} {low}"
        return f"{first} and {'less than' if interval.high_open else 'at most'} {measured(high, unit)}{steps}"
    return f"{low} to {measured(high, unit)}{steps}"
