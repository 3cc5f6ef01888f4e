"""Layouts folder -> Layout."""
