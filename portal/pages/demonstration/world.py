"""Who and what exists so far, by the short names that the plan uses."""

from dataclasses import dataclass, field

from applications.models import Project
from clauses import selectors as programmes
from clauses.models import Item, Policy, Round
from portal.accounts.models import User
from portal.pages.demonstration.people import APPLICANTS

PACK = "harbin-ai-2022"


@dataclass(slots=True)
class World:
    """People by sign-in name, rounds by ordinal, and what the lives have made."""

    policy: Policy
    people: dict[str, User] = field(default_factory=dict)
    rounds: dict[int, Round] = field(default_factory=dict)
    projects: dict[tuple[str, str], Project] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def item(self, code: str) -> Item:
        return programmes.item_by_code(self.policy.pack, code)

    def admin(self, owner: str) -> User:
        return self.people[next(one for one in APPLICANTS if one.key == owner).admin[0]]

    def filler(self, owner: str) -> User:
        """The person who fills claims: the 经办人, or the 单位管理员 where there is none."""
        applicant = next(one for one in APPLICANTS if one.key == owner)
        return self.people[(applicant.filler or applicant.admin)[0]]
