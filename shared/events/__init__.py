"""What is told on the bus: a module for each subject that tells of something; `catalogue` knows all of it and reads it back."""
