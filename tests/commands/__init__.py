"""What the commands say to people."""
