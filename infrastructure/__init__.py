"""How it is kept and shown again: the ledger, the vault, the read models, the exports."""
