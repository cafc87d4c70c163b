"""The full-text index: FTS5 with triggers on SQLite, generated tsvector columns with GIN on PostgreSQL.

The rows hold folded words parted by one space, so both index exactly the same words.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE search_fts USING fts5(public, internal, content='search_searchrow', content_rowid='card_id',
       detail='column', tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchrow BEGIN
       INSERT INTO search_fts(rowid, public, internal) VALUES (new.card_id, new.public, new.internal); END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchrow BEGIN
       INSERT INTO search_fts(search_fts, rowid, public, internal) VALUES ('delete', old.card_id, old.public, old.internal); END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE OF public, internal ON search_searchrow BEGIN
       INSERT INTO search_fts(search_fts, rowid, public, internal) VALUES ('delete', old.card_id, old.public, old.internal);
       INSERT INTO search_fts(rowid, public, internal) VALUES (new.card_id, new.public, new.internal); END""",
]
POSTGRESQL = [
    """ALTER TABLE search_searchrow
       ADD COLUMN public_words tsvector GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(public, ' '), ''))) STORED,
       ADD COLUMN all_words tsvector GENERATED ALWAYS AS
         (array_to_tsvector(array_remove(string_to_array(public || ' ' || internal, ' '), ''))) STORED""",
    "CREATE INDEX search_public_words ON search_searchrow USING gin (public_words)",
    "CREATE INDEX search_all_words ON search_searchrow USING gin (all_words)",
]


def make(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS search_fts_{name}")
        schema_editor.execute("DROP TABLE IF EXISTS search_fts")
    else:
        schema_editor.execute("ALTER TABLE search_searchrow DROP COLUMN public_words, DROP COLUMN all_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
