"""Pages of requests and referrals: the organisation's and the responsible unit's."""
