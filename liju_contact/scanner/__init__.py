"""QUARANTINE. Asks a virus scanner about files; it opens none itself.

What follows from an answer is decided elsewhere.
"""
