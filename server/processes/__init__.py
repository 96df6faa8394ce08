"""What the processes that work for the server share: how they start, what they may do, and how they are spoken to."""
