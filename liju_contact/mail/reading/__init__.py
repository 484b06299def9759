"""Reads the bytes of a mail somebody else wrote: cut into parts, decoded, and told apart (answer, bounce, automatic).

Everything here is a pure function of bytes. Nothing raises for what a mail contains, nothing runs longer than linear in
its size, and nothing decides what becomes of a mail: that is ``domain.judgement``.
"""
