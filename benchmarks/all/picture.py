def draw(record):
    return ""
