"""The commands of `analogy`, a file each: every one parses, makes a library call, and prints."""
