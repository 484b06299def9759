"""MEMORY: tables, queries and migrations; SQLite or PostgreSQL through SQLAlchemy 2 (D2).

Every function takes the running transaction ``tx`` first, and none begins or commits one: that is ``usecases``. ``tx``
is a SQLAlchemy ``Connection``, not an ORM session: there is no identity map and nothing that could load lazily (D14).
What leaves this room are ids, rows and the frozen dataclasses of ``store``, never mapped objects.
"""
