"""Small services in many frameworks: what is found in them, and what is not."""

import pytest

from archlint.pipeline import Options, scan

# That one rule stands in several places is true of all of these.
SCATTERED = "AL101"
ALL = Options(jobs=1, cache=False)

SLIPS = """CREATE TABLE `slip` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `label` varchar(40) NOT NULL,
  `state` enum('free','let','closed') NOT NULL DEFAULT 'free',
  `length` int NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `slip_chk` CHECK ((`length` between 4 and 30))
) ENGINE=InnoDB;
"""
SLIP = """module.exports = (sequelize) => {
  const Slip = sequelize.define('Slip', {
    label: { type: DataTypes.STRING(%s), allowNull: false },
    state: { type: DataTypes.ENUM('free', 'let', %s), defaultValue: 'free' },
    length: { type: DataTypes.INTEGER, validate: { min: 4, max: %s } },
  }, { tableName: 'slip', timestamps: false });
  return Slip;
};
"""
GATHERED = """const fs = require('fs');
const db = {};
fs.readdirSync(__dirname).forEach((file) => { const model = require(file)(sequelize); db[model.name] = model; });
module.exports = db;
"""
HANDLER = """const { Slip } = require('../models');
exports.add = async (req, res) => {
  const { label, length } = req.body;
  const slip = await Slip.create({ label, length });
  res.json(slip);
};
"""
CHECKED = """const { body } = require('express-validator');
const checkSlip = [
  body('label').trim().isLength({ min: 1, max: %s }),
  body('length').isInt({ min: 4, max: 30 }),
  sendErrors,
];
module.exports = { checkSlip };
"""
ROUTES = """const express = require('express');
const { checkSlip } = require('../checks/slips');
const slips = require('../controllers/slips');
const router = express.Router();
router.post('/slips', checkSlip, slips.add);
module.exports = router;
"""


def harbour(length="40", word="'closed'", longest="30", checked="40"):
    return {
        "db/schema.sql": SLIPS,
        "server/models/Slip.js": SLIP % (length, word, longest),
        "server/models/index.js": GATHERED,
        "server/controllers/slips.js": HANDLER,
        "server/checks/slips.js": CHECKED % checked,
        "server/routes/slips.js": ROUTES,
    }


def found(files, tree):
    """Code, subject and files of each finding."""
    report = scan(tree(files), ALL)
    return [
        (finding.code, finding.subject, tuple(dict.fromkeys(place.path for place in finding.places)))
        for finding in report.findings
        if finding.confidence >= 0.6 and finding.code != SCATTERED
    ]


STORIES = {
    "a model, a validator and a table of MySQL that agree": (harbour(), []),
    "a validator that lets through what the column cuts off": (
        harbour(checked="60"),
        [("AL201", "slip.label", ("db/schema.sql", "server/models/Slip.js", "server/checks/slips.js"))],
    ),
    "a model with a word that the enum has not": (
        harbour(word="'shut'"),
        [("AL204", "slip.state", ("db/schema.sql", "server/models/Slip.js"))],
    ),
    "a model whose limit is not the CHECK's": (
        harbour(longest="35"),
        [("AL201", "slip.length", ("server/models/Slip.js", "db/schema.sql", "server/checks/slips.js"))],
    ),
}

CALLABLE = """import { onCall, HttpsError } from "firebase-functions/v2/https";
import { getFirestore } from "firebase-admin/firestore";
const db = getFirestore();
export const mend = onCall(async (request) => {
  const note = typeof request.data?.note === "string" ? request.data.note.trim() : "";
  const hours = request.data?.hours;
  if (note.length > %s) throw new HttpsError("invalid-argument", "too long");
  if (hours < 1 || hours > 9) throw new HttpsError("invalid-argument", "hours");
  await db.collection("repairs").add({ note, hours, source: "call" });
});
%s
"""
BATCH = """export const log = onCall(async (request) => {
  await db.collection("repairs").add({ hours: request.data.hours, source: "%s" });
});
"""
CALLS = """import { httpsCallable } from "firebase/functions";
import { fns } from "./app";
export const mendCall = () => httpsCallable(fns, "mend");
"""
FORM = """import { mendCall } from "./calls";
const button = document.getElementById("mend");
const field = document.getElementById("note");
const line = document.getElementById("line");
button.addEventListener("click", async () => {
  const note = field.value.trim();
  if (note.length > %s) {
    line.textContent = "That is too long.";
    return;
  }
  const call = mendCall();
  await call({ note, hours: 2 });
});
"""


def workshop(server="200", browser="200", more=""):
    return {
        "functions/package.json": '{"dependencies": {"firebase-functions": "6", "firebase-admin": "12"}}',
        "functions/src/index.ts": CALLABLE % (server, more),
        "src/calls.ts": CALLS,
        "src/form.ts": FORM % browser,
    }


STORIES.update(
    {
        "a page and a callable that agree": (workshop(), []),
        "a page that takes longer notes than its callable": (
            workshop(browser="300"),
            [("AL201", "repairs.note", ("functions/src/index.ts", "src/form.ts"))],
        ),
        "a second callable that writes what the first one asks about": (
            workshop(more=BATCH % "call"),
            [("AL302", "repairs.hours", ("functions/src/index.ts",))],
        ),
        "a second callable that writes rows of another sort": (workshop(more=BATCH % "batch"), []),
    }
)

LENDING = """enum LoanState {
  OPEN
  BACK
}
model Loan {
  id     Int       @id @default(autoincrement())
  state  LoanState @default(OPEN)
  note   String    @db.VarChar(80)
  days   Int       @default(%s)
  @@map("lib_loans")
}
"""
LEND = """import { z } from "zod";
import { prisma } from "./db";
const lending = z.object({ note: z.string().max(%s), days: z.number().int() });
export async function POST(request: Request) {
  const body = lending.parse(await request.json());
  const days = body.days ?? 14;
  await prisma.loan.create({ data: { note: body.note, days, state: "%s" } });
  return Response.json({ ok: true });
}
"""


def library(days="14", note="80", state="OPEN", migration=""):
    files = {
        "package.json": '{"dependencies": {"next": "15", "@prisma/client": "6"}}',
        "prisma/schema.prisma": LENDING % days,
        "app/api/loans/route.ts": LEND % (note, state),
    }
    return {**files, **({"prisma/migrations/1_init/migration.sql": migration} if migration else {})}


STORIES.update(
    {
        "a handler and a Prisma schema that agree": (library(), []),
        "a handler that takes more than the column holds": (
            library(note="120"),
            [("AL201", "lib_loans.note", ("prisma/schema.prisma", "app/api/loans/route.ts"))],
        ),
        "a handler that writes a word no enum has": (
            library(state="LENT"),
            [("AL204", "lib_loans.state", ("prisma/schema.prisma", "app/api/loans/route.ts"))],
        ),
        "a handler whose default is not the schema's": (
            library(days="21"),
            [("AL209", "lib_loans.days", ("prisma/schema.prisma", "app/api/loans/route.ts"))],
        ),
        "a schema beside its migrations is the same statement": (
            library(
                days="21",
                migration='CREATE TABLE "lib_loans" ("id" serial primary key, "state" text not null,'
                ' "note" varchar(80) not null, "days" integer not null default 14);',
            ),
            [],
        ),
    }
)

LAMBDA = """import { db } from "../../lib/db";
export const handler = async (event) => {
  const body = JSON.parse(event.body);
  if (body.places > %s) return { statusCode: 400, body: "too many" };
  await db.query("insert into seats (places) values ($1)", [body.places]);
  return { statusCode: 200, body: "" };
};
"""
SEATS = "create table seats (id serial primary key, places integer not null check (places <= 9));\n"
DEPLOYED = """Resources:
  Book:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/book
      Handler: index.handler
      Events: { Api: { Type: Api, Properties: { Path: /seats, Method: post } } }
  Free:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/free, Handler: index.handler }
"""
SEND = """import React, { useState } from "react";
export function Seats() {
  const [places, setPlaces] = useState(1);
  const send = async () => {
    if (places > %s) { alert("Too many places."); return; }
    await fetch("/seats", { method: "POST", body: JSON.stringify({ places }) });
  };
  return <button onClick={send}>Book</button>;
}
"""


def theatre(twin="", browser=""):
    return {
        "back/package.json": '{"dependencies": {"pg": "8", "@types/aws-lambda": "8"}}',
        "back/template.yaml": DEPLOYED,
        "back/schema.sql": SEATS,
        "back/src/book/index.ts": LAMBDA % "9",
        "back/src/free/index.ts": LAMBDA % "9",
        **({"back/src/book-old/index.ts": LAMBDA % twin} if twin else {}),
        **({"web/package.json": '{"dependencies": {"react": "19"}}'} if browser else {}),
        **({"web/src/Seats.tsx": SEND % browser} if browser else {}),
    }


UNDEPLOYED = ("AL902", "", ("back/src/book-old/index.ts",))
STORIES.update(
    {
        "functions that are deployed and agree": (theatre(), []),
        "a twin that no template names": (theatre(twin="12"), [UNDEPLOYED]),
        "a page behind the address that the template gives": (
            theatre(browser="12"),
            [("AL201", "seats.places", ("back/src/book/index.ts", "web/src/Seats.tsx"))],
        ),
        "a page that agrees with the function behind the address": (theatre(browser="9"), []),
    }
)

STABLE = """const express = require("express");
const db = require("../db");
const router = express.Router();
router.post("/:id/rest", async (req, res) => {
  const { hours } = req.body;
  if (hours > %s) return res.status(400).json({ error: "too long" });
  await db.query("update %s set hours = $1 where id = $2", [hours, req.params.id]);
  res.json({});
});
module.exports = router;
"""
BOTH = """const express = require("express");
const app = express();
app.use("/api/horses", require("./routes/horses"));
app.use("/api/riders", require("./routes/riders"));
"""
REST = """import React, { useState } from "react";
export function Rest({ id }) {
  const [hours, setHours] = useState(1);
  const send = async () => {
    if (hours > %s) { alert("That is too long."); return; }
    await fetch(`/api/%s/${id}/rest`, { method: "POST", body: JSON.stringify({ hours }) });
  };
  return <button onClick={send}>Rest</button>;
}
"""


def stable(limit, whose):
    return {
        "server/package.json": '{"dependencies": {"express": "5", "pg": "8"}}',
        "server/horses.sql": "create table horses (id int primary key, hours int);\n",
        "server/riders.sql": "create table riders (id int primary key, hours int);\n",
        "server/app.js": BOTH,
        "server/routes/horses.js": STABLE % ("12", "horses"),
        "server/routes/riders.js": STABLE % ("8", "riders"),
        "web/package.json": '{"dependencies": {"react": "19"}}',
        "web/src/Rest.jsx": REST % (limit, whose),
    }


STORIES.update(
    {
        "a page that speaks to one of two routers alike": (stable("12", "horses"), []),
        "a page that asks less than its own router": (
            stable("12", "riders"),
            [("AL201", "riders.hours", ("server/routes/riders.js", "web/src/Rest.jsx"))],
        ),
    }
)

WALLET_RULES = """rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /wallets/{uid} {
      allow read: if request.auth.uid == uid;
      allow update: if %s;
    }
  }
}
"""
WALLET = """import { doc, updateDoc } from "firebase/firestore";
import { db } from "./app";
export async function rename(uid, label) {
  if (label.length > %s) {
    alert("That is too long.");
    return;
  }
  await updateDoc(doc(db, "wallets", uid), { label });
}
"""


def wallets(rule, longest="40"):
    return {
        "package.json": '{"dependencies": {"firebase": "11", "react": "19"}}',
        "firestore.rules": WALLET_RULES % rule,
        "src/wallet.ts": WALLET % longest,
    }


CLUB = """import mongoose, { Schema } from "mongoose";
const memberSchema = new Schema({
  name: { type: String, required: true, maxlength: %s },
  level: { type: String, enum: ["junior", "senior"], default: "junior" },
});
export const Member = mongoose.model("Member", memberSchema);
"""
JOIN = """import express from "express";
import { z } from "zod";
import { Member } from "./models/member";
const joining = z.object({ name: z.string().max(60), level: z.enum(["junior", %s]) });
const router = express.Router();
router.post("/members", async (req, res) => {
  const { name, level } = joining.parse(req.body);
  await Member.create({ name, level });
  res.json({});
});
"""


def club(longest="60", level='"senior"'):
    return {
        "package.json": '{"dependencies": {"express": "5", "mongoose": "8", "zod": "3"}}',
        "src/models/member.ts": CLUB % longest,
        "src/members.ts": JOIN % level,
    }


DRIZZLE = """import { integer, pgTable, serial, varchar } from "drizzle-orm/pg-core";
export const boats = pgTable("boats", {
  id: serial("id").primaryKey(),
  name: varchar("name", { length: 40 }).notNull(),
  crew: integer("crew").notNull(),
});
"""
ADD_BOAT = """import { z } from "zod";
import { db } from "./db";
import { boats } from "./schema";
const adding = z.object({ name: z.string().max(%s), crew: z.number() });
export async function POST(request: Request) {
  const body = adding.parse(await request.json());
  await db.insert(boats).values({ name: body.name%s });
  return Response.json({});
}
"""


def boats(longest="40", more=", crew: body.crew"):
    return {
        "package.json": '{"dependencies": {"next": "15", "drizzle-orm": "0.40", "zod": "3"}}',
        "src/schema.ts": DRIZZLE,
        "src/app/api/boats/route.ts": (ADD_BOAT % (longest, more)).replace('"./', '"../../../'),
        "src/db.ts": "import { drizzle } from 'drizzle-orm/node-postgres';\nexport const db = drizzle(url);\n",
    }


OWN = "request.auth.uid == uid"
STORIES.update(
    {
        "access rules that hold what the page asks for": (
            wallets(f"{OWN} && request.resource.data.label.size() <= 40"),
            [],
        ),
        "access rules that let longer texts in than the page": (
            wallets(f"{OWN} && request.resource.data.label.size() <= 60"),
            [("AL201", "wallets.label", ("firestore.rules", "src/wallet.ts"))],
        ),
        "access rules that are always true": (
            wallets("true", longest="40"),
            [("AL502", "wallets", ("firestore.rules",))],
        ),
        "a schema of Mongoose and a route that agree": (club(), []),
        "a schema of Mongoose that is stricter than its route": (
            club(longest="30"),
            [("AL201", "members.name", ("src/models/member.ts", "src/members.ts"))],
        ),
        "a table of Drizzle and a route that agree": (boats(), []),
        "a route that leaves out a column of Drizzle": (
            boats(more=""),
            [("AL210", "boats.crew", ("src/app/api/boats/route.ts", "src/schema.ts"))],
        ),
    }
)

FARES = "export const %s = [\n%s];\nexport const fare = (n) => %s.find((row) => n <= row.%s);\n"


def fares(name, first, second, values):
    rows = "".join(f"  {{ {first}: {step}, {second}: {value}, on: true }},\n" for step, value in values)
    return FARES % (name, rows, name, first)


STEPS = [(10, 4), (20, 7), (30, 9), (45, 12), (60, 15), (90, 19)]


def tram(name, first, second, values):
    return {
        "server/package.json": '{"dependencies": {"express": "5"}}',
        "server/fares.js": fares("FARES", "minutes", "price", STEPS),
        "web/package.json": '{"dependencies": {"react": "19"}}',
        "web/src/prices.js": fares(name, first, second, values),
    }


BOTH_FARES = ("server/fares.js", "web/src/prices.js")
STORIES.update(
    {
        "one table of numbers under two names": (
            tram("PRICE_LIST", "upTo", "euros", STEPS),
            [("AL103", "fare", BOTH_FARES)],
        ),
        "a table with one number changed": (
            tram("PRICE_LIST", "upTo", "euros", [*STEPS[:-1], (90, 21)]),
            [("AL205", "fare", BOTH_FARES)],
        ),
        "two tables that only share their steps": (
            tram("LIMITS", "upTo", "seats", [(10, 1), (20, 7), (30, 2), (45, 5), (60, 6), (90, 8)]),
            [],
        ),
        "a table too short to tell": (tram("PRICE_LIST", "upTo", "euros", STEPS[:4]), []),
    }
)


def test_without_a_template_a_twin_counts(tree):
    files = theatre(twin="12")
    del files["back/template.yaml"]
    assert ("AL201", "seats.places") in [(code, subject) for code, subject, _ in found(files, tree)]


@pytest.mark.parametrize(("files", "wanted"), STORIES.values(), ids=STORIES)
def test_a_small_service(files, wanted, tree):
    told = found(files, tree)
    assert [(code, subject) for code, subject, _ in told] == [(code, subject) for code, subject, _ in wanted], told
    for (_, _, places), (_, _, named) in zip(told, wanted, strict=True):
        assert set(named) <= set(places)
