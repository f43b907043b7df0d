"""Angular's reactive forms, and lists of rules around the fields of a form."""

from reading import facts, statements


def test_validators_require_of_the_control():
    text = """
        const MAX = 40
        class OrderForm {
          form = this.fb.group({
            title: ['', [Validators.required, Validators.maxLength(MAX)]],
            amount: new FormControl(0, { validators: [Validators.min(1), Validators.max(9)] }),
            code: ['', Validators.pattern(/^[A-Z]+$/)],
          })
        }
    """
    found = [line.split(" | ", 1)[1] for line in statements(text, "require", path="src/order.component.ts")]
    assert [line.replace("OrderForm@0.2", "form") for line in found] == [
        '(("" != form.title) and not(is null(form.title)))',
        '(("" = form.title) or (length(form.title) <= MAX@0) or is null(form.title))',
        '(("" = form.amount) or (1 <= form.amount) or is null(form.amount))',
        '(("" = form.amount) or (form.amount <= 9) or is null(form.amount))',
        '(("" = form.code) or (form.code matches /^[A-Z]+$/ javascript) or is null(form.code))',
    ]


def test_a_list_of_rules_around_a_field():
    text = """
        export function Page() {
          return (
            <Form onFinish={save}>
              <Form.Item name="name" rules={[{ required: true, message: "Name it" }, { min: 2 }, { max: 24 }]}>
                <Input />
              </Form.Item>
              <Form.Item name="age" rules={[{ type: "number", min: 18 }]}><InputNumber /></Form.Item>
              <Form.Item name="mail" rules={[{ type: "email" }]}><Input /></Form.Item>
            </Form>
          )
        }
    """
    found = facts(text, "src/page.tsx").statements
    said = [(item.text, item.message) for item in found if item.kind == "require"]
    assert said == [
        ("required: true", ""),
        ("min: 2", ""),
        ("max: 24", ""),
        ("min: 18", ""),
        ('type: "email"', ""),
    ]
