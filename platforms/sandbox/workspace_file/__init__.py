"""A workspace as a file: YAML, the tables filled from it (`load.py`) and written back as it was spelled (`dump.py`)."""
