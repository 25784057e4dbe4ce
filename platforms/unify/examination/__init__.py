"""What `handoff doctor` looks at on a workspace of Unify."""
