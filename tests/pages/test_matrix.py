"""Who may open what: every URL of the product, as every role, against the written matrix below.

A URL that is not in the matrix fails, and so does a row without a URL. Posts are sent empty and rolled back.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from applications import services as filing
from applications.models import Attachment
from payouts import services as paying
from portal.accounts import services as accounts
from portal.accounts.models import Organisation, User
from portal.accounts.states import Roles
from portal.kernel import issuing
from portal.kernel.models import Document
from portal.ledger.models import BudgetLine
from review import selectors as reviews
from review import services as reviewing
from tests import making
from tests.applications.importing import files
from tests.applications.requests import asking

pytestmark = pytest.mark.django_db

OWNER = {"owner", "filler"}
APPLICANTS = {"owner", "filler", "stranger"}
FINANCE = {"clerk", "approver"}
READERS = {"intake", "handler", "leader", "clerk", "approver", "auditor"}
SIGNED_IN = APPLICANTS | READERS | {"expert", "officer", "administrator"}
ALL = SIGNED_IN | {"visitor"}

MATRIX: dict[str, set[str]] = {
    # everybody
    **dict.fromkeys(
        (
            "welcome",
            "help",
            "accessibility",
            "gallery",
            "verify",
            "verify_paper",
            "healthz",
            "readyz",
            "move_clock",
            "account_logout",
            "register",
            "policy",
            "policy_detail",
            "policy_text",
            "policy_compare",
            "pack_schema",
            "clause",
            "item",
            "calculator",
            "match",
            "guide",
            "guide_pdf",
            "rounds",
            "round",
            "notices",
            "notice",
            "notice_pdf",
            "account_login",
            "account_signup",
            "schema",
            "api_docs",
            "api:policies",
            "api:policy",
            "api:item",
            "api:compare",
            "api:settings",
            "api:rounds",
            "api:calculate",
            "api:match",
            "api:api_notices",
            "api:api_notice",
        ),
        ALL,
    ),
    # whoever is signed in
    **dict.fromkeys(("home", "account_change_password", "api:api_me", "tokens"), SIGNED_IN),
    # applicants, about themselves
    **dict.fromkeys(
        (
            "organisation",
            "projects",
            "project_new",
            "claims",
            "claim_start",
            "dues",
            "api:api_projects",
            "api:api_claims",
            "api:api_dues",
            "requests",
            "request_new",
            "api:api_requests",
        ),
        APPLICANTS,
    ),
    **dict.fromkeys(
        (
            "project",
            "project_edit",
            "cost_new",
            "cost_import",
            "cost_paste",
            "cost_template",
            "import_job",
            "import_rest",
            "cost_edit",
            "cost_remove",
            "claim",
            "claim_overview",
            "claim_costs",
            "claim_public_money",
            "claim_papers",
            "claim_autosave",
            "claim_check",
            "claim_submitted",
            "claim_receipt",
            "claim_discard",
            "attachment_remove",
            "payee_account",
            "claim_content",
            "api:api_project",
            "api:api_project_costs",
            "api:api_cost_paste",
            "api:api_cost_template",
            "api:api_project_imports",
            "api:api_import",
            "api:api_import_faults",
            "api:api_cost",
            "api:api_claim",
            "api:api_claim_overview",
            "api:api_claim_public_money",
            "api:api_claim_costs",
            "api:api_claim_papers",
            "api:api_claim_paper",
            "api:api_claim_discard",
            "api:api_claim_review",
            "request",
            "request_follow_up",
            "request_rate",
            "request_files",
            "request_withdraw",
            "api:api_request",
            "api:api_request_files",
            "api:api_request_follow_up",
            "api:api_request_rate",
            "api:api_request_withdraw",
        ),
        OWNER,
    ),
    **dict.fromkeys(
        (
            "member_password",
            "member_active",
            "claim_withdraw",
            "claim_choose_holder",
            "api:api_claim_submit",
            "api:api_claim_withdraw",
            "api:api_claim_choose_holder",
            "api:api_payee_account",
        ),
        {"owner"},
    ),
    "token_revoke": {"owner"},
    "member_new": {"owner", "stranger"},
    # a file and its papers
    "files": READERS,
    "file": READERS | OWNER | {"officer"},
    "document": READERS | OWNER | {"officer"},
    "attachment": OWNER | {"intake", "handler", "leader", "auditor"},
    "api:api_desk_signs": {"intake", "handler", "leader", "auditor"},
    "recompute": {"auditor"},
    "events": {"auditor"},
    "events_check": {"auditor"},
    # desks
    **dict.fromkeys(
        ("settings", "setting", "setting_change", "api:api_setting_changes", "api:api_setting_change"),
        {"intake", "handler", "leader", "auditor", "administrator"},
    ),
    "api:api_setting_decide": {"leader", "administrator"},
    "api:api_setting_preview": {"administrator"},
    "certifications": {"intake", "administrator"},
    "certification": {"intake", "administrator"},
    **dict.fromkeys(
        ("staff", "staff_new", "staff_member", "staff_password", "staff_active", "budget_new", "round_desk"),
        {"administrator"},
    ),
    **dict.fromkeys(("budget", "budget_line"), FINANCE | {"auditor", "administrator"}),
    **dict.fromkeys(
        (
            "intake",
            "intake_file",
            "intake_accept",
            "intake_correct",
            "intake_refuse",
            "api:api_desk_accept",
            "api:api_desk_correct",
            "api:api_desk_refuse",
        ),
        {"intake"},
    ),
    **dict.fromkeys(
        (
            "cases",
            "case",
            "case_open",
            "case_experts",
            "case_costs",
            "case_costs_rest",
            "case_findings",
            "case_collision",
            "case_propose",
            "case_reject",
            "notice_desk",
            "listed_events",
        ),
        {"handler"},
    ),
    **dict.fromkeys(("assignments", "assignment", "assignment_marks", "assignment_sign"), {"expert"}),
    **dict.fromkeys(("opinions", "opinion"), {"officer"}),
    "request_file": OWNER | {"officer", "leader", "auditor"},
    **dict.fromkeys(
        ("request_desk", "request_desk_file", "api:api_desk_requests", "api:api_desk_request"),
        {"officer", "leader", "auditor"},
    ),
    **dict.fromkeys(
        (
            "request_answer",
            "request_pass_on",
            "request_hand_over",
            "request_decline",
            "request_result",
            "api:api_desk_request_answer",
            "api:api_desk_request_pass_on",
            "api:api_desk_request_hand_over",
            "api:api_desk_request_decline",
            "api:api_desk_request_result",
        ),
        {"officer"},
    ),
    **dict.fromkeys(("approvals", "approval"), {"leader"}),
    **dict.fromkeys(("batches", "batch", "batch_papers", "api:api_batch"), FINANCE | {"auditor"}),
    "api:api_batches": FINANCE | {"auditor"},
    "api:api_payable": FINANCE | {"auditor"},
    **dict.fromkeys(("batch_export", "api:api_batch_export"), FINANCE),
    **dict.fromkeys(
        (
            "batch_new",
            "batch_add",
            "batch_remove",
            "batch_submit",
            "batch_cancel",
            "batch_result",
            "batch_settle",
            "api:api_batch_payments",
            "api:api_batch_payment",
            "api:api_batch_submit",
            "api:api_batch_cancel",
            "api:api_batch_settle",
            "api:api_batch_results",
        ),
        {"clerk"},
    ),
    **dict.fromkeys(
        ("batch_send_back", "batch_release", "api:api_batch_send_back", "api:api_batch_release"), {"approver"}
    ),
}

POSTED = {
    "batch_submit",
    "move_clock",
    "account_logout",
    "token_revoke",
    "claim_choose_holder",
    "claim_autosave",
    "request_follow_up",
    "request_rate",
    "request_files",
    "api:api_request_files",
    "api:api_request_follow_up",
    "api:api_request_rate",
    "api:api_request_withdraw",
    "api:api_desk_request_answer",
    "api:api_desk_request_pass_on",
    "api:api_desk_request_hand_over",
    "api:api_desk_request_decline",
    "api:api_desk_request_result",
    "api:api_cost_paste",
    "attachment_remove",
    "intake_accept",
    "intake_correct",
    "intake_refuse",
    "case_open",
    "case_costs_rest",
    "case_findings",
    "case_collision",
    "assignment_marks",
    "batch_add",
    "batch_remove",
    "batch_result",
    "batch_settle",
    "batch_export",
    "member_active",
    "staff_active",
    "api:calculate",
    "api:api_setting_decide",
    "api:api_setting_preview",
    "api:match",
    "api:api_claim_submit",
    "api:api_claim_withdraw",
    "api:api_claim_discard",
    "api:api_claim_choose_holder",
    "api:api_desk_accept",
    "api:api_desk_correct",
    "api:api_desk_refuse",
    "api:api_payee_account",
    "api:api_batch_payments",
    "api:api_batch_submit",
    "api:api_batch_send_back",
    "api:api_batch_release",
    "api:api_batch_cancel",
    "api:api_batch_settle",
    "api:api_batch_results",
    "api:api_batch_export",
}
PATCHED = {
    "api:api_claim_overview": "patch",
    "api:api_claim_public_money": "patch",
    "api:api_claim_costs": "put",
    "api:api_cost": "patch",
    "api:api_claim_paper": "delete",
    "api:api_batch_payment": "delete",
}
LIBRARY = (
    "admin/",
    "account/2fa/",
    "account/email",
    "account/confirm-email",
    "account/password/set",
    "account/password/reset",
    "account/login/code",
    "account/inactive",
    "account/reauthenticate",
    "^account/",
    "account/^",
)


def routes() -> Iterator[tuple[str, str]]:
    def walk(patterns: list[Any], path: str, space: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            here = path + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield here, f"{space}{pattern.name}"
            else:
                yield from walk(
                    pattern.url_patterns, here, f"{pattern.namespace}:" if pattern.namespace else space
                )

    for path, name in walk(get_resolver().url_patterns, "", ""):
        if not path.startswith(LIBRARY):
            yield name, path


class World:
    """One organisation with a file at every desk, and one person of every role."""

    def __init__(self) -> None:
        self.people: dict[str, User | None] = {"visitor": None}
        owner = making.organisation()
        self.people |= {"owner": owner, "filler": making.filler(owner), "stranger": making.organisation()}
        for name, role in (
            ("intake", Roles.INTAKE),
            ("leader", Roles.LEADER),
            ("clerk", Roles.FINANCE_CLERK),
            ("approver", Roles.FINANCE_APPROVER),
            ("auditor", Roles.AUDITOR),
            ("administrator", Roles.ADMINISTRATOR),
        ):
            self.people[name] = making.staff(role)
        self.draft = making.draft(owner)
        self.submitted = making.submitted(making.draft(owner))
        case = making.case(making.submitted(making.draft(owner)))
        self.people["handler"] = case.handler
        reviewing.record_duplicates(actor=case.handler, case=case, note="无")
        case = reviewing.advance(actor=case.handler, case=making.fresh(case))
        expert = making.expert()
        self.people["expert"] = expert
        self.assignment = reviewing.appoint(actor=case.handler, case=making.fresh(case), expert=expert)
        self.case = making.fresh(case)
        making.budget()
        opined = making.verified(making.case(making.submitted(making.draft(owner))))
        opined = making.fresh(reviewing.advance(actor=opined.handler, case=opined))
        unit = reviews.named_units(opined)[0]
        self.people["officer"] = making.staff(Roles.UNIT_OFFICER, unit=unit.code)
        self.opined = opined
        self.proposed = making.proposed(making.verified(making.case(making.submitted(making.draft(owner)))))
        noticed = making.noticed(
            making.proposed(making.verified(making.case(making.submitted(making.draft(owner)))))
        )
        assert noticed.notice is not None
        self.notice = noticed.notice
        document = self.notice.document
        document.file.save("notice.pdf", ContentFile(making.PDF), save=False)
        Document.objects.filter(pk=document.pk).update(
            file=document.file.name, file_sha256="0" * 64, pages=1, state="ready"
        )
        self.award = making.awarded(
            making.noticed(
                making.proposed(making.verified(making.case(making.submitted(making.draft(owner)))))
            )
        )
        payment = making.requested(
            making.awarded(
                making.noticed(
                    making.proposed(making.verified(making.case(making.submitted(making.draft(owner)))))
                )
            )
        )
        clerk = self.people["clerk"]
        assert clerk is not None
        self.batch = paying.create_batch(actor=clerk, title="批次")
        paying.add_payments(actor=clerk, batch=self.batch, chosen=[payment])
        self.paid_claim = payment.award.case.claim
        self.frozen = paying.create_batch(actor=clerk, title="待复核批次")
        other = making.requested(
            making.awarded(
                making.noticed(
                    making.proposed(making.verified(making.case(making.submitted(making.draft(owner)))))
                )
            )
        )
        paying.add_payments(actor=clerk, batch=self.frozen, chosen=[other])
        self.frozen = paying.submit_batch(actor=clerk, batch=self.frozen)
        self.pending = making.organisation(certified=False)
        self.token = accounts.create_token(actor=owner, label="接口")[0]
        self.attachment = Attachment.objects.filter(claim=self.draft)[0]
        self.filed_attachment = Attachment.objects.filter(claim=self.submitted)[0]
        self.receipt = issuing.papers_of(self.opined.claim, "receipt")[0]
        self.cost = self.draft.nominations.all()[0].cost_item
        rows = files.workbook([files.HEAD, files.row(1, 金额="-1")])
        self.job = files.done(owner, self.draft.project, "workbook", ("费用.xlsx", rows))
        self.change = making.setting_change()
        self.asked = asking.filed(owner, files=[asking.file()])
        self.accepted = filing.accept(
            actor=making.staff(Roles.INTAKE), claim=making.submitted(making.draft(owner))
        )

    def body(self, name: str) -> dict[str, Any]:
        """What is sent where an empty request would be turned away before anybody asks who sends it."""
        return {
            "api:api_batch_export": {"kind": "summary"},
            "api:api_batch_send_back": {"reason": "金额有误"},
            "api:api_setting_decide": {"act": "approve"},
            "api:api_claim_submit": {"version": self.draft.version, "committed": True},
            "api:api_claim_choose_holder": {"cost_item": self.submitted.nominations.all()[0].cost_item_id},
        }.get(name, {})

    def path(self, name: str, route: str) -> str:
        """A real address for a route."""
        number = {
            "file": self.opined.claim.number,
            "recompute": self.award.case.claim.number,
            "round": self.draft.round.number,
            "opinion": self.opined.claim.number,
            "approval": self.proposed.claim.number,
            "case_open": self.accepted.number,
            "case_propose": self.opined.claim.number,
            "notice": self.notice.document.number,
            "notice_pdf": self.notice.document.number,
            "api_notice": self.notice.document.number,
            "document": self.receipt.number,
            "payee_account": self.award.case.claim.number,
            "api_payee_account": self.award.case.claim.number,
            "claim_submitted": self.submitted.number,
            "claim_receipt": self.submitted.number,
            "claim_withdraw": self.submitted.number,
            "claim_choose_holder": self.submitted.number,
            "claim_content": self.submitted.number,
            "api_claim_withdraw": self.submitted.number,
            "api_claim_choose_holder": self.submitted.number,
            "api_claim_review": self.opined.claim.number,
        }
        short = name.removeprefix("api:")
        if short.startswith(("request", "api_request", "api_desk_request")):
            value = self.asked.number
        elif short.startswith(("batch", "api_batch")):
            frozen = short.endswith(("send_back", "release", "export"))
            value = (self.frozen if frozen else self.batch).number
        elif short.startswith(("intake", "api_desk")):
            value = self.submitted.number
        elif short.startswith("case"):
            value = number.get(short, self.case.claim.number)
        else:
            value = number.get(short, self.draft.number)
        keys = {
            "project": self.draft.project_id,
            "project_edit": self.draft.project_id,
            "cost_new": self.draft.project_id,
            "api_project": self.draft.project_id,
            "api_project_costs": self.draft.project_id,
            **dict.fromkeys(
                (
                    "cost_import",
                    "cost_paste",
                    "cost_template",
                    "api_cost_paste",
                    "api_cost_template",
                    "api_project_imports",
                ),
                self.draft.project_id,
            ),
            **dict.fromkeys(("import_job", "import_rest", "api_import", "api_import_faults"), self.job.pk),
            "cost_edit": self.cost.pk,
            "cost_remove": self.cost.pk,
            "api_cost": self.cost.pk,
            "token_revoke": self.token.pk,
            "assignment": self.assignment.pk,
            "assignment_marks": self.assignment.pk,
            "assignment_sign": self.assignment.pk,
            "attachment": self.filed_attachment.pk,
            "attachment_remove": self.attachment.pk,
            "api_claim_paper": self.attachment.pk,
            "request_file": self.asked.files.all()[0].pk,
            "setting_change": self.change.pk,
            "api_setting_change": self.change.pk,
            "api_setting_decide": self.change.pk,
            "certification": Organisation.objects.get(pk=self.pending.organisation.pk).pk,
            "budget_line": BudgetLine.objects.all()[0].pk,
            "member_password": self.people["filler"].pk,
            "member_active": self.people["filler"].pk,
            "claim_choose_holder": self.cost.pk,
            "case_collision": self.case.claim.nominations.all()[0].cost_item_id,
        }
        if short == "claim_choose_holder":
            keys[short] = self.submitted.nominations.all()[0].cost_item_id
        key = keys.get(short, self.people["auditor"].pk)
        path = (
            route.replace("<str:number>", str(value))
            .replace("<int:pk>", str(key))
            .replace("<slug:pack>", making.PACK)
            .replace("<slug:other>", f"{making.PACK}-draft")
            .replace("<str:code>", "2a")
            .replace("<str:name>", "Q35")
            .replace("<str:schema>", "policy.schema.json")
            .replace("<str:claim>", self.paid_claim.number)
            .replace("<str:section>", "overview")
        )
        if short in ("clause",):
            path = f"policies/{making.PACK}/clauses/2/"
        if short == "verify_paper":
            path = issuing.check_path(self.receipt).lstrip("/")
        return "/" + path.lstrip("^").rstrip("$")


def verdict(client: Client, name: str, path: str, body: dict[str, Any]) -> str:
    """Whether a request gets through to the act itself; what it wrote is rolled back."""
    method = PATCHED.get(name) or ("post" if name in POSTED else "get")
    sent: dict[str, Any] = {} if method == "get" else {"data": body}
    if name.startswith("api:") and method != "get":
        sent["content_type"] = "application/json"
    with transaction.atomic():
        answer = getattr(client, method)(path, **sent)
        transaction.set_rollback(True)
    if answer.status_code in (401, 403, 404):
        return "shut"
    if answer.status_code in (301, 302) and answer["location"].startswith("/account/login/"):
        return "shut"
    return "open" if answer.status_code < 500 and answer.status_code != 405 else f"error {answer.status_code}"


def test_every_url_is_in_the_matrix() -> None:
    assert {name for name, _ in routes()} == set(MATRIX)


def test_every_role_opens_what_the_matrix_says_and_nothing_else() -> None:
    world = World()
    wrong = []
    for name, route in routes():
        path = world.path(name, route)
        for who, user in world.people.items():
            client = Client(raise_request_exception=False)
            if user is not None:
                client.force_login(user)
            got = verdict(client, name, path, world.body(name))
            wanted = "open" if who in MATRIX[name] else "shut"
            if got != wanted:
                wrong.append(f"{who:14} {name:28} {path}: {got}, not {wanted}")
    assert wrong == [], "\n".join(wrong)
