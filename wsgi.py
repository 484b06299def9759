"""The door for any WSGI server: ``gunicorn wsgi:app``.

``LIJU_INSTANCE`` names the instance folder (default ``instance``).
"""

from liju_contact.app import create_app

app = create_app()
