"""The live page: draw a digit, and watch both networks think; the page thinks by itself, or with Brian2 behind it."""
