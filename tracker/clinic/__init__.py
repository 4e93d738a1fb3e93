"""What is kept, and who may do what."""
