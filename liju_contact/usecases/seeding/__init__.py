"""What an invented inquiry is made of: words, people, technical facts, days, and how its life goes.

Only ``usecases.seed_demo`` uses it. Everything is drawn from the dice it is given, so a seed gives the same again.
"""
