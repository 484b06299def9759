"""The floor of the desk: a bare Flask list, one table, one query, a plain template, to measure real pages against."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

ROWS = 5000
_NAMES = "name, company, country, preview"
_TEMPLATE = (
    "<!doctype html><title>List</title><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def bare_list(folder: Path) -> Flask:
    """Return an app whose only page shows the newest fifty of some thousand rows."""
    path = folder / "baseline.db"
    path.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as tx:
        tx.execute(text(f"CREATE TABLE inquiry (id INTEGER PRIMARY KEY, {_NAMES})"))
        row = {"name": "Ana Souza", "company": "Usina Verde", "country": "BR", "preview": "We need two boilers. " * 9}
        insert = text(
            "INSERT INTO inquiry (name, company, country, preview) VALUES (:name, :company, :country, :preview)"
        )
        tx.execute(insert, [row] * ROWS)
    app = Flask("baseline")
    newest = text("SELECT id, name, company, country, preview FROM inquiry ORDER BY id DESC LIMIT 50")

    @app.get("/")
    def show() -> str:
        with engine.connect() as connection:
            return render_template_string(_TEMPLATE, rows=connection.execute(newest).all())

    return app
