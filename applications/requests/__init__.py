"""Requests that are not money, and referrals: filed, routed to the unit of the clause, answered, rated."""
