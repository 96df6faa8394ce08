"""Outside links: asks, once and politely, whether the addresses that a site links to still exist.

Used by ``kg check --online`` alone; a build sends no requests. httpx is the extra ``online``.
"""
