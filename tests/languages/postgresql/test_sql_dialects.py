"""Files that are written for MySQL, SQLite and SQL Server."""

import pytest
from telling import read, statements, told

BOX = """CREATE TABLE `box` (
  `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s, the (id)',
  `state` enum('new',"it\\'s",'shut') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'new',
  `weight` decimal(10,2) DEFAULT '1.50',
  `light` tinyint(1) NOT NULL DEFAULT '1',
  `mail` varchar(80) UNIQUE KEY,
  `seen` datetime DEFAULT CURRENT_TIMESTAMP() ON UPDATE CURRENT_TIMESTAMP(),
  `both` varchar(90) GENERATED ALWAYS AS (concat(`mail`, 'x')) VIRTUAL,
  PRIMARY KEY (`id`) USING BTREE,
  KEY `k` (`mail`(10)),
  FULLTEXT KEY `f` (`mail`),
  CONSTRAINT `u` UNIQUE KEY `u` (`mail`(5), `state`),
  CONSTRAINT `c` CHECK ((`weight` between 1 and 40))
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COMMENT='a; b';
"""


def test_a_table_of_mysql_states_what_its_words_mean():
    assert statements(BOX) == [
        "require (box.id >= 0)",
        "require (not (is null(box.id)))",
        "require (box.state in ['new', \"it's\", 'shut'])",
        "default box.state = 'new'",
        "default box.weight = 1.50",
        "require (not (is null(box.light)))",
        "default box.light = true",
        "require (length(box.mail) <= 80)",
        "unique box.mail",
        "default box.seen = now()",
        "require (length(box.both) <= 90)",
        "derive box.both = box.mail concat 'x'",
        "unique box.id",
        "unique box.mail, box.state",
        "require ((box.weight >= 1) and (box.weight <= 40))",
    ]
    assert read(BOX).problems == ()


def test_the_catalog_learns_types_and_who_counts_by_itself():
    (change,) = read(BOX).changes
    assert [(column.name, column.type, column.identity) for column in change.columns] == [
        ("id", "integer", True),
        ("state", "text", False),
        ("weight", "decimal", False),
        ("light", "boolean", False),
        ("mail", "varchar", False),
        ("seen", "timestamp", False),
        ("both", "varchar", False),
    ]


def test_what_was_rewritten_is_shown_as_it_stands_in_the_file():
    chosen = read(BOX).statements[2]
    assert chosen.text == "enum('new',\"it\\'s\",'shut')"
    assert (chosen.span.line, chosen.span.column, chosen.span.end_column) == (3, 11, 37)


def test_a_column_that_is_declared_once_more_loses_what_it_had():
    facts = read(BOX + "ALTER TABLE `box` MODIFY COLUMN `state` ENUM('new','gone') NOT NULL AFTER `id`, ADD KEY z (x);")
    assert told(facts.statements[-2]) == "require (box.state in ['new', 'gone'])"
    assert [change.action for change in facts.changes[1:]] == ["set type", "set required", "drop default"]


def test_a_rename_inside_of_change_is_not_taken_for_a_declaration():
    facts = read(BOX + "ALTER TABLE `box` CHANGE `mail` `post` varchar(10);")
    assert [change.action for change in facts.changes] == ["create table"]
    assert len(facts.problems) == 1


def test_what_delimiters_cut_is_one_statement():
    facts = read("DELIMITER $$\nDROP TABLE a$$\nDROP TABLE b$$\nDELIMITER ;\nDROP TABLE c;")
    assert [(change.action, change.table) for change in facts.changes] == [("drop table", name) for name in "abc"]


def test_a_dump_hides_statements_in_comments_for_newer_servers():
    facts = read(BOX + "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50001 VIEW `v` AS select `id` AS `n` from `box` */;")
    assert [change.action for change in facts.changes] == ["create table", "create view"]


def test_a_table_of_sqlite():
    sql = (
        "PRAGMA foreign_keys = ON;\nCREATE TABLE cup (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " [size] INTEGER NOT NULL DEFAULT 1 CHECK (size > 0), kind TEXT COLLATE NOCASE CHECK (kind IN ('a', 'b')),"
        " made DATETIME DEFAULT (datetime('now')));\nINSERT OR IGNORE INTO cup (size) VALUES (3);"
    )
    assert statements(sql) == [
        "unique cup.id",
        "require (not (is null(cup.size)))",
        "default cup.size = 1",
        "require (cup.size > 0)",
        "require (cup.kind in ['a', 'b'])",
        "default cup.made = datetime('now')",
    ]
    assert [change.action for change in read(sql).changes] == ["create table", "seed"]


def test_names_in_backticks_are_of_sqlite_where_its_words_stand_beside_them():
    sql = (
        "CREATE TABLE `cup` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`size` real NOT NULL\n);\n"
        "--> statement-breakpoint\nCREATE UNIQUE INDEX `cup_size` ON `cup` (`size`);"
    )
    assert [(change.action, change.table) for change in read(sql).changes] == [
        ("create table", "cup"),
        ("create index", "cup"),
    ]
    assert "require (not (is null(cup.size)))" in statements(sql)
    assert read(sql).problems == ()


def test_a_file_that_only_changes_tables_is_known_by_its_names():
    sql = "ALTER TABLE `cup` ADD `kind` text;--> statement-breakpoint\nALTER TABLE `cup` DROP COLUMN `size`;"
    assert [change.action for change in read(sql).changes] == ["add column", "drop column"]


SERVER = """SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Jar](
\t[Id] [int] IDENTITY(1,1) NOT NULL,
\t[Kind] [nvarchar](20) COLLATE Latin1_General_CI_AS NOT NULL,
\t[Note] [nvarchar](max) NULL,
\t[Fill] [money] NOT NULL,
 CONSTRAINT [PK_Jar] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
ALTER TABLE [dbo].[Jar]  WITH CHECK ADD  CONSTRAINT [CK_Fill] CHECK  (([Fill]>=(2)))
GO
ALTER TABLE [dbo].[Jar] ADD  CONSTRAINT [DF_Jar_Fill]  DEFAULT ((7)) FOR [Fill]
GO
"""


def test_a_table_of_sql_server():
    assert statements(SERVER) == [
        "require (not (is null(Jar.Id)))",
        "require (length(Jar.Kind) <= 20)",
        "require (not (is null(Jar.Kind)))",
        "require (not (is null(Jar.Fill)))",
        "unique Jar.Id",
        "require (Jar.Fill >= 2)",
        "default Jar.Fill = 7",
    ]
    facts = read(SERVER)
    assert [(column.name, column.type) for column in facts.changes[0].columns] == [
        ("Id", "integer"),
        ("Kind", "varchar"),
        ("Note", "text"),
        ("Fill", "numeric"),
    ]
    assert facts.problems == ()


def test_what_a_procedure_of_sql_server_does_is_no_schema():
    facts = read(
        SERVER + "CREATE PROCEDURE p AS\nBEGIN\nCREATE TABLE #t (a int);\nDROP TABLE Jar;\nEND\nGO\nDROP TABLE k\nGO"
    )
    assert [change.table for change in facts.changes if change.action == "drop table"] == ["k"]
    assert [problem.line for problem in facts.problems] == [15]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a text CHECK (a <> '`b`'));",
        "CREATE TABLE t (a int[], b text DEFAULT 'GO');",
        "-- ENGINE=InnoDB is what it had\nCREATE TABLE t (a int);",
        "CREATE TABLE t (a int); COMMENT ON TABLE t IS 'DELIMITER';",
    ],
)
def test_words_of_other_databases_in_texts_and_comments_mean_nothing(sql: str):
    facts = read(sql)
    assert [change.table for change in facts.changes if change.action == "create table"] == ["t"]
    assert facts.problems == ()


@pytest.mark.parametrize("end", range(20, len(BOX), 37))
def test_a_torn_file_is_read_as_far_as_it_goes(end: int):
    facts = read(BOX[:end] + "\nALTER TABLE `")
    assert facts.path == "schema.sql"


BODIES = """DELIMITER //
CREATE DEFINER=`root`@`localhost` FUNCTION `fee`(p_days INT, p_kind VARCHAR(10)) RETURNS decimal(10,2)
    DETERMINISTIC COMMENT 'x'
BEGIN
  DECLARE v_rate, v_other DECIMAL(5,2);
  DECLARE v_total DECIMAL(10,2) DEFAULT 5;
  DECLARE cur CURSOR FOR SELECT id FROM items;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;
  SET v_rate = 0.15, v_total = v_total + 2;
  SET @x = 4;
  main: LOOP
    IF p_days > 30 THEN LEAVE main; END IF;
    SET p_days = p_days + 1;
  END LOOP main;
  WHILE v_total < 3 DO
    SET v_total = v_total + 1;
  END WHILE;
  REPEAT SET v_total = v_total - 1; UNTIL v_total < 9 END REPEAT;
  IF p_kind NOT IN ('a','b') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = CONCAT('bad ', p_kind), MYSQL_ERRNO = 1644;
  ELSEIF p_days < 0 THEN SIGNAL SQLSTATE VALUE '45000';
  END IF;
  RETURN p_days * v_rate;
END //
CREATE PROCEDURE ship(IN p_box INT, OUT p_state VARCHAR(9))
BEGIN
  IF p_box IS NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT='which box?'; END IF;
  UPDATE box SET state = 'sent' WHERE id = p_box;
END//
CREATE TRIGGER box_bi BEFORE INSERT ON `box` FOR EACH ROW SET NEW.code = UPPER(NEW.code)//
CREATE TRIGGER box_bu BEFORE UPDATE ON box FOR EACH ROW
IF DATEDIFF(NEW.ends, NEW.starts) > 14 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'too long'; END IF//
DELIMITER ;
"""


def test_bodies_of_mysql_refuse_and_compute():
    assert statements(BODIES) == [
        "derive fn:fee = p_days * v_rate",
        "require (p_kind in ['a', 'b'])",
        "require (not (p_days < 0))",
        "require (not (is null(p_box)))",
        "require (not (days between(new.ends, new.starts) > 14))",
    ]
    facts = read(BODIES)
    assert facts.problems == ()
    assert [item.message for item in facts.statements if item.message] == [
        "45000",
        "45000",
        "which box?",
        "too long",
    ]


def test_triggers_and_routines_of_mysql_are_part_of_the_schema():
    changes = read(BODIES).changes
    assert [(item.action, item.name, item.table, item.timing, item.events) for item in changes] == [
        ("create function", "fee", "", "", ()),
        ("create function", "ship", "", "", ()),
        ("create function", "box_bi", "", "", ()),
        ("create trigger", "box_bi", "box", "before", ("insert",)),
        ("create function", "box_bu", "", "", ()),
        ("create trigger", "box_bu", "box", "before", ("update",)),
    ]
    assert [item.signature for item in changes[:2]] == [("int", "varchar(10)"), ("int",)]


def test_what_a_procedure_writes_is_known():
    assert [(access.kind, access.target) for access in read(BODIES).accesses] == [("update", "box")]


def test_places_in_bodies_are_exact():
    refused = read(BODIES).statements[-1]
    assert (refused.span.line, refused.span.column, refused.text) == (36, 4, "DATEDIFF(NEW.ends, NEW.starts) > 14")


@pytest.mark.parametrize("end", range(200, len(BODIES), 67))
def test_a_torn_body_is_read_as_far_as_it_goes(end: int):
    assert read(BODIES[:end]).path == "schema.sql"


LOOPED = """
CREATE TABLE `box` (`id` int NOT NULL AUTO_INCREMENT, `weight` int NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;
DELIMITER //
CREATE PROCEDURE count_on(IN p_n INT)
BEGIN
  DECLARE i INT DEFAULT 0;
  WHILE i < p_n DO
    SET i = i + 1;
  END WHILE;
END //
CREATE PROCEDURE pack(IN p_weight INT)
BEGIN
  IF p_weight > 40 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'too heavy';
  END IF;
  INSERT INTO box (weight) VALUES (p_weight);
END //
DELIMITER ;
INSERT INTO box_dates (sent, back) VALUES (NOW() - INTERVAL 2 HOUR, DATE_ADD(NOW(), INTERVAL 5 DAY));
"""


def test_what_stands_behind_a_loop_keeps_its_line_and_spans_are_read():
    found = read(LOOPED)
    limit = next(item for item in found.statements if item.message == "too heavy")
    assert limit.span.line == LOOPED.split("\n").index("  IF p_weight > 40 THEN") + 1
    assert found.problems == ()
