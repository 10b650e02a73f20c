"""Tests of the ./dev command itself; none of them needs Odoo or a database."""
