"""Messages on their way out: kept until they were sent or given up, by exchangeable senders."""
