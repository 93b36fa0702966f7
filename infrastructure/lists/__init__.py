"""Lists that offices bring in, as files: read within bounds, kept sealed while they wait, given back."""
