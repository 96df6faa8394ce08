"""Shared code of the server's child processes: start, resource limits, sandbox and message framing."""
