"""Markdown to pages, and what changed between them."""
