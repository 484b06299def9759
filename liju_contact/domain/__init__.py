"""RULES: what is true about inquiries, letters and deliveries, whatever the database, mail server or browser.

Standard library only. No I/O, no clock, no randomness, no logging: time, keys and random bytes come in as arguments.
"""
