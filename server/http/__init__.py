"""HTTP independent of routes: requests as values, content negotiation, CORS, security policy, a bounded cache."""
