"""The catalogue that a new installation starts with, in English and Russian.

Plain data, one module per subject, and ``loading.load``, which writes what is missing. What the
method's description leaves open is a starting value, to be reviewed by the clinical lead in the
admin: ``docs/catalogue.md`` says which figures these are.
"""
