"""Markdown -> HTML fragment."""
