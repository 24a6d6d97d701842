"""What AWS would charge for what the templates deploy: an idle month, and a million events."""
