"""Tests across the addons, and of the developer commands."""
