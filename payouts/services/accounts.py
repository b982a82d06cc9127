"""The payee's account."""

import re
import unicodedata

from payouts.machine import payments
from payouts.models import PayeeAccount, Payment
from payouts.permissions import may_give_account
from portal.accounts.models import User
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work
from review.models import Award


def folded(name: str) -> str:
    """A unit's name with width, case and spaces folded away; brackets of both widths are the usual mismatch."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def give_account(
    *,
    actor: User,
    award: Award,
    account_name: str,
    bank_name: str,
    bank_code: str,
    account_number: str,
) -> Payment:
    """The 单位管理员 says where to pay an award; the payment waits for a batch.

    Raises Refusals: name not the unit's, bank branch missing, 联行号 not 12 digits, bad account number,
    and what the second gate of the term finds.
    """
    draft = Payment(award=award, amount=award.amount)
    require(may_give_account, actor, draft)
    organisation = award.case.claim.organisation
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", account_number))
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", bank_code))
    faults = []
    if folded(account_name) != folded(organisation.name):
        faults.append(
            Refusal(
                f"户名要与单位名称一致：{organisation.name}。", code="name_mismatch", field="account_name"
            )
        )
    if len(bank_name.strip()) < 4:
        faults.append(
            Refusal("请写到支行，例如中国银行哈尔滨南岗支行。", code="required", field="bank_name")
        )
    if not re.fullmatch(r"\d{12}", code):
        faults.append(Refusal("联行号是12位数字。", code="bad_bank_code", field="bank_code"))
    if not re.fullmatch(r"\d{8,32}", number):
        faults.append(
            Refusal("账号是8到32位数字，请对照开户许可或账户信息。", code="bad_account", field="account_number")
        )
    raise_any(faults)
    with unit_of_work():
        Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
        payment, _ = Payment.objects.get_or_create(award=award, defaults={"amount": award.amount})
        account = PayeeAccount.objects.create(
            organisation=organisation,
            account_name=organisation.name,
            bank_name=bank_name.strip(),
            bank_code=code,
            account_number=number,
            account_tail=number[-4:],
            given_at=clock.now(),
            given_by=actor,
        )
        events.record(
            "payout.account_given",
            account,
            actor=actor,
            thread=award.case.claim.number,
            data={"tail": account.account_tail, "bank_code": code},
        )
        return payments.run(
            payment.pk,
            "request",
            actor=actor,
            changes={"account": account, "requested_at": clock.now(), "requested_by": actor},
        )
