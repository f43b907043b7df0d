"""What forms require, offer and show."""

import pytest
from reading import facts, statements

from archlint.algebra import canonical

_HOOK = "import { useForm } from 'react-hook-form';\n"


def _says(text, *kinds):
    return statements(text, *(kinds or ("require", "offer", "default")), path="src/Order.tsx")


def _component(inside, before=""):
    return f"{_HOOK}export function Order() {{ {before} return <div>{inside}</div>; }}"


_STATE = "const [qty, setQty] = useState(0);"


@pytest.mark.parametrize(
    ("element", "wanted"),
    [
        ('<input type="number" value={qty} min={1} max="9" />', ["(1 <= qty@1.1)", "(qty@1.1 <= 9)"]),
        ("<input value={qty} maxLength={4} />", ["(length(qty@1.1) <= 4)"]),
        ('<input value={qty} pattern="[0-9]{5}" />', ["(qty@1.1 matches /[0-9]{5}/ javascript whole)"]),
        ("<input value={qty} required />", ['(("" != qty@1.1) and not(is null(qty@1.1)))']),
        ("<input value={qty} required={false} />", []),
        ('<input type="date" value={qty} min="2024-01-01" />', []),
        ('<input type="search" value={qty} maxLength={9} />', []),
        ("<ProgressBar value={qty} max={100} />", []),
        ("<Stepper value={qty} max={9} onChange={setQty} />", ["(qty@1.1 <= 9)"]),
        ("<Slider value={[qty]} max={50} onValueChange={setQty} />", ["(qty@1.1 <= 50)"]),
        ("<TextField value={qty} inputProps={{ min: 2 }} onChange={setQty} />", ["(2 <= qty@1.1)"]),
        ("<button onClick={save} disabled={!qty || qty > 9}>Save</button>", ["qty@1.1", "not((9 < qty@1.1))"]),
        ("<button onClick={() => setQty(qty - 1)} disabled={qty <= 1}>-</button>", ["(1 <= qty@1.1)"]),
        ("<button onClick={save} disabled={loading || isSubmitting}>Save</button>", []),
    ],
)
def test_attributes_are_about_the_value_that_is_edited(element, wanted):
    said = _says(_component(element, _STATE), "require")
    assert [line.removeprefix("require | ") for line in said] == wanted


@pytest.mark.parametrize(
    ("element", "wanted"),
    [
        ("<select value={qty}><option value=''>All</option><option value='a'>A</option><option value='b' /></select>",
         ['offer | qty@1.1 | ["a", "b"]']),
        ("<select value={qty}>{KINDS.map((k) => <option value={k.value}>{k.label}</option>)}</select>",
         ["offer | qty@1.1 | KINDS@0"]),
        ("<Select value={qty} onValueChange={setQty}><SelectItem value='a' /><SelectItem value='b' /></Select>",
         ['offer | qty@1.1 | ["a", "b"]']),
        ("<Select value={qty} options={KINDS} onChange={setQty} />", ["offer | qty@1.1 | KINDS@0"]),
        ("<select value={qty}>{props.users.map((u) => <option value={u.id}>{u.name}</option>)}</select>", []),
    ],
)  # fmt: skip
def test_choices_are_offers_of_values_and_not_of_labels(element, wanted):
    kinds = "const KINDS = [{ value: 'a', label: 'First' }, { value: 'b', label: 'Second' }];\n"
    assert _says(kinds + _component(element, _STATE), "offer") == wanted


def test_a_registered_field_has_rules():
    text = _component(
        "<input {...register('qty', { required: 'Needed', min: { value: 1, message: 'few' }, "
        "validate: (v) => v < 9 || 'many' })} />",
        "const { register } = useForm({ defaultValues: { qty: 3, note: '' } });",
    )
    assert _says(text) == [
        "default | form@1.2.qty | = 3",
        'require | (("" != form@1.2.qty) and not(is null(form@1.2.qty)))',
        "require | (1 <= form@1.2.qty)",
        "require | (form@1.2.qty < 9)",
    ]
    assert [item.message for item in facts(text, "src/Order.tsx").statements][1:3] == ["Needed", "few"]


def test_a_schema_reaches_the_submit_function():
    text = _component(
        "<form onSubmit={form.handleSubmit(save)} />",
        "const form = useForm({ resolver: zodResolver(S) }); function save(data) {}",
    )
    found = facts("import { S } from './schema';\n" + text, "src/Order.tsx")
    assert any(canonical(item.value) == "validated(S@0, form@1.2)" for item in found.bindings)
    assert any(canonical(item.arguments[0]) == "form@1.2" for item in found.invocations if "save" in item.callee.name)


def test_a_controlled_field_is_drawn_by_a_function():
    text = _component(
        "<Controller control={control} name='size' rules={{ maxLength: 4 }} "
        "render={({ field }) => <Input {...field} max={12} />} />",
        "const { control } = useForm();",
    )
    assert _says(text, "require") == ["require | (length(form@1.2.size) <= 4)", "require | (form@1.2.size <= 12)"]


def test_formik():
    text = """
        export function Order() {
          return <Formik initialValues={{ qty: 1 }} validate={(values) => {
            const errors = {};
            if (values.qty > 9) { errors.qty = 'many'; }
            return errors;
          }} onSubmit={(values) => save(values.qty)}>
            {() => <Field name="qty" min={1} />}
          </Formik>;
        }
    """
    assert _says(text) == [
        "default | form@1.2.qty | = 1",
        "require | not((9 < values@2.qty))",
        "require | (1 <= form@1.2.qty)",
    ]


def test_fields_of_a_plain_form_are_handed_over_by_name():
    text = """
        export function Order() {
          async function save(event) { const data = new FormData(event.currentTarget); await send(data.get('zip')); }
          return <form onSubmit={save}><input name="zip" pattern="[0-9]{5}" /></form>;
        }
    """
    found = facts(text, "src/Order.tsx")
    required = next(item for item in found.statements if item.kind == "require")
    handed = next(item for item in found.invocations if item.callee.name.startswith("save@"))
    form = canonical(required.condition).split(".zip")[0].removeprefix("(")
    assert form in canonical(handed.arguments[0])
    sent = next(item for item in found.invocations if item.callee.name.startswith("send@"))
    assert canonical(sent.arguments[0]).endswith(".zip")


def test_what_is_shown_to_a_role_alone_is_hidden_from_others():
    text = """
        export function Order({ order }) {
          const { user } = useAuth();
          return <div>
            {user.role === 'admin' && <button onClick={() => remove(order)}>Delete</button>}
            {order.status === 'paid' && <button onClick={() => refund(order)}>Refund</button>}
          </div>;
        }
    """
    found = [item for item in facts(text, "src/Order.tsx").statements if item.kind == "authorize"]
    assert [(item.effect, item.strength, len(item.columns)) for item in found] == [("hide", "soft", 1)]


def test_a_component_gets_its_properties():
    text = "import { Row } from './Row';\nexport const List = ({ order }) => <Row order={order} onSave={save} />;"
    rendered = [item for item in facts(text, "src/List.tsx").invocations if item.rendered]
    assert [item.callee.name for item in rendered] == ["Row@0"]
    assert [name for name, _ in rendered[0].arguments[0].entries] == ["order", "onSave"]


def test_what_is_taken_from_a_form_in_two_steps_reads_it():
    taken = "const methods = useForm(); const { watch } = methods; const late = watch('pickup.kind') === 'evening';"
    assert _says(_component("", taken), "compare") == ['compare | ("evening" = form@1.2.pickup.kind)']
