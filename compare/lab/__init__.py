"""The lab sheets' machinery: what a sheet calls, what makes its editions, and what runs and scores a class's sheets."""
