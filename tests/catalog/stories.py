"""Small histories of a database: files in the order in which a person applied them."""

from collections.abc import Mapping

Story = Mapping[str, str]

STORIES: dict[str, Story] = {
    "a limit is raised twice": {
        "db/V1__init.sql": """
            CREATE TABLE parcels (
                id serial PRIMARY KEY,
                weight integer CHECK (weight <= 20),
                note varchar(80) NOT NULL DEFAULT 'none'
            );""",
        "db/V2__raise.sql": """
            ALTER TABLE parcels DROP CONSTRAINT parcels_weight_check;
            ALTER TABLE parcels ADD CHECK (weight <= 25);""",
        "db/V10__raise_again.sql": """
            ALTER TABLE parcels DROP CONSTRAINT parcels_weight_check;
            ALTER TABLE parcels ADD CONSTRAINT heaviest CHECK (weight <= 30);""",
    },
    "everything gets another name": {
        "migrations/1_init.sql": """
            CREATE TYPE mood AS ENUM ('calm', 'cross');
            CREATE TABLE guests (id int PRIMARY KEY, mood mood, seats int CHECK (seats > 0), UNIQUE (mood, seats));
            CREATE TABLE visits (id int PRIMARY KEY, guest int REFERENCES guests (id) ON DELETE CASCADE);
            CREATE FUNCTION greet(g int) RETURNS text LANGUAGE sql AS $$ SELECT 'hello' $$;""",
        "migrations/2_rename.sql": """
            ALTER TABLE guests RENAME TO visitors;
            ALTER TABLE visitors RENAME COLUMN seats TO places;
            ALTER TABLE visitors RENAME CONSTRAINT guests_seats_check TO some_places;
            ALTER TYPE mood RENAME TO temper;
            ALTER INDEX guests_mood_seats_key RENAME TO one_of_each;
            ALTER FUNCTION greet(int) RENAME TO welcome;""",
        "migrations/10_more.sql": """
            ALTER TABLE visitors ADD CHECK (places < 10);
            ALTER TABLE visits ADD FOREIGN KEY (guest) REFERENCES visitors (id);""",
    },
    "functions replaced and overloaded": {
        "sql/20240101120000_price.sql": """
            CREATE FUNCTION price(amount numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT amount * 2 $$;
            CREATE FUNCTION price(amount numeric, rate numeric) RETURNS numeric LANGUAGE sql
                AS $$ SELECT amount * rate $$;
            CREATE FUNCTION old_price(a int, b varchar(10), c timestamptz) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION old_price() RETURNS int LANGUAGE sql AS 'SELECT 1';""",
        "sql/20240102_price.sql": """
            CREATE OR REPLACE FUNCTION price(amount decimal) RETURNS numeric LANGUAGE sql SECURITY DEFINER
                AS $$ SELECT amount * 3 $$;
            DROP FUNCTION IF EXISTS old_price(integer, text);""",
        "sql/20240103000000_price.sql": """
            DROP FUNCTION old_price(int4, character varying, timestamp with time zone);
            ALTER FUNCTION price(numeric, numeric) SECURITY DEFINER;
            CREATE PROCEDURE settle(INOUT total integer, names text[]) LANGUAGE plpgsql
                AS $$ BEGIN total := 1; END $$;""",
    },
    "words of an enum": {
        "001_kinds.sql": """
            CREATE TYPE stage AS ENUM ('new', 'done'); CREATE TABLE jobs (id int, stage stage DEFAULT 'new');""",
        "002_kinds.sql": "ALTER TYPE stage ADD VALUE 'paid' BEFORE 'done';",
        "003_kinds.sql": """
            ALTER TYPE stage ADD VALUE IF NOT EXISTS 'paid'; ALTER TYPE stage ADD VALUE 'shipped' AFTER 'paid';""",
        "004_kinds.sql": "ALTER TYPE stage RENAME VALUE 'new' TO 'open'; ALTER TYPE stage ADD VALUE 'late';",
    },
    "an enum is swapped for a smaller one": {
        "prisma/migrations/20230101000000_init/migration.sql": """
            CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN', 'GUEST');
            CREATE TABLE "User" ("id" TEXT NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER',
                CONSTRAINT "User_pkey" PRIMARY KEY ("id"));""",
        "prisma/migrations/20230201000000_roles/migration.sql": """
            BEGIN;
            CREATE TYPE "Role_new" AS ENUM ('USER', 'ADMIN');
            ALTER TABLE "User" ALTER COLUMN "role" DROP DEFAULT;
            ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
            ALTER TYPE "Role" RENAME TO "Role_old";
            ALTER TYPE "Role_new" RENAME TO "Role";
            DROP TYPE "Role_old";
            ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'USER';
            COMMIT;""",
    },
    "policies come and go": {
        "supabase/migrations/20240101000000_a.sql": """
            CREATE TABLE notes (id int PRIMARY KEY, owner uuid, body text);
            CREATE TABLE shares (note int, reader uuid);
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
            CREATE POLICY "Owners read" ON notes FOR SELECT USING (owner = auth.uid());
            CREATE POLICY "Owners write" ON public.notes TO authenticated
                USING (owner = auth.uid()) WITH CHECK (owner = auth.uid());
            CREATE POLICY "Anyone adds" ON notes FOR INSERT TO anon, authenticated WITH CHECK (true);""",
        "supabase/migrations/20240102000000_b.sql": """
            DROP POLICY "Anyone adds" ON notes;
            DROP POLICY IF EXISTS "Never was" ON notes;
            ALTER POLICY "Owners write" ON notes TO anon USING (owner IS NOT NULL);
            ALTER POLICY "Owners read" ON notes RENAME TO "Readers";
            CREATE POLICY "Only few" ON notes AS RESTRICTIVE FOR DELETE USING (id > 3);
            ALTER TABLE shares DISABLE ROW LEVEL SECURITY;""",
    },
    "a domain grows stricter": {
        "m/0001_domain.sql": """
            CREATE DOMAIN cents AS integer CHECK (VALUE >= 0);
            CREATE DOMAIN code AS varchar(8) NOT NULL;
            CREATE TABLE bills (id int, total cents, code code);""",
        "m/0002_domain.sql": """
            ALTER DOMAIN cents ADD CONSTRAINT not_huge CHECK (VALUE < 1000000);
            ALTER DOMAIN cents SET NOT NULL;
            ALTER DOMAIN cents SET DEFAULT 0;
            ALTER DOMAIN code DROP NOT NULL;""",
        "m/0003_domain.sql": """
            ALTER DOMAIN cents DROP CONSTRAINT cents_check;
            ALTER DOMAIN cents RENAME CONSTRAINT not_huge TO bounded;
            ALTER DOMAIN code RENAME TO short_code;""",
    },
    "columns change their nature": {
        "drizzle/0000_init.sql": """
            CREATE TABLE "items" ("id" bigserial PRIMARY KEY, "name" text, "stock" int DEFAULT 0 NOT NULL,
                "price" numeric(8,2), "at" timestamp DEFAULT now());""",
        "drizzle/0001_alter.sql": """
            ALTER TABLE "items" ALTER COLUMN "name" SET NOT NULL;--> statement-breakpoint
            ALTER TABLE "items" ALTER COLUMN "stock" DROP NOT NULL;--> statement-breakpoint
            ALTER TABLE "items" ALTER COLUMN "stock" DROP DEFAULT;""",
        "drizzle/0002_alter.sql": """
            ALTER TABLE items ALTER COLUMN price TYPE numeric(10,4), ALTER COLUMN price SET DEFAULT 1,
                ALTER COLUMN at SET DATA TYPE timestamptz, ADD COLUMN IF NOT EXISTS name text DEFAULT 'x',
                ADD COLUMN tags text[] NOT NULL DEFAULT '{}';""",
    },
    "unique in several ways": {
        "migrations/001_a.up.sql": """
            CREATE TABLE seats (id int, hall text, row_no int, nr int, taken boolean, UNIQUE (hall, nr));
            CREATE UNIQUE INDEX ON seats (lower(hall));
            CREATE UNIQUE INDEX one_taken ON seats (row_no) WHERE taken;
            CREATE UNIQUE INDEX IF NOT EXISTS one_taken ON seats (nr);
            CREATE INDEX plain ON seats (nr);""",
        "migrations/001_a.down.sql": "DROP TABLE seats;",
        "migrations/002_b.up.sql": """
            DROP INDEX one_taken;
            CREATE UNIQUE INDEX CONCURRENTLY fresh ON seats (id, hall);
            ALTER TABLE seats ADD UNIQUE (id), ADD CONSTRAINT seats_pk PRIMARY KEY (nr);
            ALTER TABLE seats DROP COLUMN row_no;""",
        "migrations/002_b.down.sql": "DROP INDEX fresh;",
    },
    "row security and triggers are switched": {
        "1_tables.sql": """
            CREATE TABLE a (id int, b int, c text); CREATE TABLE z (id int);
            ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY;
            CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER first BEFORE INSERT OR UPDATE OF b, c ON a FOR EACH ROW EXECUTE FUNCTION stamp();
            CREATE TRIGGER second AFTER DELETE ON a EXECUTE PROCEDURE stamp();
            CREATE TRIGGER third AFTER UPDATE ON a FOR EACH ROW WHEN (NEW.c = 'x') EXECUTE FUNCTION public.stamp();
            CREATE TRIGGER fourth AFTER UPDATE ON z FOR EACH ROW EXECUTE FUNCTION stamp();""",
        "2_switch.sql": """
            ALTER TABLE a DISABLE TRIGGER second; ALTER TABLE a DISABLE TRIGGER third;
            ALTER TABLE a ENABLE TRIGGER third;
            ALTER TABLE z DISABLE TRIGGER ALL;
            DROP TRIGGER IF EXISTS nothing ON a;
            ALTER TRIGGER first ON a RENAME TO primo;
            ALTER TABLE z ENABLE ROW LEVEL SECURITY; ALTER TABLE a DISABLE ROW LEVEL SECURITY;""",
        "3_replace.sql": """
            CREATE OR REPLACE TRIGGER third BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION stamp();
            DROP TRIGGER fourth ON z;""",
    },
    "a column takes its checks along": {
        "db/migrate/1.sql": """
            CREATE TABLE spans (id int PRIMARY KEY, low int CHECK (low > 0), high int, third int,
                CONSTRAINT ordered CHECK (low < high), CHECK (high < 100), UNIQUE (low, third));
            CREATE UNIQUE INDEX some_thirds ON spans (third) WHERE low > 3;""",
        "db/migrate/2.sql": "ALTER TABLE spans DROP COLUMN low;",
    },
    "drops that cascade": {
        "migrations/01.sql": """
            CREATE TYPE size AS ENUM ('s', 'm');
            CREATE DOMAIN pct AS int CHECK (VALUE < 101);
            CREATE TABLE shops (id int PRIMARY KEY, size size, rate pct, code text UNIQUE);
            CREATE TABLE stock (id int, shop int REFERENCES shops, code text REFERENCES shops (code), rate pct);
            CREATE VIEW small AS SELECT id, size FROM shops WHERE size = 's';
            CREATE VIEW smaller AS SELECT id FROM small;
            CREATE VIEW stocked AS SELECT s.id, s.shop FROM stock s;
            CREATE FUNCTION fits(x size) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
            CREATE FUNCTION good(n int) RETURNS boolean LANGUAGE sql AS $$ SELECT n > 1 $$;
            CREATE FUNCTION tick() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER ticks BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION tick();
            ALTER TABLE stock ADD CONSTRAINT good_one CHECK (good(id));
            CREATE POLICY p ON stock USING (good(id));
            CREATE POLICY q ON stock USING (EXISTS (SELECT 1 FROM shops WHERE shops.id = stock.shop));""",
        "migrations/02.sql": "DROP TYPE size CASCADE;",
        "migrations/03.sql": "DROP FUNCTION good(int) CASCADE; DROP FUNCTION tick CASCADE;",
        "migrations/04.sql": "ALTER TABLE shops DROP CONSTRAINT shops_code_key CASCADE; DROP DOMAIN pct CASCADE;",
        "migrations/05.sql": "DROP TABLE shops CASCADE;",
    },
    "a table is dropped and made again": {
        "migrations/001_init.sql": """
            CREATE TABLE carts (id int PRIMARY KEY, total int CHECK (total < 500));
            CREATE TABLE lines (cart int REFERENCES carts);
            ALTER TABLE carts ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON carts USING (true);""",
        "migrations/002_again.sql": """
            DROP TABLE IF EXISTS carts, nothing CASCADE;
            CREATE TABLE carts (id int PRIMARY KEY, total bigint, CHECK (total < 900));""",
        "migrations/003_if.sql": "CREATE TABLE IF NOT EXISTS carts (id int, lost text CHECK (lost <> ''));",
    },
    "views are replaced": {
        "migrations/001.sql": """
            CREATE TABLE sums (a int, b int);
            CREATE VIEW v AS SELECT a FROM sums;
            CREATE MATERIALIZED VIEW m AS SELECT a + b AS total FROM sums;
            CREATE VIEW gone (x) AS SELECT b FROM sums;""",
        "migrations/002.sql": """
            CREATE OR REPLACE VIEW v AS SELECT a, CASE WHEN b > 3 THEN 'many' ELSE 'few' END AS amount FROM sums;
            DROP VIEW gone;""",
        "migrations/003.sql": "ALTER TABLE sums DROP COLUMN b CASCADE;",
    },
    "a block asks first": {
        "migrations/001.sql": """
            DO $$ BEGIN CREATE TYPE tone AS ENUM ('high', 'low'); EXCEPTION WHEN duplicate_object THEN null; END $$;
            CREATE TABLE songs (id int, tone tone);""",
        "migrations/002.sql": """
            DO $$ BEGIN CREATE TYPE tone AS ENUM ('loud'); EXCEPTION WHEN duplicate_object THEN null; END $$;
            DO $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'ids') THEN
                    ALTER TABLE songs ADD CONSTRAINT ids CHECK (id > 0);
                END IF;
            END $$;
            DO $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'ids') THEN
                    ALTER TABLE songs ADD CONSTRAINT ids CHECK (id > 5);
                END IF;
            END $$;""",
    },
    "tables made like others": {
        "migrations/001.sql": """
            CREATE TABLE base (id int NOT NULL, note varchar(20));
            CREATE TABLE copy (LIKE base, more text);
            CREATE TABLE child (extra int) INHERITS (base);
            CREATE TABLE parts (id int NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
            CREATE TABLE parts_24 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');""",
        "migrations/002.sql": "CREATE SCHEMA app; ALTER TABLE copy SET SCHEMA app; CREATE TABLE copy (x int);",
    },
    "keys of the long and the short kind": {
        "migrations/001.sql": """
            CREATE TABLE a_table_with_a_rather_long_name_that_goes_on_and_on (
                a_column_with_a_rather_long_name_too int CHECK (a_column_with_a_rather_long_name_too > 1),
                x int CHECK (x > 1) CHECK (x < 9));
            CREATE TABLE pairs (a int, b int, CHECK (a < b), CHECK (a > 0), CHECK (b > 0), CHECK (a + b < 9),
                PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES pairs (a, b) ON DELETE SET NULL);
            CREATE EXTENSION IF NOT EXISTS btree_gist;
            CREATE TABLE stays (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));""",
        "migrations/002.sql": "ALTER TABLE pairs ADD CHECK (a < 100); ALTER TABLE pairs DROP CONSTRAINT pairs_check;",
    },
    "committed work and current work": {
        "db/migrations/committed/000001-init.sql": "CREATE TABLE one (id int PRIMARY KEY);",
        "db/migrations/committed/000002.sql": "ALTER TABLE one ADD COLUMN name text;",
        "db/migrations/current.sql": "ALTER TABLE one ALTER COLUMN name SET NOT NULL;",
    },
    "plain files of a folder": {
        "schema/01_types.sql": "CREATE TYPE state AS ENUM ('on', 'off');",
        "schema/02_tables.sql": "CREATE TABLE lamps (id int PRIMARY KEY, state state NOT NULL);",
        "schema/10_rules.sql": "ALTER TABLE lamps ADD CONSTRAINT few CHECK (id < 10);",
        "seeds/lamps.sql": "INSERT INTO lamps (id, state) VALUES (1, 'on');",
    },
}
