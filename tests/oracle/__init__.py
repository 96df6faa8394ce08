"""Sites of our own, built by Jekyll itself, are what our reading of them is compared with."""
