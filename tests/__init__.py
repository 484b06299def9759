"""All tests; importing this package comes before any other module of theirs."""

from __future__ import annotations

import os
import sys

# Compiled modules are kept, also where that was switched off. Without, each process reads all source anew: pytest
# rewrites every test in every worker, and each program that a test starts compiles its own parts.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
