"""One text of a schema change for both databases."""

from typing import Final

from alembic import op

_WORDS: Final = {
    "sqlite": {"{serial}": "INTEGER PRIMARY KEY AUTOINCREMENT", "{blob}": "BLOB", "{bigint}": "INTEGER"},
    "postgresql": {
        "{serial}": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "{blob}": "BYTEA",
        "{bigint}": "BIGINT",
    },
}


def ddl(text: str) -> str:
    """
    The statement in the words of the database being migrated: {serial}, {blob}, {bigint} are replaced.

    Braces that are none of these stay. One statement: PostgreSQL's driver takes no more at a time.
    """
    for word, meaning in _WORDS[op.get_context().dialect.name].items():
        text = text.replace(word, meaning)
    return text


def run(script: str) -> None:
    """Execute statements, each ending with a semicolon at the end of its line, in the words of `ddl`."""
    connection = op.get_bind()
    for statement in ddl(script).strip().removesuffix(";").split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
