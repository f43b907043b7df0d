"""Templates of Angular: inside of the class and beside it, blocks and directives, signals."""

import textwrap

import pytest
from micro import conditions, facts, found, report

from archlint import languages

PACKAGE = '{"name": "desk", "dependencies": {"@angular/core": "19", "@supabase/supabase-js": "2"}}'
CLASS = "src/app/seats.component.ts"
HEAD = """
import { Component, inject, signal, computed } from '@angular/core';
import { FormBuilder, Validators } from '@angular/forms';
import { supabase } from './supabase';
"""
FORM = '<form [formGroup]="form" (ngSubmit)="save()">%s</form>'
BODY = """
export class SeatsComponent {
  private readonly fb = inject(FormBuilder);
  readonly seatsMax = MAX;
  readonly error = signal<string | null>(null);
  form = this.fb.group({ seats: [1], note: [''], state: ['open'] });
  async save() {
    this.error.set('');
    const { seats, note, state } = this.form.getRawValue();
    await supabase.from('bookings').insert({ seats, note, state, price: 4 });
  }
}
"""


def component(template, limit=8, body=BODY):
    """A component with its template inside."""
    text = f"{HEAD}const MAX = {limit};\n@Component({{ selector: 'app-seats', template: `\n%s\n` }})\n{body}"
    return text.replace("%s", template)


def drifts(tree, text, **files):
    return found(tree, CLASS, text, package=PACKAGE, **files)


def test_places_are_those_of_the_script():
    text = component('<p *ngIf="state === \'open\'">{{ note ?? "none" }}</p>\n@if (seats() > 3) { <b>Größe</b> }')
    lines = text.split("\n")
    read = languages.read("typescript", CLASS, text.encode())
    told = [item for item in read.statements if item.span.line > 5 and item.kind in ("compare", "default")]
    assert [item.text for item in told] == ["state === 'open'", 'note ?? "none"', "seats() > 3"]
    for item in told:
        span = item.span
        assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == item.text


def test_the_script_is_read_as_it_was():
    text = component("<p></p>")
    alone = languages.read("typescript", CLASS, text.replace("template:", "styles:").encode())
    both = languages.read("typescript", CLASS, text.encode())
    assert both.statements == alone.statements
    assert [item.span for item in both.functions] == [item.span for item in alone.functions]


def test_what_a_script_asserts_the_old_way_is_read_without_its_template():
    text = component('<p *ngIf="a > 3"></p>') + "const x = <any>window;\nif (x.y > 9) throw new Error('no')\n"
    read = facts(CLASS, text)
    assert "x.y > 9" in [item.text for item in read.statements]
    assert [item.reason for item in read.problems] == [
        "the template is not read, as the script cannot be read with elements in it"
    ]


# Drift -------------------------------------------------------------------------------------------------------


def test_a_limit_of_the_class_on_a_field_of_the_form(tree):
    text = component(FORM % '<input type="number" formControlName="seats" [max]="seatsMax" min="1">', 12)
    assert drifts(tree, text) == [("AL201", "bookings.seats", "10")]


def test_a_template_beside_the_class(tree):
    script = component("").replace("template: `\n\n`", "templateUrl: './seats.component.html'")
    page = FORM % '<textarea formControlName="note" maxlength="300"></textarea>'
    root = {"src/app/seats.component.html": page}
    assert drifts(tree, script, more=root) == [("AL201", "bookings.note", "250")]


def test_the_places_of_a_template_beside_the_class_are_its_own(tree):
    script = component("").replace("template: `\n\n`", "templateUrl: './seats.component.html'")
    page = FORM % '\n<input formControlName="seats" type="number" [max]="seatsMax">'
    told = report(
        tree, CLASS, script.replace("MAX = 8", "MAX = 12"), package=PACKAGE, more={"src/app/seats.component.html": page}
    )
    places = [(place.path, place.span.line) for item in told.findings for place in item.places]
    assert places == [("src/app/seats.component.html", 2), ("supabase/migrations/1_bookings.sql", 4)]


def test_choices_of_a_list_in_the_class(tree):
    text = component(
        FORM
        % '<select formControlName="state">@for (s of states; track s) { <option [value]="s">x</option> }</select>',
        body=BODY.replace("readonly seatsMax", "readonly states = ['open', 'paid', 'refunded'];\n  readonly seatsMax"),
    )
    assert drifts(tree, text) == [("AL204", "bookings.state", '"refunded"')]


@pytest.mark.parametrize(
    "shown",
    [
        "@if (b.state === 'settled') { <i>Done</i> } @else { <i>{{ b.price | currency }}</i> }",
        "@switch (b.state) { @case ('paid') { <i>Paid</i> } @case ('settled') { <i>Done</i> } @default { } }",
        "<i *ngIf=\"b.state === 'settled'; else other\">Done</i><ng-template #other>-</ng-template>",
        "<i [class.done]=\"b.state === 'settled'\">{{ b.price }}</i>",
    ],
)
def test_words_that_no_row_has(tree, shown):
    body = """
    export class SeatsComponent {
      readonly bookings = signal<any[]>([]);
      async ngOnInit() {
        const { data } = await supabase.from('bookings').select('*');
        this.bookings.set(data);
      }
    }
    """
    text = component(f"<ul>@for (b of bookings(); track b.id) {{ <li>{shown}</li> }}</ul>", body=body)
    assert drifts(tree, text) == [("AL204", "bookings.state", '"settled"')]


def test_a_member_that_holds_a_limit_states_it(tree):
    text = component(FORM % '<input type="number" formControlName="seats" [max]="most" min="1">').replace(
        "seatsMax = MAX", "most = 12"
    )
    told = report(tree, CLASS, text, package=PACKAGE).findings
    line = next(number for number, line in enumerate(text.strip().split("\n"), 1) if "most = 12" in line)
    assert [(item.code, line in {place.span.line for place in item.places}) for item in told] == [("AL201", True)]


# Nothing may be said -----------------------------------------------------------------------------------------


def test_the_same_limits(tree):
    text = component(FORM % '<input type="number" formControlName="seats" [max]="seatsMax" min="1">')
    assert drifts(tree, text) == []


def test_a_signal_is_not_what_it_begins_with(tree):
    body = BODY.replace("seatsMax = MAX", "seatsMax = signal(2)").replace("this.error.set('')", "this.seatsMax.set(8)")
    text = component(FORM % '<input type="number" formControlName="seats" [max]="seatsMax()">', body=body)
    assert drifts(tree, text) == []


def test_an_attribute_of_another_component(tree):
    text = component(FORM % '<app-meter [max]="40" [value]="progress()" /><input formControlName="note">')
    assert drifts(tree, text) == []


def test_words_of_another_field(tree):
    text = component("@if (tab() === 'settled') { <b>Settled</b> }" + FORM % '<input formControlName="note">')
    assert drifts(tree, text) == []


@pytest.mark.parametrize(
    "half", ["@if (seats() > ) { <b>x</b> }", '<b [x]="a +">x</b>', "@for (s of ) { <b>x</b> }", "@if (a"]
)
def test_a_half_written_template_costs_neither_class_nor_rest(half):
    text = component(f"<p *ngIf=\"state === 'open'\">Open</p>{half}\n<p *ngIf=\"state === 'paid'\">Paid</p>")
    read = facts(CLASS, text.replace("this.error.set('');", "if (seats > 9) throw new Error('many');"))
    said = [item.text for item in read.statements]
    assert {"seats > 9", "state === 'open'", "state === 'paid'"} <= set(said)


def test_a_group_inside_a_group_and_values_known_to_be_there():
    text = component(
        textwrap.dedent("""
            <form [formGroup]="form">
              <div formGroupName="guest"><input formControlName="name" maxlength="9"></div>
            </form>
            @if (total()!.gross > 5 && other()!.kind === 'a') { <b>{{ (rows | async)?.length }}</b> }
        """)
    )
    assert conditions(CLASS, text, "require") == ["(length(SeatsComponent@0.form.value.guest.name) <= 9)"]
    assert [item.text for item in facts(CLASS, text).statements if item.kind == "compare"] == [
        "total()!.gross > 5 && other()!.kind === 'a'"
    ]


def test_rows_of_a_table_and_pipes_inside_of_brackets():
    text = component(
        "<td *matCellDef=\"let row; let i = index\" [title]=\"(row.day | date: form('x')) ?? ''\">"
        '<button [disabled]="row.count > 3" (click)="drop(row)">Drop</button></td>'
    )
    read = facts(CLASS, text)
    assert read.problems == ()
    assert [line.split("@")[0] for line in conditions(CLASS, text, "require")] == ["not((3 < row"]
