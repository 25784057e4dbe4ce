"""What a handover would bring about, judged before it happens: frames in, typed values out (`models/handover.py`)."""
