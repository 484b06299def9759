"""POST ROOM: letters out by SMTP (Flask-Mail), how they look, and the demo's embedded post office.

Never opens a transaction and never decides what a mail means for an inquiry: that is ``usecases``. ``web`` is not known
here.
"""
