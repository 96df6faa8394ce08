"""Sites in git repositories elsewhere: their addresses, their copies here, and the list of sites in ``kg.toml``."""
