"""SHEET ROOM: lists of inquiries as files. CSV and XLSX for people, in their language; JSON lines for machines.

Knows words and formats, and neither the database nor the web.
"""
