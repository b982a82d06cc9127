"""A business "no": what is wrong and what to do, in Chinese, for whoever asked."""

from collections.abc import Iterable


class Refusal(Exception):
    """One reason why an act was not done. `code` is stable, `field` names the input it belongs to."""

    def __init__(self, message: str, *, code: str = "refused", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field

    @property
    def parts(self) -> list["Refusal"]:
        return [self]


class Forbidden(Refusal):
    """The actor may not do this, whatever the state."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="forbidden")


class Stale(Refusal):
    """Somebody saved a newer version in the meantime; nothing was overwritten."""

    def __init__(
        self, message: str = "这份内容已在另一个窗口或由同事保存了新版本，你的修改没有覆盖它。"
    ) -> None:
        super().__init__(message, code="stale")


class Refusals(Refusal):
    """Several reasons at once, so that a person mends them in one go."""

    def __init__(self, parts: Iterable[Refusal]) -> None:
        self._parts = list(parts)
        super().__init__("；".join(part.message for part in self._parts), code=self._parts[0].code)

    @property
    def parts(self) -> list[Refusal]:
        return self._parts


def raise_any(parts: Iterable[Refusal]) -> None:
    """Raise what was gathered: nothing, the one refusal, or all of them together."""
    gathered = list(parts)
    if len(gathered) == 1:
        raise gathered[0]
    if gathered:
        raise Refusals(gathered)


def too_long(limit: int, **texts: str) -> list[Refusal]:
    """A refusal for each of the named `texts` that has more than `limit` characters."""
    return [
        Refusal(f"最多{limit:,}个字，现在是{len(text):,}个字。", code="too_long", field=name)
        for name, text in texts.items()
        if len(text) > limit
    ]
