"""Copydesk: readers report errors, the right author hears of them, the reader hears back."""

__version__ = "0.1.0"
