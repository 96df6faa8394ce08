"""The rules of ``kg check``, grouped by subject; every module of this folder is loaded."""
