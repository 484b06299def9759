"""The customer-inquiry backend behind LIJU's contact form.

The rooms, and the one way imports go between them (README, decision D1; ``tests/test_rooms.py`` holds it)::

    wsgi -> app -> {cli, web, mail} -> usecases -> store -> domain
"""

__version__ = "0.1.0"
