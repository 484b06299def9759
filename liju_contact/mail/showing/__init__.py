"""The process that makes the HTML of a mail harmless; ``mail.guarded_viewer`` is the other end."""
