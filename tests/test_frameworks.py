"""One rule in many frameworks of services: a limit that is the table's is told from one that is not."""

import pytest

from archlint.pipeline import Options, scan

ALL = Options(jobs=1, cache=False)
TABLE = (
    "create table kites (id serial primary key, span integer not null check (span <= 9), name varchar(40) not null);\n"
)

FRAMEWORKS = {
    "koa": (
        {"koa": "2", "@koa/router": "12", "pg": "8"},
        """import Router from "@koa/router";
import { pool } from "./db";
const router = new Router();
router.post("/kites", async (ctx) => {
  const { span, name } = ctx.request.body;
  if (span > LIMIT) ctx.throw(400, "too wide");
  await pool.query("insert into kites (span, name) values ($1, $2)", [span, name]);
  ctx.body = {};
});
""",
    ),
    "koa that sets a status": (
        {"koa": "2", "@koa/router": "12", "pg": "8"},
        """import Router from "@koa/router";
import { pool } from "./db";
const router = new Router();
router.post("/kites", async (ctx) => {
  const { span, name } = ctx.request.body;
  if (span > LIMIT) {
    ctx.status = 422;
    ctx.body = { error: "too wide" };
    return;
  }
  await pool.query("insert into kites (span, name) values ($1, $2)", [span, name]);
});
""",
    ),
    "express and celebrate": (
        {"express": "5", "celebrate": "15", "pg": "8"},
        """import express from "express";
import { celebrate, Joi, Segments } from "celebrate";
import { pool } from "./db";
const router = express.Router();
router.post(
  "/kites",
  celebrate({ [Segments.BODY]: Joi.object({ span: Joi.number().max(LIMIT).required(), name: Joi.string() }) }),
  async (req, res) => {
    await pool.query("insert into kites (span, name) values ($1, $2)", [req.body.span, req.body.name]);
    res.json({});
  },
);
""",
    ),
    "express and a middleware with a schema": (
        {"express": "5", "joi": "17", "pg": "8"},
        """import express from "express";
import Joi from "joi";
import { pool } from "./db";
import { validate } from "./validate";
const kiteSchema = Joi.object({ span: Joi.number().max(LIMIT).required(), name: Joi.string().required() });
const router = express.Router();
router.post("/kites", validate(kiteSchema), async (req, res) => {
  await pool.query("insert into kites (span, name) values ($1, $2)", [req.body.span, req.body.name]);
  res.json({});
});
""",
    ),
    "express and checkSchema": (
        {"express": "5", "express-validator": "7", "pg": "8"},
        """import express from "express";
import { checkSchema } from "express-validator";
import { pool } from "./db";
const router = express.Router();
router.post("/kites", checkSchema({ span: { isInt: { options: { max: LIMIT } } } }), async (req, res) => {
  await pool.query("insert into kites (span, name) values ($1, $2)", [req.body.span, req.body.name]);
  res.json({});
});
""",
    ),
    "fastify": (
        {"fastify": "5", "pg": "8"},
        """import Fastify from "fastify";
import { pool } from "./db";
const fastify = Fastify();
const body = {
  type: "object",
  required: ["span", "name"],
  properties: { span: { type: "integer", maximum: LIMIT }, name: { type: "string" } },
};
fastify.post("/kites", { schema: { body } }, async (request, reply) => {
  const { span, name } = request.body;
  await pool.query("insert into kites (span, name) values ($1, $2)", [span, name]);
  return {};
});
""",
    ),
    "hono": (
        {"hono": "4", "@hono/zod-validator": "0.4", "zod": "3", "pg": "8"},
        """import { Hono } from "hono";
import { zValidator } from "@hono/zod-validator";
import { z } from "zod";
import { pool } from "./db";
const app = new Hono();
const kite = z.object({ span: z.number().max(LIMIT), name: z.string() });
app.post("/kites", zValidator("json", kite), async (c) => {
  const { span, name } = c.req.valid("json");
  await pool.query("insert into kites (span, name) values ($1, $2)", [span, name]);
  return c.json({});
});
""",
    ),
    "nest": (
        {"@nestjs/common": "10", "class-validator": "0.14", "typeorm": "0.3"},
        """import { Body, Controller, Post } from "@nestjs/common";
import { InjectRepository } from "@nestjs/typeorm";
import { IsInt, IsString, Max } from "class-validator";
import { Column, Entity, PrimaryGeneratedColumn, Repository } from "typeorm";

@Entity("kites")
export class Kite {
  @PrimaryGeneratedColumn() id: number;
  @Column() span: number;
  @Column() name: string;
}

export class CreateKiteDto {
  @IsInt() @Max(LIMIT) span: number;
  @IsString() name: string;
}

@Controller("kites")
export class KitesController {
  constructor(@InjectRepository(Kite) private readonly kites: Repository<Kite>) {}

  @Post()
  async create(@Body() dto: CreateKiteDto) {
    return this.kites.save({ span: dto.span, name: dto.name });
  }
}
""",
    ),
    "trpc": (
        {"@trpc/server": "11", "zod": "3", "@prisma/client": "6"},
        """import { z } from "zod";
import { protectedProcedure, router } from "./trpc";
import { prisma } from "./db";
export const kites = router({
  add: protectedProcedure
    .input(z.object({ span: z.number().max(LIMIT), name: z.string() }))
    .mutation(async ({ input }) => prisma.kites.create({ data: { span: input.span, name: input.name } })),
});
""",
    ),
    "graphql of nest": (
        {"@nestjs/graphql": "12", "@nestjs/common": "10", "class-validator": "0.14", "typeorm": "0.3"},
        """import { Args, Field, InputType, Int, Mutation, Resolver } from "@nestjs/graphql";
import { Max } from "class-validator";
import { DataSource } from "typeorm";

@InputType()
export class KiteInput {
  @Field(() => Int) @Max(LIMIT) span: number;
  @Field() name: string;
}

@Resolver()
export class KiteResolver {
  constructor(private readonly dataSource: DataSource) {}

  @Mutation(() => Boolean)
  async addKite(@Args("input") input: KiteInput) {
    await this.dataSource.query("insert into kites (span, name) values ($1, $2)", [input.span, input.name]);
    return true;
  }
}
""",
    ),
    "apollo": (
        {"@apollo/server": "4", "pg": "8"},
        """import { GraphQLError } from "graphql";
import { pool } from "./db";
export const resolvers = {
  Mutation: {
    addKite: async (_parent, { span, name }, context) => {
      if (span > LIMIT) throw new GraphQLError("too wide");
      await pool.query("insert into kites (span, name) values ($1, $2)", [span, name]);
      return true;
    },
  },
};
""",
    ),
    "mysql2": (
        {"express": "5", "mysql2": "3"},
        """import express from "express";
import { pool } from "./db";
const router = express.Router();
router.post("/kites", async (req, res) => {
  const { span, name } = req.body;
  if (span > LIMIT) return res.status(400).json({ error: "too wide" });
  await pool.query("INSERT INTO `kites` (`span`, `name`) VALUES (?, ?)", [span, name]);
  res.json({});
});
""",
    ),
    "the http module and a helper that answers": (
        {"pg": "8"},
        """import { createServer } from "node:http";
import { pool } from "./db";
import { read, answer } from "./wire";
createServer(async (req, res) => {
  if (req.method === "POST" && req.url === "/kites") {
    const body = JSON.parse(await read(req));
    const { span, name } = body;
    if (span > LIMIT) {
      answer(res, 400, { error: "too wide" });
      return;
    }
    await pool.query("insert into kites (span, name) values ($1, $2)", [span, name]);
    answer(res, 200, {});
  }
}).listen(80);
""",
    ),
    "mikro-orm": (
        {"@mikro-orm/core": "6", "express": "5"},
        """import express from "express";
import { Entity, EntityManager, PrimaryKey, Property } from "@mikro-orm/core";

@Entity({ tableName: "kites" })
export class Kite {
  @PrimaryKey() id!: number;
  @Property() span!: number;
  @Property() name!: string;
}

export const routes = (em: EntityManager) => {
  const router = express.Router();
  router.post("/kites", async (req, res) => {
    const { span, name } = req.body;
    if (span > LIMIT) return res.status(400).json({ error: "too wide" });
    const kite = em.create(Kite, { span, name });
    await em.persistAndFlush(kite);
    res.json({});
  });
  return router;
};
""",
    ),
}


def found(framework, limit, tree):
    dependencies, code = FRAMEWORKS[framework]
    named = ", ".join(f'"{name}": "{version}"' for name, version in dependencies.items())
    files = {
        "package.json": f'{{"dependencies": {{{named}}}}}',
        "db/schema.sql": TABLE,
        "src/kites.ts": code.replace("LIMIT", str(limit)),
    }
    return [item for item in scan(tree(files), ALL).findings if item.code in ("AL201", "AL203", "AL301", "AL302")]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_another_limit_is_drift(framework, tree):
    (finding,) = found(framework, 12, tree)
    assert (finding.code, finding.subject) == ("AL201", "kites.span")
    assert {place.path for place in finding.places} == {"db/schema.sql", "src/kites.ts"}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_same_limit_is_none(framework, tree):
    assert [item.message for item in found(framework, 9, tree)] == []
