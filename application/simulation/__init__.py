"""A movement lived for show and for trial: the decisions that people would make, by nobody.

`names` invents people, `plan` says who does what on which day (pure, from a seed), `life`
lives the plan through the same use cases as people do, under a clock of its own.
"""
