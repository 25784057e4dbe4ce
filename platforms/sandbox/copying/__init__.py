"""A workspace copied from another platform into a sandbox's file, part by part: see `copy.Copy`."""
