"""Files people receive: rows in, bytes out."""
