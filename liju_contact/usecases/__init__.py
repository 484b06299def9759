"""STORIES: one file is one thing somebody can do.

Each owns its transaction (``with deps.db.begin() as tx:``), takes ``now`` as an argument (D13), and returns frozen
dataclasses with exactly the fields the caller may show. Knows neither Flask nor SMTP: what it needs of them comes in as
ports in ``Deps``.
"""
