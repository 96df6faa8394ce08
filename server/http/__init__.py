"""HTTP without a web framework's routes: requests as values, negotiation, CORS, security policy, a bounded cache."""
