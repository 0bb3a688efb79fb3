"""The tasks of each lab: its parameters, hints, and what tells a right answer from a wrong one."""
