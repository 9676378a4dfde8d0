"""The files of imports: what is read from them, and the faulty lines that are given back."""
