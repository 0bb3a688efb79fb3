"""`python -m compare` is the same command as `analogy`."""

from compare.cli import main

if __name__ == "__main__":
    main()
