"""The floor: the least a Flask program must do to take one inquiry, to measure the real program against.

One table, one Flask-WTF form with its usual protection, one insert through the ORM, one commit, one page that shows the
row. SQLite runs with the settings of the real program, so both promise the same about an answered request. It is
written the way the libraries' own documentation shows, neither slowed down nor tuned.

Keeps out: letters, references, languages, files, rate limits. Those are what the real program adds.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

    from werkzeug.wrappers import Response

DATABASE_VARIABLE = "FLOOR_DATABASE"
BUSY_TIMEOUT_MS = 5000
PRODUCTS = [
    ("vacuum-boiler", "Vacuum hot-water boiler"),
    ("hot-water-boiler", "Atmospheric hot-water boiler"),
    ("steam-boiler", "Steam boiler"),
    ("burner", "Burners and controls"),
    ("service", "Service and spare parts"),
]


class Base(DeclarativeBase):
    pass


class Inquiry(Base):
    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    country: Mapped[str]
    product: Mapped[str]
    message: Mapped[str]


class InquiryForm(FlaskForm):  # type: ignore[misc]  # The same.
    name = StringField("Name", validators=[DataRequired(), Length(max=200)])
    email = StringField("E-mail", validators=[DataRequired(), Email()])
    country = StringField("Country", validators=[DataRequired(), Length(max=2)])
    product = SelectField("Product", choices=PRODUCTS)
    message = TextAreaField("Message", validators=[DataRequired(), Length(max=20_000)])


def create_app() -> Flask:
    """Make the app on the database file that the environment names."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "the floor keeps no secret"
    engine = open_database(os.environ[DATABASE_VARIABLE])
    add_routes(app, sessionmaker(engine), sessionmaker(engine.execution_options(begin="IMMEDIATE")))
    return app


def add_routes(app: Flask, reading: sessionmaker[Session], writing: sessionmaker[Session]) -> None:
    @app.route("/", methods=["GET", "POST"])
    def ask() -> Response | str:
        form = InquiryForm()
        if not form.validate_on_submit():
            return render_template("form.html", form=form)
        inquiry = Inquiry()
        form.populate_obj(inquiry)
        with writing.begin() as session:
            session.add(inquiry)
            session.flush()
            inquiry_id = inquiry.id
        return redirect(url_for("show", inquiry_id=inquiry_id), code=303)

    @app.get("/inquiry/<int:inquiry_id>")
    def show(inquiry_id: int) -> str:
        with reading() as session:
            inquiry = session.get(Inquiry, inquiry_id)
            if inquiry is None:
                abort(404)
            return render_template("inquiry.html", inquiry=inquiry)


def open_database(path: str) -> Engine:
    """Make the engine and its table; keep no connection open, because servers fork after this."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", begin_transaction)
    Base.metadata.create_all(engine)
    engine.dispose()
    return engine


def set_pragmas(connection: SqliteConnection, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def begin_transaction(connection: Connection) -> None:
    """Begin by hand: sqlite3 itself would begin too late, and a writer must take its lock at once."""
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
