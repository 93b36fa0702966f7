"""What a setting that cannot be is refused with."""


class BadSetting(Exception):
    """A variable of the environment says something that cannot be; `name` is the variable's."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why
