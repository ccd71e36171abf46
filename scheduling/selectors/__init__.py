"""Reads that cross models or shape what a page shows."""
