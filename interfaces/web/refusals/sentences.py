"""How the tables of refusals are laid out."""

Sentences = dict[type[Exception], tuple[int, str]]
"""A refusal -> its HTTP status and its sentence, whose `%(name)s` is filled in from what it tells."""

Reasons = dict[tuple[type[Exception], str], str]
"""A refusal and the reason it gives -> the sentence for that, instead of the refusal's own."""
