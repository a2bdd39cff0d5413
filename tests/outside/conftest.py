"""Tests of what lies outside have a directory of their own to ask."""

from tests.directories import running, slapd

__all__ = ["running", "slapd"]
