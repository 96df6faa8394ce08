"""The subcommands of ``kg``: each module defines a click ``command`` and is listed with its docstring's first line.

Modules import large dependencies inside functions, so that ``kg --help`` is fast. Other distributions add commands with
an entry point in the group ``kg.commands`` whose object is a click command.
"""
