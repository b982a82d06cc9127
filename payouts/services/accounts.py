"""The payee's account."""

import re
import unicodedata

from payouts import selectors
from payouts.machine import payments
from payouts.models import PayeeAccount, Payment
from payouts.permissions import may_give_account
from payouts.states import PaymentStates
from portal.accounts.models import Organisation, User
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work
from review.models import Award


def folded(name: str) -> str:
    """A unit's name with width, case and spaces folded away; brackets of both widths are the usual mismatch."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def check_account(
    *, organisation: Organisation, account_name: str, bank_name: str, bank_code: str, account_number: str
) -> tuple[str, str, str]:
    """The account as it will be kept: bank, 联行号, account number.

    Raises Refusals: name not the unit's, bank branch missing, 联行号 not 12 digits, bad account number.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", account_number))
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", bank_code))
    bank = bank_name.strip()
    faults = []
    if folded(account_name) != folded(organisation.name):
        faults.append(
            Refusal(
                f"户名要与单位名称一致：{organisation.name}。", code="name_mismatch", field="account_name"
            )
        )
    if not 4 <= len(bank) <= 120:
        faults.append(Refusal("请写到支行，例如中国银行哈尔滨南岗支行。", code="required", field="bank_name"))
    if not re.fullmatch(r"[0-9]{12}", code):
        faults.append(Refusal("联行号是12位数字。", code="bad_bank_code", field="bank_code"))
    if not re.fullmatch(r"[0-9]{8,32}", number):
        faults.append(
            Refusal(
                "账号是8到32位数字，请对照开户许可或账户信息。", code="bad_account", field="account_number"
            )
        )
    raise_any(faults)
    return bank, code, number


def give_account(
    *,
    actor: User,
    award: Award,
    account_name: str = "",
    bank_name: str = "",
    bank_code: str = "",
    account_number: str = "",
    reuse: int | None = None,
) -> Payment:
    """The 单位管理员 says where to pay an award; the payment waits for a batch.

    `reuse` is the key of the account offered from last time, instead of the four words of a new one.
    Raises what `check_account` finds, a Refusal when that account is no longer the one offered, and
    what the second gate of the term finds. The same account given twice is one act.
    """
    require(may_give_account, actor, Payment(award=award, amount=award.amount))
    organisation = award.case.claim.organisation
    bank = code = number = ""
    if reuse is None:
        bank, code, number = check_account(
            organisation=organisation,
            account_name=account_name,
            bank_name=bank_name,
            bank_code=bank_code,
            account_number=account_number,
        )
    with unit_of_work():
        Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
        payment, _ = Payment.objects.select_related("account").get_or_create(
            award=award, defaults={"amount": award.amount}
        )
        if payment.state == PaymentStates.REQUESTED and _is_the_same(payment.account, reuse, code, number):
            return payment
        if reuse is None:
            account = PayeeAccount.objects.create(
                organisation=organisation,
                account_name=organisation.name,
                bank_name=bank,
                bank_code=code,
                account_number=number,
                account_tail=number[-4:],
                given_at=clock.now(),
                given_by=actor,
            )
        else:
            account = _offered(organisation, reuse)
        events.record(
            "payout.account_given",
            account,
            actor=actor,
            thread=award.case.claim.number,
            data={"tail": account.account_tail, "bank_code": account.bank_code, "reused": reuse is not None},
        )
        return payments.run(
            payment.pk,
            "request",
            actor=actor,
            changes={"account": account, "requested_at": clock.now(), "requested_by": actor},
        )


def _is_the_same(account: PayeeAccount | None, reuse: int | None, code: str, number: str) -> bool:
    if account is None:
        return False
    return account.pk == reuse if reuse else (account.bank_code, account.account_number) == (code, number)


def _offered(organisation: Organisation, pk: int) -> PayeeAccount:
    """The account offered from last time, if `pk` still names it and it bears the unit's name."""
    account = selectors.offered_account(organisation)
    if account is None or account.pk != pk:
        raise Refusal(
            "这个账户不是你单位上次使用的账户，请重新选择或填写新账户。", code="not_offered", field="reuse"
        )
    if folded(account.account_name) != folded(organisation.name):
        raise Refusal(
            f"上次账户的户名与现在的单位名称不一致（{organisation.name}），请填写新账户。",
            code="name_mismatch",
            field="reuse",
        )
    return account
