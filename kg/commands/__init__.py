"""The commands of ``kg``, one thin module each: a ``command`` for click, its docstring's first line in ``kg --help``.

A module imports what is heavy inside its function. Other distributions add commands by an entry point in the group
``kg.commands`` whose object is the click command.
"""
