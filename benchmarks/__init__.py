"""A load set, and how fast the product answers on it."""
