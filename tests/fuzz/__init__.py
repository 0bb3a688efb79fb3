"""Damaged files, odd options and bad requests by the hundred thousand, for everything that reads: `make fuzz`.

A reader (`readers.py`) has valid inputs in a format (`formats.py`) that says how to take one apart and put it together
again, so that damage (`damage.py`) reaches beyond the first check. What may come of an input is in `oracle.py`: it is
read, or refused in one line that names it, in little time and memory. Inputs that once did worse are kept in `crashers`
and read again by every run of the tests.
"""
