"""How a command ends itself."""


class Stop(Exception):
    """The command can't go on; `str()` is a sentence that says why and what to do."""
