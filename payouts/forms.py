"""Forms of payments. What is right is for the services to say; the forms keep what was typed."""

from typing import Any

from django import forms

from payouts.models import PayeeAccount
from payouts.services.batches import TITLE_LENGTH
from payouts.states import Results


class AccountForm(forms.Form):
    """Where an award is to be paid: last time's account, if one is offered, or a new one."""

    reuse = forms.ChoiceField(label="收款账户", widget=forms.RadioSelect, required=False)
    account_name = forms.CharField(label="户名", max_length=120, required=False)
    bank_name = forms.CharField(label="开户银行（写到支行）", max_length=120, required=False)
    bank_code = forms.CharField(label="联行号", max_length=40, required=False)
    account_number = forms.CharField(label="账号", max_length=60, required=False)

    def __init__(self, *args: Any, offered: PayeeAccount | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("bank_code", "account_number"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        if offered is None:
            del self.fields["reuse"]
            return
        said = f"沿用上次账户：{offered.bank_name}，{offered.masked}"
        self.fields["reuse"].choices = [(str(offered.pk), said), ("", "填写新账户")]
        self.fields["reuse"].initial = str(offered.pk)

    @property
    def reused(self) -> int | None:
        """The key of the account to use again; None for a new one."""
        chosen = self.cleaned_data.get("reuse") or ""
        return int(chosen) if chosen else None

    @property
    def typed(self) -> dict[str, str]:
        """The words of a new account, by the names the services take."""
        names = ("account_name", "bank_name", "bank_code", "account_number")
        return {name: self.cleaned_data.get(name, "") for name in names}


class BatchForm(forms.Form):
    title = forms.CharField(label="批次标题", max_length=TITLE_LENGTH, required=False)


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label="退回原因", widget=forms.Textarea(attrs={"rows": "4"}), max_length=500, required=False
    )


class ReleaseForm(forms.Form):
    """The sum read from the checker's own paper, and the digest of what he looked at."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)
    total = forms.CharField(label="本批合计金额", max_length=40, required=False)


class ResultForm(forms.Form):
    """The bank's word on one line."""

    result = forms.ChoiceField(
        label="银行结果",
        choices=[(Results.PAID.value, Results.PAID.label), (Results.RETURNED.value, Results.RETURNED.label)],
        widget=forms.RadioSelect,
        required=False,
    )
    bank_reference = forms.CharField(label="银行流水号", max_length=60, required=False)
    return_reason = forms.CharField(label="退票原因", max_length=200, required=False)
