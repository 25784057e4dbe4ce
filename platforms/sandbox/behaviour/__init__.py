"""What the platform does: with what people change, and by itself while the clock moves. The door is `actions.py`."""
