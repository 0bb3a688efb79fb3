"""What the site needs beyond Sphinx, each in a file."""
