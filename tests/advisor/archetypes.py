"""Kinds of systems with the answers that people who build them give, and the verdict that they should get."""

from archlint.advisor import Answer

DATABASE, LOGIC = "database-first", "logic-first"
HYBRID_DATABASE, HYBRID_SERVICES = "hybrid with its core in the database", "hybrid with its core in services"

# Order: A1 A2 A3 B1 B10 C1 C3 D3 E2 F1 I2 J3 J4 J6; a dash is a question that was not answered.
_ORDER = ["A1", "A2", "A3", "B1", "B10", "C1", "C3", "D3", "E2", "F1", "I2", "J3", "J4", "J6"]

# The eleven archetypes of the research: five database-first and four logic-first examples of the articles, two hybrids.
RESEARCH = {
    "internal dashboard": (
        DATABASE,
        "most few flat one direct few none rows none speed none invariants sql database",
    ),
    "analytics tool": (
        DATABASE,
        "most few some one either few none roles none both none invariants sql database",
    ),
    "content management": (
        DATABASE,
        "most few some two either some some roles none both none invariants both database",
    ),
    "simple software as a service": (
        DATABASE,
        "most moderate some one direct some none rows none speed none invariants code spread",
    ),
    "prototype": (
        DATABASE,
        "most few some one direct few none rows none speed some both code spread",
    ),
    "financial platform": (
        LOGIC,
        "little many strong two never many central actions rules flexibility none both code services",
    ),
    "marketplace": (
        LOGIC,
        "half many strong two never many some actions none both none process code spread",
    ),
    "logistics": (
        LOGIC,
        "little many strong three never many central roles none flexibility none process both services",
    ),
    "enterprise software": (
        LOGIC,
        "half many strong three never many central actions rules flexibility none process code services",
    ),
    "product built by machines, stable core and churning edges": (
        HYBRID_DATABASE,
        "half moderate some two either some some rows interfaces both clear invariants both database",
    ),
    "partner platform, stable ledger, workflows of teams": (
        HYBRID_SERVICES,
        "little many strong three never many central actions none flexibility clear both code services",
    ),
}

# Ours; half of each kind.
OURS = {
    "registry of a public office": (
        DATABASE,
        "most moderate flat one direct few none rows none both none invariants sql database",
    ),
    "laboratory results": (
        DATABASE,
        "half moderate flat two either few some rows none both none invariants sql database",
    ),
    "time sheets of a small firm": (
        DATABASE,
        "most few flat one direct few some rows none speed none invariants code spread",
    ),
    "sensor archive with reports": (
        DATABASE,
        "most few some two either some none roles none both none invariants sql database",
    ),
    "membership of a club": (
        DATABASE,
        "most few flat one direct few none rows interfaces speed none invariants both database",
    ),
    "insurance claims": (
        LOGIC,
        "little many strong two never some central actions none flexibility none process code services",
    ),
    "travel booking over many suppliers": (
        LOGIC,
        "little many strong two never many central roles rules both none process code services",
    ),
    "loan approval": (
        LOGIC,
        "little many some one never some central actions none flexibility none process code services",
    ),
    "dispatch of couriers": (
        LOGIC,
        "half many strong three never many central actions none speed none process code spread",
    ),
    "clinical pathways": (
        LOGIC,
        "little many some two either some central actions none flexibility none process both services",
    ),
    "shop with generated screens": (
        HYBRID_DATABASE,
        "most moderate some two direct some some rows interfaces speed clear invariants sql database",
    ),
    "bank core with changing channels": (
        HYBRID_SERVICES,
        "little many some three never many central actions interfaces flexibility clear both code services",
    ),
}

ALL = {**RESEARCH, **OURS}


def answers_of(name: str) -> dict[str, Answer]:
    """The answers of one kind of system."""
    values = ALL[name][1].split()
    assert len(values) == len(_ORDER)
    return {key: Answer(value=value) for key, value in zip(_ORDER, values, strict=True) if value != "-"}
