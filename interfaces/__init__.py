"""How people reach it: pages, API and the command line, wired together in `interfaces.main`."""
