"""What the schemas of validation libraries require of their fields."""

import pytest
from reading import facts, statements

from archlint.algebra import canonical


def _says(text, *kinds):
    return statements(text, *(kinds or ("require", "values", "optional", "default")))


def _links(text):
    return {
        (f"{'.'.join((item.target.name, *item.target.path))}", canonical(item.value))
        for item in facts(text).bindings
        if item.kind == "derived"
    }


@pytest.mark.parametrize(
    ("chain", "wanted"),
    [
        ("z.number().positive().max(5000)", ["(0 < S@0.a)", "(S@0.a <= 5000)"]),
        ("z.coerce.number().int().gte(1)", ["is integer(S@0.a)", "(1 <= S@0.a)"]),
        ("z.number().multipleOf(0.5)", ["((S@0.a % 0.5) = 0)"]),
        ("z.string().min(1).max(40)", ["(1 <= length(S@0.a))", "(length(S@0.a) <= 40)"]),
        ("z.string().trim().email()", ['is format(S@0.a, "email")']),
        ("z.email()", ['is format(S@0.a, "email")']),
        ("z.string().regex(/^\\d{5}$/)", ["(S@0.a matches /^\\d{5}$/ javascript)"]),
        ("z.array(z.string()).max(5)", ["(count(S@0.a) <= 5)"]),
        ("z.array(z.string().max(9))", ["(length(S@0.a.[]) <= 9)"]),
        ("z.object({ b: z.number().max(3) })", ["(S@0.a.b <= 3)"]),
        ("z.number().refine((v) => v % 2 === 0)", ["((S@0.a % 2) = 0)"]),
        ("z.number().pipe(z.number().max(3))", ["(S@0.a <= 3)"]),
        ("z.preprocess(Number, z.number().max(3))", ["(S@0.a <= 3)"]),
    ],
)
def test_the_links_of_a_chain_are_requirements(chain, wanted):
    said = _says(f"import {{ z }} from 'zod';\nconst S = z.object({{ a: {chain} }});", "require")
    assert [line.removeprefix("require | ") for line in said if "is null" not in line] == wanted


@pytest.mark.parametrize(
    ("chain", "wanted"),
    [
        ("z.enum(['x', 'y'])", 'values | S@0.a | ["x", "y"]'),
        ("z.enum(WORDS)", "values | S@0.a | WORDS@0"),
        ("z.union([z.literal('x'), z.literal('y')])", 'values | S@0.a | ["x", "y"]'),
        ("z.literal('x').or(z.literal('y'))", None),
        ("z.enum(['x', 'y', 'z']).exclude(['z'])", 'values | S@0.a | ["x", "y"]'),
        ("z.union([z.literal('x'), z.string()])", None),
        ("z.literal(true)", None),
    ],
)
def test_sets_of_words_are_domains(chain, wanted):
    said = _says(f"import {{ z }} from 'zod';\nconst S = z.object({{ a: {chain} }});", "values")
    assert said == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("library", "chain", "wanted"),
    [
        ("import { z } from 'zod'", "z.string()", "require | not(is null(S@0.a))"),
        ("import { z } from 'zod'", "z.string().optional()", "optional | S@0.a"),
        ("import { z } from 'zod'", "z.string().nullish()", "optional | S@0.a"),
        ("import { z } from 'zod'", "z.string().optional().default('x')", 'default | S@0.a | = "x"'),
        ("import * as z from 'yup'", "z.number()", "optional | S@0.a"),
        ("import * as z from 'yup'", "z.number().required()", "require | not(is null(S@0.a))"),
        ("import * as z from 'yup'", "z.string().required()", 'require | (("" != S@0.a) and not(is null(S@0.a)))'),
        ("import z from 'joi'", "z.string()", "optional | S@0.a"),
        ("import z from 'joi'", "z.string().allow('').required()", "require | not(is null(S@0.a))"),
        ("import * as z from 'valibot'", "z.string()", "require | not(is null(S@0.a))"),
        ("import * as z from 'valibot'", "z.optional(z.string())", "optional | S@0.a"),
    ],
)
def test_each_library_has_its_own_idea_of_a_missing_field(library, chain, wanted):
    assert _says(f"{library};\nconst S = z.object({{ a: {chain} }});") == [wanted]


def test_a_field_that_is_another_schema_says_nothing_of_its_own_presence():
    text = "import { z } from 'zod';\nimport { Status } from './status';\nconst S = z.object({ a: Status });"
    assert _says(text) == []
    assert ("S@0.a", "Status@0") in _links(text)


def test_a_rule_over_two_fields_speaks_of_the_schema():
    text = """
        import { z } from 'zod';
        const S = z.object({ start: z.date(), end: z.date() }).refine((d) => d.end > d.start, 'end first');
    """
    found = [item for item in facts(text).statements if item.message]
    assert [(canonical(item.condition), item.message, item.text) for item in found] == [
        ("(S@0.start < S@0.end)", "end first", "d.end > d.start")
    ]


def test_the_place_of_a_rule_is_its_link():
    text = "import { z } from 'zod';\nconst S = z.object({ a: z.number().min(1).max(5000) });"
    found = next(item for item in facts(text).statements if "5000" in item.text)
    assert (found.text, found.span.line, found.span.column, found.source) == ("max(5000)", 2, 43, "zod")


def test_siblings_and_conditions():
    text = """
        import * as yup from 'yup';
        const S = yup.object({
          confirm: yup.string().oneOf([yup.ref('password')], 'differs'),
          reason: yup.string().when('kind', { is: 'x', then: (s) => s.max(5) }),
        });
    """
    assert _says(text, "require") == [
        "require | (S@0.confirm = S@0.password)",
        'require | (length(S@0.reason) <= 5) | where ("x" = S@0.kind)',
    ]


def test_variants_hold_where_their_word_stands():
    text = """
        import { z } from 'zod';
        const S = z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('x'), n: z.number().max(3) }),
          z.object({ kind: z.literal('y'), n: z.number().max(5) }),
        ]);
    """
    said = _says(text)
    assert 'require | (S@0.n <= 3) | where ("x" = S@0.kind)' in said
    assert 'values | S@0.kind | ["x", "y"]' in said


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        ("S.partial()", {("T@0", "partial(S@0)")}),
        ("S.pick({ a: true })", {("T@0", 'pick(S@0, "a")')}),
        ("S.omit({ a: true })", {("T@0", 'omit(S@0, "a")')}),
        ("S.extend({ b: z.number() })", {("T@0", 'omit(S@0, "b")')}),
        ("S.merge(U)", {("T@0", "merge(S@0, U@0)")}),
        ("z.array(S)", {("T@0", "S@0")}),
        ("S.partial().omit({ a: true })", {("T@0.1", "partial(S@0)"), ("T@0", 'omit(T@0.1, "a")')}),
    ],
)
def test_schemas_are_made_from_others(made, wanted):
    text = f"import {{ z }} from 'zod';\nconst S = z.object({{ a: z.any() }});\nconst T = {made};"
    assert wanted <= {(name.replace("T@0.2", "T@0.1"), value.replace("T@0.2", "T@0.1")) for name, value in _links(text)}


@pytest.mark.parametrize(
    ("applied", "wanted"),
    [
        ("S.parse(body)", "validated(S@0, body@1)"),
        ("await S.parseAsync(body)", "validated(S@0, body@1)"),
        ("v.parse(S, body)", "validated(S@0, body@1)"),
        ("z.object({}).parse(body)", "validated(schema@1.2, body@1)"),
    ],
)
def test_a_value_that_passed_a_schema(applied, wanted):
    text = f"""
        import {{ z }} from 'zod';
        import * as v from 'valibot';
        const S = z.object({{ a: z.number() }});
        async function save(body) {{ const found = {applied}; }}
    """
    values = {item.target.name.split("@")[0]: canonical(item.value) for item in facts(text).bindings}
    assert values["found"] == wanted


def test_other_things_parse_too():
    text = "function f(text, date) { const a = JSON.parse(text); const b = parser.parse(date); }"
    assert not any("validated" in canonical(item.value) for item in facts(text).bindings)


def test_a_verdict_is_about_the_value_itself():
    text = """
        import Ajv from 'ajv';
        const ajv = new Ajv();
        const schema = { type: 'object', required: ['a'], properties: { a: { type: 'number', maximum: 9 } } };
        const check = ajv.compile(schema);
        function save(body) { if (!check(body)) throw new Error('bad'); }
    """
    assert _says(text) == ["require | (schema@0.a <= 9)", "require | not(is null(schema@0.a))"]
    assert any(canonical(item.value) == "validated(schema@0, body@1)" for item in facts(text).bindings)


def test_decorators_of_transfer_objects():
    text = """
        import { IsInt, Min, IsOptional, IsIn } from 'class-validator';
        export class CreateDto {
          @IsInt() @Min(1) amount: number;
          @IsOptional() @IsIn(['x', 'y']) kind?: string;
          plain: string;
        }
        export class UpdateDto extends PartialType(CreateDto) {}
    """
    assert _says(text) == [
        "require | is integer(CreateDto@0.amount)",
        "require | (1 <= CreateDto@0.amount)",
        "require | not(is null(CreateDto@0.amount))",
        "optional | CreateDto@0.kind",
        'values | CreateDto@0.kind | ["x", "y"]',
    ]
    assert ("UpdateDto@0", "partial(CreateDto@0)") in _links(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("value.toLowerCase()", ["require | not(is null(CrewDto@0.rank))"]),
        ("value.trim()", ['values | CrewDto@0.rank | ["mate", "cook"]', "require | not(is null(CrewDto@0.rank))"]),
    ],
)
def test_a_word_that_is_spelled_anew_before_it_is_asked_may_be_spelled_in_any_way(change, said):
    text = f"""
        import {{ IsIn }} from 'class-validator';
        import {{ Transform }} from 'class-transformer';
        export class CrewDto {{
          @IsIn(['mate', 'cook']) @Transform(({{ value }}) => {change}) rank: string;
        }}
    """
    assert _says(text) == said
