"""The advisor: which home the logic should have, reasoned from evidence and answers."""

from archlint.advisor.advice import Advice, accepted, advise, evidence_of, from_scan
from archlint.advisor.answers import Answer, dump, parse, parse_weights, settings
from archlint.advisor.comparing import compare, differences
from archlint.advisor.json import questions_json, to_json, tree
from archlint.advisor.markdown import markdown
from archlint.advisor.questions import NOT_APPLICABLE, UNKNOWN, Catalogue, Question, load
from archlint.advisor.records import TEMPLATES, Record, record
from archlint.advisor.scoring import judge
from archlint.advisor.seen import Evidence, Seen
from archlint.advisor.sensitivity import described
from archlint.advisor.settings_file import merged, snippet
from archlint.advisor.text import text

__all__ = [
    "NOT_APPLICABLE", "TEMPLATES", "UNKNOWN", "Advice", "Answer", "Catalogue", "Evidence", "Question", "Record",
    "Seen", "accepted", "advise", "compare", "described", "differences", "dump", "evidence_of", "from_scan", "judge",
    "load", "markdown", "merged", "parse", "parse_weights", "questions_json", "record", "settings", "snippet", "text",
    "to_json", "tree",
]  # fmt: skip
