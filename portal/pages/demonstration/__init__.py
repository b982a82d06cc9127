"""Demonstration data: invented organisations and people whose claims are made through the services alone."""
