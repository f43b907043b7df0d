"""The advice as JSON; keys keep their names and meaning."""

import json
from typing import Any

import msgspec

from archlint.advisor._words import headline
from archlint.advisor.advice import Advice, fitting, reasons
from archlint.advisor.questions import Catalogue
from archlint.advisor.scoring import Axis, Contribution

SCHEMA = 1


def to_json(advice: Advice) -> str:
    """The whole advice."""
    return json.dumps(tree(advice), ensure_ascii=False, indent=2) + "\n"


def tree(advice: Advice) -> dict[str, Any]:
    """The advice as plain values."""
    verdict, sensitivity = advice.verdict, advice.sensitivity
    pro, contra = reasons(advice)
    return {
        "schema": SCHEMA,
        "tool": {"name": "archlint", "version": advice.version},
        "model": advice.catalogue.version,
        "verdict": {
            "text": headline(verdict),
            "outcome": verdict.outcome,
            "architecture": verdict.architecture or None,
            "core": verdict.home or None,
            "edges": verdict.split,
            "between": list(verdict.between),
            "limits": list(verdict.limits),
            "conditions": list(verdict.conditions),
            "axes": {axis.name: _axis(axis) for axis in (verdict.core, verdict.edges)},
            "confidence": _rounded(msgspec.to_builtins(verdict.confidence)),
        },
        "reasons": {"for": [_reason(item) for item in pro], "against": [_reason(item) for item in contra]},
        "answers": {key: _answer(value) for key, value in advice.answers.items()},
        "evidence": {
            key: {**msgspec.to_builtins(item), "numbers": dict(item.numbers)} for key, item in advice.evidence.items()
        },
        "conflicts": msgspec.to_builtins(advice.conflicts),
        "sensitivity": {
            "flips": msgspec.to_builtins(sensitivity.flips),
            "weights": [
                {**_rounded(msgspec.to_builtins(item)), "relative": round(item.relative, 4)}
                for item in sensitivity.weights
            ],
            "shares": {name: round(share, 4) for name, share in sensitivity.shares},
            "draws": sensitivity.draws,
            "seed": sensitivity.seed,
            "noise": sensitivity.noise,
        },
        "homes": msgspec.to_builtins(advice.homes),
        "moves": msgspec.to_builtins(advice.moves),
        "core_and_edges": msgspec.to_builtins(advice.core),
        "platforms": [platform.name for platform in fitting(verdict)],
        "blind_spots": [spot.text for spot in advice.blind_spots],
    }


def questions_json(catalogue: Catalogue) -> str:
    """The questionnaire, for documentation and programs."""
    listed = [msgspec.to_builtins(question) for question in catalogue.questions]
    table = {
        "schema": SCHEMA,
        "model": catalogue.version,
        "sources": catalogue.sources,
        "questions": listed,
    }
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "position": round(axis.position, 4),
        "margin": round(axis.margin, 4),
        "side": axis.side or None,
        "strength": axis.strength,
        "known": axis.known,
        "answered": round(axis.answered, 4),
        "contributions": [{**_reason(item), "score": item.score, "weight": item.weight} for item in axis.contributions],
    }


def _reason(item: Contribution) -> dict[str, Any]:
    return {
        "question": item.question,
        "axis": item.axis,
        "choice": item.choice,
        "points": item.points,
        "because": item.because,
        "source": item.source,
    }


def _answer(answer: Any) -> dict[str, Any]:
    found = {key: value for key, value in msgspec.to_builtins(answer).items() if value}
    if "numbers" in found:
        found["numbers"] = dict(found["numbers"])
    return found


def _rounded(table: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in table.items()}
