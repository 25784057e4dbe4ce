"""What `handoff doctor` looks at on this machine and in this home. Nothing here loads Prefect, and nothing writes."""
