"""Models of Sequelize and Mongoose, the methods of their classes, and lists of express-validator."""

import pytest
from accesses import accesses
from reading import facts, statements

BOAT = """
module.exports = (sequelize) => {
  const Boat = sequelize.define('Boat', {
    id: { type: DataTypes.INTEGER.UNSIGNED, primaryKey: true, autoIncrement: true },
    name: { type: DataTypes.STRING(40), allowNull: false, validate: { notEmpty: { msg: 'name it' } } },
    state: { type: DataTypes.ENUM('dry', 'afloat'), defaultValue: 'dry' },
    crew: { type: DataTypes.INTEGER, validate: { min: { args: [1], msg: 'one' }, max: 12 } },
    code: { type: DataTypes.STRING(9), field: 'hull_code', validate: { len: [3, 8], isIn: { args: [['abc', 'x']] } } },
    made: { type: DataTypes.DATE, defaultValue: DataTypes.NOW },
  }, { tableName: 'boats' });
  return Boat;
};
"""


def test_attributes_of_sequelize():
    assert statements(BOAT, "require", "values", "default", "unique") == [
        "unique",
        "require | (length(table:boats.name) <= 40)",
        "require | not(is null(table:boats.name))",
        'require | (("" != table:boats.name) and not(is null(table:boats.name)))',
        'values | table:boats.state | ["dry", "afloat"]',
        'default | table:boats.state | = "dry"',
        "require | (1 <= table:boats.crew)",
        "require | (table:boats.crew <= 12)",
        "require | ((3 <= length(table:boats.hull_code)) and (length(table:boats.hull_code) <= 8))",
        'values | table:boats.hull_code | ["abc", "x"]',
    ]


def test_a_model_is_a_table_of_the_schema():
    found = facts(BOAT)
    (change,) = found.changes
    assert (change.action, change.table, change.to) == ("create table", "boats", "?")
    assert [(column.name, column.type, column.required, column.identity) for column in change.columns] == [
        ("id", "integer", True, True),
        ("name", "varchar", True, False),
        ("state", "text", False, False),
        ("crew", "integer", False, False),
        ("hull_code", "varchar", False, False),
        ("made", "timestamp with time zone", False, False),
    ]
    (use,) = found.tables
    assert (use.table, dict(use.fields)["code"], use.filled) == ("boats", "hull_code", ())


def test_what_a_hook_gives_a_value_is_known():
    text = BOAT.replace(
        "return Boat", "Boat.beforeCreate((row) => { row.code = next(); if (row.name === 'x') stop(); }); return Boat"
    )
    assert facts(text).tables[0].filled == ("hull_code",)


@pytest.mark.parametrize(
    "text",
    [
        "registry.define('boat', { name: { type: 'text', allowNull: false } })",
        "Widget.init({ size: { min: 3 } }, { mode: 'x' })",
        "new Schema({ name: { type: String, required: true } })",
        "const inner = new Schema({ name: { type: String, minlength: 3 } });",
    ],
)
def test_what_only_looks_like_a_model_declares_nothing(text):
    assert facts(text).changes == ()
    assert statements(text, "require", "values") == []


KITE = """
import mongoose, { Schema } from 'mongoose';
const kiteSchema = new Schema({
  state: { type: String, enum: ['furled', 'aloft'], default: 'furled', required: [true, 'say it'] },
  span: { type: Number, min: [1, 'too small'], max: 9 },
  mail: { type: String, match: /^.+@.+$/, maxlength: 80, unique: true },
  tails: [{ length: { type: Number, min: 2 } }],
  place: { zip: { type: String, minlength: 5 } },
  age: { type: Number, validate: { validator: (v) => v > 17, message: 'adult' } },
  note: { type: String, required: false },
}, { timestamps: true });
export const Kite = mongoose.model('Kite', kiteSchema);
"""


def test_fields_of_mongoose():
    assert statements(KITE, "require", "values", "default") == [
        'values | table:kites.state | ["furled", "aloft"]',
        'default | table:kites.state | = "furled"',
        "require | not(is null(table:kites.state))",
        "require | (1 <= table:kites.span)",
        "require | (table:kites.span <= 9)",
        "require | (table:kites.mail matches /^.+@.+$/ javascript)",
        "require | (length(table:kites.mail) <= 80)",
        "require | (2 <= table:kites.tails.[].length)",
        "require | (5 <= length(table:kites.place.zip))",
        "require | (17 < table:kites.age)",
    ]
    (change,) = facts(KITE).changes
    assert [column.name for column in change.columns if column.identity] == ["_id", "__v", "createdAt", "updatedAt"]
    assert [column.name for column in change.columns if column.required] == ["state"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Kite.create({ span: n })", "insert Kite@0 | writes {span: n@0}"),
        (
            "Kite.findByIdAndUpdate(id, { $set: { state: 'aloft' }, $inc: { span: -3 } })",
            'update Kite@0 | writes {span: (Kite@0.span - 3), state: "aloft"} | where ($row.id = id@0)',
        ),
        (
            "Kite.find({ state: { $in: ['a'] }, span: { $gt: 5 }, $or: [{ a: 1 }, { b: 2 }] })",
            'select Kite@0 | where (($row.state in ["a"]) and (($row.a = 1) or ($row.b = 2)) and (5 < $row.span))',
        ),
        ("Kite.countDocuments({ state: 'a' })", 'select Kite@0 | where ("a" = $row.state) | count'),
        ("Boat.update({ crew: 2 }, { where: { id } })", "update Boat@0 | writes {crew: 2} | where ($row.id = id@0)"),
        ("Boat.findByPk(id)", "select Boat@0 | where ($row.id = id@0)"),
        ("Boat.destroy({ where: { id } })", "delete Boat@0 | where ($row.id = id@0)"),
        ("models.Boat.bulkCreate([{ crew: 1 }])", "insert models@0.Boat | writes [{crew: 1}]"),
    ],
)
def test_a_method_of_a_class_is_an_access(text, wanted):
    assert accesses(f"const models = load(); await {text}") in ([wanted], [wanted.replace("models@0.Boat", "models@0")])


def test_a_row_that_is_saved_is_written():
    text = "async function lift(id) { const kite = await Kite.findById(id); kite.state = 'aloft'; await kite.save(); }"
    assert accesses(text)[1:] == ['update Kite@0 | writes {state: "aloft"}']


def test_saving_what_was_not_looked_up_is_no_write():
    assert accesses("async function go(file) { file.state = 'aloft'; await file.save(); }") == []


CHECKS = """
const { body, param } = require('express-validator');
const checks = [
  body('name').trim().isLength({ min: 2, max: 40 }).withMessage('a name'),
  body('crew').optional().isInt({ min: 1, max: 12 }),
  body('state').not().isIn(['sunk']),
  body('tails.*.length').isFloat({ gt: 2 }),
  body('code').if(body('state').equals('dry')).notEmpty(),
  param('id').isInt({ min: 1 }),
  handleErrors,
];
"""


def test_lists_of_express_validator():
    assert statements(CHECKS, "require", "values", "optional") == [
        "require | (2 <= length(checks@0.name))",
        "require | (length(checks@0.name) <= 40)",
        "optional | checks@0.crew",
        "require | is integer(checks@0.crew)",
        "require | (1 <= checks@0.crew)",
        "require | (checks@0.crew <= 12)",
        "require | (2 < checks@0.tails.[].length)",
        'require | (("" != checks@0.code) and not(is null(checks@0.code))) | where ("dry" = checks@0.state)',
    ]
    assert [item.message for item in facts(CHECKS).statements if item.message] == ["a name", "a name"]


def test_validators_that_stand_in_the_route_are_about_its_body():
    text = (
        "import { body } from 'express-validator';\n"
        "router.post('/boats', body('crew').isInt({ min: 1 }), [body('name').notEmpty()], create);"
    )
    assert statements(text, "require") == [
        "require | is integer(_body@1.crew)",
        "require | (1 <= _body@1.crew)",
        'require | (("" != _body@1.name) and not(is null(_body@1.name)))',
    ]


def test_a_body_of_something_else_validates_nothing():
    assert statements("import { body } from 'html';\nconst page = [body('crew').isInt({ min: 1 })];", "require") == []
