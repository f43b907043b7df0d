"""Evidence about trust: permissions, tenants, what only screens check, money and records."""

from collections.abc import Callable

from archlint.advisor.evidence.systems import systems
from archlint.advisor.seen import SERVING, Evidence, Seen, each, many, some, words
from archlint.advisor.seen import place as at
from archlint.model.finding import Finding
from archlint.model.graph import AccessGuard
from archlint.model.rule import Kind
from archlint.model.schema import Column, Table
from archlint.model.source import TRUSTED, Layer


def permission_grain(seen: Seen) -> Evidence | None:
    """Policies on rows against conditions on callers around actions."""
    policies = [guard for guard in seen.graph.access_guards if guard.layer is Layer.POLICY and _looks_at_rows(guard)]
    actions = seen.action_guards
    total = len(policies) + len(actions)
    if total < 3:
        return None
    places, count = some(at(guard.path, guard.span.line) for guard in (*policies, *actions))
    return Evidence(
        measure="permission_grain",
        value=len(policies) / total,
        trust=seen.trust_behind,
        says=(
            f"{many(len(policies), 'policy looks', 'policies look')} at the row, "
            f"{many(len(actions), 'condition')} around actions at the caller"
        ),
        numbers=(("row policies", len(policies)), ("action conditions", len(actions))),
        places=places,
        total=count,
        caveat=(
            "Being signed in is no permission, and a policy on a role alone does not look at the row. "
            "A query that finds only the caller's own rows is not counted."
        ),
    )


def _looks_at_rows(guard: AccessGuard) -> bool:
    return any(not _is_about_role(item) for item in guard.principals)


def _is_about_role(principal: str) -> bool:
    return principal == "authenticated" or principal.startswith(("role=", "bucket_id="))


def tenants(seen: Seen) -> Evidence | None:
    """Tables with a column that names the tenant."""
    wanted = set(words()["rules"]["tenant_words"])
    tables = _tables(seen)
    if not tables:
        return None
    # A table that is keyed by what others point to is the tenant itself.
    found = [table for table in tables if any(column.name in wanted for column in table.columns)]
    share = len(found) / len(tables)
    places, total = some(_at(table) for table in found)
    return Evidence(
        measure="tenants",
        trust="medium",
        proposes="rows" if share >= 0.3 else "none" if not found else "",
        says=f"{len(found)} of {len(tables)} tables name a tenant",
        numbers=(("tables with a tenant", len(found)), ("tables", len(tables))),
        places=places,
        total=total,
        caveat="Found by usual names of columns; whether tenants differ in behaviour is not seen.",
    )


def client_only(seen: Seen) -> Evidence:
    """Findings of what clients can get past a server, and which of them only screens state."""
    only = [finding for finding in seen.findings if finding.code in _ONLY_SCREENS]
    others = [finding for finding in seen.findings if finding.code in _PASSED_BY]
    return _findings(
        seen,
        "client_only",
        (*only, *others),
        f"{many(len(only), 'finding')} of rules or permissions that only screens check, "
        f"{len(others)} of others that clients can walk around",
        (("only in screens", len(only)), ("walked around", len(others))),
    )


def unguarded_tables(seen: Seen) -> Evidence:
    """Findings of checks that are missing behind the screens, against what is enforced there."""
    found = tuple(finding for finding in seen.findings if finding.code in _ONLY_SCREENS | _PASSED_BY)
    enforced = _enforced(seen)
    return _findings(
        seen,
        "unguarded_tables",
        found,
        f"{many(len(found), 'finding')} of checks that are missing where clients reach data, beside "
        f"{many(enforced, 'rule')} and policies that are enforced there",
        (("findings", len(found)), ("enforced", enforced)),
    )


_ONLY_SCREENS = frozenset({"AL301", "AL303"})
_PASSED_BY = frozenset({"AL302", "AL304", "AL501", "AL502"})


def _findings(
    seen: Seen, measure: str, found: tuple[Finding, ...], says: str, numbers: tuple[tuple[str, float], ...]
) -> Evidence:
    """Both questions are answered by the same share, so that they never contradict each other."""
    places, _ = some(at(finding.places[0].path, finding.places[0].span.line) for finding in found if finding.places)
    return Evidence(
        measure=measure,
        value=len(found) / (len(found) + _enforced(seen)) if found else 0.0,
        trust=seen.trust,
        says=says,
        numbers=numbers,
        places=places,
        total=len(found),
        caveat="These are the findings of archlint scan at its usual confidence.",
    )


def _enforced(seen: Seen) -> int:
    """Rules about stored data that refuse where no client can pass them by, and policies that ask for something."""
    rules = sum(
        rule.kind not in (Kind.WORDS, Kind.DEFAULT)
        and any(site.layer in TRUSTED and site.strength == "hard" for site in rule.sites)
        for rule in seen.stored_rules
    )
    return rules + len(seen.asking_policies)


def money(seen: Seen) -> Evidence | None:
    """Columns about money, and payment systems."""
    if not seen.files:
        return None
    payments = [name for name in systems(seen) if name in words()["systems"]["kinds"]["payment"]]
    columns = [
        at(column.path or table.path, column.span.line)
        for table in _tables(seen)
        for column in table.columns
        if _is_money(column)
    ]
    reached = [at(path, line) for name in payments for path, line in systems(seen)[name]]
    places, total = some([*columns, *reached])
    named = ", ".join(payments) or "none"
    # A price alone may be shown only; a payment system means that money moves.
    return Evidence(
        measure="money",
        value=float(len(payments)) if payments or not columns else None,
        trust="high" if payments else "medium",
        says=f"{many(len(payments), 'payment system')} ({named}), {many(len(columns), 'column')} about money",
        numbers=(("payment systems", len(payments)), ("columns", len(columns))),
        places=places,
        total=total,
    )


_WHOLE = frozenset({"integer", "int", "int4", "int8", "bigint", "smallint"})
_NUMBERS = _WHOLE | {"numeric", "decimal", "money", "real", "double precision"}


def _is_money(column: Column) -> bool:
    """Whether a column is a number with a name of money: `total_price` or `total_cents`, not `total_reviews`."""
    settings = words()["rules"]
    parts = set(column.name.split("_"))
    named = parts & set(settings["money_words"])
    if not named or column.type not in _NUMBERS:
        return False
    alone = column.type in _WHOLE and len(parts) > 1 and named <= set(settings["counting_words"])
    return not alone or bool(parts & set(settings["money_units"]))


def audit(seen: Seen) -> Evidence:
    """Tables that record what was done."""
    wanted = set(words()["rules"]["audit_words"])
    # Code may write records to a table that no file of the repository creates.
    tables = {item.entity: at(item.path, item.span.line) for item in reversed(seen.graph.writes)}
    tables |= {table.name: _at(table) for table in _tables(seen)}
    found = [spot for name, spot in tables.items() if wanted & set(name.rpartition(".")[2].split("_"))]
    places, total = each(found)
    return Evidence(
        measure="audit",
        trust="low",
        says=f"{many(len(found), 'table records', 'tables record')} what was done, by their names",
        numbers=(("tables", len(found)),),
        places=places,
        total=total,
    )


def writers(seen: Seen) -> Evidence | None:
    """Tables that more than one kind of program writes."""
    programs: dict[str, set[str]] = {}
    where: dict[str, list[str]] = {}
    for item in seen.graph.writes:
        if item.entity in seen.accounts:
            continue
        if item.layer is Layer.FRONTEND or item.layer in SERVING or item.layer is Layer.AUTOMATION:
            programs.setdefault(item.entity, set()).add(item.layer.value)
            where.setdefault(item.entity, []).append(at(item.path, item.span.line))
    if not programs:
        return None
    several = sorted(entity for entity, kinds in programs.items() if len(kinds) > 1)
    places, total = some(item for entity in several for item in where[entity])
    return Evidence(
        measure="writers",
        value=len(several) / len(programs),
        # What was not read can only add writers.
        trust=seen.trust if len(several) < 0.2 * len(programs) else "high",
        says=f"{len(several)} of {len(programs)} written tables are written by two kinds of programs or more",
        numbers=(("several", len(several)), ("written", len(programs))),
        places=places,
        total=total,
        caveat="Screens, services, serverless functions and automations are kinds; programs elsewhere are not seen.",
    )


def _tables(seen: Seen) -> list[Table]:
    tables = seen.graph.schema.tables
    return [tables[name] for name in sorted(tables) if tables[name].columns and not tables[name].view]


def _at(table: Table) -> str:
    return at(table.path, table.span.line if table.span else 1)


MEASURES: dict[str, Callable[[Seen], Evidence | None]] = {
    "permission_grain": permission_grain,
    "tenants": tenants,
    "client_only": client_only,
    "unguarded_tables": unguarded_tables,
    "money": money,
    "audit": audit,
    "writers": writers,
}
