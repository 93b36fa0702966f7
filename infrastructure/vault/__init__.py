"""Personal data, sealed under a key of each person's own, found again by keyed blind index."""
