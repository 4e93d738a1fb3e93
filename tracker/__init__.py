"""Skin photos taken weeks apart: aligned, measured, and compared with the measurement's own noise."""

__version__ = "0.1.0"
