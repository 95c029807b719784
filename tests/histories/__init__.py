"""Simulated lives of reported errors: what a page goes through, and what must become of it.

``story.py`` makes the texts, ``plans.py`` what happens to them, ``world.py`` lets it happen to real
workers over a real web server. Everything follows from a seed.
"""
