"""A synthetic pooling region: people, firms and clinics live through two years, a few of them cheat.

The room stands apart: it imports nothing of the other packages and has its own codecs, so that an error made
twice cannot cancel out. One truth log (:mod:`simulation.log`) is written month by month; each department
renders what it would have seen of it (:mod:`simulation.render`), with its own dirt; the truth goes to a
folder of its own.
"""
