"""Accounts by which people sign in: who is invited, who is disabled, and whose sessions were ended."""
