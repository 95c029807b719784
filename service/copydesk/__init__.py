"""Copydesk: readers report errors on news pages, the right author hears of them, the reader hears when they are mended."""

__version__ = "0.1.0"
