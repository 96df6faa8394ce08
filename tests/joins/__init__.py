"""Several sites in one release."""
