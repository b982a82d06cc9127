"""What each paper must be told. A decision that does not fit its schema is a fault of the caller, not of a person.

Amounts are strings in yuan with two decimals, rates strings between 0 and 1, dates ISO, moments ISO with an offset.
Sums are checked here: a table whose rows do not add up to its total is never printed.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)


def _is_date(value: str) -> str:
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError("not a date like 2024-04-15")
    return value


def _is_moment(value: str) -> str:
    if datetime.fromisoformat(value).utcoffset() is None:
        raise ValueError("a moment needs its offset, like 2024-04-15T10:00:00+08:00")
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
Amount = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d{0,11})\.\d{2}$")]
Rate = Annotated[str, StringConstraints(pattern=r"^(0(\.\d+)?|1(\.0+)?)$")]
Day = Annotated[str, AfterValidator(_is_date)]
Moment = Annotated[str, AfterValidator(_is_moment)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^\d+$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Decision(Part):
    """What every paper has: when it was issued, by which office, and whether the data are invented."""

    issued_at: Moment
    office: Text
    demonstration: bool = False


class Organisation(Part):
    name: Text
    code: Code


class Policy(Part):
    title: Text
    number: Text


class Contact(Part):
    office: Text
    phone: Text
    name: str = ""


class Period(Part):
    start: Day
    end: Day

    @model_validator(mode="after")
    def in_order(self) -> "Period":
        if self.end < self.start:
            raise ValueError("the period ends before it starts")
        return self


class Setting(Part):
    """A point of the detailed rules that was used: its id, its name, the value in words, the document that set it."""

    id: Text
    name: Text
    value: str = ""
    basis: str = ""


class FiledPaper(Part):
    name: Text
    sha256: Sha256
    filename: str = ""


class Receipt(Decision):
    """申报回执."""

    title: Text = "申报回执"
    organisation: Organisation
    claim_number: Text
    project: Text
    item: Text
    clause: Text
    policy: Policy
    round: Text
    submitted_at: Moment
    cost_count: int = Field(ge=0)
    claimed_total: Amount
    estimate: Amount | None = None
    content_digest: Sha256
    papers: list[FiledPaper]
    next_steps: list[Text]
    contact: Contact


class LetterSum(Part):
    """The arithmetic sentence. `kind` is `rate` (base × rate, at most cap) or `judged` (amount fixed by review)."""

    kind: Literal["rate", "judged"]
    base_name: str = ""
    base: Amount | None = None
    rate: Rate | None = None
    computed: Amount | None = None
    cap: Amount | None = None
    deducted: Amount = "0.00"
    deduction_reason: str = ""
    rounding: str = ""
    awarded: Amount

    @model_validator(mode="after")
    def complete(self) -> "LetterSum":
        if self.kind == "rate":
            if not self.base_name or None in (self.base, self.rate, self.computed):
                raise ValueError("a sum by rate needs base_name, base, rate and computed")
            if _product(self.base, self.rate) != Decimal(self.computed or 0):
                raise ValueError("computed is not base × rate, cut to the fen")
            if Decimal(self.awarded) > Decimal(self.computed or 0) - Decimal(self.deducted):
                raise ValueError("awarded is more than computed less deducted")
        if self.cap is not None and Decimal(self.awarded) > Decimal(self.cap):
            raise ValueError("awarded is over the cap")
        if Decimal(self.deducted) and not self.deduction_reason:
            raise ValueError("a deduction needs its reason")
        return self

    @property
    def over_cap(self) -> bool:
        return (
            self.cap is not None and self.computed is not None and Decimal(self.computed) > Decimal(self.cap)
        )


class Letter(Decision):
    """关于拨付…补助资金的通知, one for each payee of a batch."""

    title: Text
    addressee: Text
    project: Text
    purpose: Text
    policy: Policy
    clause: Text
    quote: Text
    procedure: list[Text] = Field(min_length=1)
    notice: Period
    approval: Text
    sum: LetterSum
    settings: list[Setting] = []
    paid_before: Amount = "0.00"
    amount: Amount
    review_office: Text
    review_days: int | None = Field(default=None, ge=1)
    attachments: list[Text] = []
    calculation_attachment: int | None = Field(default=None, ge=1)
    contact: Contact

    @model_validator(mode="after")
    def within_award(self) -> "Letter":
        if Decimal(self.paid_before) + Decimal(self.amount) > Decimal(self.sum.awarded):
            raise ValueError("this payment and those before it are more than the award")
        if self.calculation_attachment is not None and self.calculation_attachment > len(self.attachments):
            raise ValueError("calculation_attachment is not the number of an attachment")
        return self

    @property
    def balance(self) -> str:
        return _text(Decimal(self.sum.awarded) - Decimal(self.paid_before) - Decimal(self.amount))

    @property
    def in_parts(self) -> bool:
        return Decimal(self.amount) != Decimal(self.sum.awarded)


class SummaryRow(Part):
    organisation: Organisation
    project: Text
    clause: Text
    mode: Text
    claimed_base: Amount | None = None
    audited_base: Amount | None = None
    rate: Rate | None = None
    cap: Amount | None = None
    computed: Amount | None = None
    overlap: Text
    approved: Amount
    paid: Amount
    payment: Amount
    balance: Amount
    recommender: str = ""
    remark: str = ""

    @model_validator(mode="after")
    def balanced(self) -> "SummaryRow":
        if Decimal(self.approved) - Decimal(self.paid) - Decimal(self.payment) != Decimal(self.balance):
            raise ValueError("balance is not approved − paid − payment")
        return self


class SummaryTotal(Part):
    approved: Amount
    paid: Amount
    payment: Amount
    balance: Amount


class Signers(Part):
    """Names as they stand in the system; an empty name leaves room for a signature."""

    maker: str = ""
    checker: str = ""
    head: str = ""
    leader: str = ""


class Summary(Decision):
    """补助资金拨付汇总表, in 元."""

    title: Text = "补助资金拨付汇总表"
    annex: str = ""
    batch: Text
    date: Day
    rows: list[SummaryRow] = Field(min_length=1)
    total: SummaryTotal
    signers: Signers = Signers()
    notes: list[Text] = []

    @model_validator(mode="after")
    def adds_up(self) -> "Summary":
        for name in ("approved", "paid", "payment", "balance"):
            _must_equal(
                [getattr(row, name) for row in self.rows],
                getattr(self.total, name),
                name,
            )
        return self


class PaymentRow(Part):
    account_name: Text
    bank: Text
    account_number: Text
    bank_code: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    amount: Amount
    budget_item: Text
    function_code: Text
    purpose: Text


class Payment(Decision):
    """资金支付表, not public: it shows account numbers."""

    title: Text = "资金支付表"
    batch: Text
    date: Day
    rows: list[PaymentRow] = Field(min_length=1)
    total: Amount
    signers: Signers = Signers()
    notes: list[Text] = []

    @model_validator(mode="after")
    def adds_up(self) -> "Payment":
        _must_equal([row.amount for row in self.rows], self.total, "amount")
        return self


class CostLine(Part):
    name: Text
    evidence: str = ""
    date: Day | None = None
    claimed: Amount
    verified: Amount
    cut: Amount
    reason: str = ""

    @model_validator(mode="after")
    def balanced(self) -> "CostLine":
        if Decimal(self.claimed) - Decimal(self.verified) != Decimal(self.cut):
            raise ValueError("cut is not claimed − verified")
        if Decimal(self.cut) and not self.reason:
            raise ValueError("a cut needs its reason")
        return self


class CostTotal(Part):
    claimed: Amount
    verified: Amount
    cut: Amount


class Step(Part):
    """One line of the calculation: what, why (words of the clause or a setting), how, result in yuan."""

    label: Text
    basis: str = ""
    formula: str = ""
    result: Amount


class Calculation(Decision):
    """核定与计算表 of one award."""

    title: Text = "核定与计算表"
    annex: str = ""
    organisation: Organisation
    claim_number: Text
    project: Text
    item: Text
    clause: Text
    policy: Policy
    costs: list[CostLine]
    total: CostTotal
    steps: list[Step] = Field(min_length=1)
    quote: Text
    sentence: str = ""
    settings: list[Setting] = []
    amount: Amount

    @model_validator(mode="after")
    def adds_up(self) -> "Calculation":
        for name in ("claimed", "verified", "cut"):
            _must_equal(
                [getattr(row, name) for row in self.costs],
                getattr(self.total, name),
                name,
            )
        if self.steps[-1].result != self.amount:
            raise ValueError("the last step does not give the amount")
        if self.sentence and self.quote not in self.sentence:
            raise ValueError("the quote is not part of the sentence")
        return self


class NoticeRow(Part):
    organisation: Text
    project: Text
    clause: Text
    amount: Amount
    recommender: str = ""


class Notice(Decision):
    """拟支持项目公示, in 万元 with as many decimals as are needed to be exact."""

    title: Text
    policy: Policy
    procedure: list[Text] = Field(min_length=1)
    period: Period
    workdays: int = Field(ge=1)
    rows: list[NoticeRow] = Field(min_length=1)
    total: Amount
    business_office: Text
    objection_office: Text
    objection_contact: Text
    answer_days: int = Field(ge=1)

    @model_validator(mode="after")
    def fair(self) -> "Notice":
        _must_equal([row.amount for row in self.rows], self.total, "amount")
        if self.business_office == self.objection_office:
            raise ValueError("objections must go to another office than the business office")
        return self

    @property
    def places(self) -> int:
        """Decimals of 万元 that show every amount exactly: 2, 4 (whole yuan) or 6 (fen)."""
        fen = [int(Decimal(row.amount) * 100) for row in self.rows]
        if all(value % 10000 == 0 for value in fen):
            return 2
        return 4 if all(value % 100 == 0 for value in fen) else 6


class Reason(Part):
    code: Text
    text: Text
    clause: str = ""
    quote: str = ""


class Ruling(Decision):
    """不予受理, 不予支持 or 补正 notice. A correction needs its deadline."""

    kind: Literal["not_accepted", "not_supported", "correction"]
    addressee: Text
    claim_number: Text
    project: Text
    item: Text
    policy: Policy
    submitted_at: Moment
    basis: Text
    reasons: list[Reason] = Field(min_length=1)
    remedy: Text
    deadline: Day | None = None
    contact: Contact

    @model_validator(mode="after")
    def has_deadline(self) -> "Ruling":
        if self.kind == "correction" and self.deadline is None:
            raise ValueError("a correction needs its deadline")
        return self

    @property
    def title(self) -> str:
        return {
            "not_accepted": "不予受理通知书",
            "not_supported": "不予支持通知书",
            "correction": "补正通知书",
        }[self.kind]


class Line(Part):
    name: Text
    value: Text


class RequestPaper(Decision):
    """需求登记表, 转办登记表, 转办函 or 答复书: one request or referral, as rows and paragraphs.

    A hand-over names the office it goes to and the policy applied; an answer has its text.
    """

    kind: Literal["registration", "handover", "answer"]
    referral: bool
    addressee: Text
    number: Text
    subject: Text
    organisation: Organisation
    item: Text
    clause: Text
    policy: Policy
    quote: Text
    filed_at: Moment
    content_digest: Sha256
    rows: list[Line] = []
    claims: list[Line] = []
    text: list[Text] = []
    due_on: Day | None = None
    applied: Policy | None = None
    contact: Text

    @model_validator(mode="after")
    def complete(self) -> "RequestPaper":
        if self.kind == "handover" and (self.applied is None or not self.referral):
            raise ValueError("a hand-over is of a referral and names the policy applied")
        if self.kind == "answer" and not self.text:
            raise ValueError("an answer has its text")
        return self

    @property
    def title(self) -> str:
        if self.kind == "registration":
            return "转办登记表" if self.referral else "需求登记表"
        return "转办函" if self.kind == "handover" else "答复书"


SCHEMAS: dict[str, type[Decision]] = {
    "papers/receipt.html": Receipt,
    "papers/letter.html": Letter,
    "papers/summary.html": Summary,
    "papers/payment.html": Payment,
    "papers/calculation.html": Calculation,
    "papers/notice.html": Notice,
    "papers/decision.html": Ruling,
    "papers/request.html": RequestPaper,
}


class BadDecision(ValueError):
    """The decision does not fit the paper: every fault as `path: message`, one a line."""


def validated(template: str, decision: dict[str, Any]) -> Decision:
    """`decision` read as the schema of `template`. BadDecision when it does not fit or the template is unknown."""
    schema = SCHEMAS.get(template)
    if schema is None:
        raise BadDecision(f"no paper {template}")
    try:
        return schema.model_validate(decision)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'decision'}: {fault['msg']}" for fault in error.errors()
        ]
        raise BadDecision("\n".join(faults)) from error


def _must_equal(amounts: list[str], total: str, name: str) -> None:
    if sum(map(Decimal, amounts), Decimal(0)) != Decimal(total):
        raise ValueError(f"{name}: the rows do not add up to the total")


def _product(base: str | None, rate: str | None) -> Decimal:
    return (Decimal(base or 0) * Decimal(rate or 0)).quantize(Decimal("0.01"), rounding="ROUND_DOWN")


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
