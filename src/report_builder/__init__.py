"""Turns a dataset of policy measures into the parliamentary set of a quarter."""

__version__ = "0.1.0"
