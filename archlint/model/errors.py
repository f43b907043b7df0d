"""The user's mistakes, as archlint's own exceptions."""


class ArchlintError(Exception):
    """The job could not be done; the text says what, where and what to do. Exit code 2."""
