"""The user's mistakes, as archlint's own exceptions."""


class ArchlintError(Exception):
    """The job could not be done; the text says what, where and what to do. Exit code 2.

    `details` are lines that stand before the last one: all mistakes at once, where there are several.
    """

    def __init__(self, text: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.details = details
