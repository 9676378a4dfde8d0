"""Forms of this module: none, because nobody types a notification."""
