"""The lab sheets' machinery: what a sheet calls, what makes the editions, and what re-runs and scores a class's sheets."""
