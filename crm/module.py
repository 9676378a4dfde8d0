"""What this module contributes to the others."""
