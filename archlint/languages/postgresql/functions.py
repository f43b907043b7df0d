"""What the server's own functions, casts and operators mean in neutral terms."""

import re
from decimal import Decimal

from archlint.model.expression import Duration

SAME = {
    "length": "length", "char_length": "length", "character_length": "length", "octet_length": "size",
    "cardinality": "length", "array_length": "length", "jsonb_array_length": "length", "json_array_length": "length",
    "lower": "lower", "upper": "upper", "btrim": "trim", "trim": "trim", "abs": "abs", "round": "round",
    "floor": "floor", "ceil": "ceil", "ceiling": "ceil", "trunc": "truncate", "greatest": "maximum",
    "least": "minimum", "power": "power", "pow": "power", "sqrt": "sqrt", "sin": "sine", "cos": "cosine",
    "tan": "tangent", "asin": "arcsine", "acos": "arccosine", "atan": "arctangent", "atan2": "arctangent",
    "random": "random", "starts_with": "starts with",
}  # fmt: skip
# These take an array and, first or last, what it is asked about.
ONE_ARGUMENT = frozenset({"length", "size", "lower", "upper", "trim", "abs", "floor", "ceil"})
CLOCK = frozenset(
    {"now", "current_timestamp", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "localtimestamp"}
)
AGGREGATES = {"sum": "sum", "avg": "average", "max": "largest", "min": "smallest"}
SETS = frozenset({"unnest", "jsonb_array_elements", "json_array_elements", "jsonb_array_elements_text",
                  "json_array_elements_text", "jsonb_to_recordset", "json_to_recordset", "jsonb_populate_recordset",
                  "string_to_table", "regexp_split_to_table"})  # fmt: skip
CASTS = {
    "numeric": "number", "decimal": "number", "real": "number", "double precision": "number", "float": "number",
    "float8": "number", "float4": "number", "integer": "integer", "int": "integer", "int4": "integer",
    "bigint": "integer", "int8": "integer", "smallint": "integer", "int2": "integer", "text": "text",
    "varchar": "text", "character varying": "text", "citext": "text", "char": "text", "boolean": "boolean",
    "bool": "boolean", "date": "date",
}  # fmt: skip
NUMBERS = frozenset({"number", "integer"})

# Functions of the server that mean nothing in particular to us; a name that is not here is looked for in the schema.
BUILT_IN = frozenset(
    [
        "age",
        "array_agg",
        "array_append",
        "array_cat",
        "array_position",
        "array_prepend",
        "array_remove",
        "array_replace",
        "array_to_json",
        "array_to_string",
        "ascii",
        "bit_length",
        "bool_and",
        "bool_or",
        "box",
        "cbrt",
        "chr",
        "col_description",
        "concat",
        "concat_ws",
        "convert_from",
        "convert_to",
        "count",
        "crypt",
        "current_database",
        "current_schema",
        "current_setting",
        "currval",
        "daterange",
        "date_bin",
        "date_part",
        "date_trunc",
        "decode",
        "degrees",
        "dense_rank",
        "digest",
        "div",
        "encode",
        "every",
        "exp",
        "extract",
        "first_value",
        "format",
        "format_type",
        "gen_random_bytes",
        "gen_random_uuid",
        "gen_salt",
        "generate_series",
        "get_byte",
        "has_column_privilege",
        "has_function_privilege",
        "has_schema_privilege",
        "has_table_privilege",
        "hashtext",
        "hmac",
        "host",
        "inet",
        "initcap",
        "int4range",
        "int8range",
        "isempty",
        "json_agg",
        "json_array",
        "json_build_array",
        "json_build_object",
        "json_each",
        "json_each_text",
        "json_extract_path",
        "json_extract_path_text",
        "json_object",
        "json_object_agg",
        "json_object_keys",
        "json_populate_record",
        "json_strip_nulls",
        "json_typeof",
        "jsonb_agg",
        "jsonb_build_array",
        "jsonb_build_object",
        "jsonb_each",
        "jsonb_each_text",
        "jsonb_extract_path",
        "jsonb_extract_path_text",
        "jsonb_insert",
        "jsonb_object",
        "jsonb_object_agg",
        "jsonb_object_keys",
        "jsonb_path_exists",
        "jsonb_path_query",
        "jsonb_path_query_array",
        "jsonb_populate_record",
        "jsonb_pretty",
        "jsonb_set",
        "jsonb_strip_nulls",
        "jsonb_to_record",
        "jsonb_typeof",
        "json_to_record",
        "justify_days",
        "justify_hours",
        "justify_interval",
        "lag",
        "last_value",
        "lastval",
        "lead",
        "left",
        "ln",
        "log",
        "lower_inc",
        "lpad",
        "ltrim",
        "make_date",
        "make_interval",
        "make_time",
        "make_timestamp",
        "make_timestamptz",
        "md5",
        "mod",
        "mode",
        "nextval",
        "nlevel",
        "ntile",
        "num_nonnulls",
        "num_nulls",
        "numrange",
        "numnode",
        "obj_description",
        "overlay",
        "parse_ident",
        "percent_rank",
        "percentile_cont",
        "percentile_disc",
        "pg_advisory_lock",
        "pg_advisory_unlock",
        "pg_advisory_xact_lock",
        "pg_backend_pid",
        "pg_cancel_backend",
        "pg_column_size",
        "pg_get_constraintdef",
        "pg_get_functiondef",
        "pg_get_serial_sequence",
        "pg_notify",
        "pg_sleep",
        "pg_terminate_backend",
        "pg_total_relation_size",
        "pg_try_advisory_lock",
        "pg_try_advisory_xact_lock",
        "pg_typeof",
        "phraseto_tsquery",
        "pi",
        "plainto_tsquery",
        "position",
        "quote_ident",
        "quote_literal",
        "quote_nullable",
        "radians",
        "range_agg",
        "rank",
        "regexp_match",
        "regexp_matches",
        "regexp_replace",
        "regexp_split_to_array",
        "repeat",
        "replace",
        "reverse",
        "right",
        "row_number",
        "row_to_json",
        "rpad",
        "rtrim",
        "set_config",
        "setseed",
        "setval",
        "sha256",
        "sign",
        "similarity",
        "split_part",
        "st_distance",
        "st_dwithin",
        "st_makepoint",
        "st_point",
        "st_setsrid",
        "statement_timestamp",
        "stddev",
        "string_agg",
        "string_to_array",
        "strip",
        "strpos",
        "substr",
        "substring",
        "to_char",
        "to_date",
        "to_json",
        "to_jsonb",
        "to_number",
        "to_timestamp",
        "to_tsquery",
        "to_tsvector",
        "translate",
        "ts_headline",
        "ts_rank",
        "ts_rank_cd",
        "tsrange",
        "tstzrange",
        "txid_current",
        "unaccent",
        "upper_inc",
        "uuid_generate_v4",
        "uuid_generate_v1",
        "uuid_nil",
        "variance",
        "websearch_to_tsquery",
        "width_bucket",
        "word_similarity",
        "xmlagg",
    ]
)

_UNITS = {
    "us": (0, "0.000001"), "microsecond": (0, "0.000001"), "ms": (0, "0.001"), "millisecond": (0, "0.001"),
    "s": (0, "1"), "sec": (0, "1"), "second": (0, "1"), "m": (0, "60"), "min": (0, "60"), "minute": (0, "60"),
    "h": (0, "3600"), "hr": (0, "3600"), "hour": (0, "3600"), "d": (0, "86400"), "day": (0, "86400"),
    "w": (0, "604800"), "week": (0, "604800"), "mon": (1, "0"), "month": (1, "0"), "y": (12, "0"), "yr": (12, "0"),
    "year": (12, "0"), "decade": (120, "0"), "century": (1200, "0"),
}  # fmt: skip
_PART = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*([a-z]+)", re.IGNORECASE)
_TIME = re.compile(r"\s*([+-]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*$")


def duration(text: str, unit: str = "") -> Duration | None:
    """The span of time that an interval literal means: `2 days`, `1 year 6 months`, `01:30`, `'15' minute`."""
    rest = text.strip().lower()
    if unit and re.fullmatch(r"[+-]?\d+(?:\.\d+)?", rest):
        rest = f"{rest} {unit}"
    months, seconds, position = Decimal(0), Decimal(0), 0
    backwards = rest.endswith(" ago")
    rest = rest.removesuffix(" ago")
    while found := _PART.match(rest, position):
        step = _unit(found.group(2))
        if step is None:
            return None
        amount = Decimal(found.group(1))
        months += amount * step[0]
        seconds += amount * Decimal(step[1])
        position = found.end()
    clock = _TIME.match(rest, position)
    if clock:
        sign = -1 if clock.group(1) == "-" else 1
        seconds += sign * (int(clock.group(2)) * 3600 + int(clock.group(3)) * 60 + Decimal(clock.group(4) or 0))
        position = clock.end()
    if position == 0 or rest[position:].strip() or months != int(months):
        return None
    sign = -1 if backwards else 1
    return Duration(sign * int(months), plain(sign * seconds))


def _unit(word: str) -> tuple[int, str] | None:
    for name in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"):
        if name in _UNITS:
            return _UNITS[name]
    return None


def plain(number: Decimal) -> str:
    """A number as exact decimal text without exponent and trailing zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
