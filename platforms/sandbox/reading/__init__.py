"""What the port reads: a frame for each question, of what a person or the API could see. SQL in, frames out."""
