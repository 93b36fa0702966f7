"""What each refusal is for people, a module for each concept; `interfaces/web/problems.py` is the whole."""
