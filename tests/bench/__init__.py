"""Benchmarks: figures and ratios for people; nothing here passes or fails."""
