"""COUNTER: Flask blueprints, Flask-WTF forms, JSON for machines, security headers.

A view reads the request, calls one story of ``usecases`` and renders what it returns. It never sees a table (``store``
is not imported here) nor a mail program (nor ``mail``).
"""
