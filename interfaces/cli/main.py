"""The `lantoa` command."""

import click


@click.group()
def main() -> None:
    """Lan Tỏa: the ledger of the movement Bình dân học vụ số."""
