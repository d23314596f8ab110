"""WHAT stands in each document, as plain values; no Word and no Excel."""
