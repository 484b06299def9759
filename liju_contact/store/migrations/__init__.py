"""Alembic's folder: one numbered file in ``versions`` for every schema this program ever had."""
