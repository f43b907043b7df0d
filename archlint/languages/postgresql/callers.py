"""Tells conditions on the caller from conditions on the data."""

import re
from collections.abc import Sequence

from archlint.languages.postgresql.conditions import within
from archlint.model.expression import Call, Expression, Row
from archlint.model.facts import Access

_CALLER = frozenset({"current user", "current role", "current_user", "current_setting"})
# A routine without arguments that is named like this asks who is calling: `is_admin()`, `current_tenant_id()`.
_ASKS = re.compile(
    r"(?:^|[._])(?:is|has|am|can|may|check|current|get|my|auth|user|viewer|require|assert)_?(?:\w*_)?"
    r"(?:admin|administrator|superadmin|owner|member|membership|staff|manager|editor|moderator|role|roles|permission|"
    r"permissions|access|authenticated|authorized|allowed|user|tenant|organization|organisation|org|company|uid|me|"
    r"superuser|user_id|tenant_id|org_id|company_id|organization_id|profile_id|session|logged_in)s?(?:_id|_ids)?$"
)


def about_caller(expression: Expression, accesses: Sequence[Access | None], depth: int = 3) -> bool:
    """Whether a condition depends on who is calling, directly or through the rows it looks up."""
    for item in within(expression):
        if isinstance(item, Call):
            if item.callee is None and item.function in _CALLER:
                return True
            if item.callee is not None and _ASKS.search(item.function):
                return True
        elif isinstance(item, Row) and depth:
            access = accesses[item.access]
            if access is not None and access.where is not None and about_caller(access.where, accesses, depth - 1):
                return True
    return False
