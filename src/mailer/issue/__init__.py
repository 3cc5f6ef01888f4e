"""Markdown file -> Issue."""
