"""Small sites with one kind of input each, and what is right of it."""
