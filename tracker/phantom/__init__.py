"""Synthetic skin with known truth: the test oracle, and the maker of the demo patients."""
