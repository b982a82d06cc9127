"""Requests and referrals for programs: the organisation's side and the unit's desk."""
