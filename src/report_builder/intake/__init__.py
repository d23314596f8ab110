"""Anything to measures: the dataset, extracted text, tables that others made."""
