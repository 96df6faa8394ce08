"""The routes, one module per part of the site; every module here with ``blueprint(service)`` is registered."""
