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
