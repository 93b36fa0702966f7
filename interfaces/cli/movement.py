"""People and results: inviting somebody, and the nominees at a cut-off."""
