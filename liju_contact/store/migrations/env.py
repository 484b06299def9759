"""Runs the migrations on the connection that ``store.schema`` hands over, inside its transaction.

On SQLite Alembic's batch mode copies a table and drops the old one; with ``foreign_keys=ON`` that would delete every
child row. The pragma cannot change inside a transaction, so a migration that uses batch mode must run with ``PRAGMA
defer_foreign_keys`` and rename instead of drop; ``foreign_key_check`` below makes sure that nothing was orphaned.
"""

from alembic import context
from sqlalchemy import text

from liju_contact.store import tables  # noqa: F401  # naming them is what fills the metadata
from liju_contact.store.table import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
    raise RuntimeError("A migration left rows that refer to nothing; it was rolled back.")
