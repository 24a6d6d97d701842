"""Code that runs inside the bundle, with the benchmark's own packages."""
