"""What it costs, beside what others take for the same and what the machine allows at all."""
