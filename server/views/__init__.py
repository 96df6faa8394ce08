"""The routes, one module per part of the site: each has ``blueprint(service)``; the folder is the registry."""
