"""Codecs of the identifiers that hand-overs carry: citizen ids, credit codes, bank cards, divisions, phones.

Every codec is soft: it says what it found (a verdict) and never throws a row away. All work on whole polars
columns; none looks at anything but the text itself.
"""
