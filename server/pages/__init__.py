"""Page models: what a template or a JSON document shows, read from the graph; no module here has a route."""
