"""The processes of a running program: the supervisor, the web server it starts, and the worker.

Nothing here knows a page or a table; the supervisor knows only that a child is something to run and to start again.
"""
