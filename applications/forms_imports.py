"""Forms of costs that come in by file or by pasting."""

from typing import Any

from django import forms

from applications.cost_terms import categories, money_items
from applications.forms import Files, FilesField, Text, select
from applications.states import ImportKinds


class PasteForm(forms.Form):
    text = Text(
        "从表格复制的内容",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off"}),
        help_text="在Excel或WPS里选中单元格复制，粘贴到这里。第一行可以是表头；没有表头的，按下面的列顺序。一次最多2,000行。",
        width="wide",
    )


class WorkbookForm(forms.Form):
    """A filled template."""

    file = FilesField(
        label="填好的表格",
        required=False,
        widget=forms.FileInput(attrs={"data-upload": "", "accept": ".xlsx"}),
        help_text=".xlsx格式，不超过20MB，最多20,000行。",
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id=f"id_{ImportKinds.WORKBOOK}_%s")


class InvoicesForm(forms.Form):
    """数电票 as XML files or zip archives, and the category their lines get."""

    category = select(
        "类别", (), help_text="这些发票的各行都先用这个类别，录入后可以逐笔修改。", may_be_empty=True
    )
    file = FilesField(
        label="数电票文件",
        required=False,
        widget=Files(attrs={"data-upload": "", "accept": ".xml,.zip"}),
        help_text="XML文件或装着它们的.zip压缩包，可以一次选几个。每个压缩包最多2,000个文件。",
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id=f"id_{ImportKinds.INVOICES}_%s")
        self.fields["category"].widget.choices = [("", "以后再选"), *categories(money_items())]
