"""DARKROOM. Makes small pictures of what strangers send: photos, scans, the first page of a PDF.

The formats are many and their decoders are C, so that happens in a guarded process (``__main__``), which is asked
through ``maker`` and answers pixels written anew, in the form of ``wire``.
"""
