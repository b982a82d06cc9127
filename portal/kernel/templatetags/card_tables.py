"""A plain table made ready for the phone: each cell learns its column's name, and every part its role."""

from html import escape
from html.parser import HTMLParser

ROLES = {
    "thead": "rowgroup",
    "tbody": "rowgroup",
    "tfoot": "rowgroup",
    "tr": "row",
    "td": "cell",
}


class _Cards(HTMLParser):
    """Copies the markup, adding roles, scopes and `data-label`; raises ValueError on a table in a table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.section = ""
        self.heads: list[str] = []
        self.column = 0
        self.cell: list[str] | None = None
        self.cell_end = ""
        self.has_tags = False
        self.has_label = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            raise ValueError("table: a table inside a table")
        if tag in ("td", "th"):
            self._open_cell(tag, dict(attrs))
        elif self.cell is not None:
            self.has_tags = True
            self.cell.append(self.get_starttag_text() or "")
        elif tag in ROLES:
            if tag == "tr":
                self.column = 0
            else:
                self.section = tag
            self.out.append(f"<{tag}{_written({**dict(attrs), 'role': ROLES[tag]})}>")
        else:
            self.out.append(self.get_starttag_text() or "")

    def _open_cell(self, tag: str, attrs: dict[str, str | None]) -> None:
        if self.section == "thead":
            attrs |= {"scope": "col", "role": "columnheader"}
        elif tag == "th":
            attrs |= {"scope": "row", "role": "rowheader"}
        else:
            attrs["role"] = "cell"
            name = self.heads[self.column] if self.column < len(self.heads) else ""
            if name and "pt-no" not in (attrs.get("class") or ""):
                attrs.setdefault("data-label", name)
        self.has_label = bool(attrs.get("data-label"))
        self.column += int(attrs.get("colspan") or 1)
        self.out.append(f"<{tag}{_written(attrs)}>")
        self.cell, self.has_tags, self.cell_end = [], False, f"</{tag}>"

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("td", "th"):
            (self.out if self.cell is None else self.cell).append(f"</{tag}>")
            return
        content = "".join(self.cell or []).strip()
        if self.section == "thead":
            self.heads.append(_text(content))
        wrapped = self.has_label and self.has_tags and content
        self.out.append((f"<div>{content}</div>" if wrapped else content) + self.cell_end)
        self.cell = None

    def _keep(self, text: str) -> None:
        (self.out if self.cell is None else self.cell).append(text)

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _text(markup: str) -> str:
    reader = _Text()
    reader.feed(markup)
    reader.close()
    return "".join(reader.found).strip()


def _written(attrs: dict[str, str | None]) -> str:
    return "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attrs.items()
    )


def with_labels(markup: str) -> str:
    """The rows of a table with roles, scopes and column names; the thead must come first."""
    cards = _Cards()
    cards.feed(markup)
    cards.close()
    if not cards.heads:
        raise ValueError("table: it needs a thead with the column names")
    return "".join(cards.out).strip()
