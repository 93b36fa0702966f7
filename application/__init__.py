"""What people do with it: one module per concept, one function per use case."""
