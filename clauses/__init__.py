"""Policies as data: their clauses, what they pay, and the sentences that say so."""
