"""The rules of ``kg check``, grouped by what they look at; the folder is the registry."""
